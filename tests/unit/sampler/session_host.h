#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sampler/interpreters/outside_reader.h"
#include "sampler/session.h"
#include "sampler/shared_ring.h"
#include "tests/unit/sampler/decoded_stream.h"

namespace pyrometer::test {

/// The daemon's side of a session, reduced to what tests need: starts a program under the sampler, answers
/// its Hello, signals its threads as fast as they answer, and decodes what comes back.
class SessionHost {
 public:
  explicit SessionHost(std::string sampler_library);
  ~SessionHost();
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;

  /// Runs the program without the sampler, to compare.
  bool plain = false;
  /// Answers no Welcome but a refusal.
  bool decline = false;
  /// Signals go out with this pause between; 0: none but the look at the threads.
  int microseconds_between = 200;
  /// Threads are read from outside instead of being signalled.
  bool outside = false;

  /// Runs the program to its end (it is killed after `seconds`), sampling meanwhile.
  struct Ended {
    int wait_status = 0;
    bool timed_out = false;
    std::string out;  ///< its stdout and stderr
  };
  Ended run(const std::vector<std::string>& command, int seconds = 120);

  // What came of it.
  session::Hello hello{};
  session::Ready ready{};
  int hellos = 0;
  int blocks = 0;
  DecodedStream stream;
  DecodedStream outside_stream;
  interpreters::OutsideReader::Counters outside_counters;
  std::map<interpreters::OutsideReader::Outcome, int> outcomes;
  std::uint64_t bytes = 0;  ///< of records
  std::uint64_t full = 0, torn = 0, without_python = 0, no_segment = 0, foreign = 0, signals = 0;
  std::uint32_t threads_started = 0;
  std::map<int, std::uint32_t> flags_seen;  ///< by tid: segment flags that were ever set

 private:
  void serve(int listener);
  void drain();
  void signalThreads(pid_t pid);
  void readThreads(pid_t pid);

  std::string library_;
  std::string folder_;
  std::vector<ring::Block*> mapped_;
  std::unique_ptr<interpreters::OutsideReader> reader_;
  std::vector<std::int32_t> tids_;
  int looks_ = 0;
};

}  // namespace pyrometer::test
