"""The figures of a schedule file, written as the definitions read: one pair, one round, one entry at a time."""

from itertools import combinations
from typing import Any

Data = dict[str, Any]
Pair = tuple[int, int]


def counted(instance: Data, rounds: list[Data]) -> Data:
    """What a referee says of seats, however wrong; all fields of the instance are given, and lists name a pair once."""
    n, pairs = instance["n"], list(combinations(range(instance["n"]), 2))
    rounds, all_rounds = rounds[: instance["rounds"]], rounds
    rooms = [[[k for k, group in enumerate(_ids(r, n)) if i in group] for i in range(n)] for r in rounds]
    times = {(a, b): sum(len({*where[a]} & {*where[b]}) for where in rooms) for a, b in pairs}
    known = {_pair(a, b) for a, b, _ in instance["history"]}
    together = {_pair(a, b) for block in instance["keep_together"] for a, b in combinations(block, 2)}
    free = [pair for pair in pairs if pair not in together]
    slots = sum(len(seated) * (len(seated) - 1) // 2 for r in rounds for seated in _ids(r, n))
    forced = sum(max(0, times[pair] - 1) for pair in together)
    distinct = [pair for pair in pairs if times[pair]]
    new = [pair for pair in distinct if pair not in known]
    hard = _hard(instance, rounds, rooms, together, times)
    hard["structure"] += abs(len(all_rounds) - instance["rounds"])
    wasted = slots - forced - len(new) - sum(1 for pair in together if pair in known and times[pair])
    return {
        "slots": slots,
        "distinct_pairs": len(distinct),
        "new_pairs": len(new),
        "repeat_meetings": slots - len(distinct) - forced,
        "history_meetings": sum(times[pair] for pair in free if pair in known),
        "wasted": wasted,
        "max_meets": max((times[pair] for pair in free), default=0),
        "hard": hard,
        "hard_total": sum(hard.values()),
        "soft": _soft(instance, times, free),
        "ok": not any(hard.values()),
        "conflict_free": not any(hard.values()) and not wasted,
    } | ({"moderators": _moderators(instance, rounds)} if instance["moderators"] else {})


def _pair(a: int, b: int) -> Pair:
    return min(a, b), max(a, b)


def _ids(round_: Data, n: int) -> list[list[int]]:
    return [[i for i in group if isinstance(i, int) and 0 <= i < n] for group in round_["groups"]]


def _hard(
    instance: Data, rounds: list[Data], rooms: list[list[list[int]]], together: set[Pair], times: dict[Pair, int]
) -> dict[str, int]:
    company = instance["company"] or [-1] * instance["n"]
    hard = {
        "structure": sum(_misplaced(instance["attendance"][r], seats["groups"]) for r, seats in enumerate(rounds)),
        "sizes": sum(
            sorted(map(len, seats["groups"])) != sorted(instance["sizes"][r]) for r, seats in enumerate(rounds)
        ),
        "company": sum(times[a, b] for a, b in times if company[a] == company[b] >= 0),
        "keep_apart": sum(times[_pair(a, b)] for a, b in instance["keep_apart"]),
        "keep_together": sum(
            bool(where[a]) and bool(where[b]) and where[a][-1] != where[b][-1] for where in rooms for a, b in together
        ),
        "moderators": sum(_badly_led(instance, r, seats) for r, seats in enumerate(rounds)),
    }
    pins: list[tuple[int, int, int]] = instance["pins"]
    if pins:
        hard["pins"] = sum(rooms[r][i][-1:] != [group] for i, r, group in pins if r < len(rounds))
    return hard


def _misplaced(present: list[int], groups: list[list[Any]]) -> int:
    entries = [entry for group in groups for entry in group]
    twice = sum(entry in entries[:index] for index, entry in enumerate(entries))
    missing = sum(person not in entries for person in present)
    strangers = sum(not isinstance(entry, int) or entry not in present for entry in entries)
    return twice + missing + strangers


def _leading(instance: Data, seats: Data) -> list[int | None]:
    """Who leads each group; what is no moderator is nobody."""
    known = [_is_moderator(instance, entry) for entry in seats["moderators"]]
    named = [entry if ok else None for entry, ok in zip(seats["moderators"], known, strict=True)]
    groups = len(seats["groups"])
    return (named + [None] * groups)[:groups]


def _is_moderator(instance: Data, entry: object) -> bool:
    return isinstance(entry, int) and 0 <= entry < instance["moderators"]


def _doubled(instance: Data, seats: Data) -> int:
    named = [entry for entry in seats["moderators"] if _is_moderator(instance, entry)]
    return sum(entry in named[:index] for index, entry in enumerate(named))


def _badly_led(instance: Data, r: int, seats: Data) -> int:
    if not instance["moderators"]:
        return 0
    there, leading = instance["moderator_attendance"][r], _leading(instance, seats)
    without = leading.count(None) - max(0, len(leading) - len(there))
    away = sum(moderator is not None and moderator not in there for moderator in leading)
    kept = sum(
        moderator is not None and [moderator, person] in instance["moderator_apart"]
        for moderator, people in zip(leading, _ids(seats, instance["n"]), strict=True)
        for person in people
    )
    return max(0, without) + _doubled(instance, seats) + away + kept


def _moderators(instance: Data, rounds: list[Data]) -> dict[str, int]:
    everybody, n = range(instance["moderators"]), instance["n"]
    groups = [led for seats in rounds for led in zip(_leading(instance, seats), _ids(seats, n), strict=True)]
    led = {(m, i): sum(leader == m and i in people for leader, people in groups) for m in everybody for i in range(n)}
    before = {(m, i) for m, i, _ in instance["moderator_history"]}
    load = [sum(leader == m for leader, _ in groups) for m in everybody]
    return {
        "rooms_without": sum(leader is None for leader, _ in groups),
        "double_booked": sum(_doubled(instance, seats) for seats in rounds),
        "repeat_participant_meetings": sum(max(0, times - 1) for times in led.values()),
        "history_participant_meetings": sum(led[pair] for pair in before),
        "max_participant_meets": max(led.values()),
        "load_min": min(load),
        "load_max": max(load),
    }


def _soft(instance: Data, times: dict[Pair, int], free: list[Pair]) -> dict[str, int]:
    soft: dict[str, int] = {}
    if profession := instance["profession"]:
        soft["same_profession_meetings"] = sum(times[a, b] for a, b in free if profession[a] == profession[b])
    if instance["wants"]:
        soft["wants_met"] = sum(1 for a, b in instance["wants"] if times[_pair(a, b)])
        soft["wants_total"] = len(instance["wants"])
    return soft
