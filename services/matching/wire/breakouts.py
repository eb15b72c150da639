"""Break-outs, and searches for their plans, as protobuf messages, and what is asked of them."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from ontmoet.matching.v1 import breakout_pb2

from services.common.ids import parse_id
from services.common.refusals import Invalid
from services.matching.domain.breakout import Breakout, Group, Round, RoundState
from services.matching.domain.moving import Cause, Replanned
from services.matching.domain.operation import Operation, OperationState
from services.matching.domain.reasons import SeatPlace
from services.matching.domain.sheets import Format
from services.matching.wire.lists import fitting, refuse_more
from services.matching.wire.pins import encode_pins
from services.matching.wire.times import optional_timestamp

MOST_MOVES = MOST_WARNINGS = 10_000
_ROUND_STATES = {
    RoundState.PLANNED: breakout_pb2.ROUND_STATE_PLANNED,
    RoundState.OPEN: breakout_pb2.ROUND_STATE_OPEN,
    RoundState.HELD: breakout_pb2.ROUND_STATE_HELD,
}
_FORMATS = {
    breakout_pb2.BREAKOUT_FORMAT_ZOOM_CSV: Format.ZOOM_CSV,
    breakout_pb2.BREAKOUT_FORMAT_NUMBER_LIST: Format.NUMBER_LIST,
    breakout_pb2.BREAKOUT_FORMAT_MOVES: Format.MOVES,
    breakout_pb2.BREAKOUT_FORMAT_CALL_SHEET: Format.CALL_SHEET,
}
_OPERATION_STATES = {
    OperationState.QUEUED: breakout_pb2.OPERATION_STATE_QUEUED,
    OperationState.RUNNING: breakout_pb2.OPERATION_STATE_RUNNING,
    OperationState.DONE: breakout_pb2.OPERATION_STATE_DONE,
    OperationState.CANCELLED: breakout_pb2.OPERATION_STATE_CANCELLED,
    OperationState.FAILED: breakout_pb2.OPERATION_STATE_FAILED,
}


def encode_breakout(breakout: Breakout, warnings: Iterable[str]) -> breakout_pb2.Breakout:
    """`warnings` are its notices in the reader's language, of which as many are told as find room."""
    encoded = breakout_pb2.Breakout(
        id=str(breakout.id),
        event_id=str(breakout.event),
        group_size=breakout.group_size,
        rounds=[_encode_round(breakout, each) for each in breakout.rounds],
        repeats=breakout.repeats,
        repeats_bound=breakout.repeats_bound,
        repeats_argument=breakout.repeats_argument or "",
        pins=encode_pins(breakout.pins),
        version=breakout.version,
    )
    encoded.warnings.extend(fitting(warnings, encoded, MOST_WARNINGS))
    return encoded


def _encode_round(breakout: Breakout, each: Round) -> breakout_pb2.Round:
    return breakout_pb2.Round(
        number=each.number,
        state=_ROUND_STATES[each.state],
        opened_at=optional_timestamp(each.opened_at),
        closed_at=optional_timestamp(each.closed_at),
        groups=[encode_group(breakout, each, group) for group in each.groups],
    )


def encode_group(breakout: Breakout, each: Round, group: Group) -> breakout_pb2.Group:
    return breakout_pb2.Group(
        id=str(group.id),
        number=group.number,
        moderator_account_id=_optional_id(group.moderator),
        host_account_id=_optional_id(group.host),
        seats=[breakout_pb2.Seat(account_id=str(account)) for account in group.seats],
        round_number=each.number,
        round_state=_ROUND_STATES[each.state],
        breakout_id=str(breakout.id),
        event_id=str(breakout.event),
    )


def add_moves(
    response: breakout_pb2.ReplanBreakoutResponse, replanned: Replanned, word: Callable[[Cause], str]
) -> None:
    """How much changed, and as many moves as find room. `word` puts a reason into the reader's language."""
    encoded = (
        breakout_pb2.Move(
            round_number=moved.move.round,
            account_id=str(moved.move.account),
            from_group=moved.move.from_group,
            to_group=moved.move.to_group,
            reason=word(moved.why),
            leads=moved.move.leads,
        )
        for moved in replanned.moves
    )
    response.moves_in_all = len(replanned.moves)
    response.moves_in_open_round = replanned.moves_in_open_round
    response.least_moves_in_open_round = replanned.least_moves
    response.moves.extend(fitting(encoded, response, MOST_MOVES))


def encode_operation(operation: Operation) -> breakout_pb2.Operation:
    return breakout_pb2.Operation(
        id=str(operation.id),
        event_id=str(operation.event),
        state=_OPERATION_STATES[operation.state],
        repeats=operation.best.repeats if operation.best else None,
        repeats_bound=operation.best.bound if operation.best else None,
        repeats_argument=(operation.best and operation.best.argument) or "",
        seconds=operation.searched,
        seconds_at_most=operation.seconds,
        asked_at=optional_timestamp(operation.asked_at),
        ended_at=optional_timestamp(operation.ended_at),
        failure=operation.failure,
        breakout_id=_optional_id(operation.breakout),
    )


def encode_best(operation: Operation) -> breakout_pb2.Breakout | None:
    """The best plan of a search that is under way, as a break-out that is nobody's yet; None before there is one."""
    best = operation.best
    if best is None or not operation.under_way:
        return None
    proposal = Breakout(
        id=operation.id,
        event=operation.event,
        group_size=operation.group_size,
        rounds=best.rounds,
        repeats=best.repeats,
        repeats_bound=best.bound,
        repeats_argument=best.argument,
        pins=operation.pins,
    )
    encoded = encode_breakout(proposal, [])
    encoded.id = ""
    for each in encoded.rounds:
        for group in each.groups:
            group.breakout_id = ""
    return encoded


def encode_reason(seat: SeatPlace, reason: str) -> breakout_pb2.SeatReason:
    encoded = breakout_pb2.SeatPlace(
        breakout_id=str(seat.breakout), round_number=seat.round, account_id=str(seat.account)
    )
    return breakout_pb2.SeatReason(seat=encoded, reason=reason)


def _optional_id(account: UUID | None) -> str:
    return "" if account is None else str(account)


def decode_format(value: breakout_pb2.BreakoutFormat.ValueType) -> Format:
    if value not in _FORMATS:
        raise Invalid("format", "Say as what the round is to be written.", rule="empty")
    return _FORMATS[value]


def decode_seats(seats: Sequence[breakout_pb2.SeatPlace], field: str, most: int) -> list[SeatPlace]:
    refuse_more(seats, field, most)
    return [
        SeatPlace(
            parse_id(seat.breakout_id, f"{field}[{at}].breakout_id"),
            seat.round_number,
            parse_id(seat.account_id, f"{field}[{at}].account_id"),
        )
        for at, seat in enumerate(seats)
    ]
