# Everything needs Python >= 3.11 and make, nothing else: the environment and all servers come from PyPI wheels.
PYTHON ?= $(shell for p in python3.13 python3.12 python3 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test up lint bench eval setup lock clean

demo: setup          ## every service on the samples, on a local stack that stops afterwards
	$(BIN)/python -m embedded demo

test: setup          ## all tests, on real servers started for the run: two sets of them, each for half of the modules, long ones first
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

up: setup            ## the local stack in the foreground, until Ctrl-C
	$(BIN)/python -m embedded up

lint: setup          ## style, types, layers, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

bench: setup         ## measured figures
	$(BIN)/python -m bench

eval: setup          ## precision and recall of reading and of both extractors on the sample CVs
	$(BIN)/python -m evaluation

setup: $(VENV)/.installed

$(VENV)/.installed: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock:                ## resolve the dependencies of pyproject.toml anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--all-extras pyproject.toml -o requirements-dev.lock

clean:               ## remove the environment, caches and the local stack's data, root's database in /tmp too
	-@test ! -x $(BIN)/python || $(BIN)/python -c \
		"from pathlib import Path; from embedded.servers import postgres; postgres.remove(Path('.talentflow'))"
	rm -rf $(VENV) .talentflow .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
