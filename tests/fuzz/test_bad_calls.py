"""Wrong calls of every public function: no crash, no hang, no stray warning, and errors that say what was given to what."""

from __future__ import annotations

import sys
import zlib

import pytest

from .parent import outcomes
from .right_calls import names
from .verdicts import fault

GROUPS = 6


@pytest.mark.skipif(sys.platform != "linux", reason="the guard of the child process reads /proc")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", range(GROUPS))
def test_wrong_calls_are_answered(group: int, seed: int) -> None:
    records = outcomes(names()[group::GROUPS], "ours", zlib.crc32(str(seed).encode()), 4)
    found = [f"{r['name']} {r['call']} [{r['wrong']}]: {': '.join(f)}" for r in records if (f := fault(r))]
    assert len(records) > 350
    assert not found, "\n".join(found)
