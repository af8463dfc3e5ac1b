# SPDX-License-Identifier: GPL-2.0
"""Does a director apply anything that its peer did not send, or did not send now?

    aims_forged.py forged N     N datagrams, a fifth each: what the peer has sent with a bit flipped, with
                                another number, with noise instead of contents and epoch, as it was, and
                                what it sent before it was started anew
"""
import os
import socket
import struct
import time

from pair import A, B, NET, Pair, at, busy, inside, main, wait

REASONS = "short", "ttl", "auth", "replay", "repeat", "own_id", "unknown_epoch", "malformed"
PORT = struct.pack("!H", 8849)
CHANGES = 64


class Recorder:
    """Frames of mirroring that A sends."""

    def __init__(self, path):
        self.path = path
        self.s = inside(A, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)))
        self.s.bind(("sync", 0))
        self.s.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)      # SO_RCVBUFFORCE
        self.s.setblocking(False)

    def end(self):
        """Writes them; how many."""
        n = 0
        with open(self.path, "wb") as out:
            while True:
                try:
                    data, (_, _, kind, *_) = self.s.recvfrom(16384)
                except BlockingIOError:
                    self.s.close()
                    return n
                if kind == socket.PACKET_OUTGOING and data[12:14] == b"\x08\0" and data[36:38] == PORT:
                    out.write(struct.pack("!H", len(data)) + data)
                    n += 1


def record(p, path, name):
    """A starts, and tells B what it has and what changes."""
    r = Recorder(path)
    p.start(A)
    wait(p.settled, "both ready")
    for i in range(CHANGES):
        p.of[A].bind("%s%d" % (name, i), NET + "1")
    time.sleep(1)       # some HELLOs as well
    return r.end()


def forged(row, n):
    p, tmp = Pair(row), os.path.dirname(os.environ["KEY"])
    forge = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge")
    p.start(B)
    old, now = tmp + "/old.frames", tmp + "/now.frames"
    p.tell("recorded_old", record(p, old, "old"))
    p.stop(A)
    p.fill(A, 200, server=2)
    p.tell("recorded", record(p, now, "now"))
    wait(lambda: not p.differing(), "the same")
    tables, first = [p.table(d) for d in (A, B)], p.counters(B)
    for kind, path, mode in (("flipped", now, "flip"), ("renumbered", now, "number"), ("noise", now, "noise"),
                             ("replayed", now, "replay"), ("old", old, "replay")):
        before, used = p.counters(B), busy()
        at(A, forge, "sync", path, mode, str(n // 5))
        time.sleep(0.5)     # the last ones
        after = p.counters(B)
        for reason in REASONS:
            if grew := after["sync_rx_" + reason] - before["sync_rx_" + reason]:
                p.tell(kind + "_" + reason, grew)
        p.tell(kind + "_instructions", int(1e9 * (busy() - used) / (n // 5)))
    last = p.counters(B)
    refused = sum(last["sync_rx_" + r] - first["sync_rx_" + r] for r in REASONS)
    p.tell("sent", n // 5 * 5)
    p.tell("refused", refused)
    p.tell("applied", last["sync_applied"] - first["sync_applied"])
    p.tell("changed", sum(len(was ^ p.table(d)) for was, d in zip(tables, (A, B))))
    p.tell("states", "%s/%s" % (p.state(A), p.state(B)))
    since = time.monotonic()
    p.of[A].bind("genuine", NET + "1")
    wait(lambda: p.of[B].server_of("genuine"), "the next change", 10, 0.001)
    p.tell("next_change", time.monotonic() - since)


main({"forged": forged})
