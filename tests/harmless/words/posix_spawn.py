"""posix_spawn with its masks, dispositions and files; and what children find in their environment."""
import os
import signal

from _help import burn

for i in range(20):
    burn(0.003)
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 6"], os.environ, setsigmask=[signal.SIGUSR1, signal.SIGURG],
                           setsigdef=[signal.SIGURG, signal.SIGPIPE])
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 6:
        print("wrong")
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
for environment in ({"ONLY": "this"}, {}, os.environ):
    child = os.posix_spawn("/usr/bin/env", ["env"], {k: v for k, v in environment.items() if k not in ("HOME", "XDG_STATE_HOME", "PWD")},
                           file_actions=[(os.POSIX_SPAWN_CLOSE, 0), (os.POSIX_SPAWN_DUP2, 1, 2)])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
child = os.posix_spawn("/bin/sh", ["sh", "-c", "grep -E '^Sig(Blk|Ign)|^ShdPnd' /proc/self/status"], os.environ,
                       setsigmask=[signal.SIGUSR1])
os.waitpid(child, 0)
