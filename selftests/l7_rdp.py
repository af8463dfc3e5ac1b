# SPDX-License-Identifier: GPL-2.0
"""The first packet of an RDP client, and whether an RDP server confirms the connection.

    l7_rdp.py HOST PORT [COOKIE]      COOKIE: mstshash=USER, msts=TOKEN

Prints "confirmed port=N", N being the client's, and holds the connection until its standard
input ends.
"""
import socket
import struct
import sys


def request(cookie):
    text = ("Cookie: %s\r\n" % cookie).encode() if cookie else b""
    # RDP_NEG_REQ: TLS or CredSSP
    x224 = struct.pack(">BHHB", 0xE0, 0, 0, 0) + text + struct.pack("<BBHI", 1, 0, 8, 3)
    return struct.pack(">BBHB", 3, 0, 5 + len(x224), len(x224)) + x224


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    sock = socket.create_connection((host, port), timeout=20)
    sock.sendall(request(sys.argv[3] if len(sys.argv) > 3 else ""))
    answer = sock.recv(64)
    # TPKT, then Connection Confirm
    if len(answer) < 11 or answer[0] != 3 or answer[5] & 0xF0 != 0xD0:
        sys.exit("no Connection Confirm: %r" % answer)
    print("confirmed port=%d" % sock.getsockname()[1], flush=True)
    sys.stdin.read()


main()
