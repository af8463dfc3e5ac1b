#!/usr/bin/python3 -SEI
# SPDX-License-Identifier: GPL-2.0
"""Meters a download that arrives on standard input, for scripts/demo-guest.

usage: demo-meter.py STATUS-FILE

The status file always holds one line, replaced several times a second:

  STATE BYTES LONGEST-PAUSE LATEST-PAUSE SHA256

STATE is "running" or "ended"; a pause is the time between two pieces that arrived one
after the other, in milliseconds; the latest one may still go on; SHA256 is "-" until the
end. SIGUSR1 forgets the pauses before, but not one that goes on. What is metered is what
the client's program got: the pause includes all that the network, the directors and TCP's
retransmission timers did.
"""
import hashlib
import os
import select
import signal
import sys
import time

PERIOD = 0.2


class Meter:
    def __init__(self, path):
        self.path = path
        self.bytes = 0
        self.longest = 0.0
        self.last = None
        self.digest = hashlib.sha256()
        self.written = 0.0

    def piece(self, data, now):
        if self.last is not None:
            self.longest = max(self.longest, now - self.last)
        self.last = now
        self.bytes += len(data)
        self.digest.update(data)

    def forget(self, *_):
        self.longest = 0.0

    def write(self, state, now):
        pause = 0.0 if self.last is None else now - self.last
        line = "%s %d %d %d %s\n" % (
            state, self.bytes, self.longest * 1000, pause * 1000,
            self.digest.hexdigest() if state == "ended" else "-")
        # Whoever reads it finds the old line or the new one, never half of one.
        with open(self.path + ".new", "w") as f:
            f.write(line)
        os.rename(self.path + ".new", self.path)
        self.written = now

    def run(self, fd):
        signal.signal(signal.SIGUSR1, self.forget)
        self.write("running", time.monotonic())
        while True:
            ready = select.select([fd], [], [], PERIOD)[0]
            now = time.monotonic()
            if ready:
                data = os.read(fd, 65536)
                if not data:
                    break
                self.piece(data, now)
            if now - self.written >= PERIOD:
                self.write("running", now)
        self.write("ended", time.monotonic())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    Meter(sys.argv[1]).run(0)
