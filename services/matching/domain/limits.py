"""What a network may ask of the solver, and for how long is searched."""

from dataclasses import dataclass, replace

from services.common.counted import counted
from services.common.refusals import Invalid
from services.matching.domain.refusals import TooManySearches
from services.matching.engine import Budget

SHORT = 5
"""A search of up to so many seconds is waited for by who asks for it."""
LARGE = 6_000
"""So many seats in all rounds together take longer than a call, unless the seconds say otherwise."""
USUAL_SECONDS, SECONDS_LARGE = 2, 20
"""When nobody says for how long, a search takes so many seconds at most, or with so many seats exactly."""
USUAL = Budget(iterations=3_000_000, seconds=USUAL_SECONDS)
"""A fraction of a second for a hundred people; the seconds bound what thousands take."""
GROUP_SIZES = range(2, 21)
MOST_BYTES = 4_000_000
"""A plan is one message, and those are refused from 4 MiB on."""
SEAT_BYTES, GROUP_BYTES = 42, 180
"""What a seat takes of a break-out's message, and a group beside its seats."""
MOST_PINS_KEPT = 3_000
"""So many pins find room in a message beside the largest plan, and some warnings."""


def usual(most_seconds: float) -> Budget:
    """The usual budget, of so many seconds at most."""
    return replace(USUAL, seconds=min(USUAL_SECONDS, most_seconds))


def seconds_of(asked: int, seats: int) -> int:
    """For how long to search at most: as was asked, or as so many seats in all rounds need."""
    return asked or (SECONDS_LARGE if seats > LARGE else USUAL_SECONDS)


def refuse_group_size(size: int) -> None:
    """Raises Invalid for a group that is none, or a crowd."""
    if size not in GROUP_SIZES:
        least, most = str(GROUP_SIZES[0]), str(GROUP_SIZES[-1])
        raise Invalid("group_size", f"A group has {least} to {most} people.", rule="range", least=least, most=most)


def refuse_rounds_beyond_a_message(rounds: int, bytes_of_one: int) -> None:
    """Raises Invalid for more rounds than fit into a message."""
    if rounds * bytes_of_one > MOST_BYTES:
        most = str(MOST_BYTES // bytes_of_one)
        message = f"With so many people a break-out has at most {counted(int(most), 'round')}."
        raise Invalid("rounds", message, rule="range", least="1", most=most)


def refuse_people_beyond_a_message(people: int, *, rounds: int, group_size: int, taken: int) -> None:
    """Raises Invalid for more people than so many rounds can seat in one message, of which `taken` bytes are used."""
    fitting = [n for n in range(people + 1) if taken + rounds * bytes_of_round(n, group_size) <= MOST_BYTES]
    most = max(fitting, default=0)
    if people > most:
        message = f"At most {counted(most, 'person', 'people')} can be planned for in so many rounds."
        raise Invalid("breakout_id", message, rule="people", limit=str(most))


def bytes_of_round(people: int, group_size: int) -> int:
    """What a round takes of a break-out's message, at most."""
    return bytes_of(people, people // group_size + 1)


def bytes_of(people: int, groups: int) -> int:
    """What so many seats in so many groups take of it."""
    return people * SEAT_BYTES + groups * GROUP_BYTES


@dataclass(frozen=True)
class OwnLimits:
    """What one network may have; None is what all may."""

    people: int | None = None
    rounds: int | None = None
    seconds: int | None = None
    searches: int | None = None


@dataclass(frozen=True)
class Limits:
    """The most of each that one problem may have, and how many long searches may be under way."""

    people: int
    rounds: int
    seconds: int
    searches: int

    def changed_by(self, own: OwnLimits) -> "Limits":
        """With a network's own limits, where it has some."""
        return Limits(
            people=own.people or self.people,
            rounds=own.rounds or self.rounds,
            seconds=own.seconds or self.seconds,
            searches=own.searches or self.searches,
        )

    def refuse_searches(self, under_way: int) -> None:
        """Raises TooManySearches for one more than the limit."""
        if under_way >= self.searches:
            searches = counted(self.searches, "long search", "long searches")
            message = (
                f"At most {searches} can be under way: wait for one to end, cancel one, or ask for {SHORT} seconds."
            )
            raise TooManySearches(message, field="seconds", limit=str(self.searches), short=str(SHORT))

    def refuse_people(self, people: int, field: str) -> None:
        """Raises Invalid for more people than the limit."""
        if people > self.people:
            most = str(self.people)
            message = f"At most {counted(self.people, 'person', 'people')} can be planned for at once."
            raise Invalid(field, message, rule="people", limit=most)

    def refuse_rounds(self, rounds: int) -> None:
        """Raises Invalid for no round, or for more than the limit."""
        if not 1 <= rounds <= self.rounds:
            most = str(self.rounds)
            message = f"A break-out has at most {counted(self.rounds, 'round')}, and one at least."
            raise Invalid("rounds", message, rule="range", least="1", most=most)

    def refuse_seconds(self, seconds: float) -> None:
        """Raises Invalid for a longer search than the limit."""
        if not 0 <= seconds <= self.seconds:
            most = str(self.seconds)
            message = f"A search takes 0 to {counted(self.seconds, 'second')}; 0 means as long as is usual."
            raise Invalid("seconds", message, rule="range", least="0", most=most)
