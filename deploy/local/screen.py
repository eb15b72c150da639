"""What the person at the terminal sees: each step while it runs, then how long it took."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console


class Screen:
    """A spinner on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, text: str) -> Generator[None]:
        """Shows the step while the block runs, and its time when it went well."""
        started = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(text):
                yield
        else:
            yield
        self.say(f"  {time.monotonic() - started:5.1f} s  {text}")

    def say(self, text: str) -> None:
        """One line, at once."""
        self._console.print(text, markup=False)
        self._console.file.flush()
