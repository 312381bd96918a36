#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "daemon/run/spawn.h"
#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// While a program runs in our place in the shell's eyes, signals are for it. From its construction on all
/// that can be caught wait in a descriptor, to be passed on where the program did not get its own; SIGCHLD
/// wakes us by the same. What befalls a process by its own doing (SIGSEGV, SIGPIPE...) is left as it is, but
/// SIGXFSZ is blocked: a file limit must not end us. The old ways are back when it is destroyed, and are what
/// the program starts with. One at a time; main thread, before others start, so that they inherit the mask.
class RunSignals {
 public:
  RunSignals();
  ~RunSignals();
  RunSignals(const RunSignals&) = delete;
  RunSignals& operator=(const RunSignals&) = delete;

  int descriptor() const { return fd_.get(); }
  struct Arrived {
    int number = 0;            ///< 0: none waits
    bool from_kernel = false;  ///< a key of the terminal, its hang-up, an alarm
    pid_t sender = 0;          ///< if it is not from the kernel; 0: in another pid namespace
    bool queued = false;       ///< by sigqueue, with `value`
    sigval value{};
  };
  Arrived next();

  /// For the child between fork and exec: calls nothing that is not safe there.
  void restoreAsFound() const;

 private:
  struct sigaction found_child_;
  sigset_t found_mask_;
  FileDescriptor fd_;
};

/// The program shares our stdin, stdout, stderr, process group, terminal and limits, and inherits no
/// descriptor of ours.
Result<pid_t> spawnProgram(const Spawn& spawn, const RunSignals& signals);

/// Gives the program a signal that was sent to us, unless it is known to have got its own: from the terminal,
/// or from itself or a process below it, which sent it to the whole process group or to its parent. SIGCONT
/// is passed on to a program that is stopped. Does not throw.
void passOn(const RunSignals::Arrived& signal, pid_t program);

/// Where the program was stopped as the terminal does it (SIGTSTP, SIGTTIN, SIGTTOU), stops this process
/// likewise, so that the shell sees it; returns when we go on. Who stops it by SIGSTOP means the program
/// alone. Without a terminal nobody would wake us: then nothing is done.
void followStops(pid_t program);

/// LD_PRELOAD with `library` first and what was there kept.
std::string preloadValue(const std::string& library, const char* present);

}  // namespace pyrometer
