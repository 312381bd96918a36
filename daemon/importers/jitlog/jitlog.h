#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "daemon/importers/jitlog/log_file.h"
#include "daemon/jit/trace_forest.h"
#include "daemon/support/result.h"

namespace pyrometer::jitlog {

/// Whether the (unwrapped) bytes begin like a jitlog.
bool looksLikeJitlog(std::span<const std::byte> head);

/// Reads the log of PyPy's JIT (_jitlog; versions 1 to 4, 32 and 64 bit), plain or wrapped in gzip or zip: an
/// index of it, which keeps the file open and reads stages out of it when they are asked for. What is cut or
/// damaged is read up to there; LogInfo::damage says so. An Error for what is no jitlog at all.
Result<std::shared_ptr<const jit::TraceForest>> readJitlog(const std::string& path,
                                                           const ReadOptions& options = {});
/// The same of a file that is open.
Result<std::shared_ptr<const jit::TraceForest>> readJitlog(Result<LogFile> file, const ReadOptions& options);

}  // namespace pyrometer::jitlog
