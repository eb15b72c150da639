from datetime import timedelta

import pytest

from services.common.refusals import TooMany
from services.membership.domain.member import Standing
from services.membership.domain.sign_in import (
    CODES_PER_CLIENT,
    TRIES_PER_CODE,
    WRONG_TRIES_PER_CLIENT,
    Account,
    CodeInvalid,
    CodeSecrets,
    candidates,
    check_request,
    client_key,
    guess,
    is_welcome,
    new_code,
)
from tests.support.membership import NOON, a_member, a_network, an_open_code

SECRETS = CodeSecrets((b"new key", b"old key"))
CODE = "012345"
GOOD = SECRETS.digest(CODE, b"salt")


def test_a_code_has_six_digits():
    codes = [new_code() for _ in range(200)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 190


def test_a_code_is_stored_hashed_under_a_salt_and_a_key_of_its_own():
    assert CODE.encode() not in GOOD
    assert SECRETS.digest(CODE, b"other salt") != GOOD
    assert CodeSecrets((b"old key",)).digest(CODE, b"salt") != GOOD


def test_a_code_stays_good_while_the_key_that_hashed_it_is_known():
    assert CodeSecrets((b"newest key", b"new key")).match(CODE, b"salt", GOOD)
    assert not CodeSecrets((b"newest key",)).match(CODE, b"salt", GOOD)


def test_the_right_code_is_found_among_the_open_ones():
    mine = an_open_code(GOOD)
    assert guess([an_open_code(bytes(32)), mine], CODE, SECRETS, wrong_of_client=0) == mine


@pytest.mark.parametrize("code", ["", "12345", "543210", "012345 ", "０１２３４５"])
def test_a_wrong_code_is_refused(code: str):
    assert isinstance(guess([an_open_code(GOOD)], code, SECRETS, wrong_of_client=0), CodeInvalid)


def test_who_was_mailed_no_code_is_refused_like_who_tries_a_wrong_one():
    unknown = guess([an_open_code(None)], CODE, SECRETS, wrong_of_client=0)
    wrong = guess([an_open_code(bytes(32))], CODE, SECRETS, wrong_of_client=0)
    assert isinstance(unknown, CodeInvalid)
    assert isinstance(wrong, CodeInvalid)
    assert unknown.message == wrong.message


def test_after_five_tries_even_the_right_code_is_refused():
    assert guess([an_open_code(GOOD, tries=TRIES_PER_CODE - 1)], CODE, SECRETS, wrong_of_client=0)
    refused = guess([an_open_code(GOOD, tries=TRIES_PER_CODE)], CODE, SECRETS, wrong_of_client=0)
    assert isinstance(refused, TooMany)


def test_a_client_that_tried_many_wrong_codes_must_wait():
    refused = guess([an_open_code(GOOD)], CODE, SECRETS, wrong_of_client=WRONG_TRIES_PER_CLIENT)
    assert isinstance(refused, TooMany)


def test_the_sixth_code_for_a_mailbox_must_wait_until_the_first_is_a_quarter_of_an_hour_old():
    times = [NOON + timedelta(minutes=minute) for minute in range(5)]
    check_request(of_mailbox=times[:4], of_client=0, now=NOON + timedelta(minutes=5))
    with pytest.raises(TooMany) as refused:
        check_request(of_mailbox=times, of_client=0, now=NOON + timedelta(minutes=5))
    assert refused.value.retry_after == timedelta(minutes=10)


def test_a_whole_event_may_sign_in_from_one_address_but_not_without_end():
    check_request(of_mailbox=[], of_client=152, now=NOON)
    with pytest.raises(TooMany):
        check_request(of_mailbox=[], of_client=CODES_PER_CLIENT, now=NOON)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("not an address", "not an address"),
    ],
)
def test_a_client_cannot_change_into_another_by_choosing_among_its_own_addresses(address: str, client: str):
    assert client_key(address) == client


def test_only_who_has_a_standing_here_may_sign_in():
    ann, left = a_member("Ann"), a_member("Bo", standing=Standing.LEFT)
    accounts = [Account(ann.account_id, "Ann"), Account(left.account_id, "Bo"), Account(a_member().account_id, "Cas")]
    members = {member.account_id: member for member in (ann, left)}
    for welcome in (True, False):
        network = a_network(guests_welcome=welcome)
        assert [each.name for each in candidates(network, accounts, members)] == ["Ann"]


def test_strangers_are_mailed_a_code_only_where_guests_are_welcome():
    for welcome in (True, False):
        network = a_network(guests_welcome=welcome)
        assert is_welcome(network, [], {}) is welcome
        assert is_welcome(network, [Account(a_member().account_id, "Ann")], {}) is welcome


def test_who_left_does_not_come_back_as_a_stranger():
    left = a_member("Bo", standing=Standing.LEFT)
    accounts = [Account(left.account_id, "Bo")]
    assert not is_welcome(a_network(guests_welcome=True), accounts, {left.account_id: left})
