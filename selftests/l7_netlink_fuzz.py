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
           "binding-new": ("binding-get", ("service", "rule", "value", "pool"))}

SPEC = os.path.join(nl.TOP, "Documentation/netlink/specs/ipvs_l7.yaml")
WORKERS = 4
# A request may be refused for one of these; anything else is a mistake.
REFUSALS = {getattr(errno, name) for name in (
    "EINVAL", "ERANGE", "ENOENT", "EEXIST", "E2BIG", "ENOSPC", "ENOMEM", "EAFNOSUPPORT",
    "EOPNOTSUPP", "ENODEV", "EALREADY", "EBUSY", "EADDRINUSE", "EADDRNOTAVAIL", "EPERM",
    "ENETUNREACH", "ENETDOWN", "EDESTADDRREQ", "ETIMEDOUT")}
FIXED = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i"}
NESTED, NET_ORDER = 0x8000, 0x4000

# Few of each, so that requests meet what others made.
ADDR4 = [bytes([192, 0, 2, i]) for i in (80, 81, 82)] + [bytes(4), b"\xff" * 4]
ADDR6 = [bytes([0xfd]) + bytes(14) + bytes([i]) for i in (1, 2)] + [bytes(16)]
PORTS = [80, 81, 443, 8080, 0, 22, 65535]
VALUES = [b"v%d" % i for i in range(40)] + ADDR4 + ADDR6
STRINGS = {"ifname": [b"lo", b"sync", b"out", b"nosuchif"], "name": [b"SID", b"a", b"%s%n", b"\xff"],
           "pattern": [b"a.example", b"*.a", b"/x", b"h2", b"", b"x" * 128],
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

    def size(self, other):
        """Bytes that it must have; @other if that does not matter."""
        if self.type in FIXED:
            return struct.calcsize(FIXED[self.type])
        return 0 if self.type == "flag" else self.checks.get("exact-len", other)

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
            if "notify" not in op:
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
        self.length, self.forbidden, self.moved = None, False, False

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
        elif attr.nested == "steer":
            return self.steer(attr, inner)
        else:
            names = [n for n in inner if self.r.random() < 0.5]
        return Piece(attr.number, [self.piece(inner[n]) for n in names], True)

    def steer(self, attr, inner):
        """A steering rule that makes sense, for the most part."""
        match, how, pattern = self.r.choice(((1, 0, None), (2, 0, b"a.example"), (3, 0, b"h2"),
                                             (4, 0, b"*.a"), (5, 1, b"/x"), (5, 2, b".php"),
                                             (6, 1, b"x" * 128)))
        mark = self.r.choice((0, 1, 2, 0xffffffff))
        pieces = [Piece(inner["match"].number, bytes([match])), Piece(inner["how"].number, bytes([how])),
                  Piece(inner["target"].number, bytes([2 if mark else self.r.choice((1, 3))]))]
        if match == 6:
            pieces.append(Piece(inner["name"].number, b"a" * self.r.choice((1, 64)) + b"\0"))
        if pattern:
            pieces.append(Piece(inner["pattern"].number, pattern + b"\0"))
        if mark:
            pieces.append(Piece(inner["mark"].number, struct.pack("=I", mark)))
        names = [n for n in inner if self.r.random() < 0.05]
        return Piece(attr.number, pieces + [self.piece(inner[n]) for n in names], True)

    def request(self, op):
        """What might well be accepted."""
        pieces = []
        for attr in op.request:
            p = 0.9 if attr.type == "nest" or attr.name in ("value", "ifname", "node", "key") else 0.3
            if op.name == "sync-start" and attr.name in ("plaintext", "peer", "port", "cluster"):
                p = 0.2
            if attr.name in ("steer", "pool", "route"):
                p = 0.3
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

    def repeat(self, where, i, _):
        where.insert(self.r.randrange(len(where) + 1), where[i])

    def shuffle(self, where, _i, _):
        self.r.shuffle(where)

    def resize(self, where, i, attr):
        p = where[i]
        if isinstance(p.payload, list):
            return
        n = self.r.choice((0, 1, 2, 3, 4, 5, 8, 16, 31, 33, self.r.randrange(300)))
        if n == len(p.payload):
            return
        payload = bytes(self.r.choice((0, 1, 255, self.r.randrange(256))) for _ in range(n))
        where[i] = Piece(p.kind, payload, p.nested)
        where[i].forbidden = bool(attr) and n != attr.size(n)

    def relabel(self, where, i, _):
        p = where[i]
        kind = self.r.choice((0, self.r.randrange(24), self.r.randrange(0x4000), p.kind | NET_ORDER))
        where[i] = Piece(kind, p.payload, p.nested)
        where[i].forbidden, where[i].moved = kind & 0x3fff == 0 or kind & 0x3fff >= 24, True

    def reflag(self, where, i, attr):
        p = where[i]
        where[i] = Piece(p.kind, p.payload, not p.nested)
        where[i].forbidden = bool(attr) and where[i].nested != (attr.type == "nest")

    def exceed(self, where, i, attr):
        if not attr or attr.type not in FIXED or not attr.checks:
            return
        low, high = attr.bounds()
        top = (1 << (8 * struct.calcsize(FIXED[attr.type]))) - 1
        wrong = [v for v in (low - 1, high + 1, top, 0) if 0 <= v <= top and not low <= v <= high]
        if not wrong:
            return
        where[i] = Piece(attr.number, struct.pack(FIXED[attr.type], self.r.choice(wrong)))
        where[i].forbidden = True

    def lie(self, where, i, _):
        """About the length."""
        where[i] = Piece(where[i].kind, where[i].payload, where[i].nested)
        where[i].length = self.r.choice((0, 1, 3, 4, 5, 8, 0xffff, self.r.randrange(65536)))

    def dig(self, where, i, _):
        p = where[i]
        for _ in range(self.r.choice((1, 2, 60))):
            p = Piece(self.r.choice((1, p.kind)), [p], True)
        where[i] = p


def is_forbidden(pieces):
    """For certain: nothing else that was changed could have hidden it."""
    return all(p.length is None for p in pieces) and any(
        p.forbidden or (isinstance(p.payload, list) and p.nested and not p.moved and
                        is_forbidden(p.payload)) for p in pieces)


class Wrong(Exception):
    pass


class Reply:
    """Is an answer what the specification says?"""

    def __init__(self, spec):
        self.spec = spec

    def check(self, op, body):
        self.attrs(body, op.reply, op.name)

    def attrs(self, data, known, where):
        seen = set()
        while data:
            if len(data) < 4:
                raise Wrong("%s: bytes behind the last attribute" % where)
            n, kind = struct.unpack_from("=HH", data)
            attr = known.get(kind & 0x3fff)
            if n < 4 or n > len(data):
                raise Wrong("%s: attribute %d of %d bytes" % (where, kind, n))
            if attr is None:
                raise Wrong("%s: attribute %d is not in the specification" % (where, kind))
            if attr.number in seen and not attr.multi and attr.type != "pad":
                raise Wrong("%s: %s comes twice" % (where, attr.name))
            seen.add(attr.number)
            self.value(attr, data[4:n], bool(kind & NESTED), where + "." + attr.name)
            data = data[(n + 3) & ~3:]

    def value(self, attr, payload, nested, where):
        if nested != (attr.type == "nest"):
            raise Wrong("%s: flag for nesting is wrong" % where)
        if attr.type == "nest":
            self.attrs(payload, self.spec.by_number(attr.nested), where)
        elif attr.type in FIXED:
            if len(payload) != struct.calcsize(FIXED[attr.type]):
                raise Wrong("%s: %d bytes" % (where, len(payload)))
            value = struct.unpack(FIXED[attr.type], payload)[0]
            if attr.enum and value not in self.spec.enums[attr.enum]:
                raise Wrong("%s: %d is no %s" % (where, value, attr.enum))
            low, high = attr.bounds()
            if not attr.big and not low <= value <= high:
                raise Wrong("%s: %d is not in %d..%d" % (where, value, low, high))
        elif attr.type == "string" and (not payload or payload[-1] or b"\0" in payload[:-1]):
            raise Wrong("%s: not one string" % where)
        elif attr.type == "binary" and len(payload) != attr.checks.get("exact-len", len(payload)):
            raise Wrong("%s: %d bytes" % (where, len(payload)))


class Sock(nl.Family):
    """A socket; @dump: sequence number of a listing that is not at its end."""

    def __init__(self):
        super().__init__()
        self.dump = None

    def send(self, command, payload, flags, version=1, reserved=0):
        self.seq += 1
        msg = struct.pack("=BBH", command, version, reserved) + payload
        self.s.send(struct.pack("=IHHII", 16 + len(msg), self.id,
                                nl.NLM_F_REQUEST | flags, self.seq, 0) + msg)
        return self.seq

    def receive_part(self, size):
        """(sequence number, type, flags, body) of the messages of a datagram that are whole."""
        try:
            data = self.s.recv(size)
        except socket.timeout:
            raise Wrong("no answer within %d s" % self.s.gettimeout()) from None
        except OSError as e:
            if e.errno == errno.ENOBUFS:
                return []
            raise
        out = []
        while len(data) >= 16:
            n, kind, flags, seq = struct.unpack_from("=IHHI", data)
            if n < 16 or n > len(data):
                break
            if seq == self.dump and kind in (nl.NLMSG_DONE, nl.NLMSG_ERROR):
                self.dump = None
            out.append((seq, kind, flags, data[16:n]))
            data = data[(n + 3) & ~3:]
        return out

    def answer(self, seq):
        """(error, explained, bodies) of a request."""
        bodies = []
        while True:
            for got, kind, flags, body in self.receive_part(1 << 17):
                if got != seq:
                    continue
                if kind not in (nl.NLMSG_ERROR, nl.NLMSG_DONE):
                    bodies.append(body[4:])
                    continue
                a = nl.Answer()
                error = -struct.unpack_from("=i", body)[0]
                if flags & nl.NLM_F_TLVS:
                    skip = 4 if kind == nl.NLMSG_DONE else 20
                    if kind == nl.NLMSG_ERROR and not flags & nl.NLM_F_CAPPED and error:
                        skip = 4 + ((struct.unpack_from("=I", body, 4)[0] + 3) & ~3)
                    a.tlvs(body[skip:])
                return error, a.told(), bodies


class Worker:
    """@alone: nobody else changes anything."""

    def __init__(self, spec, seed, alone=False):
        self.spec, self.maker, self.r = spec, Maker(spec, seed), random.Random(seed ^ 0x5eed)
        self.alone = alone
        self.reply = Reply(spec)
        self.socks = [Sock() for _ in range(3)]
        self.refused = self.accepted = 0
        self.last = "nothing"

    def sock(self):
        """One of them, now and then a new one in its place, whatever it is waiting for."""
        i = self.r.randrange(len(self.socks))
        if self.r.random() < 0.02:
            self.socks[i].s.close()
            self.socks[i] = Sock()
        return self.socks[i]

    def note(self, op, flags, payload):
        self.last = "%s, flags %#x: %s" % (op.name if op else "?", flags, payload.hex())

    def check(self, op, flags, pieces, error, told, bodies):
        if error and error not in REFUSALS:
            raise Wrong("refused with " + errno.errorcode.get(error, str(error)))
        # The core says nothing of broken attributes, and of what it does not have.
        if error and not told and error not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOMEM,
                                                errno.EBUSY, errno.ERANGE):
            raise Wrong("%s, not explained" % errno.errorcode[error])
        if not error and is_forbidden(pieces):
            raise Wrong("accepted, though the specification forbids it")
        for body in bodies:
            self.reply.check(op, body)
        self.refused += bool(error)
        self.accepted += not error

    def read_back(self, op, pieces):
        """What was accepted is what is there now. Of several of a kind the last one counts."""
        name, which = READERS[op.name]
        reader = next(o for o in self.spec.ops if o.name == name)
        last = {p.kind & 0x3fff: p for p in pieces}
        ids = b"".join(last[op.set[a].number].bytes() for a in which if op.set[a].number in last)
        s = self.sock()
        error, _, bodies = s.answer(s.send(reader.value, ids, nl.NLM_F_ACK))
        if error or len(bodies) != 1:
            raise Wrong("accepted, but %s says %s" % (name, errno.errorcode.get(error, "nothing")))
        got = dict(nl.parse(bodies[0]))
        for kind, p in last.items():
            attr = reader.reply.get(kind)
            if attr and attr.type in FIXED and attr.name not in which and got.get(kind) != p.payload:
                raise Wrong("accepted, but %s is %s now" % (attr.name, got.get(kind)))
        server = last.get(op.set["server"].number) if op.name == "binding-new" else None
        if server and set(nl.parse(got[server.kind & 0x3fff])) != {
                (p.kind & 0x3fff, p.payload) for p in
                {q.kind & 0x3fff: q for q in server.payload}.values()
                if p.payload != bytes(2)}:
            raise Wrong("accepted, but the server is another one")

    def random_request(self, op):
        pieces = self.maker.request(op)
        if self.r.random() < 0.5:
            for _ in range(self.r.choice((1, 1, 2, 4))):
                self.maker.mutate(op, pieces)
        return pieces

    def ordinary(self):
        op = self.r.choice(self.spec.ops)
        pieces = self.random_request(op)
        flags = nl.NLM_F_ACK
        if op.dump and self.r.random() < 0.3:
            flags |= nl.NLM_F_DUMP
        payload = b"".join(p.bytes() for p in pieces)
        if len(payload) > 60000:
            return
        self.note(op, flags, payload)
        s = self.sock()
        error, told, bodies = s.answer(s.send(op.value, payload, flags))
        self.check(op, flags, pieces, error, told, bodies)
        if self.alone and not error and op.name in READERS:
            self.read_back(op, pieces)

    def broken(self):
        """Not even a message; nothing needs to be answered, and the next one is."""
        op = self.r.choice(self.spec.ops)
        data = bytearray(struct.pack("=BBH", op.value, 1, 0) +
                         b"".join(p.bytes() for p in self.maker.request(op)))
        for _ in range(self.r.randrange(1, 9)):
            data[self.r.randrange(len(data))] = self.r.randrange(256)
        data = bytes(data[:self.r.choice((len(data), self.r.randrange(len(data) + 1)))])
        flags = self.r.choice((0, nl.NLM_F_ACK, nl.NLM_F_DUMP, 0x200, self.r.randrange(65536)))
        s = Sock()
        n = self.r.choice((16 + len(data), self.r.randrange(64), 0xffffffff))
        one = struct.pack("=IHHII", n, s.id, flags, self.r.randrange(9), 0) + data
        self.note(op, flags, one)
        try:
            # Several in a datagram, of which one may hide the others.
            s.s.send(one * self.r.choice((1, 1, 3)))
        except OSError as e:
            if e.errno not in REFUSALS:
                raise
        s.s.close()

    def begin_dump(self):
        op = self.r.choice([o for o in self.spec.ops if o.dump])
        s = self.sock()
        flags = nl.NLM_F_DUMP | self.r.choice((0, nl.NLM_F_ACK))
        pieces = self.maker.request(op) if self.r.random() < 0.3 else []
        payload = b"".join(p.bytes() for p in pieces)
        self.note(op, flags, payload)
        was = s.dump
        s.dump = s.send(op.value, payload, flags)
        for _ in range(self.r.randrange(3)):
            if s.dump:
                s.receive_part(self.r.choice((512, 4096, 8192, 1 << 17)))
        if was and s.dump:
            # Refused, as one at a time is allowed; what was before goes on.
            s.dump = None
            s.s.close()
            self.socks[self.socks.index(s)] = Sock()

    def run(self, count, dumps=0.05):
        for i in range(count):
            chance = self.r.random()
            try:
                if chance < dumps:
                    self.begin_dump()
                elif chance < dumps + 0.08:
                    self.broken()
                else:
                    self.ordinary()
            except Wrong as e:
                print("request %d: %s\n    %s" % (i, e, self.last))
                return 1
        return 0


def clear(limits):
    """No state, and the limits that were before. The module must still do what it is told."""
    s = nl.Family()
    s.ask("SYNC_STOP")
    for name, attrs in (("SVC_FLUSH", []), ("FLOW_RESET", []), ("BINDING_FLUSH", []),
                        ("LIMITS_SET", limits), ("STATS_ZERO", []), ("SVC_NEW", [nl.SVC, nl.COOKIE]),
                        ("BINDING_NEW", [nl.BSVC, nl.BVALUE, nl.BSERVER]),
                        ("BINDING_GET", [nl.BSVC, nl.BVALUE]), ("BINDING_FLUSH", []),
                        ("SVC_DEL", [nl.SVC])):
        a = s.ask(name, attrs)
        if a.error:
            raise Wrong("afterwards, %s: %s" % (name, a))
    for name in "SVC_GET", "BINDING_GET", "PEER_GET":
        if s.ask(name, [], nl.NLM_F_DUMP).messages:
            raise Wrong("afterwards, %s is not empty" % name)
    if read_limits() != limits:
        raise Wrong("the limits are not what they were")


def read_limits():
    used = {nl.C["IPVS_L7_A_LIMITS_USED_" + n] for n in ("BINDINGS", "FLOWS", "PENDING")}
    a = nl.Family().ask("LIMITS_GET")
    return [nl.attr(k, v) for k, v in nl.parse(a.messages[0]) if k not in used]


def unreclaimable():
    """Kilobytes that the kernel cannot take back."""
    with open("/proc/meminfo", encoding="ascii") as f:
        fields = dict(line.split(":") for line in f)
    return sum(int(fields[k].split()[0]) for k in ("SUnreclaim", "Percpu", "VmallocUsed",
                                                   "KernelStack"))


def one(spec, seed, count):
    w = Worker(spec, seed, alone=True)
    bad = w.run(count)
    print("%d accepted, %d refused" % (w.accepted, w.refused))
    if not bad and not (w.accepted > count / 10 and w.refused > count / 10):
        print("too few of one kind: the requests are no good")
        bad = 1
    return bad


def many(spec, seed, count, **kw):
    pids, bad = [], 0
    for i in range(WORKERS):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                status = Worker(spec, seed + 1 + i).run(count // WORKERS, **kw)
            finally:
                sys.stdout.flush()
                os._exit(status)
        pids.append(pid)
    for pid in pids:
        bad |= os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return bad


def dumps(spec, seed, count):
    """Listings of many parts, while others change what is listed."""
    s = nl.Family()
    for i in range(150):
        svc = nl.at("SVC_SERVICE", nl.ep("192.0.2.90", 1000 + i))
        s.ask("SVC_NEW", [svc, nl.COOKIE, nl.RULE])
        for j in range(8):
            s.ask("BINDING_NEW", [nl.at("BINDING_SERVICE", nl.ep("192.0.2.90", 1000 + i)),
                                  nl.at("BINDING_VALUE", b"v%d" % j), nl.BSERVER])
    return many(spec, seed, count, dumps=0.5)


def settled():
    """Kilobytes in use, when what RCU has yet to free is gone."""
    was = unreclaimable()
    for _ in range(20):
        with open("/proc/sys/vm/stat_refresh", "w", encoding="ascii") as f:
            f.write("1")
        time.sleep(0.02)    # paced
        now = unreclaimable()
        if now >= was:
            break
        was = now
    return was


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
    # The first time fills caches, and what is freed later may come late; a leak is the same each time.
    while len(grown) < 8:
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
