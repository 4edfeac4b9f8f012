# make demo    shows the product on a sample that it makes itself
# make test    everything that CI runs
# Both install what is missing with apt-get; they need a Swift 6.3 toolchain, make, git and apt.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test dependencies build format lint clean

help: ## Lists the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

dependencies: ## Installs the packages that building needs, when they are missing.
	@scripts/install-dependencies.sh

build: dependencies ## Builds storectl and the rest, optimised.
	swift build -c release

demo: dependencies ## Shows the main job, on a generated sample.
	swift build -c release --product storectl
	swift build -c release --product samplemaker
	scripts/demo.sh "$$(swift build -c release --show-bin-path)"

test: dependencies ## Runs everything that CI runs.
	scripts/test.sh

format: ## Formats the code in place.
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## Checks the format and the house rules that a machine can hold.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

clean: ## Removes what building made.
	rm -rf .build .build-*
