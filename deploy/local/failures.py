"""What goes wrong on one machine, in words for the person at it."""


class LocalFailure(Exception):
    """The local system cannot go on; the message is all that its user needs to know."""
