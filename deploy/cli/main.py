"""The way into the console script `ontmoet`."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial


def main() -> None:
    """Runs a command. While its parts are still being read, Ctrl-C ends it at once and without a stack."""
    _open_missing_streams()
    on_interrupt = signal.getsignal(signal.SIGINT)
    if on_interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    run = _command()
    signal.signal(signal.SIGINT, on_interrupt)
    run()


def _open_missing_streams() -> None:
    """What the command was given closed leads nowhere; its number would be that of the next file."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - open for as long as the command runs


def _command() -> Callable[[], object]:
    """Break-outs from files need neither database nor bus, so for them neither is read: that is 75 MB."""
    if sys.argv[1:2] == ["breakout"]:
        from deploy.cli.breakout import app

        return partial(app, sys.argv[2:], prog_name="ontmoet breakout")
    from deploy.cli.commands import run_one

    return run_one


if __name__ == "__main__":
    main()
