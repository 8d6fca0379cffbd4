# Two commands: `make run` for the demonstration, `make test` for everything.
# Both install what the machine lacks, or say in one sentence what to install.

RELEASE  := $(shell git describe --tags --always --dirty 2>/dev/null)
CLIENT   := $(shell find web/src web/public web/*.html web/*.ts web/*.js web/*.json -type f 2>/dev/null)
MODULES  := web/node_modules/.package-lock.json

.PHONY: run build test lint bench clean

run: database build
	@exec bin/xunfang demo

build: web/dist/index.html
	@go build -trimpath -ldflags "-X main.release=$(RELEASE)" -o bin/xunfang ./cmd/xunfang

# The database and the browser are asked for before the long part, so that what is
# missing is said at once.
test: machine lint web/dist/index.html
	@cd web && npm run --silent test
	@[ -d "$${XUNFANG_TESTDATA:-../shared/data}" ] || echo "NOT TESTED on real recordings: $${XUNFANG_TESTDATA:-../shared/data} is not here; set XUNFANG_TESTDATA"
	@go test -race -vet=off -count=1 -timeout=15m ./...

.PHONY: database machine
database:
	@scripts/need database

machine:
	@scripts/need database browser fonts gdal

lint: $(MODULES)
	@scripts/gofmt
	@go vet ./...
	@go tool staticcheck ./...
	@cd web && npm run --silent lint && npm run --silent check

bench: database
	@scripts/bench

clean:
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 ! -name placeholder.txt -delete

$(MODULES): web/package-lock.json
	@scripts/npm-ci
	@touch $@

web/dist/index.html: $(MODULES) $(CLIENT)
	@cd web && npm run --silent build
