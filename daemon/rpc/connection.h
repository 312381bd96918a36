#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "daemon/rpc/frame_parser.h"
#include "daemon/rpc/in_flight.h"
#include "daemon/rpc/message.h"
#include "daemon/rpc/output_queue.h"
#include "daemon/rpc/reply_once.h"
#include "daemon/rpc/task_queue.h"
#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer::rpc {

/// A conversation in JSON-RPC 2.0 over two descriptors. It does NOT know any method but `$/cancelRequest`.
///
/// Threads: one of its own reads, one writes. All that arrives is handed on as tasks of the strand, in order;
/// only a cancellation acts at once, from the reading thread. Sending is safe from any thread and never
/// waits. Where requests come faster than they are dealt with, reading pauses.
class Connection {
 public:
  /// All but `log` are called on the strand. None may be empty.
  struct Listener {
    std::function<void(const std::string& method, const nlohmann::json& params, ReplyOnce)> request;
    std::function<void(const std::string& method, const nlohmann::json& params)> notification;
    /// Once, at the end: no more comes, or nothing can be sent. What came before has been handed on, unless
    /// the client cannot be answered any more. Empty words: the client has closed its end between messages.
    std::function<void(const std::string& why)> closed;
    std::function<void(const std::string& line)> log;  ///< any thread
  };

  /// Descriptors are not owned and stay blocking. Reading begins with start().
  Connection(int input, int output, TaskQueue& strand, Listener listener);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();

  /// Params are JSON text, "null" where there are none.
  void notify(std::string_view method, std::string_view params);
  /// News that stands for all older news of the same key that is not written yet.
  void notifyLatest(const std::string& key, std::string_view method, std::string_view params);

  /// Asks the client. `on_answer` runs on the strand with the result as JSON text, if an answer ever comes.
  using OnAnswer = std::function<void(const Result<std::string>&)>;
  void request(std::string_view method, std::string_view params, OnAnswer on_answer);

  /// Waits until no more than `bytes` are on their way to the client, or nothing is any more. False: it did
  /// not read for so long.
  bool waitForReader(std::size_t bytes, int milliseconds) { return output_->waitBelow(bytes, milliseconds); }

  /// Stops reading, asks all handlers that run to stop, and gives the writer some time to end.
  void finish(int milliseconds);

 private:
  void read();
  void take(const std::string& text);
  void takeRequest(Message message, std::size_t size);
  void takeNotification(Message message, std::size_t size);
  void takeAnswer(Message message);
  /// Waits while too much of what was read is not dealt with.
  void waitForStrand();
  void dealtWith(std::size_t size);
  void close(const std::string& why, bool at_once);

  const int input_;
  TaskQueue& strand_;
  const Listener listener_;
  std::shared_ptr<OutputQueue> output_;  ///< shared with replies that outlive the connection
  std::shared_ptr<InFlight> in_flight_;
  FrameParser parser_;
  FileDescriptor wake_;  ///< an eventfd: stop reading

  std::mutex mutex_;
  std::condition_variable less_waits_;
  std::size_t unhandled_ = 0;  ///< bytes of messages in the strand's queue
  bool finishing_ = false;
  std::int64_t last_id_ = 0;
  std::map<RequestId, OnAnswer> asked_;
  bool closed_ = false;  ///< strand only

  std::thread reader_;
};

}  // namespace pyrometer::rpc
