# The whole developer interface. `make` alone lists the targets.
#
# Everything runs in $(VENV), which is filled from requirements.lock (exact versions, sha256 hashes). The install is
# stamped: it is repeated only when the lock or pyproject.toml has changed.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
ROUNDS ?= 13

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := requirements.lock
# Spark is half a gigabyte, which a demo need not fetch: it has a lock of its own, and only checks and tests install it.
SPARK_STAMP := $(VENV)/.spark
SPARK_LOCK := requirements-spark.lock
PEERS_LOCK := benchmarks/peers.lock

# `make lock UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows; without it, pins stay where they can.
UPGRADE ?=
PIP_TOOLS := pip-tools>=7.6,<8
PIN := --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
LOCK_VENV := build/lock-venv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo briefing serve test system lint format types tests faults check-rules check-data bench docs notebooks sbom lock clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- install ---------------------------------------------------------------------------------------------------------

install: $(STAMP) ## Create the environment and install riskapi from the lock

$(STAMP): $(LOCK) pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "No '$(PYTHON)' found. Install Python 3.11 or newer, or say which: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "riskapi needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Say which to use: make PYTHON=python3.11" >&2; exit 1; }
	@if [ -e $(BIN)/python ] && ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo "$(VENV) does not work or holds a Python older than 3.11. Remove it ('make clean') and try again." >&2; exit 1; fi
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || { echo "Could not create $(VENV). On Debian and Ubuntu: apt-get install python3-venv, then 'make clean' and try again." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

$(SPARK_STAMP): $(STAMP) $(SPARK_LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(SPARK_LOCK)
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

# --- use -------------------------------------------------------------------------------------------------------------

demo: $(STAMP) ## Score the Xiaomi-Ford joint venture
	$(BIN)/riskapi score "Xiaomi" "Ford" --type joint_venture --sector automotive --in US --set deal.market_countries=US --set deal.model_year=2028

briefing: $(STAMP) ## Write the briefing workbook of the Xiaomi-Ford joint venture (briefing.xlsx)
	$(BIN)/riskapi export "Xiaomi" "Ford" --type joint_venture --sector automotive --in US --set deal.market_countries=US --set deal.model_year=2028 --out briefing.xlsx

serve: $(STAMP) ## Start the API and the web page on this machine
	$(BIN)/riskapi serve

# --- check -----------------------------------------------------------------------------------------------------------

test: system lint types tests check-rules check-data ## Everything that CI checks

system: ## Install what some tests need from the system, where that is allowed
	@bash tests/system-packages.sh

lint: $(STAMP) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(SPARK_STAMP) ## Check types
	$(BIN)/mypy --strict riskapi tests

tests: $(SPARK_STAMP) ## Run the tests
	$(BIN)/pytest -n $(JOBS) --dist loadgroup

faults: $(STAMP) ## Kill workers and servers in the middle of their work, many times
	RISKAPI_FAULT_ROUNDS=$(ROUNDS) $(BIN)/pytest -n 1 -m fault

# A rule file or a table is checked by the command that its author uses, so CI can never say anything else.
check-rules: $(STAMP) ## Check the rule files, run their examples, and measure what these prove
	$(BIN)/riskapi rules check --strict
	$(BIN)/riskapi rules test
	$(BIN)/riskapi rules fmt --check
	$(BIN)/riskapi rules coverage --min-atoms 100 --min-mcdc 95
	$(BIN)/riskapi rules mutate --min-killed 95

check-data: $(STAMP) ## Check the tables of datasets/
	$(BIN)/riskapi data check

bench: $(STAMP) ## Measure beside the peers and keep the figures (LARGE=--large: more than 10^6 pairings, and Spark)
	$(BIN)/python benchmarks/install_peers.py
	$(BIN)/python benchmarks/run.py $(LARGE)

docs: $(STAMP) ## Write the generated reference pages again (facts, rules, scorecard, data dictionary, README figures)
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/figures.py

notebooks: $(STAMP) ## Run the worked analyses again and keep their results
	$(BIN)/python notebooks/run.py

sbom: $(STAMP) ## Write the list of everything that is installed (CycloneDX)
	$(BIN)/python deploy/sbom.py

# --- mend ------------------------------------------------------------------------------------------------------------

format: $(STAMP) ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The oldest supported Python needs the most packages (back-ports), so its lock serves the newer ones too.
lock: ## Work out the locks again from pyproject.toml (needs the network and Python 3.11)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "The lock is worked out with the oldest supported Python: make lock PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check '$(PIP_TOOLS)'
	$(LOCK_VENV)/bin/pip-compile --quiet $(UPGRADE) --extra dev --all-build-deps $(PIN) --output-file $(LOCK) pyproject.toml
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" > build/spark.in
	$(LOCK_VENV)/bin/pip-compile --quiet $(UPGRADE) $(PIN) --constraint $(LOCK) --output-file $(SPARK_LOCK) build/spark.in
	cp $(PEERS_LOCK) build/peers.lock
	$(LOCK_VENV)/bin/pip-compile --quiet $(UPGRADE) $(PIN) --output-file build/peers.lock benchmarks/peers.txt
	grep -v -e '^#' -e '^$$' build/peers.lock > $(PEERS_LOCK)
	@! grep -nE '://|^-|#' $(LOCK) $(SPARK_LOCK) $(PEERS_LOCK) || { echo "A lock names a place or holds a comment; it may hold only names, versions and hashes" >&2; exit 1; }

clean: ## Remove the environment and everything that was made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
