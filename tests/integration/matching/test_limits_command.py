"""`ontmoet limits`: what one network may ask of the solver."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from uuid import uuid4

import pytest

from services.common.settings import read
from services.common.storage.database import Database
from services.matching.domain.limits import Limits
from services.matching.engine.check import MOST_PEOPLE, MOST_ROUNDS
from services.matching.settings import Settings
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.wire.facts import encode_fact
from tests.support.house import House

USUAL = Limits(people=100, rounds=10, seconds=60, searches=2)


@pytest.mark.parametrize(
    ("option", "most"), [("--people", MOST_PEOPLE), ("--rounds", MOST_ROUNDS)], ids=["people", "rounds"]
)
async def test_no_limit_is_beyond_what_the_engine_takes(option: str, most: int):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli.main", "limits", str(uuid4()), option, str(most + 1)),
        env={**os.environ, "ONTMOET_DATABASE_URL": "postgresql://nowhere"},
        stderr=PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert (option in said.decode(), str(most) in said.decode()) == (True, True)


@pytest.mark.parametrize(
    ("variable", "most"),
    [("ONTMOET_MATCHING_MOST_PEOPLE", MOST_PEOPLE), ("ONTMOET_MATCHING_MOST_ROUNDS", MOST_ROUNDS)],
)
def test_no_setting_is_beyond_what_the_engine_takes(
    variable: str, most: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(variable, str(most + 1))
    with pytest.raises(SystemExit):
        read(Settings)
    assert any(variable in line and str(most) in line for line in capsys.readouterr().err.splitlines())


async def run_limits(house: House, network: str, *options: str) -> tuple[int | None, str, str]:
    """How the command ends with the environment of matching, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli.main", "limits", network, *options),
        env={**os.environ, **house.programs["matching"].environment},
        stdout=PIPE,
        stderr=PIPE,
    )
    said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


async def test_a_network_gets_limits_of_its_own_and_loses_those_that_are_not_named_again(house: House):
    network = await house.network()
    url = house.programs["matching"].environment["ONTMOET_DATABASE_URL"]
    database = Database.connect(url, service_role="matching_service", pool_size=1)
    uow = Uow(database, MatchingTransaction, encode=encode_fact)
    try:
        for name, options, expected in (
            (str(network.id), ["--people", "500", "--seconds", "5"], replace(USUAL, people=500, seconds=5)),
            (network.slug, ["--rounds", "3", "--searches", "1"], replace(USUAL, rounds=3, searches=1)),
        ):
            code, said, _ = await run_limits(house, name, *options)
            assert (code, said.partition(":")[0]) == (0, f"network {network.slug} ({network.id})")
            async with uow.begin(network.id) as tx:
                assert await tx.limits(USUAL) == expected
    finally:
        await database.close()


@pytest.mark.parametrize("name", [str(uuid4()), "vokka"], ids=["id", "slug"])
async def test_limits_of_a_network_that_there_is_not_are_refused(house: House, name: str):
    complaint = f"ontmoet: no network has the slug, host name or id {name}\n"
    assert await run_limits(house, name, "--rounds", "3") == (1, "", complaint)
