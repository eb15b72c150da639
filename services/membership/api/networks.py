"""NetworkService."""

from ontmoet.membership.v1 import network_pb2 as pb
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceServicer

from services.common.caller import current_caller
from services.membership import wire
from services.membership.storage.uow import Uow
from services.membership.usecases import networks


class NetworkApi(NetworkServiceServicer):
    """Networks: who they are and how they look."""

    def __init__(self, uow: Uow) -> None:
        self._uow = uow

    async def ResolveNetwork(self, request: pb.ResolveNetworkRequest, context: object) -> pb.ResolveNetworkResponse:
        network = await networks.resolve_network(self._uow, request.host)
        return pb.ResolveNetworkResponse(network=wire.network_to_proto(network))

    async def GetNetwork(self, request: pb.GetNetworkRequest, context: object) -> pb.GetNetworkResponse:
        network = await networks.get_network(self._uow, current_caller())
        return pb.GetNetworkResponse(network=wire.network_to_proto(network))

    async def UpdateNetwork(self, request: pb.UpdateNetworkRequest, context: object) -> pb.UpdateNetworkResponse:
        network = await networks.update_network(
            self._uow,
            current_caller(),
            name=request.name if request.HasField("name") else None,
            look=wire.look_from_proto(request.look) if request.HasField("look") else None,
            guests_welcome=request.guests_welcome if request.HasField("guests_welcome") else None,
            languages=request.languages.languages if request.HasField("languages") else None,
            words=request.words.words if request.HasField("words") else None,
        )
        return pb.UpdateNetworkResponse(network=wire.network_to_proto(network))
