#pragma once

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Files of vmprof, version 6, for its own tools and everything that reads them.
///
/// A sample there has no time and no weight: it counts for one period. Samples with weights of their own are
/// therefore repeated, or left out, at an even period, such that the shares stay true; counts by sample
/// (Unit::kSamples) are written as they are.
const Exporter& vmprofExporter();

}  // namespace pyrometer
