"""A real mail server for the tests (aiosmtpd), which asks for STARTTLS and a password.

    aiosmtpd_server.py CERTIFICATE KEY

Prints its port, and then a line of JSON for each mail that it took, as Python's own parser
reads it. What it does to a mail is told by the name in the recipient's address. It ends when
its standard input does.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def authenticate(server, session, envelope, mechanism, shown):
    known = shown.login == b"ville" and shown.password == "s3cr3t é".encode()
    return AuthResult(success=known, handled=False)


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "nobody":
            return "550 5.1.1 no such person here"
        if name == "later" and name not in self.seen:
            self.seen.add(name)
            return "451 4.7.1 greylisted, come back"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name in ("hang", "leave") and name not in self.seen:
            self.seen.add(name)
            if name == "hang":
                await asyncio.sleep(60)
            server.transport.abort()
            return "421 4.3.0 gone"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "encrypted": session.ssl is not None,
            "authenticated": session.authenticated,
            "subject": str(mail["subject"]),
            "message_id": mail["message-id"],
            "auto_submitted": mail["auto-submitted"],
            "types": [part.get_content_type() for part in mail.walk()],
            "plain": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
            "files": [
                {"name": part.get_filename(), "type": part.get_content_type(), "text": part.get_content()}
                for part in mail.iter_attachments()
            ],
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        }
        print(json.dumps(told), flush=True)
        return "250 2.0.0 taken"


async def main(certificate, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    handler = Handler()
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(
            handler,
            hostname="aiosmtpd.test",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
            loop=loop,
        )

    server = await loop.create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
