"""Matching as a process of its own, as a supervisor starts it."""

from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.keys import Keys
from deploy.local.programs import Program, serves_grpc
from services.common.messaging.bus import connect, ensure_streams
from tests.support.matching_service import eventually
from tests.support.ports import free_port
from tests.support.postgres import TestPostgres


async def a_process(postgres: TestPostgres, nats_url: str, folder: Path) -> Program:
    """Matching, ready to be started; its neighbours are away."""
    keys, port = Keys(folder), free_port()
    keys.prepare()
    bus = await connect(nats_url, "test")
    await ensure_streams(bus, ["membership", "matching"])
    await bus.close()
    environment = {
        "ONTMOET_ENVIRONMENT": "production",
        "ONTMOET_DATABASE_URL": (await postgres.service_database("matching")).service_url,
        "ONTMOET_NATS_URL": nats_url,
        "ONTMOET_GRPC_ADDRESS": f"127.0.0.1:{port}",
        "ONTMOET_SERVICE_KEY_FILE": str(keys.of("matching")),
        "ONTMOET_SERVICE_KEYS_FILE": str(keys.public),
        "ONTMOET_MEMBERSHIP_ADDRESS": f"127.0.0.1:{free_port()}",
        "ONTMOET_EVENTS_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    return Program("matching", "services.matching.main", folder / "log", environment, serves_grpc(port))


async def test_it_serves_while_its_neighbours_are_away_and_stops_with_all_its_processes(
    postgres: TestPostgres, nats_url: str, tmp_path: Path
):
    program = await a_process(postgres, nats_url, tmp_path)
    await program.start()
    children = psutil.Process(program.process.pid).children(recursive=True)
    assert len(children) >= 2
    await program.stop()
    assert program.process.returncode == 0
    await eventually(lambda: all_gone(children))
    log = (tmp_path / "log").read_text()
    assert '"stopped"' in log
    assert "Traceback" not in log


async def test_killed_it_leaves_no_process_behind(postgres: TestPostgres, nats_url: str, tmp_path: Path):
    program = await a_process(postgres, nats_url, tmp_path)
    await program.start()
    children = psutil.Process(program.process.pid).children(recursive=True)
    program.process.kill()
    await program.process.wait()
    try:
        await eventually(lambda: all_gone(children))
    finally:
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()


async def test_its_code_is_compiled_into_the_folder_of_the_settings_before_it_serves(
    postgres: TestPostgres, nats_url: str, tmp_path: Path
):
    program = await a_process(postgres, nats_url, tmp_path)
    kernels = tmp_path / "kernels"
    program.environment = {**program.environment, "ONTMOET_MATCHING_KERNEL_CACHE": str(kernels)}
    await program.start()
    compiled = set(kernels.rglob("*.nbc"))
    await program.stop()
    assert compiled
    await program.start()
    await program.stop()
    assert set(kernels.rglob("*.nbc")) == compiled


async def all_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more; nobody may have collected the remains of an orphan."""
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)
