# The tasks of the project. Each sets up `.venv` from the locked list when it is missing or old.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
UV ?= uv

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check docs reference bench lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_STAMP): requirements/bench.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## a virtual study with known truth, analysed end to end
	$(BIN)/macroimmune demo --out demo

test: $(STAMP) ## the tests without the slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-all: $(STAMP) ## every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP) ## lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP) ## write the reference pages from the program
	$(BIN)/python docs/generate.py

reference: $(STAMP) ## run the reference scripts (needs R, see CONTRIBUTING.md)
	for script in reference/*/run.sh; do echo "$$script"; sh "$$script" || exit 1; done

bench: $(BENCH_STAMP) ## peers and ours, side by side (R as a peer where Rscript is found)
	$(BENCH_VENV)/bin/python benchmarks/all.py

lock: ## renew the locked list (needs uv)
	$(UV) pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header \
		--no-emit-index-url --group dev pyproject.toml -o requirements/dev.lock
	$(UV) pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header \
		--no-emit-index-url --group bench pyproject.toml -o requirements/bench.lock

clean: ## remove what the tasks made
	rm -rf $(VENV) $(BENCH_VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
