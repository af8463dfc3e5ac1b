# SPDX-License-Identifier: GPL-2.0
"""The clients of the endurance run, in one process.

    load.py SESSIONS SEED FILE BY

Until SIGTERM, after which sessions end as soon as nothing is under way. Prints a JSON object a
line: each second the totals ("now" the clock, "sessions" that have begun, "lag" by how much this
process itself was late, "late" the longest wait of what came in that second); and an "event" for
what must not be, for what was late by more than a second, and for a time in which this process
did not run. FILE is that of the servers, BY what the directors are: by HAProxy, servers do not see
the client's address, and instead of FTP there is more HTTP.
"""
import asyncio
import collections
import json
import random
import signal
import ssl
import sys
import time

import ftp
import kinds
import tls

# of a hundred sessions
SHARES = ((kinds.Http, 40), (kinds.Download, 15), (kinds.Upload, 10), (kinds.Push, 20), (tls.Tls, 10),
          (ftp.Ftp, 5))
SINCE = 1.0             # seconds from which on it is told that something was late,
STALL = 0.2             # and that this process was


class Load:
    def __init__(self, sessions, seed, blob, by):
        self.sessions, self.seed, self.blob = sessions, seed, blob
        self.by_proxy = by == "haproxy"
        # So that a thousand sessions are as many requests a second as an emulated processor takes.
        self.pace = max(1.0, sessions / 250)
        self.ending = False
        self.total = collections.Counter()
        self.longest = self.lag = 0.0
        self.running = 0

    def say(self, **what):
        print(json.dumps(what), flush=True)

    def count(self, what, n=1):
        self.total[what] += n

    def wrong_bytes(self, n):
        self.total["wrong_bytes"] += n

    def event(self, session, what, **more):
        self.say(event=what, now=time.time(), kind=type(session).__name__.lower(),
                 session=session.number, **more)

    def late(self, session, seconds):
        self.longest = max(self.longest, seconds)
        if seconds > SINCE:
            self.event(session, "late", seconds=round(seconds, 3))

    async def session(self, session):
        """One after the other, for ever."""
        await asyncio.sleep(self.sessions / 8 * session.rng.random())
        self.running += 1
        while not self.ending:
            try:
                await session.life()
                self.count("lives")
                await session.pause(1)
            except kinds.Ended:
                pass
            except kinds.Moved as e:
                self.count("moved")
                self.event(session, "moved", why=str(e))
            except (kinds.Wrong, LookupError, TypeError) as e:
                # an answer without what is looked for in it, too
                self.count("wrong")
                self.event(session, "wrong", why="%s %s" % (type(e).__name__, e))
            except (OSError, EOFError, ssl.SSLError, asyncio.TimeoutError, ValueError) as e:
                self.count("reset")
                self.event(session, "reset", why="%s %s" % (type(e).__name__, e), last=session.last())
            finally:
                session.close()
            await asyncio.sleep(0.5)
        self.running -= 1

    async def meter(self):
        """By how much this process is late itself: the machine stood still, or was busy."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.1)
            lag = time.monotonic() - began - 0.1
            self.lag = max(self.lag, lag)
            if lag > STALL:
                self.say(event="stall", now=time.time(), seconds=round(lag, 3))

    async def tell(self):
        while True:
            await asyncio.sleep(1)
            self.say(now=time.time(), sessions=self.running, lag=round(self.lag, 3),
                     late=round(self.longest, 3), **self.total)
            self.lag = self.longest = 0.0

    async def run(self):
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.end)
        tasks = []
        for n in range(self.sessions):
            at, share = n % 100, 0
            for kind, part in SHARES:
                share += part
                if at * 37 % 100 < share:
                    break
            if kind is ftp.Ftp and self.by_proxy:
                kind = kinds.Http
            rng = random.Random(self.seed * 100003 + n)
            tasks.append(asyncio.ensure_future(self.session(kind(self, n, rng))))
        aside = [asyncio.ensure_future(c) for c in (self.meter(), self.tell())]
        await asyncio.wait(tasks)
        for task in aside:
            task.cancel()
        for task in tasks:
            task.result()
        self.say(end=True, now=time.time(), **self.total)

    def end(self):
        self.ending = True


def main():
    with open(sys.argv[3], "rb") as f:
        blob = f.read(2000000)
    asyncio.run(Load(int(sys.argv[1]), int(sys.argv[2]), blob, sys.argv[4]).run())


main()
