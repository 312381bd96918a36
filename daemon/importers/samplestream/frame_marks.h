#pragma once

#include <cstdint>

/// In this folder a RawFrame is a code reference and the position in it, or one of these in the reference's
/// place.
namespace pyrometer::samplestream {

inline constexpr std::uint32_t kNativeFrame =
    0xffff'fff0;  ///< `place` is an address; code references stay below
inline constexpr std::uint32_t kElidedFrames = 0xffff'fff1;  ///< stands for the frames left out in the middle
inline constexpr std::uint32_t kTornFrames = 0xffff'fff2;    ///< stands for the root's side that is missing
inline constexpr std::uint32_t kNoFrames = 0xffff'fff3;      ///< stands for a stack of nothing
inline constexpr std::uint32_t kShutdownFrames = 0xffff'fff4;  ///< the same while the interpreter shuts down

}  // namespace pyrometer::samplestream
