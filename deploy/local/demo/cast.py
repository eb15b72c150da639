"""Signing in as people do: ask for a code, read it in the mail, redeem it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from deploy.local.demo.client import Address, Client, DemoError, Json

AT_ONCE = 32  # how many people do something at the same moment


@dataclass(frozen=True)
class SignedIn:
    """Somebody with a token."""

    account: str
    client: Client


async def sign_in(address: Address, http: httpx.AsyncClient, email: str) -> SignedIn:
    """Sign in by the one-time code that arrives at `email`; nothing but the public endpoint and the mail is used."""
    client = Client(address, http)
    earlier = {mail["id"] for mail in await mails(address, http, email)}
    await client.change("requestCode", "expiresAt", email=email)
    code = await read_code(address, http, email, earlier)
    payload = await client.change("redeemCode", "tokens { accessToken accountId }", email=email, code=code)
    tokens: Json = payload["tokens"]
    return SignedIn(account=tokens["accountId"], client=Client(address, http, tokens["accessToken"]))


async def read_code(address: Address, http: httpx.AsyncClient, email: str, earlier: set[str]) -> str:
    """The six digits of the first mail to `email` that is not one of the `earlier` ones, as soon as it is there."""
    for _ in range(200):
        for mail in await mails(address, http, email):
            found = re.search(r"^\s*(\d{6})\s*$", mail["text"], re.MULTILINE)
            if found and mail["id"] not in earlier:
                return found.group(1)
        await asyncio.sleep(0.1)
    raise DemoError(f"no code arrived at {email}")


async def mails(address: Address, http: httpx.AsyncClient, email: str) -> list[Json]:
    """What the mail sink holds for `email`, the latest first."""
    answer = await http.get(f"{address.base}/dev/mail", params={"to": email}, headers={"Accept": "application/json"})
    return answer.json()


async def sign_in_all(address: Address, http: httpx.AsyncClient, emails: Sequence[str]) -> list[SignedIn]:
    """Sign in many, 32 at a time, in the order of their addresses."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(email: str) -> SignedIn:
        async with limit:
            return await sign_in(address, http, email)

    return list(await asyncio.gather(*(one(email) for email in emails)))
