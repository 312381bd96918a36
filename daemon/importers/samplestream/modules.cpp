#include "daemon/importers/samplestream/modules.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace pyrometer::samplestream {

void Modules::add(std::uint64_t start, Module module) {
  modules_.insert_or_assign(start, std::move(module));
  ++generation_;
}

std::string Modules::nameOf(std::uint64_t address) const {
  const auto after = modules_.upper_bound(address);
  if (after != modules_.begin()) {
    const auto& [start, module] = *std::prev(after);
    if (address < module.end) {
      const auto name = module.path.substr(module.path.rfind('/') + 1);
      return fmt::format("{}+{:#x}", name.empty() ? "(unnamed)" : name, address - start + module.file_offset);
    }
  }
  return fmt::format("{:#x}", address);
}

}  // namespace pyrometer::samplestream
