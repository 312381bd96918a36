#include "daemon/jit/resume_place.h"

#include <string_view>
#include <utility>

namespace pyrometer::jit {
namespace {

bool sharesResumeData(const Operation& op) {
  constexpr std::string_view kShares = "<ResumeGuardCopied";
  return op.role == OpRole::kGuard && op.descr.starts_with(kShares);
}

/// The guard whose resume data a guard has.
std::optional<std::uint32_t> resumingGuard(const StageBody& body, std::uint32_t guard) {
  if (guard >= body.operations.size()) return std::nullopt;
  if (!sharesResumeData(body.operations[guard])) return guard;
  for (std::uint32_t i = guard; i-- > 0;) {
    if (body.operations[i].role == OpRole::kGuard && !sharesResumeData(body.operations[i])) return i;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<ResumePlace>> resumePlace(const TraceForest& forest, TraceId bridge) {
  // A bridge's parent always comes before it: this ends.
  for (const Trace* trace = &forest.trace(bridge); trace->parent && trace->guard;
       trace = &forest.trace(*trace->parent)) {
    auto body = forest.read(trace->guard->stage);
    if (!body) return body.error();
    const auto guard = resumingGuard(*body, trace->guard->operation);
    if (!guard) break;
    if (body->operations[*guard].merge_point > 0)
      return std::optional(ResumePlace{*trace->parent, *guard, std::move(*body)});
  }
  return std::optional<ResumePlace>();
}

}  // namespace pyrometer::jit
