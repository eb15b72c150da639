"""The mails of a local run, for people and for programs: development only."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

MOST = 200


@dataclass(frozen=True)
class Mail:
    """One mail as somebody would read it."""

    id: str
    to: list[str]
    sender: str
    subject: str
    date: str
    text: str


class MailFolder:
    """The folder that the mail sink writes, one complete file per mail, named in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Mail] = {}

    def mails(self, to: str | None) -> list[Mail]:
        """The latest mails, the newest first; with an address, only those to it."""
        found: list[Mail] = []
        for path in sorted(self._folder.glob("[!.]*.eml"), reverse=True):
            if path.name not in self._read:
                self._read[path.name] = read_mail(path)
            mail = self._read[path.name]
            if to is None or to.lower() in mail.to:
                found.append(mail)
            if len(found) == MOST:
                break
        return found


def read_mail(path: Path) -> Mail:
    """A mail in a file; of its parts the plain text counts."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(preferencelist=("plain", "html"))
    return Mail(
        id=path.stem,
        to=[address.lower() for _, address in getaddresses([str(value) for value in message.get_all("to", [])])],
        sender=str(message.get("from", "")),
        subject=str(message.get("subject", "")),
        date=str(message.get("date", "")),
        text=str(body.get_content()) if body else "",
    )


def dev_mail(folder: Path) -> APIRouter:
    """GET /dev/mail?to=: JSON, and a page for browsers."""
    router = APIRouter()
    mails = MailFolder(folder)

    @router.get("/dev/mail")
    def show(request: Request, to: str | None = None) -> Response:  # pyright: ignore[reportUnusedFunction] - a route
        found = mails.mails(to)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(as_page(found))
        return JSONResponse([asdict(mail) for mail in found])

    return router


def as_page(mails: list[Mail]) -> str:
    """The mails as one plain page."""
    articles = "".join(
        f"<article><h2>{html.escape(mail.subject)}</h2>"
        f"<p>to {html.escape(', '.join(mail.to))}, {html.escape(mail.date)}</p>"
        f"<pre>{html.escape(mail.text)}</pre></article><hr>"
        for mail in mails
    )
    return f'<!doctype html><meta charset="utf-8"><title>Mail</title><h1>{len(mails)} mails</h1>{articles}'
