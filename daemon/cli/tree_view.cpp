#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "daemon/analysis/line_heat.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/folded_tree.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {
namespace {

/// Of total, own and samples; of the total alone.
int figuresWidth(const Terminal& terminal) { return terminal.isNarrow() ? 7 + 2 : 7 + 1 + 7 + 1 + 7 + 2; }

/// Branches below this share of all time are folded.
constexpr double kLeastShare = 0.005;
constexpr std::size_t kUsualRows = 60;

/// One line of the picture still to be drawn.
struct Pending {
  std::uint32_t node = 0;
  std::string prefix;                                 ///< what stands left of the node's own mark
  std::string mark;                                   ///< "├─ ", "└─ ", or nothing
  std::string below;                                  ///< what stands left of everything below the node
  std::size_t hidden = 0;                             ///< not a node: so many small branches...
  std::uint64_t hidden_time = 0, hidden_samples = 0;  ///< ...with so much
};

class TreeView {
 public:
  TreeView(const Profile& profile, const ViewOptions& options, const Terminal& terminal)
      : profile_(profile), terminal_(terminal), tree_(groupedTree(profile, options.by, options.all)) {
    const bool unicode = terminal.charset == Charset::kUnicode;
    tee_ = unicode ? "├─ " : "|- ";
    end_ = unicode ? "└─ " : "`- ";
    bar_ = unicode ? "│  " : "|  ";
    times_ = unicode ? "×" : "x";
    least_ = leastTime(options.limit == 0 ? kUsualRows : options.limit);
  }

  std::string draw();

 private:
  /// The time from which a branch is shown, so that about `rows` of them are. Parents have more time than
  /// what is below them, so the largest ones always hang together.
  std::uint64_t leastTime(std::size_t rows) const;
  std::string row(const Pending& item) const;
  void pushChildren(const Pending& item, std::vector<Pending>& stack) const;
  double share(std::uint64_t time) const { return shareOf(time, profile_.totalWeight()); }

  const Profile& profile_;
  const Terminal& terminal_;
  const FoldedTree tree_;
  std::string tee_, end_, bar_, times_;
  std::uint64_t least_ = 0;
};

std::uint64_t TreeView::leastTime(std::size_t rows) const {
  std::vector<std::uint64_t> times;
  times.reserve(tree_.nodes.size());
  for (std::size_t i = 1; i < tree_.nodes.size(); ++i) times.push_back(tree_.nodes[i].total_time);
  const auto floor = static_cast<std::uint64_t>(static_cast<double>(profile_.totalWeight()) * kLeastShare);
  if (times.size() <= rows) return std::max<std::uint64_t>(floor, 1);
  const auto nth = times.begin() + static_cast<std::ptrdiff_t>(rows);
  std::nth_element(times.begin(), nth, times.end(), std::greater<>());
  return std::max<std::uint64_t>(floor, *nth + 1);
}

std::string TreeView::row(const Pending& item) const {
  StyledLine line(terminal_);
  const bool sum = item.hidden != 0;
  const FoldedTree::Node& node = tree_.nodes[item.node];
  const double total = share(sum ? item.hidden_time : node.total_time);
  line.right(percentText(total), 7, sum ? Style::kDim : heatStyle(heatClass(total)));
  if (!terminal_.isNarrow()) {
    const double own = sum ? 0 : share(node.self_time);
    line.blank(1).right(sum || node.self == 0 ? "" : percentText(own), 7, heatStyle(heatClass(own)));
    line.blank(1).right(countText(sum ? item.hidden_samples : node.total), 7);
  }
  line.blank(2).rest(item.prefix + item.mark, Style::kDim);
  if (sum) {
    line.rest(fmt::format("{} more", countText(item.hidden)), Style::kDim);
    return line.text();
  }
  std::string name = printable(node.name, terminal_.charset);
  std::string tail =
      node.deepest > 1 ? fmt::format(" {} {}", times_, countText(node.deepest)) : std::string();
  line.rest(cutEnd(name, std::max(line.room() - displayWidth(tail), 8), terminal_.charset),
            node.group    ? Style::kBold
            : node.folded ? Style::kDim
                          : Style::kPlain);
  line.rest(tail, Style::kBold);
  if (!node.place.empty() && line.room() > 12) {
    line.blank(2);
    line.add(cutStart(printable(node.place, terminal_.charset), line.room(), terminal_.charset), Style::kDim);
  }
  return line.text();
}

void TreeView::pushChildren(const Pending& item, std::vector<Pending>& stack) const {
  const FoldedTree::Node& node = tree_.nodes[item.node];
  std::vector<Pending> below;
  Pending more;
  for (const std::uint32_t child : node.children) {
    const FoldedTree::Node& it = tree_.nodes[child];
    if (it.total_time >= least_ || it.group) {
      Pending pending;
      pending.node = child;
      below.push_back(std::move(pending));
    } else if (it.total != 0) {
      ++more.hidden, more.hidden_time += it.total_time, more.hidden_samples += it.total;
    }
  }
  // Beyond half the terminal's width there would be marks and no names.
  const bool too_deep = displayWidth(item.below) + figuresWidth(terminal_) > terminal_.width * 2 / 3;
  if (too_deep && !below.empty()) {
    for (const Pending& pending : below) {
      const FoldedTree::Node& it = tree_.nodes[pending.node];
      ++more.hidden, more.hidden_time += it.total_time, more.hidden_samples += it.total;
    }
    below.clear();
  }
  const bool worth_a_row = more.hidden != 0 && share(more.hidden_time) >= kLeastShare / 5;
  if (worth_a_row) below.push_back(std::move(more));
  // A call that is the only one needs no branch: it stands below its caller, and deep chains stay narrow.
  const bool only = below.size() == 1 && !worth_a_row && item.node != 0 && !node.group;
  for (std::size_t i = below.size(); i-- > 0;) {
    Pending& next = below[i];
    const bool last = i + 1 == below.size();
    next.prefix = item.below;
    if (!only && item.node != 0) next.mark = last ? end_ : tee_;
    next.below = item.below + (only || item.node == 0 ? "" : last ? "   " : bar_);
    stack.push_back(std::move(next));
  }
}

std::string TreeView::draw() {
  StyledLine header(terminal_);
  header.right("total", 7, Style::kDim);
  if (!terminal_.isNarrow())
    header.blank(1).right("own", 7, Style::kDim).blank(1).right("samples", 7, Style::kDim);
  header.blank(2).rest("call", Style::kDim);
  std::string out = header.text();
  std::vector<Pending> stack;
  pushChildren({}, stack);
  while (!stack.empty()) {
    const Pending item = std::move(stack.back());
    stack.pop_back();
    out += row(item);
    if (item.hidden == 0) pushChildren(item, stack);
  }
  return out;
}

}  // namespace

std::string treeView(const Profile& profile, const ViewOptions& options, const Terminal& terminal) {
  StyledLine title(terminal);
  title.rest(titleOf(profile.info()), Style::kBold);
  std::string out = title.text() + paragraph(terminal, "", summaryText(profile), Style::kDim);
  if (profile.sampleCount() == 0) return out;
  return out + "\n" + TreeView(profile, options, terminal).draw();
}

}  // namespace pyrometer
