"""Our texts in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Literal
from uuid import UUID

from babel.core import Locale, negotiate_locale
from babel.lists import format_list
from babel.messages.pofile import read_po

from services.matching.domain.moving import Became, Cause
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.reasons import Reason, ReasonCode
from services.matching.engine.replan.moves import Why

ListStyle = Literal["standard", "or"]
LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = ("en", "nl-NL", "nl-BE", "fr-BE")
_BY_TAG = {language.lower(): language for language in LANGUAGES}
"""English is the language of the texts in the code, and of whoever asks for one that we don't have."""
_NEAREST = {"nl": "nl-NL", "fr": "fr-BE"}

NOTICES = {
    NoticeCode.HOSTED: "Round {round}: {moderators} of {counted_groups} with a moderator. {hosted}",
    NoticeCode.TAKEN_OVER: "Round {round}: a moderator took over room {room}.",
    NoticeCode.DISSOLVED: "Round {round}: too few people were left in room {room}; they moved to other rooms.",
    NoticeCode.COMPANY_TOGETHER: "Round {round}: pairs of the same company that could not be kept apart: {pairs}.",
    NoticeCode.FULLER_ROOMS: "Round {round}: with one room for each moderator, a room would have {listed_sizes}.",
    NoticeCode.COMPANY_TOO_LARGE: (
        "Round {round}: {people} people of {company} and {counted_rooms}: at least {counted_pairs} must share one."
    ),
    NoticeCode.LED_BY_COLLEAGUE: (
        "Round {round}: participants who could not be kept from a moderator of their own company: {people}."
    ),
    NoticeCode.REPEATS: "Meetings of people who met before: {repeats}. No plan has fewer than {bound}.",
    NoticeCode.PINS_GIVEN_UP: "Round {round}: rooms that were given to people and could not be kept for them: {pins}.",
    NoticeCode.RULES_BROKEN: (
        "Round {round}: cases in which a stated rule could not be kept: {cases}. See the list of rules."
    ),
}
OF_ONE_COMPANY = (
    "Round {round}: {people} people of one company and {counted_rooms}: at least {counted_pairs} must share one."
)
"""The same for those who are not told the company's name, and of a plan that was made before companies were named."""
REPEATS_ALONE = "Meetings of people who met before: {repeats}."
"""The same where none is known to be unavoidable."""
ROOMS = ("{count} room", "{count} rooms")
COUNTED = {
    "groups": ("counted_groups", ROOMS),
    "rooms": ("counted_rooms", ROOMS),
    "least": ("counted_pairs", ("{count} pair", "{count} pairs")),
}
"""What a notice calls the number of a detail together with its noun, of one and of more."""
HOSTED = ("A participant hosts room {count}.", "Participants host rooms {count}.")
LISTED: Mapping[NoticeCode, tuple[str, str, ListStyle, tuple[str, str]]] = {
    NoticeCode.HOSTED: ("rooms", "hosted", "standard", HOSTED),
    NoticeCode.FULLER_ROOMS: ("sizes", "listed_sizes", "or", ("{count} person", "{count} people")),
}
"""What a notice calls the numbers of a detail, joined by "and" or "or", together with their noun."""
REASONS = {
    ReasonCode.NOT_MET: "you have not met {people}",
    ReasonCode.OFFERS: "{people} offers what you ask: {topic}",
    ReasonCode.ASKS: "{people} asks what you offer: {topic}",
    ReasonCode.NO_COLLEAGUE: "no one here is from your company",
    ReasonCode.NO_PEER: "no one here shares your profession",
    ReasonCode.MET: "you have met {people} before",
    ReasonCode.SITS_BEFORE: "you sit with {people} in an earlier round too",
    ReasonCode.NEW_MODERATOR: "{people} has not led a group with you",
    ReasonCode.HOSTS: "you host this group",
    ReasonCode.LEADS: "you lead this group",
    ReasonCode.ALONE: "there was a place here",
}
ALSO = "{reason}; {another}"
_TO_MAKE_IT_WORK = "Had to move for the groups to work out; as few people move as can be."
MOVES: Mapping[Cause, str] = {
    Why.ABSENT: "No longer there.",
    Why.SITS_OUT: "There is no seat for everybody in this round; people sit out in turn.",
    Why.LATE: "Had no seat in the earlier plan.",
    Why.GROUP_DISSOLVED: "Too few people were left in the earlier room.",
    Why.FEWER_GROUPS: "This round needs fewer rooms.",
    Why.PINNED: "Was given this room.",
    # The same text: a rule is confidential, and must not be told from a group that was too full. Nor does another text
    # give a cause that is false where a rule is the cause.
    Why.RULE: _TO_MAKE_IT_WORK,
    Why.EVENED_OUT: _TO_MAKE_IT_WORK,
    Why.REOPTIMISED: "The round was planned anew with those who are there.",
    Why.MODERATOR_GONE: "A moderator is no longer there.",
    Why.MODERATOR_FREE: "Who leads which room was worked out anew.",
    Became.MODERATOR: "Is a moderator now.",
    Became.PARTICIPANT: "Is no longer a moderator, and takes part.",
}
HEADINGS = ("Name", "Room", "From room", "To room", "Led by", "Role", "Company", "Moderator", "Host", "Room {number}")
TEXTS = (*NOTICES.values(), OF_ONE_COMPANY, REPEATS_ALONE, *REASONS.values(), ALSO, *MOVES.values(), *HEADINGS)
_FORMS = (*(forms for _, forms in COUNTED.values()), *(forms for *_, forms in LISTED.values()))
NOUNS = tuple({forms[0]: forms for forms in _FORMS}.values())


@dataclass(frozen=True)
class Phrases:
    """All texts in one language."""

    language: str
    texts: Mapping[str, str]
    nouns: Mapping[str, Sequence[str]]
    """By the English form of one, the forms of one and of more."""

    def say(self, text: str) -> str:
        """The text of a heading."""
        return self.texts[text]

    def word(self, notice: Notice) -> str:
        """A notice in plain words."""
        counted = {
            name: self._counted(int(notice.details[detail]), forms[0])
            for detail, (name, forms) in COUNTED.items()
            if notice.details.get(detail, "").isdecimal()
        }
        return self.texts[_text_of(notice)].format(**notice.details, **counted, **self._listed(notice))

    def why(self, reasons: Sequence[Reason], names: Mapping[UUID, str]) -> str:
        """Reasons as one sentence. Who is no longer in the network has no name and is left out."""
        said = [text for reason in reasons if (text := self._reason(reason, names))]
        also = self.texts[ALSO]
        sentence = reduce(
            lambda reason, another: also.format(reason=reason, another=another),
            said or [self.texts[REASONS[ReasonCode.ALONE]]],
        )
        return f"{sentence[0].upper()}{sentence[1:]}."

    def why_moved(self, reason: Cause) -> str:
        """Why somebody's seat, or the room that they lead, is another one."""
        return self.texts[MOVES[reason]]

    def _counted(self, count: int, noun: str, said: str = "") -> str:
        of_one = Locale.parse(self.language, sep="-").plural_form(count) == "one"
        return self.nouns[noun][0 if of_one else 1].format(count=said or count)

    def _listed(self, notice: Notice) -> dict[str, str]:
        if notice.code not in LISTED:
            return {}
        detail, name, style, forms = LISTED[notice.code]
        numbers = sorted({int(number) for number in notice.details[detail].split(",")})
        said = format_list([str(number) for number in numbers], style, locale=Locale.parse(self.language, sep="-"))
        return {name: self._counted(len(numbers) if style == "standard" else numbers[-1], forms[0], said)}

    def _reason(self, reason: Reason, names: Mapping[UUID, str]) -> str:
        people = [names[account] for account in reason.people if account in names]
        text = self.texts[REASONS[reason.code]]
        if "{people}" in text and not people:
            return ""
        named = format_list(people, locale=Locale.parse(self.language, sep="-"))
        return text.format(people=named, topic=_inside_a_sentence(reason.topic))


def _text_of(notice: Notice) -> str:
    if notice.code is NoticeCode.COMPANY_TOO_LARGE and "company" not in notice.details:
        return OF_ONE_COMPANY
    if notice.code is NoticeCode.REPEATS and notice.details["bound"] == "0":
        return REPEATS_ALONE
    return NOTICES[notice.code]


def _inside_a_sentence(theirs: str) -> str:
    """What people wrote, without the marks that they ended it with."""
    return theirs.rstrip(" .!?;,…")


def phrases(language: str) -> Phrases:
    """The texts in the language that is nearest to a BCP 47 tag."""
    wanted = [language, _NEAREST.get(language.partition("-")[0].lower(), "en")]
    found = negotiate_locale(wanted, LANGUAGES, sep="-") or "en"  # as it was asked for: nl-be
    return _phrases(_BY_TAG[found.lower()])


@cache
def _phrases(language: str) -> Phrases:
    if language == "en":
        return Phrases(language, {text: text for text in TEXTS}, {forms[0]: forms for forms in NOUNS})
    path = LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "matching.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    translated = {message.id: message.string for message in catalogue if message.id and not message.fuzzy}
    if missing := [text for text in (*TEXTS, *NOUNS) if not translated.get(text)]:
        raise ValueError(f"{path} lacks {missing[0]!r}")
    nouns = {forms[0]: tuple(map(str, translated[forms] or ())) for forms in NOUNS}
    return Phrases(language, {text: str(translated[text]) for text in TEXTS}, nouns)
