#include "daemon/analysis/stack_sums.h"

#include <utility>

namespace pyrometer {
namespace {

void addOwn(const Profile& profile, std::size_t leaf, StackWeight weight, ViewCounters& view) {
  const auto placeOf = [&](std::size_t node) { return profile.frame(profile.stacks()[node].frame); };
  const StackNode& node = profile.stacks()[leaf];
  view.all += weight;
  view.functions[index(placeOf(leaf).function)].addSelf(weight);
  if (node.pythonId()) {
    const Frame python = placeOf(node.python);
    view.lines[index(python.line)].addSelf(weight);
    if (node.python != leaf) {
      view.lines[index(python.line)].addNative(weight);
      view.functions[index(python.function)].addNative(weight);
    }
  }
  if (node.chargedId()) {
    const Frame charged = placeOf(node.charged);
    view.lines[index(charged.line)].addCharged(weight);
    view.functions[index(charged.function)].addCharged(weight);
  }
}

}  // namespace

std::vector<StackWeight> sumsThrough(const Profile& profile, std::vector<StackWeight> own) {
  for (std::size_t i = own.size(); i-- > 0;) {
    if (own[i].count == 0) continue;
    const std::uint32_t parent = profile.stacks()[i].parent;
    if (parent != StackNode::kNoParent) own[parent] += own[i];
  }
  return own;
}

ViewCounters viewCounters(const Profile& profile, const Filter& filter, std::stop_token stop) {
  ViewCounters view{.lines = std::vector<Counters>(profile.lines().size()),
                    .functions = std::vector<Counters>(profile.functions().size()),
                    .all = {}};
  auto weights = stackWeights(profile, filter, stop);
  if (stop.stop_requested()) return view;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i].count != 0) addOwn(profile, i, weights[i], view);
  }
  const auto through = sumsThrough(profile, std::move(weights));
  for (std::size_t i = 0; i < through.size(); ++i) {
    if (through[i].count == 0) continue;
    const StackNode& node = profile.stacks()[i];
    const Frame& frame = profile.frame(node.frame);
    if (node.first_of_line) view.lines[index(frame.line)].addTotal(through[i]);
    if (node.first_of_function) view.functions[index(frame.function)].addTotal(through[i]);
  }
  return view;
}

}  // namespace pyrometer
