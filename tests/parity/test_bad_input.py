"""The same wrong call, here and in PyTorch: both refuse it with errors of one kind, or both accept it.

The known kinds of difference stand in tests/fuzz/differences.py. Of what they leave, a few in a hundred are odd corners that
nobody calls (the order of two checks when two things are wrong, say); `AT_MOST` keeps them from becoming more.
"""

from __future__ import annotations

import sys
import zlib

import pytest

from tests.fuzz.parent import outcomes
from tests.fuzz.right_calls import names
from tests.fuzz.verdicts import disagreement

torch = pytest.importorskip("torch")

GROUPS = 4
CALLS = 2  # of each function
AT_MOST = 0.06


@pytest.mark.skipif(sys.platform != "linux", reason="the guard of the child process reads /proc")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", range(GROUPS))
def test_wrong_calls_are_answered_alike(group: int, seed: int) -> None:
    records = outcomes(names()[group::GROUPS], "both", zlib.crc32(str(seed).encode()), CALLS)
    found = [f"{r['name']} {r['call']} [{r['wrong']}]: {': '.join(d)}" for r in records if (d := disagreement(r))]
    assert len(records) > 250
    assert len(found) <= AT_MOST * len(records), f"{len(found)} of {len(records)}:\n" + "\n".join(found)
