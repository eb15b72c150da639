"""IntroductionService."""

from ontmoet.matching.v1 import introduction_pb2 as pb
from ontmoet.matching.v1.introduction_pb2_grpc import IntroductionServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.matching.storage.transaction import Uow
from services.matching.usecases import introductions
from services.matching.wire import introductions as wire


class IntroductionApi(IntroductionServiceServicer):
    """What follows a break-out: whom one met, and who speaks further."""

    def __init__(self, uow: Uow) -> None:
        self._uow = uow

    async def ListMyEncounters(
        self, request: pb.ListMyEncountersRequest, context: object
    ) -> pb.ListMyEncountersResponse:
        event = parse_id(request.event_id, "event_id") if request.event_id else None
        page, token = await introductions.list_my_encounters(
            self._uow, current_caller(), event=event, size=request.page_size, token=request.page_token
        )
        return pb.ListMyEncountersResponse(encounters=map(wire.encode_encounter, page), next_page_token=token)

    async def AskIntroduction(self, request: pb.AskIntroductionRequest, context: object) -> pb.AskIntroductionResponse:
        to = parse_id(request.to_account_id, "to_account_id")
        asked = await introductions.ask_introduction(self._uow, current_caller(), to, request.message)
        return pb.AskIntroductionResponse(introduction=wire.encode_introduction(asked))

    async def AcceptIntroduction(
        self, request: pb.AcceptIntroductionRequest, context: object
    ) -> pb.AcceptIntroductionResponse:
        introduction = parse_id(request.introduction_id, "introduction_id")
        accepted = await introductions.accept_introduction(self._uow, current_caller(), introduction)
        return pb.AcceptIntroductionResponse(introduction=wire.encode_introduction(accepted))

    async def DeclineIntroduction(
        self, request: pb.DeclineIntroductionRequest, context: object
    ) -> pb.DeclineIntroductionResponse:
        introduction = parse_id(request.introduction_id, "introduction_id")
        declined = await introductions.decline_introduction(self._uow, current_caller(), introduction)
        return pb.DeclineIntroductionResponse(introduction=wire.encode_introduction(declined))

    async def GetIntroduction(self, request: pb.GetIntroductionRequest, context: object) -> pb.GetIntroductionResponse:
        introduction = parse_id(request.introduction_id, "introduction_id")
        found = await introductions.get_introduction(self._uow, current_caller(), introduction)
        return pb.GetIntroductionResponse(introduction=wire.encode_introduction(found))

    async def ListMyIntroductions(
        self, request: pb.ListMyIntroductionsRequest, context: object
    ) -> pb.ListMyIntroductionsResponse:
        page, token = await introductions.list_my_introductions(
            self._uow, current_caller(), size=request.page_size, token=request.page_token
        )
        return pb.ListMyIntroductionsResponse(introductions=map(wire.encode_introduction, page), next_page_token=token)
