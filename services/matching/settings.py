"""What matching needs from its environment."""

from services.common.settings import Address, ServiceSettings


class Settings(ServiceSettings):
    """The settings of every service that calls membership, and where events is."""

    events_address: Address
