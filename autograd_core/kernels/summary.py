"""What a tensor holds, in one pass: range, mean, spread, size, counts of zeros and of NaN, and a histogram of magnitudes.

Imports NumPy, `jit`, `contract`. Sums are float64 within blocks that the shape fixes.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer, number
from .jit import compiled, enabled

__all__ = ["BINS", "LOWEST", "WIDTH", "summary"]

BINS = 16
"""Bins of the histogram of magnitudes."""

LOWEST, WIDTH = -40, 4
"""Bin k counts 2^(LOWEST + WIDTH k) <= |x| < 2^(LOWEST + WIDTH (k + 1)): from 1e-12 to 2e7, the end bins take what lies beyond."""

BLOCK = 32768
SMALL = 4096  # below, NumPy is as fast and needs no compiler


@contract(
    "blocks * 32768 >= n",
    "mantissa < 64",
    x=array("n", FLOATS),
    bits=array("n", ("uint32", "uint64")),
    sums=array("blocks 5", ("float64",), writes=True),
    counts=array("blocks 19", ("int64",), writes=True),
    shift=number(),
    mantissa=integer(1),
)
@compiled(parallel=True)
def _blocks(lo, hi, x, bits, sums, counts, shift, mantissa):  # type: ignore[no-untyped-def]
    """sums: least, greatest, Σ (x − shift), Σ (x − shift)², Σ x²; counts: zeros, NaN, infinities, the histogram."""
    half = 127 if mantissa == 23 else 1023
    top = 255 if mantissa == 23 else 2047
    for block in range(lo, min(hi, len(sums))):
        a, b = x[block * BLOCK : (block + 1) * BLOCK], bits[block * BLOCK : (block + 1) * BLOCK]
        s, c = sums[block], counts[block]
        least, greatest, total, squares, energy = np.inf, -np.inf, 0.0, 0.0, 0.0
        for i in range(len(a)):
            exponent = np.int64(b[i] >> mantissa) & top
            if exponent == top:
                c[1 if np.isnan(a[i]) else 2] += 1
                continue
            v = np.float64(a[i])
            least, greatest = min(least, v), max(greatest, v)
            total += v - shift
            squares += (v - shift) * (v - shift)
            energy += v * v
            if v == 0.0:
                c[0] += 1
            else:
                k = (exponent - half + 40) // 4
                c[3 + (0 if k < 0 else 15 if k > 15 else k)] += 1
        s[0], s[1], s[2], s[3], s[4] = least, greatest, total, squares, energy


def _reference(x: np.ndarray, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """The same sums and counts by NumPy."""
    good = np.isfinite(x)
    finite = x if good.all() else x[good]
    counts = np.zeros(3 + BINS, np.int64)
    counts[1] = np.count_nonzero(np.isnan(x))
    counts[2] = x.size - finite.size - counts[1]
    filled = finite[finite != 0]
    counts[0] = finite.size - filled.size
    _, exponents = np.frexp(filled)
    bins = np.clip((exponents - 1 - LOWEST) // WIDTH, 0, BINS - 1)
    counts[3:] = np.bincount(bins, minlength=BINS)
    moved = finite - shift
    sums = np.array([finite.min(), finite.max(), moved.sum(), np.dot(moved, moved), np.dot(finite, finite)] if finite.size else [np.inf, -np.inf, 0, 0, 0])
    return sums, counts


def summary(x: np.ndarray) -> tuple[float, float, float, float, float, int, int, int, np.ndarray]:
    """(least, greatest, mean, standard deviation, L2 norm, zeros, NaNs, infinities, histogram of log|x|).

    The first five are of the finite elements, NaN where there is none; a complex element counts by its magnitude.
    """
    x = np.abs(x) if x.dtype.kind == "c" else x
    fast = x.size >= SMALL and x.dtype.name in ("float32", "float64") and enabled()
    flat = np.ascontiguousarray(x if fast else x.astype(np.float64)).reshape(-1)
    first = float(flat[0]) if flat.size else 0.0
    shift = first if np.isfinite(first) else 0.0
    if fast:
        blocks = -(-flat.size // BLOCK)
        parts, every = np.zeros((blocks, 5)), np.zeros((blocks, 3 + BINS), np.int64)
        wide = flat.dtype == np.float64
        _blocks(blocks, flat, flat.view(np.uint64 if wide else np.uint32), parts, every, shift, 52 if wide else 23)
        sums = np.array([parts[:, 0].min(), parts[:, 1].max(), *parts[:, 2:].sum(axis=0)])
        counts = every.sum(axis=0)
    else:
        with np.errstate(all="ignore"):
            sums, counts = _reference(flat, shift)
    n = flat.size - int(counts[1]) - int(counts[2])
    if n == 0:
        nan = float("nan")
        return nan, nan, nan, nan, 0.0, 0, int(counts[1]), int(counts[2]), counts[3:]
    offset = float(sums[2]) / n
    spread = max(float(sums[3]) / n - offset * offset, 0.0) ** 0.5
    return (
        float(sums[0]), float(sums[1]), shift + offset, spread, float(sums[4]) ** 0.5,
        int(counts[0]), int(counts[1]), int(counts[2]), counts[3:],
    )  # fmt: skip
