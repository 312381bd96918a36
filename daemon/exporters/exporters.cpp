#include <array>

#include "daemon/exporters/bundle/bundle_exporter.h"
#include "daemon/exporters/collapsed/collapsed.h"
#include "daemon/exporters/exporter.h"
#include "daemon/exporters/json/json.h"
#include "daemon/exporters/speedscope/speedscope.h"
#include "daemon/exporters/vmprof/vmprof.h"

namespace pyrometer {

std::span<const Exporter* const> exporters() {
  static const std::array<const Exporter*, 5> kAll = {
      &bundleExporter(), &vmprofExporter(), &collapsedExporter(), &speedscopeExporter(), &jsonExporter()};
  return kAll;
}

const Exporter* findExporter(std::string_view name) {
  for (const Exporter* exporter : exporters()) {
    if (exporter->name() == name) return exporter;
  }
  return nullptr;
}

}  // namespace pyrometer
