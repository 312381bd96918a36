#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/native/elf_layout.h"
#include "daemon/native/mapped_code.h"
#include "daemon/native/unwind_area.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// The native code that the processes of a session run: keeps their handlers supplied with what they need to
/// unwind it, and tells of each mapped part once, for the recording. A file is read once for all processes.
/// Not thread-safe.
class NativeCode {
 public:
  static Result<std::unique_ptr<NativeCode>> make();

  int descriptor() const { return area_->descriptor(); }
  /// A place for a process that is about to come; 0: no room, it does without native frames.
  std::uint32_t addProcess() { return area_->addProcess(); }
  void removeProcess(std::uint32_t place);

  struct Module {
    MappedCode code;
    std::string build_id;  ///< in hex; empty: none
  };
  /// Looks at what the process has mapped; gives its handlers the rules where that has changed, and returns
  /// what is new. `finds_evaluation`: CPython 3.9's evaluation loop is to be found, too.
  std::vector<Module> look(std::uint32_t place, std::int32_t pid, bool finds_evaluation);

 private:
  struct File {
    std::string build_id;
    std::uint32_t table = 0;
    ElfLayout layout;
    bool looked_for_evaluation = false;
    std::uint64_t evaluation_begin = 0, evaluation_end = 0;  ///< in its own counting
  };
  explicit NativeCode(std::unique_ptr<UnwindArea> area) : area_(std::move(area)) {}
  File& fileOf(const MappedCode& code, std::int32_t pid);

  std::unique_ptr<UnwindArea> area_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, File> files_;  ///< by device and inode
  std::map<std::string, std::uint32_t> tables_;                    ///< by build id
  std::map<std::uint32_t, std::vector<MappedCode>> seen_;          ///< by place
};

}  // namespace pyrometer
