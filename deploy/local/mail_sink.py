"""An SMTP server that keeps each mail as a file and sends nothing on: `python -m deploy.local.mail_sink`."""

import asyncio
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_numbers = count()


class MailFolder:
    """Handles what aiosmtpd receives: one file per mail, in the order of arrival by name, complete when it appears."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Stores one mail before it is acknowledged."""
        content = envelope.original_content or b""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers)}.eml"
        partial = self._folder / f"{name}.partial"
        partial.write_bytes(content)
        partial.rename(self._folder / name)
        return "250 kept"


async def serve(address: str, folder: Path) -> None:
    """Receives mail until SIGTERM."""
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    server = await loop.create_server(lambda: SMTP(MailFolder(folder), enable_SMTPUTF8=True), host, int(port))
    async with server:
        await stopping.wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(os.environ["ONTMOET_SMTP_ADDRESS"], Path(os.environ["ONTMOET_DEV_MAIL_DIR"])))
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set")
