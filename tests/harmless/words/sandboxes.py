"""Filters that kill for calls which the program does not make: its threads, children, programs and masks."""
import ctypes
import os
import signal
import struct
import subprocess
import sys
import threading

from _help import burn

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER, SET_MODE_FILTER, FLAG_TSYNC = 22, 38, 2, 1, 1
NUMBERS = {"x86_64": dict(seccomp=317, socket=41, connect=42, getppid=110, clock_gettime=228, sched_getaffinity=204,
                          clock_nanosleep=230),
           "aarch64": dict(seccomp=277, socket=198, connect=203, getppid=173, clock_gettime=113, sched_getaffinity=123,
                           clock_nanosleep=115)}[os.uname().machine]
# From 3.14 on the interpreter asks it for each thread.
FORBIDDEN = [name for name in NUMBERS if name != "seccomp" and (name != "sched_getaffinity" or sys.version_info < (3, 14))]
libc = ctypes.CDLL(None, use_errno=True)


def filtering():
    """struct sock_fprog: the number of the call; those that are forbidden end the process, all others go on."""
    load, equal, give = 0x20, 0x15, 0x06
    code = struct.pack("HBBI", load, 0, 0, 0)
    for name in FORBIDDEN:
        code += struct.pack("HBBI", equal, 0, 1, NUMBERS[name]) + struct.pack("HBBI", give, 0, 0, 0x80000000)
    code += struct.pack("HBBI", give, 0, 0, 0x7fff0000)
    kept = ctypes.create_string_buffer(code, len(code))
    return struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(kept)), kept


def enter(everyone=False):
    program, kept = filtering()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if everyone:
        print(libc.syscall(NUMBERS["seccomp"], SET_MODE_FILTER, FLAG_TSYNC, program), flush=True)
    else:
        print(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0), flush=True)


def work(count=2_000_000):
    for number in range(count):
        pass


def in_thread():
    enter()
    threads = [threading.Thread(target=work) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def with_others():
    threads = [threading.Thread(target=work, args=(8_000_000,)) for number in range(2)]
    for thread in threads:
        thread.start()
    enter(everyone=True)
    work()
    for thread in threads:
        thread.join()


def in_child():
    enter()
    child = os.fork()
    work()
    if child == 0:
        os._exit(3)
    print(os.waitpid(child, 0)[1])


def in_program():
    enter()
    print(subprocess.run([sys.executable, "-S", "-c", "print(sum(range(3000000)))"]).returncode)


def with_mask():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    enter()
    print(signal.pthread_sigmask(signal.SIG_SETMASK, before), signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG]))
    work()
    print(signal.pthread_sigmask(signal.SIG_SETMASK, before), signal.sigpending())
    work()


def with_handler():
    seen = []
    signal.signal(signal.SIGURG, lambda *rest: seen.append(1))
    enter()
    for number in range(20):
        work(50_000)
        os.kill(os.getpid(), signal.SIGURG)
    print(len(seen), signal.signal(signal.SIGURG, signal.SIG_DFL) is not None)


def none_after_all():
    print(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, None, 0, 0), ctypes.get_errno() != 0)
    burn()
    print(signal.getsignal(signal.SIGURG), signal.pthread_sigmask(signal.SIG_BLOCK, []))


for way in (in_thread, with_others, in_child, in_program, with_mask, with_handler, none_after_all):
    print(way.__name__, flush=True)
    child = os.fork()
    if child == 0:
        # Sampled for certain: not forked just now.
        work(300_000)
        way()
        sys.stdout.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
none_after_all()
