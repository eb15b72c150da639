"""Networks and people as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1 import member_pb2, network_pb2, sign_in_pb2
from strawberry import relay

from services.gateway.api.context import Info
from services.gateway.api.relay import global_id
from services.gateway.wire import from_enum, required_when


@strawberry.enum(description="What somebody may do in a network.")
class Role(Enum):
    OWNER = "OWNER"
    ORGANISER = "ORGANISER"
    TREASURER = "TREASURER"
    MODERATOR = "MODERATOR"
    CIRCLE_LEADER = "CIRCLE_LEADER"
    ASSISTANT = "ASSISTANT"
    MEMBER = "MEMBER"
    GUEST = "GUEST"
    INTEGRATION = "INTEGRATION"


@strawberry.enum(description="An account's standing in a network.")
class Standing(Enum):
    GUEST = "GUEST"
    APPLICANT = "APPLICANT"
    ACTIVE = "ACTIVE"
    GRACE = "GRACE"
    LAPSED = "LAPSED"
    LEFT = "LEFT"


@strawberry.enum(description="A part of a profile that a member may let others be told.")
class ProfileField(Enum):
    COMPANY = "COMPANY"
    PROFESSION = "PROFESSION"
    ASKS = "ASKS"
    OFFERS = "OFFERS"


@strawberry.type(description="How the network looks on screen and in mails.")
class Look:
    logo_url: str | None
    primary_colour: str | None = strawberry.field(description='CSS hex colour, "#003b7a".')
    accent_colour: str | None = strawberry.field(description="CSS hex colour.")


@strawberry.type(description="A network's own word for one of ours.")
class Word:
    language: str = strawberry.field(description="BCP 47.")
    word: str = strawberry.field(description='Our word, "member".')
    text: str = strawberry.field(description='The network\'s own, "deelnemer".')


@strawberry.type(description="A business network with its own members, look, languages and words.")
class Network(relay.Node):
    uuid: relay.NodeID[str]
    slug: str = strawberry.field(description='Short name in addresses, "voka".')
    name: str
    hosts: list[str] = strawberry.field(description="Host names that lead here.")
    time_zone: str = strawberry.field(description='IANA name, "Europe/Brussels".')
    languages: list[str] = strawberry.field(description="BCP 47; the first is the default.")
    look: Look
    words: list[Word]
    guests_welcome: bool = strawberry.field(description="Whether somebody unknown who signs in becomes a guest.")

    @classmethod
    def of(cls, network: network_pb2.Network) -> Network:
        words: list[Word] = []
        for key, text in sorted(network.words.items()):
            language, _, word = key.partition("/")
            words.append(Word(language=language, word=word, text=text))
        return cls(
            uuid=network.id,
            slug=network.slug,
            name=network.name,
            hosts=list(network.hosts),
            time_zone=network.time_zone,
            languages=list(network.languages),
            look=Look(
                logo_url=network.look.logo_url or None,
                primary_colour=network.look.primary_colour or None,
                accent_colour=network.look.accent_colour or None,
            ),
            words=words,
            guests_welcome=network.guests_welcome,
        )


@strawberry.type(description="A person in this network.")
class Member(relay.Node):
    uuid: relay.NodeID[str]
    account_id: strawberry.ID = strawberry.field(description="The same as `id`.")
    name: str
    email: str | None = strawberry.field(
        description="Only for the person and for owners, organisers and assistants; null for others."
    )
    standing: Standing
    roles: list[Role]
    staff: bool = strawberry.field(description="Of the network's own office: outside capacity, dues and encounters.")
    company: str | None
    profession: str | None
    asks: list[str] = strawberry.field(description="Questions that the member would like to be helped with.")
    offers: list[str] = strawberry.field(description="What the member can help others with.")
    language: str = strawberry.field(description="BCP 47.")
    joined_at: datetime
    shared_fields: list[ProfileField] = strawberry.field(
        description="What of this profile others may be told as the reason for a seat, and moderators on call sheets. "
        "Only for the person and for owners, organisers and assistants; empty for others."
    )

    @classmethod
    def of(cls, member: member_pb2.Member) -> Member:
        return cls(
            uuid=member.account_id,
            account_id=global_id("Member", member.account_id),
            name=member.name,
            email=member.email or None,
            standing=from_enum(Standing, member_pb2.Standing, member.standing, "STANDING_"),
            roles=[from_enum(Role, access_pb2.Role, role, "ROLE_") for role in member.roles],
            staff=member.staff,
            company=member.company or None,
            profession=member.profession or None,
            asks=list(member.asks),
            offers=list(member.offers),
            language=member.language,
            joined_at=required_when(member.joined_at),
            shared_fields=[
                from_enum(ProfileField, member_pb2.ProfileField, field, "PROFILE_FIELD_")
                for field in member.shared_fields
            ],
        )


async def fetch_network(info: Info, network_id: str) -> Network | None:
    """The caller's network, as it stands now; None for any other."""
    if network_id != info.context.network.id:
        return None
    calls = info.context.calls
    response = await calls.call_as_gateway(calls.services.networks.GetNetwork, network_pb2.GetNetworkRequest())
    return Network.of(response.network)


async def load_member(info: Info, account_id: str) -> Member | None:
    """The person, through the operation's loader; None for an empty or unknown id."""
    member = await info.context.loaders.membership.members.load(account_id) if account_id else None
    return Member.of(member) if member else None


@strawberry.type(description="What a signed-in person holds.")
class Tokens:
    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer ...`.")
    access_expires_at: datetime
    refresh_token: str = strawberry.field(description="Good for one use.")
    refresh_expires_at: datetime
    account_id: strawberry.ID = strawberry.field(description="Whose they are: the id of a Member.")

    @classmethod
    def of(cls, tokens: sign_in_pb2.Tokens) -> Tokens:
        return cls(
            access_token=tokens.access_token,
            access_expires_at=required_when(tokens.access_expires_at),
            refresh_token=tokens.refresh_token,
            refresh_expires_at=required_when(tokens.refresh_expires_at),
            account_id=global_id("Member", tokens.account_id),
        )


@strawberry.type(description="One of several people who share an address.")
class AccountChoice:
    account_id: strawberry.ID = strawberry.field(description="Hand it in with the code: the id of a Member.")
    name: str

    @classmethod
    def of(cls, choice: sign_in_pb2.AccountChoice) -> AccountChoice:
        return cls(account_id=global_id("Member", choice.account_id), name=choice.name)
