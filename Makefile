# sim-suite: `make demo` shows it, `make test` checks it. Both set up what they need on a machine with Python 3.11+ and make.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test test-slow lint format bench study clean

help:
	@echo 'make demo       train, compare, and write runs/demo/leaderboard.html'
	@echo 'make test       the tests (at most 12 minutes on 2 cores)'
	@echo 'make test-slow  kill, fuzz and soak tests'
	@echo 'make lint       ruff and mypy'
	@echo 'make format     ruff format'
	@echo 'make bench      every benchmark (speed against peers)'
	@echo 'make study NAME=frozenlake-8x8-q-learning   a longer learning run by recipe; SEEDS="0 1 2"'

setup: $(READY)

# Installed anew only when what is to be installed changes.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo 'error: no Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3.11 ...' >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/sim-suite demo

test: $(READY)
	$(BIN)/python -m pytest -n 2

test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 -m slow --timeout 900

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Peers live in an environment of their own: some pin other versions than we do.
.venv-bench/.ready: $(READY)
	test -x .venv-bench/bin/python || $(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check envpool gymnasium highway-env jax mctx pgx
	@touch $@

bench: $(READY) .venv-bench/.ready
	@status=0; for name in $$($(BIN)/sim-suite list bench --json | $(BIN)/python -c 'import json, sys; print(*(row["benchmark"] for row in json.load(sys.stdin)))'); do \
		echo "== $$name"; $(BIN)/sim-suite bench $$name || status=1; done; exit $$status

study: $(READY)
	for seed in $(or $(SEEDS),0); do $(BIN)/sim-suite train $(NAME) --seed $$seed || exit 1; done

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
