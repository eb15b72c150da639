#!/usr/bin/env bash
# Makes .venv from the locks, with nothing on the machine but a Python from 3.11 on. Called by the Makefile.
set -euo pipefail
cd "$(dirname "$0")/../.."

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

base=
for candidate in ${BASE_PYTHON:-python3.13 python3.12 python3.11 python3}; do
  usable "$candidate" || continue
  base=$candidate
  "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 && break
  base_without_pip=$candidate base=
done
if [ -z "$base" ]; then
  if [ -n "${base_without_pip:-}" ]; then
    echo "bootstrap: $base_without_pip can make no virtual environments; install its venv module (Debian: python3-venv)" >&2
  else
    echo "bootstrap: no Python from 3.11 on was found (tried ${BASE_PYTHON:-python3.13, python3.12, python3.11, python3})" >&2
  fi
  exit 1
fi

if [ -n "${BASE_PYTHON:-}" ] || ! usable .venv/bin/python || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  echo "bootstrap: making .venv with $("$base" --version)"
  "$base" -m venv --clear .venv
fi

echo "bootstrap: installing the locked packages"
uv_alone=$(mktemp)
trap 'rm -f "$uv_alone"' EXIT
awk '/^[a-z]/ {wanted = /^uv==/} wanted' requirements-dev.lock > "$uv_alone"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$uv_alone"
# uv doesn't read pip's settings: an index from the environment is handed on, and where that isn't enough pip does it.
export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-}}
export VIRTUAL_ENV=$PWD/.venv
.venv/bin/python -m uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.lock ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
.venv/bin/python -m uv pip install --quiet --offline --no-deps --no-build-isolation -e .
.venv/bin/python -m compileall -q services deploy proto/gen  # the first start need not wait for the compiler,
.venv/bin/python -m services.matching.engine.warm  # nor the matching engine's kernels for theirs
