# SPDX-License-Identifier: GPL-2.0
"""The mirroring protocol in Python, after Documentation/sync-protocol.md and not after the
module's code: what a director sends can be read, and anything else be made up. Neither
sockets nor counters; self_check() compares with published and golden vectors.

Slow, but all of it is Python's own: Debian's python3 has no XChaCha20-Poly1305.
"""
import os
import re
import socket
import struct

VERSION, PORT = 1, 8849
CONTROL, LIVE, BULK, PLAIN = 0, 1, 2, 0x80
HELLO, CHALLENGE, SERVERS, UPDATE, LEAVE, TAIL = range(1, 7)
NACK, DIGEST, PULL, WALK, CONFIG, ECHO, POLICY, POLICY_ANSWER, POLICY_TAKE = 16, 18, 19, 20, 21, 23, 24, 25, 26
ASK, ANSWER = 1, 2
BINDING, FLOW4, FLOW6 = 1, 2, 3
PLAIN4, PLAIN6, DATA4, DATA6 = 6, 7, 8, 9
REMOVED = 1
TCP = 6
HEADER_LEN, TAG_LEN = 24, 16
M32, M64 = 0xffffffff, 0xffffffffffffffff


# --- XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha), SipHash-2-4 ---

COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def permute(words):
    """The twenty rounds, in place."""
    x = words
    for _ in range(10):
        for a, b, c, d in COLUMNS:
            xa, xb, xc, xd = x[a], x[b], x[c], x[d]
            xa = (xa + xb) & M32
            xd ^= xa
            xd = (xd << 16 | xd >> 16) & M32
            xc = (xc + xd) & M32
            xb ^= xc
            xb = (xb << 12 | xb >> 20) & M32
            xa = (xa + xb) & M32
            xd ^= xa
            xd = (xd << 8 | xd >> 24) & M32
            xc = (xc + xd) & M32
            xb ^= xc
            xb = (xb << 7 | xb >> 25) & M32
            x[a], x[b], x[c], x[d] = xa, xb, xc, xd
    return x


def hchacha(key, nonce):
    x = permute([*CONSTANTS, *struct.unpack("<8I", key), *struct.unpack("<4I", nonce)])
    return struct.pack("<8I", *x[:4], *x[12:])


def keystream(key, nonce, first, count):
    """That many blocks of ChaCha20, as bytes."""
    head = [*CONSTANTS, *struct.unpack("<8I", key)]
    tail = [0, *struct.unpack("<2I", nonce)]
    out = []
    for n in range(first, first + count):
        start = head + [n] + tail
        out.append(struct.pack("<16I", *((a + b) & M32 for a, b in
                                         zip(permute(start[:]), start))))
    return b"".join(out)


def xor(a, b):
    n = len(a)
    return (int.from_bytes(a, "little") ^ int.from_bytes(b[:n], "little")).to_bytes(n, "little")


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    acc = 0
    for i in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return ((acc + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


class Xchacha:
    """Sealing under one key; remembers the subkey of the last node, lane and epoch."""

    def __init__(self, key):
        self.key, self.last = key, (None, None)

    def subkey(self, nonce):
        if self.last[0] != nonce[:16]:
            self.last = nonce[:16], hchacha(self.key, nonce[:16])
        return self.last[1]

    def tag(self, stream, data, ad):
        padded = b"".join(p + bytes(-len(p) % 16) for p in (ad, data))
        return poly1305(stream[:32], padded + struct.pack("<QQ", len(ad), len(data)))

    def seal(self, data, ad, nonce):
        stream = keystream(self.subkey(nonce), nonce[16:], 0, 1 + (len(data) + 63) // 64)
        data = xor(data, stream[64:])
        return data + self.tag(stream, data, ad)

    def open(self, data, ad, nonce):
        """None if it is not genuine."""
        data, tag = data[:-TAG_LEN], data[-TAG_LEN:]
        stream = keystream(self.subkey(nonce), nonce[16:], 0, 1 + (len(data) + 63) // 64)
        return xor(data, stream[64:]) if self.tag(stream, data, ad) == tag else None


def siphash(key, data):
    def rotate(v, n):
        return (v << n | v >> (64 - n)) & M64

    def rounds(v, n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & M64
            v[2] = (v[2] + v[3]) & M64
            v[1], v[3] = rotate(v[1], 13) ^ v[0], rotate(v[3], 16) ^ v[2]
            v[0] = (rotate(v[0], 32) + v[3]) & M64
            v[2] = (v[2] + v[1]) & M64
            v[1], v[3] = rotate(v[1], 17) ^ v[2], rotate(v[3], 21) ^ v[0]
            v[2] = rotate(v[2], 32)

    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
         k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]
    last = data[len(data) & ~7:]
    for m in (*struct.unpack("<%dQ" % (len(data) // 8), data[:len(data) & ~7]),
              int.from_bytes(last, "little") | (len(data) & 255) << 56):
        v[3] ^= m
        rounds(v, 2)
        v[0] ^= m
    v[2] ^= 0xff
    rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


class Key:
    """What a cluster key means on the wire; master None: plain text."""

    def __init__(self, master):
        self.id, self.aead = 0, None
        if master:
            nonce = b"l7 sync packets".ljust(24, b"\0")
            packet_key = keystream(hchacha(master, nonce[:16]), nonce[16:], 1, 1)[:32]
            self.aead = Xchacha(packet_key)
            self.id = siphash(packet_key[:16], b"ipvs-l7 key id\0") & 255 or 1

    def seal(self, header, frames):
        return header + (self.aead.seal(frames, header, header) if self.aead else frames)

    def open(self, datagram):
        """Its frames, as bytes; None if it is not genuine."""
        header, rest = datagram[:HEADER_LEN], datagram[HEADER_LEN:]
        return self.aead.open(rest, header, header) if self.aead else rest


# --- Packets and frames ---

class Header:
    FORM = struct.Struct(">BBBBBBHQQ")
    NAMES = ("version", "cls", "key_id", "cluster", "node", "lane", "reserved", "epoch", "number")

    def __init__(self, **fields):
        self.version, self.cls, self.key_id, self.cluster = VERSION, CONTROL, 0, 0
        self.node, self.lane, self.reserved, self.epoch, self.number = 1, CONTROL, 0, 1, 1
        self.__dict__.update(fields)

    @classmethod
    def of(cls, datagram):
        return cls(**dict(zip(cls.NAMES, cls.FORM.unpack(datagram[:HEADER_LEN]))))

    def bytes(self):
        return self.FORM.pack(*(getattr(self, n) for n in self.NAMES))


def frame(kind, body=b"", length=None, flags=0):
    return struct.pack(">BBH", kind, flags, len(body) if length is None else length) + body


def frames_of(data):
    """(type, body) of each frame."""
    while data:
        kind, _, length = struct.unpack_from(">BBH", data)
        yield kind, data[4:4 + length]
        data = data[4 + length:]


def seen(node, epoch, wish=0, live=0, bulk=0, contiguous=0, flags=1, stamp=0, held=0):
    return struct.pack(">BBHIQQQQII", node, flags, wish, 0, epoch, live, bulk, contiguous, stamp, held)


def hello(peers=(), key_id=0, clock=0, live=0, bulk=0, bindings=0, flows=0, more=b"",
          day=0, features=0, config=0, stamp=0):
    """@more: bytes that a later version appends to what comes before the list of peers; @day: the
    time of day; @config: the sum of its policies."""
    return frame(HELLO, struct.pack(">BBBBBBH4BIQQQQIIII", 1, 1, 2 if peers else 1, len(peers),
                                    len(peers[0]) if peers else 48, 64 + len(more), 0,
                                    key_id, 0, 0, 0, features, config, clock, live, bulk, bindings, flows,
                                    stamp, day) + more + b"".join(peers))


def peers_of(body):
    """{node: (epoch, confirmed)} of a HELLO."""
    size, start = body[4], body[5]
    out = {}
    for i in range(body[3]):
        node, flags, _, _, epoch = struct.unpack_from(">BBHIQ", body, start + i * size)
        out[node] = epoch, bool(flags & 1)
    return out


def all_up_to(body):
    """{node: number} of a HELLO: all packets of the live lane up to this came."""
    size, start = body[4], body[5]
    return {body[at]: struct.unpack_from(">Q", body, at + 32)[0]
            for at in range(start, start + body[3] * size, size)}


def challenge(kind, node, epoch, nonce, live=0, bulk=0, secrets=0):
    return frame(CHALLENGE, struct.pack(">BBHIQQQ", kind, node, 0, secrets, epoch, live, bulk) + nonce)


def challenge_of(body):
    """(kind, node, epoch, nonce)"""
    kind, node, _, _, epoch = struct.unpack_from(">BBHIQ", body)
    return kind, node, epoch, body[32:48]


def tail(live=0, bulk=0, oldest_live=1, oldest_bulk=1, flags=0, more=b""):
    return frame(TAIL, struct.pack(">B7xQQQQ", flags, live, bulk, oldest_live, oldest_bulk) + more)


def nack(node, epoch, *ranges, lane=LIVE, count=None, size=12, more=b""):
    """@ranges: (first number, how many)"""
    return frame(NACK, struct.pack(">BBBB4xQ", node, lane, len(ranges) if count is None else count,
                                   size, epoch) +
                 b"".join(struct.pack(">QI", *r) for r in ranges) + more)


def walk(*peers, size=12, count=None, more=b""):
    """@peers: (node, wish, epoch)"""
    return frame(WALK, struct.pack(">BBH", len(peers) if count is None else count, size, 0) +
                 b"".join(struct.pack(">BBHQ", n, 0, wish, epoch) for n, wish, epoch in peers) + more)


def echo(kind, node, epoch, serial=0, time=0, more=b""):
    return frame(ECHO, struct.pack(">BBHIQQ", kind, node, 0, serial, epoch, time) + more)


def digest(kind=1, level=0, group=0, sums=64, size=8, number=0, body=None):
    """@number: of the round"""
    return frame(DIGEST, struct.pack(">BBBBBBHII", kind, level, 0, group, sums, size, 0, number, 0) +
                 (bytes(sums * size) if body is None else body))


def pull(node, epoch, *buckets, kind=1, count=None, more=b""):
    return frame(PULL, struct.pack(">BBH4xQ", node, kind, len(buckets) if count is None else count, epoch) +
                 b"".join(struct.pack(">H", b) for b in buckets) + more)


def config(*policies, first=0, total=None, size=28, count=None, of=1):
    """@policies: (address, port, digest); @of: the sum of all"""
    n = len(policies) if count is None else count
    return frame(CONFIG, struct.pack(">BBHHHQ", n, size, first, len(policies) if total is None else total,
                                     0, of) +
                 b"".join(struct.pack(">BBH", 6 if ":" in a else 4, TCP, port) +
                          address(a).ljust(16, b"\0") + struct.pack(">Q", d) for a, port, d in policies))


# Pushed policies: a set, a piece of it, what is said of it.
TAKES_POLICIES = 2
SAME, DONE, REFUSED, ASKS = 1, 2, 3, 4


def key_rule(kind, name=b"", offset=0, length=0, prefix=0, flags=0, responses=1, wildcard=0,
             attributes=b"", reserved=0):
    return struct.pack(">8B2H", kind, prefix, flags, responses, wildcard, len(name), len(attributes),
                       reserved, offset, length) + name + attributes


def policy(addr, port, *rules, proto=TCP, tries=3, flags=0, timeout=3600, inspect=3000,
           max_request=16384, more=b"", reserved=0, family=None):
    raw = address(addr)
    body = struct.pack(">BBH6BI", family or (4 if len(raw) == 4 else 6), proto, port, tries,
                       len(rules), 0, 0, 0, reserved, flags) + raw.ljust(16, b"\0")
    body += struct.pack(">8I", timeout, 0, 0, inspect, 600, 1000, max_request, 900)
    body += b"".join(rules) + more
    return struct.pack(">H", len(body) + 2) + body


def policy_set(*policies, fmt=1, count=None):
    return struct.pack(">BBH", fmt, 0, len(policies) if count is None else count) + b"".join(policies)


def pushed(push, data, index=0, of=1, total=None, pieces=None):
    """A piece of a set; @of: the sum of its policies."""
    total = len(data) if total is None else total
    pieces = (total + 1023) // 1024 if pieces is None else pieces
    return frame(POLICY, struct.pack(">IHHIIQ", push, index, pieces, total, 0, of) +
                 data[1024 * index:1024 * index + 1024])


def piece_of(body):
    """push, index, pieces, total, bytes"""
    return struct.unpack_from(">IHHI", body) + (body[24:],)


def push_answer(node, epoch, push, status, reason=0, service=None, changes=0, text=b"", token=0):
    addr, port = service or ("", 0)
    raw = address(addr) if addr else b""
    return frame(POLICY_ANSWER, struct.pack(
        ">4BIQBBH16sIQ", node, status, reason, len(text), push, epoch,
        {0: 0, 4: 4, 16: 6}[len(raw)], TCP if raw else 0, port, raw, changes, token) + text)


def push_answer_of(body):
    """node, push, status, reason, port of the service, changes, text"""
    node, status, reason, length, push = struct.unpack_from(">4BI", body)
    port, = struct.unpack_from(">H", body, 18)
    changes, = struct.unpack_from(">I", body, 36)
    return node, push, status, reason, port, changes, body[48:48 + length].decode()


def token_of(answer):
    return struct.unpack_from(">Q", answer, 40)[0]


def take_of(body):
    """node, push, token"""
    return struct.unpack_from(">B3xIQ", body)


def take(node, push, token):
    """That a peer is to take over what it asked about."""
    return frame(POLICY_TAKE, struct.pack(">B3xIQ", node, push, token))


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def name(index, addr, port, proto=TCP, more=b""):
    return struct.pack(">HHBB", index, port, proto, 0) + address(addr) + more


def servers(*names, family=None, size=None, count=None):
    if family is None:
        family = 4 if len(names[0]) < 22 else 6
    return frame(SERVERS, struct.pack(">BBH", family, len(names[0]) if size is None else size,
                                      len(names) if count is None else count) + b"".join(names))


def group(kind, *records, origin, ttl=300, scope=0, flags=0, key_type=0, count=None, size=None):
    """@scope: of bindings; of flows, the index of the virtual service."""
    return struct.pack(">BBBBHHII", kind, flags, origin, key_type,
                       len(records) if count is None else count,
                       (len(records[0]) if records else 22) if size is None else size,
                       ttl, scope) + b"".join(records)


def binding(gen, server, digest):
    return struct.pack(">IH", gen, server) + digest


def flow(gen, server, port, addr, seq=0, ts=0, scales=0xff, flags=0):
    return struct.pack(">IHHIIBB", gen, server, port, seq, ts, scales, flags) + address(addr)


def plain(gen, server, port, addr, flags=4):
    return struct.pack(">IHHBB", gen, server, port, flags, 0) + address(addr)


def data(gen, server, port, vport, sport, control, addr, flags=20):
    """@control: the client's port of the control connection."""
    return struct.pack(">IHHBBHHH", gen, server, port, flags, 0, vport, sport, control) + address(addr)


def update(*groups):
    return frame(UPDATE, b"".join(groups))


def scope(addr, port, proto=TCP):
    """The number by which directors call a virtual service: SipHash of its identity."""
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    identity = address(addr).ljust(16, b"\0") + struct.pack(">HBB", port, family, proto)
    return siphash(struct.pack("<QQ", 0x6c372d73636f7065, 0x697076732d6c37), identity) & M32


# --- Is all this right? ---

def golden():
    """The arrays of golden_sync.h and golden_records.h."""
    where, text = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unit"), ""
    for name in "golden_sync.h", "golden_records.h":
        with open(os.path.join(where, name), encoding="ascii") as f:
            text += re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    return {m[1]: bytes(int(b, 16) for b in re.findall(r"0x[0-9a-f]+", m[2]))
            for m in re.finditer(r"(\w+)\[\] = \{(.*?)\}", text, re.S)}


def check_crypto():
    # draft-irtf-cfrg-xchacha-03, A.3.1
    text = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
            b"the future, sunscreen would be it.")
    ad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    sealed = bytes.fromhex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4e"
        "da7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2"
        "383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49")
    aead, nonce = Xchacha(bytes(range(0x80, 0xa0))), bytes(range(0x40, 0x58))
    assert aead.seal(text, ad, nonce) == sealed
    assert aead.open(sealed, ad, nonce) == text
    assert aead.open(sealed, ad[:-1], nonce) is None
    # Aumasson, Bernstein: SipHash, appendix A
    assert siphash(bytes(range(16)), bytes(range(15))) == 0xa129ca6149be45e5


def check_golden(vectors):
    head = Header(cls=LIVE, key_id=0x5a, cluster=7, node=42, lane=LIVE,
                  epoch=0x0102030405060708, number=0x1122334455667788)
    assert head.bytes() == vectors["golden_header"]
    assert hello([seen(3, 0xdeadbeefcafef00d, 513, 77, 88, 66, stamp=0x0a0b0c0d, held=100000)], key_id=0x5a, clock=123456,
                 live=1000, bulk=2000, bindings=70000, flows=512,
                 day=0x65432100, stamp=0xfedcba98) == vectors["golden_hello"]
    assert challenge(ANSWER, 9, 0x8877665544332211, bytes(range(0xa0, 0xb0)), 3131,
                     4242) == vectors["golden_challenge"]
    assert echo(ANSWER, 9, 0x8877665544332211, 517, 0x62531a0b1c2d3,
                bytes(4)) == vectors["golden_echo"]
    assert golden_update() == vectors["golden_update"]
    assert golden_data() == vectors["golden_data"]
    assert challenge(ANSWER, 9, 0x8877665544332211, bytes(range(0xa0, 0xb0)), 3131, 4242,
                     0xcafef00d) == vectors["golden_challenge_secrets"]


def golden_update():
    digest = [bytes(range(n, n + 16)) for n in (0, 16, 32)]
    return (servers(name(1, "10.0.0.1", 8080), name(2, "192.0.2.80", 80)) +
            servers(name(3, "2001:db8::1", 8080), name(4, "2001:db8::80", 80)) +
            update(group(BINDING, binding(100, 1, digest[0]), binding(101, 3, digest[1]),
                         origin=42, ttl=3600, scope=0xc0ffee00, key_type=2),
                   group(BINDING, binding(102, 0, digest[2]), origin=42, ttl=60,
                         scope=0xc0ffee01, key_type=1, flags=REMOVED),
                   group(FLOW4, flow(7, 1, 40000, "198.51.100.7", 0x89abcdef, 0x01234567, 0x79, 1),
                         origin=42, ttl=900, scope=2),
                   group(FLOW6, flow(8, 3, 40001, "2001:db8:1::7", 1, 0, 0x7f, 2), origin=3,
                         ttl=900, scope=4)))


def golden_data():
    return update(group(DATA4, data(0x01020304, 3, 40000, 50000, 2022, 40002, "192.0.2.7", 21),
                        data(0x01020305, 3, 0, 50001, 2023, 40002, "192.0.2.7"),
                        origin=1, ttl=900, scope=9),
                  group(DATA6, data(5, 4, 40001, 0, 0, 40003, "2001:db8::7", 22), origin=2,
                        ttl=0, scope=10, flags=REMOVED))


def self_check():
    check_crypto()
    check_golden(golden())


if __name__ == "__main__":
    self_check()
