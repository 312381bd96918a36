#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "daemon/analysis/memory_timeline.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/places.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {
namespace {

constexpr int kRows = 8;
constexpr int kLabelWidth = 8;
/// Processes that get a curve of their own, and a line.
constexpr std::size_t kMostCurves = 3, kMostListed = 20;

/// Columns of a curve.
std::size_t columnsOf(const Terminal& terminal) {
  return static_cast<std::size_t>(std::min(terminal.width - kLabelWidth - 4, 120));
}

/// A curve: each column a stretch of time with its largest value.
std::string curve(const Profile& profile, const std::vector<MemorySlot>& slots, const Terminal& terminal) {
  const bool unicode = terminal.charset == Charset::kUnicode;
  std::uint64_t peak = 0;
  for (const MemorySlot& slot : slots) peak = std::max(peak, slot.high);
  if (peak == 0) return {};

  constexpr std::string_view kEighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string out;
  for (int row = kRows; row-- > 0;) {
    StyledLine line(terminal);
    const bool labelled = row == kRows - 1 || row == kRows / 2 - 1;
    const std::uint64_t value = peak / kRows * static_cast<std::uint64_t>(row + 1);
    line.right(row == kRows - 1 ? bytesText(peak)
               : labelled       ? bytesText(value)
                                : "",
               kLabelWidth, Style::kDim);
    line.add(unicode ? (labelled ? " ┤" : " │") : (labelled ? " +" : " |"), Style::kDim);
    std::string drawn;
    for (const MemorySlot& slot : slots) {
      const double height = shareOf(slot.high, peak) * kRows - row;
      if (unicode) {
        drawn += kEighths[std::clamp(static_cast<int>(std::lround(height * 8)), 0, 8)];
      } else {
        drawn += height >= 0.75 ? '#' : height >= 0.25 ? '.' : ' ';
      }
    }
    out += line.add(drawn, Style::kHeat1).text();
  }
  StyledLine axis(terminal);
  axis.right("0", kLabelWidth, Style::kDim).add(unicode ? " └" : " +", Style::kDim);
  std::string ground;
  for (std::size_t i = 0; i < slots.size(); ++i) ground += unicode ? "─" : "-";
  out += axis.add(ground, Style::kDim).text();
  StyledLine times(terminal);
  times.blank(kLabelWidth + 2);
  if (profile.info().has_times) {
    const std::string end = durationText(slots.back().to);
    times.left(durationText(slots.front().from), static_cast<int>(slots.size()) - displayWidth(end),
               Style::kDim);
    times.add(end, Style::kDim);
  } else {
    times.rest("samples in their order: the file has no times", Style::kDim);
  }
  return out + times.text();
}

struct ProcessMemory {
  ProcessId process{};
  std::uint64_t peak = 0, last = 0;
  std::int64_t when = 0;
};

/// Most memory first.
std::vector<ProcessMemory> processesWithMemory(const Profile& profile) {
  std::vector<ProcessMemory> all(profile.processes().size());
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    const MemoryPoint& point = profile.memory()[i];
    ProcessMemory& memory = all[index(point.process)];
    memory.process = point.process;
    if (point.rss > memory.peak) memory.peak = point.rss, memory.when = point.time;
    memory.last = point.rss;
  }
  std::erase_if(all, [](const ProcessMemory& memory) { return memory.peak == 0; });
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.peak > b.peak; });
  return all;
}

std::string sumText(const Profile& profile, std::size_t processes, const Terminal& terminal) {
  const std::vector<MemorySlot> sum = memorySum(profile, columnsOf(terminal));
  std::uint64_t peak = 0;
  for (const MemorySlot& slot : sum) peak = std::max(peak, slot.high);
  return paragraph(
             terminal, "",
             fmt::format("all {} processes: peak {} (resident memory; what several share is counted in each)",
                         processes, bytesText(peak)),
             Style::kDim) +
         "\n" + curve(profile, sum, terminal) + "\n";
}

}  // namespace

std::string memoryView(const Profile& profile, const ViewOptions& options, const Terminal& terminal) {
  StyledLine title(terminal);
  title.rest(titleOf(profile.info()), Style::kBold);
  std::string out = title.text();
  if (profile.memory().empty()) {
    return out + paragraph(terminal, "", "No memory was recorded (run with --mem, which is the default).");
  }
  std::vector<ProcessMemory> processes = processesWithMemory(profile);
  if (processes.size() > 1) out += sumText(profile, processes.size(), terminal);
  std::size_t drawn = 0;
  for (const ProcessMemory& memory : processes) {
    std::string words = fmt::format("peak {}", bytesText(memory.peak));
    if (profile.info().has_times) words += fmt::format(" at {}", durationText(memory.when));
    words += fmt::format(", {} at the end (resident memory)", bytesText(memory.last));
    if (profile.processes().size() > 1)
      words = fmt::format("process {}: {}", processName(profile, memory.process), words);
    out += paragraph(terminal, "", words, Style::kDim);
    if (drawn++ < kMostCurves)
      out += "\n" + curve(profile, memoryTimeline(profile, memory.process, columnsOf(terminal)), terminal) +
             "\n";
    if (drawn == kMostListed && processes.size() > drawn) {
      out +=
          paragraph(terminal, "", fmt::format("and {} processes with less memory", processes.size() - drawn),
                    Style::kDim);
      break;
    }
  }
  if (processes.size() > kMostCurves) out += "\n";

  std::vector<MemoryGrowth> growth = memoryGrowth(profile);
  std::stable_sort(growth.begin(), growth.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  std::erase_if(growth, [](const MemoryGrowth& g) { return g.bytes == 0; });
  if (growth.empty()) return out;
  const PlaceNames names(profile);
  std::uint64_t all = 0;
  for (const MemoryGrowth& g : growth) all += g.bytes;
  const std::size_t rows = growth.size();
  growth.resize(std::min<std::size_t>(rows, options.limit != 0 ? options.limit : 10));
  int longest = 4;
  for (const MemoryGrowth& g : growth) {
    longest = std::max(longest, displayWidth(printable(names.place(g.line), terminal.charset)));
  }
  const int place_width = std::min(longest, std::max(14, terminal.width / 4));
  StyledLine header(terminal);
  header.right("grew by", 8, Style::kDim).blank(1).right("share", 7, Style::kDim).blank(2);
  out += header.left("line", place_width, Style::kDim)
             .blank(2)
             .rest("code that ran meanwhile", Style::kDim)
             .text();
  SourceText source(profile);
  for (const MemoryGrowth& g : growth) {
    StyledLine line(terminal);
    line.right(bytesText(g.bytes), 8).blank(1).right(percentText(shareOf(g.bytes, all)), 7).blank(2);
    line.leftPath(names.place(g.line), place_width).blank(2);
    out += line.rest(expandTabs(source.codeAt(g.line))).text();
  }
  if (rows > growth.size()) {
    const std::size_t hidden = rows - growth.size();
    StyledLine line(terminal);
    line.blank(18).rest(fmt::format("{} more {}", hidden, hidden == 1 ? "line" : "lines"), Style::kDim);
    out += line.text();
  }
  return out;
}

}  // namespace pyrometer
