"""Convolution of any rank, stride, dilation and grouping as matrix products over columns, piece by piece.

Imports NumPy, `im2col` and `threads`. A piece is cut by the shape of the problem so that its columns stay in
cache and memory is bounded; pieces run on the workers, each with a one-threaded BLAS. All arrays are lifted
to three spatial dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from . import threads
from .conv_geometry import Geometry
from .im2col import Box, col2im, im2col

Piece = tuple[int, int, Box]

_COLUMN_BYTES = 1 << 20
"""Columns of one piece: within the second-level cache beside the weights and the result."""

_WIDE = 256
"""Columns of a product below which images are put side by side: BLAS is at half speed at 50, full at 256."""

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


def _pieces(geo: Geometry, rows: int, itemsize: int) -> list[Piece]:
    """Cut (batch, output positions) into pieces of at most about `_COLUMN_BYTES` for columns of `rows` values."""
    od, oh, ow = geo.out
    if geo.positions == 0 or geo.batch == 0:
        return []
    fit = max(1, _COLUMN_BYTES // max(1, rows * itemsize))
    if geo.positions <= fit:
        shared_out = -(-geo.batch // _LEAST_PIECES) if geo.multiplies >= _PARALLEL_FROM else geo.batch
        images = max(1, min(fit // geo.positions, max(shared_out, _WIDE // geo.positions)))
        whole = (0, od, 0, oh)
        return [(b, min(b + images, geo.batch), whole) for b in range(0, geo.batch, images)]
    if oh * ow <= fit or od > 1:
        deep, high = max(1, fit // (oh * ow)), oh
    else:
        deep, high = 1, max(1, fit // ow)
    boxes = [(d, min(d + deep, od), h, min(h + high, oh)) for d in range(0, od, deep) for h in range(0, oh, high)]
    return [(b, b + 1, box) for b in range(geo.batch) for box in boxes]


def _columns(geo: Geometry, channels: int, piece: Piece, dtype: np.dtype) -> np.ndarray:
    b0, b1, (d0, d1, h0, h1) = piece
    return np.empty((channels, *geo.kernel, b1 - b0, d1 - d0, h1 - h0, geo.out[2]), dtype)


def _flat(array: np.ndarray, geo: Geometry, box: Box) -> np.ndarray:
    """The box of array (..., OD, OH, OW) as (..., positions): a view, since a box is whole planes or within one."""
    d0, d1, h0, h1 = box
    od, oh, ow = geo.out
    start = (d0 * oh + h0) * ow
    return array.reshape(*array.shape[:-3], od * oh * ow)[..., start : start + (d1 - d0) * (h1 - h0) * ow]


def _by_image(cols: np.ndarray, groups: int) -> np.ndarray:
    """Columns (C, *taps, B, *box) as (B, groups, rows, positions): a view."""
    images = cols.shape[-4]
    return cols.reshape(groups, -1, images, math.prod(cols.shape[-3:])).transpose(2, 0, 1, 3)


def _side_by_side(images: np.ndarray) -> np.ndarray:
    """(B, groups, channels, positions) as (groups, channels, B * positions): a copy if there are several images."""
    return images.transpose(1, 2, 0, 3).reshape(*images.shape[1:3], -1)


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = w[o] · columns of x[n], plus b[o]."""
    out = np.empty(geo.out_shape, x.dtype)
    groups, per_out = geo.groups, geo.c_out // geo.groups
    weight = w.reshape(groups, per_out, -1)
    bias = None if b is None else b.reshape(groups, per_out, 1)
    pieces = _pieces(geo, geo.c_in * geo.taps + geo.c_out, x.itemsize)

    def task(i: int) -> None:
        b0, b1, box = pieces[i]
        cols = _columns(geo, geo.c_in, pieces[i], x.dtype)
        im2col(x[b0:b1], cols, geo, box)
        cols = _by_image(cols, groups)
        into = _flat(out[b0:b1].reshape(b1 - b0, groups, per_out, *geo.out), geo, box)
        if geo.positions >= _WIDE or b1 - b0 == 1:
            np.matmul(weight, cols, out=into)
        else:
            product = np.matmul(weight, _side_by_side(cols))
            into[...] = product.reshape(groups, per_out, b1 - b0, -1).transpose(2, 0, 1, 3)
        if bias is not None:
            into += bias

    run_pieces(len(pieces), geo.multiplies, task)
    return out


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x: the columns w[o]ᵀ · g[n, o], added back to where they were read."""
    gx = np.zeros(geo.x_shape, g.dtype)
    groups, per_out, per_in = geo.groups, geo.c_out // geo.groups, geo.c_in // geo.groups
    weight = w.reshape(groups, per_out, per_in, geo.taps)
    units, boxes = _input_units(geo, g.itemsize)

    def task(i: int) -> None:
        b0, b1, c0, c1 = units[i]
        part = weight[:, :, c0:c1].reshape(groups, per_out, -1).transpose(0, 2, 1)
        channels = gx[b0:b1, c0:c1] if groups == 1 else gx[b0:b1]
        added = channels if channels.flags.c_contiguous else np.zeros(channels.shape, gx.dtype)
        for box in boxes:
            grad = _flat(g[b0:b1].reshape(b1 - b0, groups, per_out, *geo.out), geo, box)
            cols = _columns(geo, channels.shape[1], (b0, b1, box), g.dtype)
            if geo.positions >= _WIDE or b1 - b0 == 1:
                np.matmul(part, grad, out=_by_image(cols, groups))
            else:
                np.matmul(part, _side_by_side(grad), out=cols.reshape(groups, part.shape[1], -1))
            col2im(cols, added, geo, box)
        if added is not channels:
            channels[...] = added

    run_pieces(len(units), geo.multiplies, task)
    return gx


def _input_units(geo: Geometry, itemsize: int) -> tuple[list[tuple[int, int, int, int]], list[Box]]:
    """Disjoint parts (images, input channels) of the gradient, and the boxes to go through for each.

    Boxes overlap where they add to x, so that they belong to one unit; a single large image is shared out by channels.
    """
    pieces = _pieces(geo, geo.c_in * geo.taps + geo.c_out, itemsize)
    ranges = sorted({(b0, b1) for b0, b1, _ in pieces})
    boxes = [box for b0, _, box in pieces if b0 == 0]
    width = geo.c_in
    if geo.groups == 1 and len(boxes) > 1:
        width = max(1, -(-geo.c_in // len(boxes)))
        boxes = [box for b0, _, box in _pieces(geo, width * geo.taps + geo.c_out, itemsize) if b0 == 0]
    per_in = geo.c_in // geo.groups
    cuts = [(0, per_in)] if geo.groups > 1 else [(c, min(c + width, per_in)) for c in range(0, per_in, max(1, width))]
    return [(b0, b1, c0, c1) for b0, b1 in ranges for c0, c1 in cuts], boxes


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for w: the sum over pieces of g · columnsᵀ, in a fixed order."""
    groups, per_out = geo.groups, geo.c_out // geo.groups
    shape = (groups, per_out, geo.c_in // groups * geo.taps)
    pieces = _pieces(geo, geo.c_in * geo.taps + geo.c_out, x.itemsize)
    size = max(1, math.prod(shape) * x.itemsize)
    parts = threads.cut(len(pieces), max(2, min(_MOST_PARTIALS, _PARTIAL_BYTES // size)))
    sums = np.zeros((len(parts), *shape), x.dtype)

    def task(i: int) -> None:
        for b0, b1, box in pieces[slice(*parts[i])]:
            cols = _columns(geo, geo.c_in, (b0, b1, box), x.dtype)
            im2col(x[b0:b1], cols, geo, box)
            cols = _by_image(cols, groups)
            grad = _flat(g[b0:b1].reshape(b1 - b0, groups, per_out, *geo.out), geo, box)
            if geo.positions >= max(_WIDE, shape[2]):
                sums[i] += np.matmul(grad, cols.transpose(0, 1, 3, 2)).sum(axis=0)
            else:
                sums[i] += np.matmul(_side_by_side(grad), _side_by_side(cols).transpose(0, 2, 1))

    run_pieces(len(parts), geo.multiplies, task)
    return sums.sum(axis=0).reshape(geo.w_shape)


def conv_pointwise(x: np.ndarray, w: np.ndarray, b: np.ndarray | None) -> np.ndarray:
    """A 1x1 convolution of stride 1 without groups: one product per image. x: (N, C, L), w: (O, C)."""
    out = np.empty((x.shape[0], w.shape[0], x.shape[2]), x.dtype)

    def task(i: int) -> None:
        np.matmul(w, x[i], out=out[i])
        if b is not None:
            out[i] += b[:, None]

    run_pieces(x.shape[0], out.size * x.shape[1], task)
    return out
