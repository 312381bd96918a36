"""Large transfers through sockets that are full or not yet filled are whole, by each of the calls that make them."""
# rate: 10000
# samples: 100
import array
import ctypes
import os
import socket
import tempfile
import threading

from _help import burn

COUNT, SIZE = 40, 300_000
data = bytes(range(256)) * (SIZE // 256 + 1)
data = data[:SIZE]
library = ctypes.CDLL(None, use_errno=True)
library.sendto.restype = library.recvfrom.restype = library.writev.restype = ctypes.c_ssize_t


def read(end, wanted, wrong):
    """Slowly, so that the other end is full."""
    received = 0
    while received < wanted and (piece := end.recv(8192)):
        at = received % SIZE
        wrong += (data + data)[at:at + len(piece)] != piece
        received += len(piece)
        sum(range(200))
    wrong.append(received)


class Wrong(list):
    def __iadd__(self, one):
        if one:
            self.append("wrong bytes")
        return self


def sends(name, call):
    sending, reading = socket.socketpair()
    sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    wrong = Wrong()
    thread = threading.Thread(target=read, args=(reading, COUNT * SIZE, wrong))
    thread.start()
    short = 0
    for _ in range(COUNT):
        sum(range(2000))
        short += call(sending) != SIZE
    sending.close()
    thread.join()
    reading.close()
    print(name, short, wrong, flush=True)


def receives(name, call):
    sending, receiving = socket.socketpair()

    def send():
        try:
            for _ in range(COUNT * SIZE // 5000):
                sending.sendall(data[:5000])
                sum(range(100))
        except ConnectionError:
            print("not all was received")
    thread = threading.Thread(target=send)
    thread.start()
    short = 0
    for _ in range(COUNT):
        sum(range(2000))
        short += call(receiving) != data[:5000] * (SIZE // 5000)
    receiving.close()
    thread.join()
    sending.close()
    print(name, short, flush=True)


def parts():
    return [data[:1], b"", data[1:100], data[100:200_000], data[200_000:-1], data[-1:]]


def recvmsg_into(end):
    whole = bytearray(SIZE)
    view = memoryview(whole)
    end.recvmsg_into([view[:10], view[10:10], view[10:150_000], view[150_000:]], 64, socket.MSG_WAITALL)
    return whole


def recvfrom(end):
    whole = ctypes.create_string_buffer(SIZE)
    length = library.recvfrom(end.fileno(), whole, ctypes.c_size_t(SIZE), socket.MSG_WAITALL, None, None)
    return whole.raw[:length]


with tempfile.TemporaryFile() as file:
    file.write(data)
    file.flush()
    sends("send", lambda end: end.send(data))
    sends("sendto", lambda end: library.sendto(end.fileno(), data, ctypes.c_size_t(SIZE), 0, None, 0))
    sends("sendmsg", lambda end: end.sendmsg([data]))
    sends("sendmsg of parts", lambda end: end.sendmsg(parts()))
    sends("writev", lambda end: os.writev(end.fileno(), parts()))
    sends("sendfile", lambda end: os.sendfile(end.fileno(), file.fileno(), 0, SIZE))
receives("recv", lambda end: end.recv(SIZE, socket.MSG_WAITALL))
receives("recvfrom", recvfrom)
receives("recvmsg", lambda end: end.recvmsg(SIZE, 0, socket.MSG_WAITALL)[0])
receives("recvmsg into parts", recvmsg_into)

# What comes with a descriptor ends a message, also for who waits for all.
left, right = socket.socketpair()
left.sendmsg([b"one"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])
left.sendmsg([b"two"])
left.close()
for _ in range(2):
    text, control, flags, _ = right.recvmsg(100, socket.CMSG_SPACE(4), socket.MSG_WAITALL)
    print(text, len(control), flags)
    for _, _, descriptor in control:
        os.close(int.from_bytes(descriptor, "little"))
print(ctypes.c_ssize_t(library.recvmsg(right.fileno(), None, socket.MSG_WAITALL)).value, ctypes.get_errno(),
      library.writev(right.fileno(), None, 3), ctypes.get_errno())
burn(0.1)
