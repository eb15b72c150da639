"""How a mutation answers: its outcome, or why not as data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry
from graphql import FieldNode
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

from services.common.refusals import Refusal
from services.gateway.api.context import Context, Info

Q = TypeVar("Q")
A = TypeVar("A")


@strawberry.type(description="Why a mutation was refused.")
class UserError:
    code: str = strawberry.field(description='A stable name for programs, such as "OFFER_EXPIRED".')
    field: str | None = strawberry.field(description='The input field at fault, such as "members[3].email".')
    message: str = strawberry.field(description="For people, in their language.")


@strawberry.type
class Payload:
    """What every mutation's payload has; each adds its outcome, null when refused."""

    errors: list[UserError] = strawberry.field(
        default_factory=list[UserError], description="Empty when it was done; else why it was not."
    )


def user_error(context: Context, refusal: Refusal) -> UserError:
    """The refusal as data, in the caller's language."""
    field = camel_path(refusal.field) if refusal.field else None
    return UserError(code=refusal.reason, field=field, message=context.say(refusal))


# Fields whose GraphQL name says their unit.
_NAMES = {"duration": "durationSeconds", "offer_window": "offerWindowSeconds", "page_size": "first"}


def camel_path(field: str) -> str:
    """A field path as clients know it: `members[3].first_name` is `members[3].firstName`."""
    head, *rest = _NAMES.get(field, field).split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


class Refusable(FieldExtension):
    """Answers an expected refusal as `errors` of the payload, and lets each mutation read anew."""

    def apply(self, field: StrawberryField) -> None:
        definition = get_object_definition(field.type, strict=True)
        self._payload = definition.origin

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: object, info: Info, **kwargs: object
    ) -> object:
        info.context.start_reading()
        try:
            return await next_(source, info, **kwargs)
        except Refusal as refusal:
            return self._payload(errors=[user_error(info.context, refusal)])


async def mutate(info: Info, rpc: Callable[[Q], Awaitable[A]], request: Q) -> A:
    """Call as the user, with the request's idempotency key when there is one."""
    return await info.context.calls.call(rpc, request, idempotency_key=idempotency_key(info))


def idempotency_key(info: Info) -> str | None:
    """The request's key; with several mutations in one document, each has its own: the key and its response path."""
    key = info.context.idempotency_key
    return key if key is None or _is_alone(info) else f"{key}:{info.path.key}"


def _is_alone(info: Info) -> bool:
    """Whether the document's operation holds one field only, and not in a fragment."""
    operation = info.operation
    selections = operation.selection_set.selections
    return len(selections) == 1 and isinstance(selections[0], FieldNode)
