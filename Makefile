# Every target installs what it needs; Python 3.11 to 3.13, make and the package index are enough.
# To use another Python than the first on PATH: make PYTHON=/path/to/python3.12 test
.DEFAULT_GOAL := help
.PHONY: help setup doctor demo run test coverage test-gateway test-ray bench lint clean
export PYTHON GPU

venv := .venv/bin

# A larger environment serves the smaller targets, so that `make bench`, `make test` and `make demo`
# in any order never install twice. Without an environment, `make demo` installs the bot alone.
tools := $(firstword $(wildcard .venv/.ready-bench) .venv/.ready-dev)
ready := $(firstword $(wildcard .venv/.ready-bench .venv/.ready-dev) .venv/.ready-run)

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Without them tests/real_models is skipped. Where CI is set it must run, and a failed download of the weights is an error.
define real-models
$(venv)/python run.py models fetch smart-turn smollm2-135m base kokoro piper-joe || { \
	test -z "$$CI" && echo "tests/real_models is skipped: the weights could not be downloaded"; }
test -f .cache/bench/recordings/prompts/prompts.json || $(venv)/python -m bench.recordings || \
	echo "tests/real_models runs without recordings of people"
endef

# The pages are tested in Chromium. Where CI is set it must be there.
define chromium
$(venv)/python -m testing.chromium || { \
	test -z "$$CI" && echo "tests/e2e/test_pages.py is skipped: Chromium could not be installed"; }
endef

setup: ## install everything, also for an NVIDIA GPU where there is one (GPU=1, GPU=0)
	@GPU=$${GPU:-auto} sh scripts/setup.sh $(patsubst .venv/.ready-%,%,$(ready))
	@touch $(ready)

doctor: $(ready) ## check this machine, the settings, Discord and the Gateway; print what to do next
	$(venv)/python run.py doctor $(ARGS)

demo: $(ready) ## a whole conversation on this machine, without accounts (ARGS="..." for run.py demo)
	$(venv)/python run.py demo $(ARGS)

run: $(ready) ## the bot (ARGS="..." for run.py)
	$(venv)/python run.py $(ARGS)

# pytest keeps its compiled tests: every worker would compile all of them, which takes longer than to import them.
test test-gateway test-ray: export PYTHONDONTWRITEBYTECODE =

test: $(tools) ## all tests (ARGS="..." for pytest)
	@$(venv)/python -m pytest --collect-only -q >/dev/null 2>&1 & # compiles them during the downloads
	$(venv)/python run.py models fetch fixture
	@$(real-models)
	@$(chromium)
	OMP_NUM_THREADS=1 $(venv)/python -m pytest -n 5 --dist loadfile $(ARGS)

coverage: ## all tests, with branch coverage, which takes some minutes more
	$(MAKE) test ARGS="--cov --cov-branch $(ARGS)"

test-gateway: $(tools) ## the contract with the real OpenClaw Gateway, which npm fetches once
	$(venv)/python run.py models fetch fixture
	$(venv)/python -m testing.real_gateway install
	OMP_NUM_THREADS=1 $(venv)/python -m pytest --gateway=real --podman tests/e2e/test_real_gateway.py tests/contract \
		tests/fleet/jobs/test_containers.py $(ARGS)

test-ray: $(tools) ## the speech server on a Ray of this machine
	$(venv)/python run.py models fetch fixture
	OMP_NUM_THREADS=1 $(venv)/python -m pytest --ray tests/server/cluster $(ARGS)

bench: .venv/.ready-bench .cache/comparison/.ready ## all measurements, beside other systems (ARGS="--quick")
	$(venv)/python run.py models fetch fixture
	$(venv)/python -m bench $(ARGS)

lint: $(tools) ## style, format and types
	$(venv)/ruff check .
	$(venv)/ruff format --check .
	$(venv)/mypy .

clean: ## remove environments and caches; downloaded models stay
	rm -rf .venv .cache/tools .cache/comparison .cache/bench .mypy_cache .ruff_cache .pytest_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready-run .venv/.ready-dev .venv/.ready-bench: pyproject.toml uv.lock scripts/setup.sh
	@sh scripts/setup.sh $(patsubst .venv/.ready-%,%,$@)
	@touch $@

.cache/comparison/.ready: bench/comparison/requirements.txt
	@sh scripts/setup.sh comparison
