# One word each: make demo | test | check | bench | help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test test-editors test-vscode vscode pictures soak check bench clean

help: ## what each word does
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

$(VENV)/.python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.python
	@$(BIN)/pip --quiet --disable-pip-version-check install --editable '.[local,tui]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.python
	@$(BIN)/pip --quiet --disable-pip-version-check install --editable '.[local,tui,dev]'
	@$(BIN)/pip --quiet --disable-pip-version-check download --dest $(VENV)/wheels . pip
	@touch $@ $(VENV)/.run

# The demo leaves nothing outside $(VENV): neither pip's downloads nor compiled modules beside the sources.
demo: export PIP_CACHE_DIR := $(CURDIR)/$(VENV)/cache/pip
demo: export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/cache/compiled
demo: $(VENV)/.run ## watch an answer stream into a file, with no key and no model
	@$(BIN)/lsp-llm demo

check: $(VENV)/.dev ## ruff, mypy, import contracts, and whether the documents are true
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_documents.py

# Four side by side, also on two cores: most tests wait for another program most of their time.
test: $(VENV)/.dev ## every test, real editors included
	@$(BIN)/python -m pytest -q -n 4 --dist worksteal -m "not vscode and not soak"

test-editors: $(VENV)/.dev ## the real terminal editors, ten rounds each
	@EDITOR_ROUNDS=10 $(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not vscode" tests/editors

test-vscode: $(VENV)/.dev ## a real VS Code, five rounds (fetches some 1.2 GB once)
	@EDITOR_ROUNDS=5 $(BIN)/python -m pytest -q -m vscode tests/editors

EXTENSION := editors/vscode
$(EXTENSION)/node_modules/.package-lock.json: $(EXTENSION)/package-lock.json
	@npm ci --prefix $(EXTENSION) --ignore-scripts --no-audit --no-fund
	@touch $@

vscode: $(EXTENSION)/node_modules/.package-lock.json ## the VS Code extension, tested: editors/vscode/dist/lsp-llm.vsix
	@npm --prefix $(EXTENSION) test
	@npm --prefix $(EXTENSION) run package

pictures: $(VENV)/.dev ## film the real editors for the documents, into docs/pictures
	@$(BIN)/python -m tests.pictures

bench: $(VENV)/.dev ## how fast it is, beside references measured in the same run
	@$(BIN)/python -m tests.bench

soak: $(VENV)/.dev ## the property tests of the edit engine, for long
	@$(BIN)/python -m pytest -q -m soak

clean: ## remove what the other words made
	rm -rf $(EXTENSION)/node_modules $(EXTENSION)/build $(EXTENSION)/dist
	rm -rf $(VENV) .editors .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
