"""A warning for who plans: what a plan could not give, or what a re-plan had to do."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class NoticeCode(StrEnum):
    """What a plan could not give, or what a re-plan had to do."""

    HOSTED = "hosted"
    """Rooms that no moderator leads: participants host."""
    TAKEN_OVER = "taken_over"
    """Another moderator leads a room of a running round, or one leads it that had none."""
    DISSOLVED = "dissolved"
    """Too few were left in a group of a running round."""
    COMPANY_TOGETHER = "company_together"
    """People of one company share a group."""
    FULLER_ROOMS = "fuller_rooms"
    """Too few moderators: how full rooms would be if there were one for each of them."""
    COMPANY_TOO_LARGE = "company_too_large"
    """A company has more people than there are groups."""
    LED_BY_COLLEAGUE = "led_by_colleague"
    """A moderator leads people of their own company."""
    REPEATS = "repeats"
    """Some meet again."""
    PINS_GIVEN_UP = "pins_given_up"
    """Groups that were given to people could not be theirs."""
    RULES_BROKEN = "rules_broken"
    """Rules that people stated are not kept; confidential."""


CONFIDENTIAL = (NoticeCode.RULES_BROKEN, NoticeCode.REPEATS, NoticeCode.LED_BY_COLLEAGUE, NoticeCode.COMPANY_TOGETHER)
"""From these a rule can be read that people stated: that nobody else leads somebody, or shares their room, may be one's
doing. That a company has more people than there are rooms is no rule's."""


@dataclass(frozen=True)
class Notice:
    """A warning for the organiser; the details fill the placeholders of its text."""

    code: NoticeCode
    details: dict[str, str] = field(default_factory=dict[str, str])

    def without_company(self) -> "Notice":
        """The same, of a company that is not named."""
        return replace(self, details={name: text for name, text in self.details.items() if name != "company"})
