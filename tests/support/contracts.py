"""Every RPC of the product, read off the protos, and requests for them that are made from their fields alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import grpc
import grpc.aio
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import status_pb2
from ontmoet.access.v1 import access_pb2
from ontmoet.matching.v1 import solve_pb2

from services.common.caller import Role
from services.common.rpc.refusals import DETAILS_KEY

PROTOS = Path(__file__).parents[2] / "proto"

Slot = tuple[str, ...]
"""Where in a request an id stands: the names of the fields that lead there."""
Ids = Mapping[Slot, Sequence[str]]

TEXTS: Mapping[str, Callable[[], str]] = {
    "language": lambda: "nl-BE",
    "languages": lambda: "nl-BE",
    "start_time": lambda: "09:00",
    "first_date": lambda: (date.today() + timedelta(days=7)).isoformat(),
    "last_date": lambda: "",
    "starts_at_local": lambda: (datetime.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
    "email": lambda: f"{uuid4().hex}@test.example",
    "client_address": lambda: ".".join(str(random.randrange(1, 255)) for _ in range(4)),
    "code": lambda: "000000",
    "host": lambda: "nowhere.localhost",
    "page_token": lambda: "",
    "logo_url": lambda: "https://example.com/logo.png",
    "primary_colour": lambda: "#003b7a",
    "accent_colour": lambda: "#003b7a",
}
"""What a text field is given, by its name; others are given some words."""
SOME_WORDS = "Something"
WHOLE = (solve_pb2.SolveRequest,)
"""Requests whose parts name each other, so that no field makes sense alone."""
NUMBERS: Mapping[str, int] = {
    "page_size": 50,
    "group_size": 2,
    "roles": access_pb2.ROLE_MEMBER,
    # Filters: what is not filtered shows more.
    "role": 0,
    "states": 0,
}
"""What a number or an enum is given, by its field's name; others are 1."""


@dataclass(frozen=True)
class Rpc:
    """One RPC, as its contract describes it."""

    method: MethodDescriptor

    @property
    def name(self) -> str:
        return self.method.name

    @property
    def path(self) -> str:
        return f"/{self.method.containing_service.full_name}/{self.method.name}"

    @property
    def area(self) -> str:
        return self.method.containing_service.file.package.split(".")[1]

    @property
    def access(self) -> access_pb2.Access:
        """The option that stands beside it."""
        return self.method.GetOptions().Extensions[access_pb2.access]

    @property
    def roles(self) -> frozenset[Role]:
        """Whose roles admit them."""
        if self.access.signed_in or self.access.anyone:
            return frozenset(Role)
        return frozenset(Role(access_pb2.Role.Name(role).removeprefix("ROLE_").lower()) for role in self.access.roles)

    @property
    def slots(self) -> list[Slot]:
        """Where its request holds ids."""
        return slots_of(self.method.input_type)

    def request(self, ids: Ids) -> Message:
        """A request that is well formed, with these ids."""
        return filled(self.method.input_type, ids)


@dataclass(frozen=True)
class Answer:
    """What a call was answered with, in text, all details included."""

    code: grpc.StatusCode
    text: str

    def without(self, *ids: str) -> Answer:
        """The answer with each of the ids replaced by its place among them."""
        text = self.text
        for number, each in enumerate(ids):
            text = text.replace(each, f"<id {number}>")
        return Answer(self.code, text)


def rpcs() -> list[Rpc]:
    """Every RPC of every service in the protos."""
    return [Rpc(method) for service in _services() for method in service.methods]


def fact_types() -> list[Descriptor]:
    """Every fact of every area."""
    return [
        message
        for path in sorted((PROTOS / "ontmoet").glob("*/v1/facts.proto"))
        for message in _module(path).DESCRIPTOR.message_types_by_name.values()
    ]


async def call(channel: grpc.aio.Channel, rpc: Rpc, request: Message, metadata: Sequence[tuple[str, str]]) -> Answer:
    """Call it, and answer whatever comes."""
    answers = GetMessageClass(rpc.method.output_type)
    callable_ = channel.unary_unary(rpc.path, request_serializer=_written, response_deserializer=answers.FromString)
    try:
        return Answer(grpc.StatusCode.OK, str(await callable_(request, metadata=metadata, timeout=10)))
    except grpc.aio.AioRpcError as error:
        details = [value for key, value in error.trailing_metadata() or () if key == DETAILS_KEY]
        status = "".join(str(status_pb2.Status.FromString(value)) for value in details if isinstance(value, bytes))
        return Answer(error.code(), f"{error.details()}\n{status}")


def _written(message: Message) -> bytes:
    return message.SerializeToString()


def kind_of(name: str) -> str:
    """What the ids in a field are ids of, by the field's name: `to_account_id` holds an account's."""
    return name.removesuffix("s").removesuffix("_id").rpartition("_")[2]


def slots_of(message: Descriptor) -> list[Slot]:
    """Where a message holds ids, also in the messages inside of it."""
    found: list[Slot] = []
    for field in message.fields:
        if _holds_ids(field):
            found.append((field.name,))
        elif _is_ours(field):
            assert field.message_type is not None
            found += [(field.name, *slot) for slot in slots_of(field.message_type)]
    return found


def filled(message: Descriptor, ids: Ids, place: Slot = ()) -> Message:
    """A message with a plausible value in each field, and with these ids; without ids where none are given."""
    made = GetMessageClass(message)()
    if isinstance(made, WHOLE):
        return whole(made)
    for field in message.fields:
        values = _values(field, ids, (*place, field.name))
        if not values:
            continue
        if field.is_repeated:
            getattr(made, field.name).extend(values)
        elif field.message_type is not None:
            getattr(made, field.name).CopyFrom(values[0])
        else:
            setattr(made, field.name, values[0])
    return made


def whole(request: solve_pb2.SolveRequest) -> solve_pb2.SolveRequest:
    """The least problem that there is."""
    request.people.extend(solve_pb2.SolvePerson(key=key) for key in ("Ann", "Bo"))
    request.group_size, request.rounds, request.iterations = 2, 1, 1
    return request


def _values(field: FieldDescriptor, ids: Ids, slot: Slot) -> Sequence[object]:
    if _holds_ids(field):
        return ids.get(slot, ())
    if field.message_type is not None:
        if field.message_type.full_name == Duration.DESCRIPTOR.full_name:
            return [Duration(seconds=3600)]
        return [filled(field.message_type, ids, slot)] if _is_ours(field) else ()
    if field.type == FieldDescriptor.TYPE_STRING:
        return [TEXTS[field.name]() if field.name in TEXTS else SOME_WORDS]
    if field.type == FieldDescriptor.TYPE_BOOL:
        return [False]
    number = NUMBERS.get(field.name, 1)
    return [number] if number else ()


def _holds_ids(field: FieldDescriptor) -> bool:
    return field.name == "id" or field.name.endswith(("_id", "_ids"))


def _is_ours(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and kind.full_name.startswith("ontmoet.") and not kind.GetOptions().map_entry


def _services() -> list[ServiceDescriptor]:
    return [
        service
        for path in sorted((PROTOS / "ontmoet").rglob("*.proto"))
        for service in _module(path).DESCRIPTOR.services_by_name.values()
    ]


def _module(proto: Path) -> ModuleType:
    return import_module(".".join(proto.relative_to(PROTOS).with_suffix("").parts) + "_pb2")
