"""Max pooling over windows whose starts are drawn at random. Imports NumPy and the checks of pooling.

Source: Graham (2014), Fractional max-pooling. The starts are PyTorch's for the same samples, bit for bit.
"""

from __future__ import annotations

import math

import numpy as np

from .pool_geometry import Ints


def starts(samples: np.ndarray, size: int, out: int, kernel: int) -> np.ndarray:
    """(P, out) first elements of the windows in a dimension of `size`, for samples (P,) in [0, 1); the last window ends at the edge."""
    first = np.full((len(samples), out), size - kernel, np.int64)
    if out > 1:
        samples = np.clip(np.nan_to_num(samples), -1024, 1024)
        step = samples.dtype.type(size - kernel) / samples.dtype.type(out - 1)
        steps = np.arange(out - 1, dtype=samples.dtype)
        first[:, :-1] = ((steps + samples[:, None]) * step).astype(np.int64) - (samples * step).astype(np.int64)[:, None]
    return np.clip(first, 0, size - kernel)  # whatever the samples were


def fractional_max_pool(x: np.ndarray, samples: np.ndarray, kernel: Ints, out: Ints) -> tuple[np.ndarray, np.ndarray]:
    """(maximum of every window, its int64 place in the plane): the first of equal values wins, the last NaN.

    x: (N, C, *size), samples: (N, C, rank), one for each dimension of a plane, the last dimension first (in 3-d the first
    first, as in PyTorch). RuntimeError if the windows do not fit.
    """
    rank, size = x.ndim - 2, x.shape[2:]
    name = f"fractional_max_pool{rank}d"
    if len(kernel) != rank or len(out) != rank or samples.shape != (*x.shape[:2], rank):
        raise RuntimeError(f"{name}: got x {x.shape}, samples {samples.shape}, kernel {kernel} and output size {out}: they must fit")
    for dim, (n, k, o) in enumerate(zip(size, kernel, out, strict=True)):
        most = n - k + (rank == 2)  # in three dimensions PyTorch wants a place to spare
        if k < 1 or not 1 <= o <= most:
            raise RuntimeError(
                f"{name}(): pool size {k} and output size {o} do not fit dimension {dim} of size {n}: output sizes are 1 to {most} here"
            )
    planes, drawn = x.reshape(-1, math.prod(size)), samples.reshape(-1, rank)
    cells = np.zeros((len(planes),) + (1,) * (2 * rank), np.int64)  # the places of the taps: (P, *out, *kernel)
    for dim in range(rank):
        first = starts(drawn[:, rank - 1 - dim if rank == 2 else dim], size[dim], out[dim], kernel[dim])
        taps = first[:, :, None] + np.arange(kernel[dim])
        shape = [len(planes), *[1] * (2 * rank)]
        shape[1 + dim], shape[1 + rank + dim] = out[dim], kernel[dim]
        cells = cells + taps.reshape(shape) * math.prod(size[dim + 1 :])
    cells = cells.reshape(len(planes), math.prod(out), math.prod(kernel))
    values = np.take_along_axis(planes[:, None, :], cells, axis=2)
    best = values.argmax(axis=2)
    if x.dtype.kind == "f":
        missing = np.isnan(values)
        last = values.shape[2] - 1 - missing[:, :, ::-1].argmax(axis=2)
        best = np.where(missing.any(axis=2), last, best)
    maxima, places = (np.take_along_axis(a, best[:, :, None], axis=2).reshape(*x.shape[:2], *out) for a in (values, cells))
    return maxima, places
