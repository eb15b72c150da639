"""Who may call what, and whether a call may be repeated: read from the options that stand beside each RPC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from ontmoet.access.v1 import access_pb2

from services.common.caller import Caller, Role
from services.common.refusals import Forbidden, Unauthenticated

_PREFIX = "ROLE_"


@dataclass(frozen=True)
class Method:
    """What the contract says about one RPC."""

    path: str
    area: str
    anyone: bool
    signed_in: bool
    roles: frozenset[Role]
    services: frozenset[str]
    # Declared as without side effects, or as idempotent by nature.
    reads: bool
    idempotent: bool

    @property
    def keyed(self) -> bool:
        """Whether an idempotency key makes a repeated call happen once."""
        return not (self.reads or self.idempotent)

    def admit(self, caller: Caller | None) -> None:
        """Pass when one line of the option admits the caller; Unauthenticated or Forbidden otherwise."""
        if self.anyone:
            return
        if caller is None:
            raise Unauthenticated
        if caller.service is not None:
            if caller.service in self.services:
                return
        elif caller.account_id is not None and (self.signed_in or caller.has(*self.roles)):
            return
        raise Forbidden


def methods_of(service_names: Iterable[str]) -> Mapping[str, Method]:
    """Every RPC of these services by its path; KeyError for a service that no imported contract defines."""
    pool = descriptor_pool.Default()
    services = [pool.FindServiceByName(name) for name in service_names]
    return {method.path: method for service in services for method in _methods(service)}


def find_method(path: str) -> Method | None:
    """The RPC of this path ("/ontmoet.events.v1.EventService/GetEvent"); None when no imported contract defines it."""
    service, _, name = path.removeprefix("/").partition("/")
    try:
        found = descriptor_pool.Default().FindServiceByName(service)
    except KeyError:
        return None
    return _method(found.methods_by_name[name]) if name in found.methods_by_name else None


def _methods(service: ServiceDescriptor) -> list[Method]:
    return [_method(method) for method in service.methods]


def _method(method: MethodDescriptor) -> Method:
    options = method.GetOptions()
    access = options.Extensions[access_pb2.access]
    level = options.idempotency_level
    package = method.containing_service.file.package.split(".")
    return Method(
        path=f"/{method.containing_service.full_name}/{method.name}",
        area=package[1] if len(package) > 1 else package[0],
        anyone=access.anyone,
        signed_in=access.signed_in,
        roles=frozenset(_role(role) for role in access.roles),
        services=frozenset(access.services),
        reads=level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS,
        idempotent=level == descriptor_pb2.MethodOptions.IDEMPOTENT,
    )


def _role(role: access_pb2.Role.ValueType) -> Role:
    return Role(access_pb2.Role.Name(role).removeprefix(_PREFIX).lower())
