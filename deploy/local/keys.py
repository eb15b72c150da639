"""The keys of a local system: made once, and readable by its user alone."""

import os
from pathlib import Path

from services.common.identity.keys import generate_key, load_key, private_jwk, private_jwks, public_jwks
from services.common.identity.tokens import service_kid

SERVICES = ("membership", "events", "matching", "gateway")


class Keys:
    """A private key per service, the public keys of all of them, and the keys that sign people's tokens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.public = folder / "services.json"
        self.signing = folder / "signing.json"

    def of(self, service: str) -> Path:
        """The file of a service's private key."""
        return self._folder / f"{service}.json"

    def prepare(self) -> None:
        """Makes the keys that are missing; those that exist stay."""
        for service in SERVICES:
            if not self.of(service).exists():
                _write(self.of(service), private_jwk(generate_key(service_kid(service))))
        if not self.signing.exists():
            _write(self.signing, private_jwks([generate_key("membership-signing-1")]))
        _write(self.public, public_jwks(load_key(self.of(service)) for service in SERVICES))


def _write(path: Path, content: str) -> None:
    """The file is there completely or not at all, and never readable by others."""
    partial = path.with_suffix(".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    partial.replace(path)
