"""Mail through SMTP."""

import asyncio
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from enum import Enum

import aiosmtplib
from email_validator import validate_email

from services.common.logging import logger
from services.membership.adapters.letters import Letter

TIMEOUT = 10
CONNECTIONS = 5

_log = logger(__name__)


class Outcome(Enum):
    """What became of a mail."""

    SENT = "sent"
    DELAYED = "delayed"
    """The server could not be reached, or asks to try later."""
    REFUSED = "refused"
    """The server will never take this mail."""


@dataclass(frozen=True)
class Mail:
    """A letter to a mailbox, in the name of a network."""

    to: str
    sender_name: str
    letter: Letter


class Mailer:
    """Sends mails over at most five connections to one SMTP server, encrypted when the server offers it."""

    def __init__(self, address: str, sender: str) -> None:
        """`address` is "host:port"; `sender` is the address that mails come from."""
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._sender = sender
        self._connections = asyncio.Semaphore(CONNECTIONS)

    async def send(self, mail: Mail) -> Outcome:
        """Try once. No error is raised; the log says what went wrong, without address and text."""
        try:
            async with self._connections:
                await aiosmtplib.send(
                    _message(mail, self._sender), hostname=self._host, port=self._port, timeout=TIMEOUT
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _failed(error, min((each.code for each in error.recipients), default=550))
        except aiosmtplib.SMTPResponseException as error:
            return _failed(error, error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _failed(error, 400)
        return Outcome.SENT


def _failed(error: Exception, code: int) -> Outcome:
    outcome = Outcome.REFUSED if code >= 500 else Outcome.DELAYED
    _log.warning("a mail was not sent", outcome=outcome.value, error=type(error).__name__, code=code)
    return outcome


def _message(mail: Mail, sender: str) -> EmailMessage:
    user, _, domain = sender.rpartition("@")
    message = EmailMessage()
    message["From"] = Address(mail.sender_name, user, domain)
    message["To"] = validate_email(mail.to, check_deliverability=False).ascii_email or mail.to
    message["Subject"] = mail.letter.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=domain)
    message["Content-Language"] = mail.letter.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.letter.body, cte="quoted-printable")
    return message
