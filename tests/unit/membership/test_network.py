import pytest

from services.common.refusals import Invalid
from services.membership.domain.facts import NetworkUpdated
from services.membership.domain.network import LanguageUnknown, Look
from tests.support.membership import a_network


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("fr-BE", "fr-BE"), ("FR-be", "fr-BE"), ("nl-NL", "nl-BE"), ("fr", "fr-BE"), ("de-DE", "nl-BE"), ("", "nl-BE")],
)
def test_a_reader_gets_the_language_that_suits_best(wanted: str, spoken: str):
    assert a_network(languages=("nl-BE", "fr-BE")).language_for(wanted) == spoken


def test_a_profile_names_only_languages_that_the_network_speaks():
    network = a_network(languages=("nl-BE", "fr-BE"))
    assert network.language("", "language") == "nl-BE"
    assert network.language("FR-be", "language") == "fr-BE"
    with pytest.raises(LanguageUnknown) as refused:
        network.language("en", "language")
    assert refused.value.field == "language"


def test_a_change_leaves_what_is_not_named_and_raises_the_version_by_one():
    network = a_network(name="Flox", version=4)
    changed, facts = network.change(guests_welcome=True)
    assert (changed.name, changed.guests_welcome, changed.version) == ("Flox", True, 5)
    assert facts == [NetworkUpdated(aggregate=network.id, version=5)]


def test_a_change_to_the_same_is_no_change():
    network = a_network(name="Flox", version=4)
    assert network.change(name=" Flox ") == (network, [])


@pytest.mark.parametrize(
    "look",
    [
        Look(primary_colour="red"),
        Look(accent_colour="#12345"),
        Look(logo_url="http://voka.example/logo.png"),
        Look(logo_url="javascript:alert(1)"),
        Look(logo_url='https://voka.example/"onload='),
        Look(logo_url="https://[broken"),
    ],
)
def test_a_look_that_no_browser_should_show_is_refused(look: Look):
    with pytest.raises(Invalid) as refused:
        a_network().change(look=look)
    assert refused.value.field is not None
    assert refused.value.field.startswith("look.")


def test_a_network_speaks_only_languages_that_screens_and_mails_exist_in():
    assert a_network().change(languages=["en", "NL-nl", "en"])[0].languages == ("en", "nl-NL")
    with pytest.raises(LanguageUnknown):
        a_network().change(languages=["nl-BE", "de-DE"])


def test_a_network_speaks_one_language_at_least():
    with pytest.raises(Invalid) as refused:
        a_network().change(languages=[])
    assert refused.value.field == "languages"


def test_a_network_may_give_up_its_own_words():
    network = a_network(words={"nl-BE/member": "deelnemer"})
    assert network.change(words={})[0].words == {}
    assert network.change()[0].words == network.words


def test_a_network_has_its_own_words():
    words = {"nl-BE/member": "deelnemer", "en/circle": "chapter"}
    assert a_network().change(words=words)[0].words == words
    with pytest.raises(Invalid):
        a_network().change(words={"member": "deelnemer"})
