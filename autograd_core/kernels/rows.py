"""Where a row of taps lies inside a row of the input: shared by the loops that go through images row by row.

Imports `jit`.
"""

from __future__ import annotations

from .jit import compiled


@compiled
def valid_range(first, stride, size, count):  # type: ignore[no-untyped-def]
    """The j in range(count) with 0 <= first + j * stride < size, as (lo, hi)."""
    lo = 0 if first >= 0 else (-first + stride - 1) // stride
    hi = 0 if first >= size else (size - 1 - first) // stride + 1
    lo = min(lo, count)
    return lo, max(lo, min(hi, count))
