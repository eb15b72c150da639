"""Membership's unit of work: what a transaction sees."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.messaging.outbox import Outbox
from services.common.storage.uow import Transaction, UnitOfWork
from services.membership.storage.codes import Codes
from services.membership.storage.members import Members
from services.membership.storage.networks import Networks
from services.membership.storage.sessions import Sessions


class MembershipTransaction(Transaction):
    """A transaction on one network's membership."""

    def __init__(self, network: UUID, connection: AsyncConnection, outbox: Outbox) -> None:
        super().__init__(network, connection, outbox)
        self.networks = Networks(connection, network)
        self.members = Members(connection, network)
        self.codes = Codes(connection, network)
        self.sessions = Sessions(connection, network)


Uow = UnitOfWork[MembershipTransaction]
