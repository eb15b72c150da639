"""Asking RPCs and GraphQL fields of the product as everybody, with ids of one's own network or of another one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import httpx
from google.protobuf.message import Message

from tests.support.contracts import Answer, Ids, Rpc, Slot, kind_of
from tests.support.graphql import Client, Json
from tests.support.two_networks import Side, Two

STAFF_AND_MEMBER = ("owner", "organiser", "moderator", "present")


async def answers(
    two: Two, rpc: Rpc, at: Side, ids: Mapping[Slot, str], callers: tuple[str, ...] = STAFF_AND_MEMBER
) -> dict[str, Answer]:
    """What people of a network and the services that may call for it are answered; other ids are the network's own."""
    network = at.network.id
    asked = {
        name: two.door.as_account(rpc, _request(rpc, at, ids), at.people[name].client.token, network=network)
        for name in callers
    } | {service: two.door.as_service(rpc, _request(rpc, at, ids), service, network) for service in rpc.access.services}
    return dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))


def asked_together(slots: list[Slot]) -> list[list[Slot]]:
    """Each id of a request alone in being foreign, and all of them at once."""
    return [[slot] for slot in slots] + ([slots] if len(slots) > 1 else [])


def ids_of(side: Side, slots: list[Slot]) -> Iterator[dict[Slot, str]]:
    """Ids of a network to put into these slots, one after the other. KeyError for a kind that has none there."""
    kinds = [side.ids[kind_of(slot[-1])] for slot in slots]
    for number in range(max(map(len, kinds))):
        yield {slot: ids[number % len(ids)] for slot, ids in zip(slots, kinds, strict=True)}


def _request(rpc: Rpc, at: Side, ids: Mapping[Slot, str]) -> Message:
    return rpc.request(_filled_up(rpc.slots, at, ids))


def _filled_up(slots: list[Slot], at: Side, ids: Mapping[Slot, str]) -> Ids:
    """These ids, beside one of the own network where a list is asked for, and the own ones where none are given."""
    found: dict[Slot, list[str]] = {}
    for slot in slots:
        own = at.ids[kind_of(slot[-1])][0]
        is_list = slot[-1].endswith("_ids")
        found[slot] = [own, ids[slot]] if is_list and slot in ids else [ids.get(slot, own)]
    return found


def global_id(type_name: str, uuid: str) -> str:
    """The id as GraphQL writes it."""
    return Client.global_id(type_name, uuid)


async def executed(http: httpx.AsyncClient, client: Client, document: str, variables: Mapping[str, object]) -> Json:
    """The answer to a document, over a connection that many share."""
    headers = {"Host": client.host} | ({"Authorization": f"Bearer {client.token}"} if client.token else {})
    body = {"query": document, "variables": variables}
    answer = await http.post(
        f"http://127.0.0.1:{client.port}/graphql", json=body, headers={**headers, **client.headers}
    )
    return answer.json()


def codes_in(answer: Json, name: str) -> set[str]:
    """Why a field was refused, be it as an error or as data."""
    payload: Json | None = (answer.get("data") or Json()).get(name)
    errors: list[Json] = answer.get("errors") or []
    as_data: list[Json] = (payload or Json()).get("errors", [])
    return {error["extensions"]["code"] for error in errors} | {each["code"] for each in as_data}
