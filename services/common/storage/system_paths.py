"""What may cross networks: a short list per service, each path with a role that may do just that.

A path's role cannot sign in. The service's role may switch to it (`SET LOCAL ROLE`) but holds none of its
privileges before.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """Privileges on a table; on just these columns, if any are named."""

    table: str
    privileges: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class SystemPath:
    """A way across networks: its role, the reason why it exists, and all that it may do."""

    name: str
    role: str
    reason: str
    grants: tuple[Grant, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(grant.table for grant in self.grants))


def common_paths(area: str) -> tuple[SystemPath, SystemPath, SystemPath]:
    """The paths of every service: relay, retention and operator, in this order."""
    return _relay(area), _retention(area), _operator(area)


def _relay(area: str) -> SystemPath:
    return SystemPath(
        name="relay",
        role=f"{area}_relay",
        reason="One relay publishes the facts of all networks, marks them, and deletes them when they are old.",
        grants=(
            Grant("outbox", ("SELECT", "DELETE")),
            Grant("outbox", ("UPDATE",), ("published_at",)),
        ),
    )


def _retention(area: str) -> SystemPath:
    return SystemPath(
        name="retention",
        role=f"{area}_retention",
        reason="Handled facts and answered keys are forgotten after some days, in all networks; answers are not read.",
        grants=(
            Grant("inbox", ("SELECT", "DELETE")),
            Grant("idempotency_keys", ("DELETE",)),
            Grant("idempotency_keys", ("SELECT",), ("network_id", "account_id", "operation", "key", "created_at")),
        ),
    )


def _operator(area: str) -> SystemPath:
    return SystemPath(
        name="operator",
        role=f"{area}_operator",
        reason="An operator lists and replays what could not be handled, whichever network it belongs to.",
        grants=(
            Grant("dead_letters", ("SELECT",)),
            Grant("dead_letters", ("UPDATE",), ("parked", "attempts", "replayed_at")),
        ),
    )
