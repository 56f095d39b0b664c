"""What every test gets: a known seed, one BLAS thread per parallel worker, a time limit, and a marker by folder.

Warnings are errors; that setting, the markers and the import mode stand in pyproject.toml.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

if "PYTEST_XDIST_WORKER" in os.environ:
    # Set before NumPy loads: n workers with n BLAS threads each fight for n cores.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")

import numpy as np
import pytest
from hypothesis import settings

SECONDS = 60
SECONDS_SLOW = 600
PARITY = Path(__file__).parent / "parity"

# Without --seed every run draws the same examples; with it Hypothesis explores and prints what reproduces a failure.
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, print_blob=True, database=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="seed of every random number in the tests (0 when not given)")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("repeatable" if config.getoption("--seed") is None else "explore")
    if not config.pluginmanager.hasplugin("timeout"):
        config.addinivalue_line("markers", "timeout(seconds): a time limit, kept where pytest-timeout is installed")


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed: {_seed(config)} (another one: --seed N)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if PARITY in item.path.parents:
            item.add_marker("parity")
        if item.get_closest_marker("timeout") is None:
            slow = item.get_closest_marker("slow") or item.get_closest_marker("bench")
            item.add_marker(pytest.mark.timeout(SECONDS_SLOW if slow else SECONDS))


def _seed(config: pytest.Config) -> int:
    return config.getoption("--seed") or 0


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """This test's own seed: it depends on --seed and on the test's name, never on the order or the worker."""
    return zlib.crc32(f"{_seed(request.config)} {request.node.nodeid}".encode())


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    """A NumPy generator for example inputs."""
    return np.random.default_rng(seed)


@pytest.fixture(autouse=True)
def default_generator(seed: int) -> Iterator[None]:
    """Seeds the library's default generator before a test, so that no test sees the numbers of another."""
    random = sys.modules.get("autograd_core.random")
    if random is not None:
        random.manual_seed(seed)
    yield
