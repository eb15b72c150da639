"""The console script `ontmoet`, for operators and developers."""

import signal


def main() -> None:
    """Runs a command. While its parts are still being read, Ctrl-C ends it at once and without a stack."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    if on_interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from deploy.cli.commands import run_one

    signal.signal(signal.SIGINT, on_interrupt)
    run_one()


if __name__ == "__main__":
    main()
