# SPDX-License-Identifier: GPL-2.0
"""A server that pulls a director's cable as soon as it has a request, and answers then.

    l7_cut.py PIDFILE NAMESPACE PORT DIRECTOR DEVICE

The pid is written when it listens. Connections stay open.
"""
import fcntl
import os
import socket
import struct
import sys

from l7_director import enter, inside

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def down(control, device):
    request = struct.pack("16sh14x", device.encode(), 0)
    flags, = struct.unpack_from("h", fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", device.encode(), flags & ~IFF_UP))


def main():
    pidfile, namespace, port, director, device = sys.argv[1:]
    control = inside(director, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    enter(namespace)
    server = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    with open(pidfile, "w", encoding="ascii") as f:
        f.write(str(os.getpid()))
    kept = []
    while True:
        conn, _ = server.accept()
        kept.append(conn)
        data = b""
        while b"\r\n\r\n" not in data:
            more = conn.recv(65536)
            if not more:
                break
            data += more
        else:
            down(control, device)
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: SESSID=x\r\n\r\nok\n")


main()
