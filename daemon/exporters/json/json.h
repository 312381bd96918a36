#pragma once

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Everything that a profile holds, as one JSON document for programs of any language: README.md says what is
/// in it, profile.schema.json in the words of JSON Schema.
const Exporter& jsonExporter();

}  // namespace pyrometer
