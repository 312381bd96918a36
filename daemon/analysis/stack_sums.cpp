#include "daemon/analysis/stack_sums.h"

#include <utility>

namespace pyrometer {
namespace {

class Counting {
 public:
  Counting(const Profile& profile, CounterScope scope) : profile_(profile), wanted_(profile.lines().size()) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      wanted_[i] = !scope.only_file || profile.lines()[i].file == *scope.only_file;
    }
    view_.lines.resize(profile.lines().size());
    if (scope.spans) view_.spans.resize(profile.spans().size());
    if (!scope.only_file) view_.functions.resize(profile.functions().size());
  }

  void addOwn(StackId leaf, StackWeight weight) {
    const StackNode& node = profile_.stack(leaf);
    view_.all += weight;
    if (Counters* function = functionAt(index(leaf))) function->addSelf(weight);
    if (node.pythonId()) {
      Counters* const line = lineAt(node.python);
      Counters* const span = spanAt(node.python);
      Counters* const function = functionAt(node.python);
      const bool native = node.python != index(leaf);
      if (line) line->addSelf(weight);
      if (line && native) line->addNative(weight);
      if (span) span->addSelf(weight);
      if (span && native) span->addNative(weight);
      if (function && native) function->addNative(weight);
    }
    if (node.chargedId()) {
      if (Counters* line = lineAt(node.charged)) line->addCharged(weight);
      if (Counters* span = spanAt(node.charged)) span->addCharged(weight);
      if (Counters* function = functionAt(node.charged)) function->addCharged(weight);
    }
  }

  void addThrough(std::size_t i, const StackNode& node, StackWeight weight) {
    if (node.first_of_line) {
      if (Counters* line = lineAt(i)) line->addTotal(weight);
    }
    if (node.first_of_span) {
      if (Counters* span = spanAt(i)) span->addTotal(weight);
    }
    if (node.first_of_function) {
      if (Counters* function = functionAt(i)) function->addTotal(weight);
    }
  }

  ViewCounters finish() { return std::move(view_); }

 private:
  const Frame& frameAt(std::size_t node) const { return profile_.frame(profile_.stacks()[node].frame); }
  Counters* lineAt(std::size_t node) {
    const std::size_t line = index(frameAt(node).line);
    return wanted_[line] ? &view_.lines[line] : nullptr;
  }
  Counters* spanAt(std::size_t node) {
    if (view_.spans.empty()) return nullptr;
    const Frame& frame = frameAt(node);
    return frame.span && wanted_[index(frame.line)] ? &view_.spans[index(*frame.span)] : nullptr;
  }
  Counters* functionAt(std::size_t node) {
    return view_.functions.empty() ? nullptr : &view_.functions[index(frameAt(node).function)];
  }

  const Profile& profile_;
  std::vector<std::uint8_t> wanted_;  ///< by line
  ViewCounters view_;
};

}  // namespace

std::vector<StackWeight> sumsThrough(const Profile& profile, std::vector<StackWeight> own) {
  for (std::size_t i = own.size(); i-- > 0;) {
    if (own[i].count == 0) continue;
    const std::uint32_t parent = profile.stacks()[i].parent;
    if (parent != StackNode::kNoParent) own[parent] += own[i];
  }
  return own;
}

ViewCounters viewCounters(const Profile& profile, const Filter& filter, std::stop_token stop,
                          CounterScope scope) {
  Counting counting(profile, scope);
  const auto leaves = leafWeights(profile, filter, stop);
  if (stop.stop_requested()) return counting.finish();
  std::vector<StackWeight> own(profile.stacks().size());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].count == 0) continue;
    const StackId stack = profile.rows().leafStacks()[i];
    own[index(stack)] = leaves[i];
    counting.addOwn(stack, leaves[i]);
  }
  const auto through = sumsThrough(profile, std::move(own));
  const auto& stacks = profile.stacks();
  std::size_t i = 0;
  for (std::size_t chunk = 0; chunk < stacks.chunkCount(); ++chunk) {
    for (const StackNode& node : stacks.chunk(chunk)) {
      if (through[i].count != 0) counting.addThrough(i, node, through[i]);
      ++i;
    }
  }
  return counting.finish();
}

}  // namespace pyrometer
