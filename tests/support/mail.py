"""A real SMTP server that hands what it received to tests."""

import asyncio
import email
import email.policy
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 30.0
"""Seconds that a test waits for a mail; a busy machine is slow."""


class MailSink:
    """Keeps the mails of each mailbox, in the order of arrival."""

    def __init__(self) -> None:
        self.port = 0
        self.replies: list[str] = []
        """What the next mails are answered with instead of being taken, such as "451 later"."""
        self._arrived: dict[str, asyncio.Queue[EmailMessage]] = defaultdict(asyncio.Queue)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.replies:
            return self.replies.pop(0)
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        for recipient in envelope.rcpt_tos:
            self._arrived[recipient].put_nowait(message)
        return "250 kept"

    async def mail_to(self, address: str) -> EmailMessage:
        """The next mail to this mailbox; waits for it."""
        return await asyncio.wait_for(self._arrived[address].get(), PATIENCE)

    async def code_to(self, address: str) -> str:
        """The one-time code in the next mail to this mailbox."""
        return code_in(await self.mail_to(address))

    def waiting(self, address: str) -> int:
        """How many mails to this mailbox nobody has asked for yet."""
        return self._arrived[address].qsize()


def code_in(message: EmailMessage) -> str:
    """The one-time code: the line that holds six digits and nothing else."""
    [code] = [line for line in body_of(message).splitlines() if len(line) == 6 and line.isdigit()]
    return code


def body_of(message: EmailMessage) -> str:
    return cast(str, message.get_content())


@asynccontextmanager
async def mail_sink() -> AsyncGenerator[MailSink]:
    """A sink that listens on a free port."""
    sink = MailSink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink
