# Niêm. `make help` lists the targets; each line of it is the comment behind the target.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.DEFAULT_GOAL := help
.PHONY: help setup demo run test check lint types contracts format docs bench lock samples pki system clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Niêm cần / needs Python >= 3.11 (PYTHON=$(PYTHON): $$($(PYTHON) --version 2>&1))."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Thiếu venv của Python / Python's venv is missing. Gõ / Type:  $$(tests/support/as-root apt-get install -y python3-venv)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## Only install: afterwards .venv/bin/niem works

demo: $(READY) ## A whole office in var/demo: four real documents go the lawful way
	@$(BIN)/niem demo var/demo

run: $(READY) ## Serve the demo site (with its TSA, OCSP and CRL)
	@$(BIN)/niem demo var/demo --serve

test: $(READY) system ## Everything the tests need, then the tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

system: # Debian packages that the tests use; as root they are installed, else their absence is said
	@tests/support/system-packages

check: $(READY) lint types contracts ## Lint, types and import contracts

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy .

contracts: $(READY)
	@$(BIN)/lint-imports

format: $(READY) ## Let the formatter have its way
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

samples: $(READY) ## Make the sample documents again (needs LibreOffice)
	@$(BIN)/python -m samples.make

pki: $(READY) ## Make the test PKI again
	@$(BIN)/python -m certs.test.make --force

docs: $(READY) ## Write anew the parts of the papers that are taken from the code
	@$(BIN)/python -m docs.derived

bench: $(READY) ## How long each step of the demo's documents took (after make demo)
	@$(BIN)/python -m bench.journey var/demo

lock: $(READY) ## Resolve the dependencies again
	@$(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv
	@build/uv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra demo --extra dev pyproject.toml -o requirements.lock

clean: ## Remove what was made here (not the keys of a site)
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache var/demo certs/test/made
