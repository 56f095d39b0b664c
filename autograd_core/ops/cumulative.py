"""Running sums, products and extremes along a dimension, differences, and rules of numerical integration.

Imports op, dtypes, kernels, shape, pointwise, reduce, join and arrange.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import scan
from ..kernels.axes import in_rows
from ..op import Array, Value, alias, composed, op
from ..quiet import quiet
from .arrange import flip
from .comparison import gt, ne, where
from .exponential import exp, log
from .join import cat
from .pointwise import sub
from .reduce import TINY, sum
from .scatter import gathered_back, plain
from .shape import along, clone, getitem, reshape, unsqueeze, wrap_dim
from .views import movedim, narrow

MANY = 1 << 12  # elements from which the loop that runs backwards pays
quiet_sums, quiet_products = quiet(np.add.accumulate), quiet(np.multiply.accumulate)


def _kind(dtype: Any) -> Any:
    return None if dtype is None else as_dtype(dtype).numpy


@op("cumsum({x})", x=lambda g, dim: cumsum_back(g, dim), types="any", inplace=True)
def cumsum(x: Array, dim: int, *, dtype: Any = None) -> Array:
    """The sums of the elements up to each one along dim; integers and bools are summed as int64."""
    if dtype is None and 0 < x.size <= TINY and x.ndim and x.dtype.char in "fd":
        return in_rows(quiet_sums(x, wrap_dim(dim, x.ndim)))
    return scan.cumsum(x, dim, _kind(dtype))


@op("Σ_{{j ≥ i}} {g}", g=lambda g, dim: cumsum(g, dim), types="any", spaces="engine")
def cumsum_back(g: Array, dim: int) -> Array:
    """The sums of the elements from each one on: the adjoint of `cumsum`."""
    if not g.ndim:
        return g.copy()
    d = wrap_dim(dim, g.ndim)
    if g.size >= MANY:
        return scan.cumsum_back(g, d)
    back = along(g.shape, d, slice(None, None, -1))
    return cumsum.fn(g[back], d)[back]


@op("cumprod({x})", x=lambda g, x, out, dim: cumprod_input(g, x, out, dim), types="any", inplace=True)
def cumprod(x: Array, dim: int, *, dtype: Any = None) -> Array:
    """The products of the elements up to each one along dim; integers and bools are multiplied as int64."""
    if dtype is None and 0 < x.size <= TINY and x.ndim and x.dtype.char in "fd":
        return in_rows(quiet_products(x, wrap_dim(dim, x.ndim)))
    return scan.cumprod(x, dim, _kind(dtype))


def _cumprod_input_array(g: Array, x: Array, out: Array, dim: int) -> Array:
    """`cumprod_input` on an array: Σ g out / x where no x is 0; the rows with a zero take one pass for each element."""
    if not x.ndim:
        return g
    with np.errstate(all="ignore"):
        if x.all():
            return cumsum_back.fn(g * out, dim) / x
        n = x.shape[dim]
        gs, xs = np.moveaxis(g, dim, 0), np.moveaxis(x, dim, 0)
        result = np.empty(xs.shape, x.dtype)
        before = np.ones(xs.shape[1:], x.dtype)
        for i in range(n):
            after = np.ones((n - i, *xs.shape[1:]), x.dtype)
            np.multiply.accumulate(xs[i + 1 :], 0, None, after[1:])
            result[i] = before * (gs[i:] * after).sum(0)
            before = before * xs[i]
    return np.moveaxis(result, 0, dim)


@composed("Σ_{{j ≥ i}} {g} · {out} / {x}", spaces="engine", kernel=_cumprod_input_array)
def cumprod_input(g: Value, x: Value, out: Value, dim: int) -> Value:
    """The gradient of cumprod, right at zeros: element i multiplies every product from i on, without itself."""
    shape = tuple(x.shape)
    if not shape:
        return g
    d = wrap_dim(dim, len(shape))
    n = shape[d]
    at = (n,) + (1,) * d + (n,) + (1,) * (len(shape) - d - 1)
    here = np.eye(n, dtype=bool).reshape(at)
    later = np.triu(np.ones((n, n), bool)).reshape(at)
    rows = cumprod(where(here, 1.0, unsqueeze(x, 0)), d + 1)
    parts = sum(where(later, rows, 0.0) * unsqueeze(g, 0), d + 1)
    return movedim(parts, 0, d)


def _running_op(label: str) -> Any:
    return op(
        label,
        x=lambda g, indices, x_shape, dim: gathered_back(g, x_shape, dim, indices),
        outputs=("values", "indices"),
        discrete=("indices",),
        types="any",
    )


@_running_op("cummax({x})")
def cummax(x: Array, dim: int) -> tuple[Array, Array]:
    """The largest element up to each one along dim, and where it last stood."""
    return scan.cummax(x, dim)


@_running_op("cummin({x})")
def cummin(x: Array, dim: int) -> tuple[Array, Array]:
    """The smallest element up to each one along dim, and where it last stood."""
    return scan.cummin(x, dim)


@op("logcumsumexp({x})", x=lambda g, x, out, dim: logcumsumexp_input(g, x, out, dim), types="any")
def logcumsumexp(x: Array, dim: int) -> Array:
    """log Σ exp(x) over the elements up to each one along dim."""
    return scan.logcumsumexp(x, dim)


def _logcumsumexp_array(g: Array, x: Array, out: Array, dim: int) -> Array:
    """`logcumsumexp_input` on arrays: with g of one sign, as from a sum, the other half is 0."""
    low, high = (np.minimum.reduce(g, None), np.maximum.reduce(g, None)) if 0 < g.size <= TINY else (-1, 1)
    if low >= 0:
        return np.asarray(_weighed_sums(g, x, out, dim))
    return np.negative(_weighed_sums(-g, x, out, dim)) if high <= 0 else np.asarray(logcumsumexp_input.fn(g, x, out, dim))


@composed("exp({x}) · Σ_{{j ≥ i}} {g} · exp(−{out})", spaces="engine", kernel=_logcumsumexp_array)
def logcumsumexp_input(g: Value, x: Value, out: Value, dim: int) -> Value:
    """The gradient of logcumsumexp, with g's two signs apart so that their logarithms can be summed."""
    return sub(_weighed_sums(g, x, out, dim), _weighed_sums(-g, x, out, dim))


def _weighed_sums(g: Value, x: Value, out: Value, dim: int) -> Value:
    """exp(x) Σ_{j ≥ i} g exp(−out) over the positive g; what is not counts as exp of half the lowest number, whose derivatives are 0, not NaN."""
    counted = gt(g, 0)
    nothing = float(np.finfo(plain(g).dtype).min) / 2
    weight = where(counted, sub(log(where(counted, g, 1.0)), out), nothing)
    return exp(flip(logcumsumexp(flip(weight, (dim,)), dim), (dim,)) + x)


@composed()
def diff(x: Value, n: int = 1, dim: int = -1, prepend: Value | None = None, append: Value | None = None) -> Value:
    """x[i + 1] − x[i] along dim, n times over; `prepend` and `append` are joined to x first. Bools: whether neighbours differ."""
    if not len(x.shape):
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    d = wrap_dim(dim, len(x.shape))
    parts = [p for p in (prepend, x, append) if p is not None]
    out = cat(parts, d) if len(parts) > 1 else x
    apart = ne if as_dtype(x.dtype).category == 0 else sub
    if n == 0:
        return clone(out)
    for _ in range(n):
        size = out.shape[d]
        if size < 2:
            return narrow(out, d, 0, 0)
        before = (slice(None),) * d
        out = apart(getitem(out, (*before, slice(1, size))), getitem(out, (*before, slice(0, size - 1))))
    return out


def _strips(y: Value, x: Value | None, dx: float, dim: int) -> Value:
    """The areas of the trapezoids between neighbouring samples."""
    d = wrap_dim(dim, len(y.shape))
    size = y.shape[d]
    if x is not None:
        if len(x.shape) == 1 and len(y.shape) > 1:
            if x.shape[0] != size:
                raise RuntimeError(f"trapezoid: There must be one `x` value for each sample point: got {x.shape[0]} for {size}")
            x = reshape(x, (1,) * d + (size,) + (1,) * (len(y.shape) - d - 1))
        dx = diff(x, 1, d - len(y.shape))
    if size < 2:
        return narrow(y, d, 0, 0)
    return (narrow(y, d, 1, size - 1) + narrow(y, d, 0, size - 1)) * dx / 2


@composed(spaces="torch")
def trapezoid(y: Value, x: Value | None = None, *, dx: float = 1.0, dim: int = -1) -> Value:
    """The integral of samples y along dim by the trapezoidal rule, at points x or dx apart."""
    return sum(_strips(y, x, dx, dim), dim)


@composed(spaces="torch")
def cumulative_trapezoid(y: Value, x: Value | None = None, *, dx: float = 1.0, dim: int = -1) -> Value:
    """The running integral of samples y along dim by the trapezoidal rule."""
    return cumsum(_strips(y, x, dx, dim), dim)


@composed(spaces="torch")
def gradient(x: Value, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Value, ...]:
    """The derivative of samples along each dim by central differences, second order inside and of edge_order at the ends.

    `spacing`: a number, one number for each dim, or the coordinates along each dim (1-d tensors).
    """
    rank = len(x.shape)
    dims = list(range(rank)) if dim is None else [wrap_dim(d, rank) for d in ((dim,) if hasattr(dim, "__index__") else dim)]
    if edge_order not in (1, 2):
        raise RuntimeError(f"torch.gradient only supports edge_order=1 and edge_order=2: got {edge_order}")
    many = isinstance(spacing, (list, tuple))
    if many and len(spacing) != len(dims):
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar or a list of length {len(dims)}, but got a list of {len(spacing)}"
        )
    return tuple([_slope(x, d, spacing[i] if many else spacing, edge_order) for i, d in enumerate(dims)])


def _slope(x: Value, d: int, spacing: Any, edge_order: int) -> Value:
    n = x.shape[d]
    if n <= edge_order:
        raise RuntimeError(f"torch.gradient expected each dimension size to be at least edge_order+1: got {n}")
    held = plain(spacing)
    kind = plain(x).dtype if plain(x).dtype.kind == "f" else np.float32
    steps = np.diff(held.astype(np.float64)) if getattr(held, "ndim", 0) else np.full(n - 1, float(held))

    def at(i: int, stop: int) -> Value:
        return getitem(x, along(x.shape, d, slice(i, stop)))

    def shaped(v: Array) -> Array:
        return v.astype(kind).reshape((-1,) + (1,) * (len(x.shape) - d - 1))

    h, k = steps[:-1], steps[1:]
    inside = at(0, n - 2) * shaped(-k / (h * (h + k))) + at(1, n - 1) * shaped((k - h) / (h * k)) + at(2, n) * shaped(h / (k * (h + k)))
    if edge_order == 1:
        first, last = (at(1, 2) - at(0, 1)) / shaped(steps[:1]), (at(n - 1, n) - at(n - 2, n - 1)) / shaped(steps[-1:])
    else:
        first, last = _edge(at, steps[0], steps[1], shaped, (0, 1, 2)), _edge(at, -steps[-1], -steps[-2], shaped, (n - 1, n - 2, n - 3))
    return cat([first, inside, last], d)


def _edge(at: Any, h: float, k: float, shaped: Any, places: tuple[int, int, int]) -> Value:
    """The one-sided second-order difference at an end."""
    weights = (-(2 * h + k) / (h * (h + k)), (h + k) / (h * k), -h / (k * (h + k)))
    a, b, c = [at(i, i + 1) * shaped(np.array([w])) for i, w in zip(places, weights, strict=True)]
    return a + b + c


alias(trapezoid, "trapz")
