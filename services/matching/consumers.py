"""What matching does when something happened: it keeps its copies of members up, and has searches taken up."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import Message
from ontmoet.matching.v1.facts_pb2 import PlanningQueued
from ontmoet.membership.v1.facts_pb2 import MemberJoined, ProfileChanged, RolesChanged

from services.common.ids import parse_id
from services.common.messaging.bus import Bus
from services.common.messaging.consumer import Consumer, Handler, InboxUow, Received
from services.matching.adapters.members import Members
from services.matching.adapters.queue import SearchQueue
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.profiles import project_member


def member_consumer(uow: Uow, bus: Bus, members: Members) -> Consumer[MatchingTransaction]:
    """Copies a member anew whenever they join or change."""

    async def copy(received: Received[Any], inbox: InboxUow[MatchingTransaction]) -> None:
        account = parse_id(received.message.account_id, "account_id")
        await project_member(inbox.begin, members, received.network, account)

    handlers: Mapping[type[Message], Handler[MatchingTransaction]] = {
        MemberJoined: copy,
        ProfileChanged: copy,
        RolesChanged: copy,
    }
    return Consumer(name="matching", area="membership", handlers=handlers, uow=uow, bus=bus)


def search_consumer(uow: Uow, bus: Bus, queue: SearchQueue) -> Consumer[MatchingTransaction]:
    """Puts a long search on the queue once the transaction that asked for it is committed."""

    async def put(received: Received[Any], inbox: InboxUow[MatchingTransaction]) -> None:
        await queue.put(received.network, parse_id(received.message.operation_id, "operation_id"))
        async with inbox.begin(received.network):
            pass  # noted as handled; put once more when that fails, and run once all the same

    handlers: Mapping[type[Message], Handler[MatchingTransaction]] = {PlanningQueued: put}
    return Consumer(name="matching", area="matching", handlers=handlers, uow=uow, bus=bus)
