"""Between protobuf and the domain; pure functions."""

from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1 import facts_pb2, member_pb2, network_pb2, sign_in_pb2

from services.common.caller import Caller, Role
from services.common.facts import Fact
from services.common.refusals import Invalid
from services.membership.domain.facts import MemberJoined, NetworkUpdated, ProfileChanged, RolesChanged
from services.membership.domain.member import Member, NewMember, ProfileChange, ProfileField
from services.membership.domain.network import Look, Network
from services.membership.domain.sign_in import Account, Tokens
from services.membership.domain.texts import EmailAddress

_ROLE = "ROLE_"
_STANDING = "STANDING_"
_PROFILE_FIELD = "PROFILE_FIELD_"
_EMAIL_LENGTH = 254


def email_address(text: str, field: str) -> EmailAddress:
    """The address, normalised and in lower case; raises Invalid, naming the field, when it is none.

    Only its form is looked at: whether mail arrives there, a code will show.
    """
    text = text.strip()
    try:
        if len(text) > _EMAIL_LENGTH:
            raise EmailNotValidError
        valid = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Invalid(field, "This is not an e-mail address.", rule="email") from None
    return EmailAddress(valid.normalized.lower())


def code(text: str) -> str:
    """A one-time code as people type or paste it, with space around or between its digits."""
    return "".join(text.split())


def network_to_proto(network: Network) -> network_pb2.Network:
    return network_pb2.Network(
        id=str(network.id),
        slug=network.slug,
        name=network.name,
        hosts=network.hosts,
        time_zone=network.time_zone,
        languages=network.languages,
        look=network_pb2.Look(
            logo_url=network.look.logo_url,
            primary_colour=network.look.primary_colour,
            accent_colour=network.look.accent_colour,
        ),
        words=network.words,
        guests_welcome=network.guests_welcome,
        version=network.version,
    )


def look_from_proto(look: network_pb2.Look) -> Look:
    return Look(look.logo_url, look.primary_colour, look.accent_colour)


def member_to_proto(member: Member, caller: Caller) -> member_pb2.Member:
    """The member as the caller may see them: the address and what is shared are empty for most."""
    confided = member.confides_in(caller)
    return member_pb2.Member(
        account_id=str(member.account_id),
        name=member.name,
        email=member.email if confided else "",
        standing=member_pb2.Standing.Value(_STANDING + member.standing.name),
        roles=_roles_to_proto(member.roles),
        staff=member.staff,
        company=member.company,
        profession=member.profession,
        asks=member.asks,
        offers=member.offers,
        language=member.language,
        joined_at=timestamp(member.joined_at),
        version=member.version,
        shared_fields=_profile_fields_to_proto(member.shared_fields) if confided else (),
    )


def new_member_from_proto(person: member_pb2.NewMember, at: str) -> NewMember:
    """Somebody to add; `at` is where they stand in the request, for refusals."""
    return NewMember(
        email=email_address(person.email, f"{at}email"),
        name=person.name,
        company=person.company,
        profession=person.profession,
        roles=roles_from_proto(person.roles, f"{at}roles"),
        staff=person.staff,
        language=person.language,
        asks=tuple(person.asks),
        offers=tuple(person.offers),
        shared_fields=_profile_fields(person.shared_fields, f"{at}shared_fields"),
    )


def profile_change_from_proto(request: member_pb2.UpdateProfileRequest) -> ProfileChange:
    """What the request names; an empty list of asks, offers or shared fields is a change, a missing one is not."""
    change: ProfileChange = {}
    if request.HasField("name"):
        change["name"] = request.name
    if request.HasField("company"):
        change["company"] = request.company
    if request.HasField("profession"):
        change["profession"] = request.profession
    if request.HasField("asks"):
        change["asks"] = tuple(request.asks.topics)
    if request.HasField("offers"):
        change["offers"] = tuple(request.offers.topics)
    if request.HasField("language"):
        change["language"] = request.language
    if request.HasField("shared_fields"):
        change["shared_fields"] = _profile_fields(request.shared_fields.fields, "shared_fields")
    return change


def roles_from_proto(numbers: "Iterable[access_pb2.Role.ValueType]", field: str) -> frozenset[Role]:
    return frozenset(role_from_proto(number, field) for number in numbers)


def role_from_proto(number: "access_pb2.Role.ValueType", field: str) -> Role:
    """Our role; raises Invalid for one that is unspecified or not known here."""
    try:
        return Role[access_pb2.Role.Name(number).removeprefix(_ROLE)]
    except (KeyError, ValueError):
        raise Invalid(field, "There is no such role.", rule="role") from None


def tokens_to_proto(tokens: Tokens) -> sign_in_pb2.Tokens:
    return sign_in_pb2.Tokens(
        access_token=tokens.access_token,
        access_expires_at=timestamp(tokens.access_expires_at),
        refresh_token=tokens.refresh_token,
        refresh_expires_at=timestamp(tokens.refresh_expires_at),
        account_id=str(tokens.account_id),
    )


def redeemed_to_proto(outcome: Tokens | list[Account]) -> sign_in_pb2.RedeemCodeResponse:
    if isinstance(outcome, Tokens):
        return sign_in_pb2.RedeemCodeResponse(tokens=tokens_to_proto(outcome))
    choices = [sign_in_pb2.AccountChoice(account_id=str(each.id), name=each.name) for each in outcome]
    return sign_in_pb2.RedeemCodeResponse(choices=sign_in_pb2.AccountChoices(choices=choices))


def encode_fact(fact: Fact) -> Message:
    """The fact as it travels; nothing personal is in it."""
    aggregate = str(fact.aggregate)
    match fact:
        case MemberJoined():
            return facts_pb2.MemberJoined(account_id=aggregate, roles=_roles_to_proto(fact.roles), staff=fact.staff)
        case RolesChanged():
            return facts_pb2.RolesChanged(account_id=aggregate, roles=_roles_to_proto(fact.roles), staff=fact.staff)
        case ProfileChanged():
            return facts_pb2.ProfileChanged(account_id=aggregate)
        case NetworkUpdated():
            return facts_pb2.NetworkUpdated(network_id=aggregate)
        case _:
            raise TypeError(f"{type(fact).__name__} is not a fact of membership")


def timestamp(moment: datetime) -> Timestamp:
    result = Timestamp()
    result.FromDatetime(moment)
    return result


def _profile_fields(numbers: "Iterable[member_pb2.ProfileField.ValueType]", field: str) -> frozenset[ProfileField]:
    return frozenset(_profile_field(number, field) for number in numbers)


def _profile_field(number: "member_pb2.ProfileField.ValueType", field: str) -> ProfileField:
    """Our field; raises Invalid for one that is unspecified or not known here."""
    try:
        return ProfileField[member_pb2.ProfileField.Name(number).removeprefix(_PROFILE_FIELD)]
    except (KeyError, ValueError):
        message = "Of a profile company, profession, asks and offers can be shared."
        raise Invalid(field, message, rule="profile_field") from None


def _profile_fields_to_proto(fields: Iterable[ProfileField]) -> "list[member_pb2.ProfileField.ValueType]":
    return sorted(member_pb2.ProfileField.Value(_PROFILE_FIELD + field.name) for field in fields)


def _roles_to_proto(roles: Iterable[Role]) -> "list[access_pb2.Role.ValueType]":
    return sorted(access_pb2.Role.Value(_ROLE + role.name) for role in roles)
