"""One situation a word: situations.py WORD. Prints what the program saw, as JSON."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pyrometer
from work import burn


def work():
    burn(0.4)


def enable(**options):
    file = open("out.prof", "w+b")
    pyrometer.enable(file.fileno(), **options)
    return file


def handler_before():
    """A handler of the program's own gets the program's signals and none of the sampler's, also when it is over."""
    hits = []
    signal.signal(signal.SIGURG, lambda *_: hits.append(1))
    with enable():
        os.kill(os.getpid(), signal.SIGURG)
        work()
        pyrometer.disable()
    os.kill(os.getpid(), signal.SIGURG)
    burn(0.01)
    return {"hits": len(hits), "same": callable(signal.getsignal(signal.SIGURG))}


def handler_later():
    """One that takes the place of the sampler's: its stacks are read from outside, and next to no signals meet it."""
    hits = []
    with enable():
        work()
        signal.signal(signal.SIGURG, lambda *_: hits.append(1))
        work()
        work()
        pyrometer.disable()
    return {"strays": len(hits), "kept": callable(signal.getsignal(signal.SIGURG))}


def decorated_in_threads():
    """Four threads call one decorated function at once: none of them fails, and the recording is the first one's."""
    together = threading.Barrier(4)
    answers = []

    @pyrometer.profile("out.prof")
    def decorated():
        burn(0.1)
        return "returned"

    def call():
        together.wait()
        answers.append(decorated())

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"answers": answers, "enabled": pyrometer.is_enabled()}


def refused_within():
    """A recording within a recording is refused, and what the first one writes is not emptied."""
    with pyrometer.profile("out.prof"):
        work()
        try:
            with pyrometer.profile("out.prof"):
                pass
        except pyrometer.AlreadyRecording as error:
            return str(error)


def any_child():
    """Whoever waits for any child meets his own ones only, and so does a handler of SIGCHLD."""
    children = []
    signal.signal(signal.SIGCHLD, lambda *_: children.append(1))
    seen = []

    def look():
        try:
            seen.append(os.waitpid(-1, os.WNOHANG)[0])
        except ChildProcessError:
            seen.append("none")

    stop = threading.Event()

    def keep_looking():
        while not stop.is_set():
            look()
            time.sleep(0.0005)

    watcher = threading.Thread(target=keep_looking)
    watcher.start()
    with enable():
        burn(0.1)
        pyrometer.disable()
    stop.set()
    watcher.join()
    begun = len(children)
    process = subprocess.Popen([sys.executable, "-c", ""])
    mine = os.wait()[0] == process.pid
    process.returncode = 0
    look()
    return {"seen": sorted(set(map(str, seen))), "signals": begun, "mine": mine}


def blocked():
    """A thread that blocks the signal is sampled from outside and finds none of them pending."""
    go, pending = threading.Event(), []

    def deaf():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
        go.wait()
        burn(0.4)
        pending.extend(map(int, signal.sigpending()))

    thread = threading.Thread(target=deaf)
    thread.start()
    with enable():
        go.set()
        thread.join()
        pyrometer.disable()
    return {"pending": pending}


def forked():
    """A fork's child is not sampled, and may begin a recording of its own."""
    with enable():
        child = os.fork()
        if child == 0:
            said = {"enabled": pyrometer.is_enabled(), "path": pyrometer.get_profile_path()}
            burn(0.2)
            with open("child.prof", "w+b") as file:
                pyrometer.enable(file.fileno())
                work()
                pyrometer.disable()
            with open("child.json", "w") as file:
                json.dump(said, file)
            os._exit(0)
        work()
        os.waitpid(child, 0)
        pyrometer.disable()
    with open("child.json") as file:
        return json.load(file)


def real_time():
    """Only the chosen threads, and waiting counts."""
    said = {}

    def chosen():
        begin = time.monotonic()
        time.sleep(2)
        said["slept"] = time.monotonic() - begin

    def ignored():
        time.sleep(2)

    with enable(real_time=True, period=0.005):
        begin = time.monotonic()
        threads = [threading.Thread(target=chosen), threading.Thread(target=ignored)]
        for thread in threads:
            thread.start()
        said["chosen"] = pyrometer.insert_real_time_thread(threads[0].ident)
        said["unknown"] = pyrometer.insert_real_time_thread(12345)
        for thread in threads:
            thread.join()
        said["left"] = pyrometer.remove_real_time_thread()
        said["main"] = time.monotonic() - begin
        time.sleep(0.3)
        pyrometer.disable()
    said["disabled"] = pyrometer.insert_real_time_thread()
    return said


def closed():
    """The descriptor, and every other one, is closed meanwhile."""
    enable()
    os.closerange(3, 4096)
    work()
    path = pyrometer.get_profile_path()
    pyrometer.disable()
    return {"path": path}


def pipe():
    """Read by a thread of the program, as it comes."""
    reading, writing = os.pipe()
    pyrometer.enable(writing, lines=True)
    os.close(writing)
    with open("out.prof", "wb") as file, open(reading, "rb") as source:
        work()
        copier = threading.Thread(target=lambda: file.write(source.read()))
        copier.start()
        pyrometer.disable()
        copier.join()


def nobody_reads():
    """A pipe that nobody reads holds nobody up."""
    reading, writing = os.pipe()
    for _ in range(16):
        os.write(writing, bytes(4096))
    pyrometer.enable(writing)
    work()
    try:
        pyrometer.disable()
        return {"said": ""}
    except pyrometer.VMProfError as error:
        return {"said": str(error), "enabled": pyrometer.is_enabled()}


def full():
    """A disk without room."""
    with open("/dev/full", "wb") as file:
        pyrometer.enable(file.fileno())
        work()
        try:
            pyrometer.disable()
        except OSError as error:
            return {"errno": error.errno, "said": str(error), "enabled": pyrometer.is_enabled()}


def again():
    """Recordings one after the other leave no memory and no descriptors behind."""
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4

    def once():
        with enable():
            burn(0.005)
            pyrometer.disable()
        return resident(), len(os.listdir("/proc/self/fd"))

    for _ in range(3):
        first = once()
    for _ in range(12):
        last = once()
    return {"grown": last[0] - first[0], "descriptors": last[1] - first[1]}


def refused():
    """What is wrong is said where it is done."""
    said = {}

    def attempt(name, call, *arguments, **options):
        try:
            call(*arguments, **options)
            said[name] = None
        except Exception as error:
            said[name] = [type(error).__name__, str(error)]

    with open("out.prof", "w+b") as file, open("out.prof", "rb") as unwritable:
        fileno = file.fileno()
        attempt("no descriptor", pyrometer.enable, 12345)
        attempt("no number", pyrometer.enable, "out.prof")
        attempt("unwritable", pyrometer.enable, unwritable.fileno())
        attempt("too long", pyrometer.enable, fileno, 2.0)
        attempt("too short", pyrometer.enable, fileno, period=0.00001)
        attempt("no period", pyrometer.enable, fileno, period="often")
        attempt("native", pyrometer.enable, fileno, native=True)
        attempt("stop", pyrometer.stop_sampling)
        attempt("disable", pyrometer.disable)
        pyrometer.enable(fileno)
        attempt("twice", pyrometer.enable, fileno)
        pyrometer.disable()
    return said


def forgotten():
    enable()
    work()


def left():
    enable()
    work()
    os._exit(3)


def killed():
    enable()
    work()
    os.kill(os.getpid(), signal.SIGKILL)


def replaced():
    file = enable()
    work()
    os.set_inheritable(file.fileno(), True)
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])


def recorder_killed():
    """The recorder is gone: the program goes on, and is told when it asks."""
    enable()
    work()
    os.kill(recorder_of(os.getpid()), signal.SIGKILL)
    burn(0.3)
    try:
        pyrometer.disable()
    except pyrometer.VMProfError as error:
        return {"said": str(error), "enabled": pyrometer.is_enabled()}


def recorder_of(pid):
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if words[1:4] == [b"record", b"--pid", str(pid).encode()]:
            return int(entry)
    raise LookupError("nobody records")


def keyboard():
    """Ctrl-C and a hang-up of the terminal are not for the recorder."""
    enable()
    group = os.getpgid(recorder_of(os.getpid()))
    work()
    pyrometer.disable()
    return {"apart": group != os.getpgid(0)}


def names():
    """The present stack, by address and by name."""
    def inner():
        return pyrometer.sample_stack_now(), pyrometer.sample_stack_now(skip=1)

    whole, skipped = inner()
    places = pyrometer.resolve_many_addr(whole)
    import ctypes
    symbol = ctypes.cast(ctypes.CDLL(None).malloc, ctypes.c_void_p).value
    return {"stack": [places[addr][0].rpartition(".")[2] for addr in whole], "skipped": whole[1:] == skipped,
            "line": pyrometer.resolve_addr(whole[0])[1:], "native": pyrometer.resolve_addr(symbol)[0],
            "unknown": pyrometer.resolve_addr(3), "many": pyrometer.resolve_many_addr([3, symbol]).keys() == {symbol}}


if __name__ == "__main__":
    result = globals()[sys.argv[1]]()
    if result is not None:
        print(json.dumps(result))
