"""SolverService."""

from ontmoet.matching.v1 import solve_pb2 as pb
from ontmoet.matching.v1.solve_pb2_grpc import SolverServiceServicer

from services.common.caller import current_caller
from services.matching.adapters.solver import Solver
from services.matching.domain.limits import Limits
from services.matching.storage.transaction import Uow
from services.matching.usecases import solve
from services.matching.wire.solving import Posed


class SolverApi(SolverServiceServicer):
    """The engine, for integrations."""

    def __init__(self, uow: Uow, solver: Solver, limits: Limits) -> None:
        self._uow = uow
        self._solver = solver
        self._limits = limits

    async def Solve(self, request: pb.SolveRequest, context: object) -> pb.SolveResponse:
        asked = solve.Asked(
            people=len(request.people),
            moderators=len(request.moderators),
            rounds=request.rounds,
            seconds=request.seconds,
            iterations=request.iterations,
            seed=request.seed,
        )
        posed, schedule, collisions = await solve.solve_problem(
            self._uow, self._solver, self._limits, current_caller(), asked, lambda: Posed(request)
        )
        return posed.answer(schedule, collisions)
