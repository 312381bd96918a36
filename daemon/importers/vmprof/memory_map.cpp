#include "daemon/importers/vmprof/memory_map.h"

#include <algorithm>
#include <charconv>

#include "daemon/support/text_lines.h"
#include "daemon/support/utf.h"

namespace pyrometer::vmprof {
namespace {

bool takeHex(std::string_view& text, char end, std::uint64_t& into) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), into, 16);
  if (error != std::errc() || stop == text.data() + text.size() || *stop != end) return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

}  // namespace

MemoryMap::MemoryMap(std::string_view text) {
  for (std::string_view line : splitLines(text)) {
    Module module;
    if (!takeHex(line, '-', module.start) || !takeHex(line, ' ', module.end)) continue;
    const std::size_t path = line.find('/');
    if (path == std::string_view::npos || module.end <= module.start) continue;
    module.name = repairedUtf8(line.substr(line.rfind('/') + 1));
    modules_.push_back(std::move(module));
  }
  std::stable_sort(modules_.begin(), modules_.end(),
                   [](const Module& a, const Module& b) { return a.start < b.start; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < modules_.size(); ++i) {
    Module& last = modules_[kept];
    if (modules_[i].name == last.name) {
      last.end = std::max(last.end, modules_[i].end);
    } else if (++kept != i) {
      modules_[kept] = std::move(modules_[i]);
    }
  }
  if (!modules_.empty()) modules_.resize(kept + 1);
}

const MemoryMap::Module* MemoryMap::find(std::uint64_t address) const {
  auto after = std::upper_bound(modules_.begin(), modules_.end(), address,
                                [](std::uint64_t a, const Module& module) { return a < module.start; });
  if (after == modules_.begin()) return nullptr;
  --after;
  return address < after->end ? &*after : nullptr;
}

}  // namespace pyrometer::vmprof
