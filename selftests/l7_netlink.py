#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Requests to the generic netlink family ipvs_l7 as no sane program sends them.

usage: l7_netlink.py GROUP [ARG]

Groups: missing, range, form, state: tables of requests that must be refused, with the errno
and an explanation that names the field; answers: requests that must not be refused, and what
comes back; open: every request, refused without privilege; fuzz [N [SEED]]: N requests of
random attributes, after which the module still answers. Exit status 0 if all is as it should
be; what is not is printed."""

import errno
import os
import random
import re
import socket
import struct
import sys

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_CAPPED, NLM_F_TLVS = 1, 4, 0x300, 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED = 0x8000

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEADER = os.path.join(TOP, "kernel/uapi/linux/ipvs_l7.h")


def constants():
    """The header's enums and numbers."""
    found, value = {}, 0
    with open(HEADER, encoding="ascii") as f:
        for line in f:
            if m := re.match(r"#define (\w+)\s+(\d+)$", line):
                found[m[1]] = int(m[2])
            elif line.startswith("enum"):
                value = 0
            elif m := re.match(r"\t(\w+)(?: = (\d+))?,$", line):
                value = int(m[2]) if m[2] else value
                found[m[1]] = value
                value += 1
    return found


C = constants()


def cmd(name):
    return C["IPVS_L7_CMD_" + name]


def attr(kind, payload, nested=False):
    n = 4 + len(payload)
    return (struct.pack("=HH", n, kind | (NLA_F_NESTED if nested else 0)) + payload +
            bytes(-n % 4))


def at(name, payload):
    """An attribute by name, with a payload of bytes or a list of attributes."""
    if isinstance(payload, list):
        return attr(C["IPVS_L7_A_" + name], b"".join(payload), True)
    return attr(C["IPVS_L7_A_" + name], payload)


def u8(v):
    return struct.pack("=B", v)


def u16(v):
    return struct.pack("=H", v)


def u32(v):
    return struct.pack("=I", v)


def ep(text, port=None):
    """The members of an endpoint."""
    if ":" in text:
        out = [at("ENDPOINT_ADDR6", socket.inet_pton(socket.AF_INET6, text))]
    else:
        out = [at("ENDPOINT_ADDR4", socket.inet_aton(text))]
    if port is not None:
        out.append(at("ENDPOINT_PORT", struct.pack("!H", port)))
    return out


class Answer:
    """Messages of a request, or how it was refused."""

    def __init__(self):
        self.error, self.text, self.offset, self.missing, self.messages = 0, None, None, None, []

    def told(self):
        return self.text is not None or self.missing is not None

    def tlvs(self, data):
        for kind, payload in parse(data):
            if kind == 1:
                self.text = payload.rstrip(b"\0").decode()
            elif kind == 2:
                self.offset = struct.unpack("=I", payload)[0]
            elif kind == 5:
                self.missing = struct.unpack("=I", payload)[0]

    def __str__(self):
        return "%s (%s), offset %s, missing %s" % (
            errno.errorcode.get(self.error, self.error), self.text, self.offset, self.missing)


def parse(data):
    """(type, payload) of each attribute."""
    out = []
    while len(data) >= 4:
        n, kind = struct.unpack_from("=HH", data)
        if n < 4 or n > len(data):
            break
        out.append((kind & 0x3fff, data[4:n]))
        data = data[(n + 3) & ~3:]
    return out


class Family:
    def __init__(self):
        self.s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.s.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.s.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.s.settimeout(30)
        self.s.bind((0, 0))
        self.seq = 0
        a = self.ask_raw(16, 3, attr(2, b"ipvs_l7\0"))
        if a.error:
            sys.exit("no netlink family ipvs_l7")
        self.id = struct.unpack("=H", dict(parse(a.messages[0]))[1])[0]

    def ask_raw(self, family, command, payload, flags=0):
        self.seq += 1
        msg = struct.pack("=BBH", command, 1, 0) + payload
        self.s.send(struct.pack("=IHHII", 16 + len(msg), family,
                                NLM_F_REQUEST | NLM_F_ACK | flags, self.seq, 0) + msg)
        a = Answer()
        while not self.receive(a, self.s.recv(1 << 17)):
            pass
        return a

    @staticmethod
    def receive(a, data):
        """Reads a datagram; true after the last message."""
        while len(data) >= 16:
            n, kind, flags = struct.unpack_from("=IHH", data)
            body, data = data[16:n], data[(n + 3) & ~3:]
            if kind == NLMSG_ERROR:
                a.error = -struct.unpack_from("=i", body)[0]
                skip = 20
                if not flags & NLM_F_CAPPED and a.error:
                    skip = 4 + ((struct.unpack_from("=I", body, 4)[0] + 3) & ~3)
                if flags & NLM_F_TLVS:
                    a.tlvs(body[skip:])
                return True
            if kind == NLMSG_DONE:
                a.error = -struct.unpack_from("=i", body)[0]
                if flags & NLM_F_TLVS:
                    a.tlvs(body[4:])
                return True
            a.messages.append(body[4:])
        return False

    def ask(self, name, attrs=(), flags=0):
        return self.ask_raw(self.id, cmd(name), b"".join(attrs), flags)


class Check:
    def __init__(self):
        self.nl = Family()
        self.failed = 0

    def fail(self, what):
        print(what)
        self.failed += 1

    def refused(self, name, attrs, error, field, flags=0):
        """@field: in the explanation, or the name of the attribute it points at."""
        a = self.nl.ask(name, attrs, flags)
        what = "%s, %s: %s" % (name, field, a)
        # Which of the two a wrong length is, the core says differently from type to type.
        if a.error != error and not {a.error, error} <= {errno.EINVAL, errno.ERANGE}:
            self.fail("%s: wanted %s" % (what, errno.errorcode[error]))
        elif not a.told():
            self.fail(what + ": not explained")
        elif field not in (a.text or "") and not self.points_at(a, attrs, field):
            self.fail(what + ": the field is not named")

    @staticmethod
    def points_at(a, attrs, field):
        """Does the answer's offset lie in the attribute called @field?"""
        kind = C.get("IPVS_L7_A_" + field)
        if a.missing is not None:
            return a.missing == kind
        if a.offset is None:
            return False
        pos = 20
        for one in attrs:
            if pos <= a.offset < pos + len(one):
                return kind in types(one)
            pos += len(one)
        return False

    def accepted(self, name, attrs=(), flags=0):
        a = self.nl.ask(name, attrs, flags)
        if a.error:
            self.fail("%s: %s" % (name, a))
        return a.messages


def types(data):
    """Types of an attribute and of those inside."""
    out = []
    for kind, payload in parse(data):
        out.append(kind)
        if struct.unpack_from("=H", data, 2)[0] & NLA_F_NESTED:
            out += types(payload)
    return out


SVC = at("SVC_SERVICE", ep("192.0.2.80", 80))
RULE = at("SVC_RULE", [at("RULE_TYPE", u8(1))])
COOKIE = at("SVC_RULE", [at("RULE_TYPE", u8(2)), at("RULE_NAME", b"SID\0")])


def steer(match, target, pattern=None, name=None, how=None, mark=None):
    out = [at("STEER_MATCH", u8(match)), at("STEER_TARGET", u8(target))]
    out += [at("STEER_PATTERN", pattern + b"\0")] if pattern is not None else []
    out += [at("STEER_NAME", name + b"\0")] if name is not None else []
    out += [at("STEER_HOW", u8(how))] if how is not None else []
    out += [at("STEER_MARK", u32(mark))] if mark is not None else []
    return at("SVC_STEER", out)


ANY = steer(1, 2, mark=7)
NO_STEER = at("SVC_STEER", [])


def route(name, *server):
    return at("SVC_ROUTE", [at("ROUTE_NAME", name + b"\0"), at("ROUTE_SERVER", ep(*server))])


def cookie(*more):
    return at("SVC_RULE", [at("RULE_TYPE", u8(2)), at("RULE_NAME", b"SID\0"), *more])


ROUTED = cookie(at("RULE_ROUTE", b""))
NO_ROUTE = at("SVC_ROUTE", [])
FTP, NO_FTP = at("SVC_FTP", u8(1)), at("SVC_FTP", u8(0))
BSVC = at("BINDING_SERVICE", ep("192.0.2.80", 80))
BSERVER = at("BINDING_SERVER", ep("10.0.0.1", 80))
BVALUE = at("BINDING_VALUE", b"abc")
IF = at("SYNC_IFNAME", b"lo\0")
GROUP = at("SYNC_GROUP", ep("239.1.1.1"))
PEER = at("SYNC_PEER", ep("10.0.3.9"))
NODE = at("SYNC_NODE", u8(1))
KEY = at("SYNC_KEY", bytes(range(32)))
PLAIN = at("SYNC_PLAINTEXT", b"")


def missing(c):
    inval = errno.EINVAL
    for name in "SVC_NEW", "SVC_SET", "SVC_DEL", "SVC_GET":
        c.refused(name, [], inval, "SVC_SERVICE")
    c.refused("SVC_NEW", [SVC], inval, "SVC_RULE")
    c.refused("SVC_NEW", [RULE], inval, "SVC_SERVICE")
    c.refused("SVC_NEW", [at("SVC_SERVICE", []), RULE], inval, "SVC_SERVICE")
    c.refused("SVC_NEW", [at("SVC_SERVICE", ep("192.0.2.80")), RULE], inval, "SVC_SERVICE")
    c.refused("SVC_NEW", [SVC, at("SVC_RULE", [])], inval, "SVC_RULE")
    c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(2))])], inval, "SVC_RULE")
    for name in "BINDING_GET", "BINDING_DEL":
        c.refused(name, [], inval, "BINDING_VALUE")
        c.refused(name, [BVALUE], inval, "BINDING_SERVICE")
        c.refused(name, [BSVC], inval, "BINDING_VALUE")
    c.refused("BINDING_NEW", [], inval, "BINDING_SERVER")
    c.refused("BINDING_NEW", [BSERVER], inval, "BINDING_SERVICE")
    c.refused("BINDING_NEW", [BSERVER, BSVC], inval, "BINDING_VALUE")
    c.refused("BINDING_NEW", [BSVC, BVALUE], inval, "BINDING_SERVER")
    c.refused("FLOW_GET", [], inval, "FLOW_CLIENT")
    c.refused("PEER_GET", [], inval, "PEER_NODE")
    sync = {"SYNC_IFNAME": IF, "SYNC_GROUP": GROUP, "SYNC_NODE": NODE, "SYNC_KEY": KEY}
    for name in sync:
        c.refused("SYNC_START", [v for k, v in sync.items() if k != name], inval, name)
    c.refused("SYNC_KEY_ADD", [], inval, "SYNC_KEY")
    c.refused("SYNC_KEY_DEL", [], inval, "SYNC_KEY_ID")


def out_of_range(c):
    erange = errno.ERANGE
    for name, low, high in (("TIMEOUT", 1, 31536000), ("INSPECT_TIMEOUT", 100, 60000),
                            ("SILENT_TIMEOUT", 1, 3600), ("CONNECT_TIMEOUT", 50, 30000),
                            ("MAX_REQUEST", 512, 65536), ("FLOW_TIMEOUT", 1, 31536000)):
        field = "SVC_" + name
        c.refused("SVC_NEW", [SVC, RULE, at(field, u32(low - 1))], erange, field)
        for v in high + 1, 0xffffffff:
            a = c.nl.ask("SVC_NEW", [SVC, RULE, at(field, u32(v))])
            if a.error not in (erange, errno.EINVAL) or not a.told():
                c.fail("%s %d: %s" % (name, v, a))
            elif name.lower().replace("_", "-") not in a.text and a.offset is None:
                c.fail("%s %d: not named: %s" % (name, v, a))
    for v in 0, 9:
        c.refused("SVC_NEW", [SVC, RULE, at("SVC_TRIES", u8(v))], erange, "SVC_TRIES")
    for field in "SVC_ACCEPT_PROXY", "SVC_SEND_PROXY", "SVC_MIRROR_CONNECTIONS", "SVC_FTP":
        for v in 2, 255:
            c.refused("SVC_NEW", [SVC, RULE, at(field, u8(v))], erange, field)
    for v in 0, 12, 255:
        c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(v))])], erange, "SVC_RULE")
    for name, wrong in (("MATCH", (0, 7)), ("HOW", (3,)), ("TARGET", (0, 4))):
        for v in wrong:
            c.refused("SVC_NEW", [SVC, at("SVC_STEER", [at("STEER_" + name, u8(v))])], erange,
                      "STEER_" + name)
    c.refused("SVC_NEW", [SVC, steer(1, 2, mark=0)], erange, "STEER_MARK")
    for v in 0, 17, 255:
        c.refused("SVC_NEW", [SVC, cookie(at("RULE_RESPONSES", u8(v)))], erange, "RULE_RESPONSES")
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_POOL", u32(0))], erange, "BINDING_POOL")
    for v in 0, 129, 33:
        c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(1)),
                                                   at("RULE_PREFIX", u8(v))])], erange, "prefix"
                  if v == 33 else "RULE_PREFIX")
    for name, low in (("BINDINGS", 1), ("FLOWS", 1), ("PENDING", 1), ("PENDING_SRC", 1),
                      ("PENDING_BYTES", 4096)):
        c.refused("LIMITS_SET", [at("LIMITS_" + name, u32(low - 1))], erange, "LIMITS_" + name)
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_RULE", u8(8))], erange, "BINDING_RULE")
    c.refused("SYNC_START", [IF, GROUP, KEY, at("SYNC_NODE", u8(0))], erange, "SYNC_NODE")
    c.refused("PEER_GET", [at("PEER_NODE", u8(0))], erange, "PEER_NODE")
    c.refused("SYNC_KEY_DEL", [at("SYNC_KEY_ID", u8(0)), at("SYNC_FORCE", b"")], erange, "SYNC_KEY_ID")


def form(c):
    inval = errno.EINVAL
    # Lengths.
    for n in 0, 1, 3, 5, 8:
        c.refused("SVC_NEW", [SVC, RULE, at("SVC_TIMEOUT", bytes(n))], inval, "SVC_TIMEOUT")
    for n in 0, 3, 5, 16:
        svc = at("SVC_SERVICE", [at("ENDPOINT_ADDR4", bytes(n)), at("ENDPOINT_PORT", u16(1))])
        c.refused("SVC_DEL", [svc], inval, "ENDPOINT_ADDR4")
    for n in 0, 4, 15, 17:
        svc = at("SVC_SERVICE", [at("ENDPOINT_ADDR6", bytes(n)), at("ENDPOINT_PORT", u16(1))])
        c.refused("SVC_DEL", [svc], inval, "ENDPOINT_ADDR6")
    for n in 0, 31, 33, 64:
        c.refused("SYNC_START", [IF, GROUP, NODE, at("SYNC_KEY", bytes(n))], inval, "SYNC_KEY")
        c.refused("SYNC_KEY_ADD", [at("SYNC_KEY", bytes(n))], inval, "SYNC_KEY")
    # Names.
    for name in b"", b"x" * 65 + b"\0", b"SID":
        rule = at("SVC_RULE", [at("RULE_TYPE", u8(2)), at("RULE_NAME", name)])
        c.refused("SVC_NEW", [SVC, rule], inval, "RULE_NAME")
    c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(2)), at("RULE_NAME", b"\0")])],
              inval, "name")
    c.refused("SYNC_START", [at("SYNC_IFNAME", b"0123456789abcdef\0"), GROUP, NODE, KEY], inval,
              "SYNC_IFNAME")
    c.refused("SYNC_START", [IF, GROUP, NODE, KEY, at("SYNC_KEY_PATH", b"/" * 256 + b"\0")], inval,
              "SYNC_KEY_PATH")
    # Combinations.
    both = ep("192.0.2.80", 80) + ep("::1")
    c.refused("SVC_DEL", [at("SVC_SERVICE", both)], inval, "SVC_SERVICE")
    c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(1)),
                                               at("RULE_NAME", b"SID\0")])], inval, "SVC_RULE")
    c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(2)), at("RULE_NAME", b"S\0"),
                                               at("RULE_PREFIX", u8(8))])], inval, "prefix")
    c.refused("SVC_NEW", [SVC] + [RULE] * 9, errno.E2BIG, "SVC_RULE")
    # Steering rules.
    for text in b"x" * 129 + b"\0", b"abc":
        rule = at("SVC_STEER", [at("STEER_MATCH", u8(2)), at("STEER_TARGET", u8(1)),
                                at("STEER_PATTERN", text)])
        c.refused("SVC_NEW", [SVC, rule], inval, "STEER_PATTERN")
    for rule, what in ((steer(1, 2), "mark"), (steer(1, 1, mark=1), "mark"),
                       (steer(2, 1), "pattern"), (steer(1, 1, b"a"), "pattern"),
                       (steer(2, 1, b"a", how=1), "how"), (steer(5, 1, b"/a", b"A"), "name"),
                       (steer(6, 1, b"a"), "name"), (steer(6, 1, b"a", b"A:"), "name"),
                       (steer(4, 1, b"a:80"), "port"), (steer(5, 1, b"/a*"), "star")):
        c.refused("SVC_NEW", [SVC, rule], inval, what)
    c.refused("SVC_NEW", [SVC, ANY, steer(2, 1, b"a")], inval, "any")
    c.refused("SVC_NEW", [SVC, ANY, ANY], inval, "twice")
    c.refused("SVC_NEW", [SVC, ANY, NO_STEER], inval, "match")
    c.refused("SVC_NEW", [SVC, NO_STEER], inval, "keys")
    c.refused("SVC_NEW", [SVC] + [steer(2, 1, b"a%d" % i) for i in range(17)], errno.E2BIG,
              "SVC_STEER")
    # What wants the client to speak first does not go with FTP, on any port.
    for what in COOKIE, ANY, at("SVC_ACCEPT_PROXY", u8(1)), at("SVC_SEND_PROXY", u8(1)):
        c.refused("SVC_NEW", [SVC, RULE, what, FTP], inval, "ftp")
    c.refused("SVC_NEW", [SVC, NO_FTP], inval, "keys")
    # Options of cookies and parameters, and the routes that go with one.
    for option in at("RULE_RESPONSES", u8(2)), at("RULE_ROUTE", b""):
        c.refused("SVC_NEW", [SVC, at("SVC_RULE", [at("RULE_TYPE", u8(6)), at("RULE_NAME", b"S\0"), option])],
                  inval, "cookie")
    c.refused("SVC_NEW", [SVC, ROUTED], inval, "route")
    c.refused("SVC_NEW", [SVC, ROUTED, NO_ROUTE], inval, "route")
    c.refused("SVC_NEW", [SVC, ROUTED, at("SVC_ROUTE", [at("ROUTE_NAME", b"a\0")])], inval, "server")
    c.refused("SVC_NEW", [SVC, ROUTED, at("SVC_ROUTE", [at("ROUTE_SERVER", ep("10.0.0.1"))])], inval, "name")
    for name in b"", b"a.b", b"a b", b"a,", b"a;", b"a=", b'a"', b"a\\", b"\x7f", b"\xe4":
        c.refused("SVC_NEW", [SVC, ROUTED, route(name, "10.0.0.1")], inval, "name")
    c.refused("SVC_NEW", [SVC, ROUTED, route(b"n" * 33, "10.0.0.1")], inval, "ROUTE_NAME")
    c.refused("SVC_NEW", [SVC, ROUTED, route(b"a", "0.0.0.0")], inval, "address")
    c.refused("SVC_NEW", [SVC, ROUTED, route(b"a", "fd00::1")], inval, "family")
    c.refused("SVC_NEW", [SVC, ROUTED, route(b"a", "10.0.0.1"), route(b"a", "10.0.0.2")], inval, "twice")
    c.refused("SVC_NEW", [SVC, ROUTED, route(b"a", "10.0.0.1"), NO_ROUTE], inval, "name")
    c.refused("SVC_NEW", [SVC, ROUTED] + [route(b"%d" % i, "10.0.0.1") for i in range(65)], errno.E2BIG,
              "SVC_ROUTE")
    c.refused("SVC_NEW", [at("SVC_SERVICE", ep("192.0.2.80", 22)), ANY], inval, "port")
    c.refused("SVC_NEW", [at("SVC_SERVICE", ep("192.0.2.80", 0)), RULE], inval, "port")
    c.refused("SVC_NEW", [at("SVC_SERVICE", ep("192.0.2.80", 22)), COOKIE], inval, "port")
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_HASH", bytes(16))], inval, "BINDING_HASH")
    c.refused("BINDING_GET", [at("BINDING_HASH", bytes(15))], inval, "BINDING_HASH")
    c.refused("BINDING_GET", [at("BINDING_HASH", bytes(16)), at("BINDING_RULE", u8(0))], inval,
              "BINDING_RULE")
    c.refused("BINDING_GET", [at("BINDING_HASH", bytes(16)), at("BINDING_POOL", u32(1))], inval,
              "BINDING_POOL")
    c.refused("BINDING_GET", [BVALUE], inval, "not for a dump", NLM_F_DUMP)
    c.refused("SYNC_START", [IF, GROUP, PEER, NODE, KEY], inval, "SYNC_GROUP")
    c.refused("SYNC_START", [IF] + [PEER] * 17 + [NODE, KEY], errno.E2BIG, "SYNC_PEER")
    c.refused("SYNC_START", [IF, GROUP, NODE, KEY, at("SYNC_PORT", bytes(2))], inval, "SYNC_PORT")
    c.refused("SYNC_START", [IF, GROUP, NODE, PLAIN, at("SYNC_ACCEPT_POLICIES", b"")], inval,
              "accept-policies: over plain text")
    # What is unknown, or only for answers.
    for name, attrs in (("SVC_GET", [SVC]), ("SVC_FLUSH", []), ("LIMITS_GET", []),
                        ("SYNC_STOP", []), ("SYNC_GET", []), ("STATS_ZERO", [])):
        for kind in 1, 7, 20, 0x3fff:
            if (name, kind) in (("SVC_GET", 1), ("STATS_ZERO", 1)):
                continue
            a = c.nl.ask(name, attrs + [attr(kind, u32(1))])
            if a.error != inval or not a.told():
                c.fail("%s with attribute %d: %s" % (name, kind, a))
    c.refused("LIMITS_SET", [at("LIMITS_USED_FLOWS", u32(1))], inval, "attribute")
    a = c.nl.ask_raw(c.nl.id, 99, b"")
    if a.error != errno.EOPNOTSUPP:
        c.fail("command 99: %s" % a)
    a = c.nl.ask("SVC_NEW", [SVC, RULE, b"\1\2\3"])
    if a.error != inval:
        c.fail("trailing bytes: %s" % a)
    # A nest without the flag.
    a = c.nl.ask("SVC_DEL", [at("SVC_SERVICE", b"".join(ep("192.0.2.80", 80)))])
    if a.error != inval or not a.told():
        c.fail("nest without its flag: %s" % a)


def state(c):
    noent = errno.ENOENT
    for name in "SVC_DEL", "SVC_SET", "SVC_GET":
        c.refused(name, [SVC], noent, "service")
    c.refused("STATS_GET", [at("STATS_SERVICE", ep("192.0.2.80", 80))], noent, "service")
    c.refused("STATS_ZERO", [at("STATS_SERVICE", ep("192.0.2.80", 80))], noent, "service")
    c.refused("BINDING_FLUSH", [BSVC], noent, "service")
    c.refused("FLOW_RESET", [at("FLOW_VIP", ep("192.0.2.81", 80))], noent, "service")
    c.refused("BINDING_NEW", [BSVC, BVALUE, BSERVER], noent, "service")
    c.refused("BINDING_GET", [at("BINDING_HASH", bytes(16))], noent, "binding")
    c.refused("FLOW_GET", [at("FLOW_CLIENT", ep("192.0.2.1", 1))], noent, "client")
    c.refused("PEER_GET", [at("PEER_NODE", u8(200))], noent, "node")
    c.accepted("SVC_NEW", [SVC, COOKIE, RULE])
    c.refused("SVC_NEW", [SVC, COOKIE], errno.EEXIST, "service")
    c.refused("BINDING_GET", [BSVC, BVALUE], noent, "binding")
    c.refused("BINDING_DEL", [BSVC, BVALUE], noent, "binding")
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_RULE", u8(2))], noent, "rule")
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_RULE", u8(1))], errno.EINVAL, "value")
    c.refused("BINDING_GET", [BSVC, at("BINDING_VALUE", b"")], errno.EINVAL, "value")
    c.refused("BINDING_NEW", [BSVC, BVALUE, at("BINDING_SERVER", ep("::1", 80))],
              errno.EAFNOSUPPORT, "server")
    c.accepted("SVC_FLUSH")
    a = c.nl.ask("SYNC_STOP")
    if not a.error or not a.told():
        c.fail("SYNC_STOP when stopped: %s" % a)
    c.refused("SYNC_PUSH", [], errno.ENOENT, "sync: not running")
    c.refused("SYNC_START", [at("SYNC_IFNAME", b"nosuchif\0"), GROUP, NODE, KEY],
              errno.ENODEV, "interface")


def rules_of(c, kind):
    """Those of the service, as they are listed: (type, payload) of what is in each."""
    got = parse(c.accepted("SVC_GET", [SVC])[0])
    return [dict(parse(p)) for k, p in got if k == C["IPVS_L7_A_" + kind]]


def steering(c):
    """What was given comes back, stays, is replaced as a whole, and goes."""
    many = [steer(6, 2, b"v" * 126 + b"%02d" % i, b"N" * 64, 1, 0xffffffff) for i in range(16)]
    c.accepted("SVC_SET", [SVC] + many)
    c.accepted("SVC_SET", [SVC, at("SVC_TRIES", u8(2))])
    got = rules_of(c, "SVC_STEER")
    if len(got) != 16 or got[15] != dict(parse(parse(many[15])[0][1])):
        c.fail("steering rules did not stay: %s" % got)
    # More than a page, from a socket that has read nothing yet.
    if len(Family().ask("SVC_GET", [], NLM_F_DUMP).messages) != 1:
        c.fail("a policy larger than a page is not listed")
    c.accepted("SVC_SET", [SVC, ANY])
    if [r[C["IPVS_L7_A_STEER_MARK"]] for r in rules_of(c, "SVC_STEER")] != [u32(7)]:
        c.fail("steering rules were not replaced")
    pool = at("BINDING_POOL", u32(7))
    c.accepted("SVC_SET", [SVC, COOKIE])
    c.accepted("BINDING_NEW", [BSVC, BVALUE, BSERVER, pool])
    c.accepted("BINDING_GET", [BSVC, BVALUE, pool])
    c.refused("BINDING_GET", [BSVC, BVALUE], errno.ENOENT, "binding")
    c.refused("BINDING_GET", [BSVC, BVALUE, at("BINDING_POOL", u32(8))], errno.ENOENT, "pool")
    c.accepted("BINDING_DEL", [BSVC, BVALUE, pool])
    c.accepted("SVC_SET", [SVC, NO_STEER])
    if rules_of(c, "SVC_STEER") or not rules_of(c, "SVC_RULE"):
        c.fail("steering rules are still there, or the keys are not")


def routing(c):
    """Likewise, and all that a policy may have is listed."""
    many = [route(b"%032d" % i, "10.0.0.%d" % (i + 1), *[80][:i % 2]) for i in range(64)]
    c.accepted("SVC_SET", [SVC, ROUTED] + many)
    c.accepted("SVC_SET", [SVC, at("SVC_TRIES", u8(2))])
    got = rules_of(c, "SVC_ROUTE")
    if got != [dict(parse(parse(m)[0][1])) for m in many]:
        c.fail("routes did not stay: %s" % got)
    if C["IPVS_L7_A_RULE_ROUTE"] not in rules_of(c, "SVC_RULE")[0]:
        c.fail("the option is not there")
    keys = [at("SVC_RULE", [at("RULE_TYPE", u8(13)), at("RULE_NAME", b"%053d\0" % i),
                            at("RULE_ATTRIBUTES", b"%0128d\0" % i)]) for i in range(8)]
    six = at("SVC_SERVICE", ep("fd00::80", 80))
    c.accepted("SVC_NEW", [six, at("SVC_GROUP", b"%032d\0" % 1)] + keys +
               [steer(6, 2, b"v" * 126 + b"%02d" % i, b"N" * 64, 1, 0xffffffff) for i in range(16)] +
               [route(b"%032d" % i, "fd00::1", 80) for i in range(64)])
    c.accepted("SVC_GET", [six])
    if len(Family().ask("SVC_GET", [], NLM_F_DUMP).messages) != 2:
        c.fail("a policy with all there is is not listed")
    c.accepted("SVC_DEL", [six])
    c.accepted("SVC_SET", [SVC, route(b"a", "10.0.0.1")])
    if len(rules_of(c, "SVC_ROUTE")) != 1:
        c.fail("routes were not replaced")
    c.refused("SVC_SET", [SVC, NO_ROUTE], errno.EINVAL, "route")
    c.accepted("SVC_SET", [SVC, COOKIE, NO_ROUTE])
    if rules_of(c, "SVC_ROUTE"):
        c.fail("routes are still there")
    c.accepted("SVC_SET", [SVC, cookie(at("RULE_RESPONSES", u8(16)))])
    if rules_of(c, "SVC_RULE")[0].get(C["IPVS_L7_A_RULE_RESPONSES"]) != u8(16):
        c.fail("responses did not stay")


def ftp(c):
    """A policy that needs no key, and none that wants payload."""
    def is_on():
        return dict(parse(c.accepted("SVC_GET", [svc])[0]))[C["IPVS_L7_A_SVC_FTP"]]
    svc = at("SVC_SERVICE", ep("192.0.2.80", 21))
    c.accepted("SVC_NEW", [svc, FTP])
    c.accepted("SVC_SET", [svc, at("SVC_TRIES", u8(2))])
    if is_on() != u8(1):
        c.fail("ftp did not stay")
    c.refused("SVC_SET", [svc, COOKIE], errno.EINVAL, "ftp")
    c.refused("SVC_SET", [svc, NO_FTP], errno.EINVAL, "keys")
    c.accepted("SVC_SET", [svc, RULE])
    c.accepted("SVC_SET", [svc, NO_FTP])
    if is_on() != u8(0):
        c.fail("ftp is still there")
    c.accepted("SVC_DEL", [svc])


def answers(c):
    c.accepted("SVC_NEW", [SVC, COOKIE, RULE])
    if len(c.accepted("SVC_GET", [], NLM_F_DUMP)) != 1:
        c.fail("SVC_GET: not one service")
    tb = dict(parse(c.accepted("SVC_GET", [SVC])[0]))
    if tb.get(C["IPVS_L7_A_SVC_TIMEOUT"]) != u32(3600):
        c.fail("timeout is not the default")
    c.accepted("SVC_SET", [SVC, at("SVC_TIMEOUT", u32(77))])
    got = parse(c.accepted("SVC_GET", [SVC])[0])
    if dict(got).get(C["IPVS_L7_A_SVC_TIMEOUT"]) != u32(77):
        c.fail("timeout was not changed")
    if sum(k == C["IPVS_L7_A_SVC_RULE"] for k, _ in got) != 2:
        c.fail("rules did not stay")
    c.accepted("SVC_SET", [SVC, RULE])
    got = parse(c.accepted("SVC_GET", [SVC])[0])
    if sum(k == C["IPVS_L7_A_SVC_RULE"] for k, _ in got) != 1:
        c.fail("rules were not replaced")
    steering(c)
    routing(c)
    ftp(c)
    c.accepted("SVC_SET", [SVC, COOKIE, RULE])
    c.accepted("BINDING_NEW", [BSVC, BVALUE, BSERVER])
    found = c.accepted("BINDING_GET", [BSVC, BVALUE])
    digest = dict(parse(found[0]))[C["IPVS_L7_A_BINDING_HASH"]]
    if b"abc" in found[0]:
        c.fail("the key is in the answer")
    c.accepted("BINDING_GET", [at("BINDING_HASH", digest)])
    if len(c.accepted("BINDING_GET", [BSVC], NLM_F_DUMP)) != 1:
        c.fail("BINDING_GET of the service: not one")
    other = at("BINDING_SERVICE", ep("192.0.2.81", 80))
    if c.accepted("BINDING_GET", [other], NLM_F_DUMP):
        c.fail("BINDING_GET of another service: not none")
    c.accepted("BINDING_DEL", [at("BINDING_HASH", digest)])
    # what is left of a service whose policy is gone
    c.accepted("BINDING_NEW", [BSVC, BVALUE, BSERVER, at("BINDING_STATIC", b"")])
    c.accepted("SVC_DEL", [SVC])
    if len(c.accepted("BINDING_GET", [BSVC], NLM_F_DUMP)) != 1:
        c.fail("BINDING_GET without the policy: not one")
    c.accepted("BINDING_FLUSH", [BSVC, at("BINDING_STATIC", b"")])
    if c.accepted("BINDING_GET", [BSVC], NLM_F_DUMP):
        c.fail("BINDING_GET after the flush: not none")
    c.accepted("SVC_NEW", [SVC, COOKIE, RULE])
    c.accepted("FLOW_GET", [], NLM_F_DUMP)  # those of earlier tests may still be closing
    if c.accepted("PEER_GET", [], NLM_F_DUMP):
        c.fail("PEER_GET: not empty")
    check_stats(c)
    check_limits(c)
    c.accepted("BINDING_FLUSH")
    c.accepted("STATS_ZERO")
    c.accepted("SVC_DEL", [SVC])
    if len(c.accepted("SYNC_GET")) != 1:
        c.fail("SYNC_GET: not one answer")


def counters(messages):
    names = []
    for m in messages:
        for kind, payload in parse(m):
            if kind == C["IPVS_L7_A_STATS_COUNTER"]:
                names.append(dict(parse(payload))[C["IPVS_L7_A_COUNTER_NAME"]])
    return names


def check_stats(c):
    """A dump in parts, and a single answer, have each counter of the list once."""
    with open(os.path.join(TOP, "kernel/counters.def"), encoding="ascii") as f:
        want = [m[1].encode() + b"\0" for m in re.finditer(r'^L7_CTR\(\w+,\s*"(\w+)"', f.read(),
                                                           re.M)]
    if counters(c.accepted("STATS_GET")) != want:
        c.fail("counters of the namespace are not those of the list")
    if counters(c.accepted("STATS_GET", [at("STATS_SERVICE", ep("192.0.2.80", 80))])) != want:
        c.fail("counters of a service are not those of the list")
    if counters(c.accepted("STATS_GET", [], NLM_F_DUMP)) != want * 2:
        c.fail("counters of the dump are not those of the list, twice")


def check_limits(c):
    before = dict(parse(c.accepted("LIMITS_GET")[0]))
    flows = C["IPVS_L7_A_LIMITS_FLOWS"]
    c.accepted("LIMITS_SET", [at("LIMITS_FLOWS", u32(4711))])
    after = dict(parse(c.accepted("LIMITS_GET")[0]))
    if after[flows] != u32(4711) or any(after[k] != v for k, v in before.items() if k != flows):
        c.fail("limits: not just flows changed")
    c.accepted("LIMITS_SET", [at("LIMITS_FLOWS", before[flows])])


def no_privilege(c):
    for name in (k[12:] for k in C if k.startswith("IPVS_L7_CMD_")):
        if name == "MAX":
            continue
        for flags in (0, NLM_F_DUMP) if name.endswith("_GET") else (0,):
            a = c.nl.ask(name, [], flags)
            # Without a dump callback, that is what is told first.
            if a.error not in (errno.EPERM, errno.EOPNOTSUPP):
                c.fail("%s: %s" % (name, a))


def random_attrs(r, depth=0):
    out = b""
    for _ in range(r.randrange(6)):
        kind = r.randrange(16)
        if depth < 2 and r.random() < 0.5:
            payload, nested = random_attrs(r, depth + 1), r.random() < 0.9
        else:
            n = r.choice((0, 1, 2, 4, 4, 4, 8, 16, 16, 32, r.randrange(300)))
            payload, nested = bytes(r.choice((0, 1, 255, r.randrange(256))) for _ in range(n)), False
        a = attr(kind, payload, nested)
        if r.random() < 0.02:
            a = struct.pack("=H", r.randrange(65536)) + a[2:]
        out += a
    return out


def likely_attrs(r):
    """Mostly what would be accepted, some of it twice, missing or changed in a byte."""
    pool = [SVC, RULE, COOKIE, BSVC, BSERVER, BVALUE, at("FLOW_CLIENT", ep("192.0.2.1", 1)),
            at("SVC_TIMEOUT", u32(r.randrange(100))), at("SVC_TRIES", u8(r.randrange(12))),
            at("LIMITS_FLOWS", u32(r.randrange(1 << 32))), at("BINDING_RULE", u8(r.randrange(9))),
            at("SVC_SERVICE", ep("fd00::1", r.randrange(65536))), IF, GROUP, NODE, KEY]
    out = bytearray(b"".join(r.choices(pool, k=r.randrange(1, 7))))
    if r.random() < 0.3:
        out[r.randrange(len(out))] = r.randrange(256)
    return bytes(out)


def fuzz(c, count=3000, seed=1):
    r = random.Random(int(seed))
    unexplained = {}
    for _ in range(int(count)):
        command = r.randrange(1, C["__IPVS_L7_CMD_MAX"] + 1)
        payload = likely_attrs(r) if r.random() < 0.6 else random_attrs(r)
        flags = NLM_F_DUMP if r.random() < 0.2 else 0
        a = c.nl.ask_raw(c.nl.id, command, payload, flags)
        if a.error and not a.told() and a.error not in (errno.EOPNOTSUPP, errno.ENOMEM):
            unexplained.setdefault((command, a.error), payload.hex())
    for (command, error), payload in unexplained.items():
        # The core refuses broken attributes without a word.
        if error != errno.EINVAL:
            c.fail("command %d, %s: not explained: %s" % (command, errno.errorcode[error], payload))
    c.nl.ask("SYNC_STOP")
    c.accepted("SVC_FLUSH")
    c.accepted("BINDING_FLUSH")
    c.accepted("SVC_NEW", [SVC, COOKIE])
    c.accepted("SVC_DEL", [SVC])


GROUPS = {"missing": missing, "range": out_of_range, "form": form, "state": state,
          "answers": answers, "open": no_privilege, "fuzz": fuzz}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in GROUPS:
        sys.exit(__doc__)
    c = Check()
    GROUPS[sys.argv[1]](c, *sys.argv[2:])
    return 1 if c.failed else 0


if __name__ == "__main__":
    sys.exit(main())
