#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A pseudo-terminal, seen from the side of its keys and screen, for one program and what it starts. What is
/// shown goes to `output` from a thread of its own, so that nobody waits for whoever reads it but the
/// program. Its functions may be called from any thread.
class PseudoTerminal {
 public:
  using Output = std::function<void(std::string_view)>;

  /// Throws std::system_error where there is no room for a thread. The thread has our signal mask.
  static Result<std::unique_ptr<PseudoTerminal>> open(unsigned columns, unsigned rows, Output output);
  /// As finish(), but nothing is shown any more.
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  /// For the child between fork and exec: makes it the leader of a session with this terminal, and this its
  /// stdin, stdout and stderr. An errno, or 0.
  int enterInChild() const;

  /// False, and nothing typed, if more than `most_waiting` bytes would wait. Never blocks.
  bool type(std::string_view bytes, std::size_t most_waiting);
  void resize(unsigned columns, unsigned rows);
  /// SIGINT for the foreground process group; false if there is none.
  bool interrupt();

  /// The program has ended: shows what was written until now, and closes the terminal. What others that still
  /// have it open write later is lost; to them it hangs up.
  void finish();
  /// From here on output is thrown away.
  void hide();

 private:
  PseudoTerminal(FileDescriptor keys, FileDescriptor line, FileDescriptor wake, Output output);
  void run();
  bool show(char* buffer, std::size_t& allowance);
  void typeWaiting();
  void wakeUp() const;

  const Output output_;
  FileDescriptor wake_;
  mutable std::mutex
      mutex_;            ///< of all below, but the thread reads `keys_` without it: it is closed after it
  FileDescriptor keys_;  ///< our end
  FileDescriptor line_;  ///< the program's end: held, so that ours is no error when nobody else has it
  std::string waiting_;  ///< typed, and not taken by the terminal yet
  bool finishing_ = false, hidden_ = false, closed_ = false;
  std::thread thread_;
};

}  // namespace pyrometer
