#pragma once

#include <string>

#include "daemon/importers/registry.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// Reads a file for somebody at a terminal. After a second a line on standard error says how far it is, if
/// that is a terminal; it is gone when the reading ends. Ctrl-C ends the reading, and the program by the same
/// signal; `options.import` needs neither progress nor a token.
Result<OpenedFile> openWatched(const std::string& path, OpenOptions options);

/// What to say where samples are needed and a log was named.
Error withoutSamples(const OpenedFile& opened, const std::string& path);

/// The same for those who need samples and nothing else: a file that has none is an Error that says what it
/// is. `part` from 1.
Result<OpenedFile> openProfileWatched(const std::string& path, int part);

}  // namespace pyrometer
