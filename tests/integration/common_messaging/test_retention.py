"""What served its purpose is forgotten, and nothing else."""

from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.storage.retention import forget_old
from tests.integration.common_messaging.notes.service import AREA, NotesUow

_FACTS = text(
    "INSERT INTO outbox (network_id, id, aggregate_id, aggregate_version, type, payload, occurred_at, published_at)"
    " SELECT :network, gen_random_uuid(), gen_random_uuid(), 1, kind, '', now() - interval '40 days', published"
    " FROM (VALUES ('old', now() - interval '8 days'), ('recent', now() - interval '6 days'), ('untold', NULL))"
    " AS facts (kind, published)"
)
_HANDLED = text(
    "INSERT INTO inbox (network_id, consumer, fact_id, handled_at)"
    " SELECT :network, kind, gen_random_uuid(), handled"
    " FROM (VALUES ('old', now() - interval '31 days'), ('recent', now() - interval '29 days'))"
    " AS rows (kind, handled)"
)
_ANSWERED = text(
    "INSERT INTO idempotency_keys (network_id, account_id, operation, key, request_hash, created_at)"
    " SELECT :network, gen_random_uuid(), kind, 'key', '', created"
    " FROM (VALUES ('old', now() - interval '49 hours'), ('recent', now() - interval '47 hours'))"
    " AS rows (kind, created)"
)


async def test_old_published_facts_handled_facts_and_answers_are_forgotten_in_all_networks(
    uow: NotesUow, admin: AsyncConnection
):
    """A fact that was never published is kept however old it is."""
    networks = [uuid4(), uuid4()]
    for network in networks:
        for statement in (_FACTS, _HANDLED, _ANSWERED):
            await admin.execute(statement, {"network": network})
    assert await forget_old(uow, AREA) == 6
    for network in networks:
        assert await kept(admin, network, "outbox", "type") == {"recent", "untold"}
        assert await kept(admin, network, "inbox", "consumer") == {"recent"}
        assert await kept(admin, network, "idempotency_keys", "operation") == {"recent"}
    assert await forget_old(uow, AREA) == 0


async def kept(admin: AsyncConnection, network: UUID, table: str, column: str) -> set[str]:
    query = text(f"SELECT {column} FROM {table} WHERE network_id = :network")
    return set((await admin.execute(query, {"network": network})).scalars())
