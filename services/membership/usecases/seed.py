"""Seeding a fresh system with the five networks."""

from services.common.caller import Caller, Role
from services.membership.domain.member import NewMember
from services.membership.storage.uow import Uow
from services.membership.usecases.members import add_members, add_reader
from services.membership.usecases.networks import found_network
from services.membership.usecases.seed_data import BEDRIJVENKRING, SEEDS, SHARED_FIELDS, SHARED_MAILBOX, SHARERS, people


async def seed_networks(uow: Uow) -> None:
    """Have the five networks and their first people. What is there already stays as it is, so it may run again."""
    for seed in SEEDS:
        await found_network(uow, seed.network)
        founder = Caller(seed.network.id, None, frozenset({Role.OWNER}))
        await add_members(uow, founder, people(seed))
        if seed.network.id == BEDRIJVENKRING:
            for account_id, name, company, profession in SHARERS:
                sharer = NewMember(
                    email=SHARED_MAILBOX,
                    name=name,
                    company=company,
                    profession=profession,
                    shared_fields=SHARED_FIELDS,
                )
                await add_reader(uow, founder, account_id, sharer)
