"""The part of nats-py's JetStream that is used here, with types, and so that a task that waits for it can be ended."""

from dataclasses import replace
from typing import Any, Protocol, cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
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


class Push:
    """Messages of one consumer, as they come."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def next(self, within: float) -> Msg:
        """The next message, or sign of life; raises TimeoutError when neither came within so many seconds."""
        with heeding_cancellation():
            return await self._subscription.next_msg(within)

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

    async def push(self, stream: str, config: ConsumerConfig) -> Push:
        """Makes a consumer whose messages come by themselves."""
        ...


class NatsClient(Client):
    """nats-py's client; all that JetStream asks of the server goes through `request`."""

    async def request(self, *args: Any, **values: Any) -> Msg:
        with heeding_cancellation():
            return await super().request(*args, **values)


class _JetStream(JetStreamContext):
    def __init__(self, client: NatsClient, timeout: float) -> None:
        super().__init__(client, timeout=timeout)
        self._client = client

    async def pull(self, stream: str, consumer: str) -> Pull:
        return Pull(await self.pull_subscribe_bind(consumer=consumer, stream=stream))

    async def push(self, stream: str, config: ConsumerConfig) -> Push:
        inbox = self._client.new_inbox()
        push = Push(await self._client.subscribe(inbox))  # pyright: ignore[reportUnknownMemberType]
        try:
            await cast(JetStream, self).add_consumer(stream, replace(config, deliver_subject=inbox))
        except BaseException:
            await push.unsubscribe()
            raise
        return push


def jetstream(client: NatsClient, timeout: float) -> JetStream:
    """JetStream over this connection; `timeout` seconds bound each request."""
    return cast(JetStream, _JetStream(client, timeout))
