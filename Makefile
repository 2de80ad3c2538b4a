# The four words of the README: install, run, test, bench.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
MODEL := $(or $(MASHANGBAN_MODEL),var/model)

.PHONY: install run test bench check screenshots
.DELETE_ON_ERROR:

install: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("马上办 needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	touch $@

$(MODEL)/model.json: | install
	$(BIN)/python train.py --output $(MODEL)

run: install $(MODEL)/model.json
	$(BIN)/mashangban serve --port $(PORT)

test: install $(VENV)/.tested $(MODEL)/model.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: install $(VENV)/.tested $(MODEL)/model.json
	$(BIN)/python -m bench

check: $(VENV)/.tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: install $(VENV)/.tested $(MODEL)/model.json
	$(BIN)/python docs/screenshots.py
