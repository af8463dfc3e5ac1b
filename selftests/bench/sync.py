# SPDX-License-Identifier: GPL-2.0
"""How soon and how completely states are at the other director, by several kinds of mirroring.

    sync.py KIND single HOST PORT N          N states one by one: milliseconds until each is there
    sync.py KIND burst HOST PORT N           N states at once: how many are missing, and how long
    sync.py KIND late HOST PORT N FILE       N states, then FILE.made; the same from when FILE is there
    sync.py KIND paced HOST PORT N SECONDS   N states at once, and ends after so much time: bytes between
                                             the directors, seconds for which the processor was busy
    sync.py trace FILE                       the same as single, by the module's own tracepoints

KIND is l7, ipvs, conntrackd or haproxy. A state is a connection with a request of its own, kept open;
of haproxy the cookie in it. Director B is asked: by its listing, again and again, which takes as long as
is told ("poll"). Prints "NAME VALUE" lines; milliseconds, or "never" for what was not there after
ten seconds. Time is that of the emulated processor, one instruction a nanosecond.
"""
import ctypes
import json
import os
import re
import resource
import socket
import subprocess
import sys
import time

from pair import busy

CLONE_NEWNET = 0x40000000
LIMIT = 10.0
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    fd = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(fd)


def output(name, *args):
    """Of a program in memory: reading others from the host would make time pass in leaps."""
    d = os.environ["PROGRAMS"]
    return subprocess.run([d + "/ld.so", "--library-path", d, d + "/" + name, *args], capture_output=True,
                          text=True, check=False).stdout


def of_l7():
    enter("dirb")
    return {f["client"]["port"] for f in json.loads(output("ipvsl7adm", "--flows", "-n", "--json"))["flows"]}


def of_ipvs():
    enter("dirb")
    with open("/proc/thread-self/net/ip_vs_conn") as table:
        return {int(line.split()[2], 16) for line in table if line.startswith("TCP")}


def of_conntrackd():
    enter("dirb")
    text = output("conntrackd", "-C", os.environ["CONNTRACKD_B"], "-e")
    return {int(m) for m in re.findall(r"^.*? sport=(\d+) ", text, re.M)}


def of_haproxy():
    s = socket.socket(socket.AF_UNIX)
    s.connect(os.environ["HAPROXY_B"])
    s.sendall(b"show table stick\n")
    text = b""
    while True:
        more = s.recv(65536)
        if not more:
            return {int(m) for m in re.findall(rb"key=bench-(\d+)", text)}
        text += more


PRESENT = {"l7": of_l7, "ipvs": of_ipvs, "conntrackd": of_conntrackd, "haproxy": of_haproxy}


class Bench:
    def __init__(self, kind, host, port):
        self.kind, self.host, self.port = kind, host, int(port)
        self.held, self.polls = [], []

    def state(self):
        """Makes one; what it is called in the listings."""
        enter("client")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.connect((self.host, self.port))
        port = s.getsockname()[1]
        s.sendall(b"GET /who HTTP/1.1\r\nHost: bench\r\nCookie: SESSID=bench-%d\r\n\r\n" % port)
        s.recv(65536)
        self.held.append(s)
        return port

    def present(self):
        since = time.monotonic()
        there = PRESENT[self.kind]()
        self.polls.append(time.monotonic() - since)
        return there

    def wait(self, names, since):
        """Missing after a second, and at the end; when the last came, in seconds, or None."""
        after_one = None
        while True:
            missing = len(names - self.present())
            now = time.monotonic() - since
            if after_one is None and (now >= 1 or not missing):
                after_one = missing
            if not missing:
                return after_one, 0, now
            if now > LIMIT:
                return after_one, missing, None

    def tell_poll(self):
        print("poll %.1f" % (1000 * sorted(self.polls)[len(self.polls) // 2]))


def tell_times(times):
    times = sorted(float("inf") if t is None else 1000 * t for t in times)
    for name, at in ("p50", 0.5), ("p99", 0.99):
        v = times[min(len(times) - 1, int(at * len(times)))]
        print(name, "never" if v == float("inf") else "%.2f" % v)


def single(b, n):
    times = []
    for _ in range(n):
        name = b.state()
        times.append(b.wait({name}, time.monotonic())[2])
        time.sleep(0.05)
    tell_times(times)


def tell_wait(b, names, since):
    after_one, at_end, took = b.wait(names, since)
    print("missing_1s", after_one)
    print("missing_10s", at_end)
    print("complete", "never" if took is None else "%.0f" % (1000 * took))


def burst(b, n):
    since = time.monotonic()
    names = {b.state() for _ in range(n)}
    end = time.monotonic()
    print("burst %.0f" % (1000 * (end - since)))
    tell_wait(b, names, end)


def late(b, n, path):
    names = {b.state() for _ in range(n)}
    open(path + ".made", "w").close()
    while not os.path.exists(path):
        time.sleep(0.01)
    tell_wait(b, names, time.monotonic())


def bytes_sent():
    """By both directors to each other, with all headers."""
    total = 0
    for director in "dira", "dirb":
        enter(director)
        with open("/proc/thread-self/net/dev") as f:
            total += [int(line.split()[9]) for line in f if line.split()[0] == "sync:"][0]
    return total


def paced(b, n, seconds):
    before, used, since = bytes_sent(), busy(), time.monotonic()
    for _ in range(n):
        b.state()
    time.sleep(max(0.0, since + float(seconds) - time.monotonic()))
    used = busy() - used
    print("bytes", bytes_sent() - before)
    print("busy %.9f" % used)
    print("missing", len({s.getsockname()[1] for s in b.held} - b.present()))


def trace(path):
    """Each change of a flow here is followed by its arrival there."""
    stamp = re.compile(r" (\d+\.\d+): (\w+): (.*)")
    times, since = [], None
    with open(path) as lines:
        for line in lines:
            m = stamp.search(line)
            if not m:
                continue
            at, event, text = float(m.group(1)), m.group(2), m.group(3)
            if event == "l7_flow_state" and text.endswith("-> spliced"):
                since = at
            elif event == "l7_sync_apply" and text.startswith("flow") and since is not None:
                times.append(at - since)
                since = None
    print("n", len(times))
    tell_times(times)


def main():
    if sys.argv[1] == "trace":
        trace(sys.argv[2])
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    b = Bench(sys.argv[1], *sys.argv[3:5])
    {"single": single, "burst": burst, "late": late, "paced": paced}[sys.argv[2]](b, int(sys.argv[5]), *sys.argv[6:])
    b.tell_poll()


main()
