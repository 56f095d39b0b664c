"""Batch, layer, group and RMS normalisation, forward and backward.

Imports NumPy, `few_norm`, `norm_loops`, `batch_norm_loops`. Means and variances are float64 sums whatever the dtype; a saved rstd is
1 / √(biased variance + eps). Inputs of batch and group norm are (N, C, *S).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import batch_norm_loops as batch
from . import few_norm as few
from . import group_norm_loops as grouped
from .jit import enabled
from .norm_loops import BLOCK, affine, normalise_rows, normalise_rows_input

__all__ = [
    "batch_norm_eval",
    "batch_norm_eval_input",
    "batch_norm_input",
    "batch_norm_train",
    "group_norm",
    "group_norm_input",
    "layer_norm",
    "layer_norm_input",
    "rms_norm",
    "rms_norm_input",
]

Array = np.ndarray[Any, Any]


_HALF = np.dtype(np.float16)


FEW = 4096
"""Elements below which a launch costs more than what it computes."""


def _floating(x: Array, name: str) -> Array:
    if type(x) is not np.ndarray:
        x = np.asarray(x)
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: convert with .float() first")
    return x


def _widened(x: Array) -> Array:
    """x as float32 or float64."""
    return np.asarray(x, np.float32) if x.dtype == _HALF else x


def _channels(x: Array, name: str, **given: Array | None) -> tuple[int, int, int]:
    """(N, C, L) of an input (N, C, *S), after checking that what is given has one value per channel."""
    shape = x.shape
    if len(shape) < 2:
        raise RuntimeError(f"{name} got x of shape {shape}, expected (N, C, *S): add the missing dimension with unsqueeze")
    c = shape[1]
    for label, value in given.items():
        if value is not None and value.shape != (c,):
            raise RuntimeError(f"{name} got {label} of shape {value.shape}, expected ({c},) as x has {c} channels")
    return shape[0], c, math.prod(shape[2:]) if len(shape) > 2 else 1


def _gradient_of(g: Array, x: Array, name: str) -> Array:
    if g.shape != x.shape:
        raise RuntimeError(f"{name} got a gradient of shape {g.shape}, expected x's shape {x.shape}")
    return np.ascontiguousarray(g, _widened(x).dtype)


def _rows(x: Array, length: int) -> Array:
    """x as contiguous rows of a length."""
    size = x.size // length if length else 0
    return np.ascontiguousarray(_widened(x)).reshape(size, length)


def _one(value: Array | None, c: int, default: float) -> Array:
    return np.full(c, default) if value is None else np.asarray(value, np.float64)


def _vector(value: Array | None, c: int, default: float, dtype: np.dtype[Any]) -> Array:
    if value is None:
        return np.full(c, default, dtype)
    return value if value.dtype is dtype and value.flags.c_contiguous else np.ascontiguousarray(value, dtype)


def batch_norm_train(x: Array, w: Array | None, b: Array | None, eps: float) -> tuple[Array, Array, Array, Array]:
    """(x - mean) rstd w + b with the mean and variance of each channel over N and S.

    Returns out, mean, rstd and the unbiased variance (for the running estimate), each of the latter (C,).
    Raises RuntimeError for wrong shapes, NotImplementedError for integers.
    """
    x = _floating(x, "batch_norm")
    n, c, length = _channels(x, "batch_norm", weight=w, bias=b)
    wide = _widened(x)
    if x.size == 0:
        nan = np.full(c, np.nan, wide.dtype)
        return x.copy(), nan, nan.copy(), nan.copy()
    wide, dtype = np.ascontiguousarray(wide), wide.dtype
    weight, bias = _vector(w, c, 1.0, dtype), _vector(b, c, 0.0, dtype)
    if enabled():
        out = np.empty(x.shape, dtype)
        mean, rstd, var = np.empty((3, c), dtype)
        statics = (weight, bias, float(eps), dtype.char == "d")
        if length == 1:
            _launch(batch.columns, x.size, -(-c // batch.TILE), wide.reshape(n, c), *statics, out.reshape(n, c), mean, rstd, var)
        else:
            _launch(batch.rows, x.size, c, wide.reshape(n, c, length), *statics, out.reshape(n, c, length), mean, rstd, var)
    else:
        out, mean, rstd, var = _batch_norm_plain(wide.reshape(n, c, length), weight, bias, eps)
        out = out.reshape(x.shape)
    return out if out.dtype is x.dtype else out.astype(x.dtype, copy=False), mean, rstd, var


def _launch(loop: Any, size: int, blocks: int, *arrays: Any) -> None:
    """Run a loop; on few elements, whose arrays this module has just made or looked at, without the contract (2 µs) and on this thread."""
    if size < FEW:
        loop.bare(0, blocks, *arrays)
    else:
        loop(blocks, *arrays)


def _batch_norm_plain(x: Array, w: Array, b: Array, eps: float) -> tuple[Array, Array, Array, Array]:
    count = x.size // x.shape[1]
    with np.errstate(all="ignore"):
        mean = np.add.reduce(x, (0, 2), np.float64) / count
        centred = x - mean[:, None]
        var = np.add.reduce(centred * centred, (0, 2)) / count
        rstd = 1.0 / np.sqrt(var + eps)
        unbiased = var * (count / (count - 1)) if count > 1 else np.full_like(var, np.nan)
        out = (x - mean.astype(x.dtype)[:, None]) * (rstd * w).astype(x.dtype)[:, None] + b[:, None]
    return out, mean.astype(x.dtype), rstd.astype(x.dtype), unbiased.astype(x.dtype)


def batch_norm_eval(x: Array, w: Array | None, b: Array | None, mean: Array, var: Array, eps: float) -> Array:
    """(x - mean) / √(var + eps) w + b with given statistics (C,)."""
    x = _floating(x, "batch_norm")
    n, c, length = _channels(x, "batch_norm", weight=w, bias=b, running_mean=mean, running_var=var)
    if x.size == 0:
        return x.copy()
    columns = length == 1
    with np.errstate(all="ignore"):
        scale = _one(w, c, 1.0) / np.sqrt(np.asarray(var, np.float64) + eps)
        each = [v if columns else np.tile(v, n) for v in (np.asarray(mean), scale, _one(b, c, 0.0))]
        out = affine(_rows(x, c if columns else length), each, columns)
    return out.reshape(x.shape).astype(x.dtype, copy=False)


def _batch_norm_gradients(g: Array, x: Array, w: Array | None, mean: Array, rstd: Array, training: bool) -> tuple[Array, Array, Array]:
    x = _floating(x, "batch_norm_input")
    n, c, length = _channels(x, "batch_norm_input", weight=w, mean=mean, rstd=rstd)
    g, wide = _gradient_of(g, x, "batch_norm_input"), _widened(x)
    dtype = wide.dtype
    if x.size == 0:
        return x.copy(), np.zeros(c, dtype), np.zeros(c, dtype)
    wide = np.ascontiguousarray(wide)
    each = _vector(w, c, 1.0, dtype), _vector(mean, c, 0.0, dtype), _vector(rstd, c, 1.0, dtype)
    shape = (n, c) if length == 1 else (n, c, length)
    if enabled():
        gx, gw, gb = np.empty(x.shape, dtype), np.empty(c, dtype), np.empty(c, dtype)
        loop, blocks = (batch.columns_input, -(-c // batch.TILE)) if length == 1 else (batch.rows_input, c)
        _launch(loop, x.size, blocks, g.reshape(shape), wide.reshape(shape), *each, training, gx.reshape(shape), gw, gb)
    else:
        shape = (n, c, length)
        gx, gw, gb = _batch_norm_gradients_plain(g.reshape(shape), wide.reshape(shape), *each, training)
        gx = gx.reshape(x.shape)
    return gx if gx.dtype is x.dtype else gx.astype(x.dtype, copy=False), gw, gb


def _batch_norm_gradients_plain(g: Array, x: Array, w: Array, mean: Array, rstd: Array, training: bool) -> tuple[Array, Array, Array]:
    dtype, r = x.dtype, rstd.astype(np.float64)
    with np.errstate(all="ignore"):
        unit = (x - mean[:, None]) * r[:, None]
        gb, gw = np.add.reduce(g, (0, 2), np.float64), np.add.reduce(g * unit, (0, 2))
        scale, share = (r * w)[:, None], np.float64(training) * x.shape[1] / x.size
        gx = scale * (g - share * (gb[:, None] + unit * gw[:, None])) if training else scale * g
    return gx.astype(dtype), gw.astype(dtype), gb.astype(dtype)


def batch_norm_input(g: Array, x: Array, w: Array | None, mean: Array, rstd: Array) -> tuple[Array, Array, Array]:
    """The gradients of `batch_norm_train` with respect to x, w, b.

    With x̂ = (x - mean) rstd: gb = Σ g, gw = Σ g x̂, gx = w rstd (g - gb / count - x̂ gw / count).
    """
    return _batch_norm_gradients(g, x, w, mean, rstd, training=True)


def batch_norm_eval_input(g: Array, x: Array, w: Array | None, mean: Array, var: Array, eps: float) -> tuple[Array, Array, Array]:
    """The gradients of `batch_norm_eval` with respect to x, w, b: the statistics are constants."""
    with np.errstate(all="ignore"):
        rstd = 1.0 / np.sqrt(np.asarray(var, np.float64) + eps)
    return _batch_norm_gradients(g, x, w, mean, rstd, training=False)


def _groups(x: Array, num_groups: int, name: str, **given: Array | None) -> tuple[int, int, int]:
    n, c, length = _channels(x, name, **given)
    if num_groups <= 0 or c % num_groups:
        raise RuntimeError(f"{name} got num_groups={num_groups} for {c} channels, expected a divisor of {c}")
    return n, c, length


def group_norm(x: Array, num_groups: int, w: Array | None, b: Array | None, eps: float) -> tuple[Array, Array, Array]:
    """(x - mean) rstd w + b with the mean and variance of each of `num_groups` groups of channels.

    Returns out, and mean and rstd of shape (N, num_groups). Raises RuntimeError for wrong shapes.
    """
    x = _floating(x, "group_norm")
    n, c, length = _groups(x, num_groups, "group_norm", weight=w, bias=b)
    stat = _widened(x).dtype
    if x.size == 0:
        return x.copy(), np.zeros((n, num_groups), stat), np.zeros((n, num_groups), stat)
    each = c // num_groups
    wide = np.ascontiguousarray(_widened(x)).reshape(n * num_groups, each, length)
    weight, bias = _vector(w, c, 1.0, stat), _vector(b, c, 0.0, stat)
    if enabled():
        out, (mean, rstd) = np.empty(wide.shape, stat), np.empty((2, n * num_groups), stat)
        step = max(1, BLOCK // (each * length))
        _launch(grouped.groups, x.size, -(-len(wide) // step), wide, weight, bias, float(eps), stat.char == "d", out, mean, rstd, step)
    else:
        out, mean, rstd = _group_norm_plain(wide, weight, bias, eps)
    shape = (n, num_groups)
    return out.reshape(x.shape).astype(x.dtype, copy=False), mean.reshape(shape), rstd.reshape(shape)


def _group_norm_plain(x: Array, w: Array, b: Array, eps: float) -> tuple[Array, Array, Array]:
    """x is (N · groups, channels of a group, S)."""
    m, each, _ = x.shape
    with np.errstate(all="ignore"):
        v = x.astype(np.float64)
        mean = v.mean((1, 2), keepdims=True)
        rstd = 1.0 / np.sqrt(np.square(v - mean).mean((1, 2), keepdims=True) + eps)
        weight, bias = (np.tile(u, m * each // len(u)).reshape(m, each, 1) for u in (w, b))
        out = (x - mean.astype(x.dtype)) * (rstd * weight).astype(x.dtype) + bias
    return out, mean.reshape(m).astype(x.dtype), rstd.reshape(m).astype(x.dtype)


def group_norm_input(g: Array, x: Array, num_groups: int, w: Array | None, mean: Array, rstd: Array) -> tuple[Array, Array, Array]:
    """The gradients of `group_norm` with respect to x, w, b."""
    x = _floating(x, "group_norm_input")
    n, c, length = _groups(x, num_groups, "group_norm_input", weight=w)
    g = _gradient_of(g, x, "group_norm_input")
    for label, value in (("mean", mean), ("rstd", rstd)):
        if value.shape != (n, num_groups):
            raise RuntimeError(f"group_norm_input got {label} of shape {value.shape}, expected {(n, num_groups)}")
    stat = _widened(x).dtype
    if x.size == 0:
        return x.copy(), np.zeros(c, stat), np.zeros(c, stat)
    each = c // num_groups
    shape = (n * num_groups, each, length)
    g, wide = g.reshape(shape), np.ascontiguousarray(_widened(x)).reshape(shape)
    statistics = [np.ascontiguousarray(v.reshape(-1), stat) for v in (mean, rstd)]
    weight = _vector(w, c, 1.0, stat)
    if enabled():
        gx, gw, gb = np.empty(shape, stat), np.empty(shape[:2]), np.empty(shape[:2])
        step = max(1, BLOCK // (each * length))
        _launch(grouped.groups_input, x.size, -(-len(wide) // step), g, wide, weight, *statistics, gx, gw, gb, step)
    else:
        gx, gw, gb = _group_norm_input_plain(g, wide, weight, *statistics)
    return gx.reshape(x.shape).astype(x.dtype, copy=False), gw.reshape(n, c).sum(0).astype(stat), gb.reshape(n, c).sum(0).astype(stat)


def _group_norm_input_plain(g: Array, x: Array, w: Array, mean: Array, rstd: Array) -> tuple[Array, Array, Array]:
    """(gx, Σ g x̂ and Σ g of each channel of each group)."""
    m, each, length = x.shape
    with np.errstate(all="ignore"):
        centre, r = (v.astype(np.float64)[:, None, None] for v in (mean, rstd))
        unit, weight = (x - centre) * r, np.tile(w, m * each // len(w)).reshape(m, each, 1)
        gw, gb = (g * unit).sum(2), g.sum(2, dtype=np.float64)
        k1, k2 = (np.sum(v * weight[:, :, 0], 1)[:, None, None] / (each * length) for v in (gb, gw))
        gx = (r * (weight * g - k1 - unit * k2)).astype(x.dtype)
    return gx, gw, gb


def _trailing(x: Array, shape: tuple[int, ...], name: str, w: Array | None, b: Array | None = None) -> tuple[tuple[int, ...], int]:
    """The shape of the statistics, and how many elements share one."""
    lead = x.ndim - len(shape)
    if shape and lead >= 0 and x.shape[lead:] == shape and (w is None or w.shape == shape) and (b is None or b.shape == shape):
        return ((*x.shape[:lead], 1), shape[0]) if len(shape) == 1 else (x.shape[:lead] + (1,) * len(shape), math.prod(shape))
    if not shape:
        raise RuntimeError(f"{name} got an empty normalized_shape, expected at least one dimension")
    if lead < 0 or x.shape[lead:] != shape:
        raise RuntimeError(f"{name} got x of shape {x.shape}, expected its last dimensions to be normalized_shape = {shape}")
    label, value = ("bias", b) if w is None or w.shape == shape else ("weight", w)
    raise RuntimeError(f"{name} got {label} of shape {np.shape(value)}, expected normalized_shape = {shape}")  # type: ignore[arg-type]


def _flat(value: Array | None, n: int, default: float, dtype: np.dtype[Any]) -> Array:
    return np.full(n, default, dtype) if value is None else (value if value.dtype is dtype else value.astype(dtype)).ravel()


def _row_norm(x: Array, shape: tuple[int, ...], w: Array | None, b: Array | None, eps: float, name: str) -> tuple[Array, Array, Array]:
    x = _floating(x, name)
    stats, n = _trailing(x, tuple(shape), name, w, b)
    dtype = x.dtype
    if 0 < x.size <= few.FEW and dtype.char in "fd" and (w is None or w.dtype is dtype) and (b is None or b.dtype is dtype) and enabled():
        out, mean, rstd = x.copy(), np.empty(stats, dtype), np.empty(stats, dtype)
        flat = out.ravel()
        weight, bias = flat if w is None else w.ravel(), flat if b is None else b.ravel()
        of = mean.ravel(), rstd.ravel()
        few.loops(dtype.char).rows(flat, n, weight, bias, w is not None, b is not None, eps, name == "layer_norm", *of)
        return out, mean, rstd
    wide = _widened(x)
    dtype = wide.dtype
    out = np.empty(x.shape, dtype)
    make = np.empty if out.size else np.zeros
    mean, rstd = make(stats, dtype), make(stats, dtype)
    if out.size:
        rows = (x.size // n, n)
        weight, bias = _flat(w, n, 1.0, dtype), _flat(b, n, 0.0, dtype)
        made = out.reshape(rows), mean.ravel(), rstd.ravel()
        normalise_rows(wide.reshape(rows), weight, bias, eps, name == "layer_norm", *made)
    return out if dtype is x.dtype else out.astype(x.dtype, copy=False), mean, rstd


def _row_norm_input(
    g: Array, x: Array, shape: tuple[int, ...], w: Array | None, mean: Array | None, rstd: Array, name: str
) -> tuple[Array, Array, Array]:
    x = _floating(x, name)
    stats, n = _trailing(x, tuple(shape), name, w)
    if 0 < x.size <= few.FEW and _alike(x, g, w, rstd, mean) and g.shape == x.shape and stats == rstd.shape and enabled():
        return _few_row_norm_input(g, x, n, shape, w, mean, rstd)
    g, wide = _gradient_of(g, x, name), _widened(x)
    dtype = wide.dtype
    if x.size == 0:
        return x.copy(), np.zeros(shape, dtype), np.zeros(shape, dtype)
    for label, value in (("mean", mean), ("rstd", rstd)):
        if value is not None and value.shape != stats:
            raise RuntimeError(f"{name} got {label} of shape {value.shape}, expected {stats}")
    m = x.size // n
    rows, gx = (m, n), np.empty(x.shape, dtype)
    each = _flat(w, n, 1.0, dtype), _flat(mean, m, 0.0, dtype), _flat(rstd, m, 1.0, dtype)
    gw, gb = normalise_rows_input(g.reshape(rows), wide.reshape(rows), *each, mean is not None, gx.reshape(rows))
    if len(shape) > 1:
        gw, gb = gw.reshape(shape), gb.reshape(shape)
    return gx if dtype is x.dtype else gx.astype(x.dtype, copy=False), gw, gb


def _alike(x: Array, *others: Array | None) -> bool:
    """Whether all are of x's type, float32 or float64."""
    kind = x.dtype
    for v in others:
        if v is not None and v.dtype is not kind:
            return False
    return kind.char in "fd"


def _few_row_norm_input(
    g: Array, x: Array, n: int, shape: tuple[int, ...], w: Array | None, mean: Array | None, rstd: Array
) -> tuple[Array, Array, Array]:
    if mean is not None and mean.shape != rstd.shape:
        raise RuntimeError(f"layer_norm_input got mean of shape {mean.shape}, expected {rstd.shape}")
    gx, sums, rows = g.copy(), np.empty((2, *shape), x.dtype), x.ravel()
    scales = rstd.ravel()
    middles, weight = scales if mean is None else mean.ravel(), rows if w is None else w.ravel()
    few.loops(x.dtype.char).rows_input(gx.ravel(), rows, n, weight, w is not None, middles, scales, mean is not None, sums.ravel())
    return gx, sums[0], sums[1]


def layer_norm(x: Array, normalized_shape: tuple[int, ...], w: Array | None, b: Array | None, eps: float) -> tuple[Array, Array, Array]:
    """(x - mean) rstd w + b over the trailing dimensions `normalized_shape`, which w and b share.

    Returns out, mean and rstd, the latter with the normalised dimensions kept as 1. RuntimeError for wrong shapes.
    """
    return _row_norm(x, normalized_shape, w, b, eps, "layer_norm")


def layer_norm_input(
    g: Array, x: Array, normalized_shape: tuple[int, ...], w: Array | None, mean: Array, rstd: Array
) -> tuple[Array, Array, Array]:
    """The gradients of `layer_norm` with respect to x, w, b."""
    return _row_norm_input(g, x, normalized_shape, w, mean, rstd, "layer_norm_input")


def rms_norm(x: Array, normalized_shape: tuple[int, ...], w: Array | None, eps: float | None = None) -> tuple[Array, Array]:
    """x w / √(mean x² + eps) over the trailing dimensions; eps None is the dtype's machine epsilon.

    Returns out and rstd.
    """
    x = _floating(x, "rms_norm")
    out, _, rstd = _row_norm(x, normalized_shape, w, None, float(np.finfo(x.dtype).eps) if eps is None else eps, "rms_norm")
    return out, rstd


def rms_norm_input(g: Array, x: Array, normalized_shape: tuple[int, ...], w: Array | None, rstd: Array) -> tuple[Array, Array]:
    """The gradients of `rms_norm` with respect to x, w."""
    gx, gw, _ = _row_norm_input(g, x, normalized_shape, w, None, rstd, "rms_norm_input")
    return gx, gw
