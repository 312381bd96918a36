#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "daemon/importers/samplestream/native_namer.h"

namespace pyrometer::samplestream {

/// What places in native code are called, by module and offset, for all processes of a stream.
class NativeNameTable {
 public:
  /// Who is asked for names that are not here; null: nobody.
  void setNamer(NativeNamer* namer) { namer_ = namer; }
  /// `module`: its build id, or its path where it has none.
  void add(const std::string& module, std::uint64_t offset, NativeName name);
  const NativeName& find(const std::string& path, const std::string& build_id, std::uint64_t offset);

 private:
  NativeNamer* namer_ = nullptr;
  std::unordered_map<std::string, std::unordered_map<std::uint64_t, NativeName>> names_;
};

/// A native frame, as it is to be shown.
struct NativePlace {
  std::string name;        ///< "list_sort_impl"; "libm.so.6+0x1f2e0" where there is no name
  std::string file;        ///< its source, or the module
  std::uint32_t line = 0;  ///< in its source; 0: not known
  /// Of the interpreter's own machinery between two frames: call helpers, evaluation, start-up.
  bool plumbing = false;
  bool interpreter = false;  ///< in the interpreter's own file: without Python below it, it is start-up
  bool settled = true;       ///< false: another mapped file may say more
};

/// The mapped files of one process image, to say where a native address is.
class Modules {
 public:
  explicit Modules(NativeNameTable& names) : names_(&names) {}

  struct Module {
    std::uint64_t end = 0;
    std::uint64_t file_offset = 0;
    std::string path, build_id;
  };

  /// A range that begins where an older one does takes its place.
  void add(std::uint64_t start, Module module);

  /// 0 stands for frames that could not be told. Never a bare address.
  NativePlace placeOf(std::uint64_t address) const;

  /// Grows with every range: a name given before may be another one after.
  std::uint64_t generation() const { return generation_; }

 private:
  NativeNameTable* names_;
  std::map<std::uint64_t, Module> modules_;  ///< by start
  std::uint64_t generation_ = 0;
};

/// Is this function of the interpreter's (or of what starts programs and threads) mere machinery? Users have
/// no use for it between a Python line and what it calls.
bool isPlumbing(std::string_view function, std::string_view module_name);

}  // namespace pyrometer::samplestream
