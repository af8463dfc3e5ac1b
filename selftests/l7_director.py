# SPDX-License-Identifier: GPL-2.0
"""A director's tables, counters and peers as netlink tells them: one process that looks often
costs an emulated processor less than ipvsl7adm started each time."""
import ctypes
import os
import socket
import struct

import l7_netlink as nl

libc = ctypes.CDLL(None, use_errno=True)
HOME = "lan"        # a namespace that stays, to be in meanwhile
A, B = 1, 2         # node ids of dira and dirb


def enter(namespace):
    fd = os.open("/run/netns/" + namespace, os.O_RDONLY)
    try:
        if libc.setns(fd, 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns " + namespace)
    finally:
        os.close(fd)


def inside(namespace, make):
    """What @make() returns when called there."""
    enter(namespace)
    try:
        return make()
    finally:
        enter(HOME)


def a(name):
    return nl.C["IPVS_L7_A_" + name]


def number(data):
    return int.from_bytes(data, "little")


def endpoint(data):
    got = dict(nl.parse(data))
    for kind, family in ("ADDR4", socket.AF_INET), ("ADDR6", socket.AF_INET6):
        if a("ENDPOINT_" + kind) in got:
            text = socket.inet_ntop(family, got[a("ENDPOINT_" + kind)])
    port = got.get(a("ENDPOINT_PORT"))
    return text, struct.unpack("!H", port)[0] if port else None


class Director:
    """Its namespace does not end while this object lives and is not closed."""

    def __init__(self, namespace, vip):
        self.vip = vip
        self.nl = inside(namespace, nl.Family)

    def close(self):
        self.nl.s.close()

    def dump(self, what):
        """Attributes of each, by type; those that may be there more than once, but once."""
        return [dict(nl.parse(m)) for m in self.nl.ask(what, [], nl.NLM_F_DUMP).messages]

    def counters(self):
        out = {}
        for m in self.nl.ask("STATS_GET").messages:
            for kind, data in nl.parse(m):
                if kind == a("STATS_COUNTER"):
                    pair = dict(nl.parse(data))
                    text = pair[a("COUNTER_NAME")].rstrip(b"\0").decode()
                    out[text] = number(pair[a("COUNTER_VALUE")])
        return out

    def bindings(self):
        """{(hash, server, port, node, scope)}"""
        return {(b[a("BINDING_HASH")].hex(), *endpoint(b[a("BINDING_SERVER")]),
                 b[a("BINDING_ORIGIN")][0], number(b[a("BINDING_SCOPE")]))
                for b in self.dump("BINDING_GET")}

    def flows(self):
        """{(client, service, server)} in whatever state"""
        return {tuple(endpoint(f[a("FLOW_" + end)]) for end in ("CLIENT", "VIP", "SERVER"))
                for f in self.dump("FLOW_GET") if a("FLOW_SERVER") in f}

    def peers(self):
        """{node: heard in the last second}"""
        return {p[a("PEER_NODE")][0]: number(p[a("PEER_LAST_SEEN")]) < 1000
                for p in self.dump("PEER_GET")}

    def named(self, value):
        return [nl.at("BINDING_SERVICE", nl.ep(self.vip, 80)),
                nl.at("BINDING_VALUE", value.encode())]

    def bind(self, value, server):
        answer = self.nl.ask("BINDING_NEW", self.named(value) +
                             [nl.at("BINDING_SERVER", nl.ep(server, 80))])
        assert not answer.error, answer

    def unbind(self, value):
        answer = self.nl.ask("BINDING_DEL", self.named(value))
        assert not answer.error, answer

    def unbind_hash(self, digest):
        self.nl.ask("BINDING_DEL", [nl.at("BINDING_SERVICE", nl.ep(self.vip, 80)),
                                    nl.at("BINDING_HASH", digest)])

    def server_of(self, value):
        """Address of the server that a cookie's value is bound to, None if to none."""
        answer = self.nl.ask("BINDING_GET", self.named(value))
        if answer.error:
            return None
        return endpoint(dict(nl.parse(answer.messages[0]))[a("BINDING_SERVER")])[0]

    def has_hash(self, digest):
        return not self.nl.ask("BINDING_GET", [nl.at("BINDING_HASH", digest)]).error
