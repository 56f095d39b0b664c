# make demo     train on MNIST            make check    ruff, mypy, layers
# make test     the quick tests           make parity   the same numbers as PyTorch
# make slow     wheel, notebooks, ...     make bench    times, against PyTorch where it is installed
# make stubs    write the .pyi files      make clean    remove .venv and caches
#
# The environment is made on first use. PYTHON chooses the interpreter, VENV the folder.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
DEMO_ARGS ?= --epochs 2 --save-model
TEST_ARGS ?=
BENCH_ARGS ?=

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test slow check parity bench stubs clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n 1,6p

demo: $(VENV)/.installed
	$(PY) notebooks/mnist.py $(DEMO_ARGS)

test: $(VENV)/.installed-dev
	$(PY) -m pytest -n $(JOBS) -m "not slow and not bench" $(TEST_ARGS)

slow: $(VENV)/.installed-dev
	$(PY) -m pytest -n $(JOBS) -m "slow and not bench" $(TEST_ARGS)

check: $(VENV)/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

parity: $(VENV)/.installed-parity
	$(PY) -m pytest -n $(JOBS) tests/parity $(TEST_ARGS)

bench: $(VENV)/.installed-dev
	$(PY) -m tests.bench $(BENCH_ARGS)

stubs: $(VENV)/.installed
	$(PY) -m autograd_core.stubs

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last, so that an interrupted installation is taken up again.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
$(VENV)/.installed: pyproject.toml
	@$(PY) -c 'import pip; $(RECENT)' 2>/dev/null || { \
	  $(PYTHON) -c '$(RECENT)' 2>/dev/null || { \
	    echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.12 ..." >&2; \
	    exit 1; }; \
	  $(PYTHON) -m venv --clear $(VENV) || { \
	    echo "'$(PYTHON) -m venv $(VENV)' failed. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; }
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --upgrade "pip>=25.1"
	@$(PIP) install --editable '.[demo]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the development tools ..."
	@$(PIP) install --group dev
	@touch $@

$(VENV)/.installed-parity: $(VENV)/.installed-dev
	@echo "Installing PyTorch, to compare with ..."
	@$(PIP) install --group parity
	@touch $@
