"""Rules as protobuf messages and back."""

from ontmoet.matching.v1 import rule_pb2

from services.common.refusals import Invalid
from services.matching.domain.rule import Rule, RuleKind
from services.matching.wire.times import optional_timestamp

_RULE_KINDS = {
    RuleKind.APART: rule_pb2.RULE_KIND_APART,
    RuleKind.TOGETHER: rule_pb2.RULE_KIND_TOGETHER,
    RuleKind.NOT_LED_BY: rule_pb2.RULE_KIND_NOT_LED_BY,
}


def encode_rule(rule: Rule) -> rule_pb2.Rule:
    return rule_pb2.Rule(
        id=str(rule.id),
        kind=_RULE_KINDS[rule.kind],
        account_ids=map(str, rule.people),
        stated_by_account_id=str(rule.stated_by),
        stated_at=optional_timestamp(rule.stated_at),
    )


def decode_rule_kind(value: rule_pb2.RuleKind.ValueType) -> RuleKind:
    kind = next((kind for kind, number in _RULE_KINDS.items() if number == value), None)
    if kind is None:
        raise Invalid("kind", "Say what the rule is.", rule="empty")
    return kind
