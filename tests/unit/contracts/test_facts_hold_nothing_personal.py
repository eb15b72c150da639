"""What facts may hold: docs/decisions/0001."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from google.protobuf.timestamp_pb2 import Timestamp

PROTOS = Path(__file__).parents[3] / "proto"
FILES = sorted(path.relative_to(PROTOS) for path in PROTOS.glob("ontmoet/*/v1/facts.proto"))
TIMESTAMP = Timestamp.DESCRIPTOR.full_name


def facts_of(file: Path) -> FileDescriptor:
    return import_module(".".join(file.with_suffix("").parts) + "_pb2").DESCRIPTOR


def messages(within: FileDescriptor | Descriptor) -> Iterator[Descriptor]:
    """Those of a file or a message, nested ones too."""
    nested = within.message_types_by_name if isinstance(within, FileDescriptor) else within.nested_types_by_name
    for message in nested.values():
        yield message
        yield from messages(message)


def is_admitted(field: FieldDescriptor) -> bool:
    """Whether it is an id, an enumeration, a number, a boolean or a moment."""
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            is_id = field.name.endswith(("_id", "_ids"))
            return field.type == FieldDescriptor.TYPE_STRING and is_id
        case FieldDescriptor.CPPTYPE_MESSAGE:
            return field.message_type is not None and field.message_type.full_name == TIMESTAMP
        case _:
            return True


FIELDS = [field for file in FILES for message in messages(facts_of(file)) for field in message.fields]


def test_every_service_that_tells_facts_is_walked() -> None:
    assert {file.parts[1] for file in FILES} >= {"membership", "events", "matching"}
    assert all(facts_of(file).message_types_by_name for file in FILES)


@pytest.mark.parametrize("field", FIELDS, ids=[field.full_name for field in FIELDS])
def test_a_field_of_a_fact_is_an_id_an_enumeration_a_number_a_boolean_or_a_moment(field: FieldDescriptor) -> None:
    assert is_admitted(field), f"{field.full_name} may hold something personal"


@pytest.mark.parametrize(
    "field",
    [
        FieldDescriptorProto(name="name", type=FieldDescriptorProto.TYPE_STRING),
        FieldDescriptorProto(name="note_id", type=FieldDescriptorProto.TYPE_BYTES),
        FieldDescriptorProto(name="person_id", type=FieldDescriptorProto.TYPE_MESSAGE, type_name=".tried.Person"),
    ],
    ids=["text", "bytes", "message"],
)
def test_the_walk_refuses_texts_bytes_and_messages_of_their_own(field: FieldDescriptorProto) -> None:
    file = descriptor_pb2.FileDescriptorProto(name="tried.proto", package="tried", syntax="proto3")
    file.message_type.add(name="Person")
    field.number, field.label = 1, FieldDescriptorProto.LABEL_OPTIONAL
    file.message_type.add(name="Tried").field.append(field)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    assert not is_admitted(pool.FindMessageTypeByName("tried.Tried").fields[0])
