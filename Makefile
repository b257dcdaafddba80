# The only thing needed beforehand is Python 3.11 or newer with venv; PYTHON=… chooses one, ARGS=… adds arguments.
VENV := .venv
PYTHONS := python3.13 python3.12 python3.11 python3
ARGS ?=

RUN := $(VENV)/bin/python
EMBEDDED := $(RUN) -m alliance_match.embedded
FIT := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for python in $(or $(PYTHON),$(PYTHONS)); do \
	"$$python" -c '$(FIT)' 2>/dev/null && { echo "$$python"; break; }; done)
# A half-made or moved environment has no working pip.
VENV_WORKS = $(shell $(RUN) -c 'import pip; $(FIT)' 2>/dev/null && echo yes)
# Types are read off the settings, which want addresses that nothing is ever sent to.
SETTINGS := ALLIANCE_DEMO=1 DATABASE_URL=postgres:///types REDIS_URL=redis:///0
# Threads of peers that wait for a core by spinning make a busy machine five times slower.
ONE_THREAD := OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1}
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" pyproject.toml

# Where .data lies on a disk that PostgreSQL cannot use, its data lie elsewhere, behind links.
DROP_LINKS = for link in .data/*/cluster .data/*/runtime; do \
	if [ -L $$link ]; then rm -rf "$$(readlink $$link)"; fi; done

.PHONY: help demo demo-once test cov check messages bench bench-quick chaos load lock reset clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.embedded ## Run it all with a made-up clinic on 127.0.0.1 (PORT=8000) until Ctrl-C
	@$(EMBEDDED) demo

demo-once: $(VENV)/.embedded ## Start the demo, re-score after one rating, stop; fails when anything does
	@$(EMBEDDED) demo --once

# Compiled tests are kept even where the environment says otherwise: each worker would compile them anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.dev ## Run the tests (ARGS="-k word" for some)
	@ALLIANCE_DEMO=1 $(EMBEDDED) run --scratch -- $(RUN) -m pytest -n 3 $(ARGS)

cov: ## Run the tests and measure which branches they take; fails below 95 %
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term $(ARGS)"

check: $(VENV)/.dev ## What CI runs before the tests: style, format, types, migrations
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(SETTINGS) $(RUN) -m mypy
	@$(SETTINGS) $(RUN) -W ignore manage.py makemigrations --check --dry-run

# The day of each run stays out, so that a second run changes nothing.
messages: $(VENV)/.dev ## Gather every text into locale/ and compile it (needs gettext)
	@$(SETTINGS) $(RUN) manage.py makemessages --all --no-location --no-wrap --no-obsolete \
		--ignore .venv --ignore tests --ignore benchmarks --verbosity 0
	@sed -i '/^"POT-Creation-Date: /d' locale/*/LC_MESSAGES/django.po
	@$(SETTINGS) $(RUN) manage.py compilemessages --ignore .venv --verbosity 0

bench: $(VENV)/.bench ## Measure the estimator beside its peers into benchmarks/results.md (a quarter of an hour)
	@$(ONE_THREAD) $(RUN) -m benchmarks run --output benchmarks/results.md $(ARGS)

bench-quick: $(VENV)/.bench ## The same in short, without writing (five minutes)
	@$(ONE_THREAD) $(RUN) -m benchmarks run --quick $(ARGS)

chaos: $(VENV)/.embedded ## Kill, freeze and crash what runs into benchmarks/chaos.md (three quarters of an hour)
	@$(ONE_THREAD) $(RUN) -m benchmarks.load chaos --seeds 1-5 --output benchmarks/chaos.md $(ARGS)

load: $(VENV)/.embedded ## Measure the site under load into benchmarks/load.md (a quarter of an hour)
	@$(ONE_THREAD) $(RUN) -m benchmarks.load load --output benchmarks/load.md $(ARGS)

lock: ## Compile requirements*.txt from pyproject.toml (needs uv)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group embedded --constraint requirements.txt --output-file requirements-embedded.txt
	$(COMPILE) --group dev --constraint requirements-embedded.txt --output-file requirements-dev.txt
	$(COMPILE) --group bench --constraint requirements-dev.txt --output-file requirements-bench.txt

reset: ## Forget the demo's data; the next make demo begins anew
	@$(DROP_LINKS)
	rm -rf .data

clean: ## Remove what make made: environment, demo data, caches
	@$(DROP_LINKS)
	rm -rf $(VENV) .data .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.embedded: requirements-embedded.txt
	$(install)

# All of requirements-embedded.txt is in requirements-dev.txt too.
$(VENV)/.dev: requirements-dev.txt
	$(install)
	@touch $(VENV)/.embedded

$(VENV)/.bench: requirements-bench.txt
	$(install)

define install
	$(if $(VENV_WORKS),,$(make_venv))
	@echo "Installing packages (about 30 s the first time) …"
	@$(RUN) -m pip install --quiet --quiet --no-input --disable-pip-version-check $(if $(HOME),,--no-cache-dir) \
		--require-hashes --requirement $<
	@touch $@
endef

define make_venv
	$(if $(FOUND),,$(error $(or $(PYTHON),Python) will not do: this needs Python 3.11 or newer with venv \
	(on Debian: apt install python3-venv); PYTHON=/path/to/python3 chooses one))
	@$(FOUND) -m venv --clear $(VENV)
endef
