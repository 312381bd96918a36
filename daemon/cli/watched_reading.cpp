#include "daemon/cli/watched_reading.h"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "daemon/cli/ending.h"
#include "daemon/cli/files.h"
#include "daemon/cli/terminal.h"
#include "daemon/support/figures.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {
namespace {

/// Looks after a reading from a thread of its own, since the reading itself is a plain loop: takes Ctrl-C,
/// and draws. Without descriptors to do it with, nothing is watched and Ctrl-C does what it always does.
class Watcher {
 public:
  explicit Watcher(std::string path)
      : path_(std::move(path)), draws_(isatty(STDERR_FILENO) != 0), end_(eventfd(0, EFD_CLOEXEC)) {
    sigemptyset(&interrupt_);
    sigaddset(&interrupt_, SIGINT);
    signals_ = FileDescriptor(signalfd(-1, &interrupt_, SFD_CLOEXEC));
    if (!end_ || !signals_) return;
    pthread_sigmask(SIG_BLOCK, &interrupt_, &mask_before_);
    thread_ = std::jthread([this] { watch(); });
  }
  ~Watcher() { end(); }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  void progress(ReadProgress now) {
    read_ = now.read;
    size_ = now.size;
  }
  bool interrupted() const { return stop_.stop_requested(); }
  void end() {
    if (!thread_.joinable()) return;
    eventfd_write(end_.get(), 1);
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

 private:
  void watch() {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point patience = Clock::now() + std::chrono::seconds(1);
    pollfd waits[] = {{end_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    bool drawn = false;
    while (waits[0].revents == 0) {
      poll(waits, std::size(waits), 100);
      if (waits[1].revents != 0) {
        stop_.request_stop();
        waits[1].fd = -1;
      }
      if (!draws_ || Clock::now() < patience) continue;
      drawn = true;
      draw();
    }
    if (drawn) say("\r\x1b[K");
  }

  void draw() const {
    const std::uint64_t read = read_, size = size_;
    if (size == 0) return;
    const Terminal terminal = terminalOf(STDERR_FILENO);
    const std::string figures = fmt::format(
        " {:3.0f} % of {}", 100.0 * static_cast<double>(read) / static_cast<double>(size), bytesText(size));
    const int room = terminal.width - static_cast<int>(figures.size()) - 10;
    const std::string name = cutStart(printable(path_, terminal.charset), room, terminal.charset);
    say(fmt::format("\r\x1b[Kreading {}{}", name, figures));
  }

  static void say(const std::string& text) { static_cast<void>(writeAll(STDERR_FILENO, text).ok()); }

  std::string path_;
  bool draws_;
  FileDescriptor end_, signals_;
  sigset_t interrupt_{}, mask_before_{};
  std::stop_source stop_;
  std::atomic<std::uint64_t> read_ = 0, size_ = 0;
  std::jthread thread_;
};

}  // namespace

Result<OpenedFile> openWatched(const std::string& path, OpenOptions options) {
  Watcher watcher(path);
  const auto progress = [&watcher](ReadProgress now) { watcher.progress(now); };
  options.import.stop = watcher.token();
  options.import.progress = progress;
  options.import.name_by_file = true;
  auto opened = openFile(path, options);
  watcher.end();
  if (watcher.interrupted()) endLike(SIGINT);
  return opened;
}

Error withoutSamples(const OpenedFile& opened, const std::string& path) {
  return {opened.kind == FileKind::kJitlog
              ? "is the log of PyPy's JIT and holds no samples; see pyrometer jit FILE"
              : "is PyPy's text log and holds no samples; see pyrometer show FILE phases",
          path};
}

Result<OpenedFile> openProfileWatched(const std::string& path, int part) {
  auto opened = openWatched(path, {.import = {.part = part - 1}, .join = false});
  if (!opened || opened->profile) return opened;
  return withoutSamples(*opened, path);
}

}  // namespace pyrometer
