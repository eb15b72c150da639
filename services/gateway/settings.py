"""What the gateway needs from its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.settings import PREFIX, Address, Endpoint


class Settings(BaseSettings):
    """Where the gateway listens, whom it calls, and what it believes. It has no database."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    environment: Literal["development", "production"]
    http_address: Address = "127.0.0.1:8080"
    # Where people reach it when they name no network; its host name stands for none.
    public_url: str = Field(pattern=r"^https?://")
    membership_address: Address
    events_address: Address
    matching_address: Address
    nats_url: str = Field(pattern=r"^(nats|tls)://", repr=False)
    # The gateway's own private key, a JSON Web Key. The other services hold its public part.
    service_key_file: Path
    otlp_endpoint: Endpoint | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Origins besides the own host whose pages may call, as JSON: ["https://members.voka.example"].
    allowed_origins: tuple[str, ...] = ()
    # How many proxies of ours add to X-Forwarded-For; with 0 it is not believed.
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # The mail sink's folder, shown at /dev/mail in development.
    dev_mail_dir: Path | None = None

    @property
    def development(self) -> bool:
        """Whether this is somebody's own machine: GraphiQL and /dev/mail are there."""
        return self.environment == "development"

    @property
    def public_host(self) -> str:
        """The host name of the public URL."""
        return (urlsplit(self.public_url).hostname or "").lower()
