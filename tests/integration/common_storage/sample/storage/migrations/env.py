from services.common.storage.migrate import run
from tests.integration.common_storage.sample.storage.tables import metadata

run("sample", metadata)
