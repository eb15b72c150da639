"""What matching needs from its environment."""

from pathlib import Path

from pydantic import Field

from services.common.settings import Address, ServiceSettings
from services.matching.engine.check import MOST_PEOPLE, MOST_ROUNDS


class Settings(ServiceSettings):
    """The settings of every service that calls membership, where events is, and what the solver may take."""

    events_address: Address
    # A folder to write to, for the solver's compiled code; beside its source when not set.
    matching_kernel_cache: Path | None = None
    # The most that one problem may have, in networks that have no limits of their own; the engine sets bounds to it.
    matching_most_people: int = Field(default=5_000, ge=2, le=MOST_PEOPLE)
    matching_most_rounds: int = Field(default=20, ge=1, le=MOST_ROUNDS)
    matching_most_seconds: int = Field(default=300, ge=1)
    # The most long searches that a network may have under way: all networks wait in one queue.
    matching_most_searches: int = Field(default=3, ge=1)
