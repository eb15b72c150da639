"""What people may write in a field: trimmed, of bounded length, without control characters."""

import unicodedata
from collections.abc import Sequence
from typing import NewType

from services.common.characters import has_control, has_turning, shows
from services.common.refusals import Invalid

EmailAddress = NewType("EmailAddress", str)
"""A valid address, normalised and in lower case; made by wire.email_address only."""

NAME_LENGTH = 200
TOPIC_LENGTH = 120
TOPICS = 10


def name(text: str, field: str) -> str:
    """The name of a person or a network, in any script: 1 to 200 characters of which at least one shows."""
    cleaned = short_text(text, field)
    if not shows(cleaned):
        raise Invalid(field, "A name is needed here.", rule="empty")
    return cleaned


def short_text(text: str, field: str, limit: int = NAME_LENGTH) -> str:
    """One line of at most `limit` characters, which may be empty."""
    cleaned = unicodedata.normalize("NFC", text).strip()
    if len(cleaned) > limit:
        raise Invalid(field, f"At most {limit} characters fit here.", rule="too_long", limit=str(limit))
    if has_control(cleaned):
        raise Invalid(field, "Control characters and line breaks cannot stand here.", rule="control_character")
    if has_turning(cleaned):
        raise Invalid(field, "Characters that turn the direction of writing cannot stand here.", rule="direction")
    return cleaned


def topics(texts: Sequence[str], field: str) -> tuple[str, ...]:
    """Asks or offers: at most ten short texts, each once, in the order given; empty ones are left out."""
    cleaned = tuple(dict.fromkeys(topic for text in texts if (topic := short_text(text, field, TOPIC_LENGTH))))
    if len(cleaned) > TOPICS:
        raise Invalid(field, f"At most {TOPICS} fit here.", rule="too_many", limit=str(TOPICS))
    return cleaned


def sort_key(text: str) -> str:
    """What a list of names is sorted by: without regard to case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
