"""Whom somebody met, and introductions, as protobuf messages."""

from ontmoet.matching.v1 import introduction_pb2

from services.matching.domain.encounter import Encounter
from services.matching.domain.introduction import Introduction, IntroductionState
from services.matching.wire.times import optional_timestamp

_INTRODUCTION_STATES = {
    IntroductionState.ASKED: introduction_pb2.INTRODUCTION_STATE_ASKED,
    IntroductionState.ACCEPTED: introduction_pb2.INTRODUCTION_STATE_ACCEPTED,
    IntroductionState.DECLINED: introduction_pb2.INTRODUCTION_STATE_DECLINED,
}


def encode_encounter(encounter: Encounter) -> introduction_pb2.Encounter:
    return introduction_pb2.Encounter(
        account_id=str(encounter.other),
        event_id=str(encounter.event),
        round_number=encounter.round,
        met_at=optional_timestamp(encounter.met_at),
    )


def encode_introduction(introduction: Introduction) -> introduction_pb2.Introduction:
    return introduction_pb2.Introduction(
        id=str(introduction.id),
        from_account_id=str(introduction.asker),
        to_account_id=str(introduction.asked),
        message=introduction.message,
        state=_INTRODUCTION_STATES[introduction.state],
        asked_at=optional_timestamp(introduction.asked_at),
        answered_at=optional_timestamp(introduction.answered_at),
        version=introduction.version,
    )
