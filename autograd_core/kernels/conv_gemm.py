"""Convolution of any rank, stride, dilation and grouping as matrix products over columns, piece by piece.

Imports NumPy, `columns` and `threads`. A piece is cut by the shape of the problem so that its columns stay in
cache and memory is bounded; pieces run on the workers, each with a one-threaded BLAS.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from . import threads
from .columns import Columns, from_matrices, matrices
from .conv_geometry import Geometry

Piece = tuple[int, int, int, int]
"""Images b0 ... b1 - 1, rows o0 ... o1 - 1 of the output's lead dimension."""

_PIECE_BYTES = 1 << 20
"""Columns and result of one piece: within the second-level cache beside the weights."""

_WIDE = 256
_LEAST_WIDE = 32
_SMALL_WEIGHT = 1 << 16
"""A product with fewer columns than _WIDE spends its time on bringing the weight into BLAS's order, unless that is
small; below _LEAST_WIDE it is slow altogether. Then the columns of several images are put side by side."""

_ADDED_ROW = 0.5
"""What adding a row to a result costs, in rows copied: what a split product saves in copies it pays in sums."""

_LEAST_PIECES = 8
_PARTIAL_BYTES = 1 << 26
_MOST_PARTIALS = 8
_PARALLEL_FROM = 1 << 21


def run_pieces(count: int, multiplies: int, task: Callable[[int], None]) -> None:
    """Call task(0) ... task(count - 1), on the workers if there is enough to share out."""

    def pieces(lo: int, hi: int) -> None:
        for i in range(lo, hi):
            task(i)

    if count == 1 or multiplies < _PARALLEL_FROM or threads.get_num_threads() == 1:
        pieces(0, count)  # one large product is better left to BLAS's own threads
        return
    with threads.one_blas_thread():
        threads.run(count, pieces)


@functools.lru_cache(maxsize=1024)
def _plan(geo: Geometry, itemsize: int, may_split: bool = True) -> _Plan:
    return _Plan(geo, itemsize, may_split)


class _Plan:
    """How one convolution is computed: by image or with images side by side, split or full, and in which pieces."""

    def __init__(self, geo: Geometry, itemsize: int, may_split: bool) -> None:
        per_in, per_out = geo.c_in // geo.groups, geo.c_out // geo.groups
        small = per_out * per_in * geo.taps <= _SMALL_WEIGHT
        self.geo = geo
        self.by_image = geo.positions >= (_LEAST_WIDE if small else _WIDE)
        other_taps = geo.taps // geo.kernel[0]
        saved, added = per_in * (geo.taps - 2 * other_taps), per_out * (geo.kernel[0] - 1)
        self.split = may_split and self.by_image and saved > _ADDED_ROW * added
        lead = geo.out[0]
        if self.split:  # rows of the copy per row of the output, without the halo of a piece
            repeated = geo.c_in * other_taps * min(geo.stride[0], geo.kernel[0])
        else:
            repeated = geo.c_in * geo.taps
        row_bytes = max(1, (repeated + 2 * geo.c_out) * (geo.positions // max(1, lead)) * itemsize)
        self.fit = max(1, _PIECE_BYTES // row_bytes)

    @functools.cached_property
    def pieces(self) -> list[Piece]:
        geo, lead = self.geo, self.geo.out[0]
        if geo.batch == 0 or geo.positions == 0:
            return []
        if self.fit < lead:
            rows = -(-lead // -(-lead // self.fit))
            return [(b, b + 1, o, min(o + rows, lead)) for b in range(geo.batch) for o in range(0, lead, rows)]
        shared_out = -(-geo.batch // _LEAST_PIECES) if geo.multiplies >= _PARALLEL_FROM else geo.batch
        least = 1 if self.by_image else -(-_WIDE // geo.positions)
        images = max(1, min(self.fit // lead, max(shared_out, least)))
        return [(b, min(b + images, geo.batch), 0, lead) for b in range(0, geo.batch, images)]

    def part_of(self, out: np.ndarray, piece: Piece) -> np.ndarray:
        """The piece of an array of the output's shape as (groups, channels, B, positions): a view."""
        b0, b1, o0, o1 = piece
        geo = self.geo
        rest = geo.positions // geo.out[0]
        flat = out[b0:b1].reshape(b1 - b0, geo.groups, geo.c_out // geo.groups, geo.positions)
        return flat[..., o0 * rest : o1 * rest].transpose(1, 2, 0, 3)

    def operand(self, part: np.ndarray) -> np.ndarray:
        """(groups, channels, B, positions) as the right side of a product: per image, or side by side."""
        if self.by_image:
            return part.transpose(2, 0, 1, 3)
        return part.reshape(*part.shape[:2], -1)


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = w[o] · columns of x[n], plus b[o]."""
    out = np.empty(geo.out_shape, x.dtype)
    plan = _plan(geo, x.itemsize)
    weights = matrices(w, geo, plan.split)
    with_ones = b is not None and not plan.split and geo.groups == 1 and not geo.is_pointwise
    if with_ones and b is not None:
        weights = np.concatenate([weights, b.reshape(1, 1, -1, 1)], axis=3)
    bias = None if b is None or with_ones else b.reshape(geo.groups, -1, 1, 1)

    def task(i: int) -> None:
        b0, b1, o0, o1 = piece = plan.pieces[i]
        operands = _gathered(Columns(geo, o0, o1, plan.split), x[b0:b1], with_ones)
        into = plan.part_of(out, piece)
        if plan.by_image:
            total = into.transpose(2, 0, 1, 3)
            np.matmul(weights[0], plan.operand(operands[0]), out=total)
            for weight, operand in zip(weights[1:], operands[1:], strict=True):
                total += np.matmul(weight, plan.operand(operand))
        else:
            into[...] = np.matmul(weights[0], plan.operand(operands[0])).reshape(into.shape)
        if bias is not None:
            into += bias

    run_pieces(len(plan.pieces), geo.multiplies, task)
    return out


def _gathered(columns: Columns, x: np.ndarray, with_ones: bool = False) -> list[np.ndarray]:
    """The right sides of a piece's products; with a last row of ones to add a bias at no cost, for full columns."""
    geo = columns.geo
    if geo.is_pointwise and not with_ones:
        source, _ = columns.inside()
        return [x[:, :, source].reshape(x.shape[0], geo.groups, geo.c_in // geo.groups, -1).transpose(1, 2, 0, 3)]
    shape = columns.shape(x.shape[1], x.shape[0])
    if not with_ones:
        cols = np.empty(shape, x.dtype)
        columns.gather(x, cols)
        return columns.products(cols)
    rows = x.shape[1] * geo.taps
    flat = np.empty((rows + 1, math.prod(shape) // rows), x.dtype)
    columns.gather(x, flat[:rows].reshape(shape))
    flat[rows] = 1
    return [flat.reshape(1, rows + 1, x.shape[0], -1)]


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for w: the sum over pieces of g · columnsᵀ, in a fixed order."""
    plan = _plan(geo, x.itemsize)
    lead = geo.kernel[0] if plan.split else 1
    shape = (lead, geo.groups, geo.c_out // geo.groups, geo.c_in // geo.groups * geo.taps // lead)
    most = _PARTIAL_BYTES // max(1, math.prod(shape) * x.itemsize)
    parts = threads.cut(len(plan.pieces), max(2, min(_MOST_PARTIALS, most)))
    sums = np.zeros((len(parts), *shape), x.dtype)

    def task(i: int) -> None:
        for piece in plan.pieces[slice(*parts[i])]:
            b0, b1, o0, o1 = piece
            grad = plan.operand(plan.part_of(g, piece))
            for total, part in zip(sums[i], _gathered(Columns(geo, o0, o1, plan.split), x[b0:b1]), strict=True):
                product = np.matmul(grad, plan.operand(part).swapaxes(-1, -2))
                total += product.sum(axis=0) if plan.by_image else product

    run_pieces(len(parts), geo.multiplies, task)
    return from_matrices(sums.sum(axis=0), geo, plan.split)


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x: the columns w[o]ᵀ · g[n, o], added back to where they were read.

    Pieces of one image overlap where they add to x, so that they belong to one task.
    """
    gx = np.zeros(geo.x_shape, g.dtype)
    plan = _plan(geo, g.itemsize, False)
    weight = matrices(w, geo, False)[0].swapaxes(-1, -2)
    tasks: dict[int, list[Piece]] = {}
    for piece in plan.pieces:
        tasks.setdefault(piece[0], []).append(piece)
    queues = list(tasks.values())

    def task(i: int) -> None:
        for piece in queues[i]:
            b0, b1, o0, o1 = piece
            columns = Columns(geo, o0, o1, False)
            cols = np.empty(columns.shape(geo.c_in, b1 - b0), g.dtype)
            (part,) = columns.products(cols)
            grad = plan.operand(plan.part_of(g, piece))
            if plan.by_image:
                np.matmul(weight, grad, out=plan.operand(part))
            else:
                part[...] = np.matmul(weight, grad).reshape(part.shape)
            columns.scatter(cols, gx[b0:b1])

    run_pieces(len(queues), geo.multiplies, task)
    return gx


def conv_pointwise(x: np.ndarray, w: np.ndarray, b: np.ndarray | None) -> np.ndarray:
    """A 1x1 convolution of stride 1 without groups: one product per image. x: (N, C, L), w: (O, C)."""
    out = np.empty((x.shape[0], w.shape[0], x.shape[2]), x.dtype)

    def task(i: int) -> None:
        np.matmul(w, x[i], out=out[i])
        if b is not None:
            out[i] += b[:, None]

    run_pieces(x.shape[0], out.size * x.shape[1], task)
    return out
