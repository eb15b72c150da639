"""The house as containers on one network: PostgreSQL, NATS, a mail sink, three services and the gateway."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import docker
import yaml
from docker.models.containers import Container
from docker.models.networks import Network

from deploy.local.databases import AREAS
from deploy.local.demo.main import is_ready
from deploy.local.keys import Keys
from services.common.storage.ddl import service_role

ROOT = Path(__file__).resolve().parents[2]
IMAGE, POSTGRES_IMAGE, NATS_IMAGE = "ontmoet:test", "postgres:18", "nats:2.15"
KEYS, MAIL = "/etc/ontmoet/keys", "/var/mail/ontmoet"
HARDENED: Mapping[str, Any] = {
    "read_only": True,
    "user": "10001:10001",
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "mem_limit": "512m",
    "tmpfs": {"/tmp": "size=64m,mode=1777"},
}


def memory_limit(service: str) -> str:
    """What the manifests allow a service, as Docker writes it."""
    patch = "matching-memory.yaml" if service == "matching" else "hardening.yaml"
    deployment = yaml.safe_load((ROOT / "deploy/kubernetes/base" / patch).read_text())
    limits = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
    return str(limits["memory"]).removesuffix("i").lower()


class Containers:
    """Starts containers with names of their own on a network of their own."""

    def __init__(self, client: docker.DockerClient, network: Network, run: str) -> None:
        self._client = client
        self._network = network
        self._run = run

    def start(self, name: str, image: str, command: list[str] | None = None, **options: Any) -> Container:
        """A container that others on the network find by its name."""
        container = self._client.containers.create(image, command, name=f"{self._run}-{name}", **options)
        untyped: Any = self._network
        untyped.connect(container, aliases=[name])
        container.start()
        return container

    def finish(self, name: str, module: list[str], **options: Any) -> str:
        """Run one of our modules to its end and answer what it printed; it must succeed."""
        container = self.start(name, IMAGE, module, **HARDENED, **options)
        status = container.wait(timeout=120)["StatusCode"]
        output = container.logs().decode()
        assert status == 0, f"{name} ended with {status}: {output}"
        return output

    def remove(self) -> None:
        """Remove what was started, the latest first."""
        for container in self._client.containers.list(all=True, filters={"name": f"^{self._run}-"}):
            container.remove(force=True, v=True)


@contextmanager
def containers(client: docker.DockerClient) -> Generator[Containers]:
    """A network of its own, gone at the end with all that was started on it."""
    run = f"ontmoet-{secrets.token_hex(4)}"
    network = client.networks.create(run)
    started = Containers(client, network, run)
    with ExitStack() as opened:
        opened.callback(network.remove)
        opened.callback(started.remove)
        yield started


@contextmanager
def containerised_house(client: docker.DockerClient, folder: Path, port: int) -> Generator[None]:
    """The four services as containers; the gateway answers at `port` of this machine."""
    passwords = {name: secrets.token_urlsafe(24) for name in ("admin", "owner", *AREAS)}
    keys = _files(folder, passwords)
    mounts = {str(keys.parent): {"bind": KEYS, "mode": "ro"}, str(folder / "mail"): {"bind": MAIL, "mode": "rw"}}
    with containers(client) as started:
        started.start("postgres", POSTGRES_IMAGE, environment={"POSTGRES_PASSWORD": passwords["admin"]})
        started.start("nats", NATS_IMAGE, ["-js"])
        started.start(
            "mail",
            IMAGE,
            ["deploy.local.mail_sink"],
            environment={"ONTMOET_SMTP_ADDRESS": "0.0.0.0:2525", "ONTMOET_DEV_MAIL_DIR": MAIL},
            volumes=mounts,
            **HARDENED,
        )
        _prepare(started, passwords, mounts)
        for service in (*AREAS, "gateway"):
            started.start(
                service,
                IMAGE,
                [f"services.{service}.main"],
                environment=_environment(service, passwords, port),
                volumes=mounts,
                ports={"8080/tcp": ("127.0.0.1", port)} if service == "gateway" else {},
                **{**HARDENED, "mem_limit": memory_limit(service)},
            )
        _wait(port)
        yield


def _files(folder: Path, passwords: Mapping[str, str]) -> Path:
    """Keys and passwords that uid 10001 can read, and a folder for mail that it can write."""
    keys = folder / "keys" / "services.json"
    keys.parent.mkdir()
    Keys(keys.parent).prepare()
    (keys.parent / "passwords.json").write_text(json.dumps(passwords))
    (folder / "mail").mkdir()
    for path in (folder, keys.parent, folder / "mail"):
        path.chmod(0o777)
    for path in keys.parent.iterdir():
        path.chmod(0o644)
    return keys


def _prepare(started: Containers, passwords: Mapping[str, str], mounts: Mapping[str, Any]) -> None:
    """Databases, streams, and the five networks."""
    admin = f"postgresql://postgres:{passwords['admin']}@postgres:5432/postgres"
    environment = {
        "ONTMOET_ADMIN_DATABASE_URL": admin,
        "ONTMOET_DATABASE_PASSWORDS_FILE": f"{KEYS}/passwords.json",
        "ONTMOET_DATABASE_URL": _database_url("membership", passwords),
        "ONTMOET_NATS_URL": "nats://nats:4222",
    }
    for command in ("migrate", "streams", "seed"):
        started.finish(command, ["deploy.cli.main", command], environment=environment, volumes=mounts)


def _database_url(area: str, passwords: Mapping[str, str]) -> str:
    return f"postgresql://{service_role(area)}:{passwords[area]}@postgres:5432/{area}"


def _environment(service: str, passwords: Mapping[str, str], port: int) -> dict[str, str]:
    own = {
        "membership": {
            "ONTMOET_SIGNING_KEYS_FILE": f"{KEYS}/signing.json",
            "ONTMOET_SMTP_ADDRESS": "mail:2525",
            "ONTMOET_MAIL_SENDER": "noreply@ontmoet.example",
        },
        "gateway": {
            "ONTMOET_HTTP_ADDRESS": "0.0.0.0:8080",
            "ONTMOET_PUBLIC_URL": f"http://localhost:{port}",
            "ONTMOET_DEV_MAIL_DIR": MAIL,
        },
    }
    addresses = {f"ONTMOET_{area.upper()}_ADDRESS": f"{area}:8081" for area in AREAS}
    database = {"ONTMOET_DATABASE_URL": _database_url(service, passwords)} if service in AREAS else {}
    return {
        "ONTMOET_ENVIRONMENT": "development",
        "ONTMOET_NATS_URL": "nats://nats:4222",
        "ONTMOET_GRPC_ADDRESS": "0.0.0.0:8081",
        "ONTMOET_SERVICE_KEY_FILE": f"{KEYS}/{service}.json",
        "ONTMOET_SERVICE_KEYS_FILE": f"{KEYS}/services.json",
        **addresses,
        **database,
        **own.get(service, {}),
    }


def _wait(port: int, *, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not is_ready(port):
        assert time.monotonic() < deadline, "the gateway did not become ready"
        time.sleep(0.2)
