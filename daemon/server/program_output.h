#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "daemon/rpc/connection.h"
#include "daemon/rpc/task_queue.h"
#include "daemon/server/client.h"
#include "daemon/server/held_profile.h"

namespace pyrometer {

/// What programs write, on its way to the client: by the strand, so that it comes behind the answer that
/// tells the run's id. A program that writes faster than the client reads waits, as before a slow terminal.
class ProgramOutput {
 public:
  ProgramOutput(rpc::Connection& connection, Client& client, rpc::TaskQueue& strand)
      : connection_(connection), client_(client), strand_(strand) {}

  /// From a run's own thread, which waits here while there is too much.
  void write(HeldId run, std::string text);

  /// Nobody waits from now on: the conversation ends, and runs must.
  void letGo();

 private:
  static constexpr std::size_t kMaxWaiting = 4 << 20;

  rpc::Connection& connection_;
  Client& client_;
  rpc::TaskQueue& strand_;
  std::mutex mutex_;
  std::condition_variable less_waits_;
  std::size_t posted_ = 0;  ///< bytes in the strand's queue
  bool let_go_ = false;
};

}  // namespace pyrometer
