#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Dumps of a table that changes between two messages.

usage: l7_dump.py resize|leave|fill|churn|policies|counters SERVICE SERVER
       l7_dump.py compare FILE...

SERVICE (address of port 80) has a policy with one key, and no bindings.
resize: the table grows or shrinks after the first, a middle, one of the last messages: every
  binding that stayed is listed once, or the dump is flagged as interrupted.
leave: bindings that were listed go, a few of many: every other one is listed once.
fill: makes the bindings that stay, and ends.
churn: others come and go, and the table is resized each time, until it is killed.
policies, counters: a policy goes after the first message: the dump is flagged; one that
  nothing disturbs is not, and has all of them. SERVICE has policies at many ports.
compare: listings, as table or JSON, with the first, of those that stayed: each has them once.
Exit status 0 if all is as it should be; what is not is printed."""

import collections
import json
import socket
import struct
import sys
import time

import l7_netlink as nl

NLM_F_DUMP_INTR = 0x10
PART = 4096    # bytes; a small buffer makes many messages
WHOLE = 1 << 16    # where a message is longer anyway

# A table grows when it is filled to three quarters, shrinks below three tenths: with OTHERS
# it has 2048 buckets, or 8192, without them half as many.
STAY, OTHERS = 500, 350
FILL, CHURN = 2400, 700
BATCH = 50


class Dump:
    """Bindings, message by message. The kernel is one message ahead of what was read.

    Others: what attribute @name tells of each entry, in messages of @size bytes."""

    def __init__(self, family, command="BINDING_GET", name="BINDING_HASH", size=PART):
        self.name, self.size = nl.C["IPVS_L7_A_" + name], size
        self.s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, nl.NETLINK_GENERIC)
        self.s.settimeout(30)
        self.s.bind((0, 0))
        self.interrupted = False
        msg = struct.pack("=BBH", nl.cmd(command), 1, 0)
        self.s.send(struct.pack("=IHHII", 16 + len(msg), family,
                                nl.NLM_F_REQUEST | nl.NLM_F_DUMP, 1, 0) + msg)

    def part(self):
        """Hashes of the next message, None at the end."""
        data, out = self.s.recv(self.size), []
        while data:
            n, kind, flags = struct.unpack_from("=IHH", data)
            body, data = data[20:n], data[(n + 3) & ~3:]
            self.interrupted |= bool(flags & NLM_F_DUMP_INTR)
            if kind == nl.NLMSG_DONE:
                self.s.close()
                return None
            out.append(dict(nl.parse(body)).get(self.name))
        return out

    def parts(self):
        """All that remain."""
        while (p := self.part()) is not None:
            yield p


class Table:
    def __init__(self, service, server):
        self.nl = nl.Family()
        self.service = nl.at("BINDING_SERVICE", nl.ep(service, 80))
        self.server = nl.at("BINDING_SERVER", nl.ep(server, 80))

    def ask(self, name, *attrs):
        a = self.nl.ask(name, [self.service, *attrs])
        if a.error:
            sys.exit("%s: %s" % (name, a))

    def many(self, command, name, n, *attrs):
        """A request for each of @n bindings, many in one datagram."""
        head = struct.pack("=BBH", nl.cmd(command), 1, 0) + self.service + b"".join(attrs) + \
            nl.at("BINDING_RULE", nl.u8(0))
        msgs = []
        for i in range(n):
            msg = head + nl.at("BINDING_VALUE", b"%s%d" % (name, i))
            msgs.append(struct.pack("=IHHII", 16 + len(msg), self.nl.id,
                                    nl.NLM_F_REQUEST | nl.NLM_F_ACK, 0, 0) + msg)
        for i in range(0, n, BATCH):
            batch = msgs[i:i + BATCH]
            self.nl.s.send(b"".join(batch))
            for _ in batch:
                a = nl.Answer()
                self.nl.receive(a, self.nl.s.recv(1 << 16))
                if a.error:
                    sys.exit("%s: %s" % (command, a))

    def add(self, name, n):
        self.many("BINDING_NEW", name, n, self.server)

    def delete(self, name, n):
        self.many("BINDING_DEL", name, n)

    def forget(self, binding):
        self.ask("BINDING_DEL", nl.at("BINDING_HASH", binding))

    def dump(self):
        return Dump(self.nl.id)

    def other_dump(self, *of):
        return Dump(self.nl.id, *of, WHOLE)

    def quiet(self):
        """Messages of a dump while nothing changes."""
        while True:    # the table may still be being resized
            d = self.dump()
            parts = list(d.parts())
            if not d.interrupted:
                return parts


def differences(seen, wanted):
    """How many of @wanted are missing in @seen, or are there twice."""
    n = collections.Counter(seen)
    return sum(n[w] == 0 for w in wanted), sum(n[w] > 1 for w in wanted)


def resize(t):
    t.add(b"stay", STAY)
    wanted = sum(t.quiet(), [])
    failed, flagged, others = 0, 0, False
    for where in 0.01, 0.01, 0.5, 0.5, 0.9, 0.9, 1, 1:
        n = max(1, int((len(t.quiet()) - 2) * where))
        d = t.dump()
        seen = []
        for _ in range(n):
            seen += d.part()
        if others:
            t.delete(b"other", OTHERS)
        else:
            t.add(b"other", OTHERS)
        others = not others
        seen += sum(d.parts(), [])
        missing, twice = differences(seen, wanted)
        flagged += d.interrupted
        if (missing or twice) and not d.interrupted:
            print("%s after message %d: %d missing, %d twice, and not flagged" %
                  ("grown" if others else "shrunk", n, missing, twice))
            failed += 1
    if not flagged:
        print("never flagged: was the table resized?")
    return failed or not flagged


def leave(t):
    failed = 0
    t.add(b"stay", STAY)
    t.add(b"other", OTHERS // 2)
    for _ in range(4):
        parts = t.quiet()
        d = t.dump()
        seen, gone = d.part(), set()
        # The next message is there already: the last of it goes before what follows is made.
        for p in parts[1:-1]:
            t.forget(p[-1])
            gone.add(p[-1])
            seen += d.part()
        seen += sum(d.parts(), [])
        missing, twice = differences(seen, [b for p in parts for b in p if b not in gone])
        if missing or twice or d.interrupted:
            print("%d missing, %d twice, flagged: %s" % (missing, twice, d.interrupted))
            failed += 1
    return failed


def configured(t, *of):
    """A policy goes amid a listing of all; it is the first, so that the others move up."""
    whole = t.other_dump(*of)
    wanted = set(filter(None, sum(whole.parts(), [])))
    d = t.other_dump(*of)
    seen = []
    while not any(seen):    # the first counters are of no service
        seen += d.part()
    victim = next(s for s in seen if s)
    t.nl.ask("SVC_DEL", [nl.at("SVC_SERVICE", [victim])])
    seen += sum(d.parts(), [])
    missing = len(wanted - set(seen))
    if whole.interrupted or len(wanted) < 10 or not d.interrupted:
        print("%d listed, flagged: %s; of these %d missing afterwards, flagged: %s" %
              (len(wanted), whole.interrupted, missing, d.interrupted))
        return True
    return False


def churn(t):
    while True:
        t.add(b"churn", CHURN)
        time.sleep(0.04)    # paced
        t.delete(b"churn", CHURN)
        time.sleep(0.04)    # paced


def listed(name):
    """Hashes of a listing."""
    with open(name, encoding="ascii") as f:
        if name.endswith("json"):
            return [b["hash"] for b in json.load(f)["bindings"]]
        return [line.split()[-1] for line in f][1:]


def compare(first, *names):
    failed, wanted = 0, listed(first)
    for name in names:
        missing, twice = differences(listed(name), wanted)
        if missing or twice:
            print("%s: %d missing, %d twice" % (name, missing, twice))
            failed += 1
    return failed


def main():
    if sys.argv[1:2] == ["compare"]:
        return 1 if compare(*sys.argv[2:]) else 0
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    cases = {"resize": resize, "leave": leave, "churn": churn,
             "policies": lambda t: configured(t, "SVC_GET", "SVC_SERVICE"),
             "counters": lambda t: configured(t, "STATS_GET", "STATS_SERVICE"),
             "fill": lambda t: t.add(b"stay", FILL)}
    return 1 if cases[sys.argv[1]](Table(*sys.argv[2:])) else 0


if __name__ == "__main__":
    sys.exit(main())
