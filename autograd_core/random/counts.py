"""Draws by rejection: Poisson and binomial counts, gamma and Dirichlet variates, as PyTorch's distributions use them.

Imports NumPy and its neighbours. How many words a draw takes is not known beforehand: uniforms are drawn in bulk and
the generator is put back to just after the last one used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import compiled, sequential
from .filling import Array, cast, check_floating
from .generator import Generator, pick

__all__ = ["binomial", "dirichlet", "gamma", "poisson"]

F64 = NDArray[np.float64]
BULK = 1 << 14  # uniforms drawn at a time: the last lot is drawn a second time to stop after the last one used


def _draw(generator: Generator, n: int, each: float, name: str, *tables: F64, normals: bool = False) -> F64:
    """n draws by the loop `name` of `sequential`, from `tables` of n rows and about `each` uniforms a draw: (n,)."""
    engine, loops = generator.engine, compiled.loops(2000 * n)
    drawn: Any = np.empty(n)
    rows: Any = tables
    if loops is None:  # plain Python is three times as fast on lists
        drawn, rows = drawn.tolist(), [table.tolist() for table in tables]
    sampler = getattr(loops or sequential, name)
    with generator.lock, np.errstate(all="ignore"):
        normal = np.array([generator.normal is not None, generator.normal or 0.0])
        pending, start = np.empty(0), 0
        while start < n:
            mark = engine.mark()
            u = np.concatenate((pending, engine.doubles(min(int(each * (n - start)) + 16, BULK))))
            start, used = sampler(drawn, start, *rows, u if loops else u.tolist(), *([normal] if normals else []))
            if start == n:
                engine.rewind(mark)
                engine.skip(2 * (used - pending.size))
            pending = u[used:]
        generator.normal = float(normal[1]) if normal[0] else None
    return np.asarray(drawn, np.float64)


def poisson(rate: Array, *, generator: Generator | None = None) -> Array:
    """Counts of mean `rate`, in its shape and type. RuntimeError for a negative or NaN rate, NotImplementedError unless floating."""
    source = pick(generator)
    check_floating("poisson", rate)
    if not (rate >= 0).all():
        raise RuntimeError(f"poisson expected rates >= 0, got {rate[~(rate >= 0)].reshape(-1)[0]}")
    rates = rate.astype(np.float64).reshape(-1)
    each = float(np.minimum(rates, 10).mean()) + 2 if rates.size else 0.0
    return _shaped(_draw(source, rates.size, each, "poissons", rates), rate)


def _shaped(values: F64, like: Array) -> Array:
    out = np.empty(like.shape, like.dtype)
    cast(values.reshape(like.shape), out)
    return out


def gamma(alpha: Array, *, generator: Generator | None = None) -> Array:
    """Standard gamma variates of shape `alpha`, in its shape and type, never below the smallest normal number.

    Raises NotImplementedError unless alpha is float32 or float64.
    """
    source = pick(generator)
    _check_wide("gamma", alpha)
    drawn = _gammas(alpha, source).astype(alpha.dtype, copy=False)
    least = np.finfo(alpha.dtype).tiny
    return np.asarray(np.where(drawn > least, drawn, least)).reshape(alpha.shape)


def _check_wide(name: str, array: Any) -> None:
    check_floating(name, array)
    if array.dtype == np.float16:
        raise NotImplementedError(f"{name} expected float32 or float64, got float16: convert it first")


def _gammas(alpha: Array, generator: Generator) -> F64:
    """Gamma variates in double, the constants rounded to the type of alpha as PyTorch has them: (n,)."""
    flat = np.ascontiguousarray(alpha).reshape(-1)
    one, third = flat.dtype.type(1), flat.dtype.type(np.float32(1) / np.float32(3))
    low = flat < 1
    with np.errstate(all="ignore"):
        d = np.where(low, flat + one, flat) - third
        kind = np.where(flat == 0, 2.0, low)
        inverse = np.maximum(one / flat, -19)  # a negative shape, which has no meaning, must not overflow
        tables = [column.astype(np.float64) for column in (d, kind, inverse)]
        return _draw(generator, flat.size, 3.5, "gammas", *tables, normals=True)


def dirichlet(alpha: Array, *, generator: Generator | None = None) -> Array:
    """Points of the simplex along the last axis: gamma variates divided by their sum.

    Raises NotImplementedError unless alpha is float32 or float64, RuntimeError for a scalar.
    """
    source = pick(generator)
    _check_wide("dirichlet", alpha)
    if alpha.ndim == 0:
        raise RuntimeError("dirichlet expected concentrations along the last axis, got a scalar: pass an array of two or more")
    gammas = gamma(alpha.astype(np.float64), generator=source)
    ratio = (gammas / gammas.sum(-1, keepdims=True)).astype(alpha.dtype)
    return np.asarray(np.clip(ratio, np.finfo(alpha.dtype).tiny, np.nextafter(alpha.dtype.type(1), alpha.dtype.type(0))))


def binomial(count: Array, prob: Array, *, generator: Generator | None = None) -> Array:
    """Successes of `count` trials of probability `prob`, in their broadcast shape and the type of count.

    Raises ValueError unless both are floating, NotImplementedError for float16, RuntimeError if their types differ or
    their shapes do not broadcast.
    """
    source = pick(generator)
    for name, array in (("count", count), ("prob", prob)):
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
            raise ValueError(f"binomial expected a floating array for {name}, got {getattr(array, 'dtype', type(array).__name__)}")
    _check_wide("binomial", count)
    if count.dtype != prob.dtype:
        raise RuntimeError(f"binomial expected count and prob of one type, got {count.dtype} and {prob.dtype}: convert one")
    try:
        n, p = np.broadcast_arrays(count, prob)
    except ValueError:
        raise RuntimeError(f"binomial got count of shape {count.shape} and prob of shape {prob.shape}: they must broadcast") from None
    if not np.isfinite(n).all():
        raise RuntimeError(f"binomial expects finite numbers of trials, got {n[~np.isfinite(n)][0]} among count of shape {count.shape}")
    with np.errstate(all="ignore"):
        cases = _binomial_cases(n.reshape(-1), p.reshape(-1))
        each = float((cases[:, 0] > 0).mean()) * 8 + 2 if len(cases) else 0.0
        return _shaped(_draw(source, len(cases), each, "binomials", cases), n)


def _binomial_cases(n: Array, p: Array) -> F64:
    """The table that `sequential.binomials` reads, its constants in the type of n as PyTorch has them."""
    one = n.dtype.type(1)
    exchanged = p > 0.5
    q = np.where(exchanged, (1.0 - p.astype(np.float64)).astype(n.dtype), p)
    mean = n * q
    cases = np.empty((n.size, 9))
    certain = np.where(np.isnan(p), np.nan, np.where(p >= 1, n, 0))
    impossible = (n <= 0) | (p <= 0)
    constant = impossible | ~(p < 1)
    cases[:, 0] = np.where(constant, 0, np.where(mean >= 10, 2, 1))
    cases[:, 1] = np.where(constant, np.where(impossible, 0, certain), n)
    cases[:, 2], cases[:, 3] = exchanged, q
    cases[:, 4] = np.log1p(-q)
    cases[:, 5] = np.sqrt(mean * (one - q))
    cases[:, 6] = mean
    cases[:, 7] = q / (one - q)
    cases[:, 8] = np.floor((n + one) * q)
    return cases
