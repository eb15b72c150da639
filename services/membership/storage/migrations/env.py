from services.common.storage.migrate import run
from services.membership.storage.tables import metadata

run("membership", metadata)
