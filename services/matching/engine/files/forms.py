"""Reading JSON-shaped data: what doesn't fit raises ProblemError with the field's name and the way out."""

from array import array
from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np

from services.common.counted import counted
from services.matching.engine.arrays import each_once
from services.matching.engine.check import MOST_TIMES
from services.matching.engine.problem import ProblemError, ordered

Fields = Mapping[str, object]


def an_object(value: object, field: str) -> Fields:
    """The value as named fields."""
    if not isinstance(value, dict):
        raise ProblemError(field, f"is {_shown(value)}, and must be an object with named fields: {{...}}")
    return cast(Fields, value)


def a_list(value: object, field: str) -> list[object]:
    """The value as a list of whatever."""
    if not isinstance(value, list):
        raise ProblemError(field, f"is {_shown(value)}, and must be a list: [...]")
    return cast(list[object], value)


def a_whole_number(value: object, field: str, least: int, most: int | None = None) -> int:
    """The value as a whole number from `least` to `most`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProblemError(field, f"is {_shown(value)}, and must be a whole number")
    if value < least or (most is not None and value > most):
        upto = f"from {least} on" if most is None else f"from {least} to {most}"
        raise ProblemError(field, f"is {_shown(value)}, and must be {upto}")
    return value


def an_amount(value: object, field: str, most: int) -> float:
    """The value as a number from 0 to `most`."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise ProblemError(field, f"is {_shown(value)}, and must be a number from 0 to {most}")
    return float(value)


def a_text(value: object, field: str) -> str:
    """The value as a text."""
    if not isinstance(value, str):
        raise ProblemError(field, f'is {_shown(value)}, and must be a text: "..."')
    return value


def needed(fields: Fields, key: str) -> object:
    """The field's value; it can't be left out."""
    if key not in fields:
        raise ProblemError(key, "is missing; name it")
    return fields[key]


def given(fields: Fields, key: str, otherwise: object) -> object:
    """The field's value, or this one when it is left out or null."""
    value = fields.get(key)
    return otherwise if value is None else value


def entries(fields: Fields, key: str) -> Iterable[tuple[str, object]]:
    """Each entry of a list with its own name; nothing when the field is missing or null."""
    value = fields.get(key)
    if value is None:
        return ()
    return ((f"{key}[{index}]", entry) for index, entry in enumerate(a_list(value, key)))


def numbers(value: object, field: str, limits: tuple[int, ...]) -> tuple[int, ...]:
    """A list of as many ids as there are limits, each below its own."""
    found = a_list(value, field)
    if len(found) != len(limits):
        raise ProblemError(field, f"has {counted(len(found), 'entry', 'entries')}, and must have {len(limits)}")
    return tuple(an_id(entry, field, limit) for entry, limit in zip(found, limits, strict=True))


def three(value: object, field: str, which: str) -> list[object]:
    """A list of three, of which is said what they are."""
    found = a_list(value, field)
    if len(found) != 3:
        raise ProblemError(field, f"has {counted(len(found), 'entry', 'entries')}, and must have 3: {which}")
    return found


def different_ids(value: object, field: str, limit: int) -> tuple[int, ...]:
    """A list of ids below the limit, none twice."""
    found = tuple(an_id(entry, field, limit) for entry in a_list(value, field))
    if len(set(found)) != len(found):
        twice = next(entry for index, entry in enumerate(found) if entry in found[:index])
        raise ProblemError(field, f"names {twice} twice; name each once")
    return found


def known(fields: Fields, key: str, firsts: int, seconds: int) -> tuple[tuple[int, int, float], ...]:
    """(first, second, times), one entry for each two of them; those of 0 times left out."""
    pairs, often = array("i"), array("d")  # of hundreds of thousands objects would take ten times the memory
    for field, entry in entries(fields, key):
        values = three(entry, field, "the two and how often they met")
        a, b = numbers(values[:2], field, (firsts, seconds))
        if key == "history":
            if a == b:
                raise ProblemError(field, f"says that {a} met themselves; name two people")
            a, b = ordered(a, b)
        pairs.append(a * seconds + b)
        often.append(an_amount(values[2], field, MOST_TIMES))
    named = np.array(pairs, dtype=np.int32)
    found = each_once(named)
    times = np.zeros(len(found))
    np.add.at(times, np.searchsorted(found, named), often)
    if (times > MOST_TIMES).any():
        pair = int(found[times.argmax()])
        two = f"{pair // seconds} and {pair % seconds}"
        raise ProblemError(key, f"says that {two} met more than {MOST_TIMES} times in all; make it less")
    ids = list(range(max(firsts, seconds)))  # one object for each number, also in the answer
    one = {each: each for each in np.unique(times).tolist()}
    return tuple(
        (ids[pair // seconds], ids[pair % seconds], one[each])
        for pair, each in zip(found.data, times.data, strict=True)
        if each > 0
    )


def an_id(value: object, field: str, limit: int) -> int:
    """The number of somebody or something, counted from 0."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProblemError(field, f"holds {_shown(value)}, and ids are whole numbers from 0 on")
    if not 0 <= value < limit:
        among = f"ids go from 0 to {limit - 1}" if limit else "there is none at all"
        raise ProblemError(field, f"names {_shown(value)}, who is unknown: {among}")
    return value


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**18 else "a very large number"
    return text if len(text) <= 40 else f"{text[:37]}..."
