#include "daemon/analysis/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "daemon/analysis/functions.h"
#include "daemon/analysis/line_heat.h"
#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

bool lets(const Filter& filter, const Sample& sample) {
  const auto has = [](const auto& list, auto value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  return (!filter.from || sample.time >= *filter.from) && (!filter.to || sample.time < *filter.to) &&
         has(filter.threads, sample.thread) && has(filter.vm_states, sample.state.vm) &&
         has(filter.thread_states, sample.state.thread);
}

/// What the definitions in Profile's header say, sample by sample and frame by frame.
struct BruteForce {
  std::vector<StackWeight> stacks;
  std::vector<Counters> lines, functions;
  ViewSums sums;

  BruteForce(const Profile& profile, const Filter& filter)
      : stacks(profile.stacks().size()),
        lines(profile.lines().size()),
        functions(profile.functions().size()) {
    for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
      const Sample sample = profile.sample(row);
      if (lets(filter, sample)) stacks[index(sample.stack)] += {1, sample.weight};
    }
    for (std::uint32_t i = 0; i < stacks.size(); ++i) {
      if (stacks[i].count != 0) addStack(profile, StackId{i}, stacks[i]);
    }
  }

  void addStack(const Profile& profile, StackId leaf, StackWeight weight) {
    sums.all += weight;
    std::set<LineId> lines_seen;
    std::set<FunctionId> functions_seen;
    bool python_seen = false, owned = false, import_seen = false, native_below = false;
    for (std::optional<StackId> node = leaf; node; node = profile.stack(*node).parentId()) {
      const Frame& frame = profile.frame(profile.stack(*node).frame);
      const Function& function = profile.function(frame.function);
      const Owner owner = profile.file(function.file).owner;
      if (node == leaf) functions[index(frame.function)].addSelf(weight);
      if (lines_seen.insert(frame.line).second) lines[index(frame.line)].addTotal(weight);
      if (functions_seen.insert(frame.function).second) functions[index(frame.function)].addTotal(weight);
      if (function.kind == FunctionKind::kNative) native_below |= !python_seen;
      if (function.kind != FunctionKind::kPython) continue;
      if (!python_seen) {
        lines[index(frame.line)].addSelf(weight);
        if (native_below) {
          lines[index(frame.line)].addNative(weight);
          functions[index(frame.function)].addNative(weight);
        }
      }
      python_seen = true;
      if (owned) continue;
      import_seen |= owner == Owner::kImport;
      if (owner != Owner::kUser) continue;
      owned = true;
      if (import_seen) continue;
      lines[index(frame.line)].addCharged(weight);
      functions[index(frame.function)].addCharged(weight);
    }
    if (import_seen) sums.importing += weight;
  }
};

FrameId randomFrame(MadeProfile& made, std::uint32_t choice) {
  const std::string name = "f" + std::to_string(choice % 9);
  switch (choice % 7) {
    case 0:
      return made.library(name, choice % 11);
    case 1:
      return made.native(name);
    case 2:
      return made.importing();
    case 3:
      return made.frame("/home/me/app/other.py", name, choice % 13);
    default:
      return made.mine(name, choice % 17);
  }
}

/// A million samples, so that digests of two levels, stretches without one and the rest all take part.
std::shared_ptr<const Profile> randomProfile() {
  MadeProfile made;
  std::mt19937 random(20240607);
  const auto below = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::vector<ThreadId> threads = {made.thread};
  for (int i = 1; i < 5; ++i) threads.push_back(made.builder.addThread(made.process, 100 + i, ""));
  std::vector<StackId> few, many;
  for (int i = 0; i < 40'000; ++i) {
    std::vector<FrameId> frames(1 + below(12));
    for (FrameId& frame : frames) frame = randomFrame(made, below(100'000));
    many.push_back(made.stack(frames));
    if (i < 200) few.push_back(many.back());
  }
  std::int64_t time = 0;
  for (std::size_t i = 0; i < 1'000'000; ++i) {
    const bool scattered = i > 700'000 && i < 900'000;
    time += below(3);
    made.builder.addSample({.time = time,
                            .weight = below(50'000) == 0 ? 6'000'000'000u : below(1'000),
                            .stack = scattered ? many[below(40'000)] : few[below(200)],
                            .thread = threads[below(5)],
                            .state = {below(4) == 0 ? VmState::kGc : VmState::kInterpreter,
                                      below(3) == 0 ? ThreadState::kWaitingForGil : ThreadState::kRunning}});
  }
  return made.builder.snapshot();
}

TEST(Filter, AgreesWithALoopOverSamples) {
  const auto profile = randomProfile();
  const SampleRows& rows = profile->rows();
  ASSERT_NE(rows.digest(1, 0), nullptr);
  ASSERT_EQ(rows.digest(0, 11), nullptr) << "scattered stacks: no digest is worth keeping";
  const std::int64_t end = profile->sample(profile->sampleCount() - 1).time;

  const std::vector<Filter> filters = {
      {},
      {.from = end / 3},
      {.to = end / 2},
      {.from = end / 10 + 1, .to = end - end / 10},
      {.from = end / 2, .to = end / 2 + 1},
      {.from = end / 2, .to = end / 3},
      {.from = -100, .to = 0},
      {.from = end, .to = end + 1},
      {.threads = {ThreadId{2}}},
      {.threads = {ThreadId{0}, ThreadId{4}, ThreadId{999}}},
      {.vm_states = {VmState::kGc}},
      {.vm_states = {VmState::kJit}},
      {.thread_states = {ThreadState::kRunning}},
      {.from = end / 5,
       .to = end / 5 * 4,
       .threads = {ThreadId{1}, ThreadId{3}},
       .vm_states = {VmState::kInterpreter},
       .thread_states = {ThreadState::kRunning, ThreadState::kOffCpu}},
  };
  for (std::size_t f = 0; f < filters.size(); ++f) {
    SCOPED_TRACE("filter " + std::to_string(f));
    const BruteForce expected(*profile, filters[f]);
    ASSERT_TRUE(stackWeights(*profile, filters[f]) == expected.stacks);
    ASSERT_TRUE(lineCounters(*profile, filters[f]) == expected.lines);
    EXPECT_EQ(viewSums(*profile, filters[f]).all, expected.sums.all);
    EXPECT_EQ(viewSums(*profile, filters[f]).importing, expected.sums.importing);
    for (const FunctionHeat& heat : functionHeat(*profile, filters[f])) {
      ASSERT_EQ(heat.counters, expected.functions[index(heat.function)]);
    }
    for (std::uint32_t file = 0; file < profile->files().size(); ++file) {
      for (const LineHeat& heat : lineHeat(*profile, FileId{file}, filters[f])) {
        ASSERT_EQ(heat.counters, expected.lines[index(heat.id)]);
      }
    }
  }
}

TEST(Filter, SamplesWithoutTimesAreAtZero) {
  MadeProfile made;
  const StackId stack = made.stack({made.mine("f", 1)});
  made.builder.addSample({.weight = 1, .stack = stack, .thread = made.thread});
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(viewSums(*profile, {.from = 0, .to = 1}).all.count, 1u);
  EXPECT_EQ(viewSums(*profile, {.from = 1}).all.count, 0u);
  EXPECT_EQ(viewSums(*profile, {.to = 0}).all.count, 0u);
}

TEST(Filter, OfAnEmptyProfile) {
  const auto profile = ProfileBuilder().snapshot();
  EXPECT_TRUE(stackWeights(*profile, {.from = 3}).empty());
  EXPECT_EQ(viewSums(*profile, {.threads = {ThreadId{1}}}).all, StackWeight{});
}

TEST(Filter, StopsWhenAsked) {
  const auto profile = randomProfile();
  std::stop_source stop;
  stop.request_stop();
  const auto sums = viewSums(*profile, {.from = 1}, stop.get_token());
  EXPECT_LT(sums.all.count, profile->sampleCount() - 1'000) << "a stopped view looks at little";
}

}  // namespace
}  // namespace pyrometer
