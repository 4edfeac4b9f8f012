# make demo    shows the product on a sample that it makes itself
# make demo-cluster   shows three nodes on PostgreSQL, and the death of its primary
# make serve   serves that sample, with a page for people, on loopback
# make test    everything that CI runs
# All install what is missing with apt-get; they need a Swift 6.3 toolchain, make, git and apt.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo demo-cluster serve test dependencies build docs man bench bench-quick format lint clean

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

demo-cluster: dependencies ## Shows three nodes on a private PostgreSQL, and the death of its primary.
	swift build -c release --product storectl
	swift build -c release --product storecluster
	swift build -c release --product clusterworker
	scripts/demo_cluster.py "$$(swift build -c release --show-bin-path)"

serve: dependencies ## Serves the sample on loopback, with a page on which people rank.
	swift build -c release --product storectl
	swift build -c release --product samplemaker
	swift build -c release --package-path Server --scratch-path "$$PWD/.build" --product storeserver
	scripts/serve.sh "$$(swift build -c release --show-bin-path)"

test: dependencies ## Runs everything that CI runs.
	scripts/test.sh

docs: dependencies ## Builds the documentation into .build-documentation; a warning is an error.
	BUILD_DOCUMENTATION=1 swift package --scratch-path .build-documentation/build \
		--allow-writing-to-directory .build-documentation \
		generate-documentation --target PersonalizationStore --warnings-as-errors \
		--output-path .build-documentation/PersonalizationStore.doccarchive

man: dependencies ## Writes storectl's manual pages into .build/plugins/GenerateManual.
	swift package plugin generate-manual

bench: dependencies ## Measures the store beside its peers, in under 15 minutes.
	swift build -c release --product storebench
	python3 Benchmarks/run.py --storebench "$$(swift build -c release --show-bin-path)/storebench"

bench-quick: dependencies ## The same in under 3 minutes, tables only.
	swift build -c release --product storebench
	python3 Benchmarks/run.py --quick --storebench "$$(swift build -c release --show-bin-path)/storebench"

format: ## Formats the code in place.
	swift format --in-place --recursive --parallel Package.swift Sources Tests Server

lint: ## Checks the format and the house rules that a machine can hold.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Server

clean: ## Removes what building made.
	rm -rf .build .build-*
