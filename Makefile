# Two commands on a fresh machine:
#   make demo   installs, builds the demo round and serves it on http://127.0.0.1:8000
#   make test   installs what the tests need and runs all of them: the check of each change, then what takes long
# A second run installs nothing: what was installed from which list is remembered in .venv.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_LINK_MODE ?= copy
# Where Python may not keep what it compiled, each of the tests' thousand processes compiles eight hundred files anew.
unexport PYTHONDONTWRITEBYTECODE
# Without it nothing can be installed in a folder with a Chinese name.
ifneq ($(filter $(LC_ALL),C POSIX),)
export LC_ALL := C.UTF-8
endif

# uv where there is one for this processor, else pip: both hold every package to its hash. uv reads no pip.conf, so where
# it cannot reach the packages pip has its turn.
UV_CACHE := $(shell [ -w "$${XDG_CACHE_HOME:-$$HOME}" ] || echo --no-cache)
INSTALL = { [ -x $(BIN)/uv ] && $(BIN)/uv pip install $(UV_CACHE) -q --python $(BIN)/python "$$@"; } || $(BIN)/python -m pip install -q "$$@"
install = set -- $(1); $(INSTALL)

.PHONY: demo test check long matrix coverage powercut install browser words pictures shots locks assets clean

demo: $(VENV)/.runtime
	@$(BIN)/baolei demo --port $(PORT)

install: $(VENV)/.runtime

test: $(VENV)/.test browser
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory long

# What each change is asked, in ten minutes and without installing anything.
check:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	BAOLEI_DATABASE_URL=sqlite:///$$(mktemp -u) $(BIN)/python -m django makemigrations --check --dry-run --settings baolei.front.settings
	$(BIN)/python -m pytest -n 2 -m "not long"
	$(BIN)/python tools/postgres.py $(BIN)/python -m pytest -n 2 -m "stores and not long"

# The rest, half an hour: every role at addresses in turn in two worlds, every page in a browser in Chinese,
# the Chromiums of old office machines, the deployment guide as written, workers killed in any chunk.
long:
	$(BIN)/python -m pytest -n 2 -m long
	$(BIN)/python tools/postgres.py $(BIN)/python -m pytest -n 2 -m "stores and long"

# Every role at every address in every way there is, by htmx and with an empty form too, a round and every
# page in a browser in English, every statement at which a round can be killed, the guide on PostgreSQL: for a release.
matrix: $(VENV)/.test
	BAOLEI_MATRIX=all $(BIN)/python -m pytest -n 2 tests/test_access_matrix.py tests/test_blind.py tests/test_journey_browser.py tests/test_deploy_guide.py \
		tests/test_rounds_killed.py tests/test_every_page_browser.py tests/test_nothing_is_lost.py

# Every branch of what the regulation says is reached by a test; fails below 100 % and names the lines. About a minute
# by itself, so no part of the check: with its tests measured the whole suite would take half as long again.
GROUND := $(wildcard tests/test_index_*.py tests/test_scoring_*.py tests/test_organisation_*.py tests/test_standard_*.py \
	tests/test_programme_*.py tests/test_cases_*.py tests/test_simulation*.py) \
	$(wildcard tests/test_ballot_*.py) tests/test_personal.py \
	tests/test_cells.py tests/test_declarations.py tests/test_editions.py tests/test_ledger.py tests/test_located.py tests/test_printed.py tests/test_rounds.py tests/test_warehouse_snapshot.py \
	tests/test_workdays.py
coverage:
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --hypothesis-seed=0 -k "not lecturers and not ctrl_c" $(GROUND)
	@$(BIN)/coverage combine -q
	$(BIN)/coverage report

# The power cut under an urn on each store, and in settings that must lose ballots: a few minutes, as root, with loop
# devices and tmpfs, so no part of the tests (docs/how-to/prove-the-urn.md).
powercut: $(VENV)/.test
	@tools/system.sh database
	$(BIN)/python tools/powercut.py

# What the tests need beside Python: a browser, PostgreSQL, and the Chromiums of old office machines, fetched once.
browser: $(VENV)/.test
	@tools/system.sh browser database server node
	@$(BIN)/python tools/old_browsers.py

# ---- for those who change things ----

# Gather and compile the words of the pages; names those without Chinese.
words: $(VENV)/.test
	$(BIN)/python tools/words.py

# The pictures of the README, taken by the tests over the whole demo region.
pictures: $(VENV)/.test browser
	BAOLEI_PICTURES=docs/images $(BIN)/python -m pytest -q -p no:randomly tests/test_pages_pictures.py

# A picture of every page on a phone, at a desk and on a wide screen, in var/shots, for somebody to look at.
shots: $(VENV)/.test browser
	BAOLEI_SHOTS=$(CURDIR)/var/shots $(BIN)/python -m pytest -q -p no:randomly -o faulthandler_timeout=1200 tests/test_every_page_browser.py

# Renew the lists of what is installed, with hashes and without addresses.
COMPILE = $(BIN)/uv pip compile -q --universal --generate-hashes --custom-compile-command "make locks"
locks: $(VENV)/.made
	$(COMPILE) requirements/build.in -o requirements/build.lock
	$(COMPILE) requirements/installer.in -o requirements/installer.lock
	$(COMPILE) pyproject.toml -o requirements/runtime.lock
	$(COMPILE) pyproject.toml --group test -c requirements/runtime.lock -o requirements/test.lock
	@! grep -n '://' requirements/*.lock

# Fetch and build again what the pages load; needs Node.
assets:
	npm ci --no-audit --no-fund
	npm run build

clean:
	rm -rf $(VENV) build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache

# ---- stamps ----

$(VENV)/.made: requirements/build.lock requirements/installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python cannot make environments here: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements/build.lock
	@$(BIN)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/installer.lock || echo "no uv for this machine: going on with pip"
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.lock pyproject.toml
	@echo "Installing what the program needs ..."
	@$(call install,--require-hashes -r requirements/runtime.lock)
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

$(VENV)/.test: $(VENV)/.runtime requirements/test.lock
	@echo "Installing what the tests need ..."
	@$(call install,--require-hashes -r requirements/test.lock)
	@touch $@
