#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/benchmarks/handler_cost/timed_handler.h"
#include "tests/unit/sampler/session_host.h"

// What one sample costs in the sampled program: the handler's own CPU time by depth of the stack, and its
// bytes in the ring. Usage: handler_cost [python3 ...]

namespace {

using pyrometer::benchmark::kMostTimes;
using pyrometer::benchmark::Times;

constexpr char kProgram[] = R"(
import sys, time
sys.setrecursionlimit(20000)
def one(n): return n + 1
def two(n): return one(n) + one(n)
def work(end):
    while time.process_time() < end:
        for i in range(100): two(i)
def down(n, end):
    if n == 0: work(end)
    else: down(n - 1, end)
down(int(sys.argv[1]), time.process_time() + float(sys.argv[2]))
)";

std::uint32_t at(const std::vector<std::uint32_t>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

void measure(const std::string& python, int depth, const std::string& script, const std::string& times_path) {
  const int fd = open(times_path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(Times)) != 0) std::abort();
  auto* times = static_cast<Times*>(mmap(nullptr, sizeof(Times), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  close(fd);
  setenv("PYROMETER_TIMES", times_path.c_str(), 1);

  pyrometer::test::SessionHost host(PYROMETER_SAMPLER_LIBRARY ":" PYROMETER_TIMED_HANDLER);
  host.microseconds_between = 900;
  // <module>, down (n + 1 times), work, and one or two more.
  host.run({python, script, std::to_string(depth - 5), "6"}, 60);

  std::vector<std::uint32_t> ns(times->ns, times->ns + std::min(times->count.load(), kMostTimes));
  std::uint64_t samples = 0;
  for (const auto& [thread, all] : host.stream.samples) samples += all.size();
  // The start, with its new code objects and new pages, is told apart: it is long, and paid once.
  const std::size_t start = std::min<std::size_t>(ns.size(), 500);
  std::vector<std::uint32_t> steady(ns.begin() + static_cast<std::ptrdiff_t>(start), ns.end());
  if (steady.empty() || samples == 0) {
    std::printf("%-40s %5d  no samples\n", python.c_str(), depth);
    return;
  }
  std::sort(steady.begin(), steady.end());
  for (std::uint32_t& value : steady) value -= std::min(value, times->empty_ns);
  std::printf("%-40s %5d %8zu %8.2f %8.2f %8.2f %8.2f %8.1f\n", python.c_str(), depth, steady.size(),
              at(steady, 0.5) / 1e3, at(steady, 0.9) / 1e3, at(steady, 0.99) / 1e3, at(steady, 0.999) / 1e3,
              static_cast<double>(host.bytes) / static_cast<double>(samples));
  munmap(times, sizeof(Times));
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> pythons(argv + 1, argv + argc);
  if (pythons.empty()) pythons.emplace_back("/usr/bin/python3");
  const std::string stem = "/tmp/pyrometer-handler-cost-" + std::to_string(getpid());
  std::ofstream(stem + ".py") << kProgram;
  std::printf("%-40s %5s %8s %8s %8s %8s %8s %8s\n", "CPU time of the handler in us", "depth", "samples",
              "median", "p90", "p99", "p99.9", "bytes");
  for (const std::string& python : pythons) {
    for (const int depth : {10, 30, 100}) measure(python, depth, stem + ".py", stem + ".times");
  }
  std::remove((stem + ".py").c_str());
  std::remove((stem + ".times").c_str());
}
