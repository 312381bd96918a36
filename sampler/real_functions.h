#pragma once

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>

/// The functions that we stand in front of, as the program would have found them.
namespace pyrometer::sampler {

struct RealFunctions {
  int (*pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  int (*sigaction)(int, const struct sigaction*, struct sigaction*);
  void (*(*signal)(int, void (*)(int)))(int);
  int (*siginterrupt)(int, int);
  int (*sigprocmask)(int, const sigset_t*, sigset_t*);
  int (*pthread_sigmask)(int, const sigset_t*, sigset_t*);
  int (*sigpending)(sigset_t*);
  int (*sigwait)(const sigset_t*, int*);
  int (*sigwaitinfo)(const sigset_t*, siginfo_t*);
  int (*sigtimedwait)(const sigset_t*, siginfo_t*, const timespec*);
  int (*signalfd)(int, const sigset_t*, int);

  int (*pause)();
  int (*sigsuspend)(const sigset_t*);
  int (*clock_nanosleep)(clockid_t, int, const timespec*, timespec*);
  int (*nanosleep)(const timespec*, timespec*);
  int (*usleep)(useconds_t);
  unsigned (*sleep)(unsigned);
  int (*poll)(pollfd*, nfds_t, int);
  int (*poll_chk)(pollfd*, nfds_t, int, std::size_t);
  int (*ppoll)(pollfd*, nfds_t, const timespec*, const sigset_t*);
  int (*select)(int, fd_set*, fd_set*, fd_set*, timeval*);
  int (*pselect)(int, fd_set*, fd_set*, fd_set*, const timespec*, const sigset_t*);
  int (*epoll_wait)(int, epoll_event*, int, int);
  int (*epoll_pwait)(int, epoll_event*, int, int, const sigset_t*);
  int (*epoll_pwait2)(int, epoll_event*, int, const timespec*, const sigset_t*);
  int (*sem_wait)(sem_t*);
  int (*sem_timedwait)(sem_t*, const timespec*);
  int (*sem_clockwait)(sem_t*, clockid_t, const timespec*);
  int (*semop)(int, sembuf*, std::size_t);
  int (*semtimedop)(int, sembuf*, std::size_t, const timespec*);
  int (*msgsnd)(int, const void*, std::size_t, int);
  ssize_t (*msgrcv)(int, void*, std::size_t, long, int);

  ssize_t (*read)(int, void*, std::size_t);
  int (*close)(int);
  int (*pipe2)(int*, int);
  int (*mincore)(void*, std::size_t, unsigned char*);
  int (*setitimer)(__itimer_which_t, const itimerval*, itimerval*);
  int (*register_atfork)(void (*)(), void (*)(), void (*)(), void*);

  ssize_t (*write)(int, const void*, std::size_t);
  ssize_t (*writev)(int, const iovec*, int);
  ssize_t (*send)(int, const void*, std::size_t, int);
  ssize_t (*sendto)(int, const void*, std::size_t, int, const sockaddr*, socklen_t);
  ssize_t (*sendmsg)(int, const msghdr*, int);
  ssize_t (*sendfile)(int, int, off_t*, std::size_t);
  ssize_t (*recv)(int, void*, std::size_t, int);
  ssize_t (*recv_chk)(int, void*, std::size_t, std::size_t, int);
  ssize_t (*recvfrom)(int, void*, std::size_t, int, sockaddr*, socklen_t*);
  ssize_t (*recvfrom_chk)(int, void*, std::size_t, std::size_t, int, sockaddr*, socklen_t*);
  ssize_t (*recvmsg)(int, msghdr*, int);

  int (*prctl)(int, ...);
  long (*syscall)(long, ...);
};

/// Looked up at the first call, which may come from another library's constructor before ours has run.
const RealFunctions& real();

}  // namespace pyrometer::sampler
