"""exec: the same process goes on as another program, and as Python again."""
# status: 9
import os
import sys

from _help import burn

burn(0.1)
number = int(os.environ.get("NUMBER", "0"))
print(number, os.environ.get("LD_PRELOAD"), [name for name in os.environ if "PYROMETER" in name], flush=True)
if number < 3:
    os.execve(sys.executable, [sys.executable, __file__], os.environ | {"NUMBER": str(number + 1)})
os.execv("/bin/sh", ["sh", "-c", "echo shell $NUMBER $LD_PRELOAD; exit 9"])
