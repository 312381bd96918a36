#pragma once

#include <string>

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/importer.h"
#include "daemon/importers/opened_file.h"

namespace pyrometer {

/// Reads the logs that a recording holds (exporters/bundle/bundle.h names them) of the process that was asked
/// for, or of the first that has any. They are of the same run; what cannot be read gets a note. An Error
/// only if the reading was cancelled.
Result<void> joinMembers(bundle::Entries& recording, const std::string& path, const ImportOptions& options,
                         OpenedFile& opened);

/// Looks for a jitlog and a PYPYLOG beside a profile of PyPy: X.prof with X.prof.jit, X.jit, X.jitlog,
/// X.prof.pypylog, X.pypylog, and these with .gz. Those of the same run are put into `opened`. That is told
/// by the addresses of machine code, which samples name, and by clocks; what is of another run, or no log, is
/// left alone with a note, and so is what the recording itself holds. An Error only if the reading was
/// cancelled.
Result<void> joinNeighbours(const std::string& path, const ImportOptions& options, OpenedFile& opened);

}  // namespace pyrometer
