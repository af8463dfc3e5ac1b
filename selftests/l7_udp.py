# SPDX-License-Identifier: GPL-2.0
"""Datagrams through a director: servers, and clients that stand still while it is replaced.

    l7_udp.py serve NAME PORT             answers each with NAME; to "stream": also "NAME 0", "NAME 1", ...,
                                          one each 100 ms, for as long as it runs
    l7_udp.py ask HOST PORT N READY GATE  N clients, each by ports of its own: two questions each, makes the file
                                          READY, waits for the file GATE, and asks once more
    l7_udp.py chat HOST PORT READY GATE   asks ten times a second, until the server is another one and the file GATE is
                                          there; prints its port first, "told", and goes on for five seconds: there it must stay
    l7_udp.py listen HOST PORT READY GATE asks for a stream, and says nothing from then on; it must go on
                                          behind the gate

The clients print "ok", or what went wrong, and exit 0 or 1.
"""
import os
import socket
import sys
import threading
import time


def serve(name, port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("::", int(port)))
    print("listens", flush=True)
    while True:
        data, peer = sock.recvfrom(2048)
        sock.sendto(name.encode(), peer)
        if data == b"stream":
            threading.Thread(target=stream, args=(sock, name, peer), daemon=True).start()


def stream(sock, name, peer):
    number = 0
    while True:
        sock.sendto(b"%s %d" % (name.encode(), number), peer)
        number += 1
        time.sleep(0.1)


def connect(host, port):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((host, int(port)))
    sock.settimeout(1)
    return sock


def ask(sock, data=b"who"):
    """The answer; a question that is lost, as datagrams may be, is asked again."""
    for _ in range(20):
        sock.send(data)
        try:
            return sock.recv(2048)
        except (socket.timeout, ConnectionRefusedError):
            pass
    raise AssertionError("no answer")


def stand(ready, gate):
    open(ready, "w").close()
    while not os.path.exists(gate):
        time.sleep(0.01)


def ask_all(host, port, count, ready, gate):
    socks = [connect(host, port) for _ in range(int(count))]
    servers = [ask(sock) for sock in socks]
    again = [ask(sock) for sock in socks]
    assert again == servers, "%s, then %s" % (servers, again)
    stand(ready, gate)
    again = [ask(sock) for sock in socks]
    assert again == servers, "%s, then %s" % (servers, again)


def listen(host, port, ready, gate):
    sock = connect(host, port)
    name = ask(sock)
    ask(sock, b"stream")
    while b" " not in sock.recv(2048):
        pass
    stand(ready, gate)
    sock.settimeout(0.01)
    try:
        while True:
            sock.recv(2048)
    except socket.timeout:
        pass
    sock.settimeout(20)
    data = sock.recv(2048)
    assert data.split()[0] == name, "%s after %s" % (data, name)


def chat(host, port, ready, gate):
    sock = connect(host, port)
    first = ask(sock)
    print(sock.getsockname()[1], flush=True)
    open(ready, "w").close()
    while ask(sock) == first or not os.path.exists(gate):
        time.sleep(0.1)
    second = ask(sock)
    print("told", flush=True)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        name = ask(sock)
        assert name == second, "%s, %s, then %s" % (first, second, name)
        time.sleep(0.1)


def main():
    {"serve": serve, "ask": ask_all, "chat": chat, "listen": listen}[sys.argv[1]](*sys.argv[2:])
    print("ok")


main()
