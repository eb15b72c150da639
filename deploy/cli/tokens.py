"""User tokens for curl and tests, on a developer's own machine."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from deploy.cli.databases import local_url, opened
from deploy.local.failures import LocalFailure
from deploy.local.home import Home
from deploy.local.keys import Keys
from services.common.identity.keys import load_signing_keys
from services.common.identity.tokens import sign_access_token
from services.common.storage.ddl import service_role
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.find_sign_in import find_sign_in
from services.membership.wire import email_address, encode_fact

LIFETIME = timedelta(hours=1)


def token(
    network: Annotated[str, typer.Argument(help="The network's slug or host name, such as voka.")],
    email: Annotated[str, typer.Argument(help="An address of one of its people, such as organiser@voka.example.")],
) -> None:
    """Print a user token for the running local system; it holds for an hour. Development only."""
    if os.environ.get("ONTMOET_ENVIRONMENT", "development") != "development":
        raise LocalFailure("tokens are made for development only; elsewhere people sign in")
    print(asyncio.run(_token(network, email)))


async def _token(network: str, email: str) -> str:
    async with opened(local_url(service_role("membership"), "membership"), "membership") as database:
        uow = Uow(database, MembershipTransaction, encode=encode_fact)
        found = await find_sign_in(uow, network, email_address(email, "email"))
    signing_keys = load_signing_keys(Keys(Home.from_environment().keys).signing)
    return sign_access_token(
        signing_keys[0],
        account=found.account_id,
        network=found.network_id,
        roles=found.roles,
        lifetime=LIFETIME,
        now=datetime.now(UTC),
    )
