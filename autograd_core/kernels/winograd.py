"""Convolution of stride 1 by Winograd's minimal filtering: F(4, 3) and F(2, 5) in up to two dimensions, with both gradients.

Imports NumPy, `conv_geometry`, `precision`, `vector`, `winograd_loops` and `winograd_maps`. A 3x3 kernel takes a quarter of the multiplications, a 5x5 kernel
36 of 100, dilated and grouped ones as well; three dimensions are sums over slices. Source: Lavin and Gray, Fast
Algorithms for Convolutional Neural Networks (2016), section 4. Measured on one thread against PyTorch in `suits`.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from .conv_geometry import Geometry, Ints
from .precision import Precision
from .vector import lanes, named, register_bytes
from .winograd_loops import correlation, gradients, weight_products, weights
from .winograd_maps import LINES

_READ, _WRITE, _KERNEL = 0.5, 0.4, 6
"""Cycles for a channel of a tile to be read and transformed, to be transformed and written, by place; for a kernel to be transformed."""

_DIRECT = 1.25
"""Cycles of a direct method for what would be one cycle of multiplications."""

_TOGETHER = 1 << 14
"""Channels times tiles of a block: its transforms fill half of a second-level cache of 2 MB, 6 x 6 places of 4 bytes each."""

_TILES = 48, 192
"""The least and the most tiles of a block, if there are as many: with fewer the transformed kernels are read too often."""

_LANES = 16
"""Lanes of the machine that the cycles were measured on."""

_KEPT_BYTES, _BYTES_A_CYCLE = 1 << 20, 4
"""Transformed kernels up to which they stay in a second-level cache; how fast every block reads larger ones again."""

_SHARED_FROM = 1 << 21
_LEAST_BLOCKS, _LEAST_LARGE = 8, 4
"""Blocks that work is shared out by: fewer where each of them reads large kernels."""

_PARTS, _PARTS_BYTES = 8, 1 << 25


_KERNELS = ((3, 3), (5, 5), (1, 3), (1, 5))
"""Slices of kernels that are compiled for, in float32: a set of loops for each, at 10 s."""


class _Plan(NamedTuple):
    """Places of the transform, tiles of an image, and what a block is: images, and steps of tiles of each."""

    places: int
    tiles: int
    images: int
    band: int
    blocks: int
    pays: bool


@functools.lru_cache(maxsize=512)
def _plan(geo: Geometry, dtype: str) -> _Plan:
    """For a geometry of three dimensions."""
    rows, columns = LINES[geo.kernel[1]], LINES[geo.kernel[2]]
    count, places = lanes(dtype), rows.places * columns.places
    per_in, per_out = geo.c_in // geo.groups, geo.c_out // geo.groups
    down = -(-geo.out[1] // (rows.results * geo.dilation[1]))
    across = -(-geo.out[2] // (columns.results * geo.dilation[2]))
    ins, outs = (-(-n // count) * count for n in (per_in, per_out))
    kernels = 4 * places * per_in * geo.kernel[0] * outs
    least = _LEAST_BLOCKS if kernels <= _KEPT_BYTES else _LEAST_LARGE
    slices = geo.size[0] + 2 * geo.padding[0]
    line = slices * geo.dilation[1] * geo.dilation[2] * across
    wanted = min(max(_TOGETHER // (per_in + per_out), _TILES[0]), _TILES[1])
    bands = -(-down // max(1, min(down, wanted // line)))
    if geo.multiplies >= _SHARED_FROM:
        bands = min(down, max(bands, -(-least // geo.batch)))
    band = -(-down // bands)
    images = 1
    if band == down and geo.kernel[0] == 1:
        images = max(1, min(wanted // (line * down), geo.batch))
        groups = max(-(-geo.batch // images), min(geo.batch, least) if geo.multiplies >= _SHARED_FROM else 1)
        images = -(-geo.batch // groups)
    blocks = -(-geo.batch // images) * -(-down // band)
    tiles = geo.batch * line * down
    products = places * per_in * geo.kernel[0] * outs / (2 * count)
    cost = tiles * (places * (_READ * ins + _WRITE * outs) * _LANES / count + products) + _KERNEL * per_in * outs
    if kernels > _KEPT_BYTES:
        cost += blocks * kernels / _BYTES_A_CYCLE
    direct = _DIRECT * geo.batch * geo.positions * geo.taps * per_in * per_out / (2 * count)
    return _Plan(places, line * down, images, band, blocks, cost < direct)


def suits(geo: Geometry, dtype: str) -> bool:
    """Whether tiles apply to a geometry of three dimensions, and save more than their transforms cost."""
    if dtype != "float32" or geo.kernel[1:] not in _KERNELS or set(geo.stride) != {1} or Precision.word == "highest":
        return False
    return register_bytes() > 0 and geo.batch * geo.positions > 0 and min(geo.size) > 0 and _plan(geo, dtype).pays


def _statics(geo: Geometry, plan: _Plan) -> Ints:
    return (geo.kernel[0], *geo.padding, *geo.dilation, geo.groups, plan.images, plan.band)


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray | None:
    """The convolution, or None if a value is not finite: infinity and NaN must not spread over their whole tile.

    w: (groups, outputs, inputs · depth, taps of a slice). Arrays and geometry of three spatial dimensions.
    """
    high, wide = geo.kernel[1:]
    loop, plan = correlation(named(x.dtype), high, wide), _plan(geo, named(x.dtype))
    per_in, per_out = geo.c_in // geo.groups, geo.c_out // geo.groups
    outs = -(-per_out // loop.lanes)
    kernels = np.empty((geo.groups, plan.places, outs, per_in * geo.kernel[0], loop.lanes), x.dtype)
    weights(named(x.dtype), high, wide)(geo.groups * outs, w.reshape(geo.groups, per_out, -1, high * wide), kernels)
    bias = np.zeros((geo.groups, outs, loop.lanes), x.dtype)
    if b is not None:
        bias.reshape(geo.groups, -1)[:, :per_out] = b.reshape(geo.groups, per_out)
    out, spoilt = np.empty(geo.out_shape, x.dtype), np.zeros(plan.blocks, np.int64)
    loop.run(plan.blocks, x, kernels, bias, out, spoilt, *_statics(geo, plan))
    return None if spoilt.any() else out


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """The gradient for w, Gᵀ [Σ over tiles (A g Aᵀ) ∘ (Bᵀ x B)] G, or None if a value is not finite or the sums are too many."""
    high, wide = geo.kernel[1:]
    loop, plan = weight_products(named(x.dtype), high, wide), _plan(geo, named(x.dtype))
    per_in, per_out = geo.c_in // geo.groups, geo.c_out // geo.groups
    ins, outs = -(-per_in // loop.lanes) * loop.lanes, -(-per_out // loop.lanes)
    shape = (geo.groups, plan.places, outs, ins * geo.kernel[0], loop.lanes)
    parts = min(_PARTS, plan.blocks, _PARTS_BYTES // (math.prod(shape) * x.itemsize))
    if parts < min(2, plan.blocks):
        return None
    sums = np.zeros((parts, *shape), x.dtype)
    loop.run(parts, g, x, sums, plan.blocks, *_statics(geo, plan))
    gw = np.empty(geo.w_shape, x.dtype)
    total = sums[0] if parts == 1 else np.add.reduce(sums, axis=0)
    flat = gw.reshape(geo.groups, per_out, per_in * geo.kernel[0], high * wide)
    gradients(named(x.dtype), high, wide)(geo.groups * outs, total, flat)
    return gw if np.isfinite(gw).all() else None
