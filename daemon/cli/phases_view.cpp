#include "daemon/cli/phases_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/analysis/phase_sums.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/styled_line.h"
#include "daemon/importers/pypylog/pypylog.h"

namespace pyrometer {
namespace {

constexpr int kTimeWidth = 12, kCountWidth = 10;

/// Ticks as a duration, or as they are where nobody knows how long one is.
std::string timeText(const PhaseLog& log, std::uint64_t ticks) {
  if (log.clock.ns_per_tick <= 0) return countText(ticks);
  const double ns = log.time(ticks);
  if (ns < 100'000) return fmt::format("{:.1f} us", ns / 1000);
  return durationText(std::llround(std::min(ns, 9e18)));
}

/// The same for a column: ticks of a long log have many digits.
std::string timeColumn(const PhaseLog& log, std::uint64_t ticks) {
  constexpr std::uint64_t kWide = 1'000'000'000;
  return log.clock.ns_per_tick <= 0 && ticks >= kWide ? shortCount(ticks) : timeText(log, ticks);
}

std::string_view clockText(PhaseClock::How how) {
  switch (how) {
    case PhaseClock::How::kUnknown:
      break;
    case PhaseClock::How::kCalibrated:
      return "seconds are exact: the program wrote its clock into the log";
    case PhaseClock::How::kSummary:
      return "seconds are a few percent off: the clock is known by the JIT's summary only";
    case PhaseClock::How::kProfile:
      return "seconds are rough: the clock is known by the profile's duration only";
  }
  return "the log does not say what its clock counts: times are ticks of the processor, shares are true";
}

std::string summaryOf(const PhaseLog& log) {
  return fmt::format("{} sections of {} kinds in {}{}", countText(log.phases.size()),
                     countText(log.names.size()), timeText(log, log.span()),
                     log.clock.ns_per_tick > 0 ? "" : " ticks");
}

std::string notesOf(const PhaseLog& log, const Terminal& terminal) {
  std::string out = "\n" + paragraph(terminal, "note: ", clockText(log.clock.how));
  for (const std::string& note : log.notes) out += paragraph(terminal, "note: ", note);
  for (const Damage& damage : log.damage)
    out += paragraph(terminal, "damaged: ", fmt::format("at byte {}: {}", damage.offset, damage.what));
  return out;
}

std::string titleOf(const PhaseLog& log) { return log.path.substr(log.path.rfind('/') + 1); }

}  // namespace

std::string phasesView(const PhaseLog& log, const ViewOptions& options, const Terminal& terminal) {
  StyledLine title(terminal);
  title.rest(titleOf(log), Style::kBold);
  std::string out = title.text() + paragraph(terminal, "", summaryOf(log), Style::kDim) + "\n";
  std::vector<PhaseSum> sums = phaseSums(log);
  const bool wide = terminal.width >= 72;
  StyledLine header(terminal);
  header.right("own", kShareWidth, Style::kDim).right("time", kTimeWidth, Style::kDim);
  if (wide) header.right("in all", kTimeWidth, Style::kDim).right("longest", kTimeWidth, Style::kDim);
  header.right("count", kCountWidth, Style::kDim).blank(2).rest("section", Style::kDim);
  out += header.text();
  const auto row = [&](const PhaseSum* sum, std::uint64_t own, std::string_view name, Style style) {
    StyledLine line(terminal);
    line.right(percentText(shareOf(own, log.span())), kShareWidth).right(timeColumn(log, own), kTimeWidth);
    if (wide)
      line.right(sum != nullptr ? timeColumn(log, sum->total) : "", kTimeWidth)
          .right(sum != nullptr ? timeColumn(log, sum->longest) : "", kTimeWidth);
    line.right(sum != nullptr ? countText(sum->count) : "", kCountWidth).blank(2).rest(name, style);
    out += line.text();
  };
  const std::size_t shown = options.limit == 0 ? sums.size() : std::min(options.limit, sums.size());
  for (std::size_t i = 0; i < shown; ++i) row(&sums[i], sums[i].own, log.names[sums[i].name], Style::kPlain);
  if (shown < sums.size())
    out += paragraph(terminal, "", fmt::format("... and {} more (--limit)", sums.size() - shown));
  if (!log.phases.empty()) row(nullptr, ticksOutsidePhases(log), "(outside of all sections)", Style::kDim);
  if (log.text_lines > 0)
    out += "\n" + paragraph(terminal, "",
                            fmt::format("{} lines of text in them: --section NAME shows those of a section",
                                        countText(log.text_lines)));
  return out + notesOf(log, terminal);
}

std::string phasesJson(const PhaseLog& log, const ViewOptions& options) {
  using Json = nlohmann::ordered_json;
  const char* const clocks[] = {"unknown", "calibrated", "summary", "profile"};
  Json out = {{"view", "phases"},
              {"file", log.path},
              {"clock", clocks[static_cast<int>(log.clock.how)]},
              {"nsPerTick", log.clock.ns_per_tick > 0 ? Json(log.clock.ns_per_tick) : Json()},
              {"span", log.span()},
              {"outside", ticksOutsidePhases(log)},
              {"lines", log.lines},
              {"textLines", log.text_lines}};
  Json sections = Json::array();
  for (const PhaseSum& sum : phaseSums(log)) {
    if (options.limit != 0 && sections.size() == options.limit) break;
    sections.push_back({{"name", log.names[sum.name]},
                        {"count", sum.count},
                        {"own", sum.own},
                        {"total", sum.total},
                        {"longest", sum.longest},
                        {"share", shareOf(sum.own, log.span())},
                        {"textLines", sum.lines}});
  }
  out["sections"] = std::move(sections);
  if (options.all) {
    Json phases = Json::array();
    for (const Phase& phase : log.phases) {
      phases.push_back({{"name", log.nameOf(phase)},
                        {"begin", phase.begin - log.first},
                        {"end", phase.end - log.first},
                        {"parent", phase.parent == Phase::kNoParent ? Json() : Json(phase.parent)},
                        {"depth", phase.depth}});
    }
    out["phases"] = std::move(phases);
  }
  out["notes"] = log.notes;
  Json damage = Json::array();
  for (const Damage& d : log.damage) damage.push_back({{"offset", d.offset}, {"what", d.what}});
  out["damage"] = std::move(damage);
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::string> sectionTexts(const PhaseLog& log, const std::string& name, const ViewOptions& options,
                                 const Terminal& terminal) {
  constexpr std::size_t kSections = 20;
  constexpr std::uint64_t kMost = std::uint64_t{64} << 20;
  const std::size_t limit = options.limit == 0 ? kSections : options.limit;
  std::string out;
  std::size_t found = 0, shown = 0;
  std::optional<pypylog::PhaseTexts> texts;
  for (const Phase& phase : log.phases) {
    if (!log.nameOf(phase).starts_with(name)) continue;
    ++found;
    if (phase.lines == 0 || shown == limit || out.size() > kMost) continue;
    if (!texts) {
      auto opened = pypylog::PhaseTexts::open(log);
      if (!opened) return opened.error();
      texts = std::move(*opened);
    }
    const auto text = texts->read(phase, kMost);
    if (!text) return text.error();
    ++shown;
    StyledLine title(terminal);
    title.rest(fmt::format("{}, {} after the beginning, for {}", log.nameOf(phase),
                           timeText(log, phase.begin - log.first), timeText(log, phase.ticks())),
               Style::kBold);
    out += title.text();
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t end = std::min(text->find('\n', at), text->size());
      out += "  " + printable(expandTabs(text->substr(at, end - at)), terminal.charset) + "\n";
      at = end + 1;
    }
  }
  if (found == 0) return Error{fmt::format("has no section whose name begins with '{}'", name), log.path};
  if (shown == 0)
    out +=
        paragraph(terminal, "",
                  fmt::format("{} sections, none with text: PYPYLOG=:FILE writes it, PYPYLOG=FILE does not",
                              countText(found)));
  else if (shown < found)
    out += paragraph(terminal, "", fmt::format("{} of {} sections (--limit)", shown, countText(found)));
  return out;
}

std::string phaseLogInfo(const PhaseLog& log, const Terminal& terminal) {
  std::string out = paragraph(terminal, "", fmt::format("{}: PYPYLOG of PyPy", titleOf(log)), Style::kBold);
  out += paragraph(terminal, "sections      ",
                   fmt::format("{}, nested {} deep at most", summaryOf(log), log.deepest));
  out += paragraph(terminal, "size          ",
                   fmt::format("{} lines, {} of them text, {}", countText(log.lines),
                               countText(log.text_lines), bytesText(log.bytes)));
  if (log.clock.ns_per_tick > 0)
    out += paragraph(terminal, "clock         ",
                     fmt::format("{:.4g} million ticks a second", 1e3 / log.clock.ns_per_tick));
  return out + notesOf(log, terminal);
}

}  // namespace pyrometer
