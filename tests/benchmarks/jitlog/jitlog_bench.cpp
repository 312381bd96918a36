// Reading a jitlog: how fast its index is made, what memory that takes, and how long a stage takes
// afterwards. See ../README.md.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "daemon/importers/jitlog/jitlog.h"
#include "tests/benchmarks/spent.h"

namespace pyrometer {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration d) { return bench::seconds(d) * 1e3; }

/// Reads stages and prints the times of the middle one, the 99th of a hundred, and the slowest.
int readStages(const jit::TraceForest& forest, const char* which, const std::vector<jit::StageId>& stages) {
  std::vector<double> times;
  std::uint64_t operations = 0, most = 0;
  for (const jit::StageId stage : stages) {
    const auto from = Clock::now();
    const auto body = forest.read(stage);
    times.push_back(milliseconds(Clock::now() - from));
    if (!body) return std::fprintf(stderr, "%s\n", body.error().text().c_str()), 1;
    operations += body->operations.size();
    most = std::max<std::uint64_t>(most, body->operations.size());
  }
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  std::printf("%zu %s stages (%.0f operations, at most %llu): median %.3f ms, p99 %.3f ms, slowest %.3f ms\n",
              times.size(), which, static_cast<double>(operations) / static_cast<double>(times.size()),
              static_cast<unsigned long long>(most), times[times.size() / 2], times[times.size() * 99 / 100],
              times.back());
  return 0;
}

int measure(const std::string& path) {
  const double before = bench::peakMegabytes();
  const double cpu_from = bench::cpuSeconds();
  const auto from = Clock::now();
  const auto read = jitlog::readJitlog(path);
  const double time = bench::seconds(Clock::now() - from);
  const double cpu = bench::cpuSeconds() - cpu_from;
  if (!read) return std::fprintf(stderr, "%s\n", read.error().text().c_str()), 1;
  const jit::TraceForest& forest = **read;
  const double size = static_cast<double>(forest.info().bytes) / 1e6;
  std::printf(
      "%.0f MB, %zu traces, %zu stages in %.2f s: %.0f MB/s; by CPU time %.0f MB/s; peak memory %.0f MB "
      "(%.1f %% "
      "of the log, %.0f MB before), %.1f MB kept\n",
      size, forest.traces().size(), forest.allStages().size(), time, size / time, size / cpu,
      bench::peakMegabytes(), 100 * bench::peakMegabytes() * 1.048576 / size, before,
      static_cast<double>(forest.bytes()) / 1e6);

  std::vector<jit::StageId> all;
  for (std::uint32_t i = 0; i < forest.allStages().size(); ++i) all.push_back(jit::StageId{i});
  std::vector<jit::StageId> largest = all;
  const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(20, all.size()));
  std::partial_sort(largest.begin(), largest.begin() + count, largest.end(),
                    [&](jit::StageId a, jit::StageId b) {
                      return forest.stage(a).operations > forest.stage(b).operations;
                    });
  largest.resize(static_cast<std::size_t>(count));
  std::mt19937 random(1);
  std::shuffle(all.begin(), all.end(), random);
  all.resize(std::min<std::size_t>(2000, all.size()));
  if (const int failed = readStages(forest, "random", all); failed != 0) return failed;
  if (const int failed = readStages(forest, "largest", largest); failed != 0) return failed;

  // Every place once: what "the traces of this line" costs.
  const jit::SourceIndex& sources = forest.sources();
  const auto asked = Clock::now();
  std::size_t found = 0;
  for (const auto& place : sources.places()) found += sources.tracesAt(place.file, place.line).size();
  const double places = static_cast<double>(std::max<std::size_t>(1, sources.places().size()));
  std::printf("%zu places: %.4f ms a question (%.1f traces)\n", sources.places().size(),
              milliseconds(Clock::now() - asked) / places, static_cast<double>(found) / places);
  return 0;
}

}  // namespace
}  // namespace pyrometer

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "jitlog_bench FILE.jit [TIMES]   (hot_functions.py makes one)\n");
    return 2;
  }
  for (int i = 0; i < (argc > 2 ? std::atoi(argv[2]) : 1); ++i) {
    if (const int failed = pyrometer::measure(argv[1]); failed != 0) return failed;
  }
  return 0;
}
