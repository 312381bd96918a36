#include "daemon/run/pseudo_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr std::size_t kPiece = 65536;
/// More than a terminal can hold: whoever goes on writing after the program's end is not listened to for
/// ever.
constexpr std::size_t kMostAfterEnd = 1'048'576;
/// How long typed bytes wait at most for another try, should the kernel not tell that there is room.
constexpr int kTryAgainMs = 50;

winsize sizeOf(unsigned columns, unsigned rows) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  return size;
}

}  // namespace

Result<std::unique_ptr<PseudoTerminal>> PseudoTerminal::open(unsigned columns, unsigned rows, Output output) {
  const auto failed = [] {
    return Error{"no pseudo-terminal can be opened (" + systemErrorText(errno) +
                     "); are there too many, or is /dev/pts not mounted?",
                 "/dev/ptmx"};
  };
  FileDescriptor keys(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!keys || grantpt(keys.get()) != 0 || unlockpt(keys.get()) != 0) return failed();
  FileDescriptor line(ioctl(keys.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!line) return failed();
  termios settings{};
  if (tcgetattr(line.get(), &settings) == 0) {
    settings.c_iflag |= IUTF8;  // a backspace removes a whole character
    tcsetattr(line.get(), TCSANOW, &settings);
  }
  const winsize size = sizeOf(columns, rows);
  if (ioctl(keys.get(), TIOCSWINSZ, &size) != 0) return failed();
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return failed();
  std::unique_ptr<PseudoTerminal> terminal(
      new PseudoTerminal(std::move(keys), std::move(line), std::move(wake), std::move(output)));
  terminal->thread_ = std::thread([t = terminal.get()] { t->run(); });
  return terminal;
}

PseudoTerminal::PseudoTerminal(FileDescriptor keys, FileDescriptor line, FileDescriptor wake, Output output)
    : output_(std::move(output)), wake_(std::move(wake)), keys_(std::move(keys)), line_(std::move(line)) {}

PseudoTerminal::~PseudoTerminal() {
  hide();
  finish();
}

int PseudoTerminal::enterInChild() const {
  if (setsid() < 0 || ioctl(line_.get(), TIOCSCTTY, 0) != 0) return errno;
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (line_.get() == number ? fcntl(number, F_SETFD, 0) != 0 : dup2(line_.get(), number) < 0) return errno;
  }
  return 0;
}

bool PseudoTerminal::type(std::string_view bytes, std::size_t most_waiting) {
  const std::lock_guard lock(mutex_);
  if (closed_) return true;
  if (bytes.size() > most_waiting || waiting_.size() > most_waiting - bytes.size()) return false;
  waiting_ += bytes;
  // From here, and not from the thread: it may be held up by whoever takes the output.
  typeWaiting();
  if (!waiting_.empty()) wakeUp();
  return true;
}

void PseudoTerminal::typeWaiting() {
  std::size_t done = 0;
  while (done < waiting_.size()) {
    const ssize_t n = write(keys_.get(), waiting_.data() + done, std::min(waiting_.size() - done, kPiece));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  waiting_.erase(0, done);
}

void PseudoTerminal::resize(unsigned columns, unsigned rows) {
  const std::lock_guard lock(mutex_);
  const winsize size = sizeOf(columns, rows);
  if (!closed_) ioctl(keys_.get(), TIOCSWINSZ, &size);
}

bool PseudoTerminal::interrupt() {
  const std::lock_guard lock(mutex_);
  return !closed_ && tcgetpgrp(keys_.get()) > 0 && ioctl(keys_.get(), TIOCSIG, SIGINT) == 0;
}

void PseudoTerminal::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    wakeUp();
  }
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
  line_ = FileDescriptor();
  keys_ = FileDescriptor();
}

void PseudoTerminal::hide() {
  const std::lock_guard lock(mutex_);
  hidden_ = true;
}

void PseudoTerminal::wakeUp() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(wake_.get(), &one, sizeof one);
}

/// What is there, up to a piece; false if there is nothing.
bool PseudoTerminal::show(char* buffer, std::size_t& allowance) {
  std::size_t got = 0;
  while (got < std::min(kPiece, allowance)) {
    const ssize_t n = read(keys_.get(), buffer + got, std::min(kPiece, allowance) - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  if (got == 0) return false;
  allowance -= got;
  bool hidden = false;
  {
    const std::lock_guard lock(mutex_);
    hidden = hidden_;
  }
  if (!hidden && output_) output_({buffer, got});
  return true;
}

void PseudoTerminal::run() {
  const std::unique_ptr<char[]> buffer(new char[kPiece]);
  for (;;) {
    bool finishing = false, typing = false;
    {
      const std::lock_guard lock(mutex_);
      typeWaiting();
      finishing = finishing_;
      typing = !waiting_.empty();
    }
    if (finishing) break;
    pollfd waiting[2] = {
        {.fd = keys_.get(), .events = static_cast<short>(POLLIN | (typing ? POLLOUT : 0)), .revents = 0},
        {.fd = wake_.get(), .events = POLLIN, .revents = 0}};
    if (poll(waiting, 2, typing ? kTryAgainMs : -1) < 0) continue;
    if (waiting[1].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t n = read(wake_.get(), &count, sizeof count);
    }
    std::size_t allowance = kPiece;
    if (waiting[0].revents != 0) show(buffer.get(), allowance);
  }
  for (std::size_t allowance = kMostAfterEnd; show(buffer.get(), allowance);) {
  }
}

}  // namespace pyrometer
