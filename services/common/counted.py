"""Numbers with their nouns, in English."""


def counted(number: int, one: str, more: str = "") -> str:
    """As it is said: "1 round", "2 rounds"."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"
