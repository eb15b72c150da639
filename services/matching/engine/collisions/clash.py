"""What collides when a round can't keep every rule: numbers, no words."""

from dataclasses import dataclass
from enum import StrEnum


class Clash(StrEnum):
    """Which kind of rules collide."""

    COMPANY = "company"
    """A company has more people than there are groups; `least` pairs of them must share one."""
    APART = "apart"
    """More people are all to be kept from one another than there are groups; `least` pairs must share one."""
    TOGETHER = "together"
    """More are to be kept together than the largest group holds; `least` pairs of them must part."""
    CROWDED = "crowded"
    """Each who are to be kept together fit into a group, and not all at once; `least` pairs of them must part."""
    CONTRADICTION = "contradiction"
    """The first and the last are to be kept apart, and together through those between them."""
    PINNED = "pinned"
    """Pins collide with one another, with the rules, or with what the groups hold; `least` must be given up."""
    NO_SEAT = "no_seat"
    """In every group is somebody with whom the first may not sit."""
    MODERATORS = "moderators"
    """There are `least` groups more than moderators: as many have none, or `sizes` is how full fewer groups get."""
    MODERATOR_APART = "moderator_apart"
    """At least `least` groups find no moderator who may lead all their people, though there are enough moderators."""
    RULES = "rules"
    """Rules of several kinds collide; each by itself could be kept."""


@dataclass(frozen=True)
class Conflict:
    """Rules that can't all be kept in a round: these people's, and how much of them must give at the least."""

    kind: Clash
    round: int
    people: tuple[int, ...] = ()
    moderators: tuple[int, ...] = ()
    least: int = 1
    groups: tuple[int, ...] = ()
    """The numbers of the groups to which somebody of these is pinned."""
    sizes: tuple[int, ...] = ()
