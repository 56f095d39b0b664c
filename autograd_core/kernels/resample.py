"""Interpolation, sampling at a grid, patches (unfold, fold) and affine grids, with the gradients of each.

Imports NumPy, `jit`, `resample_tables`, `resample_loops`, `sample_taps`. Interpolation is one sparse matrix per axis, and its
gradient the transposed matrices; a grid sample is a list of taps per output, which the gradients share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .jit import enabled
from .resample_loops import add_taps, apply_columns, apply_even_rows, apply_rows, apply_taps, dot_taps
from .resample_tables import Array, Table, table
from .sample_taps import Taps, taps_of

__all__ = [
    "affine_grid",
    "affine_grid_theta",
    "fold",
    "grid_sample",
    "grid_sample_grid",
    "grid_sample_input",
    "interpolate",
    "interpolate_input",
    "unfold",
]

SMALL = 16
"""Below this many elements NumPy is cheaper than a launch."""

BLOCK = 32768
"""Elements of a block."""

_RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
_KINDS = {"linear": "linear", "bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


def _tables(
    inputs: Sequence[int],
    outputs: Sequence[int],
    scales: Sequence[float | None] | None,
    mode: str,
    align_corners: bool,
    antialias: bool,
    dtype: Any,
) -> list[Table]:
    rank = len(inputs)
    if rank not in (1, 2, 3):
        raise NotImplementedError(f"interpolate takes x with 1 to 3 spatial dimensions, (N, C, *S), got {rank}")
    if mode not in ("nearest", "nearest-exact", "area") and _RANKS.get(mode) != rank:
        expected = {1: "linear", 2: "bilinear or bicubic", 3: "trilinear"}[rank]
        raise NotImplementedError(
            f"interpolate got mode={mode!r} for {rank} spatial dimensions, expected nearest, nearest-exact, area or {expected}"
        )
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError(f"interpolate got antialias=True with mode={mode!r}, expected bilinear or bicubic")
    if len(outputs) != rank or (scales is not None and len(scales) != rank):
        raise ValueError(
            f"interpolate got size {tuple(outputs)} and scales {scales} for {rank} spatial dimensions, expected {rank} of each"
        )
    if min(inputs) <= 0 or min(outputs) <= 0:
        raise RuntimeError(f"interpolate: Input and output sizes should be greater than 0, got {tuple(inputs)} and {tuple(outputs)}")
    each = scales if scales is not None else [None] * rank
    kind, name = _KINDS.get(mode, mode), np.dtype(dtype).name
    return [table(i, o, s, kind, align_corners, antialias, name) for i, o, s in zip(inputs, outputs, each, strict=True)]


def _apply(x: Array, axis: int, rows: Table) -> Array:
    """The table's matrix along an axis of x."""
    shape = (*x.shape[:axis], rows.outputs, *x.shape[axis + 1 :])
    before, after = math.prod(x.shape[:axis]), math.prod(x.shape[axis + 1 :])
    out = np.empty(shape, x.dtype)
    blocks = np.ascontiguousarray(x).reshape(before, rows.inputs, after)
    result = out.reshape(before, rows.outputs, after)
    if max(x.size, out.size) < SMALL or not enabled():
        _apply_plain(blocks, rows, result)
        return out
    step = max(1, BLOCK // (max(rows.inputs, rows.outputs) * max(after, 1)))
    given = (rows.starts, rows.index, rows.weight)
    if after == 1 and rows.even is not None:
        apply_even_rows(-(-before // step), blocks.reshape(before, rows.inputs), *rows.even, result.reshape(before, rows.outputs), step)
    elif after == 1:
        apply_rows(-(-before // step), blocks.reshape(before, rows.inputs), *given, result.reshape(before, rows.outputs), step)
    else:
        apply_columns(-(-before // step), blocks, *given, result, step)
    return out


def _apply_plain(x: Array, rows: Table, out: Array) -> None:
    """Tap by tap: only taps that are there are multiplied, so that a zero weight does not meet an infinity."""
    count = np.diff(rows.starts)
    out[...] = 0
    for t in range(int(count.max(initial=0))):
        some = np.flatnonzero(count > t)
        at = rows.starts[some] + t
        out[:, some] += rows.weight[at][:, None] * x[:, rows.index[at]]


def _through(x: Array, tables: list[Table]) -> Array:
    """All axes in turn: those that shrink from the front, then those that grow from the back."""
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    shrinking = [d for d, rows in enumerate(tables) if rows.outputs < rows.inputs]
    growing = [d for d in reversed(range(len(tables))) if d not in shrinking]
    with np.errstate(all="ignore"):
        for d in shrinking + growing:
            wide = _apply(wide, d + 2, tables[d])
        return wide.astype(x.dtype, copy=False)


def _computed(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype if dtype == np.float64 else np.dtype(np.float32)


def interpolate(
    x: Array,
    size: Sequence[int],
    scales: Sequence[float | None] | None = None,
    mode: str = "nearest",
    align_corners: bool = False,
    antialias: bool = False,
) -> Array:
    """x (N, C, *S) resampled to (N, C, *size).

    scales: the factors that coordinates are computed from, where these are not the sizes' ratio.
    mode: nearest, nearest-exact, area, linear, bilinear, bicubic, trilinear. Raises NotImplementedError for a mode that
    does not fit the rank, RuntimeError for empty sizes.
    """
    x = np.asarray(x)
    nearest = mode.startswith("nearest")
    if x.dtype.kind != "f" and not (nearest and x.dtype == np.uint8):
        raise NotImplementedError(f"interpolate with mode={mode!r} is not implemented for {x.dtype}: convert with .float() first")
    tables = _tables(x.shape[2:], size, scales, mode, align_corners, antialias, _computed(x.dtype))
    if nearest:
        for d, rows in enumerate(tables):
            x = np.take(x, rows.index, d + 2)
        return np.ascontiguousarray(x)
    return _through(x, tables)


def interpolate_input(
    g: Array,
    x_shape: Sequence[int],
    scales: Sequence[float | None] | None = None,
    mode: str = "nearest",
    align_corners: bool = False,
    antialias: bool = False,
) -> Array:
    """The gradient of `interpolate` with respect to x: the transposed matrices on g."""
    g = np.asarray(g)
    if g.ndim != len(x_shape) or g.shape[:2] != tuple(x_shape[:2]):
        raise RuntimeError(f"interpolate_input got a gradient of shape {g.shape} for x of shape {tuple(x_shape)}: N and C must agree")
    tables = _tables(x_shape[2:], g.shape[2:], scales, mode, align_corners, antialias, _computed(g.dtype))
    return _through(g, [rows.transposed for rows in tables])


def _sampled(x: Array, grid: Array, name: str) -> tuple[Array, Array]:
    x, grid = np.asarray(x), np.asarray(grid)
    rank = x.ndim - 2
    if rank not in (2, 3) or grid.ndim != x.ndim:
        raise RuntimeError(
            f"{name} got x of shape {x.shape} and grid of shape {grid.shape}, expected (N, C, *S) and (N, *T, rank), rank 2 or 3"
        )
    if len(grid) != len(x) or grid.shape[-1] != rank:
        raise RuntimeError(f"{name} got grid of shape {grid.shape} for x of shape {x.shape}, expected ({len(x)}, *T, {rank})")
    if x.dtype != grid.dtype or x.dtype.kind != "f":
        raise RuntimeError(f"{name} got x of {x.dtype} and grid of {grid.dtype}, expected one floating dtype")
    if min(x.shape[2:]) == 0:
        raise RuntimeError(f"{name} got x of shape {x.shape}, expected spatial dimensions that are not empty")
    return x, grid


def _taps(
    x: Array, grid: Array, mode: str, padding_mode: str, align_corners: bool, name: str, slopes: bool = False
) -> tuple[Array, Array, Taps]:
    """x, grid, and the taps (N, T, P) that the grid reads."""
    x, grid = _sampled(x, grid, name)
    with np.errstate(all="ignore"):
        flat = np.ascontiguousarray(grid, _computed(x.dtype)).reshape(len(grid), math.prod(grid.shape[1:-1]), grid.shape[-1])
        return x, grid, taps_of(flat, x.shape[2:], mode, padding_mode, align_corners, slopes)


def _with_nothing(x: Array) -> Array:
    """x as (N, C, S + 1), whose last element is the 0 that taps outside of x read."""
    size = math.prod(x.shape[2:])
    out = np.zeros((*x.shape[:2], size + 1), _computed(x.dtype))
    out[:, :, :size] = x.reshape(*x.shape[:2], size)
    return out


def _read(x: Array, at: Array) -> Array:
    """x (N, C, S + 1) at one tap of every position (N, P): (N, C, P)."""
    return np.take_along_axis(x, np.broadcast_to(at[:, None].astype(np.int64), (len(x), x.shape[1], at.shape[1])), 2)


def grid_sample(x: Array, grid: Array, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool = False) -> Array:
    """x (N, C, *S) read at grid (N, *T, rank), whose last dimension is (x, y[, z]) in [-1, 1]: (N, C, *T).

    mode: bilinear, nearest, bicubic; padding_mode: zeros, border, reflection. RuntimeError for wrong shapes.
    """
    x, grid, taps = _taps(x, grid, mode, padding_mode, align_corners, "grid_sample")
    flat = _with_nothing(x)
    n, c, _ = flat.shape
    out = np.zeros((n, c, taps.index.shape[2]), flat.dtype)
    if out.size < SMALL or not enabled():
        with np.errstate(all="ignore"):
            for t in range(taps.index.shape[1]):
                out += taps.weight[:, None, t] * _read(flat, taps.index[:, t])
    else:
        apply_taps(n * c, flat, taps.index, taps.weight, out)
    return out.reshape(n, c, *grid.shape[1:-1]).astype(x.dtype, copy=False)


def _gradient_rows(g: Array, x: Array, points: int, name: str) -> Array:
    g = np.asarray(g)
    if g.shape[:2] != x.shape[:2] or math.prod(g.shape[2:]) != points:
        raise RuntimeError(f"{name} got a gradient of shape {g.shape}, expected (N, C) = {x.shape[:2]} and {points} positions")
    return np.ascontiguousarray(g, _computed(x.dtype)).reshape(*x.shape[:2], points)


def grid_sample_input(
    g: Array, x: Array, grid: Array, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool = False
) -> Array:
    """The gradient of `grid_sample` with respect to x, whose values do not matter."""
    x, _, taps = _taps(x, grid, mode, padding_mode, align_corners, "grid_sample_input")
    g = _gradient_rows(g, x, taps.index.shape[2], "grid_sample_input")
    n, c = x.shape[:2]
    size = math.prod(x.shape[2:])
    gx: Array = np.zeros((n, c, size + 1), g.dtype)
    if g.size < SMALL or not enabled():
        base = np.arange(n * c).reshape(n, c, 1) * (size + 1)
        with np.errstate(all="ignore"):
            for t in range(taps.index.shape[1]):
                np.add.at(gx.reshape(-1), (base + taps.index[:, None, t]).reshape(-1), (taps.weight[:, None, t] * g).reshape(-1))
    else:
        add_taps(n * c, g, taps.index, taps.weight, gx)
    return np.ascontiguousarray(gx[:, :, :size]).reshape(x.shape).astype(x.dtype, copy=False)


def grid_sample_grid(
    g: Array, x: Array, grid: Array, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool = False
) -> Array:
    """The gradient of `grid_sample` with respect to grid; zero for the nearest mode."""
    x, grid, taps = _taps(x, grid, mode, padding_mode, align_corners, "grid_sample_grid", slopes=True)
    g = _gradient_rows(g, x, taps.index.shape[2], "grid_sample_grid")
    if mode == "nearest":
        return np.zeros_like(grid)
    flat = _with_nothing(x)
    dots: Array = np.zeros(taps.index.shape, flat.dtype)
    with np.errstate(all="ignore"):
        if g.size < SMALL or not enabled():
            for t in range(dots.shape[1]):
                dots[:, t] = (g * _read(flat, taps.index[:, t])).sum(1)
        else:
            dot_taps(len(g) * dots.shape[1], g, flat, taps.index, dots)
        out = np.multiply(dots, taps.slope).sum(2)
    return np.ascontiguousarray(np.moveaxis(out, 0, -1)).reshape(grid.shape).astype(grid.dtype, copy=False)


Pair = tuple[int, int]


def _pair(value: int | Sequence[int], name: str, least: int) -> Pair:
    pair = (value, value) if isinstance(value, (int, np.integer)) else tuple(value) * (2 if len(value) == 1 else 1)
    if len(pair) != 2 or min(pair) < least:
        raise RuntimeError(f"{name} should be one or two integers of at least {least}, got {value}")
    return int(pair[0]), int(pair[1])


def _patches(size: Pair, kernel: Pair, dilation: Pair, padding: Pair, stride: Pair, name: str) -> Pair:
    """How many patches there are along each dimension."""
    count = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in zip(size, kernel, dilation, padding, stride, strict=True)]
    if min(count) < 1:
        raise RuntimeError(
            f"{name}: the shape of the array of sliding blocks is {tuple(count)}, which must be positive: size {size}, "
            f"kernel_size {kernel}, dilation {dilation}, padding {padding}, stride {stride}"
        )
    return count[0], count[1]


def unfold(x: Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """The patches of x (N, C, H, W) as columns (N, C kh kw, L), left to right and top to bottom; (C, H, W) likewise.

    RuntimeError for wrong ranks and for patches larger than the padded x.
    """
    x = np.asarray(x)
    kernel, dilation, padding, stride = _geometry(kernel_size, dilation, padding, stride)
    if x.ndim not in (3, 4):
        raise RuntimeError(f"unfold expects x of shape (N, C, H, W) or (C, H, W), got {x.shape}")
    batch = x if x.ndim == 4 else x[None]
    n, c, h, w = batch.shape
    rows, columns = _patches((h, w), kernel, dilation, padding, stride, "unfold")
    padded = np.ascontiguousarray(batch)
    if any(padding):
        padded = np.zeros((n, c, h + 2 * padding[0], w + 2 * padding[1]), x.dtype)
        padded[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w] = batch
    sn, sc, sh, sw = padded.strides
    strides = (sn, sc, sh * dilation[0], sw * dilation[1], sh * stride[0], sw * stride[1])
    windows = as_strided(padded, (n, c, *kernel, rows, columns), strides, writeable=False)
    out = np.array(windows, order="C").reshape(n, c * kernel[0] * kernel[1], rows * columns)
    return out if x.ndim == 4 else out[0]


def _geometry(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Pair, Pair, Pair, Pair]:
    return _pair(kernel_size, "kernel_size", 1), _pair(dilation, "dilation", 1), _pair(padding, "padding", 0), _pair(stride, "stride", 1)


def fold(x: Array, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    """Columns (N, C kh kw, L) added into (N, C, *output_size): the adjoint of `unfold`; (C kh kw, L) likewise."""
    x = np.asarray(x)
    size = _pair(output_size, "output_size", 1)
    kernel, dilation, padding, stride = _geometry(kernel_size, dilation, padding, stride)
    if x.ndim not in (2, 3):
        raise RuntimeError(f"fold expects x of shape (N, C kh kw, L) or (C kh kw, L), got {x.shape}")
    batch = x if x.ndim == 3 else x[None]
    taps = kernel[0] * kernel[1]
    rows, columns = _patches(size, kernel, dilation, padding, stride, "fold")
    if batch.shape[1] % taps or batch.shape[2] != rows * columns:
        raise RuntimeError(
            f"fold got x of shape {x.shape}, expected a multiple of {taps} rows (kernel_size {kernel}) and {rows * columns} columns "
            f"({rows} by {columns} patches of output_size {size})"
        )
    n, c = len(batch), batch.shape[1] // taps
    cols = batch.reshape(n, c, *kernel, rows, columns)
    out = np.zeros((n, c, size[0] + 2 * padding[0], size[1] + 2 * padding[1]), x.dtype)
    for i, j in np.ndindex(*kernel):
        top, left = i * dilation[0], j * dilation[1]
        out[:, :, top : top + stride[0] * (rows - 1) + 1 : stride[0], left : left + stride[1] * (columns - 1) + 1 : stride[1]] += cols[
            :, :, i, j
        ]
    out = np.ascontiguousarray(out[:, :, padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]])
    return out if x.ndim == 3 else out[0]


def _base_grid(size: Sequence[int], align_corners: bool, dtype: np.dtype[Any]) -> Array:
    """The homogeneous coordinates (*S, rank + 1) of an output, (x, y[, z], 1) in [-1, 1]."""
    steps = []
    for n in size:
        line = np.linspace(-1, 1, n, dtype=dtype) if n > 1 else np.zeros(n, dtype)
        steps.append(line if align_corners else line * dtype.type((n - 1) / n if n else 0))
    axes = np.meshgrid(*steps, indexing="ij")
    return np.stack([*reversed(axes), np.ones(tuple(size), dtype)], -1)


def _affine_size(size: Sequence[int]) -> tuple[int, int]:
    rank = len(size) - 2
    if rank not in (2, 3):
        raise NotImplementedError(f"affine_grid expects size (N, C, H, W) or (N, C, D, H, W), all positive, got {tuple(size)}")
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {tuple(size)}: (N, C, H, W) or (N, C, D, H, W)")
    return size[0], rank


def affine_grid(theta: Array, size: Sequence[int], align_corners: bool = False) -> Array:
    """The grid (N, *S, rank) that theta (N, rank, rank + 1) maps an output of `size` (N, C, *S) to."""
    theta = np.asarray(theta)
    n, rank = _affine_size(size)
    if theta.dtype.kind != "f" or theta.shape != (n, rank, rank + 1):
        raise ValueError(f"affine_grid got theta of {theta.dtype} and shape {theta.shape}, expected floats of shape {(n, rank, rank + 1)}")
    base = _base_grid(size[2:], align_corners, theta.dtype).reshape(-1, rank + 1)
    return np.matmul(base, theta.transpose(0, 2, 1)).reshape(n, *size[2:], rank)


def affine_grid_theta(g: Array, size: Sequence[int], align_corners: bool = False) -> Array:
    """The gradient of `affine_grid` with respect to theta."""
    g = np.asarray(g)
    n, rank = _affine_size(size)
    if g.shape != (n, *size[2:], rank):
        raise RuntimeError(f"affine_grid_theta got a gradient of shape {g.shape}, expected {(n, *size[2:], rank)}")
    base = _base_grid(size[2:], align_corners, g.dtype).reshape(-1, rank + 1)
    return np.matmul(g.reshape(n, -1, rank).transpose(0, 2, 1), base)
