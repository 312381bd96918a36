#pragma once

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// The JSON of speedscope.app (its published schema): one sampled profile for each thread, in nanoseconds or
/// samples.
const Exporter& speedscopeExporter();

}  // namespace pyrometer
