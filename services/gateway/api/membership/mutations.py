"""What can be changed about the network and its people, and signing in."""

from __future__ import annotations

from datetime import datetime

import strawberry
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1.member_pb2 import (
    AddMembersRequest,
    ChangeRolesRequest,
    NewMember,
    ProfileFields,
    Topics,
    UpdateProfileRequest,
)
from ontmoet.membership.v1.member_pb2 import ProfileField as ProfileFieldMessage
from ontmoet.membership.v1.network_pb2 import Languages, UpdateNetworkRequest, Words
from ontmoet.membership.v1.network_pb2 import Look as LookMessage
from ontmoet.membership.v1.sign_in_pb2 import (
    RedeemCodeRequest,
    RefreshTokensRequest,
    RequestCodeRequest,
    SignOutRequest,
)

from services.gateway.api.context import Info
from services.gateway.api.membership.types import AccountChoice, Member, Network, ProfileField, Role, Tokens
from services.gateway.api.mutation import Payload, Refusable, mutate
from services.gateway.api.relay import uuid_of
from services.gateway.wire import required_when, to_enum


@strawberry.input
class RequestCodeInput:
    email: str


@strawberry.type
class RequestCodePayload(Payload):
    expires_at: datetime | None = strawberry.field(
        default=None, description="Until when a code, if one was sent, can be redeemed."
    )


@strawberry.input
class RedeemCodeInput:
    email: str
    code: str = strawberry.field(description="Six digits.")
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="One of the choices of an earlier answer, when several people share the address."
    )
    name: str | None = strawberry.field(default=None, description="For a guest who is new here.")


@strawberry.type
class RedeemCodePayload(Payload):
    tokens: Tokens | None = None
    choices: list[AccountChoice] = strawberry.field(
        default_factory=list[AccountChoice],
        description="Who it may be, when several people share the address; the code stays good meanwhile.",
    )


@strawberry.input
class RefreshTokensInput:
    refresh_token: str


@strawberry.type
class RefreshTokensPayload(Payload):
    tokens: Tokens | None = None


@strawberry.input
class SignOutInput:
    refresh_token: str


@strawberry.type
class SignOutPayload(Payload):
    signed_out: bool = False


@strawberry.input
class LookInput:
    logo_url: str | None = None
    primary_colour: str | None = None
    accent_colour: str | None = None


@strawberry.input
class WordInput:
    language: str
    word: str
    text: str


@strawberry.input(description="What is left out stays.")
class UpdateNetworkInput:
    name: str | None = None
    look: LookInput | None = strawberry.field(default=None, description="Replaces the look whole.")
    guests_welcome: bool | None = None
    languages: list[str] | None = strawberry.field(
        default=None, description="Replaces the languages whole; one at least."
    )
    words: list[WordInput] | None = strawberry.field(default=None, description="Replaces the words whole.")


@strawberry.type
class UpdateNetworkPayload(Payload):
    network: Network | None = None


@strawberry.input
class NewMemberInput:
    email: str
    name: str
    company: str = ""
    profession: str = ""
    roles: list[Role] = strawberry.field(default_factory=list[Role], description="None means a plain member.")
    staff: bool = False
    language: str = strawberry.field(default="", description="BCP 47; empty means the network's default.")
    asks: list[str] = strawberry.field(default_factory=list[str])
    offers: list[str] = strawberry.field(default_factory=list[str])
    shared_fields: list[ProfileField] = strawberry.field(
        default_factory=list[ProfileField],
        description="What others may be told, as the person agreed when they gave these facts.",
    )


@strawberry.input
class AddMembersInput:
    members: list[NewMemberInput] = strawberry.field(description="At most 500.")


@strawberry.type
class AddMembersPayload(Payload):
    members: list[Member] = strawberry.field(
        default_factory=list[Member], description="In the order asked; those who were there already as they are."
    )


@strawberry.input(description="What is left out stays.")
class UpdateProfileInput:
    name: str | None = None
    company: str | None = None
    profession: str | None = None
    asks: list[str] | None = strawberry.field(default=None, description="Replaces the asks whole.")
    offers: list[str] | None = strawberry.field(default=None, description="Replaces the offers whole.")
    language: str | None = None
    shared_fields: list[ProfileField] | None = strawberry.field(
        default=None, description="What others may be told; replaces the shared fields whole."
    )


@strawberry.type
class UpdateProfilePayload(Payload):
    member: Member | None = None


@strawberry.input
class ChangeRolesInput:
    account_id: strawberry.ID
    roles: list[Role]
    staff: bool


@strawberry.type
class ChangeRolesPayload(Payload):
    member: Member | None = None


@strawberry.type
class SignInMutations:
    @strawberry.mutation(
        extensions=[Refusable()],
        description="Sends a one-time code by mail, and answers the same whether or not the address may sign in.",
    )
    async def request_code(self, info: Info, input: RequestCodeInput) -> RequestCodePayload:
        context = info.context
        request = RequestCodeRequest(
            email=input.email, language=context.language, client_address=context.client_address
        )
        response = await context.calls.call_as_gateway(context.calls.services.sign_in.RequestCode, request)
        return RequestCodePayload(expires_at=required_when(response.expires_at))

    @strawberry.mutation(extensions=[Refusable()], description="Trades a one-time code for tokens.")
    async def redeem_code(self, info: Info, input: RedeemCodeInput) -> RedeemCodePayload:
        context = info.context
        request = RedeemCodeRequest(
            email=input.email,
            code=input.code,
            account_id=uuid_of("Member", input.account_id, "account_id") if input.account_id else None,
            name=input.name,
            client_address=context.client_address,
        )
        response = await context.calls.call_as_gateway(context.calls.services.sign_in.RedeemCode, request)
        if response.HasField("tokens"):
            return RedeemCodePayload(tokens=Tokens.of(response.tokens))
        return RedeemCodePayload(choices=[AccountChoice.of(choice) for choice in response.choices.choices])

    @strawberry.mutation(
        extensions=[Refusable()],
        description="Trades a refresh token for new tokens. One that is used twice ends the session.",
    )
    async def refresh_tokens(self, info: Info, input: RefreshTokensInput) -> RefreshTokensPayload:
        calls = info.context.calls
        request = RefreshTokensRequest(refresh_token=input.refresh_token)
        response = await calls.call_as_gateway(calls.services.sign_in.RefreshTokens, request)
        return RefreshTokensPayload(tokens=Tokens.of(response.tokens))

    @strawberry.mutation(extensions=[Refusable()], description="Ends a session, whether or not there is one.")
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutPayload:
        calls = info.context.calls
        request = SignOutRequest(refresh_token=input.refresh_token)
        await calls.call_as_gateway(calls.services.sign_in.SignOut, request)
        return SignOutPayload(signed_out=True)


@strawberry.type
class MembershipMutations:
    @strawberry.mutation(extensions=[Refusable()], description="Changes the network. For owners.")
    async def update_network(self, info: Info, input: UpdateNetworkInput) -> UpdateNetworkPayload:
        request = UpdateNetworkRequest(
            name=input.name,
            guests_welcome=input.guests_welcome,
            languages=None if input.languages is None else Languages(languages=input.languages),
        )
        if input.words is not None:
            request.words.CopyFrom(Words(words={f"{word.language}/{word.word}": word.text for word in input.words}))
        if look := input.look:
            request.look.CopyFrom(
                LookMessage(
                    logo_url=look.logo_url or "",
                    primary_colour=look.primary_colour or "",
                    accent_colour=look.accent_colour or "",
                )
            )
        response = await mutate(info, info.context.calls.services.networks.UpdateNetwork, request)
        info.context.network_changed()
        return UpdateNetworkPayload(network=Network.of(response.network))

    @strawberry.mutation(
        extensions=[Refusable()], description="Adds people; those who are there already stay as they are."
    )
    async def add_members(self, info: Info, input: AddMembersInput) -> AddMembersPayload:
        request = AddMembersRequest(members=[_new_member(member) for member in input.members])
        response = await mutate(info, info.context.calls.services.members.AddMembers, request)
        return AddMembersPayload(members=[Member.of(member) for member in response.members])

    @strawberry.mutation(extensions=[Refusable()], description="Changes one's own profile.")
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> UpdateProfilePayload:
        request = UpdateProfileRequest(
            name=input.name,
            company=input.company,
            profession=input.profession,
            asks=None if input.asks is None else Topics(topics=input.asks),
            offers=None if input.offers is None else Topics(topics=input.offers),
            language=input.language,
            shared_fields=None
            if input.shared_fields is None
            else ProfileFields(fields=_profile_fields(input.shared_fields)),
        )
        response = await mutate(info, info.context.calls.services.members.UpdateProfile, request)
        return UpdateProfilePayload(member=Member.of(response.member))

    @strawberry.mutation(extensions=[Refusable()], description="Replaces somebody's roles. For owners.")
    async def change_roles(self, info: Info, input: ChangeRolesInput) -> ChangeRolesPayload:
        request = ChangeRolesRequest(
            account_id=uuid_of("Member", input.account_id, "account_id"),
            roles=[to_enum(access_pb2.Role, role, "ROLE_") for role in input.roles],
            staff=input.staff,
        )
        response = await mutate(info, info.context.calls.services.members.ChangeRoles, request)
        return ChangeRolesPayload(member=Member.of(response.member))


def _new_member(member: NewMemberInput) -> NewMember:
    return NewMember(
        email=member.email,
        name=member.name,
        company=member.company,
        profession=member.profession,
        roles=[to_enum(access_pb2.Role, role, "ROLE_") for role in member.roles],
        staff=member.staff,
        language=member.language,
        asks=member.asks,
        offers=member.offers,
        shared_fields=_profile_fields(member.shared_fields),
    )


def _profile_fields(fields: list[ProfileField]) -> list[ProfileFieldMessage.ValueType]:
    return [to_enum(ProfileFieldMessage, field, "PROFILE_FIELD_") for field in fields]
