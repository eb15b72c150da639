"""When what one asks is what another offers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from uuid import UUID

from services.matching.domain.profile import Profile

_WORD = re.compile(r"[^\W_]+")
_SHORT = 3
"""Words of up to so many letters say nothing of a topic, unless they are written in capitals (HR, CRM, ISO)."""
_COMMON = """
about advice best better find from good have help helping know looking more need needs some someone somebody
that their there they this want what when where which with your
advies andere beter deze geen goede graag hebben heeft helpen hulp iemand jullie kent kennen meer naar nodig over
onze voor waar wat weet welke wordt zijn zoek zoeken zonder
aide aider avec besoin bien cherche chercher comment conseil conseils connait dans depuis leur meilleur notre
nous pour quel quelle quelqu quels sans toute trouver vers votre vous
"""
_ENOUGH = 2
"""Two topics that share so many telling words are about the same."""
_MOST_OFFERERS = 40
"""One is enough for who asks; where so many offer what somebody asks, or share of them for each of several asks, more
are met almost by chance."""
_GOLDEN = (5**0.5 - 1) / 2
"""Its multiples are spread evenly between whole numbers, however many there are."""
_AT_ONCE = 250
"""The offers of so many people are looked through at once: more would be no faster, and take more memory."""


_TELLS_NOTHING = frozenset(_COMMON.split())


@lru_cache(maxsize=20_000)
def words_of(topic: str) -> frozenset[str]:
    """The telling words of a topic, in small letters."""
    return frozenset(
        word.casefold()
        for word in _WORD.findall(topic)
        if (len(word) > _SHORT or (len(word) > 1 and word.isupper())) and word.casefold() not in _TELLS_NOTHING
    )


def is_about(ask: str, offer: str) -> bool:
    """Whether an offer is about what is asked: it holds all telling words of the other, or shares two of them."""
    wanted, given = words_of(ask), words_of(offer)
    shared = len(wanted & given)
    return shared > 0 and (shared >= _ENOUGH or shared in (len(wanted), len(given)))


def met_by(asker: Profile, offerer: Profile) -> str | None:
    """The offer that is what the asker asks; None when there is none."""
    return next((offer for ask in asker.asks for offer in offerer.offers if is_about(ask, offer)), None)


def wants(people: Iterable[UUID], profiles: Mapping[UUID, Profile]) -> Iterator[tuple[int, int]]:
    """(asker, offerer), by their places among the people: everybody beside those who offer what they ask.

    What `met_by` says of each two, said of many at once; of very many who offer the same a part, each in their turn.
    """
    known = [(place, profiles[account]) for place, account in enumerate(people) if account in profiles]
    offering = {words_of(ask): 0 for _, asker in known for ask in asker.asks}
    for start in range(0, len(known), _AT_ONCE):
        offers = _Offers([offerer for _, offerer in known[start : start + _AT_ONCE]])
        for words in offering:
            offering[words] |= offers.about(words) << start
    for asker, (place, profile) in enumerate(known):
        most = max(1, _MOST_OFFERERS // max(1, len(profile.asks)))
        first = int(asker * _GOLDEN % 1 * len(known))
        offerers = {
            offerer
            for ask in profile.asks
            for offerer in _some(offering[words_of(ask)] & ~(1 << asker), most, first, len(known))
        }
        for offerer in sorted(offerers):
            yield place, known[offerer][0]


class _Offers:
    """What some people offer, as numbers whose bits stand for offers: all first ones, then all second ones, ..."""

    def __init__(self, people: Sequence[Profile]) -> None:
        self._people = len(people)
        self._holding: dict[str, int] = {}
        """The offers in which a word stands."""
        self._of_one_word = 0
        for place, each in enumerate(people):
            for number, offer in enumerate(each.offers):
                bit = 1 << number * len(people) + place
                words = words_of(offer)
                for word in words:
                    self._holding[word] = self._holding.get(word, 0) | bit
                if len(words) == 1:
                    self._of_one_word |= bit

    def about(self, wanted: frozenset[str]) -> int:
        """Who has an offer that is about what is asked: a bit for each of the people."""
        found, people = self._about(wanted), 0
        while found:
            people |= found & (1 << self._people) - 1
            found >>= self._people
        return people

    def _about(self, wanted: frozenset[str]) -> int:
        """The offers that hold two of the words, or one where that is all that is asked or all that is offered."""
        once = twice = 0
        for word in wanted:
            holding = self._holding.get(word, 0)
            twice |= once & holding
            once |= holding
        return twice | (once if len(wanted) == 1 else once & self._of_one_word)


def _some(number: int, most: int, first: int, size: int) -> Iterable[int]:
    """The places of its bits that are set, all or so many of them: those from `first` on, and round again."""
    if number.bit_count() <= most:
        return _ones(number)
    turned = number >> first | (number & (1 << first) - 1) << size - first
    return ((first + place) % size for place in islice(_ones(turned), most))


def _ones(number: int) -> Iterator[int]:
    """The places of its bits that are set, the lowest first."""
    bits = bin(number)[:1:-1]
    place = bits.find("1")
    while place >= 0:
        yield place
        place = bits.find("1", place + 1)
