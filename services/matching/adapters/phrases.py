"""Our texts in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

from services.matching.domain.breakout import Notice, NoticeCode

LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = ("en", "nl-NL", "nl-BE", "fr-BE")
"""English is the language of the texts in the code, and of whoever asks for one that we don't have."""
_NEAREST = {"nl": "nl-NL", "fr": "fr-BE"}

NOTICES = {
    NoticeCode.HOSTED: "Round {round}: {moderators} moderators for {groups} rooms. A participant hosts: room {rooms}.",
    NoticeCode.TAKEN_OVER: "Round {round}: a free moderator took over room {room}.",
    NoticeCode.DISSOLVED: "Round {round}: too few people were left in room {room}; they moved to other rooms.",
    NoticeCode.COMPANY_TOGETHER: "Round {round}: pairs of the same company that could not be kept apart: {pairs}.",
    NoticeCode.REPEATS: "Meetings of people who met before: {repeats}. No plan has fewer than {bound}.",
}
HEADINGS = ("Name", "Room", "From room", "To room", "Led by", "Role", "Company", "Moderator", "Host", "Room {number}")
TEXTS = (*NOTICES.values(), *HEADINGS)


@dataclass(frozen=True)
class Phrases:
    """All texts in one language."""

    texts: Mapping[str, str]

    def say(self, text: str) -> str:
        """The text of a heading."""
        return self.texts[text]

    def word(self, notice: Notice) -> str:
        """A notice in plain words."""
        return self.texts[NOTICES[notice.code]].format(**notice.details)


def phrases(language: str) -> Phrases:
    """The texts in the language that is nearest to a BCP 47 tag."""
    wanted = [language, _NEAREST.get(language.partition("-")[0].lower(), "en")]
    return _phrases(negotiate_locale(wanted, LANGUAGES, sep="-") or "en")


@cache
def _phrases(language: str) -> Phrases:
    if language == "en":
        return Phrases({text: text for text in TEXTS})
    path = LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "matching.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    translated = {message.id: message.string for message in catalogue if message.id and not message.fuzzy}
    if missing := [text for text in TEXTS if not translated.get(text)]:
        raise ValueError(f"{path} lacks {missing[0]!r}")
    return Phrases({text: str(translated[text]) for text in TEXTS})
