#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Records TLS handshakes and turns them into the corpora and golden rows that are checked in.

usage: capture_tls.py

Runs openssl s_server behind a relay that keeps what passes, and as clients openssl s_client,
node, wget (GnuTLS) and Java, as far as they are there. Writes selftests/fuzz/corpus/tls_client
and tls_server, and selftests/unit/golden_tls12.h and golden_tls13.h. All bytes are other ones
each time; what is in them is not, and the unit test knows it."""
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
UNIT = os.path.join(HERE, "..", "unit")
HEAD = """/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handshakes with TLS 1.%s servers, as the network carried them, in hex:
 * recorded by selftests/fuzz/capture_tls.py. Included by test_tls.c and test_key.c.
 */
static const struct golden golden_1%s[] = {
"""
AFTER = 8    # bytes of what follows a message that are kept
WAIT = 20

NODE = """require('tls').connect({host: '127.0.0.1', port: %d, servername: 'node.example',
    ALPNProtocols: ['h2', 'http/1.1'], rejectUnauthorized: false}, function () { this.end(); })"""
JAVA = """import javax.net.ssl.*;
public class Hello {
    public static void main(String[] a) throws Exception {
        SSLSocket s = (SSLSocket) SSLSocketFactory.getDefault().createSocket("localhost", %d);
        SSLParameters p = s.getSSLParameters();
        p.setServerNames(java.util.List.of(new SNIHostName("java.example")));
        s.setSSLParameters(p);
        try { s.startHandshake(); } catch (SSLException e) { }
    }
}"""
# name, options of the server ("" = the one before goes on), client, its options
WHAT = [
    ("12-id", "-tls1_2 -no_ticket", "openssl", "-tls1_2 -no_ticket -sess_out id"),
    ("12-id-resumed", "", "openssl", "-tls1_2 -no_ticket -sess_in id"),
    ("12-ticket", "-tls1_2", "openssl", "-servername a.example -sess_out ticket"),
    ("12-ticket-resumed", "", "openssl", "-servername a.example -sess_in ticket"),
    ("12-ticket-refused", "-tls1_2", "openssl", "-sess_in ticket"),
    ("12-warned", "-tls1_2 -servername b.example -cert2 cert -key2 key", "openssl",
     "-tls1_2 -servername a.example"),
    ("12-spread", "-tls1_2 -Verify 1 -max_send_frag 512 -cert big -key bigkey", "openssl",
     "-cert big -key bigkey -max_send_frag 512 -sess_out spread"),
    ("12-spread-resumed", "", "openssl", "-max_send_frag 512 -sess_in spread"),
    ("13", "-tls1_3", "openssl", "-alpn h2,http/1.1 -sess_out new"),
    ("13-resumed", "", "openssl", "-sess_in new"),
    ("13-stateful", "-tls1_3 -max_early_data 100 -early_data", "openssl", "-sess_out once"),
    ("13-early", "", "openssl", "-sess_in once -early_data early"),
    ("13-refused", "-tls1_3", "openssl", "-sess_in new"),
    ("13-retry", "-tls1_3 -groups P-384", "openssl", "-groups X25519:P-384 -sess_in new"),
    ("12-alert", "-tls1_3", "openssl", "-tls1_2"),
    ("13-node", "-alpn h2", "node", NODE),
    ("13-gnutls", "-tls1_3", "wget", ""),
    ("13-java", "-tls1_3", "java", JAVA),
    ("12-java", "-tls1_2", "java", JAVA),
]


class Relay:
    """Passes one connection on to @port and keeps both directions."""

    def __init__(self, port):
        self.to, self.sent = port, ([], [])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.to))
        back = threading.Thread(target=self.copy, args=(server, client, self.sent[1]))
        back.start()
        self.copy(client, server, self.sent[0])
        back.join()

    @staticmethod
    def copy(a, b, keep):
        with contextlib.suppress(OSError):
            while data := a.recv(65536):
                keep.append(data)
                b.sendall(data)
        with contextlib.suppress(OSError):
            b.shutdown(socket.SHUT_WR)

    def streams(self):
        self.thread.join(WAIT)
        return [b"".join(s) for s in self.sent]


class Server:
    def __init__(self, options):
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert", "-key", "key",
             "-naccept", "9", *options.split()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("ACCEPT"):
                self.port = int(line.rsplit(":", 1)[1])
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.kill()
        self.process.wait()


def run_openssl(port, options):
    """Ends after the handshake; a session that is asked for may come later, in 1.3."""
    words = options.split()
    p = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *words],
                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    if "-sess_out" in words:
        wait_for_session(words[words.index("-sess_out") + 1])
    with contextlib.suppress(OSError):
        p.communicate(b"Q\n", WAIT)


def wait_for_session(path):
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        with contextlib.suppress(OSError), open(path, "rb") as f:
            if b"END SSL SESSION" in f.read():
                return
        time.sleep(0.05)    # paced
    sys.exit(f"{path}: no session")


def run_client(client, port, options):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False,
             "stdin": subprocess.DEVNULL, "timeout": WAIT}
    if client == "openssl":
        run_openssl(port, options)
    elif client == "node":
        subprocess.run(["node", "-e", options % port], **quiet)
    elif client == "wget":
        subprocess.run(["wget", "-O-", "--no-check-certificate", "--tries=1", "--timeout=1",
                        f"https://localhost:{port}/"], **quiet)
    else:
        with open("Hello.java", "w", encoding="ascii") as f:
            f.write(options % port)
        subprocess.run(["java", "Hello.java"], **quiet)


def record():
    """name -> (the client's stream, the server's)"""
    found, server = {}, None
    for name, serves, client, options in WHAT:
        if serves and server:
            server.stop()
        server = Server(serves) if serves else server
        if not shutil.which(client):
            print(f"{name}: no {client}")
            continue
        relay = Relay(server.port)
        run_client(client, relay.port, options)
        found[name] = relay.streams()
    server.stop()
    return found


def trim_client(data):
    """The ClientHello, and the beginning of what follows it."""
    at, need = 0, 4 + int.from_bytes(data[6:9], "big")
    while need > 0 and at < len(data):
        n = int.from_bytes(data[at + 3:at + 5], "big")
        at, need = at + 5 + n, need - n
    return data[:at + AFTER]


def trim_server(data):
    """Records in clear: up to ChangeCipherSpec, unless that is the dummy of a retry."""
    at = 0
    while at < len(data) and data[at] in (21, 22):
        at += 5 + int.from_bytes(data[at + 3:at + 5], "big")
        if data[at:at + 6] == b"\x14\3\3\0\1\1" and data[at + 6:at + 7] == b"\x16" and \
                data[at + 11] == 2:
            at += 6
    return data[:at + AFTER]


def row(name, streams):
    yield f'\t{{ .name = "{name}",'
    for way, data in zip(("client", "server"), streams):
        text = data.hex()
        lines = [text[i:i + 96] for i in range(0, len(text), 96)]
        yield f"\t  .{way} ="
        yield from (f'\t\t"{line}"' for line in lines[:-1])
        yield f'\t\t"{lines[-1]}",'
    yield "\t},"


def certificate(kind, cert, key):
    subprocess.run(["openssl", "req", "-x509", "-newkey", *kind.split(), "-nodes", "-keyout", key,
                    "-out", cert, "-subj", "/CN=a", "-days", "9999"], check=True,
                   capture_output=True)


def main():
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        certificate("ec -pkeyopt ec_paramgen_curve:P-256", "cert", "key")
        certificate("rsa:2048", "big", "bigkey")
        with open("early", "w", encoding="ascii") as f:
            f.write("GET / HTTP/1.0\r\n\r\n")
        found = {name: (trim_client(c), trim_server(s)) for name, (c, s) in record().items()}
        os.chdir(HERE)
    for name, streams in found.items():
        for target, data in zip(("tls_client", "tls_server"), streams):
            where = os.path.join(HERE, "corpus", target)
            os.makedirs(where, exist_ok=True)
            with open(os.path.join(where, name), "wb") as f:
                f.write(b"\0" + data)
    for minor in "23":
        with open(os.path.join(UNIT, f"golden_tls1{minor}.h"), "w", encoding="ascii") as f:
            f.write(HEAD % (minor, minor))
            for name, streams in found.items():
                if name.startswith("1" + minor) and name != "12-java":
                    f.write("\n".join(row(name, streams)) + "\n")
            f.write("};\n")


if __name__ == "__main__":
    main()
