"""The Python code of the contracts: `--write` generates proto/gen, `--check` says how it differs from the contracts."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROTO = Path(__file__).resolve().parents[2] / "proto"
GENERATED = PROTO / "gen"


def generate(target: Path) -> None:
    """Writes the code of all contracts into the folder. Contracts without a service get no gRPC code."""
    target.mkdir(parents=True, exist_ok=True)
    contracts = sorted((PROTO / "ontmoet").rglob("*.proto"))
    services = [path for path in contracts if re.search(r"^service ", path.read_text(), re.MULTILINE)]
    _protoc(["--python_out", "--mypy_out"], target, contracts)
    _protoc(["--grpc_python_out", "--mypy_grpc_out"], target, services)


def differences(target: Path) -> list[str]:
    """The files in proto/gen that are not as they would be generated into the empty folder."""
    generate(target)
    committed, fresh = _contents(GENERATED), _contents(target)
    return sorted(name for name in committed.keys() | fresh.keys() if committed.get(name) != fresh.get(name))


def main() -> str | None:
    """Writes or checks; answers what is wrong, if anything is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.checks.contracts", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "gen"
        if parser.parse_args().write:
            generate(fresh)
            shutil.rmtree(GENERATED, ignore_errors=True)
            shutil.copytree(fresh, GENERATED)
        elif changed := differences(fresh):
            return "\n".join([*changed, "proto/gen is out of date: run make gen"])
    return None


def _protoc(outputs: list[str], target: Path, contracts: list[Path]) -> None:
    programs = Path(sys.executable).parent  # protoc finds the mypy plugin on PATH
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(PROTO)]
    command += [f"{output}={'quiet:' if 'mypy' in output else ''}{target}" for output in outputs]
    command += [str(path.relative_to(PROTO)) for path in contracts]
    subprocess.run(command, check=True, env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


if __name__ == "__main__":
    raise SystemExit(main())
