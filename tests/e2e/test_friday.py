"""The main job, played as `make demo` plays it."""

import os
import sys
from collections.abc import Iterator
from subprocess import DEVNULL, Popen

import httpx
import pytest

from deploy.local.demo.applying import apply_in_a_burst, open_the_series
from deploy.local.demo.client import Address
from deploy.local.demo.figures import Figures
from deploy.local.demo.friday import gather_the_cast, play_acts
from deploy.local.demo.main import verdict, wait_until_ready
from deploy.local.home import temporary_home
from tests.support.ports import free_row


@pytest.fixture
def address() -> Iterator[Address]:
    """A system that was started as operators start it, on ports and in a home of its own."""
    port = free_row()
    with temporary_home() as folder:
        environment = {**os.environ, "ONTMOET_HOME": str(folder / "home"), "ONTMOET_PORT": str(port)}
        process = Popen([sys.executable, "-m", "deploy.cli.main", "run"], env=environment, stdout=DEVNULL)
        try:
            wait_until_ready(process, port)
            yield Address("voka.localhost", port)
        finally:
            process.terminate()
            process.wait(timeout=60)
    assert process.returncode == 0


async def test_a_network_s_friday_happens_and_a_figure_that_changes_under_it_is_noticed(address: Address):
    """All through the public endpoint: 152 apply, four rounds, an introduction. Then the same with 103 places."""
    async with httpx.AsyncClient(timeout=30) as http:
        stage = await gather_the_cast(address, http)
        await play_acts(stage)
        assert stage.figures.wrong == []
        assert len(stage.figures.measured) > 30
        assert verdict(stage.figures) == 0

        stage.figures = Figures()
        await open_the_series(stage)
        await stage.organiser.client.change(
            "changeCapacity", "event { capacity }", eventId=stage.event_id, capacity=103
        )
        await apply_in_a_burst(stage)
        assert {figure.name: figure.measured for figure in stage.figures.wrong} == {
            "confirmed after the burst": 103,
            "waiting after the burst": 49,
            "positions from 1 without a gap": False,
        }
        assert verdict(stage.figures) == 1
