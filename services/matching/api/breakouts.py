"""BreakoutService."""

from ontmoet.matching.v1 import breakout_pb2 as pb
from ontmoet.matching.v1.breakout_pb2_grpc import BreakoutServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.matching import wire
from services.matching.adapters.events import Events
from services.matching.adapters.members import Members
from services.matching.adapters.phrases import phrases
from services.matching.adapters.solver import Solver
from services.matching.domain.breakout import Breakout
from services.matching.storage.transaction import Uow
from services.matching.usecases import export, look, plan, run

MOST_EVENTS = 200


class BreakoutApi(BreakoutServiceServicer):
    """Break-outs: plan, run, re-plan."""

    def __init__(self, uow: Uow, events: Events, members: Members, solver: Solver) -> None:
        self._uow = uow
        self._events = events
        self._members = members
        self._solver = solver

    async def ProposeBreakout(self, request: pb.ProposeBreakoutRequest, context: object) -> pb.ProposeBreakoutResponse:
        event = parse_id(request.event_id, "event_id")
        breakout = await plan.propose_breakout(
            self._uow, self._events, self._solver, current_caller(), event, request.rounds, request.group_size
        )
        return pb.ProposeBreakoutResponse(breakout=_encoded(breakout))

    async def ReplanBreakout(self, request: pb.ReplanBreakoutRequest, context: object) -> pb.ReplanBreakoutResponse:
        breakout, moves = await plan.replan_breakout(
            self._uow, self._events, self._solver, current_caller(), parse_id(request.breakout_id, "breakout_id")
        )
        return pb.ReplanBreakoutResponse(breakout=_encoded(breakout), moves=wire.encode_moves(moves))

    async def PublishRound(self, request: pb.PublishRoundRequest, context: object) -> pb.PublishRoundResponse:
        breakout = parse_id(request.breakout_id, "breakout_id")
        changed = await run.publish_round(self._uow, current_caller(), breakout, request.round_number)
        return pb.PublishRoundResponse(breakout=_encoded(changed))

    async def CloseRound(self, request: pb.CloseRoundRequest, context: object) -> pb.CloseRoundResponse:
        breakout = parse_id(request.breakout_id, "breakout_id")
        changed = await run.close_round(self._uow, current_caller(), breakout, request.round_number)
        return pb.CloseRoundResponse(breakout=_encoded(changed))

    async def GetBreakout(self, request: pb.GetBreakoutRequest, context: object) -> pb.GetBreakoutResponse:
        breakout = await look.get_breakout(self._uow, current_caller(), parse_id(request.breakout_id, "breakout_id"))
        return pb.GetBreakoutResponse(breakout=_encoded(breakout))

    async def BatchGetEventBreakouts(
        self, request: pb.BatchGetEventBreakoutsRequest, context: object
    ) -> pb.BatchGetEventBreakoutsResponse:
        events = wire.decode_ids(request.event_ids, "event_ids", MOST_EVENTS)
        found = await look.batch_get_event_breakouts(self._uow, current_caller(), events)
        return pb.BatchGetEventBreakoutsResponse(breakouts=map(_encoded, found))

    async def GetMyGroup(self, request: pb.GetMyGroupRequest, context: object) -> pb.GetMyGroupResponse:
        found = await look.get_my_group(self._uow, current_caller(), parse_id(request.event_id, "event_id"))
        return pb.GetMyGroupResponse(group=wire.encode_group(*found) if found else None)

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
    return wire.encode_breakout(breakout, phrases(current_caller().language).word)
