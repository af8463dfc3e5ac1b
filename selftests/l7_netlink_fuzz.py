#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Random requests to the generic netlink family ipvs_l7, made from its specification.

usage: l7_netlink_fuzz.py one|many|dumps|memory SEED COUNT

one: COUNT requests from one process, which the same SEED repeats; what was set is read back;
many: the same from four processes at once; dumps: listings that are begun, broken off, mixed and
outrun by changes; memory: some requests of each command, COUNT times each, must cost nothing.

Most requests would be accepted or are refused for the state they meet; the others have wrong
types, lengths, ranges, flags and nesting, attributes twice or not at all, broken headers. What
the specification forbids must be refused; whatever is answered must be what the specification
says. Exit status 0 if so; else what was wrong is printed, with the request."""

import errno
import os
import random
import socket
import struct
import sys
import time

import yaml

import l7_netlink as nl

# What reads back what a command set, and the attributes that say which.
READERS = {"limits-set": ("limits-get", ()), "svc-new": ("svc-get", ("service",)),
           "svc-set": ("svc-get", ("service",)),
           "binding-new": ("binding-get", ("service", "rule", "value"))}

SPEC = os.path.join(nl.TOP, "Documentation/netlink/specs/ipvs_l7.yaml")
WORKERS = 4
# A request may be refused for one of these; anything else is a mistake.
REFUSALS = {getattr(errno, name) for name in (
    "EINVAL", "ERANGE", "ENOENT", "EEXIST", "E2BIG", "ENOSPC", "ENOMEM", "EAFNOSUPPORT",
    "EOPNOTSUPP", "ENODEV", "EALREADY", "EBUSY", "EADDRINUSE", "EADDRNOTAVAIL", "EPERM",
    "ENETUNREACH", "ENETDOWN", "EDESTADDRREQ")}
FIXED = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q"}
NESTED, NET_ORDER = 0x8000, 0x4000

# Few of each, so that requests meet what others made.
ADDR4 = [bytes([192, 0, 2, i]) for i in (80, 81, 82)] + [bytes(4), b"\xff" * 4]
ADDR6 = [bytes([0xfd]) + bytes(14) + bytes([i]) for i in (1, 2)] + [bytes(16)]
PORTS = [80, 81, 443, 8080, 0, 22, 65535]
VALUES = [b"v%d" % i for i in range(40)] + ADDR4 + ADDR6
STRINGS = {"ifname": [b"lo", b"sync", b"out", b"nosuchif"], "name": [b"SID", b"a", b"%s%n", b"\xff"],
           "key-path": [b"/etc/l7.key", b"", b"/" * 255]}
GROUPS = [bytes([239, 1, 1, 1]), bytes([224, 0, 0, 1])]


class Attr:
    def __init__(self, number, spec, numbers):
        self.number, self.name, self.type = number, spec["name"], spec["type"]
        self.nested, self.multi = spec.get("nested-attributes"), spec.get("multi-attr")
        self.enum = spec.get("enum")
        checks = spec.get("checks", {})
        self.checks = {k: numbers.get(v, v) for k, v in checks.items()}
        self.big = spec.get("byte-order") == "big-endian"

    def bounds(self):
        top = (1 << (8 * struct.calcsize(FIXED[self.type]))) - 1
        return self.checks.get("min", 0), self.checks.get("max", top)


class Op:
    def __init__(self, value, spec, sets):
        self.value, self.name, self.set = value, spec["name"], sets[spec["attribute-set"]]
        do = spec["do"]
        self.request = [self.set[a] for a in do.get("request", {}).get("attributes", [])
                        if a != "pad"]
        self.reply = {self.set[a].number: self.set[a]
                      for a in do.get("reply", {}).get("attributes", [])}
        self.dump = "dump" in spec


class Spec:
    def __init__(self):
        with open(SPEC, encoding="ascii") as f:
            spec = yaml.load(f, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        numbers = {d["name"]: d["value"] for d in spec["definitions"] if d["type"] == "const"}
        self.enums = {d["name"]: enum_values(d) for d in spec["definitions"] if d["type"] == "enum"}
        self.sets = {s["name"]: {a["name"]: Attr(i, a, numbers)
                                 for i, a in enumerate(s["attributes"], 1)}
                     for s in spec["attribute-sets"]}
        self.ops, value = [], 0
        for op in spec["operations"]["list"]:
            value = op.get("value", value + 1)
            self.ops.append(Op(value, op, self.sets))

    def by_number(self, name):
        return {a.number: a for a in self.sets[name].values()}


def enum_values(definition):
    """Numbers of an enumeration: they go on from one that is given, else begin with 0."""
    found, value = set(), 0
    for entry in definition["entries"]:
        value = entry.get("value", value)
        found.add(value)
        value += 1
    return found


class Piece:
    """An attribute to be sent. @forbidden: the specification does not allow it."""

    def __init__(self, kind, payload, nested=False):
        self.kind, self.payload, self.nested = kind, payload, nested
        self.length, self.forbidden = None, False

    def bytes(self):
        payload = self.payload
        if isinstance(payload, list):
            payload = b"".join(p.bytes() for p in payload)
        n = 4 + len(payload) if self.length is None else self.length
        kind = self.kind | (NESTED if self.nested else 0)
        return struct.pack("=HH", n & 0xffff, kind & 0xffff) + payload + bytes(-len(payload) % 4)


class Maker:
    """Requests, by chance."""

    def __init__(self, spec, seed):
        self.spec, self.r = spec, random.Random(seed)

    def number(self, attr):
        low, high = attr.bounds()
        if attr.name == "port":
            return self.r.choice(PORTS)
        if attr.enum:
            return self.r.choice(sorted(self.spec.enums[attr.enum]))
        return self.r.choice((low, high, self.r.randint(low, high), self.r.randint(low, min(high, low + 9))))

    def payload(self, attr):
        if attr.name == "addr4":
            return self.r.choice(ADDR4 + GROUPS if self.r.random() < 0.1 else ADDR4)
        if attr.name == "addr6":
            return self.r.choice(ADDR6)
        if attr.type in FIXED:
            form = FIXED[attr.type]
            return struct.pack(form.replace("=", ">") if attr.big else form, self.number(attr))
        if attr.type == "string":
            return self.r.choice(STRINGS.get(attr.name, [b"x"])) + b"\0"
        if attr.type == "binary":
            n = attr.checks.get("exact-len")
            if n is not None:
                return bytes([self.r.randrange(4)]) * n
            return self.r.choice(VALUES) if self.r.random() < 0.95 else bytes(self.r.randrange(20000))
        return b""

    def piece(self, attr):
        if attr.type != "nest":
            return Piece(attr.number, self.payload(attr))
        inner = self.spec.sets[attr.nested]
        if attr.nested == "endpoint":
            names = [self.r.choice(("addr4", "addr4", "addr6")), "port"]
        elif attr.nested == "rule":
            names = self.r.choice((["type"], ["type", "name"], ["type", "prefix"], sorted(inner)))
        else:
            names = [n for n in inner if self.r.random() < 0.5]
        return Piece(attr.number, [self.piece(inner[n]) for n in names], True)

    def request(self, op):
        """What might well be accepted."""
        pieces = []
        for attr in op.request:
            p = 0.9 if attr.type == "nest" or attr.name in ("value", "ifname", "node", "key") else 0.3
            if op.name == "sync-start" and attr.name in ("plaintext", "peer", "port", "cluster"):
                p = 0.2
            while self.r.random() < p:
                pieces.append(self.piece(attr))
                if not attr.multi:
                    break
                p = 0.4
        return pieces

    def all_pieces(self, pieces, attrs):
        """(list it is in, index, its Attr or None), at every depth."""
        for i, p in enumerate(pieces):
            attr = attrs.get(p.kind)
            yield pieces, i, attr
            if isinstance(p.payload, list):
                inner = self.spec.by_number(attr.nested) if attr and attr.nested else {}
                yield from self.all_pieces(p.payload, inner)

    def mutate(self, op, pieces):
        """Changes one thing."""
        known = {a.number: a for a in op.request}
        found = list(self.all_pieces(pieces, known))
        how = self.r.choice((self.drop, self.repeat, self.resize, self.relabel, self.reflag,
                             self.exceed, self.lie, self.dig, self.shuffle))
        if found:
            how(*self.r.choice(found))

    def drop(self, where, i, _):
        del where[i]

    def repeat(requests, count):
    """@requests: (command, payload, flags). Answers are thrown away with the socket."""
    s, data = Sock(), b""
    for command, payload, flags in requests:
        msg = struct.pack("=BBH", command, 1, 0) + payload
        msg += bytes(-len(msg) % 4)
        data += struct.pack("=IHHII", 16 + len(msg), s.id, nl.NLM_F_REQUEST | flags, 1, 0) + msg
    at_once = max(1, min(50, 30000 // len(data)))
    for _ in range(0, count, at_once):
        s.s.send(data * at_once)
    s.s.close()


def grows(requests, count):
    """Kilobytes by which memory grew each time, if it did so every time."""
    grown = []
    # The first time fills caches; a leak is the same each time.
    while len(grown) < 4:
        before = settled()
        repeat(requests, count)
        grown.append(settled() - before)
        if grown[-1] < count // 16:
            return None
    return grown


def made_and_undone():
    """Pairs of requests."""
    sync = [nl.at("SYNC_IFNAME", b"sync\0"), nl.PEER, nl.NODE, nl.KEY]
    for make, attrs, undo, which in (("SVC_NEW", [nl.SVC, nl.COOKIE, nl.RULE], "SVC_DEL", [nl.SVC]),
                                     ("SYNC_START", sync, "SYNC_STOP", [])):
        yield make, [(nl.cmd(make), b"".join(attrs), 0), (nl.cmd(undo), b"".join(which), 0)]


def memory(spec, seed, count):
    """A request that leaves something behind each time shows when it is made often."""
    limits, w, bad = read_limits(), Worker(spec, seed), 0
    todo = list(made_and_undone())
    for op in spec.ops:
        for _ in range(3):
            payload = b"".join(p.bytes() for p in w.random_request(op))
            if len(payload) < 4000:
                dump = op.dump and w.r.random() < 0.3
                todo.append((op.name, [(op.value, payload, nl.NLM_F_DUMP if dump else 0)]))
    for name, requests in todo:
        grown = grows(requests, count)
        if grown:
            print("%s: grows by kB: %s\n    %s" % (name, grown, requests[0][1].hex()))
            bad = 1
        clear(limits)
    return bad


def main():
    modes = {"one": one, "many": many, "dumps": dumps, "memory": memory}
    if len(sys.argv) != 4 or sys.argv[1] not in modes:
        sys.exit(__doc__)
    limits = read_limits()
    bad = modes[sys.argv[1]](Spec(), int(sys.argv[2]), int(sys.argv[3]))
    try:
        clear(limits)
    except Wrong as e:
        print(e)
        bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
