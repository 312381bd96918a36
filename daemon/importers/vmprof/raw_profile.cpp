#include "daemon/importers/vmprof/raw_profile.h"

#include <algorithm>

#include "daemon/importers/reading.h"
#include "daemon/importers/vmprof/sample_weights.h"
#include "daemon/importers/vmprof/stack_builder.h"

namespace pyrometer::vmprof {

std::uint32_t RawProfile::threadIndex(std::uint64_t thread) {
  if (last_thread_ < threads_.size() && threads_[last_thread_] == thread) return last_thread_;
  const auto [found, fresh] = thread_index_.try_emplace(thread, static_cast<std::uint32_t>(threads_.size()));
  if (fresh) threads_.push_back(thread);
  return last_thread_ = found->second;
}

void RawProfile::addSample(const std::byte* cells, std::size_t frames, const Tail& tail) {
  Series& series = tail.allocation ? allocations_ : samples_;
  series.rows.push_back({stacks_.intern(cells, frames, layout), threadIndex(tail.thread)});
  if (layout.memory) series.memory_kb.push_back(tail.memory_kb);
  if (layout.times || layout.forked) series.times.push_back(tail.time);
}

Result<void> RawProfile::build(const Names& names, ProfileBuilder& target,
                               const std::stop_token& stop) const {
  // A file of the fork may have nothing but allocations: then these are its samples.
  const Series& series = samples_.rows.empty() ? allocations_ : samples_;
  const std::size_t count = series.rows.size();
  if (count == 0) return {};
  RunInfo& info = target.info();
  const ProcessId process = target.addProcess(0, "", info.interpreter);
  std::vector<ThreadId> threads;
  threads.reserve(threads_.size());
  for (const std::uint64_t id : threads_) {
    threads.push_back(target.addThread(process, static_cast<std::int64_t>(id), ""));
  }
  StackBuilder stacks(*this, names, target);
  SampleWeights weights(*this, count, info.notes);
  info.true_weights = weights.timed();
  info.has_times = !series.times.empty();
  const auto beginning = static_cast<std::int64_t>(std::clamp(clock_start.value_or(0) * 1e9, 0.0, 9e18));
  std::int64_t zero = beginning, last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if ((i & 0xffff) == 0 && stop.stop_requested()) return readingCancelled();
    const Row& row = series.rows[i];
    const std::int64_t clock = info.has_times ? series.times[i] : 0;
    const std::uint64_t weight = weights.next(clock, row.thread);
    // Without a word about the clock's beginning, the first sample ends what it stands for.
    if (i == 0 && !clock_start) zero = clock - std::min(clock, static_cast<std::int64_t>(weight));
    if (info.has_times) last = std::max(last, clock - zero);
    const StackBuilder::Answer answer = stacks.stackOf(row.stack);
    if (answer.unknown_code) ++info.unknown_code_samples;
    target.addSample({.time = last,
                      .weight = weight,
                      .stack = answer.stack,
                      .thread = threads[row.thread],
                      .state = {.vm = answer.state}});
    if (series.memory_kb.empty()) continue;
    // The curve is a step function: its corners are enough.
    const std::vector<std::uint64_t>& kb = series.memory_kb;
    const bool corner = i == 0 || i + 1 == count || kb[i] != kb[i - 1] || kb[i] != kb[i + 1];
    if (!corner) continue;
    const std::int64_t at = info.has_times ? last : static_cast<std::int64_t>(i);
    target.addMemory({.time = at, .rss = kb[i] * 1024, .process = process});
  }
  return {};
}

}  // namespace pyrometer::vmprof
