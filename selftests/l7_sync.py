# SPDX-License-Identifier: GPL-2.0
"""The mirroring link in hostile hands: listens to it, and sends what it should not; and an
eye on the directors at its ends.

    l7_sync.py KEYFILE COMMANDS ANSWERS

reads commands from a fifo, one a line, and answers each in another: lines to be used, and at
the end "." or "! WHY". Commands are the methods of Link and Directors below whose comment
shows how. The directors are those of lib.sh, dira with node id 1 and dirb with 2; everything
is sent from dira's end of their link and meant for dirb, as a host on the same link would.
What is awaited is so at once, or within some seconds.
"""
import errno
import os
import random
import socket
import struct
import sys
import time

import l7_wire as wire
from l7_director import A, B, Director, inside
from l7_sync_push import Pushing

MAC_OF_GROUP = {4: "01005e000058", 6: "333300000088"}
WAIT = 15.0
# Why a datagram is refused, as counters call it.
REASONS = ("short", "key", "ttl", "auth", "replay", "own_id", "unknown_epoch", "malformed")


def packet_socket(namespace, device):
    s = inside(namespace, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                                socket.htons(3)))
    s.bind((device, 0))
    s.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)        # SO_RCVBUFFORCE
    s.setblocking(False)
    return s


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff


def datagram(src, dst, data, ttl=255, dport=wire.PORT, sport=wire.PORT):
    """IP and UDP around some bytes."""
    v6 = ":" in src
    src, dst = wire.address(src), wire.address(dst)
    length = 8 + len(data)
    udp = struct.pack("!HHHH", sport, dport, length, 0) + data
    udp = udp[:6] + struct.pack("!H", checksum(src + dst + struct.pack("!II", length, 17) + udp)
                                ) + udp[8:]
    if v6:
        return struct.pack("!IHBB", 6 << 28, length, 17, ttl) + src + dst + udp
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, ttl, 17, 0) + src + dst
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp


def payload(packet):
    """What is in a UDP datagram of mirroring, in an Ethernet frame; None for any other."""
    kind, ip = packet[12:14], packet[14:]
    if kind == b"\x08\0" and ip[9] == 17 and not ip[6] & 0x3f:
        udp = ip[20:]
    elif kind == b"\x86\xdd" and ip[6] == 17:
        udp = ip[40:]
    else:
        return None
    _, port, length = struct.unpack_from("!HHH", udp)
    return udp[8:length] if port == wire.PORT else None


def await_that(condition, what):
    """Until it is true; @what() tells what is instead."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, what()
        time.sleep(0.01)


class Directors:
    """What both of them say of themselves. Where a command names one, it may be of another
    namespace as well."""

    def __init__(self):
        self.kept_open, self.before = {}, {}

    def of(self, d):
        """Director @d; those of lib.sh are kept open, for others call closing()."""
        if d in ("dira", "dirb") and d in self.kept_open:
            self.kept_open[d].vip = self.vip
            return self.kept_open[d]
        director = Director(d, self.vip)
        if d in ("dira", "dirb"):
            self.kept_open[d] = director
        return director

    def both(self):
        return [(d, self.of(d)) for d in ("dira", "dirb")]

    def ask(self, d, method, *args):
        director = self.of(d)
        try:
            return getattr(director, method)(*args)
        finally:
            if director not in self.kept_open.values():
                director.close()

    def peers_are(self, d, *nodes):
        """peers_are DIRECTOR [NODE...]: these, and no others, were heard within a second"""
        def alive():
            return sorted(str(n) for n, heard in self.ask(d, "peers").items() if heard)
        await_that(lambda: alive() == sorted(nodes), lambda: "peers of %s: %s" % (d, alive()))

    def no_peers(self, d):
        """no_peers DIRECTOR: it has none, and none that fell silent"""
        await_that(lambda: not self.ask(d, "peers"), lambda: str(self.ask(d, "peers")))

    def count_peers(self, d):
        """count_peers DIRECTOR: silent ones too"""
        self.answer(len(self.ask(d, "peers")))

    def bind(self, d, value, server=None):
        """bind DIRECTOR VALUE [SERVER]: by hand"""
        self.ask(d, "bind", value, server or self.server)

    def bound(self, d, value, server=None):
        """bound DIRECTOR VALUE [SERVER]: such a binding is there"""
        def wanted():
            got = self.ask(d, "server_of", value)
            return got == server if server else got is not None
        await_that(wanted, lambda: "%s is bound to %s" % (value, self.ask(d, "server_of", value)))

    def unbound(self, d, value):
        """unbound DIRECTOR VALUE: it is not"""
        await_that(lambda: self.ask(d, "server_of", value) is None,
                   lambda: "%s: there is a binding of %s" % (d, value))

    def mirrors(self, d):
        """mirrors DIRECTOR: a binding made here by hand is there, and is gone when deleted"""
        other = "dirb" if d == "dira" else "dira"
        value = "probe-%d" % time.monotonic_ns()
        self.bind(d, value)
        self.bound(other, value)
        self.ask(d, "unbind", value)
        self.unbound(other, value)

    def same_bindings(self):
        """same_bindings: at both"""
        def difference():
            one, two = (self.ask(d, "bindings") for d in ("dira", "dirb"))
            return sorted(one ^ two)[:4]
        await_that(lambda: not difference(), lambda: "they differ: %s" % difference())

    # --- Since when ---

    def watch(self):
        """watch: remember counters and tables; forget what the link was heard and made to say"""
        self.before = {d: (x.counters(), x.bindings(), x.flows()) for d, x in self.both()}
        self.listen()

    def growth(self, d):
        now, was = self.ask(d, "counters"), self.before[d][0]
        return {k: now[k] - was[k] for k in now}

    def grew(self, d, *wanted):
        """grew DIRECTOR [REASON=N]...: so many datagrams were refused for these reasons since
        "watch", where "seen" is replay or the repetition that is the protocol's own, and none
        for any other"""
        want = {k: int(v) for k, v in (w.split("=") for w in wanted)}
        seen = want.pop("seen", None)
        want = {**dict.fromkeys(REASONS, 0), **want}
        if seen is not None:
            del want["replay"]

        def got():
            growth = self.growth(d)
            count = {k: growth["sync_rx_" + k] for k in want}
            return count, growth["sync_rx_replay"] + growth["sync_rx_repeat"]

        def enough():
            count, again = got()
            return count == want and (seen is None or again >= seen)
        await_that(enough, lambda: "refused: %s and %d again; wanted %s" % (*got(), wanted))

    def refused(self, d, reason, least):
        """refused DIRECTOR REASON N: at least so many since "watch\""""
        await_that(lambda: self.growth(d)["sync_rx_" + reason] >= int(least),
                   lambda: "%s: %s" % (d, {k: v for k, v in self.growth(d).items() if v}))

    def grown(self, d, name):
        """grown DIRECTOR COUNTER: answers by how much since "watch\""""
        self.answer(self.growth(d)[name])

    def same_tables(self):
        """same_tables: as they were at "watch", but for connections that ended"""
        def difference():
            return [(d, sorted(x.bindings() ^ self.before[d][1])[:4],
                     sorted(x.flows() - self.before[d][2])[:4]) for d, x in self.both()
                    if x.bindings() != self.before[d][1] or not x.flows() <= self.before[d][2]]
        await_that(lambda: not difference(), lambda: "changed: %s" % difference())

    # --- Clients ---

    def session(self):
        """session: a client begins one; answers its cookie"""
        family = socket.AF_INET6 if ":" in self.vip else socket.AF_INET
        s = inside("client", lambda: socket.socket(family, socket.SOCK_STREAM))
        s.settimeout(WAIT)
        s.connect((self.vip, 80))
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while part := s.recv(65536):
            data += part
        s.close()
        line = [x for x in data.decode().split("\r\n") if x.startswith("Set-Cookie: SESSID=")][0]
        cookie = line[len("Set-Cookie: SESSID="):].split(";")[0]
        self.answer(cookie, self.server[:-1] + cookie[2])


class Node:
    """A director that is not there."""

    def __init__(self, link, node, key=None, **header):
        self.link, self.node, self.key = link, node, key or link.key
        self.epoch, self.header = random.getrandbits(64), header
        self.features, self.config = 0, 0
        self.numbers, self.said_hello = [0, 0, 0], 0.0

    def sealed(self, frames, lane=wire.CONTROL, **fields):
        self.numbers[lane] += 1
        head = {"cls": lane, "key_id": self.key.id, "node": self.node, "lane": lane,
                "epoch": self.epoch, "number": self.numbers[lane], **self.header, **fields}
        if not self.key.aead:
            head["cls"] |= wire.PLAIN
        return self.key.seal(wire.Header(**head).bytes(), frames)

    def send(self, frames, lane=wire.CONTROL, **fields):
        self.link.inject(self.sealed(frames, lane, **fields))

    def say_hello(self):
        """Often enough to be alive."""
        now, b = time.monotonic(), self.link.b_epoch
        if now > self.said_hello + 0.4:
            self.said_hello = now
            self.send(wire.hello([wire.seen(B, b)] if b else [], key_id=self.key.id,
                                 features=self.features, config=self.config,
                                 live=self.numbers[wire.LIVE], bulk=self.numbers[wire.BULK]))


class Link(Directors, Pushing):
    def __init__(self, key_file):
        super().__init__()
        with open(key_file, encoding="ascii") as f:
            self.key = wire.Key(bytes.fromhex(f.read().strip()))
        self.kept, self.nodes, self.b_epoch, self.recordings = [], {}, None, []
        self.forgeries = {"short": 0, "key": 0, "auth": 0, "seen": 0}
        self.plug()
        self.family("4", "239.0.0.88")

    def plug(self):
        """plug: listen again, after the interfaces of the link were made anew"""
        self.socket = packet_socket("dira", "sync")
        self.a_mac = self.socket.getsockname()[4]
        probe = packet_socket("dirb", "sync")
        self.b_mac = probe.getsockname()[4]
        probe.close()

    def family(self, family, to):
        """family 4|6 DESTINATION: all that follows is of this family; the destination of what
        is sent is a group or B's own address"""
        self.v, self.to, self.b_epoch = int(family), to, None
        out, inner, link = (("10.0.1.", "10.0.2.", "10.0.3.") if self.v == 4 else
                            ("fd00:1::", "fd00:2::", "fd00:3::"))
        self.vip, self.server = out + "100", inner + "1"
        self.b_addr, self.other = link + "22", link + "77"

    def answer(self, *words):
        self.answers.write(" ".join(map(str, words)) + "\n")

    def check(self):
        """check: whether cipher and frames are as published and as the golden packets"""
        wire.self_check()

    # --- Sending and listening ---

    def frame(self, data, src=None, dst=None, **fields):
        dst = dst or self.to
        mac = self.b_mac if dst == self.b_addr else bytes.fromhex(MAC_OF_GROUP[self.v])
        proto = b"\x08\0" if self.v == 4 else b"\x86\xdd"
        return mac + self.a_mac + proto + datagram(src or self.other, dst, data, **fields)

    def inject(self, data, **fields):
        """Does not overrun B: its socket holds some thousands of datagrams."""
        packet = self.frame(data, **fields)
        while True:
            try:
                self.socket.send(packet)
                return
            except BlockingIOError:
                time.sleep(0.001)
            except OSError as error:
                # The queue of what arrives at B is full.
                if error.errno != errno.ENOBUFS:
                    raise
                time.sleep(0.001)

    def came(self):
        """Datagrams that came on the link until now."""
        while (packet := self.receive()) is not None:
            data = payload(packet)
            if data and len(data) >= wire.HEADER_LEN:
                yield data

    def heard(self, seconds=WAIT):
        """Datagrams on the link as they come, not what is injected; ends after that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            packet = self.receive()
            if packet is None:
                time.sleep(0.002)
                continue
            data = payload(packet)
            if data and len(data) >= wire.HEADER_LEN:
                yield data

    def receive(self):
        """The next frame, None if there is none now."""
        try:
            return self.socket.recv(16384)
        except BlockingIOError:
            return None
        except OSError as error:
            # Told once, when the interface is set down; another socket listens when it is gone.
            if error.errno == errno.ENETDOWN:
                return b""
            raise

    def forget(self):
        while self.receive() is not None:
            pass

    def listen(self):
        """listen: forget what was heard and forged until now"""
        self.forgeries = dict.fromkeys(self.forgeries, 0)
        self.forget()

    def epoch(self, node):
        """epoch NODE: answers under which it sends now"""
        self.forget()
        for data in self.heard():
            head = wire.Header.of(data)
            if head.node == int(node):
                self.answer("%016x" % head.epoch)
                return
        raise AssertionError("node %s is not heard" % node)

    def keep(self, least="1"):
        """keep [N]: datagrams that A sent since "listen", once N of them carried changes"""
        self.kept = []
        changes = 0
        for data in self.heard():
            head = wire.Header.of(data)
            if head.node != A or data in self.kept:
                continue
            self.kept.append(data)
            changes += head.lane == wire.LIVE
            if changes >= int(least):
                break
        else:
            raise AssertionError("A sent %d datagrams of changes" % changes)
        # The rest of what belongs together.
        for data in self.heard(0.05):
            if wire.Header.of(data).node == A and data not in self.kept:
                self.kept.append(data)
        self.kept.sort(key=lambda data: wire.Header.of(data).lane != wire.LIVE)
        self.answer(len(self.kept))

    def replay(self, times="1", *fields):
        """replay [TIMES [NAME=VALUE]...]: what was kept, with another src, dst, dport or ttl"""
        options = {k: int(v) if v.isdigit() else v for k, v in (f.split("=") for f in fields)}
        for _ in range(int(times)):
            for data in self.kept:
                self.inject(data, **options)

    # --- Forgeries of a datagram that B has not got. Each answers how many B has to refuse for
    # what reason since "listen". ---

    def reason(self, data, original):
        """Why B refuses a changed copy; what it may call a number that it knows is left open."""
        if len(data) < wire.HEADER_LEN:
            return "short"
        head, was = wire.Header.of(data), wire.Header.of(original)
        if (head.version != was.version or (head.cls ^ was.cls) & wire.PLAIN or
                head.cluster != was.cluster or
                head.lane > 2 or not head.node or not head.number):
            return "short"
        if head.key_id != was.key_id:
            return "key"
        same = head.node == was.node and head.epoch == was.epoch
        if same and (head.lane != was.lane or head.number < was.number):
            return "seen"
        return "auth"

    def forge(self, variants, original):
        for data in variants:
            self.forgeries[self.reason(data, original)] += 1
            self.inject(data)
        self.answer(*("%s=%d" % item for item in self.forgeries.items()))

    def cut(self):
        """cut: the first kept one at every length but its own"""
        self.forge([self.kept[0][:n] for n in range(len(self.kept[0]))], self.kept[0])

    def flip(self):
        """flip: each bit of its header changed, one of each other byte"""
        data = self.kept[0]
        places = [(i, b) for i in range(wire.HEADER_LEN) for b in range(8)]
        places += [(i, i % 8) for i in range(wire.HEADER_LEN, len(data))]
        self.forge([data[:i] + bytes([data[i] ^ 1 << b]) + data[i + 1:] for i, b in places], data)

    def longer(self):
        """longer: the first kept one with bytes behind it"""
        self.forge([self.kept[0] + bytes(n) for n in (1, 2, 16, 500)], self.kept[0])

    # --- Without the key ---

    def noise(self, count):
        """noise N: random bytes of random lengths"""
        r = random.Random(1)
        for _ in range(int(count)):
            self.inject(bytes((r.getrandbits(8) | 2 if i == 0 else r.getrandbits(8))
                              for i in range(r.choice((0, 1, 23, 24, 40, 64, 200)))))

    def huge(self):
        """huge: longer than any datagram of the protocol, in fragments"""
        family = socket.AF_INET if self.v == 4 else socket.AF_INET6
        s = inside("dira", lambda: socket.socket(family, socket.SOCK_DGRAM))
        s.setsockopt(*((socket.IPPROTO_IP, socket.IP_TTL) if self.v == 4 else
                       (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)), 255)
        for length in (8193, 9000, 60000):
            s.sendto(Node(self, 9).sealed(bytes(8))[:24] + bytes(length - 24),
                     (self.b_addr, wire.PORT))
        s.close()

    def flood(self, count):
        """flood N: headers as they should be, and random bytes"""
        tail = os.urandom(160)
        for i in range(int(count)):
            head = wire.Header(cls=wire.LIVE, lane=wire.LIVE, key_id=self.key.id,
                               node=3 + i % 250, epoch=random.getrandbits(64),
                               number=random.getrandbits(40) + 1)
            self.inject(head.bytes() + tail)

    # --- With the key, or another one ---

    def stranger(self, count="1", *fields):
        """stranger [N [NAME=VALUE]...]: datagrams of directors that are not confirmed. Names:
        fields of the header; src, dst, dport, ttl; key: wrong (under the right id), none"""
        given = {k: int(v) if v.isdigit() else v for k, v in (f.split("=") for f in fields)}
        key, node = given.pop("key", ""), given.pop("node", 77)
        outer = {k: given.pop(k) for k in ("src", "dst", "dport", "ttl") if k in given}
        if key == "wrong":
            key = wire.Key(bytes(range(32)))
            given.setdefault("key_id", self.key.id)
        elif key == "none":
            key = wire.Key(None)
        for _ in range(int(count)):
            self.inject(Node(self, node, key, **given).sealed(b""), **outer)

    def astray(self, count):
        """astray N: genuine datagrams, to the right addresses on another link"""
        link, away = self.socket, packet_socket("dira", "in")
        probe = packet_socket("dirb", "in")
        a_mac, b_mac = self.a_mac, self.b_mac
        self.socket, self.a_mac = away, away.getsockname()[4]
        self.b_mac = probe.getsockname()[4]
        for _ in range(int(count)):
            self.stranger()
            self.stranger("1", "dst=" + self.b_addr)
        self.socket, self.a_mac, self.b_mac = link, a_mac, b_mac
        probe.close()
        away.close()

    def other_key_id(self, count):
        """other_key_id N: of a key of the cluster's that B does not have"""
        self.stranger(count, "key=wrong", "key_id=%d" % (self.key.id % 255 + 1))

    def record(self, count):
        """record N: make that many datagrams of as many epochs"""
        self.recordings = [Node(self, 3 + i % 250).sealed(b"") for i in range(int(count))]

    def recorded(self, times):
        """recorded TIMES: send them; answers how many frames and datagrams B asked them in"""
        self.forget()
        for _ in range(int(times)):
            for data in self.recordings:
                self.inject(data)
        asks = packets = 0
        for data in self.heard(0.3):
            head = wire.Header.of(data)
            if head.node != B:
                continue
            packets += 1
            asks += sum(kind == wire.CHALLENGE and body[0] == wire.ASK
                        for kind, body in wire.frames_of(self.key.open(data)))
        self.answer("asks=%d" % asks, "packets=%d" % packets)

    def join(self, first, last=None):
        """join FIRST [LAST]: become directors with these node ids, by challenge and answer"""
        waiting = {}
        for n in range(int(first), int(last or first) + 1):
            waiting[n] = self.nodes[n] = Node(self, n)
        self.forget()
        for data in self.heard():
            for node in self.nodes.values():
                node.say_hello()
            if wire.Header.of(data).node == B:
                self.meet(data, waiting)
            if not waiting:
                return
        raise AssertionError("B did not confirm %s" % sorted(waiting))

    def meet(self, data, waiting):
        """What B says to those who wait."""
        self.b_epoch = wire.Header.of(data).epoch
        for kind, body in wire.frames_of(self.key.open(data)):
            if kind == wire.CHALLENGE:
                what, n, epoch, nonce = wire.challenge_of(body)
                node = waiting.get(n)
                if what == wire.ASK and node and node.epoch == epoch:
                    node.send(wire.challenge(wire.ANSWER, B, self.b_epoch, nonce))
            if kind == wire.HELLO:
                for n, (epoch, confirmed) in wire.peers_of(body).items():
                    if confirmed and n in waiting and waiting[n].epoch == epoch:
                        del waiting[n]

    def knock(self, node):
        """knock NODE: answer B's challenge, as "join", while those who joined are alive; B is
        expected not to accept that"""
        waiting = {int(node): Node(self, int(node))}
        self.forget()
        for other in self.nodes.values():
            other.said_hello = 0.0
            other.say_hello()
        waiting[int(node)].send(b"")
        for data in self.heard(0.4):
            if wire.Header.of(data).node == B:
                self.meet(data, waiting)
        assert waiting, "B confirmed node " + node

    def say(self, *numbers):
        """say NUMBER...: node 9 sends nothing in packets of the control lane with these numbers"""
        node = self.nodes[9]
        for n in map(int, numbers):
            node.send(b"", number=n)
            node.numbers[wire.CONTROL] = max(node.numbers[wire.CONTROL], n)

    def clock(self, node, ahead):
        """clock NODE SECONDS: it says that its clock is so far ahead"""
        n = self.nodes[int(node)]
        n.send(wire.hello([wire.seen(B, self.b_epoch)], key_id=self.key.id, day=int(time.time()) + int(ahead)))

    def outrun(self, node, live, control=None):
        """outrun NODE LIVE [CONTROL]: it says that of B's changes it has all up to that packet; or that B is silent,
        and what the highest of its control lane was"""
        n = self.nodes[int(node)]
        silent = {} if control is None else {"flags": 4, "contiguous": int(control, 0)}
        n.send(wire.hello([wire.seen(B, self.b_epoch, live=int(live, 0), **silent)], key_id=self.key.id))

    def other_life(self, node, digest, gen):
        """other_life NODE HASH GENERATION: it says that B has made this binding then, to the servers' first"""
        import l7_sync_frames as frames
        world = frames.World(self.v == 4, self.vip, self.server)
        record = wire.binding(int(gen), frames.SERVER, bytes.fromhex(digest))
        self.nodes[int(node)].send(world.names() + wire.update(world.bindings(record, origin=B)), wire.LIVE)

    def echo(self, node, ahead="0", most="65535"):
        """echo NODE [SECONDS [BYTES]]: it answers a short and a full question of B's, with a clock so
        far ahead, and no more than that in a datagram"""
        n, answered = self.nodes[int(node)], set()
        for data in self.heard():
            n.say_hello()
            if wire.Header.of(data).node != B:
                continue
            for kind, body in wire.frames_of(self.key.open(data)):
                if kind != wire.ECHO or (body[0], body[1]) != (wire.ASK, n.node):
                    continue
                serial, = struct.unpack_from(">I", body, 4)
                room = min(len(body), int(most) - wire.HEADER_LEN - 4 - wire.TAG_LEN)
                n.send(wire.echo(wire.ANSWER, B, self.b_epoch, serial,
                                 int((time.time() + int(ahead)) * 1e6), bytes(room - 24)))
                answered.add(serial % 2)
            if len(answered) == 2:
                return
        raise AssertionError("B asked questions of %d sizes" % len(answered))

    def beg_packets(self, times):
        """beg_packets TIMES: "watch", and node 9 says so often that it misses all changes that B sent; answers how many
        packets these are, their bytes at most, and the milliseconds until B had answered"""
        heard = [(wire.Header.of(data), len(data)) for data in self.came()]
        packets, longest = (max(column) for column in zip(*(
            (h.number, length) for h, length in heard
            if (h.node, h.epoch, h.lane) == (B, self.b_epoch, wire.LIVE))))
        since = self.beg("sync_nack_rx", [wire.nack(B, self.b_epoch, (0, wire.M32))] * int(times))
        self.answer(packets, packets * longest, int((time.monotonic() - since) * 1000))

    def beg_entries(self, times):
        """beg_entries TIMES: "watch", and node 9 asks so often for all bindings that B has; answers how many these are,
        and the milliseconds until a second after they came"""
        entries = self.of("dirb").bindings()
        buckets = {int.from_bytes(bytes.fromhex(e[0])[:8], "little") % 4096 for e in entries}
        since = self.beg("sync_pull_rx", [wire.pull(B, self.b_epoch, *buckets)] * int(times), 0.015)
        await_that(lambda: self.growth("dirb")["sync_tx_records"] >= len(entries), lambda: "they do not come")
        time.sleep(1)
        self.answer(len(entries), int((time.monotonic() - since) * 1000))

    def beg(self, counter, questions, pause=0):
        """Asks them in few packets, or with pauses, and waits until B has heard all; returns when it began."""
        node, each = self.nodes[9], 1 if pause else 1200 // len(questions[0])
        packets = [node.sealed(b"".join(questions[i:i + each])) for i in range(0, len(questions), each)]
        self.watch()
        since = time.monotonic()
        for data in packets:
            node.say_hello()
            self.inject(data)
            time.sleep(pause)
        # Behind them, in the same queue, what is surely counted.
        self.inject(b"\0")
        await_that(lambda: self.growth("dirb")["sync_rx_short"], lambda: "B is deaf")
        heard = self.growth("dirb")[counter]
        assert heard == len(questions), "%s: %d" % (counter, heard)
        return since

    def leave(self, first, last=None):
        """leave FIRST [LAST]: those directors say good-bye"""
        for n in range(int(first), int(last or first) + 1):
            self.nodes.pop(n).send(wire.frame(wire.LEAVE))

    def left(self, *nodes):
        """left NODE...: each of these says good-bye since "listen", after a peer told that all
        its changes had come"""
        waiting, told = {int(n): 0 for n in nodes}, {int(n): 0 for n in nodes}
        for data in self.heard():
            head = wire.Header.of(data)
            if head.node in waiting and head.lane == wire.LIVE:
                waiting[head.node] = max(waiting[head.node], head.number)
            if head.lane != wire.CONTROL:
                continue
            for kind, body in wire.frames_of(self.key.open(data)):
                if kind == wire.HELLO:
                    for n, all_up_to in wire.all_up_to(body).items():
                        told[n] = max(told.get(n, 0), all_up_to)
                if kind == wire.LEAVE and head.node in waiting:
                    sent = waiting.pop(head.node)
                    assert sent <= told[head.node], "sent %d, %d came" % (sent, told[head.node])
            if not waiting:
                return
        raise AssertionError("did not say good-bye: %s" % sorted(waiting))

    def lengths(self):
        """lengths: answers the longest IP packet of A and B since "listen\""""
        most = 0
        for data in self.came():
            most = max(most, len(data) + (28 if self.v == 4 else 48))
        self.answer(most)

    # --- A confirmed director (joined as 9) that speaks badly ---

    def speak(self, table):
        """speak TABLE: what l7_sync_frames.py has there; B must count as it says"""
        import l7_sync_frames as frames
        node, bad = self.nodes[9], []
        world = frames.World(self.v == 4, self.vip, self.server)
        world.peer_epoch = self.b_epoch
        for text, data, counts, applied in getattr(frames, table)(world):
            got = self.counted(node, *(data if isinstance(data, tuple) else (data, {})))
            if got != counts:
                bad.append("%s: counted %s, wanted %s" % (text, got, counts))
            if applied is not None and self.of("dirb").has_hash(world.digest) != applied:
                bad.append("%s: the binding is %sthere" % (text, "not " if applied else ""))
        # By hand, which both directors hear of.
        for digest in world.used:
            self.ask("dirb", "unbind_hash", digest)
        assert not bad, "; ".join(bad)

    def counted(self, node, data, fields):
        """Sends, and returns how the counters of B's refusals grew by it."""
        b = self.of("dirb")
        before = b.counters()
        node.say_hello()
        node.send(data, wire.LIVE, **fields)
        # Behind it, in the same queue, what is surely counted.
        self.inject(b"\0")
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            after = b.counters()
            if after["sync_rx_short"] > before["sync_rx_short"]:
                break
        after["sync_rx_short"] -= 1
        return {k: after[k] - before[k] for k in COUNTED if after[k] != before[k]}


COUNTED = ("sync_rx_short", "sync_rx_key", "sync_rx_ttl", "sync_rx_auth", "sync_rx_replay", "sync_rx_own_id",
           "sync_rx_unknown_epoch", "sync_rx_malformed", "sync_unresolved", "sync_refused",
           "sync_conflict", "sync_applied")


def main():
    link = Link(sys.argv[1])
    with open(sys.argv[2], encoding="ascii") as commands, \
            open(sys.argv[3], "w", encoding="ascii") as answers:
        link.answers = answers
        for line in commands:
            words = line.split()
            try:
                getattr(link, words[0])(*words[1:])
                answers.write(".\n")
            except Exception as error:      # whatever it is, the test case fails
                answers.write("! %s: %s: %s\n" % (line.strip(), type(error).__name__, error))
            answers.flush()


if __name__ == "__main__":
    main()
