"""Selecting and sorting rows of keys as C++'s standard library does it, so that ties fall on PyTorch's indices.

Imports NumPy, `jit`, `contract`. Keys are int64 in ascending order of preference; `k` are keys and `p` the positions that
travel with them. Introselect, introsort and heap select follow Musser (1997) with libstdc++'s pivots and cut-offs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .contract import array, contract, flag, integer
from .jit import compiled

__all__ = ["BLOCK", "NAN_KEY", "NAN_KEY_32", "keys_of_bits", "kth_rows", "mode_rows", "pack_rows", "topk_rows"]

NAN_KEY = 0x7FFFFFFFFFFFFFFF
"""The key of a float64 NaN: after every number."""

NAN_KEY_32 = 0x80000000
"""The key of a float32 NaN: just after every number's."""

BLOCK = 32768
"""Elements of a block."""

LONG = 64
"""Without Numba, ranges of at least this length are partitioned in NumPy passes."""

RUN = 16
"""Ranges of at most this length are left to the insertion sort."""


def _both(loop: Callable[..., Any]) -> Any:
    """A kernel whose NumPy reference is the loop itself: plain Python for the few rows that need it."""
    return compiled(loop, reference=loop)


def _exchange(k: Any, p: Any, left: int, right: int, pivot: Any, meet: bool) -> tuple[int, int]:
    """The two scans of a partition in a few NumPy passes: the i-th element from `left` on that is not below the pivot and
    the i-th from `right` down that is not above it change places until the scans have passed each other (without `meet`:
    have met). Where both stop: the neighbours beyond the ends are their sentinels, the last exchanged pair stops them too.
    """
    ups = left + np.flatnonzero(k[left : right + 2] >= pivot)
    downs = left - 1 + np.flatnonzero(k[left - 1 : right + 1] <= pivot)[::-1]
    n = min(len(ups), len(downs))
    m = int(np.count_nonzero(ups[:n] <= downs[:n] if meet else ups[:n] < downs[:n]))
    a, b = ups[:m], downs[:m]
    k[a], k[b] = k[b], k[a]
    p[a], p[b] = p[b], p[a]
    apart = m - 1 if m and a[-1] == b[-1] else m  # the pairs before an element that met itself
    return min([*ups[m : m + 1], *b[apart - 1 : apart]]), max([*downs[m : m + 1], *a[apart - 1 : apart]])


def _load_at_once(row, k, p):  # type: ignore[no-untyped-def]
    k[:] = row
    p[:] = np.arange(len(row))


@compiled(reference=_load_at_once)
def _load(row, k, p):  # type: ignore[no-untyped-def]
    for i in range(len(row)):
        k[i] = row[i]
        p[i] = i


@_both
def _swap(k, p, i, j):  # type: ignore[no-untyped-def]
    key, at = k[i], p[i]
    k[i], p[i] = k[j], p[j]
    k[j], p[j] = key, at


@_both
def _log2(n):  # type: ignore[no-untyped-def]
    lg = 0
    while n > 1:
        n >>= 1
        lg += 1
    return lg


@_both
def _median_to_first(k, p, first, a, b, c):  # type: ignore[no-untyped-def]
    if k[a] < k[b]:
        m = b if k[b] < k[c] else (c if k[a] < k[c] else a)
    else:
        m = a if k[a] < k[c] else (c if k[b] < k[c] else b)
    _swap(k, p, first, m)


def _partition_in_passes(k, p, first, last):  # type: ignore[no-untyped-def]
    if last - first < LONG:
        return _partition.loop(k, p, first, last)
    _median_to_first(k, p, first, first + 1, first + (last - first) // 2, last - 1)
    return _exchange(k, p, first + 1, last - 1, k[first], False)[0]


@compiled(reference=_partition_in_passes)
def _partition(k, p, first, last):  # type: ignore[no-untyped-def]
    """Hoare's partition of [first, last) around a median of three; the pivot stops both scans within the range."""
    _median_to_first(k, p, first, first + 1, first + (last - first) // 2, last - 1)
    pivot, lo, hi = k[first], first + 1, last
    while True:
        while lo < last - 1 and k[lo] < pivot:
            lo += 1
        hi -= 1
        while hi > first and pivot < k[hi]:
            hi -= 1
        if not lo < hi:
            return lo
        _swap(k, p, lo, hi)
        lo += 1


@_both
def _insertion_sort(k, p, first, last):  # type: ignore[no-untyped-def]
    for i in range(first + 1, last):
        key, at = k[i], p[i]
        j = i
        while j > first and key < k[j - 1]:
            k[j], p[j] = k[j - 1], p[j - 1]
            j -= 1
        k[j], p[j] = key, at


@_both
def _sift(k, p, first, hole, length, key, at):  # type: ignore[no-untyped-def]
    """Put (key, at) into the heap whose hole is given: the hole goes down to a leaf, then the pair comes up."""
    top, child = hole, hole
    while child < (length - 1) // 2:
        child = 2 * (child + 1)
        if k[first + child] < k[first + child - 1]:
            child -= 1
        k[first + hole], p[first + hole] = k[first + child], p[first + child]
        hole = child
    if length % 2 == 0 and child == (length - 2) // 2:
        child = 2 * (child + 1)
        k[first + hole], p[first + hole] = k[first + child - 1], p[first + child - 1]
        hole = child - 1
    while hole > top and k[first + (hole - 1) // 2] < key:
        parent = (hole - 1) // 2
        k[first + hole], p[first + hole] = k[first + parent], p[first + parent]
        hole = parent
    k[first + hole], p[first + hole] = key, at


def _heap_select_in_passes(k, p, first, middle, last):  # type: ignore[no-untyped-def]
    _heap_select.loop(k, p, first, middle, middle)
    for start in range(middle, last, 1024):
        # The largest of the heap only falls: what is not below it now never will be.
        for i in start + np.flatnonzero(k[start : min(start + 1024, last)] < k[first]):
            _heap_take(k, p, first, middle - first, i)


@_both
def _heap_take(k, p, first, length, i):  # type: ignore[no-untyped-def]
    if k[i] < k[first]:
        key, at = k[i], p[i]
        k[i], p[i] = k[first], p[first]
        _sift(k, p, first, 0, length, key, at)


@compiled(reference=_heap_select_in_passes)
def _heap_select(k, p, first, middle, last):  # type: ignore[no-untyped-def]
    """The smallest of [first, last) into [first, middle), as a heap."""
    length = middle - first
    for parent in range((length - 2) // 2, -1, -1):
        _sift(k, p, first, parent, length, k[first + parent], p[first + parent])
    for i in range(middle, last):
        _heap_take(k, p, first, length, i)


@_both
def _partial_sort(k, p, first, middle, last):  # type: ignore[no-untyped-def]
    if middle > first:
        _heap_select(k, p, first, middle, last)
    for end in range(middle - 1, first, -1):
        key, at = k[end], p[end]
        k[end], p[end] = k[first], p[first]
        _sift(k, p, first, 0, end - first, key, at)


@_both
def _nth_element(k, p, first, nth, last):  # type: ignore[no-untyped-def]
    depth = 2 * _log2(last - first)
    while last - first > 3:
        if depth == 0:
            _heap_select(k, p, first, nth + 1, last)
            _swap(k, p, first, nth)
            return
        depth -= 1
        cut = _partition(k, p, first, last)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insertion_sort(k, p, first, last)


@_both
def _sort_runs(k, p, first, last):  # type: ignore[no-untyped-def]
    """Introsort down to runs that are in order among each other."""
    # The ranges yet to do wait on a stack: the depth limit bounds their number.
    starts, ends, depths = np.empty(160, np.int64), np.empty(160, np.int64), np.empty(160, np.int64)
    starts[0], ends[0], depths[0] = first, last, 2 * _log2(last - first)
    waiting = 1
    while waiting > 0:
        waiting -= 1
        lo, hi, depth = starts[waiting], ends[waiting], depths[waiting]
        while hi - lo > RUN:
            if depth == 0:
                _partial_sort(k, p, lo, hi, hi)
                break
            depth -= 1
            cut = _partition(k, p, lo, hi)
            starts[waiting], ends[waiting], depths[waiting] = cut, hi, depth
            waiting += 1
            hi = cut


@_both
def _sort(k, p, first, last):  # type: ignore[no-untyped-def]
    if last - first > RUN:
        _sort_runs(k, p, first, last)
    _insertion_sort(k, p, first, last)


def _cross_in_passes(k, p, lo, hi):  # type: ignore[no-untyped-def]
    return _cross.loop(k, p, lo, hi) if hi - lo < LONG else _exchange(k, p, lo + 2, hi - 1, k[lo], True)


@compiled(reference=_cross_in_passes)
def _cross(k, p, lo, hi):  # type: ignore[no-untyped-def]
    """The scans of a partition of (lo + 1, hi) around k[lo]; k[lo + 1] is not above it and k[hi] not below."""
    i, j, pivot = lo + 1, hi, k[lo]
    while True:
        i += 1
        while i < hi and pivot > k[i]:
            i += 1
        j -= 1
        while j > lo and k[j] > pivot:
            j -= 1
        if j < i:
            return i, j
        _swap(k, p, i, j)


@_both
def _quick_select(k, p, nth):  # type: ignore[no-untyped-def]
    """PyTorch's own selection, for kthvalue: Numerical Recipes' with the median of three as pivot."""
    lo, hi = 0, len(k) - 1
    while hi > lo:
        if hi == lo + 1:
            if k[lo] > k[hi]:
                _swap(k, p, lo, hi)
            return
        _swap(k, p, lo + (hi - lo) // 2, lo + 1)
        if k[lo + 1] > k[hi]:
            _swap(k, p, lo + 1, hi)
        if k[lo] > k[hi]:
            _swap(k, p, lo, hi)
        if k[lo + 1] > k[lo]:
            _swap(k, p, lo + 1, lo)
        i, j = _cross(k, p, lo, hi)
        _swap(k, p, lo, j)
        if j <= nth:
            lo = i
        if j >= nth:
            hi = j - 1


def _rows_topk(lo, hi, keys, count, heap, ordered, at):  # type: ignore[no-untyped-def]
    n = keys.shape[1]
    k, p = np.empty(n, np.int64), np.empty(n, np.int64)
    for r in range(lo, min(hi, len(keys))):
        _load(keys[r], k, p)
        if heap:
            _partial_sort(k, p, 0, count, n)
        else:
            _nth_element(k, p, 0, count - 1, n)
            if ordered:
                _sort(k, p, 0, count - 1)
        at[r] = p[:count]


def _rows_kth(lo, hi, keys, nth, at):  # type: ignore[no-untyped-def]
    n = keys.shape[1]
    k, p = np.empty(n, np.int64), np.empty(n, np.int64)
    for r in range(lo, min(hi, len(keys))):
        _load(keys[r], k, p)
        _quick_select(k, p, nth)
        at[r] = p[nth]


def _rows_mode(lo, hi, keys, floats, wide, at):  # type: ignore[no-untyped-def]
    n = keys.shape[1]
    k, p = np.empty(n, np.int64), np.empty(n, np.int64)
    nan = NAN_KEY if wide else NAN_KEY_32
    for r in range(lo, min(hi, len(keys))):
        _load(keys[r], k, p)
        _sort(k, p, 0, n)
        run, longest = 0, 0
        for i in range(n):
            run += 1
            # Each NaN is a value of its own.
            if i == n - 1 or k[i] != k[i + 1] or (floats and k[i] == nan):
                if run > longest:
                    longest = run
                    at[r] = p[i]
                run = 0


@contract(x=array("m", ("int32", "int64")), order=flag(), out=array("m", ("int64",), writes=True))
@compiled(parallel=True)
def keys_of_bits(lo, hi, x, order, out):  # type: ignore[no-untyped-def]
    """The keys of floats from their bits, inverted if not `order`; a block is `BLOCK` elements."""
    bits, top = (31, np.int64(0x7FFFFFFF)) if x.itemsize == 4 else (63, np.int64(0x7FFFFFFFFFFFFFFF))
    nan = np.int64(NAN_KEY_32) if x.itemsize == 4 else np.int64(NAN_KEY)
    infinity = np.int64(0x7F800000) if x.itemsize == 4 else np.int64(0x7FF0000000000000)
    flip = np.int64(0) if order else np.int64(-1)
    a, b = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        v = np.int64(a[i])
        size = v & top
        # -0 becomes 0: the sign alone has no size.
        key = (v ^ ((v >> bits) & top)) if size > 0 else np.int64(0)
        b[i] = (nan if size > infinity else key) ^ flip


@contract("n <= 2**bits", keys=array("m n", ("int64",)), low=array("1", ("int64",)), bits=integer(1), out=array("m n", ("uint64",), writes=True))
@compiled(parallel=True)
def pack_rows(lo, hi, keys, low, bits, out):  # type: ignore[no-untyped-def]
    """(key - low) above, the position in the row below: all different, in the keys' stable order."""
    for r in range(lo, min(hi, len(keys))):
        a, b = keys[r], out[r]
        for i in range(len(a)):
            b[i] = (np.uint64(a[i] - low[0]) << np.uint64(bits)) | np.uint64(i)


def _parallel(loop: Callable[..., Any]) -> Any:
    return compiled(loop, parallel=True, reference=lambda keys, *rest: loop(0, len(keys), keys, *rest))


_KEYS = array("m n", ("int64",))
_AT = array("m", ("int64",), writes=True)

topk_rows = contract("count <= n", keys=_KEYS, count=integer(1), heap=flag(), ordered=flag(), at=array("m count", ("int64",), writes=True))(
    _parallel(_rows_topk)
)
kth_rows = contract("nth < n", keys=_KEYS, nth=integer(0), at=_AT)(_parallel(_rows_kth))
mode_rows = contract("n >= 1", keys=_KEYS, floats=flag(), wide=flag(), at=_AT)(_parallel(_rows_mode))
