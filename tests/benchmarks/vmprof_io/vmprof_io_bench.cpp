// Reading and writing vmprof files: makes a profile of a given size, writes it, reads it back, and prints how
// fast that was and how much memory it took. See ../README.md.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "daemon/exporters/bundle/bundle_exporter.h"
#include "daemon/exporters/vmprof/vmprof.h"
#include "daemon/importers/registry.h"
#include "daemon/support/output_file.h"
#include "tests/benchmarks/spent.h"

namespace pyrometer {
namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Result<void> write(std::string_view bytes) override { return file_.write(bytes); }

 private:
  OutputFile& file_;
};

using bench::cpuSeconds, bench::peakMegabytes, bench::seconds;

/// `distinct` stacks of 20 to 40 frames from 2 000 functions with lines, as a web server at work has them.
std::shared_ptr<const Profile> makeProfile(std::uint64_t samples, std::uint32_t distinct) {
  ProfileBuilder builder;
  builder.info().interpreter = "CPython 3.11.2";
  builder.info().true_weights = false;
  builder.info().duration_ns = static_cast<std::int64_t>(samples) * 1'000'000;
  builder.info().finished = true;
  std::mt19937 random(1);
  std::vector<FrameId> frames;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i);
    const FunctionId function = builder.internFunction(
        "function_" + number, builder.internFile("/srv/app/package/module_" + std::to_string(i / 20) + ".py"),
        i);
    for (std::uint32_t line = 1; line <= 5; ++line) frames.push_back(builder.internFrame(function, i + line));
  }
  std::vector<StackId> stacks;
  std::vector<FrameId> path;
  for (std::uint32_t i = 0; i < distinct; ++i) {
    // A random walk: most of a stack is as in the one before.
    const std::size_t depth = 20 + random() % 21;
    path.resize(std::min<std::size_t>(path.size(), depth - std::min<std::size_t>(depth - 1, random() % 12)));
    while (path.size() < depth) path.push_back(frames[random() % frames.size()]);
    std::optional<StackId> stack;
    for (const FrameId frame : path) stack = builder.internStack(stack, frame);
    stacks.push_back(*stack);
  }
  const ThreadId thread = builder.addThread(builder.addProcess(1, "app.py", ""), 1, "");
  for (std::uint64_t i = 0; i < samples; ++i) {
    builder.addSample({.time = static_cast<std::int64_t>(i) * 1'000'000,
                       .weight = 1'000'000,
                       .stack = stacks[random() % stacks.size()],
                       .thread = thread});
  }
  return builder.snapshot();
}

int write(const Exporter& exporter, const std::string& path, double megabytes, std::uint32_t distinct) {
  // 30 frames of two cells, and the head of a sample.
  const auto samples = static_cast<std::uint64_t>(megabytes * 1e6 / (30.5 * 16 + 25));
  const auto profile = makeProfile(samples, distinct);
  auto out = OutputFile::create(path);
  if (!out) return std::fprintf(stderr, "%s\n", out.error().text().c_str()), 1;
  FileSink sink(*out);
  const double cpu_from = cpuSeconds();
  const auto from = std::chrono::steady_clock::now();
  auto written = exporter.write(*profile, {.unit = Unit::kSamples}, sink);
  if (written) written = out->commit();
  if (!written) return std::fprintf(stderr, "%s\n", written.error().text().c_str()), 1;
  const double time = seconds(std::chrono::steady_clock::now() - from);
  const double cpu = cpuSeconds() - cpu_from;
  const double size = static_cast<double>(out->written()) / 1e6;
  std::printf(
      "write %s: %.0f MB, %llu samples of %u stacks in %.2f s: %.0f MB/s; by CPU time %.0f MB/s, %.2f "
      "million "
      "samples/s\n",
      std::string(exporter.name()).c_str(), size, static_cast<unsigned long long>(samples), distinct, time,
      size / time, size / cpu, static_cast<double>(samples) / cpu / 1e6);
  return 0;
}

int read(const std::string& path) {
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::perror(path.c_str()), 1;
  const double before = peakMegabytes();
  const double cpu_from = cpuSeconds();
  const auto from = std::chrono::steady_clock::now();
  const auto profile = readProfile(path);
  const double time = seconds(std::chrono::steady_clock::now() - from);
  const double cpu = cpuSeconds() - cpu_from;
  if (!profile) return std::fprintf(stderr, "%s\n", profile.error().text().c_str()), 1;
  const double size = static_cast<double>(about.st_size) / 1e6;
  const auto samples = static_cast<double>((*profile)->sampleCount());
  std::printf(
      "read %s: %.0f MB, %.0f samples in %.2f s: %.0f MB/s; by CPU time %.0f MB/s, %.2f million samples/s; "
      "peak memory %.0f MB (%.0f %% of the file, %.0f MB before), %.1f bytes a sample kept\n",
      (*profile)->info().format.c_str(), size, samples, time, size / time, size / cpu, samples / cpu / 1e6,
      peakMegabytes(), 100 * peakMegabytes() * 1.048576 / size, before,
      static_cast<double>((*profile)->sampleBytes()) / std::max(samples, 1.0));
  return 0;
}

int usage() {
  std::fprintf(stderr,
               "vmprof_io_bench write FILE [MEGABYTES [STACKS]]   (1000 MB of 20000 different stacks)\n"
               "vmprof_io_bench bundle FILE [MEGABYTES [STACKS]]  the same samples as a bundle\n"
               "vmprof_io_bench read FILE [TIMES]\n");
  return 2;
}

}  // namespace
}  // namespace pyrometer

int main(int argc, char** argv) {
  using namespace pyrometer;
  if (argc < 3) return usage();
  const std::string what = argv[1];
  const double megabytes = argc > 3 ? std::atof(argv[3]) : 1000;
  const auto distinct = static_cast<std::uint32_t>(argc > 4 ? std::atoi(argv[4]) : 20'000);
  if (what == "write") return write(vmprofExporter(), argv[2], megabytes, distinct);
  if (what == "bundle") return write(bundleExporter(), argv[2], megabytes, distinct);
  for (int i = 0; what == "read" && i < (argc > 3 ? std::atoi(argv[3]) : 1); ++i) {
    if (const int failed = read(argv[2]); failed != 0) return failed;
  }
  if (what == "read") return 0;
  return usage();
}
