#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace pyrometer::samplestream {

/// The mapped files of one process image, to say where a native address is.
class Modules {
 public:
  struct Module {
    std::uint64_t end = 0;
    std::uint64_t file_offset = 0;
    std::string path;
  };

  /// A range that begins where an older one does takes its place.
  void add(std::uint64_t start, Module module);

  /// "libm.so.6+0x1f2e0": file name and offset in the file; the bare address where no file is mapped.
  std::string nameOf(std::uint64_t address) const;

  /// Grows with every range: a name given before may be another one after.
  std::uint64_t generation() const { return generation_; }

 private:
  std::map<std::uint64_t, Module> modules_;  ///< by start
  std::uint64_t generation_ = 0;
};

}  // namespace pyrometer::samplestream
