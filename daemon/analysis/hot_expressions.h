#pragma once

#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "daemon/analysis/filter.h"

/// Which part of a line is hot. CPython 3.11 and later say of each instruction which columns of the source it
/// was made from; profiles of other interpreters have no expressions.
namespace pyrometer {

/// A part of a line with instructions of its own. Its counters are those of its own instructions: of
/// `f(g(x))` the call of f has the time in f, and `g(x)`, which lies within, that in g. `inside` is what the
/// parts add up to.
struct HotExpression {
  Columns columns;
  Counters counters;
  StackWeight inside;  ///< its own and that of all parts within it: charged, or self (as LineHeat::share)
  double share = 0;    ///< its own, of all time in the view: LineHeat::share of the line is the sum of these
                       ///< and of instructions without columns
  double share_of_line = 0;  ///< its own, of the line's
  /// The smallest listed part around it, as an index in LineExpressions::expressions.
  std::optional<std::size_t> within;
};

struct LineExpressions {
  LineId id;
  std::uint32_t line = 0;  ///< from 1
  std::vector<HotExpression>
      expressions;  ///< by own time (charged or self), hottest first; then by total time
};

/// Lines of a file that have expressions with samples, by line. Unfiltered: from the builder's counters, no
/// loop over samples or stacks. Lines whose total is less than `least_share` of all time are left out: of a
/// large file with some samples everywhere a view shows the parts of few.
std::vector<LineExpressions> hotExpressions(const Profile& profile, FileId file, const Filter& filter = {},
                                            std::stop_token stop = {}, double least_share = 0);
/// Those of one line, unfiltered.
LineExpressions hotExpressions(const Profile& profile, LineId line);

/// The part of a line's text that the columns mean; one that goes on in later lines reaches to the end of
/// this one. Empty where the line has no such part (it is not the text that ran).
std::string_view partOf(std::string_view line, const Columns& columns);

}  // namespace pyrometer
