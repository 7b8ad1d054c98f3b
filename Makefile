# Mingbai 医保明白账. `make` alone explains the targets; recipes stay short, anything longer is a Go or Node program.
GO ?= go
PORT ?= 8080
export PORT

.PHONY: help run site serve sample test check check-policies policies policy-report size bench lighthouse fuzz install clean

help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: site ## build everything, print a settled sample case, serve the site (PORT=8080); needs only Go and make
	$(GO) run ./site/build sample
	$(GO) run ./site/build serve

site: policies ## build the deployable site/dist
	$(GO) run ./site/build site

serve: ## serve site/dist as it is
	$(GO) run ./site/build serve

sample: ## print one settled sample case as a table
	$(GO) run ./site/build sample

policies: ## compile the regions' YAML into the form that the browser runs
	$(GO) run ./policies/cmd/policies compile

check-policies: ## prove every region's tables complete; spelling, sources, expired figures
	$(GO) run ./policies/cmd/policies check

policy-report: ## regions x benefits: coverage, grades, dates, conflicts
	$(GO) run ./policies/cmd/policies report

check: policies ## format, vet, Go tests, dependency gate: under a minute
	@test -z "$$(gofmt -l engine policies wasm site)" || { gofmt -l engine policies wasm site; exit 1; }
	$(GO) vet ./...
	$(GO) test ./...

install: ## install what the browser tests need: browsers, fonts, npm packages
	bash site/test/install.sh

test: check check-policies site install size ## install what the tests need and run everything
	cd site/test && npm test

size: ## weigh the engine and the page, fail above the budgets
	$(GO) run ./site/build size

bench: site install ## performance, side by side, as ratios
	$(GO) test -run '^$$' -bench . -benchmem ./engine ./wasm
	cd site/test && npm run bench

lighthouse: site install ## Lighthouse on Estimate, a policy page and About
	cd site/test && npm run lighthouse

fuzz: ## thirty seconds for each fuzz target
	bash .ci/fuzz

clean: ## remove what was built
	rm -rf site/dist site/test/out .cache
