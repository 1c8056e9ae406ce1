# `make` alone prints the targets. Needs Python 3.11 or later, make and the package registries.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help check test fuzz demo up down status clean rebuild simulate rotate rematch refeature verify-audit bench mutants weights deps lock catalogue keys

PY := .venv/bin/python
VENV := .venv/.ready
T ?= tests
QUICK := tests/domain tests/contracts tests/runtime tests/docs tests/embedded tests/deployed

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo '  make test T=tests/domain   runs one file or folder of tests'

check: $(VENV)  ## lint, format, types, fences and the tests that need neither broker nor database: seconds
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m pytest -q -m 'not stack' $(QUICK)

test: $(VENV)  ## every test, on a real broker and database of its own
	@PY="$(PY)" sh deploy/test.sh $(T)

fuzz: $(VENV)  ## ask every service 10,000 generated questions: is each answer as its OpenAPI says? (CASES=500)
	@FUZZ_CASES=$(or $(CASES),10000) $(PY) -m pytest tests/journeys/test_fuzz.py

demo: $(VENV)  ## start everything, fill it with an invented county, say where to look
	@$(PY) -m deploy.embedded demo

up: $(VENV)  ## start everything, empty
	@$(PY) -m deploy.embedded up

down: $(VENV)  ## stop everything; what was stored stays
	@$(PY) -m deploy.embedded down

status: $(VENV)  ## say what runs
	@$(PY) -m deploy.embedded status

clean: $(VENV)  ## stop everything and delete what was stored
	@$(PY) -m deploy.embedded clean

catalogue: $(VENV)  ## make schemas/rules.json, docs/rules.md, metrics.md and settings.md from the code
	@$(PY) -m deploy.catalogue
	@$(PY) -m deploy.metrics_page
	@$(PY) -m deploy.settings_page

rebuild: $(VENV)  ## judge all history again by the policy in schemas/policy, and adopt it
	@$(PY) -m deploy.embedded.beside services.ledger.rebuild

.PHONY: release
release: $(VENV)  ## publish what is due of the measures to the Commissioner's office: docs/measures.md
	@$(PY) -m deploy.embedded.beside services.ledger.release

.PHONY: published
published: $(VENV)  ## FILES="...": load the Department for Education's tables, to show the county beside England
	@$(PY) -m deploy.embedded.beside services.dashboards.load_published $(FILES)

simulate: $(VENV)  ## POLICY=file FROM=day TO=day: what another policy would find; changes nothing
	@$(PY) -m deploy.embedded.beside services.ledger.simulate --policy "$(POLICY)" --from "$(FROM)" --to "$(TO)"

rotate: $(VENV)  ## go on wrapping every key by the current master key (DO=--new makes one, DO=--list, DO="--retire ID")
	@$(PY) -m deploy.embedded.beside services.intake.rotate $(DO)

keys: $(VENV)  ## sign tokens by a new key; those signed before stay good until they end
	@$(PY) -m deploy.embedded keys rotate

rematch: $(VENV)  ## have the matcher judge again whose every record is, by names too
	@$(PY) -m deploy.embedded.beside services.intake.rematch

.PHONY: erase
erase: $(VENV)  ## erase a child, with a second person's confirmation, or hold one: docs/for-operators.md
	@$(PY) -m deploy.embedded.beside services.intake.erase $(DO)

.PHONY: subject-access
subject-access: $(VENV)  ## gather all that is held about one child, to be checked: docs/for-operators.md
	@$(PY) -m deploy.embedded.beside services.intake.subject_access $(DO)

.PHONY: retention
retention: $(VENV)  ## what has been kept for long enough (DO=--list), and disposing of it: docs/retention.md
	@$(PY) -m deploy.embedded.beside services.intake.retention $(DO)

refeature: $(VENV)  ## read the vault again where older code has read it, and publish it again
	@$(PY) -m deploy.embedded.beside services.intake.refeature

verify-audit: $(VENV)  ## is every audit row as it was sealed? AGAINST=file compares with a witness
	@$(PY) -m deploy.embedded.beside services.audit.verify_audit $(if $(AGAINST),--against "$(AGAINST)")

bench: $(VENV)  ## measure what docs claim
	@$(PY) -m bench

mutants: $(VENV)  ## change the domain in small ways and see whether a test notices: hours (M=rules/timeliness, SAMPLE=400)
	@sh deploy/mutants.sh $(M)

weights: $(VENV)  ## train the weights by which records are matched, and print them (SINCE=day): minutes
	@sh deploy/weights.sh $(SINCE)

.PHONY: sbom scan
sbom: $(VENV)  ## write what we are made of to sbom.cdx.json (CycloneDX)
	@$(PY) -m deploy.sbom sbom.cdx.json

scan: $(VENV)  ## ADVISORIES=folder: is any of it known to be unsafe? Fails where there is nothing fresh to ask
	@$(PY) -m deploy.advisories "$(ADVISORIES)"

.PHONY: erased
erased: $(VENV)  ## TO=file: write down whom we have erased, so that no restore brings them back
	@$(PY) -m deploy.embedded.beside services.intake.erased --write "$(abspath $(TO))"

.PHONY: backup restore
backup: $(VENV)  ## TO=folder KEYS=folder: keep all that is stored, and apart from it the keys that open it
	@$(PY) -m deploy.embedded.backups backup "$(TO)" "$(KEYS)"

restore: $(VENV)  ## FROM=folder KEYS=folder ERASED=file: fill an empty stack with a backup, erase again, start it
	@$(PY) -m deploy.embedded.backups restore "$(FROM)" "$(KEYS)" "$(ERASED)"

.PHONY: containers manifests
containers: $(VENV)  ## build the containers, start them, tell one story, take them down (root on Debian)
	@$(PY) -m deploy.containers trial

manifests: $(VENV)  ## write docker-compose.yml and deploy/kubernetes again from the catalogue of processes
	@$(PY) -m deploy.containers write

deps: $(VENV)  ## fetch everything now, so that the next start needs no network
	@$(PY) -m deploy.embedded deps

lock: $(VENV)  ## work out requirements.lock and the notices again from pyproject.toml
	@$(PY) -m uv pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.lock
	@$(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.lock -o requirements-services.lock
	@$(PY) -m deploy.notices > THIRD_PARTY_NOTICES.md

# The environment is made once, and again when the lock changes.
$(VENV): requirements.lock
	@PYTHON="$(PYTHON)" sh deploy/venv.sh
