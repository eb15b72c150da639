"""The five networks of the local run: real stories, invented people."""

from dataclasses import dataclass
from uuid import UUID

from services.common.caller import Role
from services.membership.domain.member import NewMember, ProfileField
from services.membership.domain.network import Look, Network
from services.membership.domain.texts import EmailAddress

VOKA = UUID("00000000-0000-7000-8000-000000000001")
FLOX = UUID("00000000-0000-7000-8000-000000000002")
LEISURE_LAB = UUID("00000000-0000-7000-8000-000000000003")
BUSINESS_OPEN = UUID("00000000-0000-7000-8000-000000000004")
BEDRIJVENKRING = UUID("00000000-0000-7000-8000-000000000005")


@dataclass(frozen=True)
class Seed:
    """A network, how many moderators it has, and what its members do and look for."""

    network: Network
    moderators: int
    members: tuple[tuple[str, str, str, str, str], ...]
    """Name, company, profession, ask, offer."""


SEEDS = (
    Seed(
        Network(
            id=VOKA,
            slug="voka",
            name="Voka Antwerpen-Waasland",
            hosts=("voka.localhost",),
            time_zone="Europe/Brussels",
            languages=("nl-BE", "fr-BE", "en"),
            look=Look("", "#003b7a", "#e2001a"),
            words={"nl-BE/member": "deelnemer", "nl-BE/group": "break-outroom", "fr-BE/member": "participant"},
            guests_welcome=True,
        ),
        17,
        (
            ("Annelies Verbruggen", "Verbruggen Logistiek", "logistiek", "chauffeurs vinden", "douane na de brexit"),
            ("Bart Claessens", "Claessens Bouw", "aannemer", "een opvolger", "bouwvergunningen"),
            ("Chaimae El Idrissi", "Idrissi Design", "grafisch ontwerper", "klanten in Wallonië", "huisstijlen"),
            ("Dirk Peeters", "Peeters & Zonen", "drukker", "een webwinkel", "verpakkingen op maat"),
            ("Élise Lambrechts", "Waasland Legal", "advocaat", "een vast kantoor", "contracten nalezen"),
        ),
    ),
    Seed(
        Network(
            id=FLOX,
            slug="flox",
            name="Flox Ondernemershuis",
            hosts=("flox.localhost",),
            time_zone="Europe/Amsterdam",
            languages=("nl-NL", "en"),
            look=Look("", "#2f6b4f", "#f2a541"),
            words={"nl-NL/member": "deelnemer", "nl-NL/circle": "initiatiefgroep"},
        ),
        3,
        (
            ("Femke de Boer", "De Boer Coaching", "coach", "online trainingen geven", "intervisie begeleiden"),
            ("Gijs Hoekstra", "Hoekstra Events", "evenementenorganisator", "nieuwe opdrachten", "draaiboeken"),
            ("Hanneke Visser", "Handen Vrij", "masseur", "boekhouding", "werkplekadvies"),
            ("Imran Yılmaz", "Yılmaz Software", "programmeur", "een ontwerper", "websites"),
            ("Jolanda Smit", "Smit Training", "trainer", "bedrijven in de zorg", "omgaan met verandering"),
        ),
    ),
    Seed(
        Network(
            id=LEISURE_LAB,
            slug="leisurelab",
            name="Leisure Lab Limburg",
            hosts=("leisurelab.localhost",),
            time_zone="Europe/Amsterdam",
            languages=("nl-NL", "en"),
            look=Look("", "#7a1f5c", "#ffb703"),
            words={"nl-NL/member": "lid", "nl-NL/visit": "keukenbezoek"},
            guests_welcome=True,
        ),
        3,
        (
            ("Karin Janssen", "Hotel de Maas", "hotelier", "personeel voor het weekend", "arrangementen"),
            ("Lars Hendriks", "Hendriks Fietsverhuur", "verhuurder", "laadpunten", "routes door het heuvelland"),
            ("Merel Custers", "Museum aan de Vliet", "conservator", "jonge bezoekers", "rondleidingen"),
            ("Noud Wijnen", "Grottenpark Wijnen", "parkmanager", "drukte spreiden", "toegang met tijdslot"),
            ("Odile Schoenmakers", "Camping Zonnedal", "campinghouder", "een zwembad verwarmen", "seizoenswerkers"),
        ),
    ),
    Seed(
        Network(
            id=BUSINESS_OPEN,
            slug="businessopen",
            name="Business Open",
            hosts=("businessopen.localhost",),
            time_zone="Europe/Amsterdam",
            languages=("nl-NL", "en"),
            look=Look("", "#0b5563", "#ef6f6c"),
            words={"nl-NL/circle": "chapter"},
        ),
        3,
        (
            ("Pieter van Dam", "Van Dam Verzekeringen", "verzekeraar", "aanbevelingen", "risico's in kaart"),
            ("Quinty Bakker", "Bakker Media", "fotograaf", "een vaste opdrachtgever", "bedrijfsportretten"),
            ("Rob Timmermans", "Timmermans Techniek", "installateur", "leerlingen", "warmtepompen"),
            ("Saskia Mulder", "Mulder Administratie", "boekhouder", "specialist in loon", "jaarrekeningen"),
            ("Tarik Öztürk", "Öztürk Catering", "cateraar", "een grotere keuken", "lunches op locatie"),
        ),
    ),
    Seed(
        Network(
            id=BEDRIJVENKRING,
            slug="bedrijvenkring",
            name="Bedrijvenkring",
            hosts=("bedrijvenkring.localhost",),
            time_zone="Europe/Amsterdam",
            languages=("nl-NL",),
            look=Look("", "#3d405b", "#81b29a"),
            words={"nl-NL/member": "lid", "nl-NL/network": "kring"},
        ),
        3,
        (
            ("Ursula Kok", "Kok Metaal", "metaalbewerker", "minder stroom verbruiken", "maatwerk in staal"),
            ("Vincent Post", "Post Advies", "adviseur", "een spreker", "subsidies"),
            ("Willemijn Dekker", "Dekker Tuinen", "hovenier", "werk in de winter", "groene daken"),
            ("Xander Bos", "Bos Transport", "vervoerder", "retourvracht", "opslagruimte"),
            ("Yvonne Prins", "Prins Personeel", "intercedent", "technici", "werving"),
        ),
    ),
)

SHARED_FIELDS = frozenset(ProfileField)
"""These people let others be told everything, so that seats have reasons to show."""

SHARED_MAILBOX = EmailAddress("info@bedrijvenkring.example")
"""Read by two members of the Bedrijvenkring: who signs in with it is asked who they are."""
SHARERS = (
    (UUID("00000000-0000-7000-8000-000000000501"), "Zeger Kuiper", "Kuiper & Kuiper", "bakker"),
    (UUID("00000000-0000-7000-8000-000000000502"), "Zita Kuiper", "Kuiper & Kuiper", "banketbakker"),
)


def people(seed: Seed) -> list[NewMember]:
    """Everybody of a network but those who share a mailbox: its office, its moderators, its members."""
    office = [
        _office(seed, "owner", "Eigenaar", Role.OWNER, staff=False),
        _office(seed, "organiser", "Organisator", Role.ORGANISER),
        _office(seed, "tech", "Techniek", Role.MEMBER),
    ]
    moderators = [
        _office(seed, f"moderator{number}", f"Moderator {number}", Role.MODERATOR)
        for number in range(1, seed.moderators + 1)
    ]
    members = [
        NewMember(
            email=_address(seed, f"member{number}"),
            name=name,
            company=company,
            profession=profession,
            asks=(ask,),
            offers=(offer,),
            shared_fields=SHARED_FIELDS,
        )
        for number, (name, company, profession, ask, offer) in enumerate(seed.members, start=1)
    ]
    return office + moderators + members


def _office(seed: Seed, mailbox: str, title: str, role: Role, *, staff: bool = True) -> NewMember:
    name = seed.network.name
    return NewMember(
        email=_address(seed, mailbox),
        name=f"{title} {name}",
        company=name,
        roles=frozenset({role}),
        staff=staff,
        shared_fields=SHARED_FIELDS,
    )


def _address(seed: Seed, mailbox: str) -> EmailAddress:
    return EmailAddress(f"{mailbox}@{seed.network.slug}.example")
