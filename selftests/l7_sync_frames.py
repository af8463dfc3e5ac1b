# SPDX-License-Identifier: GPL-2.0
"""What a confirmed director may send by mistake, by malice, or because it is of a later
version. A table is a generator of (what, frames, counters, applied): which counters must
grow by how much, and whether the sound binding behind the odd part,
in the same packet, must be there afterwards (None: there is none). Frames may come as a pair
with fields of the header.
"""
import os
import time

import l7_wire as w

SERVER, SERVICE, SECOND, FOREIGN, FOREIGN_SERVER, UDP_SERVICE, UDP_SERVER = range(1, 8)
UNTOLD, BEYOND = 4000, 4096


class World:
    """Names and sound records of node 9."""

    def __init__(self, v4, service, server):
        self.v4, self.service, self.server, self.peer_epoch = v4, service, server, None
        self.scope = w.scope(service, 80)
        self.gen = int(time.time())
        self.digest, self.used = None, []
        self.kind, self.client = (w.FLOW4, "10.0.1.5") if v4 else (w.FLOW6, "fd00:1::5")

    def names(self):
        other, other_server = (("fd00:1::100", "fd00:2::1") if self.v4 else
                               ("10.0.1.100", "10.0.2.1"))
        return (w.servers(w.name(SERVER, self.server, 80), w.name(SERVICE, self.service, 80),
                          w.name(SECOND, self.server, 8080),
                          w.name(UDP_SERVICE, self.service, 80, proto=17),
                          w.name(UDP_SERVER, self.server, 80, proto=17)) +
                w.servers(w.name(FOREIGN, other, 80), w.name(FOREIGN_SERVER, other_server, 80)))

    def fresh(self):
        self.digest = os.urandom(16)
        self.used.append(self.digest)
        return self.digest

    def bindings(self, *records, **fields):
        """A group; without records, of one sound one that is new."""
        records = records or [w.binding(self.gen, SERVER, self.fresh())]
        return w.group(w.BINDING, *records, **{"origin": 9, "scope": self.scope, "key_type": 2,
                                               **fields})

    def good(self):
        return w.update(self.bindings())

    def flow(self, port=4711, server=SERVER, gen=None, seq=0, ts=0, scales=0xff, bits=0, **fields):
        record = w.flow(self.gen if gen is None else gen, server, port, self.client, seq, ts,
                        scales, bits)
        return w.group(self.kind, record, **{"origin": 9, "scope": SERVICE, **fields})

    def plain(self, port=4730, server=SERVER, gen=None, bits=4, **fields):
        kind = w.PLAIN4 if self.v4 else w.PLAIN6
        record = w.plain(self.gen if gen is None else gen, server, port, self.client, bits)
        return w.group(kind, record, **{"origin": 9, "scope": SERVICE, **fields})

    def data(self, port=4740, server=SERVER, vport=50000, sport=2022, control=4741, **fields):
        kind = w.DATA4 if self.v4 else w.DATA6
        record = w.data(self.gen, server, port, vport, sport, control, self.client)
        return w.group(kind, record, **{"origin": 9, "scope": SERVICE, **fields})


APPLIED = {"sync_applied": 1}
MALFORMED = {"sync_rx_malformed": 1}
BOTH = {"sync_rx_malformed": 1, "sync_applied": 1}


def unknown(x):
    """What a later version might send is skipped, and what follows is read."""
    yield "nothing odd", x.names() + x.good(), APPLIED, True
    yield "no frame", b"", {}, None
    for kind in (0, 7, 15, 17, 22, 27, 127, 128, 255):
        for body in b"", bytes(3), os.urandom(700):
            yield ("frame of type %d with %d bytes" % (kind, len(body)),
                   w.frame(kind, body) + x.good(), APPLIED, True)
    yield "flags of a frame", w.frame(w.UPDATE, x.bindings(), flags=255), APPLIED, True
    yield "an empty UPDATE", w.frame(w.UPDATE) + x.good(), APPLIED, True
    for kind in 0, 10, 99, 255:
        for size in 0, 1, 22, 300:
            odd = w.group(kind, origin=9, count=2, size=size) + os.urandom(2 * size)
            yield ("group of kind %d with records of %d bytes" % (kind, size),
                   w.update(odd, x.bindings()), APPLIED, True)
    yield ("a group without end of records", w.update(
        w.group(77, origin=9, count=65535, size=0), x.bindings()), APPLIED, True)
    yield ("a group without records", w.update(
        w.group(w.BINDING, origin=9), x.bindings()), APPLIED, True)
    for more in 1, 18, 200:
        record = w.binding(x.gen, SERVER, x.fresh()) + os.urandom(more)
        yield ("a binding with %d more bytes" % more, w.update(x.bindings(record)), APPLIED, True)
    yield ("names with more bytes", w.servers(w.name(SERVER, x.server, 80, more=bytes(7)),
                                              family=4 if x.v4 else 6) + x.good(), APPLIED, True)
    for family in 0, 5, 7, 255:
        yield ("names of family %d" % family,
               w.servers(bytes(40), bytes(40), family=family) + x.good(), APPLIED, True)
    peer = w.seen(200, 1) + bytes(24)
    yield "a longer HELLO", w.hello([peer, peer], more=bytes(80)) + x.good(), APPLIED, True
    yield "a HELLO without stamps", w.hello([w.seen(200, 1)[:40]] * 2) + x.good(), APPLIED, True
    yield ("HELLO of another version", bytes([1, 0, 0, 64, 2, 255, 200]) + bytes([0, 40, 64]) +
           bytes(58) + x.good(), APPLIED, True)
    for kind in 0, 3, 255:
        yield ("CHALLENGE of kind %d" % kind,
               w.challenge(kind, 2, 1, bytes(16)) + x.good(), APPLIED, True)
    yield "a longer TAIL", w.tail(more=bytes(9)) + x.good(), APPLIED, True
    yield "a longer WALK", w.walk(more=bytes(9)) + x.good(), APPLIED, True
    yield "a longer ECHO", w.echo(w.ASK, 2, x.peer_epoch, more=bytes(9)) + x.good(), APPLIED, True
    yield "a longer NACK", w.nack(2, x.peer_epoch, more=bytes(9)) + x.good(), APPLIED, True
    yield "a class", (x.good(), {"cls": 0x55}), APPLIED, True
    yield "reserved bytes", (x.good(), {"reserved": 0xffff}), APPLIED, True


def malformed(x):
    """The rest of the packet is dropped."""
    yield "nothing odd", x.names() + x.good(), APPLIED, True
    for n in 1, 2, 3:
        yield "%d bytes of a frame's header" % n, x.good() + bytes(n), BOTH, True
    for kind in w.HELLO, w.UPDATE, 99:
        yield ("frame of type %d longer than the packet" % kind,
               w.frame(kind, length=60000) + x.good(), MALFORMED, False)
    for n in 0, 1, 63:
        yield "HELLO of %d bytes" % n, w.frame(w.HELLO, bytes(n)) + x.good(), MALFORMED, False
    for what, entry, head, count in (("small entries", 39, 64, 1), ("a small head", 40, 63, 1),
                                     ("a head beyond its end", 40, 255, 0),
                                     ("more entries than bytes", 40, 64, 255)):
        body = bytes([1, 1, 2, count, entry, head]) + bytes(58 + 40)
        yield "HELLO with " + what, w.frame(w.HELLO, body) + x.good(), MALFORMED, False
    for n in 0, 1, 47:
        yield ("CHALLENGE of %d bytes" % n, w.frame(w.CHALLENGE, bytes(n)) + x.good(),
               MALFORMED, False)
    for n in 0, 1, 39:
        yield "TAIL of %d bytes" % n, w.frame(w.TAIL, bytes(n)) + x.good(), MALFORMED, False
    for what, odd in (("3 bytes", w.frame(w.NACK, bytes(3))),
                      ("more entries than bytes", w.nack(2, x.peer_epoch, (1, 1), count=2)),
                      ("small entries", w.nack(2, x.peer_epoch, (1, 1), size=11)),
                      ("the control lane", w.nack(2, x.peer_epoch, (1, 1), lane=w.CONTROL)),
                      ("no lane", w.nack(2, x.peer_epoch, (1, 1), lane=3))):
        yield "NACK with " + what, odd + x.good(), MALFORMED, False
    for what, odd in (("3 bytes", w.frame(w.WALK, bytes(3))),
                      ("more entries than bytes", w.walk((2, 0, x.peer_epoch), count=2)),
                      ("small entries", w.walk((2, 0, x.peer_epoch), size=11))):
        yield "WALK with " + what, odd + x.good(), MALFORMED, False
    yield "ECHO of 23 bytes", w.frame(w.ECHO, bytes(23)) + x.good(), MALFORMED, False
    for what, odd in (("3 bytes", w.frame(w.DIGEST, bytes(3))), ("63 sums", w.digest(sums=63)),
                      ("small sums", w.digest(size=7)), ("no group of them", w.digest(group=64)),
                      ("more sums than bytes", w.digest(body=bytes(511)))):
        yield "DIGEST with " + what, odd + x.good(), MALFORMED, False
    for what, odd in (("3 bytes", w.frame(w.PULL, bytes(3))),
                      ("more buckets than bytes", w.pull(2, x.peer_epoch, 1, count=2)),
                      ("no bucket of them", w.pull(2, x.peer_epoch, 4096))):
        yield "PULL with " + what, odd + x.good(), MALFORMED, False
    policy = (x.service, 80, 1)
    for what, odd in (("3 bytes", w.frame(w.CONFIG, bytes(3))),
                      ("small entries", w.config(policy, size=27)),
                      ("more entries than bytes", w.config(policy, count=2)),
                      ("more than there are", w.config(policy, first=1)),
                      ("more than there can be", w.config(policy, total=1025))):
        yield "CONFIG with " + what, odd + x.good(), MALFORMED, False
    for what, odd in (("3 bytes", w.frame(w.POLICY, bytes(3))),
                      ("no push", w.pushed(0, bytes(9))),
                      ("no bytes", w.pushed(1, b"", pieces=0)),
                      ("a piece too many", w.pushed(1, bytes(1025), index=2)),
                      ("another number of pieces", w.pushed(1, bytes(9), pieces=2)),
                      ("more bytes than there can be", w.pushed(1, bytes(1024), total=262145)),
                      ("more bytes than there are", w.pushed(1, bytes(1000), total=1024))):
        yield "POLICY with " + what, odd + x.good(), MALFORMED, False
    for what, odd in (("47 bytes", w.frame(w.POLICY_ANSWER, bytes(47))),
                      ("more text than bytes", w.frame(w.POLICY_ANSWER, b"\2\3\1\1" + bytes(44))),
                      ("a service of no family", w.frame(w.POLICY_ANSWER, bytes(16) + b"\5" + bytes(31)))):
        yield "POLICY_ANSWER with " + what, odd + x.good(), MALFORMED, False
    yield "POLICY_TAKE with 15 bytes", w.frame(w.POLICY_TAKE, bytes(15)) + x.good(), MALFORMED, False
    name = w.name(SERVER, x.server, 80)
    family = 4 if x.v4 else 6
    for what, odd in (("3 bytes", w.frame(w.SERVERS, bytes(3))),
                      ("more entries than bytes", w.servers(name, count=2)),
                      ("65535 entries", w.servers(name, count=65535)),
                      ("small entries", w.servers(name[:-1], family=family)),
                      ("entries of 0 bytes", w.servers(name, size=0)),
                      ("index 0", w.servers(w.name(0, x.server, 80))),
                      ("index 4096", w.servers(w.name(BEYOND, x.server, 80))),
                      ("index 65535", w.servers(w.name(65535, x.server, 80))),
                      ("protocol 0", w.servers(w.name(SERVER, x.server, 80, proto=0)))):
        yield "SERVERS of " + what, odd + x.good(), MALFORMED, False
    record = w.binding(x.gen, SERVER, os.urandom(16))
    for what, odd in (("half a head", bytes(15)),
                      ("more records than bytes", x.bindings(record, count=9)),
                      ("65535 records", x.bindings(record, count=65535)),
                      ("small records", x.bindings(record[:-1])),
                      ("records of 0 bytes", x.bindings(record, size=0)),
                      ("records of 65535 bytes", x.bindings(record, size=65535)),
                      ("small flows", w.group(x.kind, bytes(21), origin=9, scope=SERVICE)),
                      ("small plain flows", w.group(w.PLAIN4, bytes(13), origin=9, scope=SERVICE)),
                      ("small data flows", w.group(w.DATA4, bytes(19), origin=9, scope=SERVICE))):
        yield "group of " + what, w.frame(w.UPDATE, odd) + x.good(), MALFORMED, False


def absurd(x):
    """A record that makes no sense is left out; those behind it are read."""
    yield "nothing odd", x.names() + x.good(), APPLIED, True
    digest = os.urandom(16)
    for what, odd in (("no origin", x.bindings(w.binding(x.gen, SERVER, digest), origin=0)),
                      ("no server", x.bindings(w.binding(x.gen, 0, digest))),
                      ("server 4096", x.bindings(w.binding(x.gen, BEYOND, digest))),
                      ("server 65535", x.bindings(w.binding(x.gen, 65535, digest)))):
        yield "a binding with " + what, w.update(odd, x.bindings()), BOTH, True
    for what, odd in (("no origin", x.flow(origin=0)),
                      ("no port", x.flow(port=0)),
                      ("no server", x.flow(server=0)),
                      ("server 4096", x.flow(server=BEYOND)),
                      ("no service", x.flow(scope=0)),
                      ("service 4096", x.flow(scope=BEYOND)),
                      ("service 65538", x.flow(scope=65536 + SERVICE)),
                      ("service 2^32 - 1", x.flow(scope=0xffffffff)),
                      ("a service of the other family", x.flow(scope=FOREIGN)),
                      ("a server of the other family", x.flow(server=FOREIGN_SERVER)),
                      ("a service over UDP", x.plain(scope=UDP_SERVICE)),
                      ("a server over UDP", x.plain(server=UDP_SERVER)),
                      ("UDP, and spliced", x.flow(server=UDP_SERVER, scope=UDP_SERVICE)),
                      ("UDP, and one way to its server",
                       x.plain(server=UDP_SERVER, scope=UDP_SERVICE, bits=12)),
                      ("UDP, and of data", x.data(server=UDP_SERVER, scope=UDP_SERVICE)),
                      ("no port, and plain", x.plain(port=0)),
                      ("no server, and plain", x.plain(server=0)),
                      ("no control connection, and of data", x.data(control=0)),
                      ("no ports, and of data", x.data(port=0, vport=0, sport=0)),
                      ("no port of the service, and of data", x.data(vport=0)),
                      ("no port of the server, and of data", x.data(sport=0)),
                      ("no server, and of data", x.data(server=0)),
                      ("no service, and of data", x.data(scope=0))):
        yield "a flow with " + what, w.update(odd, x.bindings()), BOTH, True


def extreme(x):
    """Values at the ends of their ranges are taken as they are, or mean little."""
    def one(**fields):
        return w.update(x.bindings(w.binding(fields.pop("gen", x.gen), SERVER, x.fresh()),
                                   **fields))

    yield "nothing odd", x.names() + x.good(), APPLIED, True
    yield "no lifetime", one(ttl=0), APPLIED, None
    yield "136 years", one(ttl=0xffffffff), APPLIED, True
    for gen in 0, 1, 0x7fffffff, 0x80000000, 0xffffffff:
        yield "generation %#x" % gen, one(gen=gen), APPLIED, True
    for key_type in 0, 3, 255:
        yield "key type %d" % key_type, one(key_type=key_type), APPLIED, True
    for origin in 2, 255:
        yield "origin %d" % origin, one(origin=origin), APPLIED, True
    yield "other flags", one(flags=0xf8), APPLIED, True
    yield "a static one", one(flags=4), APPLIED, True
    yield ("a binding to a server of the other family",
           w.update(x.bindings(w.binding(x.gen, FOREIGN_SERVER, x.fresh()))), APPLIED, True)
    yield "removal of nothing", one(flags=w.REMOVED), APPLIED, False
    twice = x.fresh()
    yield ("the same twice", w.update(x.bindings(w.binding(x.gen, SERVER, twice),
                                                 w.binding(x.gen, SERVER, twice))), APPLIED, True)
    twice = x.fresh()
    yield ("one generation, two servers",
           w.update(x.bindings(w.binding(x.gen, SERVER, twice), w.binding(x.gen, SECOND, twice))),
           {"sync_applied": 1, "sync_conflict": 1}, True)
    gen = x.gen
    for what, fields in (("no lifetime", {"ttl": 0}), ("136 years", {"ttl": 0xffffffff}),
                         ("scales", {"scales": 0xee}), ("scales beyond", {"scales": 0xf0}),
                         ("all flags", {"bits": 0xff}), ("closing", {"bits": 2}),
                         ("deltas", {"seq": 0xffffffff, "ts": 0x80000000})):
        gen += 2
        yield ("a flow, " + what, w.update(x.flow(gen=gen, **fields), x.bindings()),
               {"sync_applied": 2}, True)
        yield ("end of it", w.update(x.flow(gen=gen + 1, flags=w.REMOVED), x.bindings()),
               {"sync_applied": 2}, True)
        yield ("it again, after its end", w.update(x.flow(gen=gen, **fields), x.bindings()),
               APPLIED, True)
    yield ("end of a flow, ahead of it", w.update(x.flow(port=4713, gen=gen, flags=w.REMOVED),
                                                  x.bindings()), APPLIED, True)
    yield "the flow", w.update(x.flow(port=4713, gen=gen - 1), x.bindings()), APPLIED, True
    yield ("a later one of the same ports", w.update(x.flow(port=4713, gen=gen + 1), x.bindings()),
           {"sync_applied": 2}, True)
    yield ("its end", w.update(x.flow(port=4713, gen=gen + 2, flags=w.REMOVED), x.bindings()),
           {"sync_applied": 2}, True)
    for what, bits in (("without its flag", 0), ("with all flags", 0xff), ("that passes one way", 12)):
        gen += 3
        yield ("a plain flow " + what, w.update(x.plain(gen=gen, bits=bits), x.bindings()),
               {"sync_applied": 2}, True)
        yield ("its end", w.update(x.plain(gen=gen + 1, bits=bits, flags=w.REMOVED), x.bindings()),
               {"sync_applied": 2}, True)
    yield ("removal of no flow", w.update(x.flow(port=4712, flags=w.REMOVED), x.bindings()),
           APPLIED, True)
    most = (1 << 64) - 1
    for what, odd in (("all sent", w.hello(live=most, bulk=most)),
                      ("all received", w.hello([w.seen(2, x.peer_epoch, 1, most, most, most)])),
                      ("24 peers", w.hello([w.seen(n, n) for n in range(3, 27)])),
                      ("a stamp of the future", w.hello([w.seen(2, x.peer_epoch, stamp=0x7fffffff)])),
                      ("held for ever", w.hello([w.seen(2, x.peer_epoch, stamp=1, held=most & 0xffffffff)])),
                      ("the same peer again", w.hello([w.seen(2, x.peer_epoch)] * 16)),
                      ("node 0", w.hello([w.seen(0, 0)])),
                      ("all tables", w.hello(bindings=0xffffffff, flows=0xffffffff))):
        yield "HELLO: " + what, odd + x.good(), APPLIED, True
    for what, odd in (("an answer to nothing", (w.ANSWER, 2, x.peer_epoch)),
                      ("a question to another", (w.ASK, 3, x.peer_epoch)),
                      ("a question to an older one", (w.ASK, 2, 1)),
                      ("a question", (w.ASK, 2, x.peer_epoch))):
        yield ("CHALLENGE: " + what, w.challenge(*odd, os.urandom(16)) + x.good(), APPLIED, True)
    for what, odd in (("another's packets", (77, 1, (1, 5))),
                      ("packets of an older start", (2, 1, (1, 5))),
                      ("all packets", (2, x.peer_epoch, (0, 0xffffffff), (most, 0xffffffff))),
                      ("none", (2, x.peer_epoch, (5, 0)))):
        yield "NACK: " + what, w.nack(*odd) + x.good(), APPLIED, True
    yield "NACK: the other lane", w.nack(2, x.peer_epoch, (1, 9), lane=w.BULK) + x.good(), APPLIED, True
    for what, odd in (("for nobody", ()), ("for others", ((7, 0, 1), (8, 0, 1))),
                      ("for an older start", ((2, 0, 1),)), ("for us", ((2, 0, x.peer_epoch),)),
                      ("for many", ((2, 0, x.peer_epoch),) * 90)):
        yield "WALK: " + what, w.walk(*odd) + x.good(), APPLIED, True
    for what, odd in (("a question", (w.ASK, 2, x.peer_epoch, 1)), ("for another", (w.ASK, 77, 1)),
                      ("for an older start", (w.ASK, 2, 1)), ("an unknown kind", (9, 2, x.peer_epoch)),
                      ("an answer to nothing", (w.ANSWER, 2, x.peer_epoch, 1, most)),
                      ("an answer to a question not asked", (w.ANSWER, 2, x.peer_epoch, most >> 32))):
        yield "ECHO: " + what, w.echo(*odd) + x.good(), APPLIED, True
    for what, odd in (("a round begins", w.digest(number=7)), ("again", w.digest(number=8)),
                      ("an unknown kind", w.digest(kind=9)), ("an unknown level", w.digest(level=9)),
                      ("buckets of no round", w.digest(level=1, group=63, number=99))):
        yield "DIGEST: " + what, odd + x.good(), APPLIED, True
    for what, odd in (("of others", (77, 1, 5)), ("of an older start", (2, 1, 5)), ("of nothing", (2, x.peer_epoch)),
                      ("of as much as can be", (2, x.peer_epoch, *range(512))),
                      ("of the same", (2, x.peer_epoch) + (4095,) * 600)):
        yield "PULL: " + what, w.pull(*odd) + x.good(), APPLIED, True
    yield "PULL: of an unknown kind", w.pull(2, x.peer_epoch, 5, kind=9) + x.good(), APPLIED, True
    policy = (x.service, 80, 1)
    for what, odd in (("none", w.config(of=2)), ("the last, without the first", w.config(policy, first=5, total=6, of=3)),
                      ("one of many", w.config(policy, total=1024, of=4)), ("the same again", w.config(policy, total=1024, of=4)),
                      ("the same twice", w.config(policy, policy, of=5)), ("as many as fit", w.config(*(policy,) * 40, of=6))):
        yield "CONFIG: " + what, odd + x.good(), APPLIED, True
    yield "TAIL: a report", w.tail(flags=255) + x.good(), APPLIED, True


def late_answer(x):
    """That a connection has ended before: a director whose memory is of another one."""
    yield "nothing odd", x.names() + x.good(), APPLIED, True
    yield ("the answer", w.update(x.flow(gen=far(), flags=w.REMOVED, ttl=1), x.bindings()),
           APPLIED, True)


def ended_ahead(x):
    """That a connection has ended before, in a generation of some minutes ahead."""
    gen = far() + (240 * 10**9 >> 24)
    yield ("the answer", x.names() + w.update(
        x.flow(port=4712, gen=gen, flags=w.REMOVED, ttl=1), x.bindings()), APPLIED, True)


def ended_near(x):
    """Likewise, a few changes after what was made of that."""
    gen = far() + (240 * 10**9 >> 24)
    yield ("the answer", x.names() + w.update(
        x.flow(port=4712, gen=gen + 2, flags=w.REMOVED, ttl=1), x.bindings()), {"sync_applied": 2}, True)


def made_by_2(x):
    """A connection that the hearer made after its start, and does not have."""
    gen = far() - (120 * 10**9 >> 24)
    yield "one that it made before", x.names() + w.update(
        x.flow(port=4751, gen=gen - (86400 * 10**9 >> 24), origin=2), x.bindings()), {"sync_applied": 2}, True
    yield ("one that it made", w.update(x.flow(port=4750, gen=gen + (60 * 10**9 >> 24), origin=2), x.bindings()),
           APPLIED, True)


def end(x):
    """That it has ended just now."""
    yield ("the end", x.names() + w.update(x.flow(gen=far(), flags=w.REMOVED, ttl=0), x.bindings()),
           {"sync_applied": 2}, True)


def far():
    """A generation that is a minute ahead."""
    return (time.time_ns() + 60 * 10**9 >> 24) & 0xffffffff


def elsewhere(x):
    """Of services that this director does not have: bindings are kept, flows are not."""
    yield "nothing odd", x.names() + x.good(), APPLIED, True
    yield ("bindings of a scope", w.update(x.bindings(scope=x.scope ^ 1)),
           {"sync_unresolved": 1}, True)
    yield ("a flow of a service", w.update(x.flow(port=4720, scope=SECOND), x.bindings()),
           {"sync_unresolved": 1, "sync_applied": 1}, True)
    yield ("a flow of a service over UDP", w.update(
        x.plain(port=4720, server=UDP_SERVER, scope=UDP_SERVICE), x.bindings()),
           {"sync_unresolved": 1, "sync_applied": 1}, True)
    for what, odd in (("binding", x.bindings(w.binding(x.gen, UNTOLD, os.urandom(16)))),
                      ("flow", x.flow(port=4720, server=UNTOLD)), ("service", x.flow(port=4720, scope=UNTOLD))):
        yield ("a %s with a server that was not told" % what, w.update(odd, x.bindings()),
               {"sync_unresolved": 1, "sync_applied": 1}, True)


def pushes(service):
    """Sets of policies that must be refused: (what, set, sum, reason, port, words)."""
    malformed, unknown, invalid = 1, 2, 3
    cookie = w.key_rule(2, b"SID")

    def one(*rules, port=81, **fields):
        return w.policy_set(w.policy(service, port, *(rules or (cookie,)), **fields))

    good = w.policy(service, 82, cookie)
    yield "another format", w.policy_set(good, fmt=2), 1, unknown, 0, "does not know"
    yield "no policy", w.policy_set(), 1, malformed, 0, "malformed"
    yield "fewer policies than it says", w.policy_set(good, count=2), 1, malformed, 0, "malformed"
    yield "1024 policies, and has one", w.policy_set(good, count=1024), 1, malformed, 0, "malformed"
    yield "1025 policies", w.policy_set(good, count=1025), 1, unknown, 0, "more policies"
    yield "more than its policies", w.policy_set(good) + b"\0", 1, malformed, 0, "more than"
    yield "half a set", w.policy_set(good)[:40], 1, malformed, 0, "malformed"
    yield "a flag that is not known", one(flags=0x40), 1, unknown, 81, "does not know"
    yield "a field behind the last", one(more=bytes(4)), 1, malformed, 81, "malformed"
    yield "an unknown kind of key", one(w.key_rule(99)), 1, invalid, 81, "key: unknown type"
    yield "a key of bindings alone", one(w.key_rule(12)), 1, invalid, 81, "key: unknown type"
    yield "no name", one(w.key_rule(2)), 1, invalid, 81, "key name"
    yield "an offset of what has none", one(w.key_rule(8, offset=1)), 1, malformed, 81, "does not go"
    yield "nine tries", one(tries=9), 1, invalid, 81, "tries: must be 1 to 8"
    yield "no timeout", one(timeout=0), 1, invalid, 81, "timeout: must be 1 to 31536000 s"
    yield "no port", one(port=0), 1, invalid, 0, "service: port"
    yield "keys of UDP", one(proto=17), 1, invalid, 81, "of UDP"
    yield ("where the server speaks first", one(port=25), 1, invalid, 25, "the server speaks first")
    yield ("the second makes no sense",
           w.policy_set(good, w.policy(service, 83, cookie, inspect=99)), 1, invalid, 83,
           "inspect-timeout")
    yield "the same service twice", w.policy_set(good, good), 1, invalid, 82, "two policies"
    yield "another sum", w.policy_set(good), 1, unknown, 0, "mean something else"
