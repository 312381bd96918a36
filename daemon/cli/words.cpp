#include <fmt/format.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>

#include "daemon/cli/figures.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

/// The sentences that several views share.
namespace pyrometer {

std::string_view modeText(Mode mode) { return mode == Mode::kCpu ? "cpu" : "wall"; }

std::string_view vmStateText(VmState state) {
  switch (state) {
    case VmState::kUnknown:
      return "code of unknown kind";
    case VmState::kInterpreter:
      return "interpreter";
    case VmState::kWarmup:
      return "warm-up";
    case VmState::kJit:
      return "compiled code";
    case VmState::kGc:
      return "garbage collection";
    case VmState::kNative:
      return "native code";
  }
  return "code of unknown kind";
}

std::string_view threadStateText(ThreadState state) {
  switch (state) {
    case ThreadState::kUnknown:
      return "thread in unknown state";
    case ThreadState::kRunning:
      return "running";
    case ThreadState::kWaitingForGil:
      return "waiting for the GIL";
    case ThreadState::kOffCpu:
      return "off CPU";
  }
  return "thread in unknown state";
}

std::string_view dropReasonText(DropReason reason) {
  switch (reason) {
    case DropReason::kRingFull:
      return "ring full";
    case DropReason::kNoSegment:
      return "too many threads at once";
    case DropReason::kTornStack:
      return "stack in the making";
    case DropReason::kUnanswered:
      return "signal unanswered";
    case DropReason::kUnreadable:
      return "not readable from outside";
    case DropReason::kDamagedRecord:
      return "damaged record";
    case DropReason::kCount:
      break;
  }
  return "unknown reason";
}

std::uint64_t dropCount(const RunInfo& info) {
  std::uint64_t all = 0;
  for (const std::uint64_t drops : info.drops) all += drops;
  return all;
}

std::string endText(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    const char* name = sigdescr_np(signal);
    return fmt::format("ended by signal {} ({})", signal, name == nullptr ? "unknown" : name);
  }
  return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

std::string attachedEndText(const Profile& profile) {
  if (profile.processes().empty()) return "of the recording: as it should be";
  const std::string end = processEndText(profile, ProcessId{0});
  return end == "still running" ? "the program went on" : end == "ended" ? "the program ended" : end;
}

std::string titleOf(const RunInfo& info) {
  if (!info.command.empty()) return info.command;
  std::string title;
  for (const std::string& word : info.argv) title += (title.empty() ? "" : " ") + word;
  return title.empty() ? "a program whose name was not recorded" : title;
}

bool isOurs(const RunInfo& info) { return !info.format.starts_with("vmprof"); }

std::string summaryText(const Profile& profile) {
  const RunInfo& info = profile.info();
  std::string text;
  if (info.duration_ns > 0) text += durationText(info.duration_ns);
  // The kernel's count for the program leaves out processes that nobody waited for.
  const std::size_t processes = profile.processes().size();
  if (info.cpu_ns > 0 && processes <= 1)
    text += fmt::format("{}({} CPU)", text.empty() ? "" : " ", durationText(info.cpu_ns));
  const std::size_t samples = profile.sampleCount();
  text += fmt::format("{}{} {}", text.empty() ? "" : ", ", countText(samples),
                      samples == 1 ? "sample" : "samples");
  if (samples > 0 && profile.totalWeight() > 0 && info.true_weights) {
    const double hz = static_cast<double>(samples) * 1e9 / static_cast<double>(profile.totalWeight());
    text += fmt::format(" at {}", rateText(hz));
  }
  if (info.mode == Mode::kWall) text += " of wall time";
  if (processes > 1) text += fmt::format(" in {} processes", countText(processes));
  const std::uint64_t drops = dropCount(info);
  if (drops != 0 || isOurs(info))
    text += drops == 0 ? ", none dropped" : fmt::format(", {} dropped", countText(drops));
  if (drops != 0) {
    int worst = 0;
    for (int i = 1; i < static_cast<int>(DropReason::kCount); ++i) {
      if (info.drops[i] > info.drops[worst]) worst = i;
    }
    text += fmt::format(" ({}{})", info.drops[worst] == drops ? "" : "most: ",
                        dropReasonText(static_cast<DropReason>(worst)));
  }
  return text;
}

std::string damageText(const std::vector<Damage>& damage) {
  const Damage& first = damage.front();
  return damage.size() == 1
             ? fmt::format("part of the file could not be read: byte {}: {}", first.offset, first.what)
             : fmt::format("{} parts of the file could not be read, the first at byte {}: {}",
                           countText(damage.size()), first.offset, first.what);
}

std::string notesText(const Profile& profile, const Terminal& terminal) {
  const RunInfo& info = profile.info();
  std::string out;
  if (info.parts > 1) {
    out += paragraph(terminal, "note: ",
                     fmt::format("this is profile {} of the {} in the file; --part N shows another",
                                 info.part + 1, info.parts));
  }
  for (const std::string& note : info.notes) out += paragraph(terminal, "note: ", note);
  if (!info.damage.empty()) out += paragraph(terminal, "note: ", damageText(info.damage));
  if (info.unknown_code_samples != 0) {
    out += paragraph(
        terminal, "note: ",
        fmt::format("code that could not be described is shown as unknown code: in {} of the samples",
                    countText(info.unknown_code_samples)));
  }
  return out;
}

std::string tooFewText(const Profile& profile) {
  const std::size_t samples = profile.sampleCount();
  if (samples >= kTooFewSamples) return {};
  const std::string ran = profile.info().duration_ns > 0
                              ? fmt::format(" in {}", durationText(profile.info().duration_ns))
                              : std::string();
  const std::string what = samples == 0
                               ? fmt::format("No samples were taken{}: ", ran)
                               : fmt::format("Only {} {}{}: ", samples,
                                             samples == 1 ? "sample was taken" : "samples were taken", ran);
  const bool slept = profile.info().mode == Mode::kCpu && profile.info().duration_ns > 500'000'000 &&
                     profile.info().cpu_ns * 10 < profile.info().duration_ns;
  if (slept) {
    return what + (profile.info().attached ? "the process" : "the program") +
           " used hardly any CPU time. To see where it waits, use --mode wall.";
  }
  return what +
         (profile.info().attached
              ? "too few to say which lines are hot. Stay attached for longer, or ask for more samples with "
                "--rate 10000."
              : "too few to say which lines are hot. Let the program run longer (more data, or its work in a "
                "loop), "
                "or ask for more samples with --rate 10000.");
}

}  // namespace pyrometer
