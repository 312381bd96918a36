#include "daemon/analysis/phase_sums.h"

#include <algorithm>

namespace pyrometer {
namespace {

/// Time of each phase that is not its children's. Where threads interleave, what does not fit is left out.
std::vector<std::uint64_t> ownTicks(const PhaseLog& log) {
  std::vector<std::uint64_t> own(log.phases.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Phase& phase = log.phases[i];
    own[i] = phase.ticks();
    if (phase.parent == Phase::kNoParent) continue;
    std::uint64_t& parent = own[phase.parent];
    parent -= std::min(parent, phase.ticks());
  }
  return own;
}

}  // namespace

std::vector<PhaseSum> phaseSums(const PhaseLog& log) {
  std::vector<PhaseSum> sums(log.names.size());
  for (std::uint32_t i = 0; i < sums.size(); ++i) sums[i].name = i;
  const std::vector<std::uint64_t> own = ownTicks(log);
  // Phases of one name come by begin: one that begins before the furthest end so far lies inside it.
  std::vector<std::uint64_t> covered(log.names.size(), 0);
  for (std::size_t i = 0; i < log.phases.size(); ++i) {
    const Phase& phase = log.phases[i];
    PhaseSum& sum = sums[phase.name];
    ++sum.count;
    sum.own += own[i];
    sum.lines += phase.lines;
    sum.longest = std::max(sum.longest, phase.ticks());
    const std::uint64_t from = std::max(phase.begin, covered[phase.name]);
    if (phase.end > from) sum.total += phase.end - from;
    covered[phase.name] = std::max(covered[phase.name], phase.end);
  }
  std::stable_sort(sums.begin(), sums.end(),
                   [](const PhaseSum& a, const PhaseSum& b) { return a.own > b.own; });
  return sums;
}

std::uint64_t ticksOutsidePhases(const PhaseLog& log) {
  std::uint64_t inside = 0, covered = log.first;
  for (const Phase& phase : log.phases) {
    const std::uint64_t from = std::max(phase.begin, covered);
    if (phase.end > from) inside += phase.end - from;
    covered = std::max(covered, phase.end);
  }
  return log.span() - std::min(log.span(), inside);
}

}  // namespace pyrometer
