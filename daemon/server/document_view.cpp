#include "daemon/server/document_view.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/analysis/hot_expressions.h"
#include "daemon/server/documents/definitions.h"
#include "daemon/server/documents/encoding.h"
#include "daemon/server/profile_cache.h"
#include "daemon/server/shares.h"

namespace pyrometer {
namespace {

/// Lines with less of all time are not coloured: which part of them has it is told when somebody asks.
constexpr double kLeastShare = 0.005;

std::string_view withoutBlanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\f");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\f") + 1 - begin);
}

}  // namespace

/// What turns lines of the profile into lines of the document.
struct DocumentView::Reading {
  const DocumentView& view;
  const Profile& profile;
  ViewScale scale;
  ProfileCache::Bytes growth;
  bool by_self;  ///< colour by self time, whoever's file it is
  std::map<std::uint32_t, std::vector<HotExpression>> parts_of =
      {};  ///< by line; filled by who asks for parts

  Reading(const DocumentView& of, const Filter& filter, std::stop_token stop)
      : view(of),
        profile(of.view_->profile()),
        scale(scaleOf(profile, viewSums(profile, filter, stop).all)),
        growth(of.view_->cache_->growth(profile, of.view_->held().state != HeldState::kRunning, stop)),
        by_self(!of.view_->my_code_ || profile.file(*of.file_).owner != Owner::kUser) {}

  std::uint64_t time(const Counters& counters) const {
    return by_self ? counters.self_time : counters.charged_time;
  }

  std::vector<DocumentExpression> expressions(const LineHeat& heat, const LineMap::Place& place) const {
    constexpr std::size_t kMost = 8;
    std::vector<DocumentExpression> list;
    const auto& lines = view.map_->runText().lines;
    const auto parts = parts_of.find(heat.line);
    if (place.stale || parts == parts_of.end() || heat.line > lines.size()) return list;
    const std::string_view text = lines[heat.line - 1];
    for (const HotExpression& part : parts->second) {
      const std::string_view code = partOf(text, part.columns);
      if (code.empty() || list.size() == kMost) continue;
      DocumentExpression expression{.start = unitsOf(text.substr(0, part.columns.begin), view.encoding_),
                                    .end = 0,
                                    .counters = part.counters,
                                    .share = part.share,
                                    .hot = list.empty() && part.share_of_line >= 0.5 &&
                                           heatClass(heat.share) > 0 &&
                                           code.size() < withoutBlanks(text).size(),
                                    .text = std::string(code)};
      expression.end = expression.start + unitsOf(code, view.encoding_);
      list.push_back(std::move(expression));
    }
    return list;
  }

  DocumentLine line(LineHeat heat, const LineMap::Place& place) const {
    heat.share = scale.share(time(heat.counters));
    heat.heat = heatClass(heat.share);
    DocumentLine line{.line = place.line,
                      .heat = heat,
                      .interval = scale.interval(time(heat.counters)),
                      .memory = {},
                      .stale = place.stale,
                      .text = shareText(heat.share, scale, place.stale),
                      .end = view.map_->unitsOf(place.line)};
    line.expressions = expressions(heat, place);
    if (growth) line.memory = index(heat.id) < growth->size() ? (*growth)[index(heat.id)] : 0;
    return line;
  }
};

std::optional<HeldId> DocumentView::profileId() const {
  return view_ ? std::optional(view_->id()) : std::nullopt;
}

DocumentHeat DocumentView::heat(const Filter& filter, std::stop_token stop) const {
  DocumentHeat heat;
  if (!view_) return heat;
  heat.memory = !view_->profile().memory().empty();
  if (!file_) return heat;
  Reading reading(*this, filter, stop);
  for (LineExpressions& line : hotExpressions(reading.profile, *file_, filter, stop, kLeastShare)) {
    reading.parts_of[line.line] = std::move(line.expressions);
  }
  std::uint64_t all = 0, lost = 0;
  for (const LineHeat& row : lineHeat(reading.profile, *file_, filter, stop)) {
    all += reading.time(row.counters);
    if (row.line == 0) continue;
    if (const auto place = map_->find(row.line)) {
      heat.lines.push_back(reading.line(row, *place));
    } else {
      lost += reading.time(row.counters);
    }
  }
  heat.file_share = reading.scale.share(all);
  heat.lost = reading.scale.share(lost);
  return heat;
}

std::optional<DocumentLine> DocumentView::heatAt(std::uint32_t line) const {
  if (!view_ || !file_) return std::nullopt;
  const auto run_line = map_->runLineOf(line);
  if (!run_line) return std::nullopt;
  Reading reading(*this, {}, {});
  for (const LineHeat& row : lineHeat(reading.profile, *file_)) {
    if (row.line != *run_line) continue;
    reading.parts_of[row.line] = hotExpressions(reading.profile, row.id).expressions;
    return reading.line(row, *map_->find(*run_line));
  }
  return std::nullopt;
}

std::vector<DocumentFunction> DocumentView::functions() const {
  std::vector<DocumentFunction> list;
  if (!view_ || !file_) return list;
  const Profile& profile = view_->profile();
  const auto& lines = map_->runText().lines;
  for (std::uint32_t i = 0; i < profile.functions().size(); ++i) {
    const Function& row = profile.function(FunctionId{i});
    if (row.file != *file_ || row.kind != FunctionKind::kPython) continue;
    const Counters counters = profile.functionCounters(FunctionId{i});
    if (counters.total == 0) continue;
    DocumentFunction function{.function = FunctionId{i},
                              .name = std::string(profile.string(row.name)),
                              .first = 0,
                              .last = 0,
                              .first_end = 0,
                              .counters = counters,
                              .self_share = 0,
                              .total_share = 0,
                              .anonymous = false};
    const bool module = function.name == "<module>";
    // A module's code begins at line 1, whatever is left of that line.
    const auto first = module ? std::optional(LineMap::Place{}) : map_->find(row.first_line);
    if (!first) continue;
    function.first = function.last = first->line;
    std::uint32_t last = module ? static_cast<std::uint32_t>(lines.size()) : row.first_line;
    const Definition* definition = module || isAnonymous(function.name) || row.first_line == 0
                                       ? nullptr
                                       : beginningAt(map_->runText().definitions, row.first_line - 1);
    if (definition != nullptr) last = definition->last + 1;
    for (; last > (module ? 0 : row.first_line); --last) {
      const auto place = map_->find(last);
      if (!place || place->line < function.first) continue;
      function.last = place->line;
      break;
    }
    function.first_end = map_->unitsOf(function.first);
    const auto all = static_cast<double>(profile.totalWeight());
    function.self_share = all == 0 ? 0 : static_cast<double>(counters.self_time) / all;
    function.total_share = all == 0 ? 0 : static_cast<double>(counters.total_time) / all;
    function.anonymous = isAnonymous(function.name);
    list.push_back(std::move(function));
  }
  std::stable_sort(list.begin(), list.end(), [](const DocumentFunction& a, const DocumentFunction& b) {
    return std::pair(a.first, b.last) < std::pair(b.first, a.last);
  });
  return list;
}

std::optional<DocumentFunction> DocumentView::functionAt(const PlaceInText& place) const {
  std::optional<DocumentFunction> found;
  const auto& definition = place.definition;
  for (DocumentFunction& function : functions()) {
    if (place.on_lambda || !definition) {
      const bool is_it = place.on_lambda
                             ? function.first == place.line && lastPartOf(function.name) == "<lambda>"
                             : function.name == "<module>";
      if (is_it) return std::move(function);
      continue;
    }
    if (function.anonymous || function.first < definition->first || function.first > definition->head)
      continue;
    // One that was given another name since it ran is still the one that stands there.
    const bool named = lastPartOf(function.name) == definition->name;
    if (!found || named) found = std::move(function);
    if (named) break;
  }
  return found;
}

std::optional<DocumentFunction> DocumentView::functionNamed(std::string_view name,
                                                            std::uint32_t first) const {
  for (DocumentFunction& function : functions()) {
    if (function.first == first && function.name == name) return std::move(function);
  }
  return std::nullopt;
}

}  // namespace pyrometer
