"""Whose turn it is at the solver's processes."""

import asyncio
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from services.common.refusals import Busy
from services.matching.adapters.solver_process import SolverProcess
from services.matching.adapters.turns import MOST_WAITING, Line, Turns

VOKA, FLOX = uuid4(), uuid4()


def turns_of(processes: int) -> Turns:
    """All of them idle."""
    turns = Turns(processes)
    for _ in range(processes):
        turns.give_back(SolverProcess())
    return turns


class Lent:
    """Who got a process, in the order in which they did, and kept it so far."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.names: list[str] = []
        self._processes: list[SolverProcess] = []

    def ask(self, name: str, network: UUID, *, brought: bool = False, goes_on: bool = False) -> asyncio.Task[None]:
        return asyncio.create_task(self._take(name, Line(network, brought), goes_on))

    async def _take(self, name: str, line: Line, goes_on: bool) -> None:
        self._processes.append(await self._turns.take(line, goes_on=goes_on))
        self.names.append(name)

    async def so_far(self) -> list[str]:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self.names

    async def all_in_turn(self) -> list[str]:
        """What each gets once the earliest who has a process gives it back."""
        await self.so_far()
        while self._processes:
            self._turns.give_back(self._processes.pop(0))
            await self.so_far()
        return self.names


async def test_networks_that_wait_take_turns_however_much_one_of_them_asks():
    lent = Lent(turns_of(1))
    for name in ("flood 1", "flood 2", "flood 3", "flood 4"):
        lent.ask(name, VOKA, brought=True)
    await lent.so_far()
    lent.ask("own break-out", VOKA)
    lent.ask("small", FLOX, brought=True)
    lent.ask("smaller", FLOX, brought=True)
    assert await lent.all_in_turn() == [
        *("flood 1", "flood 2", "own break-out", "small"),
        *("flood 3", "smaller", "flood 4"),
    ]


async def test_a_break_out_does_not_wait_for_problems_that_are_brought_along():
    lent = Lent(turns_of(2))
    lent.ask("one's", VOKA, brought=True)
    lent.ask("another's", FLOX, brought=True)
    assert await lent.so_far() == ["one's"]
    lent.ask("break-out", FLOX)
    assert await lent.so_far() == ["one's", "break-out"]
    assert await lent.all_in_turn() == ["one's", "break-out", "another's"]


async def test_what_goes_on_comes_before_what_is_yet_to_begin():
    lent = Lent(turns_of(1))
    for name in ("first", "second"):
        lent.ask(name, VOKA, brought=True)
    await lent.so_far()
    lent.ask("first's collisions", VOKA, brought=True, goes_on=True)
    assert await lent.all_in_turn() == ["first", "first's collisions", "second"]


async def test_a_network_whose_problems_wait_in_great_number_is_refused_one_more_and_others_are_not():
    turns = turns_of(1)
    lent = Lent(turns)
    for _ in range(1 + MOST_WAITING):
        lent.ask("flood", VOKA, brought=True)
    await lent.so_far()
    with pytest.raises(Busy, match=r"^At most 20 problems of a network can wait to be solved: ask for the next when"):
        await lent.ask("one more", VOKA, brought=True)
    for name, network, brought in (("break-out", VOKA, False), ("small", FLOX, True)):
        lent.ask(name, network, brought=brought)
    lent.ask("goes on", VOKA, brought=True, goes_on=True)
    assert (await lent.all_in_turn())[:4] == ["flood", "goes on", "break-out", "small"]


async def test_a_turn_is_not_lost_with_who_gives_up_waiting():
    lent = Lent(turns_of(1))
    lent.ask("first", VOKA)
    gives_up = [lent.ask("gives up", FLOX), lent.ask("gives up too", FLOX)]
    await lent.so_far()
    lent.ask("second", VOKA)
    gives_up[1].cancel()
    await lent.so_far()
    gives_up[0].cancel()
    assert await lent.all_in_turn() == ["first", "second"]


async def test_a_process_goes_back_when_who_waited_for_it_gives_up_as_it_comes():
    turns = turns_of(1)
    held = await turns.take(Line(VOKA))
    waits = asyncio.create_task(turns.take(Line(FLOX)))
    await asyncio.sleep(0)
    turns.give_back(held)
    waits.cancel()
    with suppress(asyncio.CancelledError):
        await waits
    assert await turns.take(Line(VOKA)) is held


async def test_a_process_serves_the_next_when_who_waited_for_it_gives_up_in_the_same_moment():
    turns = turns_of(1)
    held = await turns.take(Line(VOKA))
    gives_up = asyncio.create_task(turns.take(Line(FLOX)))
    waits = asyncio.create_task(turns.take(Line(FLOX)))
    await asyncio.sleep(0)
    gives_up.cancel()
    turns.give_back(held)
    assert await waits is held
