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

SYSTEM_PATHS = (*common_paths("matching"), KNOWN_NETWORKS)
