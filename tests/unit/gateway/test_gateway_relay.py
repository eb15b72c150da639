"""Global ids and connections."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.refusals import Invalid
from services.gateway.api.relay import Connection, global_id, page, uuid_of

A_MEMBER = global_id("Member", str(uuid4()))
ITEMS = [f"item {number}" for number in range(1000)]


class Service:
    """Pages by keyset, as the services do: a token says where the next page begins."""

    def __init__(self, count: int) -> None:
        self.items = ITEMS[:count]
        self.asked: list[int] = []

    async def fetch(self, size: int, token: str) -> tuple[list[str], str]:
        self.asked.append(size)
        if token and not token.isdecimal():
            raise Invalid("page_token", "This is no page token.")
        start = int(token or 0)
        end = start + size
        return self.items[start:end], str(end) if end < len(self.items) else ""

    async def page(self, first: int | None = None, after: str | None = None) -> Connection[str]:
        return await page(first, after, self.fetch, str)


def nodes(connection: Connection[str]) -> list[str]:
    return [edge.node for edge in connection.edges]


@given(count=st.integers(0, 60), first=st.integers(1, 25))
async def test_going_on_from_each_end_cursor_gives_every_item_once(count: int, first: int) -> None:
    service, found, after = Service(count), list[str](), None
    while True:
        connection = await service.page(first, after)
        found += nodes(connection)
        after = connection.page_info.end_cursor
        if not connection.page_info.has_next_page:
            break
    assert found == service.items


@given(count=st.integers(1, 450), first=st.integers(1, 200), second=st.integers(1, 200), data=st.data())
async def test_any_cursor_of_a_page_can_be_gone_on_from(
    count: int, first: int, second: int, data: st.DataObject
) -> None:
    service = Service(count)
    connection = await service.page(first)
    at = data.draw(st.integers(0, len(connection.edges) - 1))
    following = await service.page(second, connection.edges[at].cursor)
    assert nodes(following) == service.items[at + 1 : at + 1 + second]
    assert following.page_info.has_previous_page
    # A cursor of that page holds as well, however deep it lies in the service's own page.
    if following.edges:
        last = await service.page(second, following.edges[-1].cursor)
        assert nodes(last) == service.items[at + 1 + second : at + 1 + 2 * second]
    assert max(service.asked) <= 200


@pytest.mark.parametrize("first", [0, -1, 201])
async def test_a_page_size_out_of_bounds_is_refused(first: int) -> None:
    with pytest.raises(Invalid) as refused:
        await Service(3).page(first)
    assert refused.value.field == "first"


@pytest.mark.parametrize("cursor", ["nonsense!", "MTA", "bm86dGU", "NTAwOg", "LTE6", "MDpub25zZW5zZQ"])
async def test_a_bad_cursor_is_refused_whoever_finds_it_bad(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        await Service(3).page(2, cursor)
    assert refused.value.field == "after"


async def test_an_empty_list_is_a_page_without_edges() -> None:
    connection = await Service(0).page()
    assert nodes(connection) == []
    assert not connection.page_info.has_next_page
    assert connection.page_info.end_cursor is None


def test_a_global_id_leads_back_to_its_uuid() -> None:
    uuid = str(uuid4())
    assert uuid_of("Event", global_id("Event", uuid), "event_id") == uuid


@pytest.mark.parametrize(
    "text", ["", "x", "RXZlbnQ6", "RXZlbnQ6bm8tdXVpZA==", "\U0001f41d", global_id("Member", str(UUID(int=1)))]
)
def test_what_is_no_id_of_that_kind_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        uuid_of("Event", text, "event_id")
    assert refused.value.field == "event_id"
