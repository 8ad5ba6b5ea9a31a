# One command for each thing people do here. Needs only Python 3.11 or newer, make and a package
# index that pip knows; `make` by itself lists the commands.

VENV ?= .venv
ARGS ?=

RUN := $(VENV)/bin/python -m
BIN := $(VENV)/bin
# pip has to check the hash of every file, and must never build one: a build would fetch tools
# that no lock file names.
INSTALL := $(RUN) pip install -qq --disable-pip-version-check --no-input --require-hashes --only-binary :all:
OURSELVES := $(RUN) pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
CHECKED := src tests benchmarks frontend
# What the pages are styled with is built from these.
FRONTEND := $(filter-out frontend/node_modules,$(wildcard frontend/*))
# Rooms where a penny can be lost or a record misread: every branch is tested.
CORE_ROOMS := standard contracts ledger
# Folders, not packages: a file that no test imports then counts as not covered.
CORE_SOURCES := $(CORE_ROOMS:%=--cov=src/openoutcomes/%)
CORE_TESTS := $(wildcard $(foreach room,$(CORE_ROOMS),tests/unit/$(room) tests/spec/$(room) tests/generative/$(room))) \
	tests/unit/test_money.py tests/unit/test_problems.py
# What depends on which database the platform's tests run on. Tests that start processes of their own
# (tests/integration/web) name their databases themselves.
WEB_TESTS := $(wildcard tests/unit/web tests/acceptance)
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-strip-extras --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo demo-stop test test-web-sqlite check lint types boundaries coverage docs docs-serve derived deep bench lock clean

help: ## list these commands
	@echo "Open Outcomes: make COMMAND"
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | awk -F'	' '{ printf "  %-16s %s\n", $$1, $$2 }'

demo: $(VENV)/.demo ## price a real contract end to end, then open the platform with a worked partnership
	$(BIN)/openoutcomes demo --out demo-output
	$(BIN)/openoutcomes web demo --home demo-home

demo-stop: ## stop what make demo opened
	@test ! -d demo-home || $(BIN)/openoutcomes web demo --stop --home demo-home

test: $(VENV)/.dev ## set up and run the tests (ARGS="-k word" passes options to pytest)
	$(RUN) pytest $(ARGS)

test-web-sqlite: $(VENV)/.dev ## the platform's tests once more, on SQLite whatever the environment names
	OPENOUTCOMES_TEST_DATABASE_URL= OPENOUTCOMES_REQUIRE= $(RUN) pytest $(ARGS) $(WEB_TESTS)

check: lint types boundaries coverage docs ## lint, types, boundaries, coverage of the core rooms, docs

lint: $(VENV)/.dev ## ruff: rules and format
	$(RUN) ruff check $(CHECKED)
	$(RUN) ruff format --check $(CHECKED)

types: $(VENV)/.dev ## mypy, strict
	OPENOUTCOMES_HOME=$(VENV)/home $(RUN) mypy

boundaries: $(VENV)/.dev ## dependencies between rooms point down only
	$(BIN)/lint-imports

# Only tests that every clone can run count here, so the figure is the same everywhere; and few examples
# of each generated test, since `make test` has run them all.
coverage: $(VENV)/.dev ## every branch of the core rooms is tested
	OPENOUTCOMES_DEPTH=shallow $(RUN) pytest -q -m "not needs_data and not slow" $(CORE_TESTS) $(CORE_SOURCES) --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

# The theme says at each build that its support ends in May 2027: see docs/decisions/0004.
docs docs-serve: export NO_MKDOCS_2_WARNING = 1

docs: $(VENV)/.dev ## build the documentation into site/; a broken link fails
	$(RUN) mkdocs build --strict

docs-serve: $(VENV)/.dev ## read the documentation in a browser while writing it
	$(RUN) mkdocs serve

derived: $(VENV)/.dev ## write again what is generated: schemas, templates, reference pages, output in guides
	$(BIN)/openoutcomes standard build
	$(BIN)/openoutcomes outcomes build
	$(BIN)/openoutcomes indigo rules > docs/reference/indigo-rules.md
	$(RUN) openoutcomes.cli._reference
	OPENOUTCOMES_HOME=$(VENV)/home $(RUN) openoutcomes.web.core.permissions_page
	OPENOUTCOMES_HOME=$(VENV)/home $(RUN) openoutcomes.web.core.settings_page
	$(BIN)/python tests/spec/contracts/test_reference.py
	$(BIN)/python tests/spec/guides/test_guides.py

deep: $(VENV)/.dev ## the tests again, with slow ones and thousands of generated examples
	OPENOUTCOMES_DEPTH=deep $(RUN) pytest $(ARGS)

bench: $(VENV)/.dev ## measure speed and memory against their budgets
	@set -e; for script in benchmarks/[a-z]*.py; do echo "$$script"; $(BIN)/python "$$script" $(ARGS); done

lock: ## renew both lock files (for maintainers; needs uv. ARGS="--upgrade" takes newer versions)
	$(LOCK) --group build $(ARGS) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock $(ARGS) --output-file requirements-dev.lock

clean: demo-stop ## remove what these commands made, except the environment
	rm -rf site demo-output demo-home build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/.python:
	@for python in $${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14 python}; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv $(VENV) && touch $@ && exit 0; \
	    echo "This Python cannot make an environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "Open Outcomes needs Python 3.11 or newer. Found: $$($${PYTHON:-python3} --version 2>&1 || echo none)." >&2; \
	echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1

$(VENV)/.demo: $(VENV)/.python requirements.lock pyproject.toml $(FRONTEND)
	@echo "Installing what the package needs (under a minute)"
	@$(INSTALL) --requirement requirements.lock
	@$(OURSELVES)
	@$(BIN)/python frontend/build.py
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements-dev.lock pyproject.toml $(FRONTEND)
	@echo "Installing what development needs (about a minute)"
	@$(INSTALL) --requirement requirements-dev.lock
	@$(OURSELVES)
	@$(BIN)/python frontend/build.py
	@touch $@ $(VENV)/.demo
