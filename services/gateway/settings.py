"""The gateway's settings, read once at start from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class GatewaySettings(BaseSettings):
    """Where the gateway listens, whom it calls, and what it trusts."""

    model_config = SettingsConfigDict(env_prefix="ONTMOET_", frozen=True)

    environment: Literal["development", "production"]
    http_address: str = "127.0.0.1:8080"
    public_url: str
    membership_address: str
    events_address: str
    matching_address: str
    nats_url: str
    service_key_file: Path
    service_keys_file: Path
    otlp_endpoint: str | None = None
    log_level: str = "INFO"
    # Origins besides the own host that browsers may open a WebSocket from.
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    # How many proxies before the gateway add to X-Forwarded-For; 0 believes the peer address only.
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # Where the mail sink of a local run leaves its messages; read in development only.
    dev_mail_dir: Path | None = None

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def public_host(self) -> str:
        return (urlsplit(self.public_url).hostname or "").lower()
