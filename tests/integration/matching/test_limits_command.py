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
from tests.support.postgres import TestPostgres

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


async def test_a_network_gets_limits_of_its_own_and_loses_those_that_are_not_named_again(postgres: TestPostgres):
    url = (await postgres.service_database("matching")).service_url
    network = uuid4()
    database = Database.connect(url, service_role="matching_service", pool_size=1)
    uow = Uow(database, MatchingTransaction, encode=encode_fact)
    try:
        for options, expected in (
            (["--people", "500", "--seconds", "5"], replace(USUAL, people=500, seconds=5)),
            (["--rounds", "3", "--searches", "1"], replace(USUAL, rounds=3, searches=1)),
        ):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "deploy.cli.main", "limits", str(network), *options),
                env={**os.environ, "ONTMOET_DATABASE_URL": url},
                stdout=PIPE,
            )
            said, _ = await process.communicate()
            assert (process.returncode, str(network) in said.decode()) == (0, True)
            async with uow.begin(network) as tx:
                assert await tx.limits(USUAL) == expected
    finally:
        await database.close()
