#pragma once

#include <string>

#include "daemon/jit/trace_forest.h"

namespace pyrometer::test {

/// A forest as text: every trace with its stages, bridges, labels and links. `whole`: with their operations
/// too.
std::string dump(const jit::TraceForest& forest, bool whole);

}  // namespace pyrometer::test
