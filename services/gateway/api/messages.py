"""What a refusal says, in the caller's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from services.common.refusals import Refusal

LOCALE = Path(__file__).parent.parent / "locale"
FALLBACK = "en"
_PARAMETER = re.compile(r"%\((\w+)\)s")


class Messages:
    """The catalogues: per language, a text for every reason."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts
        self.languages = tuple(sorted(texts, key=lambda language: language != FALLBACK))

    @classmethod
    def load(cls, folder: Path = LOCALE) -> Messages:
        """The catalogues in a folder."""
        return cls(cls.texts_of(folder))

    @staticmethod
    def texts_of(folder: Path) -> dict[str, dict[str, str]]:
        """What stands in `<locale>/LC_MESSAGES/messages.po` of every language."""
        texts: dict[str, dict[str, str]] = {}
        for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, charset="utf-8")
            language = path.parent.parent.name.replace("_", "-")
            texts[language] = {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}
        return texts

    def of(self, refusal: Refusal, language: str) -> str:
        """The refusal in `language`, or in English where the network speaks one that has no catalogue.

        A text for the reason together with its `rule` detail, or with `what` there is not, goes before the text for the
        reason alone; a text that asks for a detail that the refusal does not carry is passed over.
        """
        texts = self._texts.get(language, self._texts[FALLBACK])
        details = {**refusal.details, "field": refusal.field or "", "message": refusal.message}
        for key in (f"{refusal.reason}.{details.get('rule') or details.get('what', '')}", refusal.reason):
            text = texts.get(key)
            if text is not None and set(_PARAMETER.findall(text)) <= details.keys():
                return text % details
        return refusal.message

    def plain(self, key: str, language: str) -> str:
        """A text that takes no details, such as that of an unexpected error."""
        return self._texts.get(language, self._texts[FALLBACK])[key]
