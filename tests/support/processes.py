"""Processes that tests started, directly or not."""

import psutil


def below(pid: int) -> list[psutil.Process]:
    """All that descends from a process."""
    return psutil.Process(pid).children(recursive=True)


def alive(processes: list[psutil.Process], *, within: float) -> list[str]:
    """The command lines of those that still run after so many seconds; a zombie doesn't run."""
    _, left = psutil.wait_procs(processes, timeout=within)
    return [" ".join(process.cmdline()) for process in left if _runs(process)]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
