"""NumPy's own elementwise loops over slices of large arrays, on the threads of the package. Imports NumPy and its neighbours.

NumPy releases the interpreter's lock inside them. Each slice is one call: the values are those of one call on the whole array.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .activation import forward, ready
from .threads import get_num_threads, run

__all__ = ["LEAST", "wide"]

Array = np.ndarray[Any, Any]

LEAST = 1 << 17
"""Elements from which slices pay for handing one over, about 15 µs."""

BLOCK = 1 << 14
"""Elements of the pieces that contiguous arrays of one shape are cut into."""

_LOOPS = {np.exp: "exp"}  # compiled ones that are quicker: 0.31 ms a million numbers, NumPy's 0.50


@functools.cache
def wide(ufunc: np.ufunc) -> Callable[..., Array]:
    """A NumPy function for operands one of which has `LEAST` elements; as the function itself where they cannot be sliced."""
    loop = _LOOPS.get(ufunc)

    def call(*operands: Any) -> Any:
        if loop is not None and ready(operands[0]) and operands[0].flags.c_contiguous:
            return forward(loop)(*operands)
        if get_num_threads() == 1:
            return ufunc(*operands)
        plan = _sliced(operands)
        if plan is None:
            return ufunc(*operands)
        shape, blocks, step, views = plan
        kind = ufunc.resolve_dtypes((*[x.dtype for x in operands], None))[-1]
        out = np.empty(shape, kind)
        target = out.reshape(-1) if step > 1 else out

        def task(lo: int, hi: int) -> None:
            part = slice(lo * step, hi * step)
            ufunc(*[x[part] if cut else x for x, cut in views], out=target[part])

        run(blocks, task)
        return out

    return call


def _sliced(operands: tuple[Any, ...]) -> tuple[tuple[int, ...], int, int, list[tuple[Array, bool]]] | None:
    """(shape of the result, blocks, elements of a block, (operand, whether it is cut) pairs); 1 element: rows of the first dimension."""
    if any(type(x) is not np.ndarray for x in operands):
        return None
    largest: Array = max(operands, key=lambda x: (x.size, x.ndim))
    shape = largest.shape
    if all(x.shape == shape or x.size == 1 for x in operands):
        if any(x.ndim > len(shape) or not x.flags.c_contiguous for x in operands):
            return None
        return shape, -(-largest.size // BLOCK), BLOCK, [(x.reshape(-1), True) if x.size > 1 else (x.reshape(()), False) for x in operands]
    if not largest.flags.c_contiguous or shape[0] < 2 * get_num_threads() or any(x.ndim > len(shape) for x in operands):
        return None
    for x in operands:
        if (x.shape == shape and not x.flags.c_contiguous) or any(a not in (1, n) for a, n in zip(x.shape[::-1], shape[::-1], strict=False)):
            return None
    return shape, shape[0], 1, [(x, x.ndim == len(shape) and x.shape[0] > 1) for x in operands]
