"""What the organiser is told about a plan."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from services.matching import engine
from services.matching.domain.breakout import Round, RoundState
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.pins import Pin
from services.matching.domain.rule import Rule
from services.matching.engine.collisions.clash import Clash, Conflict


def notices_of(
    before: Sequence[Round],
    after: Sequence[Round],
    schedule: engine.Schedule,
    collisions: Sequence[Conflict],
    rules: Sequence[Rule],
    companies: Sequence[str],
    pins: Sequence[Pin],
    colleagues: Collection[tuple[UUID, UUID]],
    *,
    moderated: bool,
) -> Iterator[Notice]:
    """What the plan could not give, and what changed in the running round; nothing about rounds that were held.

    What is said of a room is what everybody sees who sees the plan, and not why: a rule that people stated may be why.
    Of what collides, moderators and companies are told, with the company's name: `companies` has it, for each person's
    number. Of rules that people stated is told how many are broken, and neither which nor about whom: that is for those
    who may read the list of rules. `colleagues` are moderators, each with somebody of their own company.
    That rooms have none is news where the event is `moderated`: by some, be it that they withdrew.
    """
    for old, new in zip(before, after, strict=True):
        if new.state is not RoundState.HELD:
            if moderated:
                yield from _about_hosts(new)
            yield from _about_companies(new.number, schedule)
            yield from _about_leaders(new, colleagues)
            yield from _about_collisions(new, collisions, companies)
            yield from _about_rules(new, rules)
            yield from _about_pins(new, pins)
        if new.state is RoundState.OPEN:
            yield from _about_running(old, new)
    if schedule.repeats:
        yield Notice(NoticeCode.REPEATS, {"repeats": str(schedule.repeats), "bound": str(schedule.bound)})


def _about_hosts(new: Round) -> Iterator[Notice]:
    hosted = [group.number for group in new.groups if group.moderator is None]
    if hosted:
        details = {
            "round": str(new.number),
            "groups": str(len(new.groups)),
            "moderators": str(len(new.groups) - len(hosted)),  # who lead: others may be there who may not
            "rooms": ", ".join(map(str, hosted)),
        }
        yield Notice(NoticeCode.HOSTED, details)


def _about_companies(number: int, schedule: engine.Schedule) -> Iterator[Notice]:
    together = [
        broken for broken in schedule.broken if broken.round == number - 1 and broken.rule is engine.Rule.COMPANY
    ]
    if together:
        yield Notice(NoticeCode.COMPANY_TOGETHER, {"round": str(number), "pairs": str(len(together))})


def _about_leaders(new: Round, colleagues: Collection[tuple[UUID, UUID]]) -> Iterator[Notice]:
    led = [(group.moderator, account) for group in new.groups if group.moderator for account in group.seats]
    if people := sum(pair in colleagues for pair in led):
        yield Notice(NoticeCode.LED_BY_COLLEAGUE, {"round": str(new.number), "people": str(people)})


def _about_collisions(new: Round, collisions: Sequence[Conflict], companies: Sequence[str]) -> Iterator[Notice]:
    """The least that would have to give."""
    for each in collisions:
        details = {"round": str(new.number), "rooms": str(len(new.groups)), "least": str(each.least)}
        if each.round != new.number - 1:
            continue
        if each.kind is Clash.MODERATORS and each.sizes:
            sizes = ", ".join(map(str, each.sizes))
            yield Notice(NoticeCode.FULLER_ROOMS, {**details, "sizes": sizes})
        if each.kind is Clash.COMPANY:
            whose = {"people": str(len(each.people)), "company": companies[each.people[0]]}
            yield Notice(NoticeCode.COMPANY_TOO_LARGE, {**details, **whose})


def _about_rules(new: Round, rules: Sequence[Rule]) -> Iterator[Notice]:
    """A rule that several people stated is one case."""
    seated, led = new.seating(), new.leading()
    broken = {(rule.kind, rule.people) for rule in rules if not rule.is_kept(seated, led)}
    if broken:
        yield Notice(NoticeCode.RULES_BROKEN, {"round": str(new.number), "cases": str(len(broken))})


def _about_pins(new: Round, pins: Sequence[Pin]) -> Iterator[Notice]:
    """Pins of people who are there. They come before rules, so that none is given up for one and tells of it."""
    seated, led = new.seating(), new.leading()
    its = [pin for pin in pins if pin.round == new.number]
    missed = sum(pin.group not in (seated.get(pin.account), led.get(pin.account)) for pin in its)
    if missed:
        yield Notice(NoticeCode.PINS_GIVEN_UP, {"round": str(new.number), "pins": str(missed)})


def _about_running(old: Round, new: Round) -> Iterator[Notice]:
    left = {group.number: group for group in new.groups}
    for group in old.groups:
        details = {"round": str(new.number), "room": str(group.number)}
        if group.number not in left:
            yield Notice(NoticeCode.DISSOLVED, details)
        elif left[group.number].moderator not in (None, group.moderator):
            yield Notice(NoticeCode.TAKEN_OVER, details)
