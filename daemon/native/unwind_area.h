#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"
#include "sampler/unwind_area.h"

namespace pyrometer {

/// The writing side of sampler/unwind_area.h: one for a session. What a place is given for stays there as
/// long as the area lives, but for the lists of processes that have ended. Not thread-safe.
class UnwindArea {
 public:
  static Result<std::unique_ptr<UnwindArea>> make();
  ~UnwindArea();
  UnwindArea(const UnwindArea&) = delete;
  UnwindArea& operator=(const UnwindArea&) = delete;

  /// For handing to a process, which maps it read-only.
  int descriptor() const { return fd_.get(); }

  /// The place of a table (makeUnwindTable); 0: there is no room for it.
  std::uint32_t addTable(std::string_view table);
  /// A process with nothing mapped; 0: there is no room.
  std::uint32_t addProcess();
  void removeProcess(std::uint32_t process);
  /// What its handlers see from now on. `ranges` ascending; false, and nothing changed: no room.
  bool publish(std::uint32_t process, const std::vector<unwind::Range>& ranges);
  /// Before the first publish().
  void setEvaluation(std::uint32_t process, std::uint64_t begin, std::uint64_t end);

 private:
  /// Two lists, each with room for so many ranges; one of them is current.
  struct Lists {
    std::uint32_t places[2] = {0, 0};
    std::uint32_t room = 0;
    int current = 0;
  };
  UnwindArea(FileDescriptor fd, std::uint8_t* memory) : fd_(std::move(fd)), memory_(memory) {}
  std::uint32_t allocate(std::uint64_t bytes);
  unwind::Process& process(std::uint32_t place);

  FileDescriptor fd_;
  std::uint8_t* memory_;
  std::uint64_t used_ = unwind::kUnit, there_ = 0;
  std::map<std::uint32_t, Lists> lists_;
  std::multimap<std::uint32_t, Lists> free_lists_;  ///< by room
  std::vector<std::uint32_t> free_processes_;
};

}  // namespace pyrometer
