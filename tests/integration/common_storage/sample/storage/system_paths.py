"""What the small service does across networks."""

from services.common.storage.system_paths import Grant, SystemPath, common_paths

RELAY, RETENTION, OPERATOR = common_paths("sample")

DOORS = SystemPath(
    name="doors",
    role="sample_doors",
    reason="A visitor names a host before anybody knows the network.",
    grants=(Grant("doors", ("SELECT", "INSERT")),),
)

SYSTEM_PATHS = (RELAY, RETENTION, OPERATOR, DOORS)
