"""Finding, founding and changing networks."""

from collections.abc import Mapping, Sequence

from services.common.caller import Caller
from services.common.refusals import Conflict, NotFound
from services.membership.domain.network import Look, Network
from services.membership.storage.networks import claim_in_directory, find_in_directory
from services.membership.storage.system_paths import DIRECTORY, FOUNDING
from services.membership.storage.uow import Uow


async def resolve_network(uow: Uow, host: str) -> Network:
    """The network that a host name or a slug leads to; raises NotFound."""
    async with uow.system(DIRECTORY) as connection:
        network = await find_in_directory(connection, host.strip().rstrip(".").casefold())
    if network is None:
        raise NotFound("network")
    async with uow.begin(network) as tx:
        return await tx.networks.get()


async def get_network(uow: Uow, caller: Caller) -> Network:
    """The caller's own network."""
    async with uow.begin(caller.network) as tx:
        return await tx.networks.get()


async def update_network(
    uow: Uow,
    caller: Caller,
    *,
    name: str | None = None,
    look: Look | None = None,
    guests_welcome: bool | None = None,
    languages: Sequence[str] | None = None,
    words: Mapping[str, str] | None = None,
) -> Network:
    """Change the caller's network; what is not given stays."""
    async with uow.begin(caller.network) as tx:
        network = await tx.networks.get(lock=True)
        changed, facts = network.change(
            name=name, look=look, guests_welcome=guests_welcome, languages=languages, words=words
        )
        tx.outbox.add(*facts)
        await tx.networks.save(changed)
    return changed


async def found_network(uow: Uow, network: Network) -> Network:
    """Let a network begin, under names that no other has. One that exists is returned as it is, not changed."""
    async with uow.begin(network.id) as tx:
        async with uow.system(FOUNDING) as connection:
            for name in (network.slug, *network.hosts):
                owner = await find_in_directory(connection, name)
                if owner is None:
                    await claim_in_directory(connection, name, network.id)
                elif owner != network.id:
                    raise Conflict(f"{name} belongs to another network.")
        existing = await tx.networks.find()
        if existing is None:
            await tx.networks.add(network)
    return existing or network
