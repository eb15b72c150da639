"""The unit of work of matching."""

from services.common.storage.uow import Transaction, UnitOfWork
from services.matching.domain.limits import Limits, OwnLimits
from services.matching.storage.breakouts import Breakouts
from services.matching.storage.encounters import Encounters
from services.matching.storage.introductions import Introductions
from services.matching.storage.limits import keep_limits, limits_of
from services.matching.storage.operations import Operations
from services.matching.storage.profiles import Profiles
from services.matching.storage.rules import Rules


class MatchingTransaction(Transaction):
    """One network's break-outs and what follows them, within one transaction."""

    @property
    def breakouts(self) -> Breakouts:
        return Breakouts(self.connection, self.network)

    @property
    def encounters(self) -> Encounters:
        return Encounters(self.connection, self.network)

    @property
    def introductions(self) -> Introductions:
        return Introductions(self.connection, self.network)

    @property
    def profiles(self) -> Profiles:
        return Profiles(self.connection, self.network)

    @property
    def operations(self) -> Operations:
        return Operations(self.connection, self.network)

    @property
    def rules(self) -> Rules:
        return Rules(self.connection, self.network)

    async def limits(self, usual: Limits) -> Limits:
        """What the network may ask of the solver: the usual, except where its own row says otherwise."""
        return await limits_of(self.connection, self.network, usual)

    async def set_limits(self, own: OwnLimits) -> None:
        """Gives the network limits of its own."""
        await keep_limits(self.connection, self.network, own)


Uow = UnitOfWork[MatchingTransaction]
