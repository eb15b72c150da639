from services.common.storage.migrate import run
from services.matching.storage.tables import metadata

run("matching", metadata)
