"""What events needs from its environment."""

from services.common.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings of every service that calls membership."""
