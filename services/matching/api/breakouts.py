"""BreakoutService."""

from ontmoet.matching.v1 import breakout_pb2 as pb
from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.matching.adapters.events import Events
from services.matching.adapters.members import Members
from services.matching.adapters.phrases import phrases
from services.matching.adapters.solver import Solver
from services.matching.domain.breakout import Breakout
from services.matching.domain.limits import Limits
from services.matching.domain.reasons import SeatPlace
from services.matching.storage.transaction import Uow
from services.matching.usecases import explain, export, look, plan, run, search
from services.matching.wire import breakouts as wire
from services.matching.wire.lists import decode_ids
from services.matching.wire.pins import decode_pins

MOST_EVENTS = 200
MOST_SEATS = 200


class BreakoutApi(BreakoutServiceServicer):
    """Break-outs: plan, run, re-plan."""

    def __init__(self, uow: Uow, events: Events, members: Members, solver: Solver, limits: Limits) -> None:
        self._uow = uow
        self._events = events
        self._members = members
        self._solver = solver
        self._limits = limits

    async def ProposeBreakout(self, request: pb.ProposeBreakoutRequest, context: object) -> pb.ProposeBreakoutResponse:
        proposed = await plan.propose_breakout(
            self._uow,
            self._events,
            self._solver,
            self._limits,
            current_caller(),
            parse_id(request.event_id, "event_id"),
            plan.Wanted(request.rounds, request.group_size, request.seconds, decode_pins(request.pins, "pins")),
        )
        if isinstance(proposed, Breakout):
            return pb.ProposeBreakoutResponse(breakout=_encoded(proposed))
        return pb.ProposeBreakoutResponse(operation=wire.encode_operation(proposed))

    async def ReplanBreakout(self, request: pb.ReplanBreakoutRequest, context: object) -> pb.ReplanBreakoutResponse:
        replanned = await plan.replan_breakout(
            self._uow,
            self._events,
            self._solver,
            self._limits,
            current_caller(),
            parse_id(request.breakout_id, "breakout_id"),
            decode_pins(request.pins, "pins"),
        )
        response = pb.ReplanBreakoutResponse(breakout=_encoded(replanned.breakout))
        wire.add_moves(response, replanned, phrases(current_caller().language).why_moved)
        return response

    async def GetOperation(self, request: pb.GetOperationRequest, context: object) -> pb.GetOperationResponse:
        operation = parse_id(request.operation_id, "operation_id")
        found = await search.get_operation(self._uow, current_caller(), operation)
        return pb.GetOperationResponse(operation=wire.encode_operation(found), best=wire.encode_best(found))

    async def CancelOperation(self, request: pb.CancelOperationRequest, context: object) -> pb.CancelOperationResponse:
        operation = parse_id(request.operation_id, "operation_id")
        cancelled = await search.cancel_operation(self._uow, current_caller(), operation)
        return pb.CancelOperationResponse(operation=wire.encode_operation(cancelled))

    async def ExplainSeat(self, request: pb.ExplainSeatRequest, context: object) -> pb.ExplainSeatResponse:
        caller = current_caller()
        seat = SeatPlace(
            parse_id(request.breakout_id, "breakout_id"),
            request.round_number,
            parse_id(request.account_id, "account_id") if request.account_id else caller.account,
        )
        found, names = await explain.explain_seat(self._uow, self._members, caller, seat)
        return pb.ExplainSeatResponse(reason=phrases(caller.language).why(found.reasons, names))

    async def BatchExplainSeats(
        self, request: pb.BatchExplainSeatsRequest, context: object
    ) -> pb.BatchExplainSeatsResponse:
        caller = current_caller()
        seats = wire.decode_seats(request.seats, "seats", MOST_SEATS)
        found, names = await explain.batch_explain_seats(self._uow, self._members, caller, seats)
        why = phrases(caller.language).why
        return pb.BatchExplainSeatsResponse(
            reasons=[wire.encode_reason(each.seat, why(each.reasons, names)) for each in found]
        )

    async def PublishRound(self, request: pb.PublishRoundRequest, context: object) -> pb.PublishRoundResponse:
        breakout = parse_id(request.breakout_id, "breakout_id")
        changed = await run.publish_round(self._uow, self._events, current_caller(), breakout, request.round_number)
        return pb.PublishRoundResponse(breakout=_encoded(changed))

    async def CloseRound(self, request: pb.CloseRoundRequest, context: object) -> pb.CloseRoundResponse:
        breakout = parse_id(request.breakout_id, "breakout_id")
        changed = await run.close_round(self._uow, self._events, current_caller(), breakout, request.round_number)
        return pb.CloseRoundResponse(breakout=_encoded(changed))

    async def GetBreakout(self, request: pb.GetBreakoutRequest, context: object) -> pb.GetBreakoutResponse:
        breakout = await look.get_breakout(self._uow, current_caller(), parse_id(request.breakout_id, "breakout_id"))
        return pb.GetBreakoutResponse(breakout=_encoded(breakout))

    async def BatchGetEventBreakouts(
        self, request: pb.BatchGetEventBreakoutsRequest, context: object
    ) -> pb.BatchGetEventBreakoutsResponse:
        events = decode_ids(request.event_ids, "event_ids", MOST_EVENTS)
        found = await look.batch_get_event_breakouts(self._uow, current_caller(), events)
        return pb.BatchGetEventBreakoutsResponse(breakouts=map(_encoded, found))

    async def GetMyGroup(self, request: pb.GetMyGroupRequest, context: object) -> pb.GetMyGroupResponse:
        found = await look.get_my_group(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.GetMyGroupResponse(group=wire.encode_group(*found) if found else None)

    async def BatchGetMyGroups(
        self, request: pb.BatchGetMyGroupsRequest, context: object
    ) -> pb.BatchGetMyGroupsResponse:
        events = decode_ids(request.event_ids, "event_ids", MOST_EVENTS)
        found = await look.batch_get_my_groups(self._uow, current_caller(), events)
        return pb.BatchGetMyGroupsResponse(groups=[wire.encode_group(*each) for each in found])

    async def ExportBreakout(self, request: pb.ExportBreakoutRequest, context: object) -> pb.ExportBreakoutResponse:
        caller = current_caller()
        name, content = await export.export_breakout(
            self._uow,
            self._members,
            caller,
            parse_id(request.breakout_id, "breakout_id"),
            wire.decode_format(request.format),
            request.round_number,
            request.language or caller.language,
        )
        return pb.ExportBreakoutResponse(file_name=name, content_type="text/csv; charset=utf-8", content=content)


def _encoded(breakout: Breakout) -> pb.Breakout:
    return wire.encode_breakout(breakout, map(phrases(current_caller().language).word, breakout.notices))
