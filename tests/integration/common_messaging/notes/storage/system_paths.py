"""What the notes do across networks."""

from services.common.storage.system_paths import common_paths

SYSTEM_PATHS = common_paths("notes")
