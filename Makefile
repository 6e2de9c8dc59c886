# areaplan: two commands on a fresh machine, `make demo` and `make test`; `make check` is what CI runs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
APT    := apt install python3 python3-venv make git
APT_TEST := apt install chromium fonts-noto-cjk poppler-utils
JOBS   ?= auto
PLATFORM ?= manylinux_x86_64
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check fresh soak bench bundle lint types layers messages lock python clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.package ## plan data/sample: the plan, the proof and the review page
	$(BIN)/areaplan demo --out out/sample

test: $(VENV)/.dev ## every test; browser and font tests skip on a machine without them
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: lint types layers test ## what CI runs

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

fresh: ## the two README commands in a fresh clone, as a new user runs them
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && git clone -q . "$$folder/areaplan" && cd "$$folder/areaplan" \
	&& env -u AREAPLAN_DATA $(MAKE) demo && env -u AREAPLAN_DATA $(MAKE) test

soak: $(VENV)/.dev ## what is too long for CI
	AREAPLAN_SOAK=1 $(BIN)/python -m pytest -m "soak" -n $(JOBS) --dist loadfile

bench: $(VENV)/.dev ## the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks

bundle: $(VENV)/.package ## a folder to install from without a network: PLATFORM=win_amd64 or manylinux_x86_64
	$(BIN)/python tools/bundle.py --platform $(PLATFORM)

messages: $(VENV)/.dev ## extract messages, update the Chinese catalogue, compile it
	$(BIN)/pybabel -q extract -k msg -k _ --no-location --sort-output --omit-header -o $(VENV)/areaplan.pot src/areaplan
	$(BIN)/pybabel -q update -D areaplan -i $(VENV)/areaplan.pot -d src/areaplan/locale --no-fuzzy-matching --omit-header --ignore-obsolete --width 9999
	$(BIN)/pybabel -q compile -f -D areaplan -d src/areaplan/locale

lock: python ## pin what a fresh resolution gives today
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PYTHON) -m venv "$$folder/v" \
	&& PIP_CONSTRAINT= "$$folder/v/bin/pip" install -q hatchling ".[dev]" \
	&& "$$folder/v/bin/pip" list --format=freeze --exclude areaplan --exclude pip --exclude setuptools > constraints.txt

$(VENV)/.package: pyproject.toml constraints.txt | python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e ".[dev]"
	@touch $@ $(VENV)/.package

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "areaplan needs Python 3.11 or newer as $(PYTHON).  On Debian or Ubuntu:  $(APT)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	|| { echo "$(PYTHON) has no venv.  On Debian or Ubuntu:  $(APT)"; exit 1; }

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
