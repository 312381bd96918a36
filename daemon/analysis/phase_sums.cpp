#include "daemon/analysis/phase_sums.h"

#include <algorithm>

namespace pyrometer {
namespace {

/// Time of each phase that is not its children's, by name. Where threads interleave, what does not fit is
/// left out. Phases come in the order in which they were opened, and a parent is the innermost one that was
/// open: of those begun after it none can be a parent any more.
class OwnTicks {
 public:
  explicit OwnTicks(std::vector<PhaseSum>& sums) : sums_(sums) {}

  void add(std::uint32_t number, const Phase& phase) {
    endDownTo(phase.parent);
    if (!begun_.empty()) begun_.back().own -= std::min(begun_.back().own, phase.ticks());
    begun_.push_back({number, phase.name, phase.ticks()});
  }
  void endDownTo(std::uint32_t parent) {
    for (; !begun_.empty() && begun_.back().number != parent; begun_.pop_back())
      sums_[begun_.back().name].own += begun_.back().own;
  }

 private:
  struct Begun {
    std::uint32_t number, name;
    std::uint64_t own;
  };
  std::vector<PhaseSum>& sums_;
  std::vector<Begun> begun_;  ///< each is the parent of the next
};

}  // namespace

std::vector<PhaseSum> phaseSums(const PhaseLog& log) {
  std::vector<PhaseSum> sums(log.names.size());
  for (std::uint32_t i = 0; i < sums.size(); ++i) sums[i].name = i;
  OwnTicks own(sums);
  // Phases of one name come by begin: one that begins before the furthest end so far lies inside it.
  std::vector<std::uint64_t> covered(log.names.size(), 0);
  std::uint32_t number = 0;
  for (const Phase& phase : log.phases) {
    own.add(number++, phase);
    PhaseSum& sum = sums[phase.name];
    ++sum.count;
    sum.lines += phase.lines;
    sum.longest = std::max(sum.longest, phase.ticks());
    const std::uint64_t from = std::max(phase.begin, covered[phase.name]);
    if (phase.end > from) sum.total += phase.end - from;
    covered[phase.name] = std::max(covered[phase.name], phase.end);
  }
  own.endDownTo(Phase::kNoParent);
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
