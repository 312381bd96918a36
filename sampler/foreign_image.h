#pragma once

/// Programs that do not bear a library loaded before theirs.
namespace pyrometer::sampler {

enum class Bearing {
  kBears,      ///< or cannot be told: not there, not readable
  kSanitizer,  ///< built with AddressSanitizer or its like, whose runtime must be first and else ends the
               ///< program
  kMusl,       ///< another C library, whose loader would fail on ours
  kMachine,    ///< made for another machine; its loader would complain
};

/// What would become of a program with our library in LD_PRELOAD. Of a script, its interpreter is looked at.
/// Makes system calls only and allocates nothing: also for the child of a vfork. errno is kept.
Bearing bearingOf(const char* path);

/// For a person: "built with AddressSanitizer".
const char* describe(Bearing bearing);

}  // namespace pyrometer::sampler
