"""PostgreSQL and NATS from testcontainers, in the place of the embedded ones: the same tests, over TCP."""

from pathlib import Path
from typing import Any

from testcontainers.community.nats import NatsContainer
from testcontainers.community.postgres import PostgresContainer

from deploy.local.nats import Nats
from deploy.local.postgres import ADMIN, Postgres

_SETTINGS = ("hba_file=/etc/ontmoet/pg_hba.conf", "fsync=off", "max_connections=200")


class ContainedPostgres(Postgres):
    """A server in a container, which trusts whoever reaches it, as the embedded one does."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        rules = home / "pg_hba.conf"
        rules.write_text("local all all trust\nhost all all all trust\n")
        rules.chmod(0o644)
        home.chmod(0o755)
        settings = " ".join(f"-c {setting}" for setting in _SETTINGS)
        container: Any = PostgresContainer("postgres:18", username=ADMIN, password="test", dbname="postgres")
        container.with_volume_mapping(str(rules), "/etc/ontmoet/pg_hba.conf", "ro")
        container.with_command(f"postgres {settings}")
        self._container = container

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role, at the container's mapped port."""
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(5432)
        return f"postgresql://{role}@{host}:{port}/{database}"

    async def start(self) -> str:
        """Starts the container and gives the superuser's address."""
        self._container.start()
        return self.admin_url

    async def stop(self) -> None:
        """Removes the container and its data."""
        self._container.stop()


class ContainedNats(Nats):
    """A server in a container, with JetStream."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        container: Any = NatsContainer("nats:2.15")
        container.with_command("-js")
        self._container = container

    @property
    def url(self) -> str:
        """The server's address, at the container's mapped port."""
        return str(self._container.nats_uri())

    async def start(self) -> str:
        """Starts the container and gives its address."""
        self._container.start()
        return self.url

    async def stop(self) -> None:
        """Removes the container and its streams."""
        self._container.stop()
