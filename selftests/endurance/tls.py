# SPDX-License-Identifier: GPL-2.0
"""TLS as a kind of session: it is resumed by one connection after the other."""
import ssl
import time

import kinds


class Tls(kinds.Session):
    """One connection after the other, each of which resumes the session."""
    contexts = {}

    @classmethod
    def context(cls, version):
        if version not in cls.contexts:
            ctx = cls.contexts[version] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            ctx.check_hostname = False
            ctx.verify_mode = ssl.CERT_NONE
            ctx.minimum_version = ctx.maximum_version = version
        return cls.contexts[version]

    async def life(self):
        port, version = ((4432, ssl.TLSVersion.TLSv1_2), (4433, ssl.TLSVersion.TLSv1_3))[self.number % 2]
        self.server = session = None
        known = False
        for _ in range(self.rng.randint(6, 12)):
            conn = await self.open(port)
            began = time.monotonic()
            async with self.limit():
                name, reused, session = await self.talk(conn, self.context(version), session)
            self.late(time.monotonic() - began)
            conn[1].close()
            # Of 1.3 a server's ticket is known when the server has taken one.
            known = known or reused or version == ssl.TLSVersion.TLSv1_2 and self.server is None
            if known:
                if self.server and not reused:
                    raise kinds.Moved("not resumed, at %s, was at %s" % (name, self.server))
                self.is_at(name)
            self.load.count("requests")
            await self.pause(15)

    async def talk(self, conn, ctx, session):
        reader, writer = conn
        inc, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = ctx.wrap_bio(inc, out, server_hostname="l7.test", session=session)

        async def step(call):
            while True:
                try:
                    return call()
                except ssl.SSLWantReadError:
                    pass
                finally:
                    if out.pending:
                        writer.write(out.read())
                data = await reader.read(65536)
                if not data:
                    raise EOFError("in TLS")
                inc.write(data)

        await step(tls.do_handshake)
        await step(lambda: tls.write(b"GET /who HTTP/1.1\r\nHost: l7.test\r\n\r\n"))
        answer = b""
        while b"server=" not in answer or not answer.endswith(b"\n"):
            answer += await step(lambda: tls.read(65536))
        name = answer[answer.index(b"server="):].decode()[7:10]
        self.same("answer", answer[answer.index(b"server="):].decode(), "server=%s\n" % name)
        return name, tls.session_reused, tls.session
