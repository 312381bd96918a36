#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "daemon/importers/vmprof/jit_frames.h"
#include "daemon/importers/vmprof/memory_map.h"
#include "daemon/importers/vmprof/names.h"
#include "daemon/importers/vmprof/raw_profile.h"

namespace pyrometer::vmprof {

/// Turns a file's stacks into the profile's, once all names are known.
class StackBuilder {
 public:
  StackBuilder(const RawProfile& raw, const Names& names, ProfileBuilder& target);

  struct Answer {
    StackId stack{};
    bool done = false, unknown_code = false;
    VmState state = VmState::kUnknown;
  };
  /// `node`: of RawProfile's tree, or CellStacks::kEmpty.
  Answer stackOf(std::uint32_t node);

 private:
  struct Known {
    FrameId frame;
    bool unknown = false;
  };
  struct KnownFunction {
    FunctionId function{};
    bool unknown = false;
  };

  void buildAll();
  Answer buildOne(std::uint32_t node);
  Answer empty(VmState state);
  Known frameOf(std::uint64_t id, bool native, std::uint32_t line, std::uint64_t block);
  KnownFunction functionOf(std::uint64_t id, bool native);

  const RawProfile& raw_;
  const RawStacks& nodes_;
  const Names& names_;
  ProfileBuilder& target_;
  const MemoryMap map_;
  std::vector<Answer> answers_;
  std::vector<RawFrame> cells_;
  PypyStack stack_;
  std::unordered_map<std::uint64_t, KnownFunction> functions_;
};

}  // namespace pyrometer::vmprof
