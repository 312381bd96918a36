#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/run/chosen_threads.h"
#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace boost::asio {
class io_context;
}

namespace pyrometer {

/// What a program can tell the recorder beside it: a socket named kRecorderSocketName in the session's
/// folder, one message (SOCK_SEQPACKET) each way in a connection, so that the program need not hold a
/// descriptor in between:
///
///   stop         end the recording; answered when all is written: "done", or "failed ERRNO", or "waits" if
///                nobody takes what there is to write
///   choose TID   sample this thread in real time; answered "ok N", N threads being chosen now
///   leave TID    sample it no longer; likewise
///
/// Anything else is answered "what?". Messages of other processes are not heard. Thread: the strand's.
class RecordControl {
 public:
  static constexpr char kSocketName[] = "recorder";

  static Result<std::unique_ptr<RecordControl>> open(const std::string& folder, pid_t program,
                                                     std::shared_ptr<ChosenThreads> chosen);
  ~RecordControl();

  /// From now on; `on_stop` is called at each wish to stop.
  void listen(boost::asio::io_context& io, std::function<void()> on_stop);
  /// Before the loop goes.
  void close();
  /// Answers those who wished to stop.
  void answer(std::string_view text);

 private:
  struct Listener;
  RecordControl(FileDescriptor socket, pid_t program, std::shared_ptr<ChosenThreads> chosen);
  void accept();
  void serve(FileDescriptor connection);

  FileDescriptor socket_;
  pid_t program_;
  std::shared_ptr<ChosenThreads> chosen_;
  std::function<void()> on_stop_;
  std::unique_ptr<Listener> listener_;
  FileDescriptor waiting_;  ///< whoever wished to stop
};

}  // namespace pyrometer
