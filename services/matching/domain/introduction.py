"""An introduction: two people who speak further when both agree."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.common.refusals import Invalid, NotFound
from services.matching.domain.facts import IntroductionAccepted, IntroductionAsked, IntroductionDeclined
from services.matching.domain.refusals import AlreadyAnswered

LONGEST_MESSAGE = 500


class IntroductionState(StrEnum):
    """Where an introduction is."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Introduction:
    """Somebody asked somebody."""

    id: UUID
    asker: UUID
    asked: UUID
    message: str
    state: IntroductionState
    asked_at: datetime
    answered_at: datetime | None = None
    version: int = 1

    def asked_fact(self) -> IntroductionAsked:
        """That it was asked."""
        return IntroductionAsked(aggregate=self.id, version=self.version, asker=self.asker, asked=self.asked)

    def accepted(self, by: UUID, now: datetime) -> tuple["Introduction", list[IntroductionAccepted]]:
        """Agreed to by the one who was asked; unchanged when they did before."""
        if self._is_answered(by, IntroductionState.ACCEPTED):
            return self, []
        changed = self._answered(IntroductionState.ACCEPTED, now)
        fact = IntroductionAccepted(aggregate=self.id, version=changed.version, asker=self.asker, asked=self.asked)
        return changed, [fact]

    def declined(self, by: UUID, now: datetime) -> tuple["Introduction", list[IntroductionDeclined]]:
        """Declined by the one who was asked; unchanged when they did before."""
        if self._is_answered(by, IntroductionState.DECLINED):
            return self, []
        changed = self._answered(IntroductionState.DECLINED, now)
        fact = IntroductionDeclined(aggregate=self.id, version=changed.version, asker=self.asker, asked=self.asked)
        return changed, [fact]

    def _is_answered(self, by: UUID, answer: IntroductionState) -> bool:
        """Whether this very answer was given. Only the one who was asked answers: to others there is nothing here."""
        if by != self.asked:
            raise NotFound("introduction")
        if self.state not in (IntroductionState.ASKED, answer):
            raise AlreadyAnswered
        return self.state is answer

    def _answered(self, state: IntroductionState, now: datetime) -> "Introduction":
        return replace(self, state=state, answered_at=now, version=self.version + 1)


def message_text(text: str) -> str:
    """What an asker may write: up to 500 characters, line breaks allowed, other control characters not."""
    cleaned = unicodedata.normalize("NFC", text).strip()
    if len(cleaned) > LONGEST_MESSAGE:
        limit = str(LONGEST_MESSAGE)
        raise Invalid("message", f"At most {limit} characters fit here.", rule="too_long", limit=limit)
    if any(unicodedata.category(character) in ("Cc", "Cs") and character != "\n" for character in cleaned):
        raise Invalid("message", "Control characters cannot stand here.", rule="control_character")
    return cleaned
