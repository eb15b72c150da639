"""The part of nats-py's JetStream that is used here, with types, and so that a task that waits for it can be ended."""

from typing import Any, Protocol, cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo, PubAck, StreamConfig, StreamInfo

from services.common.tasks import heeding_cancellation


class Pull:
    """Messages of one consumer, on request."""

    def __init__(self, subscription: JetStreamContext.PullSubscription) -> None:
        self._subscription = subscription

    async def fetch(self, batch: int, timeout: float) -> list[Msg]:  # noqa: ASYNC109 - nats-py tells the server of it
        """The next messages; raises TimeoutError when none came in time."""
        with heeding_cancellation():
            return await self._subscription.fetch(batch, timeout)

    async def unsubscribe(self) -> None:
        """Wants no more."""
        await self._subscription.unsubscribe()


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

    async def pull(self, stream: str, consumer: str) -> Pull: ...


class NatsClient(Client):
    """nats-py's client; all that JetStream asks of the server goes through `request`."""

    async def request(self, *args: Any, **values: Any) -> Msg:
        with heeding_cancellation():
            return await super().request(*args, **values)


class _JetStream(JetStreamContext):
    async def pull(self, stream: str, consumer: str) -> Pull:
        return Pull(await self.pull_subscribe_bind(consumer=consumer, stream=stream))


def jetstream(client: NatsClient, timeout: float) -> JetStream:
    """JetStream over this connection; `timeout` seconds bound each request."""
    return cast(JetStream, _JetStream(client, timeout=timeout))
