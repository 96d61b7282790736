# What can be made, each with its one line. `make help` prints them.

PREFIX   ?= /usr/local
SANITIZE ?= address,undefined
PYTHON   := /usr/bin/python3
RELEASE  := -Dbuildtype=release -Doptimization=2 -Dfaults=false
TESTING  := -Dbuildtype=debugoptimized -Dfaults=true -Db_sanitize=$(SANITIZE)
# What ThreadSanitizer and valgrind look at: whatever works with several threads, and most that parse.
WATCHED  := $(addprefix test/scenario/test_,$(addsuffix .py,kill order_by_reads for_each merge keyed example_stock_batches))
SWEEPING := -Dbuildtype=release -Doptimization=2 -Dfaults=true -Dtests=false
FUZZING  := -Dbuildtype=debugoptimized -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false

build: ## build rehome into build/
	@scripts/build build $(RELEASE) -Dprefix=$(abspath $(PREFIX))

build-test: ## build with sanitizers and fault points into build-test/
	@scripts/build build-test $(TESTING)

build-sweep: ## build with fault points and without sanitizers into build-sweep/
	@scripts/build build-sweep $(SWEEPING)

check: ## build and run all tests
	@scripts/install-deps browser
	@$(MAKE) --no-print-directory build build-test build-sweep
	@scripts/check

demo: ## migrate a company out of a legacy CRM on this machine, from start to end
	@scripts/install-deps
	@$(MAKE) --no-print-directory build
	@examples/laiki/demo

examples: ## run the examples at full size; REHOME_EXAMPLE_ROWS is another one
	@scripts/install-deps
	@$(MAKE) --no-print-directory build
	@REHOME_BINARY=build/rehome REHOME_EXAMPLE_ROWS=$${REHOME_EXAMPLE_ROWS:-full} $(PYTHON) -m pytest test/scenario/test_example_*.py -m full_size -q --durations=0

install: build ## install below PREFIX (and DESTDIR)
	@DESTDIR=$(DESTDIR) meson install -C build --no-rebuild

sweep: build-sweep ## try to break it: CASES (5000) faults, by SEED, ONLY those of a number or name
	@test/sweep/sweep.py --cases $(or $(CASES),5000) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only '$(ONLY)')

fuzz: ## search with each fuzzer for SECONDS (60); FUZZERS names some of them
	@scripts/install-deps fuzz
	@CC=clang scripts/build build-fuzz $(FUZZING)
	@scripts/fuzz $(or $(SECONDS),60) $(FUZZERS)

tsan: ## run the scenarios with several workers under ThreadSanitizer
	@scripts/install-deps
	@scripts/build build-tsan -Dbuildtype=debugoptimized -Dfaults=true -Db_sanitize=thread
	@REHOME_BINARY=build-tsan/rehome $(PYTHON) -m pytest $(or $(TESTS),$(WATCHED)) -q

valgrind: ## run the same scenarios under valgrind
	@scripts/install-deps valgrind
	@scripts/build build-valgrind -Dbuildtype=debugoptimized -Dfaults=true
	@REHOME_BINARY=test/scenario/support/valgrind $(PYTHON) -m pytest $(or $(TESTS),$(WATCHED)) -q

bench: ## measure against hand-written pipelines
	@scripts/install-deps bench
	@$(MAKE) --no-print-directory build
	@bench/run

format: ## let clang-format decide about spaces
	@find src test -name '*.[ch]' | xargs clang-format -i

clean: ## remove what was built
	@rm -rf build build-test build-sweep build-fuzz build-tsan build-valgrind

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: build build-test build-sweep check demo examples install sweep fuzz tsan valgrind bench format clean help
