"""The files of `ontmoet breakout`: refused in one line with exit code 2, and written whole or not at all."""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from services.matching.engine import ProblemError

DESCRIPTORS = (Path("/dev/fd"), Path("/proc/self/fd"))
UNUSABLE = 2
LARGEST = 200_000_000
"""Bytes; no file of this kind comes near."""

Read = TypeVar("Read")


def read(path: Path, reader: Callable[[object], Read]) -> Read:
    """What the reader makes of the file's JSON; else one line says what is wrong with which field."""
    with problems_of(path):
        return reader(_json(path))


@contextmanager
def problems_of(path: Path) -> Generator[None]:
    """A problem that shows in the block is this file's."""
    try:
        yield
    except ProblemError as error:
        refuse(path, str(error))


def refuse(path: Path, why: str) -> NoReturn:
    """Ends the command: this file is of no use."""
    print(f"ontmoet: {shown(path)}: {why}", file=sys.stderr)
    raise typer.Exit(UNUSABLE)


def shown(path: Path) -> str:
    """The path as a terminal may get it, which must not obey what a name holds."""
    return str(path) if str(path).isprintable() else repr(str(path))[1:-1]


def can_be_written(path: Path, *spared: Path) -> None:
    """Ends the command now rather than after the work when this is nothing to write to, or is one of the `spared`."""
    try:
        if any(_one_file(path, other) for other in spared):
            refuse(path, "is read here and would be lost; name another file to write")
        folder = Path(os.path.realpath(path)).parent
        usable = path if _takes_what_comes(path) or _open_already(path) else folder
        if path.is_dir() or not folder.is_dir() or not os.access(usable, os.W_OK):
            refuse(path, "cannot be written: name a file in a folder that exists and is yours")
    except OSError as error:
        refuse(path, f"cannot be written: {error.strerror}")


def are_two(out: Path, instance_out: Path) -> None:
    """Ends the command when the second would be written over the first."""
    if _one_file(out, instance_out):
        refuse(instance_out, "is --out as well; name another file for --instance-out")


def write(path: Path, text: str) -> None:
    """The file with this text; whoever reads meanwhile sees the old one or the new one.

    A device stays a device, and what the command was given open, as a log to append to, is written on.
    """
    try:
        if number := _open_already(path):
            sys.stdout.flush()
            with open(number, "w", encoding="utf-8", closefd=False) as file:
                file.write(text)
        elif _takes_what_comes(path):
            path.write_text(text, encoding="utf-8")
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        refuse(path, f"cannot be written: {error.strerror}")


def say(*lines: str) -> None:
    """Prints them; ends the command when that cannot be done."""
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left must not fail again at the end
        refuse(Path("stdout"), f"cannot be written: {error.strerror}")


def _one_file(path: Path, other: Path) -> bool:
    """Whether both name one file, be it by links; a device or a pipe loses nothing."""
    if _takes_what_comes(path):
        return False
    both_exist = os.path.exists(path) and os.path.exists(other)
    return os.path.samefile(path, other) if both_exist else os.path.realpath(path) == os.path.realpath(other)


def _takes_what_comes(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _open_already(path: Path) -> int | None:
    """The number under which the command was given this very file."""
    named = [int(path.name)] if path.name.isdecimal() and path.parent in DESCRIPTORS else []
    for number in (1, 2, *named):
        with suppress(OSError):
            if os.path.samestat(os.stat(path), os.fstat(number)):
                return number
    return None


def _replace(path: Path, text: str) -> None:
    """Keeps who may read it."""
    new = path.with_name(f".ontmoet-{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_json(path: Path, data: object) -> None:
    """The file with this data, on one line."""
    write(path, json.dumps(data, separators=(",", ":")) + "\n")


def _each_once(path: Path, pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        refuse(path, f"{repr(twice)[1:-1][:40]}: is named twice; name it once")  # a terminal must not obey it
    return fields


def _json(path: Path) -> object:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)  # a device or a pipe may have no end
        if len(text) > LARGEST:
            refuse(path, "is far too large for a plan")
        return json.loads(text, object_pairs_hook=lambda pairs: _each_once(path, pairs))
    except OSError as error:
        refuse(path, f"cannot be read: {error.strerror}")
    except json.JSONDecodeError as error:
        refuse(path, f"is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}")
    except (ValueError, RecursionError):
        refuse(path, "is not JSON that can be read: UTF-8 text, numbers of a usual length, few lists within lists")
