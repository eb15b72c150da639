"""Members, and who of them is at an event, as the other services tell of them."""

from datetime import UTC
from uuid import UUID

from ontmoet.events.v1 import event_pb2, registration_pb2
from ontmoet.membership.v1 import member_pb2

from services.matching.domain.planning import Moderator, Roster
from services.matching.domain.profile import Profile, ProfileField
from services.matching.domain.sheets import Contact

_FIELDS = {
    member_pb2.PROFILE_FIELD_COMPANY: ProfileField.COMPANY,
    member_pb2.PROFILE_FIELD_PROFESSION: ProfileField.PROFESSION,
    member_pb2.PROFILE_FIELD_ASKS: ProfileField.ASKS,
    member_pb2.PROFILE_FIELD_OFFERS: ProfileField.OFFERS,
}


def decode_roster(roster: registration_pb2.GetRosterResponse, event: event_pb2.Event) -> Roster:
    return Roster(
        participants=tuple(UUID(each.account_id) for each in roster.participants),
        moderators=tuple(_decode_moderator(each) for each in roster.moderators),
        starts_at=event.starts_at.ToDatetime(tzinfo=UTC),
        ends_at=event.ends_at.ToDatetime(tzinfo=UTC),
        left={UUID(each.account_id): each.checked_out_at.ToDatetime(tzinfo=UTC) for each in roster.left},
        cancelled=event.state == event_pb2.EVENT_STATE_CANCELLED,
    )


def _decode_moderator(moderator: registration_pb2.Moderator) -> Moderator:
    return Moderator(
        account=UUID(moderator.account_id),
        available_from=moderator.available_from.ToDatetime(tzinfo=UTC)
        if moderator.HasField("available_from")
        else None,
        available_until=moderator.available_until.ToDatetime(tzinfo=UTC)
        if moderator.HasField("available_until")
        else None,
        withdrawn=moderator.HasField("withdrawn_at"),
    )


def decode_profile(member: member_pb2.Member) -> Profile:
    return Profile(
        account=UUID(member.account_id),
        company=member.company,
        profession=member.profession,
        asks=tuple(member.asks),
        offers=tuple(member.offers),
        version=member.version,
        language=member.language,
        staff=member.staff,
        shared=_shared(member),
    )


def decode_contact(member: member_pb2.Member) -> tuple[UUID, Contact]:
    company = member.company if ProfileField.COMPANY in _shared(member) else ""
    return UUID(member.account_id), Contact(name=member.name, email=member.email, company=company)


def _shared(member: member_pb2.Member) -> frozenset[ProfileField]:
    """What others may be told; a field that is new to us says nothing of what we tell."""
    return frozenset(_FIELDS[field] for field in member.shared_fields if field in _FIELDS)
