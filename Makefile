# What a person needs is Go, Node, make and gcc; everything else is fetched or built here.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

DATA ?= .bureau
PORT ?= 8080
ARGS ?=
AGENCIES ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/bureauhq/bureau/app.Version=$(VERSION)
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

# All sources of the web app; building it again is skipped while none is newer than the result.
WEB_SOURCES = $(shell find frontend/src frontend/public frontend/scripts -type f -not -path '*/gen/*' 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/*.json)
GO_SOURCES = $(shell find app billing cmd migrations modules tenancy infra frontend/embed.go -type f 2>/dev/null)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: run
run: build tools/postgres/node_modules/.done ## Build everything and start Bureau at http://bureau.localhost:8080 (PORT=, DATA=, ARGS=--demo)
	@exec bin/bureau dev --data $(DATA) --port $(PORT) $(ARGS)

.PHONY: build
build: bin/bureau ## Build bin/bureau with the web app in it

bin/bureau: frontend/dist/index.html $(GO_SOURCES) go.mod go.sum
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/bureau

.PHONY: gen
gen: frontend/openapi.json ## Generate the OpenAPI document and the web app's client

# Written aside and compared: an unchanged document builds no web app again.
frontend/openapi.json: $(GO_SOURCES) frontend/node_modules/.done frontend/scripts/gen.mjs
	@go run ./cmd/openapi > $@.part
	@if cmp -s $@.part $@ && [ -d frontend/src/shared/api/gen ]; then rm $@.part; touch $@; \
	else mv $@.part $@; cd frontend && npm run --silent gen; fi

frontend/dist/index.html: frontend/openapi.json $(WEB_SOURCES)
	cd frontend && npm run --silent build
	@git checkout -q -- frontend/dist/placeholder.txt 2>/dev/null || true
	@touch $@

frontend/node_modules/.done: frontend/package.json frontend/package-lock.json
	cd frontend && $(NPM_CI)
	@touch $@

tools/postgres/node_modules/.done: tools/postgres/package.json tools/postgres/package-lock.json
	cd tools/postgres && $(NPM_CI)
	@touch $@

.PHONY: tools
tools: frontend/node_modules/.done tools/postgres/node_modules/.done ## Fetch packages, and build Kratos and the linter into the cache
	@go run ./cmd/teststack -- true
	@tools/lint/run --version

.PHONY: test
test: ## Run every test: Go with the race detector, front end, lint, budgets, and the story in a browser
	@tools/test

.PHONY: race
race: tools/postgres/node_modules/.done ## Run the sweep with the race detector, which `make test` runs without
	@CGO_ENABLED=1 go run ./cmd/teststack -- go test -race -vet=off -timeout 30m ./app/isolation

.PHONY: test-go
test-go: tools/postgres/node_modules/.done ## Run the Go tests beside a throw-away database and identity server (ARGS='-run X ./pkg')
	@go run ./cmd/teststack -- go test $(or $(ARGS),./...)

.PHONY: baseline
baseline: tools/postgres/node_modules/.done ## Write migrations/baseline.sql anew from the steps: what a new agency begins with
	@echo '-- through none' > migrations/baseline.sql # a wrong one would be in its own way
	@go run ./cmd/teststack -- go test -count=1 -run TestBaselineIsGenerated ./tenancy -update

.PHONY: sabotage
sabotage: tools/postgres/node_modules/.done ## Plant each breach of isolation in turn; fail if the tests miss one (ARGS='-only live_room')
	@go run ./cmd/teststack -- go run ./cmd/sabotage $(ARGS)

.PHONY: chaos
chaos: tools/postgres/node_modules/.done ## Storm the agencies' pool for an hour and count rows of the wrong agency (FOR=10m)
	@BUREAU_CHAOS_FOR=$(or $(FOR),1h) go run ./cmd/teststack -- go test -race -v -timeout 26h -run Chaos ./tenancy/chaos

.PHONY: lint
lint: frontend/node_modules/.done frontend/openapi.json ## Check format, style and types
	@tools/lint/run
	@cd frontend && npm run --silent lint && npm run --silent types

.PHONY: check
check: lint ## Lint, and look for known vulnerabilities where their database can be reached
	@go mod verify
	@tools/vulnerabilities

.PHONY: bench
bench: tools/postgres/node_modules/.done ## Measure the stack and the agencies' pool against their floors and rivals, as ratios (AGENCIES=40)
	@BUREAU_BENCH_AGENCIES=$(AGENCIES) go run ./cmd/teststack -- go test -timeout 1h -run '^$$' -bench 'Ratios|InvoiceRun' -benchtime 1x $(ARGS) ./app ./cmd/scale/ratio

.PHONY: scale
scale: build tools/postgres/node_modules/.done ## Make 2,000 agencies and measure everything there are goals for; writes docs/performance.md (AGENCIES=60 for a try)
	@go run ./cmd/scale --agencies $(or $(AGENCIES),2000) $(if $(filter 2000,$(or $(AGENCIES),2000)),--doc docs/performance.md) $(ARGS)

.PHONY: clean
clean: ## Remove what was built; data and caches stay
	rm -rf bin frontend/openapi.json frontend/src/shared/api/gen frontend/coverage
	find frontend/dist -mindepth 1 -not -name placeholder.txt -delete
