#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// While a program runs in our place in the shell's eyes, signals are for it. From its construction on: what
/// Ctrl-C, Ctrl-Z and Ctrl-Backslash send is the program's alone (the terminal sends them to both of us);
/// SIGTERM and SIGHUP wait in a descriptor to be passed on; SIGCHLD wakes us by the same. SIGXFSZ is blocked:
/// a file limit must not end us. The old ways are back when it is destroyed, and are what the program starts
/// with. One at a time; main thread, before others start, so that they inherit the mask.
class RunSignals {
 public:
  RunSignals();
  ~RunSignals();
  RunSignals(const RunSignals&) = delete;
  RunSignals& operator=(const RunSignals&) = delete;

  int descriptor() const { return fd_.get(); }
  struct Arrived {
    int number = 0;            ///< 0: none waits
    bool from_kernel = false;  ///< a terminal's hang-up: the program got its own
  };
  Arrived next();

  /// For the child between fork and exec: calls nothing that is not safe there.
  void restoreAsFound() const;

 private:
  static constexpr int kIgnored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
  struct sigaction found_[5];
  struct sigaction found_child_;
  sigset_t found_mask_;
  FileDescriptor fd_;
};

/// Started programs share our stdin, stdout, stderr, process group, terminal and limits, and inherit no
/// descriptor of ours.
struct Spawn {
  std::string executable;
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  ///< set on top of ours
};
Result<pid_t> spawnProgram(const Spawn& spawn, const RunSignals& signals);

/// Stops this process as the program was stopped, so that the shell sees it, and lets the program go on when
/// we do. Without a terminal nobody would wake us: then nothing is done.
void stopWithProgram(pid_t program, int stop_signal);

/// LD_PRELOAD with `library` first and what was there kept.
std::string preloadValue(const std::string& library, const char* present);

}  // namespace pyrometer
