"""A limit of file size: the program meets it as without us, whatever the recording's files do."""
# limits: -f 64
# samples: 0
import resource
import signal

from _help import burn

print(resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ))
burn(0.3)
with open("large", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError as error:
        print(error.errno, file.tell())
print(signal.signal(signal.SIGXFSZ, signal.SIG_DFL))
