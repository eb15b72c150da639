"""The committed SDL: `python -m services.gateway.schema --write` renews it, `--check` compares it with the code.

Neither lets a change pass that breaks a client of the committed schema, unless it is named, one line each, in
api/breaking-changes.txt.
"""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from services.gateway.api.schema import schema

API = Path(__file__).parent / "api"
SDL = API / "schema.graphql"
BREAKING = API / "breaking-changes.txt"


def breaking_changes(committed: str, current: str, named: str) -> list[str]:
    """The changes from one SDL to another that break a client and are not named."""
    allowed = {line.strip() for line in named.splitlines()}
    changes = find_breaking_changes(build_schema(committed), build_schema(current))
    return [change.description for change in changes if change.description not in allowed]


def difference(committed: str, current: str) -> str:
    """What differs between two SDLs, line by line; empty when nothing does."""
    lines = difflib.unified_diff(committed.splitlines(), current.splitlines(), SDL.name, "the code", lineterm="")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> str | None:
    """Writes or checks the SDL; answers what is wrong, if anything is."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway.schema", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="renew api/schema.graphql")
    what.add_argument("--check", action="store_true", help="fail when api/schema.graphql differs from the code")
    options = parser.parse_args(arguments)
    current = schema.as_str() + "\n"
    committed = SDL.read_text() if SDL.exists() else current
    if broken := breaking_changes(committed, current, BREAKING.read_text()):
        return f"These changes break clients; name them in {BREAKING.name} if they must be:\n" + "\n".join(broken)
    if options.write:
        SDL.write_text(current)
    elif changed := difference(committed, current):
        return f"{changed}\n{SDL.name} is out of date: run python -m services.gateway.schema --write"
    return None


if __name__ == "__main__":
    raise SystemExit(main())
