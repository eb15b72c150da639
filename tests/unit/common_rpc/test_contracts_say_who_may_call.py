"""Every RPC says who may call it; whoever adds one that does not is told here."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import ontmoet
import pytest
from google.protobuf.descriptor import FileDescriptor

from services.common.rpc.access import Method, methods_of

SERVICES = ("gateway", "membership", "events", "matching")


def contracts() -> Iterator[ModuleType]:
    for folder in map(Path, ontmoet.__path__):
        for file in sorted(folder.rglob("*_pb2.py")):
            yield importlib.import_module(".".join(("ontmoet", *file.relative_to(folder).with_suffix("").parts)))


def every_rpc() -> list[Method]:
    files: list[FileDescriptor] = [module.DESCRIPTOR for module in contracts()]
    services = [service.full_name for file in files for service in file.services_by_name.values()]
    return list(methods_of(services).values())


def test_there_are_rpcs_of_every_service():
    assert {rpc.area for rpc in every_rpc()} == {"membership", "events", "matching"}


@pytest.mark.parametrize("rpc", every_rpc(), ids=lambda rpc: rpc.path)
def test_an_rpc_admits_somebody_and_only_services_that_exist(rpc: Method):
    assert rpc.anyone or rpc.signed_in or rpc.roles or rpc.services
    assert rpc.services <= set(SERVICES)
