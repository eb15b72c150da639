"""Identifiers: made in time order, read from requests."""

from uuid import UUID

from uuid_utils.compat import uuid7

from services.common.refusals import Invalid


def new_id() -> UUID:
    """A new id; ids made later sort later, which keeps indexes compact."""
    return uuid7()


def parse_id(text: str, field: str) -> UUID:
    """The id that a request's field holds; raises Invalid, naming the field, when it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(field, "This is not an id.", rule="id") from None
