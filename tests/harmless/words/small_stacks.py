"""Programs started from little stack: a handler's alternate one, and a thread's of 64 KiB with a large environment."""
import ctypes
import os
import tempfile
import threading

from _help import burn, calls

library = calls()
with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(folder, "script")
    with open(script, "w") as file:
        file.write("#!/bin/sh\necho \"script $1\"\n")
    os.chmod(script, 0o755)
    for words, on_path in (["/bin/echo", "echo"], 0), (["echo", "echo on PATH"], 1), ([script, "by its path"], 0):
        array = (ctypes.c_char_p * 3)(*(word.encode() for word in words), None)
        print(library.exec_on_small_stack(array, on_path), flush=True)
burn(0.1)


def spawn(variables):
    environment = {f"V{i}": "x" for i in range(variables)} | {"PATH": os.environ["PATH"]}
    child = os.posix_spawn("/bin/sh", ["sh", "-c", f"echo $V{variables - 1}"], environment)
    print(variables, os.waitpid(child, 0)[1], flush=True)


for variables in 7400, 5800, 200:
    threading.stack_size(64 * 1024)
    thread = threading.Thread(target=spawn, args=(variables,))
    thread.start()
    thread.join()
burn(0.05)
