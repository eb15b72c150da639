"""Builders for matching: say only what matters."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.matching.domain.breakout import Breakout, Group, Round
from services.matching.domain.planning import Moderator, Roster
from services.matching.domain.profile import Profile, ProfileField
from services.matching.engine import Problem
from services.matching.engine import Round as EngineRound

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_problem(
    people: int, size: int, rounds: int, *, moderators: int = 0, companies: Sequence[int] = (), **values: Any
) -> Problem:
    """Everybody present in every round, all moderators available; `companies` are sizes, the rest has none."""
    numbers = [number for number, members in enumerate(companies) for _ in range(members)]
    each = EngineRound(present=tuple(range(people)), moderators=tuple(range(moderators)))
    return Problem(
        people=people,
        group_size=size,
        rounds=(each,) * rounds,
        moderators=moderators,
        company=(*numbers, *[-1] * (people - len(numbers))),
        **values,
    )


def people(count: int) -> list[UUID]:
    return sorted(uuid4() for _ in range(count))


def a_roster(participants: Iterable[UUID], moderators: Iterable[UUID | Moderator] = ()) -> Roster:
    """These people at an event that starts at noon and lasts an hour."""
    leading = tuple(each if isinstance(each, Moderator) else Moderator(each) for each in moderators)
    return Roster(tuple(participants), leading, starts_at=NOON, ends_at=NOON + HOUR)


def a_profile(account: UUID, **values: Any) -> Profile:
    """Somebody of whom nothing is known but what is said here."""
    nothing: dict[str, Any] = {"company": "", "profession": "", "asks": (), "offers": (), "version": 1}
    return Profile(account, **{**nothing, **values})


def sharing(account: UUID, *fields: ProfileField, **values: Any) -> Profile:
    """Somebody who lets others be told these fields; everything when none is named."""
    return a_profile(account, shared=frozenset(fields or ProfileField), **values)


def working_at(companies: Mapping[UUID, str]) -> dict[UUID, Profile]:
    """Profiles of people of whom the company is known."""
    return {account: a_profile(account, company=company) for account, company in companies.items()}


def a_group(number: int, *seats: UUID, moderator: UUID | None = None, host: UUID | None = None) -> Group:
    return Group(uuid4(), number, tuple(sorted(seats)), moderator, host)


def a_breakout(*rounds: Sequence[Group] | Round) -> Breakout:
    """A break-out with these rounds; lists of groups are rounds that are planned."""
    return Breakout(
        id=uuid4(),
        event=uuid4(),
        group_size=3,
        rounds=tuple(
            each if isinstance(each, Round) else Round(number, tuple(each))
            for number, each in enumerate(rounds, start=1)
        ),
        version=1,
    )
