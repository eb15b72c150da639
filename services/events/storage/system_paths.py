"""What of events may cross networks, and why."""

from services.common.storage.system_paths import Grant, SystemPath, common_paths

RELAY, RETENTION, OPERATOR = common_paths("events")
DUE = SystemPath(
    name="due",
    role="events_due",
    reason="A job asks which networks have offers that expired or series to go on with; the rest happens per network.",
    grants=(
        Grant("registrations", ("SELECT",), ("network_id", "offer_expires_at")),
        Grant("series", ("SELECT",), ("network_id", "next_date")),
    ),
)
SYSTEM_PATHS = (RELAY, RETENTION, OPERATOR, DUE)
