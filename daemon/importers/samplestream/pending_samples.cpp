#include "daemon/importers/samplestream/pending_samples.h"

#include <algorithm>

namespace pyrometer::samplestream {
namespace {

SampleState stateOf(std::uint8_t flags, const ResolvedStack& stack) {
  SampleState state;
  switch (flags & stream::kStateMask) {
    case stream::kStateRunning:
      state.thread = ThreadState::kRunning;
      break;
    case stream::kStateWaitsForGil:
      state.thread = ThreadState::kWaitingForGil;
      break;
    case stream::kStateOffCpu:
      state.thread = ThreadState::kOffCpu;
      break;
    default:
      break;
  }
  if ((flags & stream::kGcRunning) != 0) {
    state.vm = VmState::kGc;
  } else if (stack.state != VmState::kUnknown) {
    state.vm = stack.state;
  } else if (stack.native_leaf) {
    state.vm = VmState::kNative;
  } else {
    state.vm = (flags & stream::kJitCode) != 0 ? VmState::kJit : VmState::kInterpreter;
  }
  return state;
}

}  // namespace

void PendingSamples::release(std::uint64_t time) {
  const auto earlier = [](const RawSample& a, const RawSample& b) { return a.time < b.time; };
  if (!std::is_sorted(waiting_.begin(), waiting_.end(), earlier)) {
    std::stable_sort(waiting_.begin(), waiting_.end(), earlier);
  }
  auto end = std::upper_bound(waiting_.begin(), waiting_.end(), time,
                              [](std::uint64_t t, const RawSample& sample) { return t < sample.time; });
  RunInfo& info = target_.info();
  for (auto raw = waiting_.begin(); raw != end; ++raw) {
    // Of a process that is forgotten nothing comes any more.
    const bool known = threads_[raw->thread].process->stacks != nullptr;
    if (known && time - raw->time < kPatience && stacksOf(*raw).awaitsTable(raw->node)) {
      end = raw;
      break;
    }
    add(*raw, info);
  }
  if (end != waiting_.begin()) time_.saw((end - 1)->time);
  waiting_.erase(waiting_.begin(), end);
}

StackResolver& PendingSamples::stacksOf(const RawSample& raw) {
  StreamThread& thread = threads_[raw.thread];
  return raw.outside ? thread.process->stacks->outside : thread.process->stacks->inside;
}

void PendingSamples::add(const RawSample& raw, RunInfo& info) {
  StreamThread& thread = threads_[raw.thread];
  if (!thread.process->stacks) return;  // a sample of after its process's end: damage
  if (!thread.weighed) {
    thread.weighed = true;
    if (thread.before) thread.clock = ThreadClock(thread.clock.wall(), thread.before->clock.cpu());
  }
  const auto weight = thread.clock.weigh(raw, clock_);
  if (!weight) return;
  const ResolvedStack stack = stacksOf(raw).resolve(raw.node);
  if (stack.unknown_code) ++info.unknown_code_samples;
  target_.addSample({.time = info.has_times ? time_.sinceStart(raw.time) : 0,
                     .weight = *weight,
                     .stack = stack.stack,
                     .thread = thread.labels.row(raw.task, target_),
                     .state = stateOf(raw.flags, stack)});
}

}  // namespace pyrometer::samplestream
