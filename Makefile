# Two commands: `make run` and `make test`. The rest is for whoever works on it.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
COMPILE = $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-header \
	--no-annotate --strip-extras
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: run install test check bench messages browser lock

run: install
	@PORT=$(PORT) $(BIN)/python -m consulta.serve

install: $(VENV)/installed
	@$(BIN)/python -m whitenoise.compress -q consulta/static

$(VENV)/installed: requirements.lock requirements-build.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/tested: $(VENV)/installed requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

browser: $(VENV)/tested
	@$(BIN)/python -m tests.browser.install

test: $(VENV)/tested install browser
	@$(BIN)/python -m pytest -n auto

check: $(VENV)/tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint consulta/templates
	@$(BIN)/python -m pytest tests/test_architecture.py

bench: $(VENV)/tested
	@$(BIN)/python -m benchmarks

messages: $(VENV)/tested
	@$(BIN)/python -m consulta.translations

lock: $(VENV)/tested
	@$(PIP) install pip-tools
	@$(COMPILE) -o requirements.lock pyproject.toml
	@$(COMPILE) --only-build-deps --build-deps-for editable -o requirements-build.lock pyproject.toml
	@$(COMPILE) --extra dev -o requirements-dev.lock pyproject.toml
