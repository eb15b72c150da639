"""Which language an answer is in."""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept_language: str, spoken: Sequence[str]) -> str:
    """The first of the caller's languages that is spoken here, else the first that is spoken.

    `nl` and `nl-NL` both find `nl-BE` when no closer one is spoken. A malformed header counts as none.
    """
    by_tag = {tag.lower(): tag for tag in spoken}
    by_primary: dict[str, str] = {}
    for tag in spoken:
        by_primary.setdefault(tag.lower().split("-")[0], tag)
    for wish in _wishes(accept_language):
        if wish == "*":
            break
        if found := by_tag.get(wish) or by_primary.get(wish.split("-")[0]):
            return found
    return spoken[0]


def _wishes(accept_language: str) -> list[str]:
    """The header's tags in lower case, the dearest first; those with q=0 are left out."""
    weighed: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters.strip())
        if tag and weight > 0:
            weighed.append((weight, tag.strip().lower()))
    return [tag for _, tag in sorted(weighed, key=lambda wish: -wish[0])]


def _weight(parameters: str) -> float:
    if not parameters:
        return 1.0
    try:
        return float(parameters.removeprefix("q="))
    except ValueError:
        return 0.0
