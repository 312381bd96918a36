#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "daemon/importers/importer.h"
#include "daemon/profile/phase_log.h"

namespace pyrometer::pypylog {

/// Whether the (unwrapped) bytes are of a PYPYLOG: one of the first lines opens or closes a section.
bool looksLikePypylog(std::span<const std::byte> head);

/// Reads PyPy's text log (environment variable PYPYLOG), plain or as it went to a terminal, also in a gzip
/// wrapper: when each section began and ended. What the sections say stays in the file; see readPhaseText.
Result<std::shared_ptr<PhaseLog>> readPypylog(const std::string& path, const ImportOptions& options = {});

/// What a section says itself, without the sections inside it and without colours: valid UTF-8, lines ended
/// by newlines; at most `most` bytes of it. The file must be as it was when the log was read.
Result<std::string> readPhaseText(const PhaseLog& log, const Phase& phase, std::uint64_t most);

}  // namespace pyrometer::pypylog
