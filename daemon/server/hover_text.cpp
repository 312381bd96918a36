#include "daemon/server/hover_text.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

struct Row {
  const char* word;
  const char* meaning;
  std::uint64_t time, samples;
};

/// A name inside of `...`: it may hold anything that a program can be called.
std::string code(std::string_view name, bool markdown) {
  std::string text;
  for (const char c : name) text += c == '`' ? '\'' : c < ' ' && c >= 0 ? ' ' : c;
  return markdown ? "`" + text + "`" : text;
}

/// What fits on a card.
std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not within a character
  return std::string(text.substr(0, end)) + "\xE2\x80\xA6";
}

std::string strong(const std::string& text, bool markdown) { return markdown ? "**" + text + "**" : text; }
std::string aside(const std::string& text, bool markdown) { return markdown ? "*" + text + "*" : text; }

std::string tableText(const std::vector<Row>& rows, std::uint64_t all, bool markdown) {
  std::string out;
  if (markdown) out += "| | time | share | samples | |\n|:--|--:|--:|--:|:--|\n";
  for (const Row& row : rows) {
    const std::string time = durationText(static_cast<std::int64_t>(row.time));
    const std::string share = percentText(shareOf(row.time, all));
    out += markdown ? fmt::format("| {} | {} | {} | {} | {} |\n", row.word, time, share,
                                  countText(row.samples), row.meaning)
                    : fmt::format("{}: {}, {}, {} samples ({})\n", row.word, share, time,
                                  countText(row.samples), row.meaning);
  }
  return out;
}

std::string lineText(const ProfileView& view, const DocumentLine& line, bool markdown) {
  const Counters& counters = line.heat.counters;
  const std::uint64_t all = view.profile().totalWeight();
  const bool charges = counters.charged_time != 0 && counters.charged_time != counters.self_time;
  std::string out;
  if (line.heat.share > 0) {
    out = strong(percentText(line.heat.share), markdown) + " of all time is spent here";
    if (charges) out += " and in the libraries that are called here";
  } else {
    out =
        strong(percentText(shareOf(counters.total_time, all)), markdown) + " of all time passes through here";
  }
  out += "\n\n";
  std::vector<Row> rows;
  if (counters.charged_time != 0) {
    rows.push_back(
        {"charged", "this line with library code below it", counters.charged_time, counters.charged});
  }
  rows.push_back({"self", "this line alone, with native code", counters.self_time, counters.self});
  rows.push_back({"total", "with everything that it calls", counters.total_time, counters.total});
  out += tableText(rows, all, markdown);
  std::vector<std::string> more;
  if (counters.native != 0 && counters.self_time != 0) {
    more.push_back(fmt::format("{} of its self time is in native code.",
                               percentText(shareOf(counters.native_time, counters.self_time))));
  }
  if (!line.expressions.empty() && line.expressions.front().hot) {
    const DocumentExpression& part = line.expressions.front();
    more.push_back(fmt::format("Hottest part: {} with {}.", code(shortened(part.text), markdown),
                               percentText(part.share)));
  }
  if (line.memory && *line.memory != 0)
    more.push_back("Memory grew by " + bytesText(*line.memory) + " here.");
  if (view.profile().effectiveSamples() < kFewSamples) {
    more.push_back(aside(fmt::format("Few samples: the true share lies between {} and {} % (95 %).",
                                     boundText(line.interval.low), boundText(line.interval.high)),
                         markdown));
  }
  if (line.stale) {
    more.push_back(strong("Edited since the run:", markdown) +
                   " these numbers are of the line as it was then.");
  }
  for (const std::string& sentence : more) out += "\n" + sentence + (markdown ? "  " : "");
  return out + (more.empty() ? "" : "\n");
}

std::string functionText(const DocumentFunction& function, bool markdown) {
  return fmt::format("{} {}: {}", function.name == "<module>" ? "In" : "In function",
                     code(function.name, markdown), lensText(function));
}

std::string sourceText(const ProfileView& view, bool markdown) {
  const HeldProfile& held = view.held();
  std::string text = code(held.title, markdown) + ": " + countText(held.profile->sampleCount()) + " samples";
  if (held.state == HeldState::kRunning) text += ", still running";
  return text;
}

}  // namespace

std::string lensText(const DocumentFunction& function) {
  return fmt::format("{} total, {} self", percentText(function.total_share),
                     percentText(function.self_share));
}

std::string hoverText(const ProfileView& view, const std::optional<DocumentLine>& line,
                      const std::optional<DocumentFunction>& function, bool markdown) {
  std::string out;
  if (line) out += lineText(view, *line, markdown) + "\n";
  if (function) out += functionText(*function, markdown) + (markdown ? "  " : "") + "\n";
  return out + sourceText(view, markdown);
}

}  // namespace pyrometer
