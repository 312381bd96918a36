#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "daemon/jit/trace_forest.h"

namespace pyrometer::fuzz {

/// A jitlog out of any bytes, and all that a view would ask of it.
void runJitlog(std::span<const std::byte> bytes);
void lookAt(const jit::TraceForest& forest);
std::vector<std::string> jitlogs();

}  // namespace pyrometer::fuzz
