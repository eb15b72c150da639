"""A network: how it is called, looks and speaks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from uuid import UUID

from services.common.refusals import Invalid, Kind, Refusal
from services.membership.domain import texts
from services.membership.domain.facts import NetworkUpdated

LANGUAGES = ("nl-NL", "nl-BE", "fr-BE", "en")
"""The languages that screens and mails exist in."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WORD_KEY = re.compile(r"[a-z]{2}(-[A-Z]{2})?/[a-z][a-z_]{0,39}")
_WORD_LENGTH = 60
_WORDS = 200
_URL_LENGTH = 500


class LanguageUnknown(Refusal):
    """The network does not speak this language."""

    kind = Kind.INVALID
    reason = "LANGUAGE_UNKNOWN"


@dataclass(frozen=True)
class Look:
    """How the network looks: an https address of a logo or nothing, and two CSS hex colours."""

    logo_url: str = ""
    primary_colour: str = "#1f3a5f"
    accent_colour: str = "#e07a1f"

    def checked(self) -> "Look":
        """This look, if a browser can show it."""
        _check_url(self.logo_url)
        for which in ("primary_colour", "accent_colour"):
            if not _COLOUR.fullmatch(getattr(self, which)):
                raise Invalid(f"look.{which}", "A colour is written like #003b7a.", rule="colour")
        return self


@dataclass(frozen=True, kw_only=True)
class Network:
    """A tenant: one business network with its own members, look, languages and words."""

    id: UUID
    slug: str
    name: str
    hosts: tuple[str, ...]
    time_zone: str
    languages: tuple[str, ...]
    look: Look = Look()
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    guests_welcome: bool = False
    version: int = 1

    @property
    def default_language(self) -> str:
        return self.languages[0]

    def language_for(self, wanted: str) -> str:
        """The language of ours that suits best: as asked, the same tongue of another country, or our default."""
        return _match(wanted, self.languages) or _match_tongue(wanted, self.languages) or self.default_language

    def language(self, tag: str, field: str) -> str:
        """The language as we write it, or our default when none is named; refused when we do not speak it."""
        if not tag:
            return self.default_language
        if found := _match(tag, self.languages):
            return found
        raise LanguageUnknown(field=field, language=tag[:35])

    def change(
        self,
        *,
        name: str | None = None,
        look: Look | None = None,
        guests_welcome: bool | None = None,
        languages: Sequence[str] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> tuple["Network", list[NetworkUpdated]]:
        """The network with what is given; all else stays. Nothing happens when it stays the same."""
        changed = replace(
            self,
            name=self.name if name is None else texts.name(name, "name"),
            look=look.checked() if look else self.look,
            guests_welcome=self.guests_welcome if guests_welcome is None else guests_welcome,
            languages=self.languages if languages is None else spoken(languages),
            words=self.words if words is None else own_words(words),
        )
        if changed == self:
            return self, []
        changed = replace(changed, version=self.version + 1)
        return changed, [NetworkUpdated(aggregate=self.id, version=changed.version)]


def spoken(languages: Sequence[str]) -> tuple[str, ...]:
    """The languages as we write them, each once; refused when there is none, or screens and mails lack one."""
    if not languages:
        raise Invalid("languages", "A network speaks one language at least.", rule="empty")
    found: dict[str, None] = {}
    for tag in languages:
        known = _match(tag, LANGUAGES)
        if known is None:
            raise LanguageUnknown(f"Known languages are {', '.join(LANGUAGES)}.", field="languages", language=tag[:35])
        found[known] = None
    return tuple(found)


def own_words(words: Mapping[str, str]) -> dict[str, str]:
    """The network's words for ours, by "language/word": "nl-BE/member" -> "deelnemer"."""
    if len(words) > _WORDS:
        raise Invalid("words", f"At most {_WORDS} words fit here.", rule="too_many", limit=str(_WORDS))
    if wrong := next((key for key in words if not _WORD_KEY.fullmatch(key)), None):
        raise Invalid("words", 'A word is named like "nl-BE/member".', rule="word", word=wrong[:60])
    return {key: texts.short_text(word, "words", _WORD_LENGTH) for key, word in words.items()}


def _match(wanted: str, languages: Sequence[str]) -> str | None:
    return next((language for language in languages if language.casefold() == wanted.casefold()), None)


def _match_tongue(wanted: str, languages: Sequence[str]) -> str | None:
    tongue = wanted.casefold().partition("-")[0]
    return next((language for language in languages if language.partition("-")[0] == tongue), None)


def _check_url(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    unwanted = len(url) > _URL_LENGTH or any(c.isspace() or not c.isprintable() or c in "\"'<>" for c in url)
    if parts.scheme != "https" or not parts.hostname or unwanted:
        raise Invalid("look.logo_url", "A logo needs an https address.", rule="https")
