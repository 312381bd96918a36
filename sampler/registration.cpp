#include "sampler/registration.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>

#include "sampler/children_environment.h"
#include "sampler/exit_status.h"
#include "sampler/own_memory.h"
#include "sampler/pypy/names.h"
#include "sampler/pypy/start.h"
#include "sampler/real_exec.h"
#include "sampler/real_functions.h"
#include "sampler/ring.h"
#include "sampler/session.h"
#include "sampler/session_client.h"
#include "sampler/signal_handler.h"
#include "sampler/target.h"
#include "sampler/unwind_area.h"

namespace pyrometer::sampler {

namespace {

pthread_key_t g_thread_end;

constexpr char kNoSafeRead[] = "the kernel does not tell what can be read";

/// What a forked child tells of itself: it has its parent's interpreter.
std::uint32_t g_py_version, g_free_threaded, g_pypy_version;
/// This process was forked and has not registered. Our handler stands, and the parent's ring is still mapped.
constinit std::atomic<bool> g_forked{false};
/// How often it has asked the daemon in vain.
constinit int g_tries = 0;

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

/// A process that cannot map it (a limit on its address space) does without native frames.
void useUnwindArea(int memory, std::uint32_t place) {
  g_target.unwind_place.store(0, std::memory_order_relaxed);
  if (place == 0) return;
  if (memory >= 0) {
    void* mapped = mmap(nullptr, unwind::kAreaBytes, PROT_READ, MAP_SHARED | MAP_NORESERVE, memory, 0);
    const std::uint8_t* before = g_target.unwind_area.exchange(
        mapped == MAP_FAILED ? nullptr : static_cast<const std::uint8_t*>(mapped), std::memory_order_acq_rel);
    // Of a session that has ended, and with it its handlers.
    if (before != nullptr) munmap(const_cast<std::uint8_t*>(before), unwind::kAreaBytes);
  }
  g_target.unwind_place.store(place, std::memory_order_release);
}

/// The handler is in place and samples are to be taken. errno, else 0.
int begin(bool forked) {
  g_target.active.store(true, std::memory_order_release);
  const int error = forked ? 0 : installHandler();
  if (error != 0) {
    g_target.active.store(false, std::memory_order_release);
    return error;
  }
  g_target.installed.store(true, std::memory_order_release);
  showReady();
  if (t_thread.blocked) showBlocked(true);
  return 0;
}

void forgetParent();

/// One conversation with the daemon. True if a block came of it; the first one also begins. Where it was not
/// `answered` nothing has changed.
bool converse(const Descriptor& socket, const session::Hello& hello, bool& answered) {
  answered = false;
  if (socket.get() < 0 || !sendAll(socket.get(), &hello, sizeof hello)) return false;
  session::Welcome welcome{};
  int fd = -1;
  int unwind_fd = -1;
  // None comes to who is refused; but until the socket is closed the daemon may want to know who that is.
  const bool welcomed = receiveWelcome(socket.get(), welcome, fd, unwind_fd);
  const Descriptor memory(fd);
  const Descriptor unwind(unwind_fd);
  if (hello.refused != 0) return false;
  answered = welcome.magic == ring::kMagic;
  g_target.children = welcome.children != 0;
  if (!welcomed) return false;

  if (hello.purpose == session::Purpose::kForked) forgetParent();
  session::Ready ready{.magic = ring::kMagic, .mapped = 0, .error = mapBlock(memory.get())};
  if (ready.error == 0 && hello.purpose != session::Purpose::kMoreSegments) {
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    g_target.daemon_pid = known ? peer.pid : welcome.daemon_pid;
    useUnwindArea(unwind.get(), welcome.unwind);
    ready.error = begin(hello.purpose == session::Purpose::kForked);
  }
  ready.mapped = ready.error == 0 ? 1 : 0;
  return sendAll(socket.get(), &ready, sizeof ready) && ready.mapped == 1;
}

bool converse(const session::Hello& hello, Patience patience) {
  bool answered = false;
  return converse(Descriptor(connectToDaemon(patience)), hello, answered);
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
    setDetail(hello, detail);
  };
  hello.py_version = pythonVersion();
  hello.runtime = reinterpret_cast<std::uint64_t>(runtime);
  if (!canCheckMemory()) return refuse(session::Refusal::kNoSafeRead, kNoSafeRead);

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

void onThreadEnd(void*) {
  returnLeftPages();
  releaseSegment();
  threadEnded();
}

/// This process takes no samples, now and later.
void retire() {
  removeHandler();
  g_target.installed.store(false, std::memory_order_release);
  dropBlocks();
}

/// In a fork's child: its parent's ring is not its own. It may be about to exec, or in a state in which next
/// to nothing is allowed, so it only leaves its pid; who goes on running is asked to register (session.h).
void onForkedChild() {
  if (!g_target.installed.load(std::memory_order_acquire)) return;
  pypy::namesAfterFork();
  g_target.active.store(false, std::memory_order_release);
  g_target.pid = getpid();
  t_thread.segment = nullptr;
  g_tries = 0;
  if (!g_target.children) return retire();
  g_forked.store(true, std::memory_order_release);
  // Where our signal is blocked, or the program's own to handle, it would never be answered; in a pid
  // namespace of its own our pid means nothing.
  if (t_thread.blocked || programHandles() || getppid() == 0) {
    registerForkedChild();
  } else {
    announceFork(g_target.pid);
  }
}

/// The parent's code objects are described in the parent's part of the stream.
void forgetCodes() {
  auto* begin = reinterpret_cast<std::uint8_t*>(&g_target.codes);
  auto* end = begin + sizeof g_target.codes;
  constexpr std::uintptr_t kPage = 4096;
  auto* first =
      reinterpret_cast<std::uint8_t*>((reinterpret_cast<std::uintptr_t>(begin) + kPage - 1) & ~(kPage - 1));
  auto* last = reinterpret_cast<std::uint8_t*>(reinterpret_cast<std::uintptr_t>(end) & ~(kPage - 1));
  // Zero pages, without copying 1.5 MB first.
  if (madvise(first, static_cast<std::size_t>(last - first), MADV_DONTNEED) != 0) first = last = end;
  std::memset(begin, 0, static_cast<std::size_t>(first - begin));
  std::memset(last, 0, static_cast<std::size_t>(end - last));
}

/// For a fork's child, whose parent's memory is not its own.
void forgetParent() {
  dropBlocks();
  forgetCodes();
  pypy::forgetDescribed();
}

/// As far as the kernel lets the main thread's stack grow. With no limit a size that it hardly has: below
/// that frames are checked one by one.
std::uint64_t mainStackSize() {
  constexpr std::uint64_t kUnlimited = 64 << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  return limit.rlim_cur;
}

/// Makes the process known, as `hello` has it; samples are taken if the daemon wants them.
void registerAs(session::Hello& hello) {
  g_target.pid = hello.pid;
  g_py_version = hello.py_version;
  g_free_threaded = hello.free_threaded;
  g_pypy_version = hello.pypy_version;
  // All frames of the main thread lie below what the kernel put on its stack.
  threadBegins(reinterpret_cast<void*>(getauxval(AT_RANDOM)), mainStackSize());
  if (hello.refused == 0 && (pthread_key_create(&g_thread_end, onThreadEnd) != 0 ||
                             pthread_atfork(nullptr, nullptr, onForkedChild) != 0)) {
    hello.refused = static_cast<std::uint32_t>(session::Refusal::kMissingSymbol);
    setDetail(hello, "no thread key or fork hook is left");
  }
  g_target.children = true;
  converse(hello, Patience::kLong);
  if (!g_target.children) stopPassing();
  if (g_target.installed.load(std::memory_order_acquire)) noteExitStatus();
}

[[gnu::constructor]] void registerProcess() {
  const int saved = errno;
  if (!takeSession()) {
    errno = saved;
    return;
  }
  real();
  realExec();
  if (const void* runtime = dlsym(RTLD_DEFAULT, "_PyRuntime")) {
    session::Hello hello = makeHello(session::Purpose::kRegister);
    examine(runtime, hello);
    registerAs(hello);
  } else if (dlsym(RTLD_DEFAULT, "pypy_main_startup") != nullptr) {
    pypy::prepare();
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
    if (!converse(makeHello(session::Purpose::kMoreSegments), Patience::kLong)) return;
  }
}

}  // namespace

bool registerLate(const char* folder, session::Hello& hello) {
  static bool hooked = false;
  hello = makeHello(session::Purpose::kRegister);
  const auto refuse = [&](session::Refusal refusal, const char* detail) {
    hello.refused = static_cast<std::uint32_t>(refusal);
    setDetail(hello, detail);
    return false;
  };
  const void* runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
  if (runtime == nullptr || !keepFolder(folder))
    return refuse(session::Refusal::kMissingSymbol, "_PyRuntime is not to be found in this process");
  g_target.pid = hello.pid;
  examine(runtime, hello);
  if (hello.refused == 0 && !hooked) {
    if (pthread_atfork(nullptr, nullptr, onForkedChild) != 0)
      return refuse(session::Refusal::kMissingSymbol, "no fork hook is left");
    hooked = true;
  }
  if (!converse(hello, Patience::kLong)) return false;
  requestBlocksForThreads();
  return true;
}

bool registerPypy(std::uint32_t py_version, std::uint32_t pypy_version) {
  session::Hello hello = makeHello(session::Purpose::kRegister);
  hello.py_version = py_version;
  hello.pypy_version = pypy_version;
  if (!canCheckMemory()) {
    hello.refused = static_cast<std::uint32_t>(session::Refusal::kNoSafeRead);
    setDetail(hello, kNoSafeRead);
  }
  g_target.pypy = true;
  registerAs(hello);
  return g_target.installed.load(std::memory_order_acquire);
}

void refusePypy(const char* why) {
  session::Hello hello = makeHello(session::Purpose::kRegister);
  hello.refused = static_cast<std::uint32_t>(session::Refusal::kNotPrepared);
  setDetail(hello, why);
  converse(hello, Patience::kShort);
}

void requestBlockIfNeeded() {
  if (!wantsBlock()) return;
  const int saved = errno;
  blockRequestDone(converse(makeHello(session::Purpose::kMoreSegments), Patience::kLong));
  errno = saved;
}

void registerForkedChild() {
  // A child of vfork is not the process that was forked.
  if (!g_forked.load(std::memory_order_acquire) || getpid() != g_target.pid || !g_forked.exchange(false))
    return;
  const int saved = errno;
  errno = 0;
  const Descriptor socket(connectToDaemon(Patience::kShort));
  session::Hello hello = makeHello(session::Purpose::kForked);
  hello.py_version = g_py_version;
  hello.free_threaded = g_free_threaded;
  hello.pypy_version = g_pypy_version;
  hello.runtime = g_target.runtime;
  bool answered = false;
  if (!converse(socket, hello, answered)) {
    // The daemon may wait for a core or for the disk, longer than a program can: it is asked again.
    constexpr int kMostTries = 3;
    if (!answered && errno == EAGAIN && ++g_tries < kMostTries) {
      g_target.children = true;
      g_forked.store(true, std::memory_order_release);
    } else {
      // It has dropped its rights, perhaps. Said in its parent's memory: it may be read from outside.
      if (!answered) announceFork(g_target.pid, true);
      retire();
    }
  }
  errno = saved;
}

void stepBack() {
  constexpr timespec kWait{.tv_sec = 0, .tv_nsec = 500'000};
  constexpr int kMostWaits = 200;
  showOwnHandler(true);
  g_target.installed.store(false, std::memory_order_release);
  g_target.active.store(false);
  removeHandler();
  int waits = 0;
  do {
    real().nanosleep(&kWait, nullptr);
  } while (g_target.handlers.load() != 0 && ++waits < kMostWaits);
}

void comeBack() { begin(false); }

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
