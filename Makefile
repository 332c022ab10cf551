# Plain `make` lists the targets. docs/operations.md says what the environment may set.
.DEFAULT_GOAL := help
# Also for an empty one: make run PORT=
override PORT := $(or $(strip $(PORT)),8000)
PY := .venv/bin/python
# An upgrade of the system may have taken away the Python that .venv was made with: then .venv is made again.
$(shell [ ! -e .venv/installed ] || $(PY) -c '' 2>/dev/null || rm -f .venv/installed .venv/installed-*)
# Wheels only: building a source archive would fetch its build tools, which no lock file holds.
ONLY_BINARY ?= :all:
PIP := $(PY) -m pip --quiet --retries=2 --disable-pip-version-check --no-input install --require-hashes --only-binary $(ONLY_BINARY)
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --no-strip-extras --generate-hashes \
	--custom-compile-command 'make lock' $(UPGRADE)
DJADE := find templates measures -name '*.html' | xargs .venv/bin/djade --target-version 6.1
export PIP_ROOT_USER_ACTION := ignore

# Run each candidate: a version manager's shims are on PATH even if they fail.
FIT := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
VERSION_OF := import sys; sys.exit("%s is Python %d.%d" % (sys.executable, *sys.version_info[:2]))
PYTHONS = $(or $(PYTHON),python3.14 python3.13 python3.12 python3 python \
	$$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python 2>/dev/null | sort -rV))
find_python = for python in $(PYTHONS) ''; do "$$python" -c '$(FIT)' >/dev/null 2>&1 && break; done

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

# $(call serve,COMMAND): prepare the data folder, fill it with that manage.py command, and serve it.
define serve
	@echo "Preparing the database and the static files"
	@$(PY) config/alone.py "$${DATA_DIR:-var}/preparing.lock" $(MAKE) --no-print-directory prepare FILL=$(1)
	@$(PY) config/free_port.py
	@exec $(PY) -m gunicorn -c config/gunicorn.py config.wsgi
endef

.PHONY: prepare
prepare:
	@umask 077; manifest="$${DATA_DIR:-var}/static/staticfiles.json"; \
	{ [ -f "$$manifest" ] && [ -z "$$(find measures/static .venv/installed -newer "$$manifest")" ] || \
	$(PY) manage.py collectstatic --no-input --verbosity 0; } && \
	$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py $(FILL)

run demo: export DJANGO_SETTINGS_MODULE := config.settings
run demo: export HTTPS := 0
run demo: export PORT := $(PORT)
# The server prints its address once it listens.
run demo: export PRINT_ADDRESS := 1

.PHONY: run
run: free-port .venv/installed secret-key ## Install, set up and serve on http://127.0.0.1:8000 (PORT=8001: another port)
	$(call serve,set_up)

.PHONY: demo
demo: export DATA_DIR := $(or $(DATA_DIR),var)/demo
demo: export DATABASE_URL :=
demo: free-port .venv/installed secret-key ## The same with half a year of made-up progress, in a separate database (rm -r var/demo: start over)
	$(call serve,demo)

.PHONY: backup
backup: export DJANGO_SETTINGS_MODULE := config.settings
backup: .venv/installed ## Back up the database to one file; the site may run (TO=/mnt/backups: another folder)
	@umask 077 && $(PY) manage.py backup $(TO)

.PHONY: restore
restore: export DJANGO_SETTINGS_MODULE := config.settings
# Into a new folder too, where there is no database yet.
restore: export HTTPS := 0
restore: .venv/installed secret-key ## Restore a backup; stop the site first: FROM=var/backups/taizhang-….zip (UNSIGNED=1: without a valid signature)
	@[ -n "$(FROM)" ] || { echo "Name the backup: make restore FROM=var/backups/taizhang-….zip" >&2; exit 1; }
	@umask 077 && $(PY) manage.py restore "$(FROM)" $(if $(filter 1,$(UNSIGNED)),--unsigned)

.PHONY: test
test: postgres ## Run all tests on SQLite and PostgreSQL, some in Chromium, after fetching what they need
	@$(PY) -m tests.run

.PHONY: test-fast
test-fast: .venv/installed-dev ## Run the tests that need no server, browser or fault, on SQLite
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m pytest -n auto --dist worksteal -m "not browser and not slow and not fault"

# What the tests need besides Python packages. As root, packages of Debian or Ubuntu bring what is missing.
.PHONY: machine
machine: postgres
	@$(PY) -m tests.machine || true

.PHONY: postgres
postgres: .venv/installed-dev
	@$(PY) -m tests.postgres 2>/dev/null || $(PIP) -r requirements-postgres.lock || true

.PHONY: shots
shots: .venv/installed-dev ## Save screenshots of every page of the demo to shots/ (SHOTS=items,report: only those)
	@SHOTS="$(SHOTS)" DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m pytest tests/browser/shots.py -k test_take_shots -p no:cacheprovider

.PHONY: pictures
pictures: .venv/installed-dev ## Renew the screenshots of the README and of the help
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m pytest tests/browser/shots.py -k test_take_pictures -p no:cacheprovider

.PHONY: soak
soak: postgres ## Run the long proofs in full on both engines: kills, full disks, fuzzing, random histories (hours; one that was ended goes on where it was)
	@$(PY) -m tests.soak

.PHONY: compose-test
compose-test: .venv/installed-dev ## Run compose.yaml for real, if a Docker daemon runs: start, save, back up, restore, upgrade
	@$(PY) -m tests.compose

.PHONY: image-test
image-test: .venv/installed-dev ## Build the image and run it read-only as compose.yaml does, if a Docker daemon runs
	@$(PY) -m tests.compose.image

.PHONY: book-test
book-test: .venv/installed-dev ## Follow docs/operations.md on a fresh Debian 13 that boots with systemd (needs root, debootstrap and systemd-container)
	@$(PY) -m tests.book

.PHONY: check
check: export DJANGO_SETTINGS_MODULE := tests.settings
check: .venv/installed-dev ## Check style, types, templates, migrations, translations and the production settings
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy bench config measures tests
	$(DJADE) --check
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest tests/test_languages.py tests/test_pins.py tests/test_standards.py
	DJANGO_SETTINGS_MODULE=config.settings DATABASE_URL=sqlite:///:memory: DEBUG=0 HTTPS=1 SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(PY) manage.py check --deploy --fail-level WARNING

.PHONY: schema
schema: export WRITE_SCHEMA := 1
schema: .venv/installed-dev ## After a new migration, record the schema of both engines (measures/database/schema/*.json)
	@for engine in sqlite postgresql; do TAIZHANG_TEST_ENGINE=$$engine $(PY) -m pytest tests/test_schema.py -k written_down -p no:cacheprovider || exit 1; done

.PHONY: bench
bench: .venv/installed-dev ## Run the benchmarks on three sizes of data (the first run builds them: some minutes)
	@$(PY) -m bench

.PHONY: bench-check
bench-check: .venv/installed-dev ## Fail if a figure of the last `make bench` exceeds its bound
	@$(PY) -m bench check

.PHONY: load
load: .venv/installed-load ## Load-test a real server: 200 users, 260,000 items, three minutes (installs locust)
	@$(PY) -m bench.load

.PHONY: throughput
throughput: .venv/installed-dev ## Measure requests a second beside the stock admin, with wrk (ten minutes)
	@$(PY) -m bench.throughput

.PHONY: format
format: .venv/installed-dev ## Format code and templates as `make check` requires
	$(PY) -m ruff check --fix
	$(PY) -m ruff format
	@# djade fails if it changed anything; the second run has nothing to change.
	$(DJADE) || $(DJADE)

.PHONY: lock
lock: .venv/installed-dev ## Write requirements*.lock, every package with its hashes (UPGRADE=--upgrade: newest versions)
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraints requirements.lock --output-file requirements-dev.lock
	$(LOCK) requirements-load.txt --constraints requirements-dev.lock --output-file requirements-load.lock
	$(LOCK) requirements-postgres.txt --constraints requirements-load.lock --output-file requirements-postgres.lock

.PHONY: translations
translations: export DJANGO_SETTINGS_MODULE := tests.settings
translations: .venv/installed-dev ## Update the .po files from the source (needs gettext), and compile them
	$(PY) manage.py makemessages --locale zh_Hans --locale zh_Hant --no-obsolete --add-location file --ignore .venv --ignore build --ignore "tests/*"
	$(PY) -c 'import pathlib, polib; [polib.pofile(path).save_as_mofile(path.with_suffix(".mo")) for path in pathlib.Path("measures/locale").rglob("*.po")]'

# Runs before the installation, so that a busy port is reported at once.
.PHONY: free-port
free-port:
	@python=$(PY); [ -x "$$python" ] || { $(find_python); }; [ -z "$$python" ] || "$$python" config/free_port.py

.PHONY: secret-key
secret-key:
	@if [ -z "$$SECRET_KEY$$SECRET_KEY_FILE" ]; then data="$${DATA_DIR:-var}"; umask 077 && mkdir -p "$$data" && \
	{ [ -s "$$data/secret_key" ] || $(PY) -c 'import secrets; print(secrets.token_urlsafe(64))' >"$$data/secret_key"; }; fi

.venv/installed: requirements.lock
	@{ $(find_python); }; [ -n "$$python" ] || python=$$(command -v python3 || true); \
	if [ -n "$$python" ]; then "$$python" config/alone.py .venv.lock $(MAKE) --no-print-directory install; \
	else $(MAKE) --no-print-directory install; fi

# One at a time. The one that waited finds it done.
.PHONY: install
install:
	@[ .venv/installed -nt requirements.lock ] || { \
	$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || { $(find_python); \
	if [ -n "$$python" ]; then echo "Making .venv with $$python"; "$$python" -m venv --clear .venv; \
	elif command -v uv >/dev/null; then echo "Making .venv with uv"; uv venv --quiet --clear --seed --python '>=3.12,<3.15' .venv; \
	else found=$$({ python3 -c '$(VERSION_OF)'; } 2>&1); \
	echo "Taizhang needs Python 3.12 or newer, with venv; found: $${found:-none}." >&2; \
	echo "Debian 13, Ubuntu 24.04 and newer: apt-get install python3 python3-venv. Older ones have an older Python: install" \
	"a newer one by uv (https://docs.astral.sh/uv/: uv python install 3.13) or pyenv. macOS: brew install python." >&2; \
	echo "If you have one: make run PYTHON=/path/to/python3" >&2; exit 1; fi; } && \
	echo "Installing requirements.lock" && \
	{ $(PIP) -r requirements.lock || { \
	echo "The packages could not be installed. If this machine reaches no package index: docs/operations.md," \
	"“Without a network”." >&2; exit 1; }; } && touch .venv/installed; }

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing requirements-dev.lock"
	@$(PIP) -r requirements-dev.lock
	@touch $@

.venv/installed-load: .venv/installed-dev requirements-load.lock
	@echo "Installing requirements-load.lock"
	@$(PIP) -r requirements-load.lock
	@touch $@
