#pragma once

#include <utility>

#include "sampler/session.h"

/// The target's side of the session socket (session.h). Nothing here allocates or takes a lock: a forked
/// child registers from within its signal handler, and a process that is about to exec tells of it between
/// vfork and exec.
namespace pyrometer::sampler {

/// A descriptor that does not outlive its block.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

enum class Patience {
  kNone,   ///< what cannot be done at once is left
  kShort,  ///< a second: in a signal handler
  kLong,   ///< five: before main
};

/// The session's folder, kept for later requests: the environment is cleaned before the program sees it.
/// False if it is too long to be kept.
bool keepFolder(const char* folder);
const char* sessionFolder();

/// A connection to the daemon, -1 if there is none.
int connectToDaemon(Patience patience);
bool sendAll(int socket, const void* bytes, std::size_t size);
/// Receives the Welcome and the descriptors that come with it (-1: none): the ring's, and that of the area
/// for unwinding. True if we are accepted.
bool receiveWelcome(int socket, session::Welcome& welcome, int& memory, int& unwind);

session::Hello makeHello(session::Purpose purpose);
/// Text into Hello::detail, cut where it is too long.
void setDetail(session::Hello& hello, const char* text);

}  // namespace pyrometer::sampler
