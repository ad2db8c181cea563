# make run    serve the fake exchange with the example state (ARGS="--seed 7" passes options on)
# make test   install, lint, type-check, run every test
# make check  lint and type-check only
# make bench  measure speed
# make chaos  the same outages for four ways of sending a transfer
# make cassettes  record cassettes/fake again

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench chaos cassettes clean

run: $(VENV)/installed-for-use
	@exec $(BIN)/bingx-fake serve $(ARGS)

test: check
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/installed-for-development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

chaos: $(VENV)/installed-for-development
	$(BIN)/python -m benchmarks.chaos $(ARGS)

bench: $(VENV)/installed-for-development
	$(BIN)/python -m benchmarks $(ARGS)

cassettes: $(VENV)/installed-for-development
	BINGX_RECORD=1 $(BIN)/python -m pytest tests/cassettes -k "test_fake and recorded"

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed-for-use: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-for-development: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/installed-for-use
