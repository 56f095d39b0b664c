"""The compiled loops of `resample`: sparse rows along an axis, and taps scattered over a plane.

Imports NumPy, `jit`, `contract`. Contracts bound every index.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .jit import CONTRACT, compiled

__all__ = ["add_taps", "apply_columns", "apply_even_rows", "apply_rows", "apply_taps", "dot_taps"]

_STARTS = array("s", ("int64",), at_least="0", below="t + 1")
_INDEX = array("t", ("int64",), at_least="0", below="n")


@contract(
    "s == k + 1",
    x=array("m n", FLOATS),
    starts=_STARTS,
    index=_INDEX,
    weight=array("t", same="x"),
    out=array("m k", same="x", writes=True),
    step=integer(1),
)
@compiled(parallel=True, fastmath=CONTRACT)
def apply_rows(lo, hi, x, starts, index, weight, out, step):  # type: ignore[no-untyped-def]
    """out[m, i] = Σ_t weight[t] x[m, index[t]] over row i of the table."""
    for r in range(lo * step, min(hi * step, len(x))):
        row, result = x[r], out[r]
        for i in range(len(result)):
            s = row.dtype.type(0)
            for t in range(starts[i], starts[i + 1]):
                s += weight[t] * row[index[t]]
            result[i] = s


@compiled(fastmath=CONTRACT)
def _start_row(row, index, weight, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] = weight[i] * row[np.uint64(index[i])]


@compiled(fastmath=CONTRACT)
def _add_row(row, index, weight, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] += weight[i] * row[np.uint64(index[i])]


@contract(
    "taps >= 1",
    x=array("m n", FLOATS),
    index=array("taps k", ("int64",), at_least="0", below="n"),
    weight=array("taps k", same="x"),
    out=array("m k", same="x", writes=True),
    step=integer(1),
)
@compiled(parallel=True, fastmath=CONTRACT)
def apply_even_rows(lo, hi, x, index, weight, out, step):  # type: ignore[no-untyped-def]
    """`apply_rows` where each output has as many taps: vectorised over the outputs."""
    for r in range(lo * step, min(hi * step, len(x))):
        _start_row(x[r], index[0], weight[0], out[r])
        for t in range(1, len(index)):
            _add_row(x[r], index[t], weight[t], out[r])


@compiled(fastmath=CONTRACT)
def _set(x, w, out):  # type: ignore[no-untyped-def]
    for j in range(len(x)):
        out[j] = w * x[j]


@compiled(fastmath=CONTRACT)
def _add(x, w, out):  # type: ignore[no-untyped-def]
    for j in range(len(x)):
        out[j] += w * x[j]


@compiled(fastmath=CONTRACT)
def _set_two(x, y, v, w, out):  # type: ignore[no-untyped-def]
    for j in range(len(x)):
        out[j] = v * x[j] + w * y[j]


@contract(
    "s == k + 1",
    x=array("o n i", FLOATS),
    starts=_STARTS,
    index=_INDEX,
    weight=array("t", same="x"),
    out=array("o k i", same="x", writes=True),
    step=integer(1),
)
@compiled(parallel=True, fastmath=CONTRACT)
def apply_columns(lo, hi, x, starts, index, weight, out, step):  # type: ignore[no-untyped-def]
    """`apply_rows` along the middle of (before, n, after); a block is `step` of before."""
    for o in range(lo * step, min(hi * step, len(x))):
        for i in range(out.shape[1]):
            first, last = starts[i], starts[i + 1]
            result = out[o, i]
            if last - first == 2:
                _set_two(x[o, index[first]], x[o, index[first + 1]], weight[first], weight[first + 1], result)
            elif last > first:
                _set(x[o, index[first]], weight[first], result)
                for t in range(first + 1, last):
                    _add(x[o, index[t]], weight[t], result)
            else:
                result[:] = 0


_TAPS = array("n t p", ("int32", "int64"), at_least="0", below="s")


@contract(x=array("n c s", FLOATS), taps=_TAPS, weight=array("n t p", same="x"), out=array("n c p", same="x", writes=True))
@compiled(parallel=True, fastmath=CONTRACT)
def apply_taps(lo, hi, x, taps, weight, out):  # type: ignore[no-untyped-def]
    """out[n, c, p] = Σ_t weight[n, t, p] x[n, c, taps[n, t, p]]; a block is one (n, c)."""
    channels = x.shape[1]
    for block in range(lo, min(hi, len(x) * channels)):
        n, c = block // channels, block % channels
        result = out[n, c]
        result[:] = 0
        for t in range(taps.shape[1]):
            _gather(x[n, c], taps[n, t], weight[n, t], result)


# An unsigned index needs no test for counting from the end, which would keep the loops from being vectorised.
@compiled(fastmath=CONTRACT)
def _gather(plane, at, w, out):  # type: ignore[no-untyped-def]
    for p in range(len(out)):
        out[p] += w[p] * plane[np.uint64(at[p])]


@contract(g=array("n c p", FLOATS), taps=_TAPS, weight=array("n t p", same="g"), gx=array("n c s", same="g", writes=True))
@compiled(parallel=True, fastmath=CONTRACT)
def add_taps(lo, hi, g, taps, weight, gx):  # type: ignore[no-untyped-def]
    """gx[n, c, taps[n, t, p]] += weight[n, t, p] g[n, c, p] into zeros: the adjoint of `apply_taps`."""
    channels = g.shape[1]
    for block in range(lo, min(hi, len(g) * channels)):
        n, c = block // channels, block % channels
        line, plane = g[n, c], gx[n, c]
        plane[:] = 0
        for t in range(taps.shape[1]):
            at, w = taps[n, t], weight[n, t]
            for p in range(len(line)):
                plane[np.uint64(at[p])] += w[p] * line[p]


@contract(g=array("n c p", FLOATS), x=array("n c s", same="g"), taps=_TAPS, out=array("n t p", same="g", writes=True))
@compiled(parallel=True, fastmath=CONTRACT)
def dot_taps(lo, hi, g, x, taps, out):  # type: ignore[no-untyped-def]
    """out[n, t, p] = Σ_c g[n, c, p] x[n, c, taps[n, t, p]]: the gradient of the weights; a block is one (n, t)."""
    many = taps.shape[1]
    for block in range(lo, min(hi, len(g) * many)):
        n, t = block // many, block % many
        result = out[n, t]
        result[:] = 0
        for c in range(g.shape[1]):
            _gather(x[n, c], taps[n, t], g[n, c], result)
