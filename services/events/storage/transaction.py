"""The unit of work of events."""

from services.common.storage.uow import Transaction, UnitOfWork
from services.events.domain.event import Event
from services.events.domain.registration import Registration
from services.events.storage.events import Events
from services.events.storage.moderators import Moderators
from services.events.storage.registrations import Registrations
from services.events.storage.series import SeriesQueries
from services.events.storage.sign_up import store_sign_up


class EventsTransaction(Transaction):
    """One network's events, within one transaction."""

    @property
    def events(self) -> Events:
        return Events(self.connection, self.network)

    @property
    def registrations(self) -> Registrations:
        return Registrations(self.connection, self.network)

    @property
    def series(self) -> SeriesQueries:
        return SeriesQueries(self.connection, self.network)

    @property
    def moderators(self) -> Moderators:
        return Moderators(self.connection, self.network)

    async def store_sign_up(self, event: Event, registration: Registration) -> bool:
        """Store both in one statement; False when the same person's registration came in between."""
        return await store_sign_up(self.connection, self.network, event, registration)


Uow = UnitOfWork[EventsTransaction]
