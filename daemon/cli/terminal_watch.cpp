#include "daemon/cli/terminal_watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <iterator>
#include <utility>

#include "daemon/cli/files.h"
#include "daemon/cli/terminal.h"
#include "daemon/support/figures.h"

namespace pyrometer {

TerminalWatch::TerminalWatch(std::string path, int screen, std::chrono::milliseconds patience)
    : path_(std::move(path)),
      screen_(screen),
      draws_(isatty(screen) != 0),
      patience_(std::chrono::steady_clock::now() + patience),
      end_(eventfd(0, EFD_CLOEXEC)) {
  sigemptyset(&interrupt_);
  sigaddset(&interrupt_, SIGINT);
  signals_ = FileDescriptor(signalfd(-1, &interrupt_, SFD_CLOEXEC));
  if (!end_ || !signals_) return;
  pthread_sigmask(SIG_BLOCK, &interrupt_, &mask_before_);
  thread_ = std::jthread([this] { watch(); });
}

void TerminalWatch::progress(ReadProgress now) {
  read_ = now.read;
  size_ = now.size;
}

void TerminalWatch::end() {
  if (!thread_.joinable()) return;
  eventfd_write(end_.get(), 1);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void TerminalWatch::watch() {
  pollfd waits[] = {{end_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
  bool drawn = false;
  while (waits[0].revents == 0) {
    poll(waits, std::size(waits), 100);
    if (waits[1].revents != 0) {
      stop_.request_stop();
      waits[1].fd = -1;
    }
    if (!draws_ || size_ == 0 || std::chrono::steady_clock::now() < patience_) continue;
    drawn = true;
    draw();
  }
  if (drawn) say("\r\x1b[K");
}

void TerminalWatch::draw() const {
  const std::uint64_t read = read_, size = size_;
  const Terminal terminal = terminalOf(screen_);
  const std::string figures = fmt::format(
      " {:3.0f} % of {}", 100.0 * static_cast<double>(read) / static_cast<double>(size), bytesText(size));
  const int room = terminal.width - static_cast<int>(figures.size()) - 10;
  const std::string name = cutStart(printable(path_, terminal.charset), room, terminal.charset);
  say(fmt::format("\r\x1b[Kreading {}{}", name, figures));
}

void TerminalWatch::say(const std::string& text) const { static_cast<void>(writeAll(screen_, text).ok()); }

}  // namespace pyrometer
