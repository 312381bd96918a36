#pragma once

#include <cstdint>

namespace pyrometer::jitlog {

/// The first byte of everything in a jitlog. What follows has no length of its own: a reader must know them
/// all.
enum class Mark : std::uint8_t {
  kInputArgs = 0x11,
  kOperationTable = 0x12,
  kOperation = 0x13,
  kOperationDescr = 0x14,
  kCodeRange = 0x15,
  kCode = 0x16,
  kRecorded = 0x17,
  kOptimised = 0x18,
  kAssembled = 0x19,
  kStitchBridge = 0x1a,
  kStartTrace = 0x1b,
  kCounter = 0x1c,
  kInitMergePoint = 0x1d,
  kHeader = 0x1e,
  kMergePoint = 0x1f,
  kCommonPrefix = 0x20,
  kAbortTrace = 0x21,
  kSourceCode = 0x22,
  kRedirectAssembler = 0x23,
  kTemporaryCallback = 0x24,
};

/// What versions added. Later ones are read as the last of these, and that is said.
namespace version {
inline constexpr int kFirst = 1;
inline constexpr int kFailArguments = 2;  ///< and the jitdriver's name
inline constexpr int kRedirects = 3;
inline constexpr int kTemporaryCallbacks = 4;
inline constexpr int kLast = kTemporaryCallbacks;
}  // namespace version

/// No mark is larger, a source file's text and a trace's code included; one that claims to be is damage.
inline constexpr std::uint64_t kLargestMark = std::uint64_t{64} << 20;

}  // namespace pyrometer::jitlog
