# Everything runs in a virtual environment of its own, .venv; all that is needed is Python 3.11 or newer.
PYTHON ?= python3
DEMO_HOME ?= demo
# Extra arguments for pytest, such as TESTS='-k crosswalk'.
TESTS ?= -n 2 --dist loadfile --no-loadscope-reorder

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test lint bench clean

help:
	@echo "make demo   ICD-10-CM on genuine releases, HCPCS and NCCI on samples, into $(DEMO_HOME)/"
	@echo "make test   style, types, import contract and tests"
	@echo "make lint   the same without the tests"
	@echo "make bench  the benchmarks"
	@echo "make clean  remove the virtual environment, demo/ and caches"

demo: $(VENV)/.flows
	@$(BIN)/python -m flows.demo --home $(DEMO_HOME)

test: lint
	$(BIN)/python -m pytest $(TESTS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy -p flows
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	@for each in $$(grep -l '^def main' benchmarks/*.py | grep -v generator); do echo "== $$each"; $(BIN)/python "$$each" || exit 1; done

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find codeset_pipeline flows tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# The stamps say what is installed, so that a second run starts at once.
$(VENV)/.flows: $(VENV)/.made pyproject.toml
	@echo "Installing the program and Prefect into $(VENV); the first time this takes a minute or two"
	@$(PIP) --editable '.[flows]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@echo "Installing the program, Prefect and the tools for its tests into $(VENV)"
	@$(PIP) --editable '.[flows,postgres,serve,dev]'
	@touch $@ $(VENV)/.flows

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than Python 3.11; name a newer one, for example: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) has no venv module; install it (Debian and Ubuntu: apt install python3-venv)"; exit 1; }
	@touch $@
