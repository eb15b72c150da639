# Needs Python 3.11 or newer, make and git; everything else comes from the lock into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
WORKERS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
SIDE_BY_SIDE = pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0
# The stamp names the folder, for a virtual environment doesn't survive a move. BASE_PYTHON chooses another Python.
READY := .venv/ready-$(shell pwd | cksum | cut -d ' ' -f 1)

run: $(READY)  ## start the whole system on this machine; Ctrl-C stops it, the data stays
	@exec $(PYTHON) -m deploy.cli.main run

demo: $(READY)  ## play one network's Friday against the running system, or one of its own
	@exec $(PYTHON) -m deploy.cli.main demo

reset: $(READY)  ## empty the home of the local system
	@exec $(PYTHON) -m deploy.cli.main reset

test: $(READY)  ## run every test that needs nothing but this machine
	$(PYTHON) -m $(SIDE_BY_SIDE) -m "not containers and not soak" $(ARGS)

test-containers: $(READY)  ## integration tests and the demo against containers; needs a container engine
	@$(PYTHON) -c "import docker; docker.from_env().ping()" 2>/dev/null || { \
		echo "test-containers: no container engine answers; start one, or set DOCKER_HOST" >&2; exit 1; }
	ONTMOET_TEST_SERVERS=containers $(PYTHON) -m $(SIDE_BY_SIDE) \
		tests/integration --ignore tests/integration/local -m "not soak" $(ARGS)
	$(PYTHON) -m pytest tests/containers $(ARGS)

soak: $(READY)  ## the kills, cancels and fuzz in full
	$(PYTHON) -m $(SIDE_BY_SIDE) -m soak $(ARGS)

bench: $(READY)  ## measure what must be fast
	$(PYTHON) -m tests.bench

bench-matching: $(READY) .venv-bench/ready  ## measure the matching engine beside CP-SAT; FULL=1 takes most of an hour
	$(PYTHON) -m tests.bench.matching $(if $(FULL),--full)

.venv-bench/ready: tests/bench/matching/requirements.lock
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check: $(READY)  ## format, lint, types, layers, contracts, migrations, manifests
	@exec $(PYTHON) -m deploy.checks

gen: $(READY)  ## generate proto/gen and the GraphQL schema from their sources
	$(PYTHON) -m deploy.checks.contracts --write
	$(PYTHON) -m services.gateway.schema --write

lock: $(READY)  ## renew the locks from pyproject.toml
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra local --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		tests/bench/matching/requirements.in -o tests/bench/matching/requirements.lock

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock requirements-dev.lock pyproject.toml deploy/local/bootstrap.sh
	@deploy/local/bootstrap.sh
	@touch $@

.PHONY: run demo reset test test-containers soak bench bench-matching check gen lock help
