#pragma once

/// Descriptor numbers that are never open, above any limit. PyPy's `_vmprof` writes to such a number and our
/// `write` takes it, so that no `closerange` or `open` of the program can meet it.
namespace pyrometer::sampler::pypy {

inline constexpr int kSamples = 0x20000000;   ///< profile: samples and names
inline constexpr int kCommands = 0x20000002;  ///< what sitecustomize.py says to us
/// The pipe by which libunwind tries out whether memory can be read.
inline constexpr int kProbeRead = 0x20000010, kProbeWrite = 0x20000011;

/// Is the number one of ours? Cheap: asked by every write of the program.
inline bool isOurNumber(int fd) { return fd >= kSamples; }

}  // namespace pyrometer::sampler::pypy
