"""Reductions: sums, means, products, spreads, extremes, norms and truth over dimensions. Imports op, dtypes, kernels and the families of shapes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import few
from ..kernels import reduce as kernel
from ..kernels.axes import in_rows
from ..kernels.softmax import exp_below
from ..kernels.softmax import logsumexp as large_logsumexp
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import eq, isnan, logical_and, logical_not, logical_or, where
from .exponential import exp
from .pointwise import abs as magnitude
from .pointwise import pow, sign, sub
from .shape import Dims, broadcast, expand, permute, reshape, wrap_dim, wrap_dims

ndarray = np.ndarray
add_reduce = np.add.reduce
quiet_sum = quiet(add_reduce)
INT64 = np.dtype(np.int64)
FLOAT32 = np.dtype(np.float32)
FLOAT16 = np.dtype(np.float16)
TINY = 128  # elements that NumPy adds up in one block; beyond, the kernels accumulate in float64
SHORT = 16
BLOCK = 4096  # squares that BLAS may add up in one type; beyond, blocks are added in float64
SMALL = 512  # elements up to which writing a broadcast gradient out is cheaper than a strided view that is copied later


def axes(dim: Dims, x: Array) -> Any:
    """NumPy's axis for our dim, checked: None for all."""
    if dim is None or not x.ndim:
        return None if dim is None else wrap_dims(dim, 0) or None
    return wrap_dim(dim, x.ndim) if type(dim) is int else wrap_dims(dim, x.ndim)


def count(shape: Sequence[int], dim: Dims) -> int:
    """How many elements are reduced into one."""
    if dim is None:
        return math.prod(shape)
    return math.prod([shape[d] for d in wrap_dims(dim, len(shape))]) if len(shape) else 1


def kept(shape: Sequence[int], dim: Dims) -> tuple[int, ...]:
    """The shape after a reduction that keeps its dimensions."""
    if type(dim) is int and len(shape):
        d = wrap_dim(dim, len(shape))
        return (*shape[:d], 1, *shape[d + 1 :])
    reduced = wrap_dims(dim, len(shape))
    return tuple([1 if d in reduced else n for d, n in enumerate(shape)])


def restore(g: Value, x_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Value:
    """A reduced value with its dimensions back, ready to be broadcast to x_shape."""
    return g if keepdim or not x_shape or dim is None else reshape(g, kept(x_shape, dim))


@composed("{g}", spaces="engine")
def restored(g: Value, x: Value, dim: Dims, keepdim: bool) -> Value:
    """`restore` beside the value that was reduced."""
    return restore(g, x.shape, dim, keepdim)


def _unreduce_array(g: Array, x_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Array:
    """`unreduce` on an array. Small ones are written out: the leaf they end in then takes them as they are."""
    if g.size == 1:
        size = 1
        for n in x_shape:
            size *= n
        if size <= SMALL:
            out = np.empty(x_shape, g.dtype)
            out.fill(g if not g.ndim else g.item())
            return out
        return broadcast(np.asarray(g), x_shape)
    if not keepdim:
        g = g.reshape(kept(x_shape, dim))
    if math.prod(x_shape) > SMALL:
        return broadcast(g, x_shape)
    out = np.empty(x_shape, g.dtype)
    out[...] = g
    return out


@composed("{g}", spaces="engine", kernel=_unreduce_array)
def unreduce(g: Value, x_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Value:
    """A reduced gradient broadcast back to the shape that was reduced."""
    return expand(restore(g, x_shape, dim, keepdim), x_shape)


@composed(
    "{g} / n", spaces="engine", kernel=lambda g, x_shape, dim, keepdim: _unreduce_array(g / count(x_shape, dim), x_shape, dim, keepdim)
)
def share_mean(g: Value, x_shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Value:
    """The gradient of a mean: an equal share for each element."""
    return unreduce(g / count(x_shape, dim), x_shape, dim, keepdim)


@lru_cache(None)
def _ones(n: int, kind: str) -> Array:
    out = np.ones(n, kind)
    out.flags.writeable = False
    return out


def _tiny_sum(x: Array, dim: Dims, keepdim: bool) -> Array:
    """The sum of few floats: their product with a vector of ones, which BLAS begins 0.5 µs sooner than NumPy a reduction."""
    if not keepdim:
        if dim is None:
            return (x if x.ndim == 1 else x.ravel()).dot(_ones(x.size, x.dtype.char))
        if x.ndim == 2 and type(dim) is int and -2 <= dim < 2:
            return _ones(x.shape[0], x.dtype.char).dot(x) if dim == 0 or dim == -2 else x.dot(_ones(x.shape[1], x.dtype.char))
    return quiet_sum(x, None if dim is None else axes(dim, x), None, None, keepdim)


@op("Σ {x}", x=lambda g, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim), types="any")
def sum(x: Array, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    """The sum over dim (all dimensions by default); integers and bools are summed as int64."""
    if dtype is None and x.size <= TINY and x.dtype.char in "fd":
        return _tiny_sum(x, dim, keepdim)
    return kernel.sum(x, dim, keepdim, None if dtype is None else as_dtype(dtype).numpy)


@op("mean({x})", x=lambda g, x_shape, dim, keepdim: share_mean(g, x_shape, dim, keepdim), types="any")
def mean(x: Array, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    """The mean over dim (all dimensions by default). RuntimeError for integers: convert with .float()."""
    kind = x.dtype if dtype is None else as_dtype(dtype).numpy
    if kind.kind != "f":
        raise RuntimeError(
            f"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {kind}; use x.float().mean()"
        )
    if dtype is None and 0 < x.size <= TINY and kind.char in "fd":
        return _tiny_sum(x, dim, keepdim) / kind.type(x.size if dim is None else count(x.shape, dim))
    return kernel.mean(x, dim, keepdim, kind)


@op("Σ {x}", x=lambda g, x, dim, keepdim: where(isnan(x), 0.0, restored(g, x, dim, keepdim)), types="any")
@quiet
def nansum(x: Array, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    """The sum over dim with NaN counted as 0."""
    return kernel.nansum(x, dim, keepdim, None if dtype is None else as_dtype(dtype).numpy)


@composed()
def nanmean(x: Value, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Value:
    """The mean over dim of what is not NaN. RuntimeError for integers."""
    if not as_dtype(x.dtype).is_floating_point:
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {as_dtype(x.dtype)}")
    return nansum(x, dim, keepdim, dtype=dtype) / sum(logical_not(isnan(x)), dim, keepdim)


def _product(x: Array, axis: int | None, keepdim: bool) -> Array:
    """The product of floats; along the last dimension by halves, whose elements NumPy multiplies eight at a time."""
    if axis is not None and axis != x.ndim - 1:
        return in_rows(np.multiply.reduce(x, axis, None, None, keepdim))
    shape = x.shape
    work = x.reshape(-1) if axis is None else x
    while work.shape[-1] > SHORT:
        half, odd = divmod(work.shape[-1], 2)
        both = work[..., :half] * work[..., half : 2 * half]
        if odd:
            both[..., :1] *= work[..., -1:]
        work = both
    out = in_rows(np.multiply.reduce(work, -1))
    return np.reshape(out, kept(shape, dim=axis)) if keepdim else out


@op("Π {x}", x=lambda g, x, out, dim, keepdim: restored(g, x, dim, keepdim) * other_factors(x, out, dim, keepdim), types="any")
@quiet
def prod(x: Array, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    """The product over one dimension, or of all elements; integers and bools are multiplied as int64."""
    if dim is not None and not hasattr(dim, "__index__"):
        raise TypeError(f"prod(): argument 'dim' must be int, not {type(dim).__name__}")
    if dtype is None and x.dtype.char in "fd" and x.ndim:
        return _product(x, axes(dim, x), keepdim)
    return kernel.prod(x, dim, keepdim, None if dtype is None else as_dtype(dtype).numpy)


def _other_factors_array(x: Array, out: Array, dim: int | None, keepdim: bool) -> Array:
    """`other_factors` on an array: out / x, or products from both ends where some x is 0."""
    with np.errstate(all="ignore"):
        if x.all():
            return np.asarray(out if keepdim else np.reshape(out, kept(x.shape, dim))) / x
        rows = x.reshape(1, -1) if dim is None or not x.ndim else np.moveaxis(x, dim, -1)
        left, right = np.ones_like(rows), np.ones_like(rows)
        np.multiply.accumulate(rows[..., :-1], -1, None, left[..., 1:])
        np.multiply.accumulate(rows[..., :0:-1], -1, None, right[..., 1:])
        both = left * right[..., ::-1]
    return both.reshape(x.shape) if dim is None or not x.ndim else np.moveaxis(both, -1, dim)


@composed("{out} / {x}", spaces="engine", kernel=_other_factors_array)
def other_factors(x: Value, out: Value, dim: int | None, keepdim: bool) -> Value:
    """For each element the product of the others, right at zeros too: one row of the square matrix that leaves it out."""
    shape = tuple(x.shape)
    d = 0 if dim is None or not shape else wrap_dim(dim, len(shape))
    if dim is None or not shape:
        x = reshape(x, (math.prod(shape),))
    n, rank = x.shape[d], len(x.shape)
    here = np.eye(n, dtype=bool).reshape((n,) + tuple([n if k == d else 1 for k in range(rank)]))
    rows = prod(where(here, 1.0, reshape(x, (1, *x.shape))), d + 1)
    order = (*range(1, d + 1), 0, *range(d + 1, rank))
    return reshape(permute(rows, order), shape)


def spread_args(dim: Any, unbiased: bool | None, correction: float | None) -> tuple[Dims, float]:
    """(dim, correction) of var's overloads: var(unbiased), var(dim, unbiased, keepdim), var(dim, correction=..., keepdim=...)."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    return dim, (1 if unbiased is None or unbiased else 0) if correction is None else correction


@op(
    "var({x})",
    x=lambda g, x, dim, correction, keepdim: variance_input(g, x, dim, correction, keepdim),
    types="any",
    spaces="engine",
    name="var",
)
@quiet
def variance(x: Array, dim: Dims, correction: float, keepdim: bool) -> Array:
    """Σ (x − mean)² / (n − correction) over dim."""
    n = few.row_length(x, dim)
    if n > correction:
        return few.spread(x, n, _reduced(x.shape, dim, keepdim), n - correction, False)
    if count(x.shape, dim) <= correction:
        _warn_free(count(x.shape, dim) - correction)
    return kernel.var(x, dim, keepdim, correction)


def _reduced(shape: tuple[int, ...], dim: int | None, keepdim: bool) -> tuple[int, ...]:
    """The shape after a reduction of the last dimension, or of all for None."""
    if keepdim:
        return (1,) * len(shape) if dim is None else (*shape[:-1], 1)
    return () if dim is None else shape[:-1]


def _warn_free(free: float) -> None:
    warnings.warn(
        f"var(), std(): degrees of freedom is <= 0 (n - correction = {free:g}): the result is nan. Give more elements, or correction=0.",
        UserWarning,
        stacklevel=5,
    )


def _deviations_by(average: Callable[..., Any]) -> Callable[[Any, Dims, float], Any]:
    def deviations(x: Value, dim: Dims, correction: float) -> Value:
        """How the variance changes with each element."""
        free = count(x.shape, dim) - correction
        return (x - average(x, dim, True)) * (2 / free if free > 0 else math.nan)

    return deviations


deviations = composed("2 · ({x} − mean({x})) / (n − {correction})", spaces="engine", kernel=_deviations_by(mean.fn))(_deviations_by(mean))


def _variance_array(g: Array, x: Array, dim: Dims, correction: float, keepdim: bool) -> Array:
    """`variance_input` on arrays: one launch for few elements."""
    n = few.row_length(x, dim)
    if n > correction and g.dtype is x.dtype and g.size * n == x.size:
        return few.spread_input(g, x, n, n - correction)
    return restored.fn(g, x, dim, keepdim) * deviations.kernel(x, dim, correction)


@composed("{g} · 2 · ({x} − mean({x})) / (n − {correction})", spaces="engine", kernel=_variance_array)
def variance_input(g: Value, x: Value, dim: Dims, correction: float, keepdim: bool) -> Value:
    """The gradient of the variance."""
    return restored(g, x, dim, keepdim) * deviations(x, dim, correction)


@op(
    "std({x})",
    x=lambda g, x, out, dim, correction, keepdim: std_input(g, x, out, dim, correction, keepdim),
    types="any",
    spaces="engine",
    name="std",
)
@quiet
def deviation(x: Array, dim: Dims, correction: float, keepdim: bool) -> Array:
    """The square root of the variance."""
    n = few.row_length(x, dim)
    if n > correction:
        return few.spread(x, n, _reduced(x.shape, dim, keepdim), n - correction, True)
    if count(x.shape, dim) <= correction:
        _warn_free(count(x.shape, dim) - correction)
    return kernel.std(x, dim, keepdim, correction)


def _std_array(g: Array, x: Array, out: Array, dim: Dims, correction: float, keepdim: bool) -> Array:
    """`std_input` on arrays: one deviation other than 0 needs no choices."""
    if out.size == 1 and out.item() != 0:
        return deviations(x, dim, correction) * (g / (out * 2))
    return std_input.fn(g, x, out, dim, correction, keepdim)


@composed("{g} · ({x} − mean({x})) / ((n − {correction}) · {out})", spaces="engine", kernel=_std_array)
def std_input(g: Value, x: Value, out: Value, dim: Dims, correction: float, keepdim: bool) -> Value:
    """The gradient of the standard deviation: 0 where it is 0."""
    flat = eq(out, 0)
    slope = where(flat, 0.0, g / (where(flat, 1.0, out) * 2))
    return restore(slope, x.shape, dim, keepdim) * deviations(x, dim, correction)


@composed()
def var(x: Value, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None) -> Value:
    """The variance over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
    dim, less = spread_args(dim, unbiased, correction)
    return variance(x, dim, less, keepdim)


@composed()
def std(x: Value, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None) -> Value:
    """The standard deviation over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
    dim, less = spread_args(dim, unbiased, correction)
    return deviation(x, dim, less, keepdim)


@composed(spaces="torch")
def var_mean(
    x: Value, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Value, Value]:
    """(variance, mean) over dim."""
    dim, less = spread_args(dim, unbiased, correction)
    return variance(x, dim, less, keepdim), mean(x, dim, keepdim)


@composed(spaces="torch")
def std_mean(
    x: Value, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Value, Value]:
    """(standard deviation, mean) over dim."""
    dim, less = spread_args(dim, unbiased, correction)
    return deviation(x, dim, less, keepdim), mean(x, dim, keepdim)


@op("max({x})", x=lambda g, x, out, dim, keepdim: spread_ties(g, x, out, dim, keepdim), types="any")
def amax(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The largest value over dim; equal values share the gradient evenly. NaN wins."""
    if dim == () and not keepdim and few.row_length(x, None):
        return few.extreme(x, True)
    if 0 < x.size <= SMALL:
        return np.maximum.reduce(x, None if dim == () else axes(dim, x), None, None, keepdim)
    return kernel.amax(x, dim, keepdim)


@op("min({x})", x=lambda g, x, out, dim, keepdim: spread_ties(g, x, out, dim, keepdim), types="any")
def amin(x: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The smallest value over dim; equal values share the gradient evenly. NaN wins."""
    if dim == () and not keepdim and few.row_length(x, None):
        return few.extreme(x, False)
    if 0 < x.size <= SMALL:
        return np.minimum.reduce(x, None if dim == () else axes(dim, x), None, None, keepdim)
    return kernel.amin(x, dim, keepdim)


def _spread_ties_array(g: Array, x: Array, out: Array, dim: Dims, keepdim: bool) -> Array:
    """`spread_ties` on an array: one pass where nothing ties."""
    if not keepdim and x.ndim:
        shape = kept(x.shape, dim)
        g, out = g.reshape(shape), out.reshape(shape)
    tied = x != x if dim == () and out.item() != out.item() else x == out  # of a NaN over everything the NaNs have the gradient
    number = add_reduce(tied, axes(dim, x), INT64, None, True)
    single = number.item() == 1 if number.size == 1 else number.max(initial=1) == 1 == number.min(initial=1)
    return np.multiply(tied, g) if single else tied * (g / number).astype(x.dtype)


@composed("{g} · [{x} = {out}] / Σ [{x} = {out}]", spaces="engine", kernel=quiet(_spread_ties_array))
def spread_ties(g: Value, x: Value, out: Value, dim: Dims, keepdim: bool) -> Value:
    """The gradient of an extreme: shared evenly by the elements that attain it."""
    best = restore(out, x.shape, dim, keepdim)
    tied = logical_or(eq(x, best), logical_and(isnan(x), isnan(best))) if dim == () else eq(x, best)
    return restore(g, x.shape, dim, keepdim) * tied / sum(tied, dim, True)


@op(
    "(min({x}), max({x}))",
    joint=lambda g, x, min, max, dim, keepdim: (spread_ties(g[0], x, min, dim, keepdim) + spread_ties(g[1], x, max, dim, keepdim),),
    outputs=("min", "max"),
    types="any",
)
def aminmax(x: Array, *, dim: int | None = None, keepdim: bool = False) -> tuple[Array, Array]:
    """(min, max) over one dimension, or of all elements."""
    if dim is not None and not hasattr(dim, "__index__"):
        raise TypeError(f"aminmax(): argument 'dim' must be int, not {type(dim).__name__}")
    return kernel.amin(x, dim, keepdim), kernel.amax(x, dim, keepdim)


@op("∀ {x}", types="any")
def all(x: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether every element over dim is true (not 0)."""
    if dim is None and not keepdim and x.size <= SMALL and x.dtype.char != "B":
        return np.array(np.count_nonzero(x) == x.size)
    return kernel.all(x, () if isinstance(dim, list) and not dim else dim, keepdim)


@op("∃ {x}", types="any")
def any(x: Array, dim: Dims = None, keepdim: bool = False) -> Array:
    """Whether some element over dim is true (not 0)."""
    if dim is None and not keepdim and x.size <= SMALL and x.dtype.char != "B":
        return np.array(np.count_nonzero(x) != 0)
    return kernel.any(x, () if isinstance(dim, list) and not dim else dim, keepdim)


@op("#{x} ≠ 0", types="any")
def count_nonzero(x: Array, dim: Dims = None) -> Array:
    """How many elements over dim are not 0."""
    return kernel.count_nonzero(x, dim)


MANY = 1 << 10  # elements from which logsumexp takes the compiled loops


@op("log Σ exp({x})", x=lambda g, x, out, dim, keepdim: weigh_exp(g, x, out, dim, keepdim), types="float")
@quiet
def logsumexp(x: Array, dim: Dims, keepdim: bool = False) -> Array:
    """log Σ exp(x) over dim, with the largest x taken out so that nothing overflows."""
    where_ = axes(dim, x)
    if x.dtype == FLOAT16:
        return logsumexp.fn(x.astype(FLOAT32), dim, keepdim).astype(FLOAT16)
    if x.size >= MANY:
        return large_logsumexp(x, dim, keepdim)
    top = np.maximum.reduce(x, where_, None, None, True, -math.inf)
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    out = np.log(add_reduce(np.exp(x - top), where_, None, None, keepdim))
    return out + top.reshape(out.shape)


alias(logsumexp, "special.logsumexp")


def _weigh_array(g: Array, x: Array, out: Array, dim: Dims, keepdim: bool) -> Array:
    level, weight = (restore(v, x.shape, dim, keepdim) for v in (out, g))
    if x.size >= MANY and x.dtype.char in "fd" and level.shape[:-1] == x.shape[:-1] and level.shape[-1] == 1:
        return exp_below(weight, x, level)
    return weight * np.exp(x - np.where(level == -math.inf, 0, level))


@composed("{g} · exp({x} − {out})", spaces="engine", kernel=_weigh_array)
def weigh_exp(g: Value, x: Value, out: Value, dim: Dims, keepdim: bool) -> Value:
    """The gradient of logsumexp: the softmax of x times g, and 0 where everything was −∞."""
    level = restore(out, x.shape, dim, keepdim)
    level = where(eq(level, -math.inf), 0.0, level)
    return restore(g, x.shape, dim, keepdim) * exp(sub(x, level))


def _sum_of_squares(x: Array, dim: Dims, axis: Any, keepdim: bool) -> Array:
    """Σ x², without the squares where BLAS can multiply neighbours."""
    if x.flags.c_contiguous and x.dtype.char in "fd":
        if axis is None:
            flat = x.reshape(-1)
            if flat.size < BLOCK:
                return np.asarray(flat.dot(flat)).reshape((1,) * x.ndim if keepdim else ())
            whole = flat.size // BLOCK * BLOCK
            rows = flat[:whole].reshape(-1, BLOCK)
            total = flat[whole:].dot(flat[whole:]) + np.add.reduce(np.vecdot(rows, rows), None, np.float64)
            return np.asarray(total, x.dtype).reshape((1,) * x.ndim if keepdim else ())
        if axis in (x.ndim - 1, (x.ndim - 1,)) and x.shape[-1] <= BLOCK:
            out = np.vecdot(x, x)
            return out[..., None] if keepdim else out
    return kernel.sum(x * x, dim, keepdim)


@op("‖{x}‖_{ord}", x=lambda g, x, out, ord, dim, keepdim: norm_input(g, x, out, ord, dim, keepdim), types="any", spaces="linalg")
@quiet
def vector_norm(x: Array, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    """(Σ |x|^ord)^(1/ord) over dim; ord 0 counts what is not 0, ±inf gives the extreme. RuntimeError for integers."""
    if x.dtype.kind != "f":
        raise RuntimeError(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {x.dtype}; use x.float()")
    kind = x.dtype if dtype is None else as_dtype(dtype).numpy
    work = x.astype(FLOAT32 if kind == FLOAT16 else kind, copy=False)
    p, where_ = float(ord), axes(dim, x)
    if math.isinf(p) or (p < 0 and not x.size):
        if not x.size and (dim is None or 0 in [x.shape[d] for d in wrap_dims(dim, x.ndim)]):
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation does not have an identity"
            )
        out = (np.maximum if p > 0 else np.minimum).reduce(np.abs(work), where_, None, None, keepdim)
    elif p == 2:
        out = np.sqrt(_sum_of_squares(work, dim, where_, keepdim))
    elif p == 1:
        out = add_reduce(np.abs(work), where_, None, None, keepdim)
    elif p == 0:
        out = add_reduce(work != 0, where_, work.dtype, None, keepdim)
    else:
        out = np.power(add_reduce(np.power(np.abs(work), work.dtype.type(p)), where_, None, None, keepdim), work.dtype.type(1 / p))
    return np.asarray(out, kind)


def _norm_array(g: Array, x: Array, out: Array, ord: float, dim: Dims, keepdim: bool) -> Array:
    """`norm_input` on arrays: one length other than 0 needs no choices."""
    return g * (x / out) if ord == 2 and out.size == 1 and out.item() != 0 else norm_input.fn(g, x, out, ord, dim, keepdim)


@composed("{g} · sign({x}) · (|{x}| / {out})^({ord} − 1)", spaces="engine", kernel=_norm_array)
def norm_input(g: Value, x: Value, out: Value, ord: float, dim: Dims, keepdim: bool) -> Value:
    """The gradient of the norm: 0 where the norm is 0."""
    p = float(ord)
    g, out = restore(g, x.shape, dim, keepdim), restore(out, x.shape, dim, keepdim)
    if p == 0:
        return g * (x * 0)
    if p == 1:
        return g * sign(x)
    flat = eq(out, 0)
    if p == 2:
        return g * (x / where(flat, 1.0, out)) * logical_not(flat)
    if math.isinf(p):
        tied = logical_or(eq(magnitude(x), out), logical_and(isnan(x), isnan(out)))
        return g * sign(x) * tied / sum(tied, dim, True)
    still = eq(x, 0) if p < 2 else flat
    share = where(still, 1.0, magnitude(x)) / where(flat, 1.0, out)
    return where(still, 0.0, g * sign(x) * pow(share, p - 1))


@composed()
def dist(x: Value, y: Value, p: float = 2) -> Value:
    """The p-norm of x − y over all elements."""
    return vector_norm(sub(x, y), p)


@op(
    "tr({x})",
    x=lambda g, x_shape: trace_input(g, x_shape),
    types="any",
)
def trace(x: Array) -> Array:
    """The sum of a matrix's diagonal. RuntimeError unless there are two dimensions."""
    if x.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {x.ndim}")
    return add_reduce(x.diagonal(), None, x.dtype if x.dtype.kind == "f" else INT64)


@composed("diag({g})", spaces="engine")
def trace_input(g: Value, shape: tuple[int, ...]) -> Value:
    """g on the diagonal of a matrix."""
    return expand(g, shape) * np.eye(*shape, dtype=np.bool_)
