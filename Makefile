# make demo: everything from a fresh clone to rankings with bonuses. make test: every check.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*)
SOURCES := $(shell find core plugins schemes -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: demo test lint types layers messages unit bench bench-large requirements clean

demo: $(VENV)/installed
	rm -rf demo
	$(BIN)/kaohe demo demo

test: lint types layers messages unit

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed
	$(BIN)/mypy

layers: $(VENV)/installed
	$(BIN)/lint-imports

messages: $(VENV)/installed
	$(BIN)/python .ci/messages.py check

unit: $(VENV)/installed
	$(BIN)/pytest -q -n auto --dist worksteal $(PYTEST_FLAGS)

# What is printed is kept in benchmarks/RESULTS.md. bench-large needs 10 GB of disk and half an hour more.
bench: $(VENV)/peers
	$(BIN)/python -m benchmarks --write

bench-large: $(VENV)/peers
	$(BIN)/python -m benchmarks workspace-10m group-100m --write

$(VENV)/peers: $(VENV)/installed benchmarks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	touch $@

# Dependencies first, pinned and hashed; then kaohe and its plugins as built packages, as a user gets them.
$(VENV)/dependencies: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

# A plugin whose files others may write is refused, so they are installed without group write whatever the umask.
$(VENV)/installed: $(VENV)/dependencies pyproject.toml $(SOURCES)
	umask 022 && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--force-reinstall . $(addprefix ./,$(PLUGINS))
	touch $@

# Renew the pins: pip-tools is the only thing needed beyond the development dependencies.
requirements:
	echo 'duckdb<2' > build-constraint.txt
	CUSTOM_COMPILE_COMMAND='make requirements' pip-compile --quiet --upgrade --generate-hashes --strip-extras \
		--allow-unsafe --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--extra dev --constraint build-constraint.txt --output-file requirements.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND='make requirements' pip-compile --quiet --upgrade --generate-hashes --strip-extras \
		--allow-unsafe --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--constraint requirements.txt --output-file benchmarks/requirements.txt benchmarks/requirements.in
	echo 'pyspark[connect]~=4.2.1' > spark-requirements.in
	CUSTOM_COMPILE_COMMAND='make requirements' pip-compile --quiet --upgrade --generate-hashes --strip-extras \
		--allow-unsafe --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--constraint requirements.txt --output-file spark-requirements.txt spark-requirements.in
	rm build-constraint.txt spark-requirements.in

clean:
	rm -rf $(VENV) demo
