#include "daemon/server/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "daemon/rpc/connection.h"
#include "daemon/rpc/task_queue.h"
#include "daemon/server/client.h"
#include "daemon/server/editor_handlers.h"
#include "daemon/server/end_watch.h"
#include "daemon/server/program_output.h"
#include "daemon/server/server.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {
namespace {

constexpr unsigned kPoolThreads = 2;

/// What may still be on its way to the client when all is over.
constexpr int kLastWords = 2000;  // ms

void logLine(const std::string& line) {
  const std::string text = "pyrometer serve: " + line + "\n";
  static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
}

/// Standard input and output, out of reach of everybody else.
struct Ends {
  FileDescriptor input, output;
};
Ends takeStandardEnds() {
  constexpr int kAboveStandard = 10;
  Ends ends{FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kAboveStandard)),
            FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kAboveStandard))};
  const FileDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
  if (::dup2(STDERR_FILENO, STDOUT_FILENO) < 0 && nothing) ::dup2(nothing.get(), STDOUT_FILENO);
  return ends;
}

/// Memory for idle profiles, where the user wants another bound than ours.
std::optional<std::size_t> idleLimit() {
  const char* text = std::getenv("PYROMETER_IDLE_LIMIT");
  if (text == nullptr || *text == '\0') return std::nullopt;
  std::size_t bytes = 0;
  const char* const end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, bytes);
  if (parsed.ec == std::errc() && parsed.ptr == end) return bytes;
  logLine(std::string("PYROMETER_IDLE_LIMIT is not a number of bytes: ") + text);
  return std::nullopt;
}

/// The whole daemon, in the order in which its parts need each other.
class Daemon {
 public:
  explicit Daemon(const Ends& ends)
      : watch_([this](std::string why) { end(std::move(why)); }),
        pool_(std::in_place, kPoolThreads),
        connection_(ends.input.get(), ends.output.get(), strand_, listener()),
        client_(connection_),
        output_(connection_, client_, strand_),
        server_(std::in_place, events()),
        handlers_(*server_, client_, strand_, *pool_,
                  {.watch_process = [this](std::int64_t pid) { watch_.watchProcess(pid); },
                   .end = [this](bool) { finish({}); }}) {
    if (const auto bytes = idleLimit()) server_->setMostIdleBytes(*bytes);
  }

  int run() {
    connection_.start();
    strand_.run();
    // Questions that are still on the pool have no use any more; they end with their tokens.
    connection_.finish(kLastWords);
    pool_.reset();
    return handlers_.shutDown() ? 0 : 1;
  }

 private:
  rpc::Connection::Listener listener() {
    return {.request =
                [this](const std::string& method, const nlohmann::json& params, rpc::ReplyOnce reply) {
                  // A program that is started now would be stopped by nobody.
                  if (finishing_) return reply.fail(rpc::ErrorCode::kInvalidRequest, "the daemon is ending");
                  handlers_.request(method, params, std::move(reply));
                },
            .notification = [this](const std::string& method,
                                   const nlohmann::json& params) { handlers_.notification(method, params); },
            .closed = [this](const std::string& why) { finish(why); },
            .log = logLine};
  }

  ServerEvents events() {
    return {.post = [this](std::function<void()> task) { strand_.post(std::move(task)); },
            .output = [this](HeldId run, std::string text) { output_.write(run, std::move(text)); },
            .changed = [this](HeldId id) { handlers_.changed(id); },
            .ended = [this](HeldId id) { handlers_.ended(id); },
            .remark = logLine};
  }

  /// From another thread: in front of all that waits.
  void end(std::string why) {
    strand_.postFirst([this, why = std::move(why)] { finish(why); });
  }

  /// Strand. Programs are stopped and saved; what they had to say goes out before the strand ends.
  void finish(const std::string& why) {
    if (std::exchange(finishing_, true)) return;
    if (!why.empty()) logLine(why);
    output_.letGo();
    server_->stopAll();
    strand_.post([this] { strand_.close(); });
  }

  rpc::TaskQueue strand_;
  EndWatch watch_;
  std::optional<rpc::Pool> pool_;
  rpc::Connection connection_;
  Client client_;
  ProgramOutput output_;
  std::optional<Server> server_;
  EditorHandlers handlers_;
  bool finishing_ = false;
};

}  // namespace

int serveEditor() {
  // A client that is gone is an error of writing, no death.
  ::signal(SIGPIPE, SIG_IGN);
  // Whoever started us may have it ignored, which would lose how programs end.
  ::signal(SIGCHLD, SIG_DFL);
  const Ends ends = takeStandardEnds();
  if (!ends.input || !ends.output) {
    logLine("standard input or output is closed; an editor starts this and speaks on them");
    return 1;
  }
  return Daemon(ends).run();
}

}  // namespace pyrometer
