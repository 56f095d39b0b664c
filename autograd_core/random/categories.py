"""multinomial: indices drawn by weight.

Imports NumPy and its neighbours.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decays import exponential_
from .filling import FLOATS, Array
from .generator import Generator, pick

__all__ = ["multinomial"]

MOST = 1 << 24


def multinomial(p: Array, num_samples: int, replacement: bool = False, *, generator: Generator | None = None) -> NDArray[np.int64]:
    """Indices into the last axis of `p`, drawn with its weights: (num_samples,) or (m, num_samples) for p (n,) or (m, n).

    The weights need not sum to one. Without replacement, and for a single sample, index i with the largest p_i / e_i
    of exponential e_i comes first; with replacement each sample finds a uniform double among the cumulative weights.
    Raises RuntimeError for weights that are negative, not finite or all zero, for more samples than weights without
    replacement, and for a p that is not floating of 1 or 2 dimensions; TypeError unless num_samples is an int.
    """
    generator = pick(generator)
    count = _check(p, num_samples, replacement)
    if p.ndim == 2 and len(p) == 0:
        return np.empty((0, count), np.int64)
    total = p.sum(-1, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        valid = p.size == 0 or (p.min() >= 0 and (np.isfinite(total).all() or np.isfinite(p.max())))
    if not valid:
        raise RuntimeError("multinomial expected weights that are finite and >= 0, got an inf, a NaN or a negative one")
    if (total == 0).any():
        raise RuntimeError("multinomial expected weights with a positive sum, got a distribution that is all zero")
    if replacement and count > 1:
        rows = [_with_replacement(row, count, generator) for row in p.reshape(-1, p.shape[-1])]
        return np.stack(rows).reshape(*p.shape[:-1], count)
    return _without_replacement(np.ascontiguousarray(p), count, generator)


def _check(p: Any, num_samples: Any, replacement: bool) -> int:
    try:
        count = operator.index(num_samples)
    except TypeError:
        raise TypeError(f"multinomial expected an int for num_samples, got {type(num_samples).__name__}: {num_samples!r}") from None
    if not isinstance(p, np.ndarray):
        raise TypeError(f"multinomial expected a NumPy array of weights, got {type(p).__name__}")
    if p.ndim not in (1, 2):
        raise RuntimeError(f"multinomial expected weights of 1 or 2 dimensions, got shape {p.shape}")
    if p.dtype not in FLOATS:
        raise RuntimeError(f"multinomial expected floating weights, got {p.dtype}: convert them to float32")
    if count <= 0:
        raise RuntimeError(f"multinomial expected num_samples > 0, got {count}")
    if not replacement and count > p.shape[-1]:
        raise RuntimeError(f"multinomial cannot draw {count} of {p.shape[-1]} weights without replacement: pass replacement=True")
    if p.shape[-1] > MOST:
        raise RuntimeError(f"multinomial takes up to 2**24 weights, got {p.shape[-1]}")
    return count


def _without_replacement(p: Array, count: int, generator: Generator) -> NDArray[np.int64]:
    waits = exponential_(np.empty_like(p), generator=generator)
    with np.errstate(all="ignore"):
        keys = p / waits
    if count == 1:
        return np.asarray(keys.argmax(-1, keepdims=True))
    return _largest(keys, count) if keys.ndim == 1 else np.stack([_largest(row, count) for row in keys])


def _largest(keys: Array, count: int) -> NDArray[np.int64]:
    """The indices of the `count` largest keys, largest first, of equal ones the first in front."""
    candidates = np.arange(keys.size)
    if 8 * count < keys.size:
        candidates = np.flatnonzero(keys >= -np.partition(-keys, count - 1)[count - 1])
    order = np.argsort(-keys[candidates], kind="stable")
    return candidates[order[:count]]


def _with_replacement(row: Array, count: int, generator: Generator) -> NDArray[np.int64]:
    weights = row.astype(np.float32) if row.dtype == np.float16 else row
    cumulative = np.cumsum(weights)
    cumulative /= cumulative[-1]
    cumulative[-1] = 1
    with generator.lock:
        u = generator.engine.doubles(count)
    return np.asarray(np.searchsorted(cumulative.astype(np.float64, copy=False), u))
