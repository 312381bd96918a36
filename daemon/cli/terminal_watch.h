#pragma once

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>

#include "daemon/importers/reading.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

/// Looks after a reading from a thread of its own, since the reading itself is a plain loop: takes Ctrl-C
/// instead of dying of it, and draws how far it is, in one line that is gone at the end. Without descriptors
/// to do it with, nothing is watched and Ctrl-C does what it always does. No other thread may take SIGINT
/// meanwhile: whoever makes one before it must have blocked that.
class TerminalWatch {
 public:
  /// `path` is what is read. The line is drawn on `screen`, if that is a terminal, and after `patience`: what
  /// is over sooner needs none.
  explicit TerminalWatch(std::string path, int screen,
                         std::chrono::milliseconds patience = std::chrono::seconds(1));
  ~TerminalWatch() { end(); }
  TerminalWatch(const TerminalWatch&) = delete;
  TerminalWatch& operator=(const TerminalWatch&) = delete;

  /// Asked to stop by Ctrl-C.
  std::stop_token token() const { return stop_.get_token(); }
  bool interrupted() const { return stop_.stop_requested(); }
  /// From any thread.
  void progress(ReadProgress now);
  /// The line is gone. A Ctrl-C that was taken comes again here, for whoever handles it then.
  void end();

 private:
  void watch();
  void draw() const;
  void say(const std::string& text) const;

  std::string path_;
  int screen_;
  bool draws_;
  std::chrono::steady_clock::time_point patience_;
  FileDescriptor end_, signals_;
  sigset_t interrupt_{}, mask_before_{};
  std::stop_source stop_;
  std::atomic<std::uint64_t> read_ = 0, size_ = 0;
  std::jthread thread_;
};

}  // namespace pyrometer
