#include "sampler/registration.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include "sampler/own_memory.h"
#include "sampler/real_functions.h"
#include "sampler/ring.h"
#include "sampler/session.h"
#include "sampler/signal_handler.h"
#include "sampler/target.h"

namespace pyrometer::sampler {

namespace {

constexpr char kLibraryName[] = "libpyrometer_sampler.so";
constexpr std::size_t kLongestPath = 4096;

/// The session's folder, for later requests. The environment is cleaned before the program sees it.
char g_folder[kLongestPath];
pthread_key_t g_thread_end;

/// A descriptor that does not outlive its block.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

bool sendAll(int socket, const void* bytes, std::size_t size) {
  ssize_t sent = 0;
  do {
    sent = send(socket, bytes, size, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(size);
}

/// Connects to the daemon. A folder too long for a socket's address is gone through by a descriptor.
int connectToDaemon() {
  Descriptor socket_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket_fd.get() < 0) return -1;
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(socket_fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Descriptor folder(open(g_folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return -1;
  int length =
      std::snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", g_folder, session::kSocketName);
  if (length < 0 || static_cast<std::size_t>(length) >= sizeof address.sun_path) {
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.get(),
                  session::kSocketName);
  }
  int done = 0;
  do {
    done = connect(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (done != 0 && errno == EINTR);
  return done == 0 ? socket_fd.release() : -1;
}

/// Receives the Welcome and the descriptor that comes with it (-1: none).
bool receiveWelcome(int socket, session::Welcome& welcome, int& memory) {
  memory = -1;
  iovec part{.iov_base = &welcome, .iov_len = sizeof welcome};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t received = 0;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (received < 0 && errno == EINTR);
  const cmsghdr* head = received > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    std::memcpy(&memory, CMSG_DATA(head), sizeof memory);
  }
  return received == sizeof welcome && welcome.magic == ring::kMagic && welcome.version == ring::kVersion &&
         welcome.accepted != 0 && memory >= 0;
}

/// Maps the block behind `memory`. errno on failure.
int mapBlock(int memory) {
  struct stat status {};
  if (fstat(memory, &status) != 0) return errno;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  // Not populated: what is never written to must not show in the program's resident size.
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (mapped == MAP_FAILED) return errno;
  if (addBlock(mapped, bytes)) return 0;
  munmap(mapped, bytes);
  return EPROTO;
}

/// One conversation with the daemon. True if a block came of it; the first one also puts the handler in
/// place.
bool converse(const session::Hello& hello) {
  Descriptor socket(connectToDaemon());
  if (socket.get() < 0 || !sendAll(socket.get(), &hello, sizeof hello)) return false;
  if (hello.refused != 0) return false;
  session::Welcome welcome{};
  int fd = -1;
  const bool welcomed = receiveWelcome(socket.get(), welcome, fd);
  Descriptor memory(fd);
  if (!welcomed) return false;

  session::Ready ready{.magic = ring::kMagic, .mapped = 0, .error = mapBlock(memory.get())};
  if (ready.error == 0 && hello.purpose == session::Purpose::kRegister) {
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    g_target.daemon_pid = known ? peer.pid : welcome.daemon_pid;
    g_target.active.store(true, std::memory_order_release);
    ready.error = installHandler();
    if (ready.error == 0) {
      showReady();
      if (t_thread.blocked) showBlocked(true);
    } else {
      g_target.active.store(false, std::memory_order_release);
    }
  }
  ready.mapped = ready.error == 0 ? 1 : 0;
  return sendAll(socket.get(), &ready, sizeof ready) && ready.mapped == 1;
}

template <class Function>
void findSymbol(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

std::uint32_t pythonVersion() {
  const std::uint32_t* number = nullptr;
  findSymbol(number, "Py_Version");
  if (number != nullptr) return *number;
  // Before 3.11. May be called before the interpreter is initialised; a text like "3.9.18 (main, ...".
  const char* (*text)() = nullptr;
  findSymbol(text, "Py_GetVersion");
  unsigned major = 0, minor = 0, micro = 0;
  if (text == nullptr || std::sscanf(text(), "%u.%u.%u", &major, &minor, &micro) != 3) return 0;
  if (major > 255 || minor > 255 || micro > 255) return 0;
  constexpr std::uint32_t kFinal = 0xf0;
  return (major << 24) | (minor << 16) | (micro << 8) | kFinal;
}

/// Learns what can be sampled here, or fills in why it cannot.
void examine(const void* runtime, session::Hello& hello) {
  const auto refuse = [&](session::Refusal refusal, const char* detail) {
    hello.refused = static_cast<std::uint32_t>(refusal);
    std::snprintf(hello.detail, sizeof hello.detail, "%s", detail);
  };
  hello.py_version = pythonVersion();
  hello.runtime = reinterpret_cast<std::uint64_t>(runtime);
  if (!canCheckMemory())
    return refuse(session::Refusal::kNoSafeRead, "the kernel does not tell what can be read");

  // Older versions have no table there, and a smaller runtime.
  const bool has_table = hello.py_version >= 0x030d0000;
  const std::span<const std::byte> bytes(static_cast<const std::byte*>(runtime),
                                         has_table ? interpreters::kRuntimeBytes : 0);
  const interpreters::LayoutSearch search = interpreters::findLayout(hello.py_version, bytes);
  if (!search.found()) {
    const bool unknown = search.problem == interpreters::LayoutProblem::kUnknownVersion;
    return refuse(unknown ? session::Refusal::kUnknownVersion : session::Refusal::kOddLayout, search.reason);
  }
  // The layouts before 3.13 are those of release builds; this name is in debug builds only.
  if (search.layout.minor < 13 && dlsym(RTLD_DEFAULT, "_Py_NegativeRefcount") != nullptr) {
    return refuse(session::Refusal::kOddLayout,
                  "a debug build of CPython before 3.13, whose layout is not known");
  }
  g_target.layout = search.layout;
  hello.free_threaded = search.layout.free_threaded ? 1 : 0;
  g_target.runtime = hello.runtime;
  const void* code_type = nullptr;
  findSymbol(code_type, "PyCode_Type");
  g_target.code_type = reinterpret_cast<std::uint64_t>(code_type);
  findSymbol(g_target.thread_state, "PyGILState_GetThisThreadState");
  if (search.layout.minor >= 12) {
    findSymbol(g_target.attached_thread_state,
               search.layout.minor == 12 ? "_PyThreadState_UncheckedGet" : "PyThreadState_GetUnchecked");
  }
  if (code_type == nullptr || g_target.thread_state == nullptr) {
    refuse(session::Refusal::kMissingSymbol,
           code_type == nullptr ? "PyCode_Type is missing" : "PyGILState_GetThisThreadState is missing");
  }
}

session::Hello makeHello(session::Purpose purpose) {
  session::Hello hello{};
  hello.magic = ring::kMagic;
  hello.version = ring::kVersion;
  hello.purpose = purpose;
  hello.pid = getpid();
  return hello;
}

/// Takes our own entry out of LD_PRELOAD; the program must not see it, and neither must children that it does
/// not reach (a program of another architecture would complain).
void cleanEnvironment() {
  unsetenv(session::kFolderVariable);
  const char* preload = getenv("LD_PRELOAD");
  if (preload == nullptr) return;
  char rest[kLongestPath];
  std::size_t length = 0;
  for (const char* at = preload; *at != '\0';) {
    const std::size_t entry = std::strcspn(at, ": ");
    const std::size_t name = sizeof kLibraryName - 1;
    const bool ours = entry >= name && std::memcmp(at + entry - name, kLibraryName, name) == 0 &&
                      (entry == name || at[entry - name - 1] == '/');
    if (!ours && entry != 0) {
      if (length + entry + 2 > sizeof rest) return;  // nothing is lost by leaving it
      if (length != 0) rest[length++] = ':';
      std::memcpy(rest + length, at, entry);
      length += entry;
    }
    at += entry;
    if (*at != '\0') ++at;
  }
  rest[length] = '\0';
  if (length == 0) {
    unsetenv("LD_PRELOAD");
  } else {
    setenv("LD_PRELOAD", rest, 1);
  }
}

void onThreadEnd(void*) {
  releaseSegment();
  threadEnded();
}

/// In a fork's child: its parent's ring is not its own.
void onForkedChild() {
  if (!g_target.active.exchange(false)) return;
  dropBlocks();
  removeHandler();
}

/// As far as the kernel lets the main thread's stack grow. With no limit a size that it hardly has: below
/// that frames are checked one by one.
std::uint64_t mainStackSize() {
  constexpr std::uint64_t kUnlimited = 64 << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  return limit.rlim_cur;
}

[[gnu::constructor]] void registerProcess() {
  const char* folder = getenv(session::kFolderVariable);
  if (folder == nullptr) return;
  const void* runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
  if (runtime == nullptr) return;
  const int saved = errno;
  const std::size_t length = std::strlen(folder);
  const bool usable = length != 0 && length < sizeof g_folder;
  if (usable) std::memcpy(g_folder, folder, length + 1);
  cleanEnvironment();
  if (usable) {
    session::Hello hello = makeHello(session::Purpose::kRegister);
    examine(runtime, hello);
    g_target.pid = hello.pid;
    // All frames of the main thread lie below what the kernel put on its stack.
    threadBegins(reinterpret_cast<void*>(getauxval(AT_RANDOM)), mainStackSize());
    if (hello.refused == 0 && (pthread_key_create(&g_thread_end, onThreadEnd) != 0 ||
                               pthread_atfork(nullptr, nullptr, onForkedChild) != 0)) {
      hello.refused = static_cast<std::uint32_t>(session::Refusal::kMissingSymbol);
      std::snprintf(hello.detail, sizeof hello.detail, "no thread key or fork hook is left");
    }
    converse(hello);
  }
  errno = saved;
}

/// Threads that are there already, and as many again; their segments are asked for ahead, since no
/// pthread_create of ours will see them start.
void requestBlocksForThreads() {
  std::uint32_t threads = 0;
  if (DIR* tasks = opendir("/proc/self/task")) {
    while (readdir(tasks) != nullptr) ++threads;
    closedir(tasks);
  }
  for (std::uint32_t segments = ring::kSegmentsPerBlock; segments < 2 * threads;
       segments += ring::kSegmentsPerBlock) {
    if (!converse(makeHello(session::Purpose::kMoreSegments))) return;
  }
}

}  // namespace

bool registerLate(const char* folder, session::Hello& hello) {
  static bool hooked = false;
  const std::size_t length = std::strlen(folder);
  hello = makeHello(session::Purpose::kRegister);
  const auto refuse = [&](session::Refusal refusal, const char* detail) {
    hello.refused = static_cast<std::uint32_t>(refusal);
    std::snprintf(hello.detail, sizeof hello.detail, "%s", detail);
    return false;
  };
  const void* runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
  if (runtime == nullptr || length >= sizeof g_folder)
    return refuse(session::Refusal::kMissingSymbol, "_PyRuntime is not to be found in this process");
  std::memcpy(g_folder, folder, length + 1);
  g_target.pid = hello.pid;
  examine(runtime, hello);
  if (hello.refused == 0 && !hooked) {
    if (pthread_atfork(nullptr, nullptr, onForkedChild) != 0)
      return refuse(session::Refusal::kMissingSymbol, "no fork hook is left");
    hooked = true;
  }
  if (!converse(hello)) return false;
  requestBlocksForThreads();
  return true;
}

void requestBlockIfNeeded() {
  if (!wantsBlock()) return;
  const int saved = errno;
  blockRequestDone(converse(makeHello(session::Purpose::kMoreSegments)));
  errno = saved;
}

void threadBegins(void* stack_top, std::uint64_t stack_size) {
  t_thread.stack_high = reinterpret_cast<std::uint64_t>(stack_top);
  t_thread.stack_size = stack_size;
  if (g_target.active.load(std::memory_order_acquire)) {
    // Any value but null has the destructor called.
    pthread_setspecific(g_thread_end, &t_thread);
    threadStarted();
  }
  sigset_t blocked;
  if (real().pthread_sigmask(SIG_BLOCK, nullptr, &blocked) == 0 && sigismember(&blocked, SIGURG) == 1) {
    showBlocked(true);
    // It was not known to block them when it was seen for the first time.
    if (g_target.active.load(std::memory_order_acquire)) swallowPending();
  }
}

}  // namespace pyrometer::sampler
