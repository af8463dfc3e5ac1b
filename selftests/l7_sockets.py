# SPDX-License-Identifier: GPL-2.0
"""Clients on ordinary sockets, for what curl cannot do.

    l7_sockets.py HOST PORT SCENARIO [ARG]...

A scenario is a function below; the script succeeds (status 0) when it returns.
"""
import errno
import os
import socket
import struct
import sys
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
FAMILY = socket.AF_INET6 if ":" in HOST else socket.AF_INET
HEAD = "GET %s HTTP/1.1\r\nHost: test\r\n%sCookie: SESSID=many\r\n\r\n"


def connect(port=0, host=HOST):
    end = time.monotonic() + 10
    while True:
        s = socket.socket(FAMILY, socket.SOCK_STREAM)
        s.settimeout(20)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if port:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("", port))
        try:
            s.connect((host, PORT))
            return s
        except OSError as error:
            # The port's last connection still waits for the ACK of its FIN.
            if error.errno != errno.EADDRNOTAVAIL or time.monotonic() > end:
                raise
            s.close()
            time.sleep(0.01)


def answer(s):
    """One response with a length: its body."""
    data = b""
    while True:
        head, found, rest = data.partition(b"\r\n\r\n")
        if found:
            length = [int(f.split(b":")[1]) for f in head.split(b"\r\n")
                      if f.lower().startswith(b"content-length:")][0]
            if len(rest) >= length:
                assert head.startswith(b"HTTP/1.1 200"), head
                assert len(rest) == length, rest
                return rest
        more = s.recv(65536)
        assert more, "closed after %r" % data
        data += more


def request(path="/who", close=False):
    return (HEAD % (path, "Connection: close\r\n" if close else "")).encode()


def reset_at_close(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def many(count):
    """That many connections at once, each request in two pieces, two requests on each."""
    clients = [connect() for _ in range(int(count))]
    data = request()
    for s in clients:
        s.sendall(data[:30])
    for s in clients:
        s.sendall(data[30:])
    first = [answer(s) for s in clients]
    for s in clients:
        s.sendall(data)
    second = [answer(s) for s in clients]
    # The same server and the same client's port as the first time.
    assert first == second
    assert len(set(b.split(b" ")[0] for b in first)) > 1, "all at one server"
    for s in clients:
        s.shutdown(socket.SHUT_WR)
    for s in clients:
        assert s.recv(1) == b""


def half_close(count):
    """An echo service goes on after the client has closed its direction."""
    s = connect()
    data = request() + os.urandom(int(count))
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    got = b""
    while more := s.recv(65536):
        got += more
    assert got == data, "%d bytes of %d" % (len(got), len(data))


def port_again(count, port, how):
    """One port again and again, at once after the end before. how: reset, server (closes
    first) or both in turn."""
    for i in range(int(count)):
        s = connect(port=int(port))
        by_reset = how == "reset" or (how == "both" and i % 2)
        s.sendall(request(close=not by_reset))
        body = answer(s)
        assert b" port=%s " % port.encode() in body, body
        if by_reset:
            reset_at_close(s)
        else:
            assert s.recv(1) == b""
            s.close()


def two_addresses(other, port, count):
    """Each of count ports towards the host, then towards the other address; servers close first."""
    for i in range(int(count)):
        for host in HOST, other:
            s = connect(int(port) + i, host)
            s.sendall(request(close=True))
            answer(s)
            assert s.recv(1) == b""
            s.close()


def held(path, end="ask"):
    """A keep-alive connection with a request, prints "held PORT"; goes on once a file appears:
    prints "closed", "reset", "silent" (neither after 10 s) or "answer". Or ends it by a reset."""
    s = connect()
    s.sendall(request())
    answer(s)
    print("held %d" % s.getsockname()[1], flush=True)
    until = time.monotonic() + 120
    while not os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.05)
    if end == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        return
    s.settimeout(10)
    try:
        s.sendall(request())
        print("answer" if s.recv(65536) else "closed", flush=True)
    except ConnectionError:
        print("reset", flush=True)
    except socket.timeout:
        print("silent", flush=True)


globals()[sys.argv[3]](*sys.argv[4:])
