/* What the words call in C: things that Python does for itself otherwise, or would try again. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Burns CPU time of this thread; a pure computation, so that nothing but a signal comes between. */
static uint64_t work(int rounds) {
  volatile uint64_t sum = 1;
  for (int i = 0; i < rounds; ++i) sum = sum * 6364136223846793005u + 1442695040888963407u;
  return sum;
}

static void burn(double seconds) {
  const double end = now(CLOCK_THREAD_CPUTIME_ID) + seconds;
  while (now(CLOCK_THREAD_CPUTIME_ID) < end) work(2000);
}

void burn_in_c(double seconds) { burn(seconds); }

/* How often errno was not what was put there. */
long errno_changes(double seconds) {
  long changes = 0;
  const double end = now(CLOCK_THREAD_CPUTIME_ID) + seconds;
  do {
    errno = 77;
    work(20000);
    changes += errno != 77;
  } while (now(CLOCK_THREAD_CPUTIME_ID) < end);
  return changes;
}

/* Waits that a signal ends early: how many of `count` waits of `microseconds` did not end by the time's end.
   A little work before each, so that the thread is seen running and found asleep. */
enum Wait {
  kUsleep,
  kNanosleep,
  kClockNanosleep,
  kPoll,
  kPpoll,
  kSelect,
  kPselect,
  kEpoll,
  kSemaphore,
  kSigtimedwait
};

static int wait_once(enum Wait kind, long microseconds, int epoll, sem_t* semaphore) {
  struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
  struct timeval interval = {microseconds / 1000000, microseconds % 1000000};
  const int milliseconds = (int)(microseconds / 1000);
  sigset_t others;
  sigemptyset(&others);
  sigaddset(&others, SIGRTMIN + 3);
  switch (kind) {
    case kUsleep:
      return usleep((useconds_t)microseconds);
    case kNanosleep:
      return nanosleep(&time, NULL);
    case kClockNanosleep:
      return clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    case kPoll:
      return poll(NULL, 0, milliseconds);
    case kPpoll:
      return ppoll(NULL, 0, &time, NULL);
    case kSelect:
      return select(0, NULL, NULL, NULL, &interval);
    case kPselect:
      return pselect(0, NULL, NULL, NULL, &time, NULL);
    case kEpoll: {
      struct epoll_event event;
      return epoll_wait(epoll, &event, 1, milliseconds);
    }
    case kSemaphore: {
      clock_gettime(CLOCK_REALTIME, &time);
      time.tv_nsec += microseconds * 1000;
      time.tv_sec += time.tv_nsec / 1000000000;
      time.tv_nsec %= 1000000000;
      return sem_timedwait(semaphore, &time) == -1 && errno == ETIMEDOUT ? 0 : -1;
    }
    case kSigtimedwait:
      return sigtimedwait(&others, NULL, &time) == -1 && errno == EAGAIN ? 0 : -1;
  }
  return -1;
}

long waits_cut_short(int kind, int count, long microseconds) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  long cut = 0;
  for (int i = 0; i < count; ++i) {
    work(50000);
    const double begin = now(CLOCK_MONOTONIC);
    const int result = wait_once((enum Wait)kind, microseconds, epoll, &semaphore);
    /* The kernel's clocks for waiting and for reading may differ by their grain. */
    cut += result != 0 || now(CLOCK_MONOTONIC) - begin < (double)microseconds / 1e6 - 0.0001;
  }
  close(epoll);
  sem_destroy(&semaphore);
  return cut;
}

/* Waits that the kernel goes on with by itself (SA_RESTART): how many of `count` reads of a pipe did not
 * bring their byte. */
static int pipe_ends[2];
static void* write_slowly(void* memory) {
  for (int left = *(int*)memory; left > 0; --left) {
    usleep(200);
    if (write(pipe_ends[1], "x", 1) != 1) return memory;
  }
  return NULL;
}

long reads_cut_short(int count) {
  pthread_t writer;
  long failed = 0;
  if (pipe(pipe_ends) != 0 || pthread_create(&writer, NULL, write_slowly, &count) != 0) return -1;
  for (int got = 0; got < count;) {
    char byte;
    work(20000);
    const ssize_t n = read(pipe_ends[0], &byte, 1);
    got += n == 1;
    failed += n != 1;
  }
  pthread_join(writer, NULL);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  return failed;
}

/* A handler on an alternate stack of the usual size, itself sampled; what lies below the stack stays. */
static volatile sig_atomic_t handled_on_it;
static char *alternate, *alternate_end;

static void on_alternate(int number) {
  (void)number;
  char here;
  burn(0.02);
  handled_on_it += &here >= alternate && &here < alternate_end;
}

long alternate_stack(int signals) {
  const size_t size = (size_t)sysconf(_SC_SIGSTKSZ), below = 8192;
  char* memory = malloc(size + below);
  memset(memory, 0x5a, below);
  alternate = memory + below;
  alternate_end = alternate + size;
  stack_t stack = {.ss_sp = alternate, .ss_size = size}, found;
  struct sigaction action = {.sa_handler = on_alternate, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  handled_on_it = 0;
  for (int i = 0; i < signals; ++i) {
    raise(SIGUSR1);
    burn(0.01);
  }
  long wrong = signals - handled_on_it;
  sigaltstack(NULL, &found);
  wrong += found.ss_sp != alternate || found.ss_size != size || found.ss_flags != 0;
  for (size_t i = 0; i < below; ++i) wrong += memory[i] != 0x5a;
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, NULL);
  signal(SIGUSR1, SIG_DFL);
  free(memory);
  return wrong;
}

/* A handler that counts, and how the action for a signal reads (the C library's own flag is left out). */
static volatile sig_atomic_t signals_counted;

void count_signal(int number) {
  (void)number;
  ++signals_counted;
}

int take_count(void) {
  const int count = signals_counted;
  signals_counted = 0;
  return count;
}

int action_flags(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 ? action.sa_flags & ~0x04000000 : -1;
}

/* A crash reporter is started by a handler on an alternate stack that has 4800 bytes beside the kernel's
   frame, which is what the old SIGSTKSZ of 8 KiB leaves where that frame is large. Returns how it ended; each
   way of exec. */
static char* const* reporter;
static int by_path, reporter_status;

static void on_crash(int number) {
  (void)number;
  const pid_t child = fork();
  if (child == 0) {
    if (by_path) {
      execvp(reporter[0], reporter);
    } else {
      execv(reporter[0], reporter);
    }
    _exit(99);
  }
  waitpid(child, &reporter_status, 0);
}

int exec_on_small_stack(char* const* arguments, int on_path) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = getauxval(AT_MINSIGSTKSZ) + 4800;
  const size_t whole = (size + page - 1) / page * page;
  char* memory = mmap(NULL, page + whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory, page, PROT_NONE);
  stack_t stack = {.ss_sp = memory + page, .ss_size = size}, none = {.ss_flags = SS_DISABLE};
  struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK}, before;
  sigfillset(&action.sa_mask);
  reporter = arguments;
  by_path = on_path;
  reporter_status = -1;
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, NULL);
  sigaltstack(&none, NULL);
  munmap(memory, page + whole);
  return reporter_status;
}

/* A handler that leaves by a jump, thousands of times. */
static sigjmp_buf place;
static void jump(int number) {
  (void)number;
  siglongjmp(place, 1);
}

long jumps(double seconds) {
  const struct itimerval fast = {{0, 200}, {0, 200}}, off = {{0, 0}, {0, 0}};
  struct sigaction action = {.sa_handler = jump};
  sigaction(SIGALRM, &action, NULL);
  volatile long count = 0;
  const double end = now(CLOCK_MONOTONIC) + seconds;
  setitimer(ITIMER_REAL, &fast, NULL);
  while (now(CLOCK_MONOTONIC) < end) {
    if (sigsetjmp(place, 1) != 0)
      ++count;
    else
      for (;;) work(1000);
  }
  setitimer(ITIMER_REAL, &off, NULL);
  signal(SIGALRM, SIG_IGN);
  return count;
}

/* Two coroutines on small stacks of their own. */
static ucontext_t main_context, contexts[2];
static long turns;
static void turn(int self) {
  for (;;) {
    work(3000);
    ++turns;
    swapcontext(&contexts[self], turns % 100 == 0 ? &main_context : &contexts[1 - self]);
  }
}

long coroutines(double seconds) {
  const size_t size = 32768;
  char* stacks[2];
  for (int i = 0; i < 2; ++i) {
    stacks[i] = malloc(size);
    getcontext(&contexts[i]);
    contexts[i].uc_stack = (stack_t){.ss_sp = stacks[i], .ss_size = size};
    makecontext(&contexts[i], (void (*)(void))turn, 1, i);
  }
  const double end = now(CLOCK_MONOTONIC) + seconds;
  long rounds = 0;
  turns = 0;
  while (now(CLOCK_MONOTONIC) < end) {
    swapcontext(&main_context, &contexts[rounds % 2]);
    ++rounds;
  }
  free(stacks[0]);
  free(stacks[1]);
  return turns - rounds * 100;
}

/* On what is left of a stack where no signal has room, as a program may that has an alternate one for them.
   Returns how far it counted. */
enum { kPage = 4096, kSmallStack = 2 * kPage, kLeft = 1200 };
static volatile long counted;
static void count_up(int rounds) {
  volatile char used[kSmallStack - kLeft];
  for (size_t i = 0; i < sizeof used; i += 64) used[i] = 1;
  while (counted < rounds) ++counted;
}

long on_small_stack(int rounds) {
  ucontext_t here, there;
  const stack_t alternate = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  stack_t before;
  char* pages = mmap(NULL, kPage + kSmallStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages, kPage, PROT_NONE) != 0 || sigaltstack(&alternate, &before) != 0)
    return -1;
  counted = 0;
  getcontext(&there);
  there.uc_stack = (stack_t){.ss_sp = pages + kPage, .ss_size = kSmallStack};
  there.uc_link = &here;
  makecontext(&there, (void (*)(void))count_up, 1, rounds);
  swapcontext(&here, &there);
  sigaltstack(&before, NULL);
  munmap(pages, kPage + kSmallStack);
  free(alternate.ss_sp);
  return counted;
}

/* Threads that Python knows nothing of; each may call back. */
typedef void (*Callback)(int);
struct Started {
  Callback callback;
  int number;
  double seconds;
};
static void* run_thread(void* memory) {
  const struct Started* started = memory;
  burn(started->seconds);
  if (started->callback) started->callback(started->number);
  burn(started->seconds);
  return NULL;
}

int threads(int count, double seconds, Callback callback) {
  pthread_t ids[64];
  struct Started started[64];
  for (int i = 0; i < count; ++i) {
    started[i] = (struct Started){callback, i, seconds};
    if (pthread_create(&ids[i], NULL, run_thread, &started[i]) != 0) return -1;
  }
  for (int i = 0; i < count; ++i) pthread_join(ids[i], NULL);
  return count;
}

/* Pauses that something else than the one awaited signal ended. */
static volatile sig_atomic_t alarms;
static void on_alarm(int number) {
  (void)number;
  ++alarms;
}

long pauses_cut_short(int count, int by_suspend) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigset_t alarm_only, before;
  long cut = 0;
  sigaction(SIGALRM, &action, NULL);
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  for (int i = 0; i < count; ++i) {
    const struct itimerval once = {{0, 0}, {0, 3000}};
    work(50000);
    const int seen = alarms;
    if (by_suspend) {
      sigprocmask(SIG_BLOCK, &alarm_only, &before);
      setitimer(ITIMER_REAL, &once, NULL);
      sigsuspend(&before);
      sigprocmask(SIG_SETMASK, &before, NULL);
    } else {
      setitimer(ITIMER_REAL, &once, NULL);
      pause();
    }
    if (alarms == seen) {
      ++cut;
      while (alarms == seen) work(100);
    }
  }
  signal(SIGALRM, SIG_DFL);
  return cut;
}

/* A file descriptor for SIGURG and SIGUSR1, both blocked: what comes out of it while nothing is sent, and
 * after. */
int signals_of_descriptor(double seconds, int* numbers) {
  sigset_t both;
  struct signalfd_siginfo info;
  sigemptyset(&both);
  sigaddset(&both, SIGURG);
  sigaddset(&both, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &both, NULL);
  const int fd = signalfd(-1, &both, SFD_NONBLOCK | SFD_CLOEXEC);
  int count = 0;
  burn(seconds);
  while (read(fd, &info, sizeof info) == sizeof info) numbers[count++] = -(int)info.ssi_signo;
  kill(getpid(), SIGURG);
  kill(getpid(), SIGUSR1);
  burn(seconds);
  while (read(fd, &info, sizeof info) == sizeof info && count < 8) numbers[count++] = (int)info.ssi_signo;
  close(fd);
  pthread_sigmask(SIG_UNBLOCK, &both, NULL);
  return count;
}

/* vfork and exec, as a shell's would; returns the sum of the statuses. */
int vforks(int count, char* const command[]) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    burn(0.002);
    const pid_t child = vfork();
    if (child == 0) {
      execv(command[0], command);
      _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
  }
  return sum;
}

/* Recurses until the stack ends, for any depth that it could be given. */
long overflow(long depth) {
  volatile char frame[512];
  frame[depth % 512] = (char)depth;
  return depth < 0 ? 0 : overflow(depth - 1) + frame[(depth + 1) % 512];
}
