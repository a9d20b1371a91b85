# What developers type. Every target sets up what it needs, in folders of this repository alone.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# A Python to use, where the one that is found is not the right one: make test PYTHON=/opt/python3.12
PYTHON ?=
export PYTHON

BIN := .venv/bin
INSTALL := -m pip install --quiet --disable-pip-version-check
SCHEMAS := $(wildcard tools/coronet/schemas/*.json)
VERSIONS := 3.12 3.13

.PHONY: help
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: .venv/.project-models ## the whole road once, on this machine, with real models
	$(BIN)/coronet demo

.PHONY: test
test: test-core test-rest test-versions ## every test, and on every Python that this machine has

.PHONY: test-core
test-core: .venv/.project-dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report= --junitxml=.cache/tests/core.xml -m 'not slow' tests/core
	$(BIN)/coverage report --include='tools/coronet/core/*' --fail-under=100
	$(BIN)/python -m pytest -n 2 --dist worksteal --junitxml=.cache/tests/simulations.xml -m slow tests/core

.PHONY: test-rest
test-rest: .venv/.project-dev tools
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-append --cov-report= --junitxml=.cache/tests/rest.xml --ignore tests/core
	$(BIN)/coverage report

.PHONY: test-versions $(VERSIONS:%=test-%)
test-versions: $(VERSIONS:%=test-%)

$(VERSIONS:%=test-%): test-%:
	@if .ci/venv .venv-$* $*; then $(MAKE) .venv-$*/.project && \
	.venv-$*/bin/python -m pytest -n 2 -p no:cacheprovider --hypothesis-profile=quick -m 'not mlflow and not server and not slow' --junitxml=.cache/tests/$*.xml tests/core tests/commands; \
	else echo "test-$*: not run"; fi

.PHONY: check
check: .venv/.project-dev tools ## formatting, lint, types, layers, spelling, schemas, workflows
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/check-jsonschema --check-metaschema $(SCHEMAS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/zizmor --offline --quiet --persona pedantic .github
	if [ -x .tools/bin/actionlint ]; then .tools/bin/actionlint -shellcheck= -pyflakes=; else echo 'actionlint: not built, not run'; fi

.PHONY: bench
bench: .venv/.project-dev .venv-bench/.bench ## how long whole commands take, as ratios
	$(BIN)/python -m tests.bench

.PHONY: format
format: .venv/.project-dev ## format the code and mend what can be mended
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: docs
docs: .venv/.project-dev ## write docs/commands.md from the commands' own help, and follow every link
	$(BIN)/python -m tests.repository.commands_page
	$(BIN)/python -m pytest -q tests/repository/test_links.py

.PHONY: tools
tools: .tools/.go-tools ## build the programs that tests compare with

.PHONY: lock
lock: .venv/.dev ## write requirements/ anew from pyproject.toml (UPGRADE=1: with the newest versions)
	$(call compile,dev,pyproject.toml --extra models --extra github --group dev --constraint requirements/constraints.txt)
	$(call compile,models,pyproject.toml --extra models --group build --constraint requirements/dev.txt)
	$(call compile,test,pyproject.toml --group test --constraint requirements/dev.txt)
	$(call compile,base,pyproject.toml --constraint requirements/dev.txt)
	$(call compile,github,pyproject.toml --extra github --constraint requirements/dev.txt)
	$(call compile,bench,--group bench)
	$(call compile,go,--group go)

compile = $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) $(2) --output-file requirements/$(1).txt

# --- what the targets stand on --------------------------------------------------------------------

.venv/.models: requirements/models.txt
	.ci/venv .venv
	$(BIN)/python $(INSTALL) --no-deps --require-hashes -r $<
	touch $@

.venv/.dev: requirements/dev.txt
	.ci/venv .venv
	$(BIN)/python $(INSTALL) --no-deps --require-hashes -r $<
	touch $@

.venv/.project-%: pyproject.toml .venv/.%
	$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

.venv-%/.project: requirements/test.txt pyproject.toml
	$(@D)/bin/python $(INSTALL) --no-deps --require-hashes -r $<
	$(@D)/bin/python $(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

.venv-bench/.bench: requirements/bench.txt
	.ci/venv $(@D)
	$(@D)/bin/python $(INSTALL) --no-deps --require-hashes -r $<
	touch $@

.tools/.go-tools: requirements/go-tools.txt requirements/go.txt
	if .ci/go-tools; then touch $@; else echo 'the tests that compare with these programs will be skipped'; fi
