# make help   this list; make alone prints it, too
# make run    serve the fake exchange with the example state (ARGS="--seed 7" passes options on)
# make test   install, lint, type-check, run every test
# make test-long  10,000 steps of the exchange beside its model, longer outages, a thousand histories of perpetuals beside a naive
#   account, and a million commands of the order book beside a naive one (eight minutes)
# make test-minimum  every test that can, with the oldest versions that pyproject.toml declares to do
# make coverage  run every test and measure which branches they take; fails under the floor in pyproject.toml
# make check  lint and type-check only
# make contract  compile contracts/bingx_contracts/spec into contract.json, when a test says that it is due
# make fuzz   thousands of made-up requests under every profile, held against the OpenAPI document (twenty minutes)
# make bench  measure the speed of fake, client and tests (eleven minutes)
# make soak   24 hours of traffic on an advanced clock (three minutes): money conserved, orders hold what they say, memory flat
# make chaos  the same outages for four ways of sending a transfer
# make compat  run published clients under every profile and write what they cope with into docs/published-clients.md
# make freqtrade  see freqtrade, unmodified, buy and sell here, in an environment of its own (half a minute)
# make cassettes  record cassettes/fake again
# make pictures  make the README's pictures again; needs Chromium
# make mutants  break what decides over money and protocol in 5,400 ways; tests must notice 90 % of them
#   (an hour and a half on one core; ARGS="bingx_client.wire.signing*" takes one module; see tests/MUTANTS.md)
# make clean  remove the environments that make has made

# The first of these that is new enough. PYTHON=python3.12 takes another, in an environment of its own: .venv-3.12.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
ifndef PYTHON
PYTHON := $(shell for it in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$it $(NEW_ENOUGH) && echo $$it && break; done)
VENV := .venv
else
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
endif
BIN := $(VENV)/bin

# The tests start hundreds of interpreters; each would have to compile everything that pytest rewrites.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-long test-minimum coverage check fuzz bench soak chaos cassettes compat freqtrade contract pictures mutants clean

help:
	@sed -n '/^#/!q; s/^# //p' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/installed-for-use
	@exec $(BIN)/bingx-fake serve $(ARGS)

# ccxt for Node, where npm can be had: elsewhere the tests that need it say that they did not run.
NODES := $(if $(shell command -v npm 2>/dev/null),tests/compat/npm/node_modules/.package-lock.json)

test: check $(NODES)
	$(BIN)/python -m pytest -n auto

test-long: $(VENV)/installed-for-development
	BINGX_LONG=1 $(BIN)/python -m pytest tests/model tests/pair/test_outage_machine.py tests/venue/test_two_books.py \
		tests/perpetuals/test_machine.py

# Left out: tests/compat, which holds a page against the newest ccxt; that one asks for the newest urllib3.
MINIMUM := .venv-minimum
test-minimum: $(MINIMUM)/installed
	$(MINIMUM)/bin/python -m pytest -n auto --ignore=tests/compat $(ARGS)

coverage: $(VENV)/installed-for-development $(NODES)
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered

contract: $(VENV)/installed-for-development
	$(BIN)/python -c "from bingx_contracts.reading.compiled import write; write()"

check: $(VENV)/installed-for-development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fuzz: $(VENV)/installed-for-development
	BINGX_FUZZ_EXAMPLES=100 $(BIN)/python -m pytest tests/openapi/test_fuzzing.py --capture=no $(ARGS)

chaos: $(VENV)/installed-for-development
	$(BIN)/python -m benchmarks.chaos $(ARGS)

bench: $(VENV)/installed-for-development
	$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/installed-for-development
	$(BIN)/python -m benchmarks.soak $(ARGS)

compat: $(VENV)/installed-for-development $(NODES)
	BINGX_WRITE_TABLE=1 $(BIN)/python -m pytest tests/compat

# In an environment of its own: it asks for one version of ccxt, and brings 60 packages along.
FREQTRADE := .venv-freqtrade
freqtrade: $(VENV)/installed-for-use $(FREQTRADE)/installed
	@$(BIN)/python examples/freqtrade_bot/show.py --freqtrade $(FREQTRADE)/bin/freqtrade $(ARGS)

cassettes: $(VENV)/installed-for-development
	BINGX_RECORD=1 $(BIN)/python -m pytest tests/cassettes -k "test_fake and recorded"

pictures: $(VENV)/installed-for-development
	$(BIN)/python docs/pictures/make.py

# In a copy of the tree, with the three packages side by side: see tests/mutants/setup.cfg.
MUTANTS := build/mutants
MUTMUT := cd $(MUTANTS) && PYTHONHASHSEED=0 $(abspath $(BIN))/mutmut
mutants: $(VENV)/installed-for-development
	rm -rf $(MUTANTS) && mkdir -p $(MUTANTS)/src
	cp -R contracts/bingx_contracts client/bingx_client fake_exchange/bingx_fake $(MUTANTS)/src
	cp -R tests pyproject.toml tests/mutants/setup.cfg $(MUTANTS)
	$(MUTMUT) run --max-children 1 $(foreach pattern,$(ARGS),'$(pattern)')
	$(MUTMUT) results --all true | $(abspath $(BIN))/python tests/mutants/score.py

tests/compat/npm/node_modules/.package-lock.json: tests/compat/npm/package.json tests/compat/npm/package-lock.json
	@cd tests/compat/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && \
		touch node_modules/.package-lock.json || \
		echo "ccxt for Node was not installed: the tests that need it say so" >&2

clean:
	rm -rf .venv .venv-* $(MUTANTS) tests/compat/npm/node_modules

$(BIN)/python:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) || { echo '$(or $(PYTHON),no python3 that is found here)' is not \
		Python 3.11 or later: install one, or name it: make PYTHON=/path/to/python >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The oldest Python as well, for which the oldest libraries have wheels.
$(MINIMUM)/installed: pyproject.toml constraints.txt tests/minimum/requirements.py
	python3.11 -m venv --clear $(MINIMUM)
	python3.11 tests/minimum/requirements.py >$(MINIMUM)/requirements.txt
	$(MINIMUM)/bin/python -m pip install --quiet --requirement $(MINIMUM)/requirements.txt --editable .
	python3.11 tests/minimum/requirements.py --alone >$(MINIMUM)/alone.txt
	$(MINIMUM)/bin/python -m pip install --quiet --no-deps --requirement $(MINIMUM)/alone.txt
	@touch $@

$(FREQTRADE)/installed: examples/freqtrade_bot/requirements.txt | $(BIN)/python
	$(PYTHON) -m venv --clear $(FREQTRADE)
	$(FREQTRADE)/bin/python -m pip install --quiet --requirement examples/freqtrade_bot/requirements.txt
	@touch $@

$(VENV)/installed-for-use: pyproject.toml constraints.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . >&2
	@touch $@

$(VENV)/installed-for-development: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/installed-for-use
