"""The checks of `tests.viz.checks` that measure no time."""

from __future__ import annotations

import pytest

from tests.viz.checks.registry import Unavailable, every

TESTED = [
    pytest.param(each, id=f"{each.name}-{each.run.__name__}", marks=[pytest.mark.slow] if each.slow else []) for each in every() if not each.timing
]


@pytest.mark.parametrize("each", TESTED)
def test_check(each):
    try:
        figures = list(each.run())
    except Unavailable as reason:
        pytest.skip(str(reason))
    assert figures
    assert not [figure for figure in figures if not figure.met]
