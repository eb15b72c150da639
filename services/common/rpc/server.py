"""The gRPC server of a service."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc.aio
from google.protobuf import descriptor_pool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.common.idempotency import Idempotency
from services.common.identity.tokens import Verifier
from services.common.logging import logger
from services.common.rpc.access import methods_of
from services.common.rpc.pipeline import Pipeline

MESSAGE_LIMIT = 4 * 1024 * 1024
DRAIN = 20.0
# A grace that the library counts itself may end while the server is stopped for good, and then the process crashes.
NEVER = 86_400.0

# The server lets clients ping as often as open_channel does, and looks after its own end as well.
_OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
)

log = logger(__name__)


@dataclass(frozen=True)
class Registration:
    """A servicer, the generated function that adds it, and its service's full name."""

    add: Callable[[Any, grpc.aio.Server], None]
    servicer: object
    service: str


class AddressTaken(Exception):
    """The address cannot be listened on; another process probably does."""


class RpcServer:
    """Serves the contracts of a service, their health, and in development their reflection.

    A servicer's method decodes, calls one use case and encodes; who may call it, deadlines, refusals, keys and traces
    are taken care of around it.
    """

    def __init__(
        self,
        address: str,
        servicers: Sequence[Registration],
        *,
        verifier: Verifier,
        idempotency: Idempotency | None,
        reflection: bool,
    ) -> None:
        """An address with port 0 takes a free port."""
        self._address = address
        self._servicers = servicers
        self._verifier = verifier
        self._idempotency = idempotency
        self._reflection = reflection
        self._port = 0

    @property
    def address(self) -> str:
        """Where the server listens, once started."""
        return f"{self._address.rpartition(':')[0]}:{self._port}"

    async def start(self) -> None:
        """Listen and serve; raises AddressTaken when the address cannot be listened on."""
        names = [registration.service for registration in self._servicers]
        for name in names:
            _only_unary(name)
        self._pipeline = Pipeline(methods_of(names), verifier=self._verifier, idempotency=self._idempotency)
        self._server = grpc.aio.server(interceptors=[self._pipeline], options=_OPTIONS)
        for registration in self._servicers:
            registration.add(registration.servicer, self._server)
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        for name in names:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        if self._reflection:
            reflection.enable_server_reflection([*names, health.SERVICE_NAME, reflection.SERVICE_NAME], self._server)
        try:
            self._port = self._server.add_insecure_port(self._address)
        except RuntimeError:
            raise AddressTaken(f"{self._address} cannot be listened on.") from None
        await self._server.start()
        log.info("serving", address=self.address)

    async def stop(self, grace: float = DRAIN) -> None:
        """Say NOT_SERVING, take no new calls, let those in flight finish within the grace, then stop."""
        await self._health.enter_graceful_shutdown()
        log.info("not serving")
        stopping = asyncio.create_task(self._server.stop(NEVER))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pipeline.idle(), grace)
        log.info("drained")
        # Whoever still watches the health would hold the server up for the whole grace.
        await self._server.stop(None)
        await stopping


def _only_unary(service: str) -> None:
    for method in descriptor_pool.Default().FindServiceByName(service).methods:
        if method.client_streaming or method.server_streaming:
            raise NotImplementedError(f"{method.full_name} streams, and the pipeline does not guard streams yet.")
