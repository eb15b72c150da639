"""When what one asks is what another offers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
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


def wants(people: Iterable[UUID], profiles: Mapping[UUID, Profile]) -> Iterator[tuple[UUID, UUID]]:
    """(asker, offerer): everybody beside everybody who offers what they ask."""
    known = [profiles[account] for account in people if account in profiles]
    offering: dict[str, list[Profile]] = {}
    for each in known:
        for word in {word for offer in each.offers for word in words_of(offer)}:
            offering.setdefault(word, []).append(each)
    for asker in known:
        words = {word for ask in asker.asks for word in words_of(ask)}
        likely = {other.account: other for word in words for other in offering.get(word, ())}
        for account in sorted(likely.keys() - {asker.account}):
            if met_by(asker, likely[account]) is not None:
                yield asker.account, account
