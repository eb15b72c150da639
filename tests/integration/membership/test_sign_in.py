import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from ontmoet.membership.v1 import sign_in_pb2
from sqlalchemy import event

from services.common.caller import Caller, Role
from services.common.identity.keys import by_kid, public_keys
from services.common.ids import new_id
from services.common.refusals import Kind
from services.common.rpc.channel import as_service
from services.membership.domain.network import LANGUAGES
from services.membership.domain.texts import EmailAddress
from services.membership.usecases.find_sign_in import find_sign_in
from services.membership.usecases.members import add_reader
from services.membership.usecases.request_code import request_code
from tests.support.mail import body_of, code_in
from tests.support.membership import caller_with, somebody_new
from tests.support.membership_service import RunningMembership
from tests.support.refusals import refused


def unique(mailbox: str = "ann") -> EmailAddress:
    """An address that no other test uses."""
    return EmailAddress(f"{mailbox}.{new_id().hex}@voka.example")


async def test_a_member_signs_in_with_the_code_that_came_by_mail(membership: RunningMembership):
    ann = somebody_new(unique(), name="Ann", roles=frozenset({Role.ORGANISER, Role.MEMBER}))
    network = await membership.network(ann)
    tokens = await membership.signed_in(network, ann.email)
    caller = await membership.verifier.verify(tokens.access_token)
    assert (caller.network_id, str(caller.account_id)) == (network.id, tokens.account_id)
    assert caller.roles == {Role.ORGANISER, Role.MEMBER}
    lifetime = tokens.access_expires_at.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(minutes=14) < lifetime <= timedelta(minutes=15, seconds=5)


async def test_an_address_may_be_written_in_capitals(membership: RunningMembership):
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email.upper())
    assert (await membership.redeem(network, f" {ann.email.title()} ", await membership.sink.code_to(ann.email))).tokens


@pytest.mark.parametrize(
    ("language", "words"), [("fr-BE", "votre code"), ("nl-BE", "uw code"), ("nl-NL", "je code"), ("en", "your code")]
)
async def test_the_mail_comes_from_the_network_in_the_readers_language(
    membership: RunningMembership, language: str, words: str
):
    ann = somebody_new(unique())
    network = await membership.network(ann, name="Voka & Zoë 🎉", languages=LANGUAGES)
    await membership.request(network, ann.email, language=language)
    mail = await membership.sink.mail_to(ann.email)
    assert mail["Subject"].startswith("Voka & Zoë 🎉")
    assert words in body_of(mail)
    assert mail["From"].addresses[0].display_name == "Voka & Zoë 🎉"
    assert mail["From"].addresses[0].addr_spec == "noreply@ontmoet.example"
    assert code_in(mail) not in str(mail.items())
    assert "http" not in body_of(mail)


async def test_a_mail_is_in_the_members_language_when_the_request_names_none(membership: RunningMembership):
    ann = somebody_new(unique(), language="fr-BE")
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    assert "votre code" in body_of(await membership.sink.mail_to(ann.email))


async def test_a_code_is_good_once(membership: RunningMembership):
    """A3: a spent code is refused."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    await membership.redeem(network, ann.email, code)
    with refused(Kind.UNAUTHENTICATED) as answer:
        await membership.redeem(network, ann.email, code)
    assert answer.reason == "CODE_INVALID"


async def test_of_many_at_once_one_redeems_the_code(membership: RunningMembership):
    """A3: also when twenty hold it at the same moment."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    answers = await asyncio.gather(
        *(membership.redeem(network, ann.email, code) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, sign_in_pb2.RedeemCodeResponse) for answer in answers) == 1


async def test_a_code_is_short_lived_by_the_databases_clock(membership: RunningMembership):
    """A3: ten minutes, as the database counts them."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    answer = await membership.request(network, ann.email)
    lifetime = answer.expires_at.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(minutes=9) < lifetime <= timedelta(minutes=10, seconds=5)
    code = await membership.sink.code_to(ann.email)
    await membership.as_admin(
        f"UPDATE code_requests SET expires_at = clock_timestamp() WHERE network_id = '{network.id}'"
    )
    with refused(Kind.UNAUTHENTICATED) as refusal:
        await membership.redeem(network, ann.email, code)
    assert refusal.reason == "CODE_INVALID"


async def test_after_few_tries_a_code_is_worth_nothing(membership: RunningMembership):
    """A3: the sixth try is refused although it is right; a new code helps."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    for _ in range(5):
        with refused(Kind.UNAUTHENTICATED):
            await membership.redeem(network, ann.email, another(code))
    with refused(Kind.TOO_MANY):
        await membership.redeem(network, ann.email, code)
    assert (await membership.signed_in(network, ann.email)).access_token


async def test_tries_at_once_do_not_count_as_one(membership: RunningMembership):
    """A3: fifty parallel guesses are five tries."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    guesses = (membership.redeem(network, ann.email, another(code)) for _ in range(50))
    refusals = await asyncio.gather(*guesses, return_exceptions=True)
    invalid = [refusal for refusal in refusals if "UNAUTHENTICATED" in repr(refusal)]
    assert len(invalid) == 5


async def test_codes_are_stored_hashed(membership: RunningMembership):
    """A3: no column holds the code."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    async with membership.uow.begin(network.id) as tx:
        rows = await tx.connection.exec_driver_sql("SELECT code_requests::text FROM code_requests")
        stored = [row[0] for row in rows]
    assert len(stored) == 1
    assert ann.email in stored[0]
    assert f",{code}," not in stored[0]
    assert code.encode().hex() not in stored[0]


async def test_a_mailbox_gets_few_codes_in_a_while_and_so_does_one_of_nobody(membership: RunningMembership):
    """A3: rate limited per mailbox, whether or not there is an account."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    for mailbox in (ann.email, unique("nobody")):
        for _ in range(5):
            await membership.request(network, mailbox)
        with refused(Kind.TOO_MANY) as answer:
            await membership.request(network, mailbox)
        assert answer.refusal.retry_after is not None
        assert timedelta(minutes=10) < answer.refusal.retry_after <= timedelta(minutes=15)


async def test_requests_at_once_do_not_slip_through_the_limit(membership: RunningMembership):
    """A3: of thirty parallel requests for one mailbox, five are taken."""
    network, mailbox = await membership.network(), unique("nobody")
    answers = await asyncio.gather(*(membership.request(network, mailbox) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(answer, sign_in_pb2.RequestCodeResponse) for answer in answers) == 5


async def test_who_signs_in_often_is_not_refused(membership: RunningMembership):
    """A3: codes that were redeemed do not count; those that were asked for and left do."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    for _ in range(4):
        await membership.request(network, ann.email)
        await membership.sink.code_to(ann.email)
    for _ in range(3):
        await membership.signed_in(network, ann.email)
    await membership.request(network, ann.email)
    with refused(Kind.TOO_MANY):
        await membership.request(network, ann.email)


async def test_a_venues_whole_event_signs_in_from_one_address(membership: RunningMembership):
    """A3: 152 sign-ins from one address are not refused."""
    people = [somebody_new(unique(f"p{number}"), name=f"Person {number}") for number in range(152)]
    network = await membership.network(*people)
    at_once = asyncio.Semaphore(32)

    async def sign_in(email: str) -> sign_in_pb2.Tokens:
        async with at_once:
            return await membership.signed_in(network, email)

    tokens = await asyncio.gather(*(sign_in(person.email) for person in people))
    assert len({each.account_id for each in tokens}) == 152


async def test_who_has_an_account_shows_neither_in_the_request_nor_in_a_wrong_code(membership: RunningMembership):
    """A3: no oracle: known and unknown mailboxes get the same answers; only the known one gets a mail."""
    ann, nobody = somebody_new(unique()), unique("nobody")
    network = await membership.network(ann)
    unknown = await membership.request(network, nobody)
    known = await membership.request(network, ann.email)
    assert unknown.DESCRIPTOR.fields_by_name.keys() == known.DESCRIPTOR.fields_by_name.keys()
    assert abs(known.expires_at.ToDatetime() - unknown.expires_at.ToDatetime()) < timedelta(seconds=5)
    code = await membership.sink.code_to(ann.email)
    assert membership.sink.waiting(nobody) == 0
    refusals: list[list[tuple[Kind, str, str, str | None]]] = []
    for mailbox in (ann.email, nobody):
        refusals.append([])
        for kind in [Kind.UNAUTHENTICATED] * 5 + [Kind.TOO_MANY]:
            with refused(kind) as answer:
                await membership.redeem(network, mailbox, another(code))
            refusals[-1].append((kind, answer.reason, answer.refusal.message, answer.field))
    assert refusals[0] == refusals[1]


async def test_a_request_asks_the_database_the_same_for_known_and_unknown(membership: RunningMembership):
    """A3: no oracle in time either: the request's path runs the same statements and reads no account."""
    ann = somebody_new(unique())
    network = await membership.network(ann)
    gateway = Caller(network.id, None, service="gateway")
    this_test = asyncio.current_task()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if asyncio.current_task() is this_test:
            statements.append(statement)

    engine = membership.uow.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    for mailbox in (ann.email, unique("nobody")):
        await request_code(membership.uow, gateway, email=mailbox, language="", client_address="203.0.113.7")
    event.remove(engine, "before_cursor_execute", note)
    known, unknown = statements[: len(statements) // 2], statements[len(statements) // 2 :]
    assert any("INSERT INTO code_requests" in statement for statement in known)
    assert known == unknown
    assert not any("account" in statement or "members" in statement for statement in statements)


async def test_a_stranger_becomes_a_guest_where_guests_are_welcome(membership: RunningMembership):
    network, mailbox = await membership.network(guests_welcome=True), unique("stranger")
    await membership.request(network, mailbox)
    code = await membership.sink.code_to(mailbox)
    with refused(Kind.INVALID) as answer:
        await membership.redeem(network, mailbox, code)
    assert answer.field == "name"
    tokens = (await membership.redeem(network, mailbox, code, name="Zoë 🎉")).tokens
    caller = await membership.verifier.verify(tokens.access_token)
    assert caller.roles == {Role.GUEST}
    assert (await membership.signed_in(network, mailbox)).account_id == tokens.account_id


async def test_one_person_is_one_account_in_all_networks(membership: RunningMembership):
    ann = somebody_new(unique())
    here, there = await membership.network(ann), await membership.network(guests_welcome=True)
    one, other = await membership.signed_in(here, ann.email), await membership.signed_in(there, ann.email)
    assert one.account_id == other.account_id
    assert (await membership.verifier.verify(other.access_token)).roles == {Role.GUEST}


async def test_who_shares_a_mailbox_is_asked_who_they_are(membership: RunningMembership):
    ann = somebody_new(unique("info"), name="Ann")
    network = await membership.network(ann)
    founder = caller_with(Role.OWNER, network=network.id)
    bo = await add_reader(membership.uow, founder, new_id(), somebody_new(ann.email, name="Bo"))
    await membership.request(network, ann.email)
    code = await membership.sink.code_to(ann.email)
    choices = (await membership.redeem(network, ann.email, code)).choices.choices
    assert sorted(choice.name for choice in choices) == ["Ann", "Bo"]
    with refused(Kind.NOT_FOUND):
        await membership.redeem(network, ann.email, code, account_id=str(new_id()))
    answer = await membership.redeem(network, ann.email, code, account_id=str(bo.account_id))
    assert answer.tokens.account_id == str(bo.account_id)


async def test_a_code_of_one_network_opens_no_other(membership: RunningMembership):
    """A2: the same person, the same mailbox, another network."""
    ann = somebody_new(unique())
    here, there = await membership.network(ann), await membership.network(ann)
    await membership.request(here, ann.email)
    with refused(Kind.UNAUTHENTICATED):
        await membership.redeem(there, ann.email, await membership.sink.code_to(ann.email))


@pytest.mark.parametrize("email", ["", "ann", "ann@", "a b@voka.example", "ann@voka.example\nBcc: x@y.example"])
async def test_what_is_no_address_is_refused_by_field(membership: RunningMembership, email: str):
    with refused(Kind.INVALID) as answer:
        await membership.request(await membership.network(), email)
    assert answer.field == "email"


async def test_the_key_set_tells_public_keys_to_anyone(membership: RunningMembership):
    """A6: all keys that may sign are published, without their private parts."""
    with as_service(None):
        answer = await membership.sign_in().GetKeySet(sign_in_pb2.GetKeySetRequest())
    assert by_kid(public_keys(answer.jwks_json)).keys() == {"first", "second"}
    assert '"d"' not in answer.jwks_json


async def test_a_developer_finds_who_somebody_would_be(membership: RunningMembership):
    ann = somebody_new(unique(), roles=frozenset({Role.ORGANISER}))
    network = await membership.network(ann)
    found = await find_sign_in(membership.uow, network.slug, ann.email)
    assert (found.network_id, found.roles) == (network.id, {Role.ORGANISER})


def another(code: str) -> str:
    """A wrong code."""
    return f"{(int(code) + 1) % 1_000_000:06}"
