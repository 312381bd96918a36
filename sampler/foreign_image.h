#pragma once

#include <elf.h>

/// Programs that do not bear a library loaded before theirs.
namespace pyrometer::sampler {

enum class Bearing {
  kBears,      ///< or cannot be told
  kStatic,     ///< has no loader that would load ours
  kSanitizer,  ///< built with AddressSanitizer or its like, whose runtime must be first and else ends the
               ///< program
  kMusl,       ///< another C library, whose loader would fail on ours
  kMachine,    ///< made for another machine; its loader would complain
};

/// What would become of an ELF file with our library in LD_PRELOAD. `header` is what it begins with. Makes
/// system calls only, allocates nothing and needs less than 1 KiB of stack: also for the child of a vfork.
Bearing bearingOf(int fd, const Elf64_Ehdr& header);

/// For a person: "built with AddressSanitizer".
const char* describe(Bearing bearing);

}  // namespace pyrometer::sampler
