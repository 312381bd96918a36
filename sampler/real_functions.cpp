#include "sampler/real_functions.h"

#include <dlfcn.h>

#include <atomic>

namespace pyrometer::sampler {

namespace {

constinit RealFunctions g_real{};
constinit std::atomic<bool> g_known{false};

template <class Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

const RealFunctions& real() {
  // Two threads may both look; they find the same.
  if (!g_known.load(std::memory_order_acquire)) {
    find(g_real.pthread_create, "pthread_create");
    find(g_real.sigaction, "sigaction");
    find(g_real.signal, "signal");
    find(g_real.siginterrupt, "siginterrupt");
    find(g_real.sigprocmask, "sigprocmask");
    find(g_real.pthread_sigmask, "pthread_sigmask");
    find(g_real.sigpending, "sigpending");
    find(g_real.sigwait, "sigwait");
    find(g_real.sigwaitinfo, "sigwaitinfo");
    find(g_real.sigtimedwait, "sigtimedwait");
    find(g_real.signalfd, "signalfd");
    find(g_real.pause, "pause");
    find(g_real.sigsuspend, "sigsuspend");
    find(g_real.clock_nanosleep, "clock_nanosleep");
    find(g_real.nanosleep, "nanosleep");
    find(g_real.usleep, "usleep");
    find(g_real.sleep, "sleep");
    find(g_real.poll, "poll");
    find(g_real.ppoll, "ppoll");
    find(g_real.select, "select");
    find(g_real.pselect, "pselect");
    find(g_real.epoll_wait, "epoll_wait");
    find(g_real.epoll_pwait, "epoll_pwait");
    find(g_real.epoll_pwait2, "epoll_pwait2");
    find(g_real.sem_wait, "sem_wait");
    find(g_real.sem_timedwait, "sem_timedwait");
    find(g_real.sem_clockwait, "sem_clockwait");
    find(g_real.semop, "semop");
    find(g_real.semtimedop, "semtimedop");
    find(g_real.msgsnd, "msgsnd");
    find(g_real.msgrcv, "msgrcv");
    find(g_real.poll_chk, "__poll_chk");
    find(g_real.read, "read");
    find(g_real.close, "close");
    find(g_real.pipe2, "pipe2");
    find(g_real.mincore, "mincore");
    find(g_real.setitimer, "setitimer");
    find(g_real.register_atfork, "__register_atfork");
    find(g_real.write, "write");
    find(g_real.writev, "writev");
    find(g_real.send, "send");
    find(g_real.sendto, "sendto");
    find(g_real.sendmsg, "sendmsg");
    find(g_real.sendfile, "sendfile");
    find(g_real.recv, "recv");
    find(g_real.recv_chk, "__recv_chk");
    find(g_real.recvfrom, "recvfrom");
    find(g_real.recvfrom_chk, "__recvfrom_chk");
    find(g_real.recvmsg, "recvmsg");
    find(g_real.prctl, "prctl");
    find(g_real.syscall, "syscall");
    g_known.store(true, std::memory_order_release);
  }
  return g_real;
}

}  // namespace pyrometer::sampler
