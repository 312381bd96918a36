#include "daemon/importers/vmprof/legacy_stacks.h"

namespace pyrometer::vmprof {
namespace {

constexpr std::uint64_t kGroupOpens = 2, kGroupCloses = 3;

std::uint64_t idOf(std::uint64_t cell) { return cell & ~std::uint64_t{3}; }

bool isInterpreter(const MemoryMap::Module& module) {
  for (const char* name : {"python", "libpython", "pypy", "libpypy"}) {
    if (module.name.starts_with(name)) return true;
  }
  return false;
}

}  // namespace

void legacyFrames(std::span<const RawFrame> cells, const Names& names, const MemoryMap& map, PypyStack& out) {
  out.frames.clear();
  out.state = VmState::kInterpreter;
  bool any_python = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint64_t cell = cells[i].place;
    if (cell == 0) continue;
    if (i + 1 < cells.size() && cells[i + 1].place == kGroupOpens) {
      if (!any_python) out.state = VmState::kJit;
      any_python = true;
      for (i += 2; i < cells.size() && cells[i].place != kGroupCloses; ++i) {
        out.frames.push_back({cells[i].place, false, cell});
      }
    } else if (names.find(idOf(cell))) {
      out.frames.push_back({idOf(cell), false, 0});
      any_python = true;
    } else if (const auto* module = any_python ? nullptr : map.find(cell);
               module != nullptr && !isInterpreter(*module)) {
      const std::uint64_t library = module->start | 1;
      if (out.frames.empty() || out.frames.back().id != library) out.frames.push_back({library, true, 0});
      out.state = VmState::kNative;
    }
  }
}

}  // namespace pyrometer::vmprof
