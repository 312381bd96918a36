// What the profile model costs at 10 million samples: bytes a sample, building, snapshots, line heat with and
// without a filter. Medians; the samples are made by a fixed rule, so two runs measure the same work.
//
//   profile_bench [samples]
//
// Two shapes of program:
//   phases     each thread works on a few hundred stacks for some seconds before it goes on to others
//   scattered  every sample of every thread comes from any of the 20 000 stacks: digests are of no use below
//   four
//              million rows, most of a filtered view is read row by row

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/analysis/hot_expressions.h"
#include "daemon/analysis/line_heat.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

constexpr std::size_t kStacks = 20'000;
constexpr std::uint32_t kThreads = 16;
constexpr std::int64_t kPeriod = 1'000'000;  // ns between samples of the whole program

using Clock = std::chrono::steady_clock;

double nsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

template <class Work>
double medianNs(int repeats, Work&& work) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const auto start = Clock::now();
    work();
    times.push_back(nsSince(start));
  }
  std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
  return times[static_cast<std::size_t>(repeats / 2)];
}

/// Expressions of a line, one within the other.
constexpr Columns kParts[] = {
    {.begin = 8, .end = 40}, {.begin = 8, .end = 30}, {.begin = 12, .end = 29}, {.begin = 33, .end = 40}};

/// Stacks of depth 5 to 40 over 300 files of 40 functions, in subtrees as call trees have them: each new
/// stack leaves an older one somewhere below its root.
class Program {
 public:
  explicit Program(ProfileBuilder& builder) : builder_(builder) {
    for (int f = 0; f < 100; ++f) {
      const char* folder = f < 20 ? "/home/user/project/" : "/usr/lib/python3.11/";
      const FileId file = builder.internFile(folder + std::to_string(f) + ".py");
      for (std::uint32_t n = 0; n < 20; ++n) {
        functions_.push_back(builder.internFunction("function_" + std::to_string(n), file, 1 + 20 * n));
      }
    }
    paths_.reserve(kStacks);
    while (paths_.size() < kStacks) addPath();
  }

  /// Interns a stack frame by frame, as an importer without a memory of stacks would.
  StackId intern(std::size_t stack) {
    std::optional<StackId> node;
    for (const FrameId frame : paths_[stack]) node = builder_.internStack(node, frame);
    return *node;
  }

  std::size_t frames() const {
    std::size_t sum = 0;
    for (const auto& path : paths_) sum += path.size();
    return sum;
  }
  FileId hotFile() const { return FileId{1}; }

 private:
  void addPath() {
    const std::size_t depth = 5 + random_() % 36;
    std::vector<FrameId> path;
    if (!paths_.empty()) {
      path = paths_[random_() % paths_.size()];
      path.resize(std::min(path.size(), depth * 2 / 3 + random_() % (depth / 3)));
    }
    while (path.size() < depth) {
      const std::size_t function = random_() % functions_.size();
      const auto line = static_cast<std::uint32_t>(1 + 20 * (function % 20) + 3 * (random_() % 6));
      path.push_back(builder_.internFrame(functions_[function], line, kParts[random_() % std::size(kParts)]));
    }
    paths_.push_back(std::move(path));
  }

  ProfileBuilder& builder_;
  std::mt19937 random_{7};
  std::vector<FunctionId> functions_;
  std::vector<std::vector<FrameId>> paths_;
};

/// Which stack each sample has: made before the clock starts.
std::vector<Sample> makeSamples(std::size_t count, bool phases, const std::vector<StackId>& stacks,
                                const std::vector<ThreadId>& threads) {
  std::mt19937 random(11);
  // Zipf over ranks: a few stacks have most of the samples.
  std::vector<double> cumulative(phases ? 300 : kStacks);
  double sum = 0;
  for (std::size_t i = 0; i < cumulative.size(); ++i) cumulative[i] = sum += 1.0 / static_cast<double>(i + 1);
  std::uniform_real_distribution<double> uniform(0, sum);
  std::vector<Sample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t thread = random() % kThreads;
    const auto rank = static_cast<std::size_t>(
        std::lower_bound(cumulative.begin(), cumulative.end(), uniform(random)) - cumulative.begin());
    const std::size_t phase = phases ? i / 100'000 * 37 + thread * 101 : 0;
    const bool waits = random() % 5 == 0;
    samples[i] = {
        .time = static_cast<std::int64_t>(i) * kPeriod,
        .weight = static_cast<std::uint64_t>(kPeriod) + random() % 1000,
        .stack = stacks[(phase * 300 + rank * 7) % kStacks],
        .thread = threads[thread],
        .state = {VmState::kInterpreter, waits ? ThreadState::kWaitingForGil : ThreadState::kRunning}};
  }
  return samples;
}

void line(const char* shape, const char* what, double value, const char* unit) {
  std::printf("%-10s %-44s %10.3f %s\n", shape, what, value, unit);
}

void measure(const char* shape, bool phases, std::size_t count) {
  const MyCode mine({"/home/user/project"});
  auto builder = std::make_unique<ProfileBuilder>(mine);
  Program program(*builder);
  std::vector<StackId> stacks(kStacks);
  const auto first = Clock::now();
  for (std::size_t i = 0; i < kStacks; ++i) stacks[i] = program.intern(i);
  const double fresh = nsSince(first) / static_cast<double>(program.frames());
  const double again = medianNs(5,
                                [&] {
                                  for (std::size_t i = 0; i < kStacks; ++i) stacks[i] = program.intern(i);
                                }) /
                       static_cast<double>(program.frames());
  const ProcessId process = builder->addProcess(1, "bench", "CPython");
  std::vector<ThreadId> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) threads.push_back(builder->addThread(process, i, "thread"));
  const auto samples = makeSamples(count, phases, stacks, threads);

  std::vector<double> build, worst_snapshot;
  for (std::size_t begin = 0; begin < count;) {
    const std::size_t end = std::min(count, begin + 1'000'000);
    const auto start = Clock::now();
    for (std::size_t i = begin; i < end; ++i) builder->addSample(samples[i]);
    build.push_back(nsSince(start) / static_cast<double>(end - begin));
    const auto taken = Clock::now();
    builder->snapshot();
    worst_snapshot.push_back(nsSince(taken));
    begin = end;
  }
  double all = 0;
  for (const double part : build) all += part / static_cast<double>(build.size());
  std::nth_element(worst_snapshot.begin(), worst_snapshot.begin() + worst_snapshot.size() / 2,
                   worst_snapshot.end());
  const double snapshot_idle = medianNs(101,
                                        [&] {
                                          for (int i = 0; i < 100; ++i) builder->snapshot();
                                        }) /
                               100;

  std::shared_ptr<const Profile> profile = builder->snapshot();
  std::size_t next = 0;
  std::vector<double> live;
  for (int i = 0; i < 101; ++i) {
    for (int k = 0; k < 100; ++k) {
      Sample sample = samples[next++ % count];
      sample.time = INT64_MAX / 2;
      builder->addSample(sample);
    }
    const auto taken = Clock::now();
    auto snapshot = builder->snapshot();
    live.push_back(nsSince(taken));
  }
  std::nth_element(live.begin(), live.begin() + 50, live.end());

  const FileId file = program.hotFile();
  const auto heatMs = [&](const Filter& filter, int repeats) {
    return medianNs(repeats,
                    [&] {
                      if (lineHeat(*profile, file, filter).empty()) std::abort();
                    }) /
           1e6;
  };
  const auto at = [&](double share) {
    return static_cast<std::int64_t>(share * static_cast<double>(count)) * kPeriod;
  };
  const double nodes = static_cast<double>(profile->stacks().size());
  line(shape, "samples", static_cast<double>(profile->sampleCount()) / 1e6, "million");
  line(shape, "tree nodes", nodes / 1e3, "thousand");
  line(shape, "memory of samples and digests",
       static_cast<double>(profile->sampleBytes()) / static_cast<double>(profile->sampleCount()),
       "bytes a sample");
  line(shape, "intern a frame of a new stack", fresh, "ns");
  line(shape, "intern a frame of a known stack", again, "ns");
  line(shape, "builder", all, "ns a sample");
  line(shape, "snapshot, nothing new", snapshot_idle, "ns");
  line(shape, "snapshot, 100 samples since the last", live[50], "ns");
  line(shape, "snapshot, 1 million samples since the last", worst_snapshot[worst_snapshot.size() / 2], "ns");
  line(shape, "line heat, unfiltered", heatMs({}, 101), "ms");
  line(shape, "hot expressions, unfiltered",
       medianNs(101, [&] { static_cast<void>(hotExpressions(*profile, file)); }) / 1e6, "ms");
  line(shape, "hot expressions, one thread",
       medianNs(11, [&] { static_cast<void>(hotExpressions(*profile, file, {.threads = {threads[3]}})); }) /
           1e6,
       "ms");
  line(shape, "line heat, window of the middle 80 %", heatMs({.from = at(0.1), .to = at(0.9)}, 11), "ms");
  line(shape, "line heat, window of 1 %", heatMs({.from = at(0.503), .to = at(0.513)}, 11), "ms");
  line(shape, "line heat, one thread", heatMs({.threads = {threads[3]}}, 11), "ms");
  line(shape, "line heat, one state", heatMs({.thread_states = {ThreadState::kRunning}}, 11), "ms");
  line(shape, "line heat, window, 4 threads and a state",
       heatMs({.from = at(0.1),
               .to = at(0.9),
               .threads = {threads[0], threads[3], threads[5], threads[9]},
               .thread_states = {ThreadState::kRunning}},
              11),
       "ms");
  line(shape, "counters of all lines, one thread",
       medianNs(11, [&] { lineCounters(*profile, {.threads = {threads[3]}}); }) / 1e6, "ms");
}

/// A file of 5 000 lines, all of them with samples, in four expressions each.
void measureLargeFile() {
  ProfileBuilder builder(MyCode({"/home/user/project"}));
  const FileId file = builder.internFile("/home/user/project/large.py");
  const FunctionId function = builder.internFunction("f", file, 1);
  const ThreadId thread = builder.addThread(builder.addProcess(1, "bench", "CPython"), 1, "thread");
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const FrameId frame =
        builder.internFrame(function, 1 + i * 7 % 5000, kParts[i / 5000 % std::size(kParts)]);
    builder.addSample(
        {.time = i * kPeriod, .weight = kPeriod, .stack = builder.internStack({}, frame), .thread = thread});
  }
  const auto profile = builder.snapshot();
  line("5000 lines", "line heat, unfiltered",
       medianNs(101, [&] { static_cast<void>(lineHeat(*profile, file)); }) / 1e6, "ms");
  line("5000 lines", "hot expressions of all lines",
       medianNs(101, [&] { static_cast<void>(hotExpressions(*profile, file)); }) / 1e6, "ms");
  line("5000 lines", "hot expressions of lines from 0.5 %",
       medianNs(101, [&] { static_cast<void>(hotExpressions(*profile, file, {}, {}, 0.005)); }) / 1e6, "ms");
}

}  // namespace
}  // namespace pyrometer

int main(int argc, char** argv) {
  const long samples = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 10'000'000;
  if (samples < 1000) {
    std::fprintf(stderr, "usage: profile_bench [samples, at least 1000]\n");
    return 2;
  }
  pyrometer::measure("phases", true, static_cast<std::size_t>(samples));
  pyrometer::measureLargeFile();
  pyrometer::measure("scattered", false, static_cast<std::size_t>(samples));
}
