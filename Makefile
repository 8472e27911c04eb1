# Everything a person needs: `make book`, `make test`, `make serve`. Each sets up what it needs from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The lock files are whole, and leave out a package on purpose (pyproject.toml, [tool.uv]): nothing is resolved again,
# and nothing is installed but what has the checksums in them.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LOCKED = $(PIP) --require-hashes -r
READY := $(VENV)/.ready
TEST_READY := $(VENV)/.test-ready
# cffconvert, which checks the citation files, needs an older jsonschema than the project: it has an environment of its own.
CFF_VENV := .venv-cff
CFF_READY := $(CFF_VENV)/.ready
SITE := _build/site
# An archive of an edition has the published site in a folder of its own; it is there that `make verify` looks.
PUBLISHED ?= $(firstword $(wildcard site) $(SITE))
PUBLISHED_YEARS = $(notdir $(wildcard $(PUBLISHED)/[0-9][0-9][0-9][0-9]))
PORT ?= 8000
# `make book EDITIONS=2022` builds one edition; without EDITIONS all of them.
EDITIONS ?= --all
# `make book EDITIONS=2022 DATA_DIR=answers` reads the answers from that folder.
DATA_OPTION = $(if $(DATA_DIR),--data-dir "$(DATA_DIR)")

# Where this is set, each process would compile the package and the tests anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help lock book verify test test-browser test-all lint count notebooks serve preview benchmark clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) requirements.txt
	# By the setuptools of the lock file.
	$(PIP) --no-build-isolation --editable .
	touch $@

$(TEST_READY): $(READY) requirements-test.txt
	$(LOCKED) requirements-test.txt
	touch $@

$(CFF_READY): tests/cffconvert/requirements.txt
	$(PYTHON) -m venv $(CFF_VENV)
	$(CFF_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/cffconvert/requirements.txt
	touch $@

LOCK = uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes

lock: ## Make the lock files anew from requirements*.in (needs uv); UPGRADE=--upgrade for newer versions
	$(LOCK) $(UPGRADE) requirements.in -o requirements.txt
	$(LOCK) $(UPGRADE) requirements-test.in -c requirements.txt -o requirements-test.txt \
	  $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.txt)
	$(LOCK) $(UPGRADE) tests/cffconvert/requirements.in -o tests/cffconvert/requirements.txt

book: $(READY) ## Build the report into _build/site/
	$(BIN)/digikom build $(EDITIONS) --site $(SITE) $(DATA_OPTION)

verify: $(READY) ## Compute the report again and compare it with what is published
	@for year in $(if $(filter --all,$(EDITIONS)),$(PUBLISHED_YEARS),$(EDITIONS)); do \
	  $(BIN)/digikom verify $$year --site $(PUBLISHED) $(DATA_OPTION) || exit; done

# Two processes want the site at the same time; made beforehand, none of them waits for it.
TEST_SITE = cd tests && ../$(BIN)/python -c 'import conftest; conftest.built_site()'
PYTEST = $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --durations 20
# The fixtures of a file are made once; the order is ours (tests/conftest.py). One more process than there are cores:
# many tests wait for a program that they have started.
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
BY_FILE = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
NBVAL = $(PYTEST) --nbval notebooks/ -p no:cacheprovider --override-ini addopts= -q $(BY_FILE)

test: $(TEST_READY) $(CFF_READY) lint ## Run the checks, but those that need a browser or very long
	$(TEST_SITE)
	$(PYTEST) -m "not browser and not full" $(BY_FILE)
	$(NBVAL)

test-browser: $(TEST_READY) ## Open the built pages in headless Chromium and check them (needs chromium, nginx, npm and java)
	$(BROWSER_TOOLS)
	$(TEST_SITE)
	$(PYTEST) -m "browser and not full" --dist worksteal

test-all: $(TEST_READY) $(CFF_READY) lint ## Run every check there is: more than half an hour
	$(BROWSER_TOOLS)
	$(TEST_SITE)
	$(PYTEST) -m "not browser" $(BY_FILE)
	$(NBVAL)
	$(PYTEST) -m browser --dist worksteal

define BROWSER_TOOLS
@for tool in chromium npm java nginx; do PATH="$$PATH:/usr/sbin" command -v $$tool >/dev/null || { \
  echo "$@ needs $$tool (Debian: apt-get install chromium nginx-light nodejs npm default-jre-headless)"; exit 1; }; done
endef

lint: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry digikom notebooks
	$(BIN)/deptry tests data --ignore DEP002,DEP004
	$(BIN)/jupyter nbconvert --log-level=ERROR --to script --output-dir _build/notebook-code notebooks/*.ipynb
	$(BIN)/vulture

count: ## Count modules and lines, by package
	@$(PYTHON) tests/benchmarks/count.py

notebooks: $(READY) ## Execute the committed notebooks again, with the default edition's parameters
	$(BIN)/digikom refresh

serve: $(READY) ## Show the built report on a local port (OPEN=1: in a browser window)
	$(BIN)/digikom serve --site $(SITE) --port $(PORT) $(if $(OPEN),--browser)

preview: $(READY) ## Show one edition and make again what changes: make preview EDITIONS=<year>
	$(BIN)/digikom preview $(EDITIONS) --port $(PORT)

benchmark: $(READY) ## Compare how long things take, as ratios (BEFORE=<commit>: with the project as it was, too)
	$(BIN)/python tests/benchmarks/run.py $(if $(BEFORE),--before $(BEFORE))

clean: ## Remove everything that was built
	rm -rf _build
