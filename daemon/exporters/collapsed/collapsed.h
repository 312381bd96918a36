#pragma once

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Collapsed stacks, one line a stack: "root (a.py:3);leaf (b.py:7) 1250", the number being microseconds or
/// samples. What flamegraph.pl and many others read.
const Exporter& collapsedExporter();

}  // namespace pyrometer
