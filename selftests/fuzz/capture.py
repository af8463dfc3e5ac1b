#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns what capture.sh captured into the corpora that are checked in.

usage: capture.py DIR

Takes one input of each shape: heads with other fields, packets with other frames. The bytes in
front of a head say which cookie is asked for, see choose_cookie() in http.h."""
import hashlib
import os
import struct
import sys

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
HEAD_MAX = 700    # bytes of a stream that are kept


def packets(path):
    """Payload of Ethernet of each packet."""
    with open(path, "rb") as f:
        data = f.read()
    at = 24
    while at + 16 <= len(data):
        n = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at + 16 + 12:at + 16 + n]
        at += 16 + n


def transport(frame, protocol):
    """(addresses, header and payload) of an IP packet of @protocol, or None."""
    kind, ip = struct.unpack_from("!H", frame)[0], frame[2:]
    if kind == 0x0800 and ip[9] == protocol:
        return ip[12:20], ip[(ip[0] & 15) * 4:struct.unpack_from("!H", ip, 2)[0]]
    if kind == 0x86dd and ip[6] == protocol:
        return ip[8:40], ip[40:40 + struct.unpack_from("!H", ip, 4)[0]]
    return None


def keep(target, data, seen, shape):
    """Writes an input, unless there is one of that shape."""
    if shape in seen:
        return
    seen.add(shape)
    where = os.path.join(CORPUS, target)
    os.makedirs(where, exist_ok=True)
    with open(os.path.join(where, hashlib.sha1(data).hexdigest()[:12]), "wb") as f:
        f.write(data)


def heads(path):
    """The two directions of each connection to ports 80 and 8081, and all options."""
    streams, seen = {}, set()
    for frame in packets(path):
        found = transport(frame, 6)
        if not found:
            continue
        addresses, tcp = found
        size = (tcp[12] >> 4) * 4
        options, payload = tcp[20:size], tcp[size:]
        keep("tcpopt", options, seen, tuple(kinds(options)))
        ports = struct.unpack_from("!HH", tcp)
        way = "request" if ports[1] in (80, 8081) else "response"
        stream = streams.setdefault((way, addresses, ports), {})
        stream[struct.unpack_from("!I", tcp, 4)[0]] = payload
    for (way, _, _), parts in streams.items():
        yield way, b"".join(parts[seq] for seq in sorted(parts))[:HEAD_MAX]


def kinds(options):
    at = 0
    while at < len(options):
        yield options[at]
        at += 1 if options[at] < 2 else options[at + 1]


def http(path):
    seen = set()
    for way, data in heads(path):
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if len(lines[0].split(b" ")) < 2:
            continue
        shape = (way, lines[0].split(b" ")[0 if way == "request" else 1],
                 tuple(line.split(b":")[0] for line in lines[1:]), b"Max-Age" in head)
        which = b"0" if b"SID=" in head.replace(b"SESSID=", b"") else b"1"
        prefix = which + b"0" if way == "request" else which + b"0e000"
        keep(way, prefix + head + b"\r\n\r\n" + rest[:200], seen, shape)


def frames(body):
    """(type, first bytes) of each frame."""
    while len(body) >= 4:
        kind, _, n = struct.unpack_from("!BBH", body)
        yield kind, body[4:8] if kind == 3 else body[4:5]
        body = body[4 + n:]


def sync(path):
    seen = set()
    for frame in packets(path):
        found = transport(frame, 17)
        if not found:
            continue
        data = found[1][8:]
        shape = tuple(frames(data[24:]))
        keep("codec", data, seen, ("codec", len(shape), shape[0]))
        if any(kind in (3, 4) for kind, _ in shape):
            keep("update", b"\4\0\0" + data[24:], seen, ("update", shape, data[28:34]))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    http(os.path.join(sys.argv[1], "client.pcap"))
    sync(os.path.join(sys.argv[1], "sync.pcap"))


if __name__ == "__main__":
    main()
