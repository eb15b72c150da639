"""Settings come from the environment, are read once, and never change."""

import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ONTMOET_"

Address = Annotated[str, Field(pattern=r"^\S+:\d{1,5}$")]
"""host:port"""
Endpoint = Annotated[str, Field(pattern=r"^https?://\S+$")]
"""Where traces and metrics go, over gRPC: http://collector:4317; its scheme says whether with TLS."""


class PlatformSettings(BaseSettings):
    """What every service behind the gateway needs; each adds its own."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    environment: Literal["development", "production"]
    # postgresql://user:password@host:port/database, or postgresql://user@/database?host=/folder/of/the/socket
    database_url: str = Field(pattern=r"^postgresql://", repr=False)
    nats_url: str = Field(pattern=r"^(nats|tls)://", repr=False)
    grpc_address: Address = "127.0.0.1:8081"
    # The service's own private key, a JSON Web Key, and the public keys of all services, a JSON Web Key Set.
    service_key_file: Path
    service_keys_file: Path
    otlp_endpoint: Endpoint | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def development(self) -> bool:
        """Whether this is somebody's own machine: reflection is on, and mail goes to a folder."""
        return self.environment == "development"


class ServiceSettings(PlatformSettings):
    """For services that call membership (all but itself): for its key set, at least."""

    membership_address: Address


Settings = TypeVar("Settings", bound=BaseSettings)


def read(settings: type[Settings]) -> Settings:
    """The settings in the environment; ends the process, naming each missing or wrong variable, when there are any."""
    try:
        return settings()
    except ValidationError as error:
        # The values are left out: they may be secrets.
        for problem in error.errors(include_input=False, include_url=False):
            name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None
