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

struct HeldThread {
  std::string name;
  std::int64_t tid = 0, pid = 0;
};

struct HeldProcess {
  Process row;  ///< its texts are not to be looked up: the profile may be out of memory
  std::string command;
};

/// What lists say of a profile.
struct ProfileFacts {
  RunInfo info;
  std::uint64_t samples = 0, sampled_time = 0, import_time = 0;
  std::vector<HeldProcess> processes;  ///< by ProcessId
  std::vector<HeldThread> threads;     ///< by ThreadId
};
ProfileFacts factsOf(const Profile& profile);

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
  std::vector<std::string> notes;  ///< what its reader should know, as sentences
  std::string message;             ///< of a finished run: what was recorded and where it is kept
  /// Everything else is in it. Null while the profile is put away: out of memory, to be read again from its
  /// file when it is selected. Then `facts` is what is left.
  std::shared_ptr<const Profile> profile;
  std::shared_ptr<const ProfileFacts> facts;
};

}  // namespace pyrometer
