"""The browser of the tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.viz.browser import NoBrowser, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium; the test is skipped with the reason where there is none."""
    try:
        with chromium() as engine:
            yield engine
    except NoBrowser as reason:
        pytest.skip(str(reason))
