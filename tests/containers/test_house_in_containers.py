"""The image, and the house as containers on one network."""

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from deploy.local.demo.client import Address
from deploy.local.demo.friday import play
from tests.support.containers import HARDENED, IMAGE, ROOT, containerised_house, containers
from tests.support.ports import free_port

pytestmark = pytest.mark.containers


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The container engine, with the image built."""
    client = docker.from_env(timeout=600)
    client.images.build(path=str(ROOT), tag=IMAGE, rm=True)
    yield client
    client.close()


def test_the_image_runs_as_nobody_in_particular_and_writes_nowhere_but_in_tmp(engine: docker.DockerClient):
    program = "import os, pathlib; print(os.getuid()); pathlib.Path('/tmp/x').touch(); pathlib.Path('/app/x').touch()"
    with containers(engine) as started:
        options = {**HARDENED, "user": None}  # the image's own user
        container = started.start("curious", IMAGE, ["-c", program], entrypoint=["python"], **options)
        assert container.wait(timeout=60)["StatusCode"] == 1
        output = container.logs().decode()
    assert output.startswith("10001\n")
    assert "Read-only file system: '/app/x'" in output


async def test_a_friday_is_played_against_four_services_in_containers(engine: docker.DockerClient, tmp_path: Path):
    port = free_port()
    with containerised_house(engine, tmp_path, port):
        figures = await play(Address("voka.localhost", port))
    assert figures.wrong == []
    assert len(figures.measured) > 30
