# SPDX-License-Identifier: GPL-2.0
"""A scripted TCP client on a packet socket: what no well-behaved kernel would send.

    l7_raw.py DEVICE ROUTER-MAC SOURCE VIP PORT SCENARIO [ARG]... [-- SCENARIO [ARG]...]...

SOURCE is an address that the kernel of this host does not have, so that only the script
answers. A scenario is a function below; the script succeeds (status 0) when all return. It
never retransmits. Of every segment received it checks the checksum (unless that is left to
the device), and of those in order that the peer's timestamps never go back.
"""
import mmap
import os
import select
import signal
import socket
import struct
import sys
import time

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128
CE = 3          # congestion experienced, in the IP header
SOL_PACKET, PACKET_AUXDATA, CSUM_NOT_READY = 263, 8, 8
MASK = 0xffffffff
SLOW = int(os.environ.get("L7_SLOW", "1"))
WAIT = 8.0 * SLOW       # seconds for what must come
QUIET = 0.4 * SLOW      # seconds for what must not come


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Segment:
    """One received TCP segment."""

    def __init__(self, tcp, pseudo, complete):
        (self.sport, self.dport, self.seq, self.ack, offset, self.flags, self.window, _,
         _) = struct.unpack("!HHIIBBHHH", tcp[:20])
        hlen = offset >> 4 << 2
        self.data = tcp[hlen:]
        self.sum_ok = not complete or checksum(pseudo + tcp) == 0
        self.mss = self.wscale = self.ts = None
        self.sack_ok, self.sack = False, []
        self.options(tcp[20:hlen])

    def options(self, o):
        while o and o[0]:
            if o[0] == 1:
                o = o[1:]
                continue
            kind, body = o[0], o[2:o[1]]
            o = o[o[1]:]
            if kind == 2:
                self.mss, = struct.unpack("!H", body)
            elif kind == 3:
                self.wscale = body[0]
            elif kind == 4:
                self.sack_ok = True
            elif kind == 5:
                edges = struct.unpack("!%dI" % (len(body) // 4), body)
                self.sack = list(zip(edges[::2], edges[1::2]))
            elif kind == 8:
                self.ts = struct.unpack("!II", body)

    def end(self):
        return (self.seq + len(self.data) + bool(self.flags & SYN) + bool(self.flags & FIN)) & MASK

    def __str__(self):
        names = "".join(n for b, n in ((FIN, "F"), (SYN, "S"), (RST, "R"), (PSH, "P"), (ACK, "."))
                        if self.flags & b)
        return "[%s] seq %d ack %d win %d len %d ts %s sack %s" % (
            names, self.seq, self.ack, self.window, len(self.data), self.ts, self.sack)


class Client:
    """A connection; offsets count the bytes of the client's stream from 0."""

    def __init__(self, device, router, source, vip, port):
        self.v6 = ":" in vip
        self.family = socket.AF_INET6 if self.v6 else socket.AF_INET
        self.src, self.dst = (socket.inet_pton(self.family, a) for a in (source, vip))
        proto = 0x86dd if self.v6 else 0x0800
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(proto))
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.bind((device, proto))
        mac = self.sock.getsockname()[4]
        self.ether = bytes.fromhex(router.replace(":", "")) + mac + struct.pack("!H", proto)
        self.dport = int(port)
        self.use_ts = self.use_sack = True
        self.use_wscale, self.mss, self.odd = 7, 1400, False
        self.window = 65535
        self.log = []
        self.ts_offset = int.from_bytes(os.urandom(4), "big")
        self.iss = int.from_bytes(os.urandom(4), "big")
        self.fragment = 0       # bytes of TCP in a fragment, a multiple of 8
        self.ecn = self.urgent = 0
        self.fresh()

    def fresh(self, port=None):
        """Be a new connection."""
        self.sport = port or 20000 + int.from_bytes(os.urandom(2), "big") % 40000
        # Always higher than a connection of the same port that has just ended.
        self.iss = (self.iss + 10000000) & MASK
        self.irs = self.rcv_nxt = 0
        self.ts_recent = None
        self.ts_on = self.use_ts
        self.stream = b""
        self.peer_fin = False
        return self

    def tsval(self):
        return (int(time.monotonic() * 1000) + self.ts_offset) & MASK

    # --- sending ---

    def pseudo(self, src, dst, length):
        if self.v6:
            return src + dst + struct.pack("!II", length, 6)
        return src + dst + struct.pack("!BBH", 0, 6, length)

    def options(self, syn, sack):
        ts = struct.pack("!BBII", 8, 10, self.tsval(), self.ts_recent or 0) if self.ts_on else b""
        if syn:
            o = struct.pack("!BBH", 2, 4, self.mss)
            if self.use_sack:
                o += b"\4\2"
            if self.use_wscale is not None:
                o += struct.pack("!BBB", 3, 3, self.use_wscale)
            o += ts
        elif self.odd:
            o = b"\1" + ts + b""
        else:
            o = b"\1\1" + ts if ts else b""
        if sack:
            o += struct.pack("!BB", 5, 2 + 8 * len(sack))
            o += b"".join(struct.pack("!II", *s) for s in sack)
        return o + b"\1" * (-len(o) % 4)

    def frames(self, flags, seq, ack=0, data=b"", window=None, bad_sum=False, sack=()):
        o = self.options(flags & SYN, sack)
        window = self.window if window is None else window
        head = struct.pack("!HHIIBBHHH", self.sport, self.dport, seq & MASK, ack & MASK,
                           (5 + len(o) // 4) << 4, flags, window, 0, self.urgent)
        tcp = head + o + data
        value = checksum(self.pseudo(self.src, self.dst, len(tcp)) + tcp)
        if bad_sum:
            value ^= 0x5555
        tcp = tcp[:16] + struct.pack("!H", value) + tcp[18:]
        self.log.append("> [%x] seq %d ack %d len %d" % (flags, seq & MASK, ack & MASK, len(data)))
        return [self.ether + packet for packet in self.packets(tcp)]

    def raw(self, *args, **kw):
        for frame in self.frames(*args, **kw):
            self.sock.send(frame)

    def packets(self, tcp):
        if not self.fragment:
            return [self.packet(tcp)]
        self.ident += 1
        step = self.fragment
        return [self.packet(tcp[i:i + step], i, i + step < len(tcp))
                for i in range(0, len(tcp), step)]

    ident = 0

    def packet(self, tcp, offset=None, more=False):
        fragment = 0 if offset is None else offset | more
        if self.v6:
            proto = 6
            if offset is not None:
                tcp = struct.pack("!BBHI", 6, 0, fragment, self.ident) + tcp
                proto = 44
            return struct.pack("!IHBB", 6 << 28 | self.ecn << 20, len(tcp), proto, 64) + self.src + self.dst + tcp
        where = 0x4000 if offset is None else offset // 8 | more << 13
        ip = struct.pack("!BBHHHBBH", 0x45, self.ecn, 20 + len(tcp), self.ident, where, 64, 6, 0)
        ip += self.src + self.dst
        return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp

    def syn(self, **kw):
        self.raw(SYN, self.iss, **kw)

    def ack(self, **kw):
        self.raw(ACK, self.at(self.sent), self.rcv_nxt, **kw)

    def at(self, offset):
        return (self.iss + 1 + offset) & MASK

    sent = 0

    def send(self, data, offset=None, flags=ACK | PSH, **kw):
        """Send bytes of the stream; without an offset, the next ones."""
        if offset is None:
            offset = self.sent
        self.raw(flags, self.at(offset), self.rcv_nxt, data, **kw)
        self.sent = max(self.sent, offset + len(data) + bool(flags & FIN))

    def reset(self, offset=None):
        self.raw(RST, self.at(self.sent if offset is None else offset))

    # --- receiving ---

    def receive(self, seconds):
        """The next segment for this connection, or None."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.sock], [], [], left)[0]:
                break
            frame, control, _, _ = self.sock.recvmsg(70000, 256)
            status = 0
            for level, kind, data in control:
                if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                    status, = struct.unpack("=I", data[:4])
            s = self.parse(frame[14:], not status & CSUM_NOT_READY)
            if s:
                self.log.append("< %s" % s)
                self.inspect(s)
                if not self.is_overtaken(s):
                    return s
        return None

    def is_overtaken(self, s):
        """A bare ACK that is older than what came before it, by another of the server's processors."""
        return (s.flags == ACK and not s.data and s.ts and self.ts_recent and
                (s.ts[0] - self.ts_recent) & MASK >= 1 << 31)

    def parse(self, packet, complete):
        if self.v6:
            length, proto = struct.unpack("!HB", packet[4:7])
            src, dst, tcp = packet[8:24], packet[24:40], packet[40:40 + length]
        else:
            length, proto = struct.unpack("!H", packet[2:4])[0], packet[9]
            src, dst, tcp = packet[12:16], packet[16:20], packet[20:length]
        if proto != 6 or (src, dst) != (self.dst, self.src) or len(tcp) < 20:
            return None
        s = Segment(tcp, self.pseudo(src, dst, len(tcp)), complete)
        return s if (s.sport, s.dport) == (self.dport, self.sport) else None

    def inspect(self, s):
        check(s.sum_ok, "checksum: %s" % s)
        if not s.ts or s.flags & (RST | SYN):
            return
        check((self.tsval() - s.ts[1]) & MASK < 600000, "strange echo: %s" % s)
        if s.seq == self.rcv_nxt and s.end() != s.seq:
            check((s.ts[0] - self.ts_recent) & MASK < 1 << 31, "timestamp went back: %s" % s)
            self.ts_recent = s.ts[0]

    def wait(self, what, condition, seconds=WAIT):
        end = time.monotonic() + seconds
        while s := self.receive(max(0.01, end - time.monotonic())):
            if condition(s):
                return s
        raise Failure("waited for " + what)

    def quiet(self, condition=lambda s: True):
        end = time.monotonic() + QUIET
        while (left := end - time.monotonic()) > 0:
            s = self.receive(left)
            check(not s or not condition(s), "not expected: %s" % s)

    def synack(self):
        s = self.wait("SYN-ACK", lambda s: s.flags & (SYN | ACK | RST) == SYN | ACK)
        check(s.ack == self.at(0), "SYN-ACK acknowledges %d" % s.ack)
        self.irs, self.rcv_nxt = s.seq, (s.seq + 1) & MASK
        self.ts_on = s.ts is not None
        self.ts_recent = s.ts and s.ts[0]
        self.sent = 0
        return s

    def connect(self, ack=True):
        self.syn()
        s = self.synack()
        if ack:
            self.ack()
        return s

    def acked(self, offset, seconds=WAIT):
        """Wait until the peer has acknowledged that much."""
        return self.wait("acknowledgement of %d" % offset,
                         lambda s: s.flags & ACK and s.ack == self.at(offset), seconds)

    def take(self, s):
        """Take up what a segment brings, if it is the next, and acknowledge."""
        check(not s.flags & RST, "reset by the peer")
        skip = (self.rcv_nxt - s.seq) & MASK
        if skip >> 31:
            return
        self.stream += s.data[skip:]
        if skip <= len(s.data):
            self.rcv_nxt = s.end()
            self.peer_fin |= bool(s.flags & FIN)
        if s.data or s.flags & FIN:
            self.ack()

    def answer(self, count=1, seconds=WAIT):
        """Receive HTTP responses with a length; returns the last body."""
        end = time.monotonic() + seconds
        body = None
        while count:
            head, found, rest = self.stream.partition(b"\r\n\r\n")
            if found:
                length = [int(f.split(b":")[1]) for f in head.split(b"\r\n")
                          if f.lower().startswith(b"content-length:")][0]
                if len(rest) >= length:
                    check(head.startswith(b"HTTP/1.1 200"), "answer: %s" % head[:40])
                    body, self.stream = rest[:length], rest[length:]
                    count -= 1
                    continue
            s = self.receive(max(0.01, end - time.monotonic()))
            check(s, "waited for an answer, have %s" % self.stream[:60])
            self.take(s)
        return body

    def finish(self):
        """Close, the peer having been asked to, or now."""
        if not self.peer_fin:
            self.until_fin(WAIT)
        self.send(b"", flags=FIN | ACK)
        self.acked(self.sent)

    def until_fin(self, seconds=WAIT):
        end = time.monotonic() + seconds
        while not self.peer_fin:
            s = self.receive(max(0.01, end - time.monotonic()))
            check(s, "waited for FIN")
            self.take(s)

    def close_first(self):
        self.send(b"", flags=FIN | ACK)
        self.until_fin()


def request(path="/who", close=True, pad=0):
    text = "GET %s HTTP/1.1\r\nHost: test\r\n%s%sCookie: SESSID=raw\r\n\r\n" % (
        path, "Connection: close\r\n" if close else "", "X-Pad: %s\r\n" % ("p" * pad) if pad else "")
    return text.encode()


def cut(data, n):
    """Cut into n pieces: [(offset, bytes)]."""
    size = (len(data) + n - 1) // n
    return [(i, data[i:i + size]) for i in range(0, len(data), size)]


def ok(c):
    body = c.answer()
    check(body.startswith(b"server=rs") and b"cookie=raw" in body, "body: %s" % body)
    return body


def appears(path):
    end = time.monotonic() + 60 * SLOW
    while not os.path.exists(path):
        check(time.monotonic() < end, "waited for " + path)
        time.sleep(0.05)


# --- scenarios ---

def plain(c):
    """Nothing unusual."""
    c.connect()
    c.send(request())
    ok(c)
    c.finish()


def data_on_ack(c):
    """The handshake's ACK never arrives, the request brings it."""
    c.connect(ack=False)
    c.send(request())
    ok(c)
    c.finish()


def in_order_pieces(c, n="4"):
    c.connect()
    for _, piece in cut(request(), int(n)):
        c.send(piece)
    ok(c)
    c.finish()


def acked_pieces(c, n="3", pad="0"):
    """Each piece is sent when the one before is acknowledged, and never again."""
    c.connect()
    pieces = cut(request(pad=int(pad)), int(n))
    for offset, piece in pieces:
        c.send(piece)
        if offset != pieces[-1][0]:
            c.acked(offset + len(piece))
    ok(c)
    c.finish()


def out_of_order(c):
    c.connect()
    one, two, three = cut(request(), 3)
    c.send(three[1], three[0])
    s = c.acked(0)
    if c.use_sack and c.ts_on:
        check(s.sack == [(c.at(three[0]), c.at(len(request())))], "SACK after the last: %s" % s)
    c.send(two[1], two[0])
    s = c.acked(0)
    if c.use_sack and c.ts_on:
        check(s.sack == [(c.at(two[0]), c.at(len(request())))], "SACK after the second: %s" % s)
    c.send(one[1], one[0])
    ok(c)
    c.finish()


def lost_first(c):
    """The first of three segments is lost and sent again, with a later timestamp; what follows
    is acknowledged while the request still lacks its end."""
    c.connect()
    one, two, three = cut(request(), 3)
    c.send(two[1], two[0])
    c.acked(0)
    time.sleep(0.05)
    c.send(one[1], one[0])
    c.acked(three[0])
    time.sleep(0.05)
    c.send(three[1], three[0])
    ok(c)
    c.finish()


def overtaken(c):
    """The second segment overtakes the one that completes the handshake."""
    c.connect(ack=False)
    one, two = cut(request(), 2)
    c.send(two[1], two[0])
    c.send(one[1], one[0])
    c.acked(two[0])
    c.send(two[1], two[0])
    ok(c)
    c.finish()


def duplicates(c):
    """Every segment twice, and segments that overlap."""
    c.connect()
    c.ack()
    data = request()
    third = len(data) // 3
    for start, end in ((0, third), (0, third), (third // 2, 2 * third), (third, 2 * third),
                       (0, 2 * third), (third, len(data)), (0, len(data))):
        c.send(data[start:end], start)
    ok(c)
    c.finish()


def beyond_window(c):
    """Bytes that were never allowed."""
    c.connect()
    c.send(b"x" * 100, 70000)
    c.send(b"x" * 100, -300)
    c.quiet(lambda s: s.flags & RST)
    c.sent = 0
    c.send(request())
    ok(c)
    c.finish()


def bad_checksum(c):
    c.syn(bad_sum=True)
    c.quiet()
    c.connect()
    c.send(request(), bad_sum=True)
    c.quiet(lambda s: s.data or s.flags & RST)
    one, two = cut(request(), 2)
    c.send(one[1], one[0])
    c.acked(two[0])
    c.send(b"?" * len(two[1]), two[0], bad_sum=True)
    c.quiet(lambda s: s.data or s.flags & RST)
    c.send(two[1], two[0])
    ok(c)
    c.finish()


def syn_again(c):
    """The SYN arrives again: before, after and long after the handshake."""
    c.syn()
    first = c.synack()
    c.syn()
    again = c.synack()
    c.ack()
    if first.seq == again.seq:      # else a new step of the cookie's clock began
        c.syn()
    c.send(request(close=False))
    ok(c)
    c.raw(SYN, c.iss)
    c.send(request())
    ok(c)
    c.finish()


def probes(c):
    """Keep-alive probes of a client that waits."""
    c.connect()
    for data in (b"", b"\0"):
        c.raw(ACK, c.at(-1), c.rcv_nxt, data)
        c.acked(0)
    one, two = cut(request(), 2)
    c.send(one[1])
    c.acked(two[0])
    for data in (b"", one[1][-1:]):
        c.raw(ACK, c.at(two[0] - 1), c.rcv_nxt, data)
        c.acked(two[0])
    c.send(two[1])
    ok(c)
    c.finish()


def fin_with_request(c):
    c.connect()
    c.send(request(), flags=ACK | PSH | FIN)
    ok(c)
    c.until_fin()


def fin_after_pieces(c):
    """The FIN arrives before the last piece."""
    c.connect()
    one, two = cut(request(), 2)
    c.send(one[1], one[0])
    c.acked(two[0])
    c.send(b"", len(request()), flags=ACK | FIN)
    c.send(two[1], two[0])
    ok(c)
    c.until_fin()


def end_lost(c):
    """The request, with FIN, comes again when the server has answered and closed: the answer was lost."""
    c.connect()
    first = c.rcv_nxt
    c.send(request(), flags=ACK | PSH | FIN)
    c.wait("FIN", lambda s: s.flags & FIN)
    c.raw(ACK | PSH | FIN, c.at(0), first, request())
    c.quiet(lambda s: s.flags & RST)
    ok(c)


def fin_too_early(c):
    """Half a request and no more: the server's own answer, and an end."""
    c.connect()
    c.send(request()[:30], flags=ACK | PSH | FIN)
    c.until_fin()


def reset_pending(c):
    """Ended by reset while a piece is held."""
    c.connect()
    c.send(request()[:30])
    c.acked(30)
    c.reset()
    c.quiet()


def reset_silent(c):
    c.connect()
    c.reset()
    c.quiet()


def reset_elsewhere(c):
    """Resets that a stranger sends blindly are not believed."""
    c.connect()
    one, two = cut(request(), 2)
    c.send(one[1])
    c.acked(two[0])
    c.reset(-1000)
    c.reset(100000)
    c.send(two[1])
    ok(c)
    c.finish()


def reset_connecting(c, path):
    """Ended by reset, when a file appears, while no server has answered yet; the test sees to
    that."""
    c.connect()
    c.send(request())
    appears(path)
    c.reset()
    c.quiet()


def reset_spliced(c):
    c.connect()
    c.send(request(close=False))
    ok(c)
    c.reset()
    c.quiet()


def stray(c):
    """A segment of a connection that nobody knows is answered by a reset."""
    c.sent, c.ts_recent = 0, 1
    c.rcv_nxt = 12345
    c.send(request())
    s = c.wait("reset", lambda s: s.flags & RST)
    check(s.seq == 12345, "reset at %d" % s.seq)


def silent_then(c, path, what):
    """Silent until a file appears, then a request: "answer" or "reset"."""
    c.connect()
    c.quiet()
    print("silent", flush=True)
    appears(path)
    c.send(request())
    if what == "reset":
        c.wait("reset", lambda s: s.flags & RST)
    else:
        ok(c)
        c.finish()


def odd_options(c):
    """Timestamps and SACK blocks at odd offsets."""
    c.odd = True
    c.connect()
    c.send(request(close=False))
    ok(c)
    c.ack(sack=[(c.rcv_nxt + 100, c.rcv_nxt + 200), (c.rcv_nxt + 300, c.rcv_nxt + 400)])
    for _, piece in cut(request(), 3):
        c.send(piece)
    ok(c)
    c.finish()


def fragments(c, size="64"):
    """Each packet of the request in fragments."""
    c.connect()
    c.fragment = int(size)
    c.send(request(close=False, pad=1000))
    ok(c)
    for _, piece in cut(request(pad=1000), 2):
        c.send(piece)
    ok(c)
    c.fragment = 0
    c.finish()


def port_again(c, n="20"):
    """The same port again at once after each way to close."""
    port = c.sport
    for i in range(int(n)):
        c.fresh(port)
        c.connect()
        if i % 3 == 0:
            c.send(request())
            ok(c)
            c.finish()
        elif i % 3 == 1:
            c.send(request(close=False))
            ok(c)
            c.close_first()
        else:
            c.send(request(close=False))
            ok(c)
            c.reset()


def two_processors(c, n="50"):
    """The handshake's ACK and the request arrive on two processors in the same moment."""
    # a number, which tells the child to send, then the length of the frame and the frame
    shared = mmap.mmap(-1, 4096)
    cpus = sorted(os.sched_getaffinity(0))
    child = os.fork()
    os.sched_setaffinity(0, {cpus[1] if child else cpus[0]})
    for i in range(1, int(n) + 1):
        if not child:
            while shared[0] != i % 256:
                os.sched_yield()
            size, = struct.unpack("!H", shared[1:3])
            c.sock.send(shared[3:3 + size])
            shared[4095] = i % 256
            continue
        c.fresh(10000 + i).connect(ack=False)   # a port that no other scenario draws
        ack, = c.frames(ACK, c.at(0), c.rcv_nxt)
        data, = c.frames(ACK | PSH, c.at(0), c.rcv_nxt, request())
        c.sent = len(request())
        shared[1:3 + len(ack)] = struct.pack("!H", len(ack)) + ack
        shared[0] = i % 256
        for _ in range(i % 16 * 8):
            pass
        c.sock.send(data)
        try:
            ok(c)
        except Failure:
            os.kill(child, signal.SIGKILL)
            raise
        while shared[4095] != i % 256:  # or its ACK would come after the end
            os.sched_yield()
        c.finish()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    os.sched_setaffinity(0, cpus)


def same_port_pending(c):
    """A client starts over while its first attempt is held."""
    port = c.sport
    c.connect()
    c.send(request()[:30])
    c.acked(30)
    c.fresh(port)
    c.connect()
    c.send(request())
    ok(c)
    c.finish()


def small_window(c):
    """A client that opens its window late and little."""
    c.window = 0
    c.connect()
    c.send(request(close=False), window=0)
    c.quiet(lambda s: len(s.data) > 1)
    c.window = 1 if c.use_wscale and c.ts_on else 128
    c.ack()
    ok(c)
    c.window = 65535
    c.send(request())
    ok(c)
    c.finish()


def wrapped(c, clock="0"):
    """Sequence numbers that wrap within the request; with "1" timestamps, too."""
    data = request(close=False)
    c.iss = MASK - len(data) // 2
    if clock == "1":
        c.ts_offset = (-int(time.monotonic() * 1000) - 20) & MASK
    c.connect()
    if clock == "1":
        time.sleep(0.03)
        check(c.tsval() < 1 << 31, "timestamps did not wrap")
    for _, piece in cut(data, 3):
        c.send(piece)
    ok(c)
    check(c.at(c.sent) < c.iss, "did not wrap")
    c.send(request())
    ok(c)
    c.finish()


def data_on_syn(c):
    """Bytes on the SYN are not taken, and have to come again."""
    c.syn(data=request()[:20])
    c.synack()
    c.ack()
    c.send(request())
    ok(c)
    c.finish()


def syn_changed(c, first, then):
    """The SYN comes again with other options; "1" is with timestamps. The later one counts."""
    c.use_ts = c.ts_on = first == "1"
    c.syn()
    c.synack()
    c.use_ts = c.ts_on = then == "1"
    c.syn()
    s = c.synack()
    check((s.ts is not None) == c.use_ts, "timestamps: %s" % s)
    c.ack()
    for _, piece in cut(request(), 2):
        c.send(piece)
    ok(c)
    c.finish()


def urgent(c):
    """Urgent data, before and after the splice: at the echo service, which leaves that byte out
    of what it reads."""
    c.connect()
    for data in b"one two three", b"four five six":
        mark = data.index(b" ") + 1
        c.urgent = mark + 1
        c.send(data, flags=ACK | PSH | URG)
        want = data[:mark] + data[mark + 1:]
        c.stream = b""
        while len(c.stream) < len(want):
            s = c.receive(WAIT)
            check(s, "waited for %s, have %s" % (want, c.stream))
            c.take(s)
        check(c.stream == want, "echo: %s" % c.stream)
    c.urgent = 0
    c.close_first()


def ecn(c):
    """A client that asks for ECN is not told that there is any; marked packets pass."""
    c.raw(SYN | ECE | CWR, c.iss)
    s = c.synack()
    check(not s.flags & (ECE | CWR), "ECN was promised: %s" % s)
    c.ack()
    c.ecn = CE
    one, two = cut(request(close=False), 2)
    c.send(one[1])
    c.acked(two[0])
    c.send(two[1], flags=ACK | PSH | CWR)
    ok(c)
    c.send(request(), flags=ACK | PSH | ECE)
    ok(c)
    c.finish()


def simultaneous_close(c):
    """Both ends send FIN before they have the other's."""
    c.connect()
    c.send(request())
    fin = c.wait("FIN", lambda s: s.flags & FIN)
    c.send(b"", flags=FIN | ACK)
    c.acked(c.sent)
    c.rcv_nxt = fin.end()
    c.ack()
    c.quiet(lambda s: not s.flags & FIN)    # again, if our ACK was slow


def probed(c):
    """The client's window is closed while an answer waits: probes of the window come, with
    numbers that the client knows."""
    c.connect()
    c.send(request(close=False))
    c.window = 0
    ok(c)
    c.send(request())
    c.wait("a probe", lambda s: s.seq == (c.rcv_nxt - 1) & MASK and len(s.data) < 2)
    c.ack()
    c.wait("another", lambda s: s.seq == (c.rcv_nxt - 1) & MASK and len(s.data) < 2)
    c.window = 65535
    c.ack()
    ok(c)
    c.finish()


def challenged(c):
    """A SYN and a reset out of place: the director, or the server, asks, with numbers that the
    client knows, and the connection goes on (RFC 5961)."""
    c.connect()
    for flags, ahead, behind in (SYN, 500, 1), (RST, 100, 0):
        c.send(request(close=False))
        ok(c)
        c.raw(flags, c.at(c.sent + ahead))
        s = c.wait("challenge", lambda s: not s.data)
        check(s.flags == ACK and s.ack == c.at(c.sent) and s.seq == c.rcv_nxt - behind & MASK,
              "challenge: %s" % s)
    c.send(request())
    ok(c)
    c.finish()


def sacked(c):
    """Of the first segments of an answer's body the third is lost: it is sent again for what SACK says,
    and none that came."""
    size = 1388     # what timestamps leave of an MSS of 1400
    c.use_wscale = 0
    c.connect()
    c.send(request("/blob").replace(b"Cookie:", b"Range: bytes=0-59999\r\nCookie:"))
    first = c.wait("the head", lambda s: s.data).end()

    def place(seq):
        return (seq - first) & MASK

    c.wait("eight segments", lambda s: s.data and 8 * size <= place(s.end()) < 20 * size)
    c.rcv_nxt = (first + 2 * size) & MASK
    for n in 5, 7, 8:
        c.ack(sack=[((first + 3 * size) & MASK, (first + n * size) & MASK)])
    s = c.wait("what was lost", lambda s: s.data and place(s.seq) < 8 * size)
    check(place(s.seq) == 2 * size and len(s.data) == size, "instead of the third: %s" % s)
    c.reset()


def misled(c, *servers):
    """A client that resets what it was sent by the server itself does not end what the director
    translates."""
    c.connect()
    c.send(request(close=False))
    ok(c)
    vip = c.dst
    for server in servers:
        c.dst = socket.inet_pton(c.family, server)
        c.reset()
    c.dst = vip
    c.send(request())
    ok(c)
    c.finish()


def forged_reset(c, path):
    """A reset that the server does not believe: what comes at once is not yet taken for a sign
    that the connection goes on, what comes later is. Prints "reset" and "on"; waits for a file
    after each."""
    def asks(said):
        c.send(request(close=False))
        ok(c)
        print(said, flush=True)
        appears(path + said)

    c.connect()
    c.send(request(close=False))
    ok(c)
    c.raw(RST, c.at(c.sent + 100))
    asks("reset")
    time.sleep(4)   # paced: longer than a reset is believed whatever follows
    asks("on")
    c.send(request())
    ok(c)
    c.finish()


def overtaken_by_reset(c):
    """A reset overtakes a segment, which the server does not get: the client's port is free."""
    for _ in range(3):
        c.connect()
        c.send(request(close=False))
        ok(c)
        c.reset()
        c.raw(ACK, c.at(c.sent), c.rcv_nxt, bad_sum=True)
        c.fresh(c.sport)
    c.connect()
    c.send(request())
    ok(c)
    c.finish()


def old_duplicates(c):
    """Segments of long ago arrive again, before and after the splice."""
    c.connect()
    data = request(close=False)
    one, two = cut(data, 2)
    c.send(one[1])
    c.acked(two[0])
    c.send(one[1], 0)
    c.acked(two[0])
    c.send(two[1])
    ok(c)
    c.send(one[1], 0)
    s = c.acked(len(data))
    if c.use_sack and c.ts_on:
        check(s.sack == [(c.at(0), c.at(two[0]))], "duplicate SACK: %s" % s)
    c.raw(ACK, c.at(c.sent), (c.irs + 1) & MASK)
    c.send(request())
    ok(c)
    c.finish()


def announced(c, ts, sack, wscale):
    """What the SYN-ACK offers to a client with some options; "-" is without."""
    c.use_ts, c.use_sack = ts == "1", sack == "1"
    c.use_wscale = None if wscale == "-" else int(wscale)
    c.fresh()
    s = c.connect()
    check((s.ts is not None) == c.use_ts, "timestamps: %s" % s)
    check(s.sack_ok == (c.use_ts and c.use_sack), "SACK: %s" % s)
    check((s.wscale is not None) == (c.use_ts and c.use_wscale is not None), "scale: %s" % s)
    for _, piece in cut(request(close=False), 2):
        c.send(piece)
    ok(c)
    c.send(request())
    ok(c)
    c.finish()


def main():
    words = sys.argv[6:]
    while words:
        end = words.index("--") if "--" in words else len(words)
        (scenario, *args), words = words[:end], words[end + 1:]
        client = Client(*sys.argv[1:6])
        try:
            globals()[scenario](client, *args)
        except Failure as failure:
            print("\n".join(client.log[-40:]))
            print("%s %s: %s" % (scenario, " ".join(args), failure))
            sys.exit(1)
        client.sock.close()


main()
