"""The texts of mails, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from services.membership.domain.network import LANGUAGES, Network
from services.membership.domain.sign_in import CODE_LIFETIME

LOCALE = Path(__file__).parent.parent / "locale"

CODE_SUBJECT = "{network}: your code to sign in"
CODE_BODY = """\
Hello,

This is your code to sign in at {network}:

{code}

It is good once, for {minutes} minutes. Nobody from {network} will ever ask you for it.
If you did not ask for a code yourself, you need not do anything.
"""
TEXTS = (CODE_SUBJECT, CODE_BODY)


@dataclass(frozen=True)
class Letter:
    """A subject and a plain text."""

    language: str
    subject: str
    body: str


class Letters:
    """All texts in all languages, read from the catalogues at the start."""

    def __init__(self, folder: Path = LOCALE) -> None:
        self._texts = {language: read_catalogue(folder, language) for language in LANGUAGES}

    def code(self, network: Network, language: str, code: str) -> Letter:
        """The letter that brings a one-time code; the code stands on a line of its own."""
        minutes = int(CODE_LIFETIME.total_seconds() // 60)
        texts = self._texts[language]
        return Letter(
            language=language,
            subject=texts[CODE_SUBJECT].format(network=network.name),
            body=texts[CODE_BODY].format(network=network.name, code=code, minutes=minutes),
        )


def read_catalogue(folder: Path, language: str) -> Mapping[str, str]:
    """Our texts in this language; raises ValueError when one is missing."""
    path = folder / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    translated = {message.id: message.string for message in catalogue if message.id and not message.fuzzy}
    texts = {text: translated.get(text) for text in TEXTS}
    if missing := [text for text, translation in texts.items() if not isinstance(translation, str) or not translation]:
        raise ValueError(f"{path} lacks {missing[0]!r}")
    return {text: str(translation) for text, translation in texts.items()}
