"""The parts of the local system and how they find each other."""

from collections.abc import Mapping

from deploy.local.databases import AREAS
from deploy.local.home import Home
from deploy.local.keys import Keys
from deploy.local.nats import Nats
from deploy.local.ports import Ports
from deploy.local.postgres import Postgres
from deploy.local.programs import Probe, Program, answers_http, listens, serves_grpc
from services.common.storage.ddl import service_role


class LocalSystem:
    """PostgreSQL and NATS, the mail sink, three services and the gateway, on one row of ports and in one home."""

    def __init__(self, home: Home, ports: Ports) -> None:
        self.home = home
        self.ports = ports
        self.keys = Keys(home.keys)
        self.postgres = Postgres(home.path)
        self.nats = Nats(home.path, ports.of("nats"))

    @property
    def url(self) -> str:
        """Where the gateway is reached."""
        return f"http://localhost:{self.ports.base}"

    def database_url(self, area: str) -> str:
        """A service's own database, in its own role."""
        return self.postgres.url(service_role(area), area)

    def mail_sink(self) -> Program:
        """Keeps the mails that membership sends."""
        environment = {
            "ONTMOET_SMTP_ADDRESS": self.ports.address("mail"),
            "ONTMOET_DEV_MAIL_DIR": str(self.home.mail),
        }
        return self._program("mail", "deploy.local.mail_sink", environment, listens(self.ports.of("mail")))

    def services(self) -> list[Program]:
        """The three gRPC services."""
        own: dict[str, Mapping[str, str]] = {
            "membership": {
                "ONTMOET_SIGNING_KEYS_FILE": str(self.keys.signing),
                "ONTMOET_SMTP_ADDRESS": self.ports.address("mail"),
                "ONTMOET_MAIL_SENDER": "noreply@ontmoet.example",
            },
            "events": {"ONTMOET_MEMBERSHIP_ADDRESS": self.ports.address("membership")},
            "matching": {
                "ONTMOET_MEMBERSHIP_ADDRESS": self.ports.address("membership"),
                "ONTMOET_EVENTS_ADDRESS": self.ports.address("events"),
            },
        }
        return [
            self._program(
                area,
                f"services.{area}.main",
                {
                    **self._shared(area),
                    "ONTMOET_DATABASE_URL": self.database_url(area),
                    "ONTMOET_GRPC_ADDRESS": self.ports.address(area),
                    **own[area],
                },
                serves_grpc(self.ports.of(area)),
            )
            for area in AREAS
        ]

    def gateway(self) -> Program:
        """The door of the system."""
        environment = {
            **self._shared("gateway"),
            "ONTMOET_HTTP_ADDRESS": self.ports.address("gateway"),
            "ONTMOET_PUBLIC_URL": self.url,
            "ONTMOET_DEV_MAIL_DIR": str(self.home.mail),
            **{f"ONTMOET_{area.upper()}_ADDRESS": self.ports.address(area) for area in AREAS},
        }
        ready = answers_http(self.ports.of("gateway"), "/readyz")
        return self._program("gateway", "services.gateway.main", environment, ready)

    def _shared(self, service: str) -> dict[str, str]:
        return {
            "ONTMOET_ENVIRONMENT": "development",
            "ONTMOET_NATS_URL": self.nats.url,
            "ONTMOET_SERVICE_KEY_FILE": str(self.keys.of(service)),
            "ONTMOET_SERVICE_KEYS_FILE": str(self.keys.public),
        }

    def _program(self, name: str, module: str, environment: Mapping[str, str], ready: Probe) -> Program:
        return Program(name, module, self.home.logs / f"{name}.log", environment, ready)
