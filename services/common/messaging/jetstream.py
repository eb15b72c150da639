"""The part of nats-py's JetStream that is used here, with types."""

from typing import Protocol, cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo, PubAck, StreamConfig, StreamInfo


class Pull(Protocol):
    """Messages of one consumer, on request."""

    async def fetch(self, batch: int, timeout: float) -> list[Msg]:  # noqa: ASYNC109 - the signature is nats-py's
        """The next messages; raises nats.errors.TimeoutError when none came in time."""
        ...

    async def unsubscribe(self) -> None: ...


class JetStream(Protocol):
    """Streams, their consumers, and publishing with an acknowledgement."""

    async def publish(self, subject: str, payload: bytes, *, headers: dict[str, str]) -> PubAck: ...
    async def add_stream(self, config: StreamConfig) -> StreamInfo: ...
    async def update_stream(self, config: StreamConfig) -> StreamInfo: ...
    async def stream_info(self, name: str) -> StreamInfo: ...
    async def delete_stream(self, name: str) -> bool: ...
    async def add_consumer(self, stream: str, config: ConsumerConfig) -> ConsumerInfo: ...
    async def consumer_info(self, stream: str, consumer: str) -> ConsumerInfo: ...
    async def reset_consumer(self, stream: str, consumer: str) -> object:
        """Has everything that is not acknowledged delivered anew, in order, counting deliveries from 1."""
        ...

    async def pull_subscribe_bind(self, consumer: str, stream: str) -> Pull: ...


def jetstream(client: Client, timeout: float) -> JetStream:
    """JetStream over this connection; `timeout` seconds bound each request."""
    return cast(JetStream, JetStreamContext(client, timeout=timeout))
