# SPDX-License-Identifier: GPL-2.0
"""A TLS client that resumes sessions.

    l7_tls.py HOST PORT [NAME=VALUE]...

Makes sessions=N (1) sessions, each by a connection with a full handshake, then requests=M (1)
connections in turn for each, which offer what the session was given last. Every connection makes
a request; of each: "session K server=NS reused=0|1 version=V". The last line:
"connections=C resumed=R stayed=S servers=N"; S of those after the first reached the server that
their session had been with.

Options: version=1.2|1.3 (1.3), ticket=0 (of 1.2: no tickets, session IDs alone), big=1 (a
ClientHello of several records and segments: many ALPN names), timeout=SECONDS (10),
resume=FILE (before the sessions are resumed, wait until FILE exists), order=random (not in turn: by
round robin, too, each comes to any server).
"""
import os
import socket
import ssl
import sys
import time


def context(opt):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.check_hostname = False
    ctx.verify_mode = ssl.CERT_NONE
    v = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[opt.get("version", "1.3")]
    ctx.minimum_version = ctx.maximum_version = v
    if opt.get("ticket") == "0":
        ctx.options |= ssl.OP_NO_TICKET
    if "big" in opt:
        ctx.set_alpn_protocols(["http/1.1"] + ["x-%0200d" % i for i in range(40)])
    return ctx


def request(ctx, opt, session):
    """Returns the server's name, whether the session was resumed, the session now, the version."""
    host, port = opt["host"], int(opt["port"])
    raw = socket.create_connection((host, port), timeout=float(opt.get("timeout", 10)))
    with ctx.wrap_socket(raw, server_hostname="l7.test", session=session) as s:
        s.sendall(b"GET /who HTTP/1.1\r\nHost: l7.test\r\nConnection: close\r\n\r\n")
        answer = b""
        while True:
            more = s.recv(4096)
            if not more:
                break
            answer += more
        # Tickets of 1.3 come with the first bytes of the answer.
        at = answer.index(b"server=") + len("server=")
        return answer[at:].split()[0].decode(), s.session_reused, s.session, s.version()


def shuffle(order):
    import random   # takes long to load
    random.shuffle(order)


def main():
    opt = dict(word.partition("=")[::2] for word in sys.argv[3:])
    opt.update(host=sys.argv[1], port=sys.argv[2])
    ctx = context(opt)
    sessions = []
    servers = set()
    total = resumed = stayed = 0
    for k in range(int(opt.get("sessions", 1))):
        server, reused, session, version = request(ctx, opt, None)
        print("session %d server=%s reused=%d version=%s" % (k, server, reused, version))
        sessions.append([server, session])
        servers.add(server)
    sys.stdout.flush()
    while "resume" in opt and not os.path.exists(opt["resume"]):
        time.sleep(0.02)  # paced
    order = list(range(len(sessions)))
    for _ in range(int(opt.get("requests", 1))):
        if opt.get("order") == "random":
            shuffle(order)
        for k in order:
            was, offered = sessions[k]
            server, reused, session, version = request(ctx, opt, offered)
            print("session %d server=%s reused=%d version=%s" % (k, server, reused, version))
            total += 1
            resumed += reused
            stayed += server == was
            servers.add(server)
            sessions[k] = [server, session]
    print("connections=%d resumed=%d stayed=%d servers=%d" % (total, resumed, stayed, len(servers)))


main()
