"""What membership needs from its environment."""

from pathlib import Path

from pydantic import EmailStr

from services.common.settings import Address, PlatformSettings


class Settings(PlatformSettings):
    """The platform's settings, the keys that tokens are signed with, and the way of mail."""

    # A JSON Web Key Set with private keys: the first signs, all are published.
    signing_keys_file: Path
    smtp_address: Address = "127.0.0.1:8085"
    mail_sender: EmailStr
