"""What matching asks of events, under its own service identity and never inside a transaction."""

import asyncio
from uuid import UUID

import grpc.aio
from ontmoet.events.v1 import event_pb2, registration_pb2
from ontmoet.events.v1.event_pb2_grpc import EventServiceStub
from ontmoet.events.v1.registration_pb2_grpc import RegistrationServiceStub

from services.common.rpc.channel import as_service
from services.common.rpc.refusals import refusal_from
from services.matching.domain.planning import Roster
from services.matching.wire.members import decode_roster


class Events:
    """Events, as matching needs them."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._events = EventServiceStub(channel)
        self._registrations = RegistrationServiceStub(channel)

    async def roster(self, network: UUID, event: UUID) -> Roster:
        """Who is at the event now. Raises events' own refusal when the network has no such event."""
        with as_service(network):
            try:
                roster, found = await asyncio.gather(
                    self._registrations.GetRoster(registration_pb2.GetRosterRequest(event_id=str(event))),
                    self._events.GetEvent(event_pb2.GetEventRequest(event_id=str(event))),
                )
            except grpc.aio.AioRpcError as error:
                raise refusal_from(error) from error
        return decode_roster(roster, found.event)
