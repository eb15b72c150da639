from services.common.storage.migrate import run
from tests.integration.common_messaging.notes.storage.tables import metadata

run("notes", metadata)
