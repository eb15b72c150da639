"""What is told of a break-out on the bus, and done by a call with a key: once, in order."""

from ontmoet.matching.v1 import breakout_pb2 as pb
from sqlalchemy import text

from services.common.storage.database import plain_engine
from tests.support.matching_service import MatchingService
from tests.support.postgres import TestPostgres


async def test_facts_carry_the_versions_of_their_break_out_in_order(matching: MatchingService, postgres: TestPostgres):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday, rounds=2)
    await matching.publish(friday, breakout, 1)
    await matching.publish(friday, breakout, 1)
    await matching.replan(friday, breakout)
    await matching.close(friday, breakout, 1)
    engine = plain_engine(postgres.url("postgres", "matching"))
    told = text("SELECT type, aggregate_version FROM outbox WHERE aggregate_id = :id ORDER BY position")
    async with engine.connect() as connection:
        rows = (await connection.execute(told, {"id": breakout.id})).all()
    await engine.dispose()
    assert [(kind.rpartition(".")[2], version) for kind, version in rows] == [
        ("BreakoutProposed", 1),
        ("RoundPublished", 2),
        ("BreakoutReplanned", 3),
        ("RoundHeld", 4),
    ]


async def test_a_call_with_a_key_opens_a_round_once(matching: MatchingService):
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=1, group_size=2)
    request = pb.PublishRoundRequest(breakout_id=breakout.id, round_number=1)
    metadata = matching.as_organiser(friday, idempotency_key="open round 1")
    first = await matching.breakouts.PublishRound(request, metadata=metadata)
    await matching.close(friday, breakout, 1)
    assert await matching.breakouts.PublishRound(request, metadata=metadata) == first
