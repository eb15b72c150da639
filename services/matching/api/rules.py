"""RuleService."""

from ontmoet.matching.v1 import rule_pb2 as pb
from ontmoet.matching.v1.rule_pb2_grpc import RuleServiceServicer

from services.common.caller import current_caller
from services.common.ids import parse_id
from services.matching.adapters.members import Members
from services.matching.domain.rule import MOST_TOGETHER
from services.matching.storage.transaction import Uow
from services.matching.usecases import rules
from services.matching.wire.lists import decode_ids
from services.matching.wire.rules import decode_rule_kind, encode_rule


class RuleApi(RuleServiceServicer):
    """Rules that every plan of the network keeps where it can."""

    def __init__(self, uow: Uow, members: Members) -> None:
        self._uow = uow
        self._members = members

    async def StateRule(self, request: pb.StateRuleRequest, context: object) -> pb.StateRuleResponse:
        kind = decode_rule_kind(request.kind)
        accounts = decode_ids(request.account_ids, "account_ids", MOST_TOGETHER)
        rule = await rules.state_rule(self._uow, self._members, current_caller(), kind, accounts)
        return pb.StateRuleResponse(rule=encode_rule(rule))

    async def WithdrawRule(self, request: pb.WithdrawRuleRequest, context: object) -> pb.WithdrawRuleResponse:
        await rules.withdraw_rule(self._uow, current_caller(), parse_id(request.rule_id, "rule_id"))
        return pb.WithdrawRuleResponse()

    async def ListRules(self, request: pb.ListRulesRequest, context: object) -> pb.ListRulesResponse:
        page, token = await rules.list_rules(
            self._uow, current_caller(), size=request.page_size, token=request.page_token
        )
        return pb.ListRulesResponse(rules=map(encode_rule, page), next_page_token=token)
