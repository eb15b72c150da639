"""The unit of work of matching."""

from services.common.storage.uow import Transaction, UnitOfWork
from services.matching.storage.breakouts import Breakouts
from services.matching.storage.encounters import Encounters
from services.matching.storage.introductions import Introductions
from services.matching.storage.profiles import Profiles


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


Uow = UnitOfWork[MatchingTransaction]
