import pytest

from services.common.caller import Caller, Role
from services.common.refusals import Forbidden, Invalid
from services.membership.domain.facts import MemberJoined, ProfileChanged, RolesChanged
from services.membership.domain.joining import reader_meant
from services.membership.domain.member import LastOwner, ProfileField, Standing
from services.membership.domain.network import LanguageUnknown
from services.membership.domain.sign_in import Account
from tests.support.membership import NOON, a_member, a_network, caller_with, somebody_new

OWNER = caller_with(Role.OWNER)


def test_who_is_added_without_a_role_becomes_an_active_member_who_speaks_the_networks_language():
    person = somebody_new("ann").checked(a_network(), OWNER, "")
    member, fact = person.join(OWNER.account, now=NOON)
    assert (member.standing, member.roles, member.language) == (Standing.ACTIVE, {Role.MEMBER}, "nl-BE")
    assert fact == MemberJoined(aggregate=OWNER.account, version=1, roles=frozenset({Role.MEMBER}), staff=False)


def test_who_is_added_as_a_guest_has_no_standing_yet():
    member, _ = somebody_new(roles=frozenset({Role.GUEST})).join(OWNER.account, now=NOON)
    assert member.standing is Standing.GUEST


@pytest.mark.parametrize("role", [Role.OWNER, Role.ORGANISER, Role.TREASURER, Role.ASSISTANT])
def test_an_organiser_cannot_hand_out_power_over_the_network(role: Role):
    person = somebody_new(roles=frozenset({role}))
    with pytest.raises(Forbidden):
        person.checked(a_network(), caller_with(Role.ORGANISER), "members[0].")
    assert person.checked(a_network(), OWNER, "").roles == {role}


def test_an_organiser_may_add_moderators():
    person = somebody_new(roles=frozenset({Role.MODERATOR}), staff=True)
    assert person.checked(a_network(), caller_with(Role.ORGANISER), "").staff


def test_a_person_is_no_integration():
    with pytest.raises(Invalid):
        somebody_new(roles=frozenset({Role.INTEGRATION})).checked(a_network(), OWNER, "")


def test_the_last_owner_cannot_lose_the_role():
    owner = a_member("Ann", Role.OWNER)
    with pytest.raises(LastOwner):
        owner.change_roles(frozenset({Role.MEMBER}), staff=False, owners=[owner.account_id])


def test_an_owner_may_step_down_when_another_remains():
    owner, other = a_member("Ann", Role.OWNER), a_member("Bo", Role.OWNER)
    both = [owner.account_id, other.account_id]
    changed, facts = owner.change_roles(frozenset({Role.MEMBER}), staff=False, owners=both)
    assert changed.roles == {Role.MEMBER}
    assert facts == [RolesChanged(aggregate=owner.account_id, version=2, roles=changed.roles, staff=False)]


def test_a_guest_who_gets_a_role_has_a_standing():
    guest = a_member("Ann", Role.GUEST, standing=Standing.GUEST)
    changed, _ = guest.change_roles(frozenset({Role.MEMBER}), staff=False, owners=[])
    assert changed.standing is Standing.ACTIVE


def test_giving_the_same_roles_again_changes_nothing():
    member = a_member("Ann", Role.MODERATOR, staff=True)
    assert member.change_roles(frozenset({Role.MODERATOR}), staff=True, owners=[]) == (member, [])


def test_nobody_can_be_left_without_any_role():
    with pytest.raises(Invalid):
        a_member().change_roles(frozenset(), staff=False, owners=[])


def test_a_profile_keeps_what_is_not_named():
    member = a_member("Ann", company="Aerts", asks=("export",))
    changed, facts = member.change_profile({"profession": " drukker ", "asks": []}, a_network())
    assert (changed.company, changed.profession, changed.asks) == ("Aerts", "drukker", ())
    assert facts == [ProfileChanged(aggregate=member.account_id, version=2)]


def test_a_profile_that_stays_the_same_tells_nobody():
    member = a_member("Ann", company="Aerts")
    assert member.change_profile({"company": "Aerts "}, a_network()) == (member, [])


def test_a_profile_names_the_wrong_field():
    with pytest.raises(Invalid) as refused:
        a_member().change_profile({"name": " "}, a_network())
    assert refused.value.field == "name"
    with pytest.raises(LanguageUnknown):
        a_member().change_profile({"language": "de-DE"}, a_network())


def test_nothing_of_a_profile_is_shared_unless_the_member_agreed_to_it():
    silent, _ = somebody_new(company="Aerts", asks=("export",)).join(OWNER.account, now=NOON)
    assert silent.shared_fields == frozenset()
    agreed = somebody_new(company="Aerts", shared_fields=frozenset({ProfileField.COMPANY})).checked(
        a_network(), OWNER, ""
    )
    assert agreed.join(OWNER.account, now=NOON)[0].shared_fields == {ProfileField.COMPANY}


def test_what_is_shared_stays_when_it_is_not_named_and_is_withdrawn_by_naming_nothing():
    member = a_member("Ann", shared_fields=frozenset({ProfileField.ASKS}))
    kept, _ = member.change_profile({"company": "Aerts"}, a_network())
    assert kept.shared_fields == {ProfileField.ASKS}
    withdrawn, facts = member.change_profile({"shared_fields": frozenset()}, a_network())
    assert (withdrawn.shared_fields, withdrawn.version) == (frozenset(), 2)
    assert facts == [ProfileChanged(aggregate=member.account_id, version=2)]
    assert withdrawn.change_profile({"shared_fields": frozenset()}, a_network()) == (withdrawn, [])


def test_an_address_and_what_is_shared_are_for_their_owner_for_who_runs_the_network_and_for_our_services():
    ann = a_member("Ann")
    allowed = [caller_with(role) for role in (Role.OWNER, Role.ORGANISER, Role.ASSISTANT)]
    allowed += [caller_with(Role.GUEST, account=ann.account_id), Caller(None, None, service="matching")]
    assert all(ann.confides_in(caller) for caller in allowed)
    others = [caller_with(role) for role in (Role.MEMBER, Role.GUEST, Role.MODERATOR, Role.TREASURER)]
    assert not any(ann.confides_in(caller) for caller in others)


def test_a_shared_mailbox_points_to_the_member_of_that_name_then_to_a_member_then_to_the_oldest():
    ann, bo, cas = a_member("Ann"), a_member("Bo"), a_member("Cas")
    readers = [Account(each.account_id, each.name) for each in (ann, bo, cas)]
    here = {bo.account_id: bo, cas.account_id: cas}
    assert reader_meant("cas", readers, here).name == "Cas"
    assert reader_meant("Ann", readers, here).name == "Bo"
    assert reader_meant("Dirk", readers, {}).name == "Ann"
