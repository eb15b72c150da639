"""What happened: immutable, past tense, about one aggregate. Standard library only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened to an aggregate.

    `version` is the aggregate's version after it happened. Facts of one aggregate reach a consumer in the order in
    which they were stored.
    """

    aggregate: UUID
    version: int
