#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/importers/importer.h"
#include "daemon/support/input_file.h"

namespace pyrometer {

/// Feeds a whole file to a reader through windows, a gzip wrapper taken off on the way. `problem` is what was
/// wrong with the wrapper: what came before it was fed. An Error is the reader's or the file's, or that
/// somebody wanted it to stop; its place is the file, if it had none.
Result<void> readUnwrapped(const std::string& path, const ImportOptions& options, Reader& reader,
                           std::optional<std::string>& problem);

/// The first bytes of a file, up to `most`, and of what is in its gzip wrapper. Of a file that is cut or
/// damaged there, what can be had.
Result<std::vector<std::byte>> unwrappedHead(const InputFile& file, std::size_t most);

}  // namespace pyrometer
