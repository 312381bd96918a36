#include "daemon/server/documents/line_map.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "daemon/support/text_lines.h"

namespace pyrometer {
namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;

/// A byte order mark is no part of the first line.
std::string_view withoutMark(std::string_view line) {
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

bool isBeyondAscii(char c) { return (c & 0x80) != 0; }
bool hasBeyondAscii(std::string_view line) { return std::any_of(line.begin(), line.end(), isBeyondAscii); }

/// A line with one mark for each stretch of characters beyond ASCII.
std::string loosened(std::string_view line) {
  std::string loose;
  for (const char c : line) {
    if (!isBeyondAscii(c)) {
      loose += c;
    } else if (loose.empty() || !isBeyondAscii(loose.back())) {
      loose += '\xff';
    }
  }
  return loose;
}

bool equal(std::string_view a, std::string_view b, bool loose) {
  if (a == b) return true;
  return loose && hasBeyondAscii(a) && hasBeyondAscii(b) && loosened(a) == loosened(b);
}

/// Numbers for lines: equal lines, equal numbers.
class LineNumbers {
 public:
  explicit LineNumbers(bool loose) : loose_(loose) {}
  std::uint32_t of(std::string_view line) {
    line = withoutMark(line);
    if (loose_ && hasBeyondAscii(line)) line = kept_.emplace_back(loosened(line));
    return numbers_.try_emplace(line, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  bool loose_;
  std::deque<std::string> kept_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// Does the document show at least one line beyond ASCII as the run's text has it? Without any there is
/// nothing to go by, and nothing to mistake.
bool showsTheSame(const std::vector<std::string_view>& run, const std::vector<std::string_view>& document) {
  std::unordered_set<std::string_view> shown;
  for (const std::string_view line : document) {
    if (hasBeyondAscii(line)) shown.insert(withoutMark(line));
  }
  return std::any_of(run.begin(), run.end(), [&](std::string_view line) { return shown.contains(line); });
}

/// A line that says so little that its being equal proves nothing.
bool isBlank(std::string_view line) { return line.find_first_not_of(" \t\f)]}:") == std::string_view::npos; }

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\f");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\f") + 1 - begin);
}

/// Are these likely the same line before and after an edit: does at least half of the longer one stand at
/// their ends?
bool alike(std::string_view a, std::string_view b) {
  a = trimmed(a);
  b = trimmed(b);
  const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
  constexpr std::size_t kMost = 1'000;  // what somebody would edit by hand
  if (shorter == 0 || longer > kMost) return false;
  std::size_t front = 0, back = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return (front + back) * 2 >= longer;
}

/// What match() works on: pairs are made in passes, each within the gaps that the passes before it left.
class Matching {
 public:
  Matching(const RunText& run, const std::vector<std::uint32_t>& run_of_base, const std::vector<bool>& blank,
           bool loose, const DocumentText& document)
      : run_(run.lines), run_of_base_(run_of_base), blank_(blank), loose_(loose) {
    lines_.reserve(document.lines().size());
    document.lines().forEach([this](const TextLine& line) { lines_.push_back(&line); });
    place_of_.assign(run_.size(), kNowhere);
    run_of_.assign(lines_.size(), kNowhere);
  }

  /// Lines that the edits left as they were.
  void keepUntouched() {
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < lines_.size(); ++i) {
      const std::uint32_t run = runLine(i);
      if (run == kNowhere || run < next || blank_[run] || !same(run, i)) continue;
      pair(run, i);
      next = run + 1;
    }
  }

  /// Lines of the same text, between those found so far.
  void findEqual() {
    forEachGap([this](std::uint32_t a0, std::uint32_t a1, std::uint32_t b0, std::uint32_t b1) {
      LineNumbers numbers(loose_);
      std::vector<std::uint32_t> a, b;
      for (std::uint32_t i = a0; i < a1; ++i) a.push_back(numbers.of(run_[i]));
      for (std::uint32_t i = b0; i < b1; ++i) b.push_back(numbers.of(lines_[i]->text));
      for (const auto& [x, y] : diffLines(a, b)) pair(a0 + x, b0 + y);
    });
  }

  /// Lines that the edits changed; they are stale.
  void keepTouched() {
    forEachGap([&](std::uint32_t a0, std::uint32_t a1, std::uint32_t b0, std::uint32_t b1) {
      for (std::uint32_t i = b0; i < b1; ++i) {
        const std::uint32_t run = runLine(i);
        if (run == kNowhere || run < a0 || run >= a1 || emptied(run, i)) continue;
        pair(run, i);
        a0 = run + 1;
      }
    });
  }

  /// Lines that changed outside of the editor: those that are alike. As many as there were, and they are
  /// taken one for one.
  void findAlike() {
    constexpr std::size_t kMost = 64;  // lines in a gap; comparisons are their square
    forEachGap([this](std::uint32_t a0, std::uint32_t a1, std::uint32_t b0, std::uint32_t b1) {
      if (a1 - a0 == b1 - b0) {
        for (std::uint32_t i = 0; i < a1 - a0; ++i) {
          if (!emptied(a0 + i, b0 + i)) pair(a0 + i, b0 + i);
        }
        return;
      }
      if (a1 - a0 > kMost || b1 - b0 > kMost) return;
      for (std::uint32_t a = a0, b = b0; a < a1; ++a) {
        std::uint32_t like = b;
        while (like < b1 && !alike(withoutMark(run_[a]), withoutMark(lines_[like]->text))) ++like;
        if (like == b1) continue;
        pair(a, like);
        b = like + 1;
      }
    });
  }

  /// Lines that were not edited are not looked at: their texts lie all over the memory.
  bool same(std::uint32_t run, std::uint32_t line) const {
    if (lines_[line]->unchanged && runLine(line) == run) return true;
    return equal(withoutMark(run_[run]), withoutMark(lines_[line]->text), loose_);
  }
  std::vector<std::uint32_t>& placeOf() { return place_of_; }
  std::vector<std::uint32_t>& runOf() { return run_of_; }
  const std::vector<const TextLine*>& lines() const { return lines_; }

 private:
  std::uint32_t runLine(std::uint32_t line) const {
    const std::uint32_t origin = lines_[line]->origin;
    return origin < run_of_base_.size() ? run_of_base_[origin] : kNowhere;
  }
  /// A blank line is not what is left of one that said something: that one is gone.
  bool emptied(std::uint32_t run, std::uint32_t line) const {
    return !blank_[run] && isBlank(lines_[line]->text);
  }
  void pair(std::uint32_t run, std::uint32_t line) {
    place_of_[run] = line;
    run_of_[line] = run;
  }

  /// Calls with each stretch of lines of both texts that have no partner: [a0, a1) and [b0, b1).
  template <class Visit>
  void forEachGap(Visit&& visit) {
    const auto runs = static_cast<std::uint32_t>(run_.size());
    const auto lines = static_cast<std::uint32_t>(lines_.size());
    for (std::uint32_t a = 0, b = 0; a < runs || b < lines;) {
      const std::uint32_t a0 = a, b0 = b;
      while (a < runs && place_of_[a] == kNowhere) ++a;
      while (b < lines && run_of_[b] == kNowhere) ++b;
      if (a0 < a && b0 < b) visit(a0, a, b0, b);
      ++a;  // both stand on lines that are partners, or at their ends
      ++b;
    }
  }

  const std::vector<std::string_view>& run_;
  const std::vector<std::uint32_t>& run_of_base_;
  const std::vector<bool>& blank_;
  const bool loose_;
  std::vector<const TextLine*> lines_;
  std::vector<std::uint32_t> place_of_, run_of_;
};

}  // namespace

std::shared_ptr<RunText> makeRunText(std::shared_ptr<const void> keeps, std::string_view text) {
  auto run = std::make_shared<RunText>();
  run->keeps = std::move(keeps);
  run->lines = splitLines(text);
  run->definitions = definitionsIn(run->lines);
  return run;
}

std::optional<LineMap::Place> LineMap::find(std::uint32_t run_line) const {
  if (run_line == 0 || run_line > place_of_.size() || place_of_[run_line - 1] == kNowhere)
    return std::nullopt;
  return Place{place_of_[run_line - 1], stale_[run_line - 1] != 0};
}

std::optional<std::uint32_t> LineMap::runLineOf(std::uint32_t document_line) const {
  if (document_line >= run_of_.size() || run_of_[document_line] == kNowhere) return std::nullopt;
  return run_of_[document_line] + 1;
}

std::uint32_t LineMap::unitsOf(std::uint32_t document_line) const {
  return document_line < units_.size() ? units_[document_line] : 0;
}

LineMatcher::LineMatcher(std::shared_ptr<const std::string> base, std::shared_ptr<const RunText> run)
    : base_(std::move(base)), run_(std::move(run)) {
  const std::vector<std::string_view> base_lines = splitLines(*base_);
  loose_ = run_->characters == Characters::kUnknown ||
           (run_->characters == Characters::kDecoded && !showsTheSame(run_->lines, base_lines));
  LineNumbers numbers(loose_);
  std::vector<std::uint32_t> a, b;
  for (const std::string_view line : run_->lines) {
    a.push_back(numbers.of(line));
    blank_.push_back(isBlank(line));
  }
  for (const std::string_view line : base_lines) b.push_back(numbers.of(line));
  run_of_base_.assign(base_lines.size(), kNowhere);
  for (const auto& [run_line, base_line] : diffLines(a, b)) run_of_base_[base_line] = run_line;
}

std::shared_ptr<const LineMap> LineMatcher::match(const DocumentText& document) const {
  Matching matching(*run_, run_of_base_, blank_, loose_, document);
  matching.keepUntouched();
  matching.findEqual();
  matching.keepTouched();
  matching.findAlike();
  auto map = std::make_shared<LineMap>();
  map->place_of_ = std::move(matching.placeOf());
  map->run_of_ = std::move(matching.runOf());
  map->stale_.resize(map->place_of_.size());
  for (std::uint32_t i = 0; i < map->place_of_.size(); ++i) {
    const std::uint32_t place = map->place_of_[i];
    map->stale_[i] = place != kNowhere && (run_->doubtful || !matching.same(i, place)) ? 1 : 0;
  }
  map->units_.reserve(matching.lines().size());
  for (const TextLine* line : matching.lines()) map->units_.push_back(line->units);
  map->run_ = run_;
  return map;
}

}  // namespace pyrometer
