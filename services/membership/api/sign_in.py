"""SignInService."""

from ontmoet.membership.v1 import sign_in_pb2 as pb
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.membership import wire
from services.membership.adapters.signing import SigningKeys
from services.membership.storage.uow import Uow
from services.membership.usecases import sessions
from services.membership.usecases.redeem_code import Reader, redeem_code
from services.membership.usecases.request_code import request_code


class SignInApi(SignInServiceServicer):
    """Sign-in without a password."""

    def __init__(self, uow: Uow, keys: SigningKeys) -> None:
        self._uow = uow
        self._keys = keys

    async def RequestCode(self, request: pb.RequestCodeRequest, context: object) -> pb.RequestCodeResponse:
        expires_at = await request_code(
            self._uow,
            current_caller(),
            email=wire.email_address(request.email, "email"),
            language=request.language,
            client_address=request.client_address,
        )
        return pb.RequestCodeResponse(expires_at=wire.timestamp(expires_at))

    async def RedeemCode(self, request: pb.RedeemCodeRequest, context: object) -> pb.RedeemCodeResponse:
        caller = current_caller()
        reader = Reader(
            email=wire.email_address(request.email, "email"),
            language=caller.language,
            account_id=parse_id(request.account_id, "account_id") if request.account_id else None,
            name=request.name if request.HasField("name") else None,
        )
        outcome = await redeem_code(
            self._uow, caller, self._keys, reader, code=wire.code(request.code), client_address=request.client_address
        )
        return wire.redeemed_to_proto(outcome)

    async def RefreshTokens(self, request: pb.RefreshTokensRequest, context: object) -> pb.RefreshTokensResponse:
        tokens = await sessions.refresh_tokens(self._uow, current_caller(), self._keys, request.refresh_token)
        return pb.RefreshTokensResponse(tokens=wire.tokens_to_proto(tokens))

    async def SignOut(self, request: pb.SignOutRequest, context: object) -> pb.SignOutResponse:
        await sessions.sign_out(self._uow, current_caller(), request.refresh_token)
        return pb.SignOutResponse()

    async def GetKeySet(self, request: pb.GetKeySetRequest, context: object) -> pb.GetKeySetResponse:
        return pb.GetKeySetResponse(jwks_json=self._keys.public_json)
