#pragma once

#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Stacks as formats have them that know lines but no columns: frames that differ by their span only are one,
/// and so are stacks of such frames. Each is stood for by the first of its kind.
class PlainStacks {
 public:
  explicit PlainStacks(const Profile& profile);

  FrameId frame(FrameId id) const { return frames_[index(id)]; }
  StackId stack(StackId id) const { return stacks_[index(id)]; }

 private:
  std::vector<FrameId> frames_;
  std::vector<StackId> stacks_;
};

}  // namespace pyrometer
