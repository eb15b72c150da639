"""In which of GraphQL's media types an answer is written."""

from __future__ import annotations

import re

JSON = "application/json; charset=utf-8"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
"""Here a status tells how a request went; in plain JSON it is 200 even for a document that is wrong."""

_QUALITY = re.compile(r";\s*q=([\d.]+)\s*(?:;|$)")


def preferred(accept: str | None) -> str | None:
    """The media type that an Accept header likes best, plain JSON where it names neither; None where it takes none."""
    wishes = dict(_wish(part) for part in (accept or "*/*")[:500].lower().split(","))

    def liking(media_type: str) -> tuple[float, bool, bool]:
        """Of what is liked equally, that which is named goes before what is meant by a star, and there plain JSON."""
        name = media_type.partition(";")[0]
        quality = wishes.get(name, wishes.get("application/*", wishes.get("*/*", 0.0)))
        return quality, name in wishes, name not in wishes and media_type is JSON

    best = max(GRAPHQL, JSON, key=liking)
    return best if liking(best)[0] else None


def _wish(part: str) -> tuple[str, float]:
    weighed = _QUALITY.search(part)
    try:
        quality = float(weighed[1]) if weighed else 1.0
    except ValueError:
        quality = 0.0
    return part.partition(";")[0].strip(), quality
