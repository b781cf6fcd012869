# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
#
# Every target sets up what it needs; a second run finds it done.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup env demo test bench lint format clean
IN_ENV = env_file=$$(scripts/setup.sh | tail -n 1) && [[ -n $$env_file ]] && . "$$env_file" &&

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install what is missing and build the package
	@scripts/setup.sh >/dev/null

env: ## print the path of the file to source: . "$(make -s env)"
	@scripts/setup.sh | tail -n 1

demo: ## skeletons on a clip: make demo SOURCE=video.mp4 (or a camera's number)
	@$(IN_ENV) alphapose_ros demo $(if $(SOURCE),--source '$(SOURCE)') $(ARGS)

test: ## all tests: make test ARGS='-k boxes'
	@# Two processes: after all others, tests that fork while OpenGL is loaded have crashed.
	@$(IN_ENV) { python -m pytest test --ignore=test/synthesis --ignore=test/training $(ARGS) \
	  || [[ $$? == 5 ]]; } && { python -m pytest test/synthesis test/training $(ARGS) || [[ $$? == 5 ]]; }

bench: ## measure: make bench SECTION=transport
	@$(IN_ENV) alphapose_ros bench $(if $(SECTION),--section '$(SECTION)') $(ARGS)

lint: ## ruff and mypy
	@$(IN_ENV) ruff check . && ruff format --check . && mypy

format: ## let ruff mend what it can
	@$(IN_ENV) ruff check --fix . ; ruff format .

clean: ## remove what was built here; the cached venv stays
	rm -rf build install log demo_output bench_output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
