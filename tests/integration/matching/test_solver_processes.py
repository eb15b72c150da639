"""The solver's own processes."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psutil
import pytest

from services.common.rpc import deadline
from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import EngineFailed
from services.matching.engine import Budget, ProblemError, Round, Rule, Schedule
from services.matching.engine.problem import Broken
from services.matching.engine.solve import solve
from tests.support.matching import a_problem
from tests.support.matching_service import eventually

HARD = a_problem(64, 8, 9)
ENDLESS = a_problem(12, 3, 5)
"""Some must meet again, but no bound says so: the search takes all the time it gets."""

TOGETHER_FOR_ONCE = Schedule(((),), repeats=0, bound=0, broken=(Broken(Rule.COMPANY, 0, 0, 1),))


ENTANGLED = a_problem(
    600, 6, 6, keep_apart=[(a, b) for a in range(600) for b in range(a + 1, 600) if a * b % 3 == 1 or b - a < 20]
)
"""What collides takes all the time it gets."""


def its_processes() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def kill_solvers() -> int:
    """How many there were."""
    solvers = [each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]
    for each in solvers:
        each.kill()
    return len(solvers)


class Contradictory(tuple[Round, ...]):
    """Rounds whose contradiction is found out as soon as they are looked at."""

    def __iter__(self) -> Iterator[Round]:
        raise ProblemError("rounds", "there are 1 to 60 rounds")


A_SERVICE = """
import asyncio, sys
from services.matching.adapters.solver import Solver

async def main():
    async with Solver(workers=2):
        print("warm", flush=True)
        await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_the_event_loop_goes_on_while_a_hard_problem_is_solved():
    async with Solver(workers=1) as solver:
        solving = asyncio.create_task(solver.solve(HARD, seed=1))
        longest = 0.0
        while not solving.done():
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
        assert (await solving).rounds
    assert longest < 0.5


async def test_a_process_gives_the_same_answer_as_a_call():
    problem = a_problem(30, 5, 4, moderators=6)
    async with Solver(workers=1) as solver:
        budget = Budget(iterations=5_000)
        assert await solver.solve(problem, 3, budget) == solve(problem, budget, 3)


async def test_a_process_that_is_killed_is_replaced_and_its_problem_solved():
    async with Solver(workers=1) as solver:
        solving = asyncio.create_task(solver.solve(ENDLESS, 1, Budget(seconds=2)))
        await asyncio.sleep(0.5)
        before = its_processes()
        assert kill_solvers()
        assert len((await solving).rounds) == 5
        assert its_processes() - before


async def test_a_plan_is_not_lost_with_a_process_that_dies_while_it_is_explained():
    async with Solver(workers=1) as solver:
        explaining = asyncio.create_task(solver.collisions(ENTANGLED, TOGETHER_FOR_ONCE))
        await asyncio.sleep(0.5)
        assert not explaining.done()
        assert kill_solvers()
        assert await explaining == ()


async def test_a_plan_is_not_kept_until_the_deadline_for_a_process_that_has_time_to_explain_it():
    async with Solver(workers=1) as solver:
        other = asyncio.create_task(solver.solve(ENDLESS, 1, Budget(seconds=2)))
        await asyncio.sleep(0.1)
        with deadline.within(1):
            assert await solver.collisions(ENDLESS, TOGETHER_FOR_ONCE) == ()
            assert deadline.remaining()
        assert not other.done()
        assert (await other).rounds


async def test_nobody_waits_for_an_answer_that_nobody_wants_any_more():
    """Clients go away in the middle of it, and deadlines pass."""
    async with Solver(workers=1) as solver:
        for _ in range(3):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await solver.solve(ENDLESS, 1, Budget(seconds=60))
        async with asyncio.timeout(20):
            assert (await solver.solve(a_problem(12, 3, 3), 1)).rounds


async def test_who_gives_up_waiting_costs_no_process():
    """A new one takes seconds until it is warm, and whoever comes next would wait for that."""
    async with Solver(workers=1) as solver:
        await asyncio.sleep(1)  # the process for long searches begins as well
        before = its_processes()
        for budget in (Budget(seconds=60), Budget(seconds=1)):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await solver.solve(ENDLESS, 1, budget)
            assert (await solver.solve(a_problem(12, 3, 3), 1)).rounds
        assert its_processes() == before


@pytest.mark.parametrize("left", [0.3, 0.5])
async def test_there_is_an_answer_before_the_callers_deadline_however_short_it_is(left: float):
    async with Solver(workers=1) as solver:
        for _ in range(5):
            with deadline.within(left):
                await solver.solve(ENDLESS, 1, Budget(seconds=60))
                assert deadline.remaining()


async def test_a_process_that_does_not_hear_that_nobody_waits_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.matching.adapters.solver.UNWANTED", 0.1)
    async with Solver(workers=1) as solver:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await solver.solve(ENDLESS, 1, Budget(seconds=2))
        before = its_processes()
        assert (await solver.solve(a_problem(12, 3, 3), 1)).rounds
        assert before != its_processes()


async def test_a_defect_of_the_engine_costs_no_process_and_is_not_tried_again():
    many: Any = "many"
    async with Solver(workers=1) as solver:
        before = its_processes()
        with pytest.raises(EngineFailed, match="TypeError"):
            await solver.solve(replace(ENDLESS, people=many), 1)
        assert await solver.collisions(replace(ENDLESS, company=many), TOGETHER_FOR_ONCE) == ()
        assert (await solver.solve(a_problem(12, 3, 3), 1)).rounds
        assert before <= its_processes()


async def test_what_the_engine_refuses_is_refused_whatever_it_was_asked():
    problem = replace(ENDLESS, rounds=Contradictory(ENDLESS.rounds))
    async with Solver(workers=1) as solver:
        for asking in (solver.solve(problem, 1), solver.collisions(problem, TOGETHER_FOR_ONCE)):
            with pytest.raises(ProblemError, match=r"^rounds: there are 1 to 60 rounds$"):
                await asking
        assert await solver.collisions(ENDLESS, TOGETHER_FOR_ONCE) == ()


async def test_no_process_outlives_a_service_that_was_killed():
    """kill -9 leaves no chance to stop them: each watches its parent itself."""
    service = await asyncio.create_subprocess_exec(sys.executable, "-c", A_SERVICE, stdout=PIPE)
    assert service.stdout is not None
    assert await service.stdout.readline() == b"warm\n"
    children = psutil.Process(service.pid).children(recursive=True)
    assert len(children) >= 2
    service.send_signal(signal.SIGKILL)

    async def all_gone() -> bool:
        return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)

    try:
        await eventually(all_gone)
    finally:
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        await service.wait()
