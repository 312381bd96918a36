"""Other rights: setgroups, setgid, setuid to nobody; where one may not, the same refusal."""
import os
import threading

from _help import burn

burn(0.05)
for change in (lambda: os.setgroups([]), lambda: os.setgid(65534), lambda: os.setuid(65534)):
    try:
        change()
        print("done")
    except PermissionError as error:
        print(error.strerror)
    burn(0.05)
threads = [threading.Thread(target=burn, args=(0.002,)) for i in range(100)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(os.getresuid()[0] == os.getresuid()[2])
