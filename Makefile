# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check accuracy bench install install-dev lock clean

demo: install ## the station on the bundled clip
	$(BIN)/toeline models pull
	$(BIN)/toeline demo

test: install-dev ## every check and every test
	$(MAKE) --no-print-directory check
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: install-dev ## lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

SHARED ?= $(or $(TOELINE_SHARED),../shared)

accuracy: install ## the tables of README, "How sure it is"
	$(BIN)/toeline models pull
	$(BIN)/python tests/accuracy.py $(SHARED)/data/clips

bench: install ## the speed table of README
	$(BIN)/toeline models pull
	$(BIN)/toeline bench

install: $(VENV)/.installed ## the station into .venv

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Toeline needs Python 3.11 or newer; set PYTHON=python3.x" >&2; exit 1; }
	@# Without the Debian package python3-venv a half-made environment would pass for a whole one.
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: tests/requirements.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

lock: ## renew both lock files; needs uv
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build --extra dev --constraint requirements.lock pyproject.toml \
		--output-file tests/requirements.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache
