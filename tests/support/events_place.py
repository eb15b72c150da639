"""An open event on a running service, and what people do there over gRPC."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc.aio
import pytest
from ontmoet.events.v1 import event_pb2
from ontmoet.events.v1 import registration_pb2 as pb
from sqlalchemy import select

from services.common.caller import Role
from services.events.domain.event import Event
from services.events.storage.system_paths import RELAY
from services.events.storage.tables import platform
from tests.support.events_network import an_open_event
from tests.support.events_service import EventsService, Person, Refused, refused

Id = str


async def refusal_of(call: Any) -> Refused:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return refused(error.value)


class Place:
    """An open event and what people do there."""

    def __init__(self, service: EventsService, network: UUID, event: Event) -> None:
        self.service = service
        self.network = network
        self.event = event
        self.event_id = str(event.id)
        self.organiser = service.stranger(network, Role.ORGANISER)
        self.stub = service.registrations

    async def register(self, person: Person) -> pb.Registration:
        request = pb.RegisterRequest(event_id=self.event_id)
        return (await self.stub.Register(request, metadata=person.metadata)).registration

    async def registered(self, count: int) -> tuple[list[Person], list[Id]]:
        people = [self.service.stranger(self.network) for _ in range(count)]
        return people, [(await self.register(person)).id for person in people]

    async def cancel(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.CancelRegistrationRequest(registration_id=registration)
        return (await self.stub.CancelRegistration(request, metadata=person.metadata)).registration

    async def accept(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.AcceptOfferRequest(registration_id=registration)
        return (await self.stub.AcceptOffer(request, metadata=person.metadata)).registration

    async def decline(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.DeclineOfferRequest(registration_id=registration)
        return (await self.stub.DeclineOffer(request, metadata=person.metadata)).registration

    async def check_in(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.CheckInRequest(registration_id=registration)
        return (await self.stub.CheckIn(request, metadata=person.metadata)).registration

    async def check_out(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.CheckOutRequest(registration_id=registration)
        return (await self.stub.CheckOut(request, metadata=person.metadata)).registration

    async def get(self, person: Person, registration: Id) -> pb.Registration:
        request = pb.GetRegistrationRequest(registration_id=registration)
        return (await self.stub.GetRegistration(request, metadata=person.metadata)).registration

    async def listed(self, **values: Any) -> pb.ListRegistrationsResponse:
        request = pb.ListRegistrationsRequest(event_id=self.event_id, **values)
        return await self.stub.ListRegistrations(request, metadata=self.organiser.metadata)

    async def assign(self, *moderators: pb.Moderator) -> Sequence[pb.Moderator]:
        request = pb.AssignModeratorsRequest(event_id=self.event_id, moderators=moderators)
        return (await self.stub.AssignModerators(request, metadata=self.organiser.metadata)).moderators

    async def withdraw(self, person: Person, account: UUID) -> Sequence[pb.Moderator]:
        request = pb.WithdrawModeratorRequest(event_id=self.event_id, account_id=str(account))
        return (await self.stub.WithdrawModerator(request, metadata=person.metadata)).moderators

    async def roster(self) -> pb.GetRosterResponse:
        metadata = self.service.identity.service_metadata("matching", self.network, to="events")
        return await self.stub.GetRoster(pb.GetRosterRequest(event_id=self.event_id), metadata=metadata)

    async def seen(self) -> event_pb2.Event:
        request = event_pb2.GetEventRequest(event_id=self.event_id)
        return (await self.service.events.GetEvent(request, metadata=self.organiser.metadata)).event

    async def facts(self) -> list[tuple[str, UUID, int]]:
        """Name, aggregate and version of the facts that were stored, in order."""
        outbox = platform.outbox.c
        query = select(outbox.type, outbox.aggregate_id, outbox.aggregate_version).where(
            outbox.network_id == self.network
        )
        async with self.service.uow.system(RELAY) as connection:
            rows = (await connection.execute(query.order_by(outbox.position))).all()
        return [(name.rpartition(".")[2], aggregate, version) for name, aggregate, version in rows]


async def a_place(service: EventsService, *, places: int, starts_in: timedelta = timedelta(days=1)) -> Place:
    network = await service.network()
    return Place(service, network, await an_open_event(service.uow, network, places=places, starts_in=starts_in))
