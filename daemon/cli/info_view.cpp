#include <fmt/format.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "daemon/cli/figures.h"
#include "daemon/cli/info_sheet.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"
#include "daemon/profile/thread_title.h"

namespace pyrometer {
namespace {

std::string localTime(std::int64_t unix_ns) {
  const time_t seconds = unix_ns / 1'000'000'000;
  tm parts{};
  if (localtime_r(&seconds, &parts) == nullptr) return {};
  char text[64];
  const std::size_t length = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts);
  return std::string(text, length);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

namespace {

constexpr std::size_t kMostProcesses = 20;

/// How a process ended, in a column's width.
std::string endWord(const Profile& profile, ProcessId id) {
  const Process& process = profile.process(id);
  if (process.wait_status == Process::kUnknownStatus) {
    const std::string text = processEndText(profile, id);
    return text == "replaced by exec" ? "exec" : text == "still running" ? "running" : "";
  }
  const auto status = static_cast<int>(process.wait_status);
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("status {}", WEXITSTATUS(status));
}

/// The processes with most samples, as a tree: a line each.
std::string processTable(const Profile& profile, const Terminal& terminal) {
  constexpr int kShare = 7, kTime = 11, kEnd = 10;
  const std::vector<ProcessPlace> tree = processTree(profile);
  const std::vector<StackWeight> weights = originWeights(profile).by_process;
  std::vector<std::uint64_t> times;
  for (const StackWeight& weight : weights) times.push_back(weight.weight);
  std::uint64_t least = 0;
  if (times.size() > kMostProcesses) {
    const auto nth = times.begin() + static_cast<std::ptrdiff_t>(kMostProcesses - 1);
    std::nth_element(times.begin(), nth, times.end(), std::greater<>());
    least = *nth;
  }
  StyledLine header(terminal);
  header.right("share", kShare, Style::kDim)
      .blank(1)
      .right("from", kTime, Style::kDim)
      .blank(1)
      .right("to", kTime, Style::kDim)
      .blank(2);
  std::string out = "\n" + header.left("end", kEnd, Style::kDim).rest("process", Style::kDim).text();
  std::size_t shown = 0;
  for (const ProcessPlace& place : tree) {
    const StackWeight& weight = weights[index(place.id)];
    if (weight.weight < least || shown == kMostProcesses) continue;
    ++shown;
    const Process& process = profile.process(place.id);
    StyledLine line(terminal);
    line.right(percentText(shareOf(weight.weight, profile.totalWeight())), kShare).blank(1);
    line.right(durationText(process.start), kTime, Style::kDim).blank(1);
    line.right(process.end ? durationText(*process.end) : "", kTime, Style::kDim).blank(2);
    line.left(endWord(profile, place.id), kEnd, Style::kDim);
    line.blank(2 * static_cast<int>(std::min<std::uint32_t>(place.depth, 8)));
    out += line.rest(processName(profile, place.id)).text();
  }
  if (shown < tree.size()) {
    StyledLine line(terminal);
    out += line.rest(fmt::format("... and {} more with fewer samples", countText(tree.size() - shown)),
                     Style::kDim)
               .text();
  }
  return out;
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", countText(count), what, count == 1 ? "" : "s");
}

}  // namespace

std::string infoView(const Profile& profile, const Terminal& terminal) {
  const RunInfo& info = profile.info();
  InfoSheet sheet(terminal);
  const bool own = isOurs(info);
  sheet.row(own || info.meta.contains("argv") ? "program" : "file", titleOf(info));
  if (joined(info.argv) != titleOf(info)) sheet.row("arguments", joined(info.argv));
  sheet.row("folder", info.working_directory);
  sheet.row("interpreter", info.interpreter);
  sheet.row("host", info.host);
  if (info.start_unix_ns > 0) sheet.row("started", localTime(info.start_unix_ns));
  if (info.duration_ns > 0) {
    // Our own count of CPU time has no processes that others wait for.
    sheet.row("ran for", info.cpu_ns > 0 && profile.processes().size() <= 1
                             ? fmt::format("{}, {} of CPU time", durationText(info.duration_ns),
                                           durationText(info.cpu_ns))
                             : durationText(info.duration_ns));
  }
  sheet.row("end", !info.finished  ? "not recorded: the recording stops before the program's end"
                   : info.attached ? attachedEndText(profile)
                   : own           ? endText(info.exit_status)
                                   : "of the recording: as it should be");
  const std::string asked = info.rate_auto ? "rate chosen by the run's length (auto)"
                            : info.rate_asked_hz > 0
                                ? fmt::format("asked for {}", rateText(info.rate_asked_hz))
                                : std::string("rate not recorded");
  sheet.row("mode", fmt::format("{}{}{}, {}", modeText(info.mode), info.outside ? ", read from outside" : "",
                                info.blocking ? " with threads stopped for it" : "", asked));
  if (info.attached) sheet.row("attached", "to a program that ran before, and not to its beginning");
  std::string samples = countText(profile.sampleCount());
  if (profile.totalWeight() > 0) {
    samples +=
        fmt::format(" standing for {}", durationText(static_cast<std::int64_t>(profile.totalWeight())));
    if (profile.sampleCount() > 0 && info.true_weights) {
      samples += fmt::format(", {} achieved", rateText(static_cast<double>(profile.sampleCount()) * 1e9 /
                                                       static_cast<double>(profile.totalWeight())));
    }
  }
  sheet.row("samples", samples);
  if (dropCount(info) == 0) {
    sheet.row("dropped", own ? "none" : "not recorded");
  } else {
    std::string drops;
    for (int i = 0; i < static_cast<int>(DropReason::kCount); ++i) {
      if (info.drops[i] == 0) continue;
      drops += fmt::format("{}{} {}", drops.empty() ? "" : ", ", countText(info.drops[i]),
                           dropReasonText(static_cast<DropReason>(i)));
    }
    sheet.row("dropped", drops);
  }
  if (const OutsideLooks& looks = info.looks; looks.stacks + looks.unreadable != 0) {
    sheet.row("from outside",
              fmt::format("{} read; {} looked at again, {} with callers of an earlier look, {} torn, {} not "
                          "readable",
                          counted(looks.stacks, "stack"), countText(looks.again), countText(looks.completed),
                          countText(looks.torn), countText(looks.unreadable)));
  }
  sheet.row("threads", fmt::format("{} in {}", countText(threadCount(profile)),
                                   profile.processes().size() == 1
                                       ? std::string("one process")
                                       : fmt::format("{} processes", countText(profile.processes().size()))));
  sheet.row("code", counted(profile.functions().size(), "function") + ", " +
                        (info.has_lines ? counted(profile.lines().size(), "line") + ", " : std::string()) +
                        counted(profile.stacks().size(), "different stack"));
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < profile.sources().size(); ++i)
    bytes += profile.string(profile.sources()[i].text).size();
  sheet.row("sources", profile.sources().empty()
                           ? std::string("not recorded")
                           : fmt::format("{} {}, {}", countText(profile.sources().size()),
                                         profile.sources().size() == 1 ? "file" : "files", bytesText(bytes)));
  std::uint64_t peak = 0;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) peak = std::max(peak, profile.memory()[i].rss);
  sheet.row("memory", peak == 0 ? std::string("not recorded") : fmt::format("peak {}", bytesText(peak)));
  std::string missing;
  const auto miss = [&](bool lacks, std::string_view what) {
    if (lacks) missing.append(missing.empty() ? "" : ", ").append(what);
  };
  miss(!info.has_lines, "lines");
  miss(!info.has_times, "times of samples");
  miss(!info.true_weights, "weights (every sample counts for one period)");
  sheet.row("file format", info.format);
  sheet.row("not in it", missing);
  if (info.parts > 1) {
    sheet.row("part", fmt::format("{} of {}", info.part + 1, info.parts));
  }
  for (const auto& [key, value] : info.meta) {
    // Our own words are kept under a prefix there: "pyrometer.my_code".
    std::string label = key.starts_with("pyrometer.") ? key.substr(10) : key;
    std::replace(label.begin(), label.end(), '_', ' ');
    std::string text = value;
    std::replace(text.begin(), text.end(), '\n', ' ');
    sheet.row(label, text);
  }
  return sheet.take() + (profile.processes().size() > 1 ? processTable(profile, terminal) : std::string());
}

}  // namespace pyrometer
