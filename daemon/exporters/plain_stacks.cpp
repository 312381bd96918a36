#include "daemon/exporters/plain_stacks.h"

#include "daemon/profile/id_map.h"

namespace pyrometer {

PlainStacks::PlainStacks(const Profile& profile) {
  IdMap frames, stacks;
  frames_.reserve(profile.frames().size());
  for (std::uint32_t i = 0; i < profile.frames().size(); ++i) {
    const Frame& frame = profile.frames()[i];
    const std::uint64_t key = IdMap::key(index(frame.function), index(frame.line));
    frames_.push_back(FrameId{frames.findOrAdd(key, i).first});
  }
  stacks_.reserve(profile.stacks().size());
  for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
    const StackNode& node = profile.stacks()[i];
    const std::uint32_t parent =
        node.parent == StackNode::kNoParent ? node.parent : index(stacks_[node.parent]);
    const std::uint64_t key = IdMap::key(parent, index(frame(node.frame)));
    stacks_.push_back(StackId{stacks.findOrAdd(key, i).first});
  }
}

}  // namespace pyrometer
