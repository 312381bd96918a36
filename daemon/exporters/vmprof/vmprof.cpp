#include "daemon/exporters/vmprof/vmprof.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/exporters/vmprof/file_writer.h"

namespace pyrometer {
namespace vmprof {
namespace {

/// Samples in this state of the VM, whatever their threads were doing.
std::uint64_t samplesIn(const Profile& profile, VmState vm) {
  std::uint64_t count = 0;
  for (const ThreadState thread :
       {ThreadState::kUnknown, ThreadState::kRunning, ThreadState::kWaitingForGil, ThreadState::kOffCpu}) {
    count += profile.stateWeight({.vm = vm, .thread = thread}).count;
  }
  return count;
}

/// Machine code has marks in PyPy's stacks, native code is known by its frame; the others have no room.
void addLostStates(const Profile& profile, bool pypy, std::vector<std::string>& lost) {
  const std::pair<VmState, std::string_view> marks[] = {
      {VmState::kJit, "ran machine code made by the JIT"},
      {VmState::kWarmup, "were the JIT at work itself (tracing, compiling, blackhole)"},
      {VmState::kGc, "were the garbage collector"}};
  for (const auto& [vm, words] : marks) {
    const std::uint64_t count = samplesIn(profile, vm);
    if (count == 0 || (pypy && vm == VmState::kJit)) continue;
    lost.push_back(fmt::format("which samples {} ({} of {})", words, count, profile.sampleCount()));
  }
}

class VmprofExporter : public Exporter {
 public:
  std::string_view name() const override { return "vmprof"; }
  std::string_view description() const override { return "vmprof file, version 6 (vmprof's own tools)"; }
  std::string_view extension() const override { return ".vmprof"; }

  std::vector<std::string> losses(const Profile& profile, const ExportOptions& options) const override {
    const RunInfo& info = profile.info();
    const Shape shape = shapeOf(profile, options);
    std::vector<std::string> lost;
    if (shape.weighted && profile.sampleCount() > 0) {
      const Resampler resampler(profile, true);
      lost.push_back(
          fmt::format("weights: samples are repeated at an even period of {} us, so shares stay true "
                      "and numbers of samples do not",
                      resampler.period() / 1000));
    } else if (info.true_weights) {
      lost.emplace_back("weights: every sample counts the same");
    }
    if (info.has_times) lost.emplace_back("when each sample was taken");
    if (info.has_lines && shape.pypy) lost.emplace_back("lines: that format has none for PyPy");
    addLostStates(profile, shape.pypy, lost);
    if (profile.processes().size() > 1) lost.emplace_back("which process a thread belongs to");
    if (!isFromVmprof(profile)) lost.emplace_back("names of threads, and what state they were in");
    if (!profile.sources().empty()) lost.emplace_back("the texts of source files");
    if (!info.argv.empty()) lost.emplace_back("the command line");
    for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
      if (profile.stacks()[i].depth <= shape.maxFrames()) continue;
      lost.push_back(fmt::format("callers beyond {} frames", shape.maxFrames()));
      break;
    }
    return lost;
  }

  Result<void> write(const Profile& profile, const ExportOptions& options, ByteSink& sink) const override {
    return FileWriter(profile, options, sink).write();
  }
};

}  // namespace
}  // namespace vmprof

const Exporter& vmprofExporter() {
  static const vmprof::VmprofExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
