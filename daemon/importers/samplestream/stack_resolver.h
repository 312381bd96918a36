#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/importers/raw_stacks.h"
#include "daemon/importers/samplestream/code_table.h"
#include "daemon/importers/samplestream/modules.h"
#include "daemon/importers/vmprof/jit_frames.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer::samplestream {

/// What a raw stack is in the profile.
struct ResolvedStack {
  StackId stack{};
  bool unknown_code = false;  ///< a frame's code object was not described (yet)
  bool native_leaf = false;
  bool empty = false;                 ///< of frames that are not shown alone
  bool awaits_table = false;          ///< a frame's place is in a part of a line table that did not come yet
  VmState state = VmState::kUnknown;  ///< where the stack tells it: of PyPy
};

/// Stacks of one process image as seen by one source, raw and in the profile. Each raw stack is translated
/// once; one with a code object that is not described yet is tried again when there are new descriptions.
class StackResolver {
 public:
  /// `modules` and `builder` must outlive this.
  StackResolver(stream::LineTableFormat format, const Modules& modules, ProfileBuilder& builder)
      : modules_(&modules),
        builder_(&builder),
        codes_(format),
        pypy_(format == stream::LineTableFormat::kPypy) {}

  CodeTable& codes() { return codes_; }
  RawStacks& raw() { return raw_; }

  /// `node` is of raw().
  ResolvedStack resolve(std::uint32_t node);
  /// More of the stream will tell the lines of this stack.
  bool awaitsTable(std::uint32_t node) { return codes_.awaitsTables() && resolve(node).awaits_table; }

 private:
  static constexpr std::uint64_t kSettled = UINT64_MAX;
  struct Answer {
    ResolvedStack stack;
    std::uint64_t generation = 0;  ///< of the descriptions it was made with; 0: none yet
  };
  struct ResolvedFrame {
    FrameId frame{};
    bool settled = true, unknown = false, native = false, awaits_table = false;
    bool folded = false;   ///< not shown: what called it stands for it
    bool starter = false;  ///< not shown if nothing called it
  };
  struct KnownFrame {
    ResolvedFrame frame;
    std::uint64_t generation = 0;  ///< as in Answer
  };

  std::uint64_t generation() const { return 1 + codes_.generation() + modules_->generation(); }
  ResolvedStack resolvePypy(std::uint32_t node);
  /// None: it is not shown.
  std::optional<FrameId> pypyFrame(const vmprof::PypyStack::Frame& frame, Answer& answer);
  const ResolvedFrame& frameOf(std::uint32_t node, std::uint64_t now);
  ResolvedFrame resolveFrame(const RawFrame& raw);
  ResolvedFrame nativeFrame(std::uint64_t address);
  FrameId namedFrame(std::string_view name, FunctionKind kind);

  const Modules* modules_;
  ProfileBuilder* builder_;
  CodeTable codes_;
  const bool pypy_;
  RawStacks raw_;
  vmprof::PypyStack pypy_stack_;  ///< of one call; so are its cells
  std::vector<RawFrame> cells_;
  std::vector<Answer> answers_;       ///< by node
  std::vector<KnownFrame> frames_;    ///< by number of the raw frame
  std::vector<std::uint32_t> to_do_;  ///< of one call
};

}  // namespace pyrometer::samplestream
