"""What may cross networks in matching, and why."""

from services.common.storage.system_paths import Grant, SystemPath, common_paths

KNOWN_NETWORKS = SystemPath(
    name="known_networks",
    role="matching_known_networks",
    reason="An operator rebuilds the copies of members of all networks; it reads which networks there are.",
    grants=(
        Grant("profiles", ("SELECT",), ("network_id",)),
        Grant("breakouts", ("SELECT",), ("network_id",)),
    ),
)

OPERATION_RETENTION = SystemPath(
    name="operation_retention",
    role="matching_operation_retention",
    reason="Long searches that have ended are forgotten after 30 days, in all networks; no plan of theirs is read.",
    grants=(
        Grant("operations", ("DELETE",)),
        Grant("operations", ("SELECT",), ("network_id", "id", "ended_at")),
    ),
)

SYSTEM_PATHS = (*common_paths("matching"), KNOWN_NETWORKS, OPERATION_RETENTION)
