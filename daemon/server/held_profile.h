#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Names a profile that the server holds; a run and its profile have the same. From 1, never used twice.
enum class HeldId : std::uint32_t {};

enum class HeldState : std::uint8_t {
  kRunning,   ///< a program that runs now
  kFinished,  ///< a program that has ended, started by this server
  kFile,      ///< opened from a file
};

/// A profile the server holds, as it stood when it was asked for. A value: good on any thread.
struct HeldProfile {
  HeldId id{};
  HeldState state = HeldState::kFile;
  bool selected = false;
  std::string title;    ///< for lists: the command, or the file's name
  std::string file;     ///< path it was opened from or saved to; empty if none
  std::string command;  ///< the program and its arguments; empty where the recording leaves them out
  double rate_hz = 0;   ///< samples a second and running thread, as achieved; 0 if unknown
  std::uint64_t dropped = 0;
  /// Once a program has ended: its exit status, or minus the number of the signal that ended it.
  std::optional<int> exit_status;
  std::vector<std::string> notes;          ///< what its reader should know, as sentences
  std::string message;                     ///< of a finished run: what was recorded and where it is kept
  std::shared_ptr<const Profile> profile;  ///< never null; everything else is in it
};

}  // namespace pyrometer
