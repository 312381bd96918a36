#pragma once

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Saves any profile as a bundle, in the layout that bundle.h describes. A profile that we recorded is better
/// packed as it was recorded (bundle::pack); this one writes a sample stream anew.
const Exporter& bundleExporter();

}  // namespace pyrometer
