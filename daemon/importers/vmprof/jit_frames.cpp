#include "daemon/importers/vmprof/jit_frames.h"

namespace pyrometer::vmprof {
namespace {

bool is(const RawFrame& cell, Kind kind) { return cell.code == static_cast<std::uint32_t>(kind); }

/// The cells of the JIT group that begins at `begin` end here.
std::size_t groupEnd(std::span<const RawFrame> cells, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < cells.size() && is(cells[end], Kind::kJitted)) ++end;
  return end;
}

/// With native frames the activation that was interrupted is visited twice: once exactly, once by its stale
/// thread-local entry. The second group then follows the first and ends in the same code object. Gives
/// [begin, end) of what to skip.
std::pair<std::size_t, std::size_t> staleGroup(std::span<const RawFrame> cells) {
  if (cells.empty() || !is(cells[0], Kind::kAssembler)) return {0, 0};
  const std::size_t first_end = groupEnd(cells, 0);
  if (first_end == 1 || first_end >= cells.size() || !is(cells[first_end], Kind::kAssembler)) return {0, 0};
  const std::size_t second_end = groupEnd(cells, first_end);
  if (second_end == first_end + 1) return {0, 0};
  if (cells[first_end - 1].place != cells[second_end - 1].place) return {0, 0};
  return {first_end, second_end};
}

VmState stateOf(std::span<const RawFrame> cells) {
  if (cells.empty()) return VmState::kUnknown;
  switch (static_cast<Kind>(cells[0].code)) {
    case Kind::kJitted:
    case Kind::kAssembler:
      return VmState::kJit;
    case Kind::kNative:
      return VmState::kNative;
    case Kind::kGc:
      return VmState::kGc;
    case Kind::kBlackhole:
    case Kind::kJitting:
      return VmState::kWarmup;
    case Kind::kCode:
      break;
  }
  return VmState::kInterpreter;
}

}  // namespace

void pypyFrames(std::span<const RawFrame> cells, bool native_mode, PypyStack& out) {
  out.frames.clear();
  out.state = stateOf(cells);
  const auto [skip, resume] = native_mode ? staleGroup(cells) : std::pair<std::size_t, std::size_t>(0, 0);
  // A block without frames belongs to the Python frame that comes next: it is the one that was compiled.
  std::uint64_t block = 0;
  // Set while the last frame shown is the outermost of a JIT group: the frame that comes next, if it has the
  // same code, is the same Python frame seen from its other side.
  bool at_group_end = false;
  bool in_group = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == skip && resume > skip) i = resume;
    if (i == cells.size()) break;
    const RawFrame& cell = cells[i];
    if (is(cell, Kind::kAssembler)) {
      at_group_end = at_group_end || in_group;
      in_group = false;
      block = cell.place;
    } else if (is(cell, Kind::kJitted)) {
      const bool seen = at_group_end && !in_group && out.frames.back().id == cell.place;
      if (!seen) out.frames.push_back({cell.place, false, block});
      at_group_end = false;
      in_group = true;
    } else if (is(cell, Kind::kCode)) {
      const bool seen = (at_group_end || in_group) && out.frames.back().id == cell.place;
      if (!seen) out.frames.push_back({cell.place, false, in_group ? 0 : block});
      at_group_end = in_group = false;
      block = 0;
    } else if (is(cell, Kind::kNative)) {
      out.frames.push_back({cell.place, true, 0});
      at_group_end = in_group = false;
      block = 0;
    }
  }
}

}  // namespace pyrometer::vmprof
