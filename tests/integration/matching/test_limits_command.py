"""`ontmoet limits`: what one network may ask of the solver."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from uuid import uuid4

from services.common.storage.database import Database
from services.matching.domain.limits import Limits
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.wire import encode_fact
from tests.support.postgres import TestPostgres

USUAL = Limits(people=100, rounds=10, seconds=60)


async def test_a_network_gets_limits_of_its_own_and_loses_those_that_are_not_named_again(postgres: TestPostgres):
    url = (await postgres.service_database("matching")).service_url
    network = uuid4()
    database = Database.connect(url, service_role="matching_service", pool_size=1)
    uow = Uow(database, MatchingTransaction, encode=encode_fact)
    try:
        for options, expected in (
            (["--people", "500", "--seconds", "5"], Limits(people=500, rounds=10, seconds=5)),
            (["--rounds", "3"], Limits(people=100, rounds=3, seconds=60)),
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
