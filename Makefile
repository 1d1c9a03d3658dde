# Every target sets up what it needs: a virtual environment in .venv, remade when the requirements change.

PORT ?= 8000
ARGS ?=
PYTHONS := python3 python3.13 python3.12 python3.11
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
# The demo is embedded whatever .env says. Made-up repositories never mix with real ones: on a database that holds
# those, run_pipeline stops with a sentence; `make demo DEMO_DATABASE=demo.sqlite3` gives it one of its own.
DEMO_DATABASE ?= db.sqlite3
DEMO := DATABASE_URL=sqlite:///$(DEMO_DATABASE) GITHUB_ACCESS_TOKEN= GITHUB_TOKEN=

.DEFAULT_GOAL := help
.PHONY: help demo run test bench lint format clean

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z]+:.* ## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## everything on made-up data, no token needed: http://127.0.0.1:8000 (PORT=... changes it)
	@env $(DEMO) $(PY) -m trender.serve --port $(PORT) --check
	@env $(DEMO) $(PY) manage.py migrate --verbosity 0
	@env $(DEMO) $(PY) manage.py run_pipeline --demo
	@env $(DEMO) $(PY) manage.py make_marketing
	@env $(DEMO) $(PY) manage.py sync_schedules --verbosity 0
	@env $(DEMO) $(PY) manage.py collectstatic --noinput --verbosity 0
	@exec env $(DEMO) $(PY) -m trender.serve --port $(PORT)

run: $(RUNTIME) ## the same with the real GitHub, with GITHUB_ACCESS_TOKEN if set
	@$(PY) -m trender.serve --port $(PORT) --check
	@$(PY) manage.py migrate --verbosity 0
	@code=0; $(PY) manage.py run_pipeline $(ARGS) || code=$$?; case $$code in \
		0) ;; \
		1) echo "This run published nothing; the pages show what earlier runs published." >&2 ;; \
		2) echo "Parts of this run failed; the rest is published." >&2 ;; \
		*) exit $$code ;; \
	esac
	@$(PY) manage.py make_marketing || echo "Parts for marketing were not made; the schedules try again." >&2
	@$(PY) manage.py sync_schedules --verbosity 0
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@exec $(PY) -m trender.serve --port $(PORT)

test: $(DEVELOPMENT) ## the whole suite on SQLite, PostgreSQL and in Chromium where found (ARGS="-k ranks" goes to pytest)
	@exec $(PY) .ci/test $(ARGS)

bench: $(DEVELOPMENT) ## measure the pipeline and the pages
	@$(PY) manage.py bench $(ARGS)

lint: $(DEVELOPMENT) ## style, types, missing migrations, deployment settings
	@failed=; \
	check() { name=$$1; shift; echo "-- $$name"; "$$@" || failed="$$failed, $$name"; }; \
	check "ruff check" $(PY) -m ruff check . .ci/test; \
	check "ruff format" $(PY) -m ruff format --check . .ci/test; \
	check "mypy" $(PY) -m mypy; \
	check "makemigrations" env DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run; \
	check "check --deploy" env DATABASE_URL=sqlite://:memory: DEBUG=0 TRENDER_BASE_URL=https://trender.example \
		ALLOWED_HOSTS=trender.example SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		$(PY) manage.py check --deploy --fail-level WARNING; \
	if [ -n "$$failed" ]; then echo "Failed:$${failed#,}" >&2; exit 1; fi

format: $(DEVELOPMENT) ## mend style where a machine can
	@$(PY) -m ruff check --fix . .ci/test
	@$(PY) -m ruff format . .ci/test

clean: ## remove what make and the tools have made; the databases stay
	@rm -rf .venv staticfiles test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip's whole output goes to a file and is shown only when it fails, so that its warnings bother nobody.
define install
	@echo "Installing $(1) into .venv, which may take a minute"
	@$(PIP) install --requirement $(1) >.venv/pip.log 2>&1 || { cat .venv/pip.log >&2; exit 1; }
	@touch $@
endef

$(RUNTIME): requirements.txt $(PY)
	@$(PY) -m pip --version >/dev/null 2>&1 || { $(create_environment); }
	$(call install,requirements.txt)

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	$(call install,requirements-dev.txt)

# Nothing to do here: an interpreter that is missing or newer than the stamp sends the rule above to work.
$(PY): ;

# The first Python of PYTHONS that is new enough. Debian keeps ensurepip, which fills a new environment with pip, in a
# package of its own.
define create_environment
for candidate in $(PYTHONS); do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	if ! $$candidate -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		version=$$($$candidate -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$$candidate cannot make virtual environments: install Debian's package python$$version-venv." >&2; \
		exit 1; \
	fi; \
	output=$$($$candidate -m venv --clear .venv 2>&1) && break; \
	printf '%s\n' "$$output" >&2; exit 1; \
done; \
if ! [ -x $(PY) ]; then \
	echo "Trender needs Python 3.11 or newer, and none of these is one: $(PYTHONS)." >&2; exit 1; \
fi
endef
