"""Convolution of up to two dimensions and any stride, a channel per lane: what the taps see is copied side by side and multiplied.

Imports NumPy, `conv_geometry`, `conv_lanes_loops`, `conv_tiles` and `vector`. The copy is one move of a register for each tap of a place,
whatever the stride, where `conv_tiles` first splits planes into phases and computes what lies between rows. The gradient for x is
one correlation of the output's gradient per phase of x.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from .conv_geometry import Geometry, Ints
from .conv_lanes_loops import correlation, packing, weight_products
from .conv_tiles import Axis, input_axis
from .vector import lanes, named, register_bytes

_ROOM_BYTES = 1 << 19
"""What the taps of a block see of some channels at a time: a quarter of a second-level cache of 2 MB."""

_REGISTER_BYTES = 64

_PLACES = 48, 192
"""The least and the most places of a block: with fewer the weights are read too often."""

_SHARED_FROM = 1 << 21
_LEAST_BLOCKS = 8
_PARTS, _PARTS_BYTES = 8, 1 << 25

_MOVE, _TILES = 5, 1.5
"""Cycles for a register of channels to be copied for a tap; those that `conv_tiles` takes for what would be one of multiplications."""


class Plan(NamedTuple):
    """What the loops are told: taps by phase of the result, steps of reading and writing, and what a block is."""

    down: np.ndarray
    right: np.ndarray
    begin: np.ndarray
    phase: np.ndarray
    read: Ints
    write: Ints
    images: int
    band: int
    blocks: int
    chunk: int
    taps: tuple[np.ndarray, ...]
    """For every phase of the result the places of its taps in a flat kernel."""

    @property
    def reach(self) -> Ints:
        """The least and the greatest shift of a tap, by rows and by columns."""
        return tuple(int(edge) for axis in (self.down, self.right) for edge in (axis.min(initial=0), axis.max(initial=0)))


def _blocks(geo: Geometry, steps: Ints, taps: int, channels: int) -> tuple[int, int, int, int]:
    """(images of a block, rows of it, blocks, registers of channels at a time) where a place is seen by so many taps."""
    high, wide = steps
    wanted = min(max(_ROOM_BYTES // (_REGISTER_BYTES * taps), _PLACES[0]), _PLACES[1])
    bands = -(-high // max(1, min(high, wanted // wide)))
    shared = geo.multiplies >= _SHARED_FROM
    if shared:
        bands = min(high, max(bands, -(-_LEAST_BLOCKS // geo.batch)))
    band = -(-high // bands)
    images = 1
    if band == high:
        groups = max(-(-geo.batch // max(1, wanted // (high * wide))), min(geo.batch, _LEAST_BLOCKS // 2) if shared else 1)
        images = -(-geo.batch // groups)
    places = images * band * wide
    chunk = max(1, min(_ROOM_BYTES // (_REGISTER_BYTES * taps * places), -(-channels * 4 // _REGISTER_BYTES)))
    return images, band, -(-geo.batch // images) * -(-high // band), chunk


@functools.lru_cache(maxsize=512)
def forward(geo: Geometry) -> Plan:
    shifts = [np.arange(k) * d - p for k, d, p in zip(geo.kernel[1:], geo.dilation[1:], geo.padding[1:], strict=True)]
    down, right = (axis.reshape(-1).astype(np.int64) for axis in np.meshgrid(*shifts, indexing="ij"))
    begin, phase = np.array([0, geo.taps]), np.zeros((1, 2), np.int64)
    return Plan(down, right, begin, phase, geo.stride[1:], (1, 1), *_blocks(geo, geo.out[1:], geo.taps, geo.c_in // geo.groups), (np.arange(geo.taps),))


@functools.lru_cache(maxsize=512)
def _axes(geo: Geometry) -> list[Axis]:
    return [input_axis(geo, i) for i in (1, 2)]


def _shifts(axis: Axis, phase: int) -> list[int]:
    return [axis.firsts[0] + shift for _, shift in axis.taps[phase]]


@functools.lru_cache(maxsize=512)
def backward(geo: Geometry) -> Plan:
    """The correlations of the output's gradient that yield the gradient for x: their taps, phase by phase."""
    rows, columns = _axes(geo)
    down, right, begin, phase, places = [], [], [0], [], []
    kernel = np.arange(geo.taps).reshape(geo.kernel[1:])
    for i, j in np.ndindex(*geo.stride[1:]):
        pairs = [(a, b) for a in _shifts(rows, i) for b in _shifts(columns, j)]
        down += [a for a, _ in pairs]
        right += [b for _, b in pairs]
        begin.append(len(down))
        phase.append((i, j))
        places.append(kernel[rows.kernel[i], columns.kernel[j]].reshape(-1))
    steps = tuple(-(-n // s) for n, s in zip(geo.size[1:], geo.stride[1:], strict=True))
    taps = -(-geo.taps // math.prod(geo.stride))
    taps_down, taps_right, begins, phases = (np.array(a, np.int64) for a in (down, right, begin, phase))
    return Plan(taps_down, taps_right, begins, phases, (1, 1), geo.stride[1:], *_blocks(geo, steps, taps, geo.c_out // geo.groups), tuple(places))


@functools.lru_cache(maxsize=512)
def suits(geo: Geometry, dtype: str, for_input: bool = False) -> bool:
    """Whether a geometry of three dimensions is flat and has the channels that fill lanes."""
    if dtype != "float32" or register_bytes() == 0 or (geo.size[0], geo.kernel[0], geo.stride[0], geo.padding[0]) != (1, 1, 1, 0):
        return False
    count, per_in, per_out = lanes(dtype), geo.c_in // geo.groups, geo.c_out // geo.groups
    if for_input:
        per_in, per_out = per_out, per_in
    ins, outs = (-(-n // count) * count for n in (per_in, per_out))
    products = per_in * outs / (2 * count)
    moves = _MOVE * ins / count
    if 2 * per_in < count or min(geo.size) == 0 or geo.batch * geo.positions == 0:
        return False
    return products + moves < _TILES * per_in * per_out / (2 * count)


def _correlate(x: np.ndarray, parts: list[np.ndarray], b: np.ndarray | None, shape: Ints, plan: Plan, groups: int) -> np.ndarray:
    """parts: for every phase of the result its weights (groups, outputs, inputs · taps)."""
    dtype, per_out = named(x.dtype), shape[1] // groups
    count = -(-per_out // lanes(dtype))
    bias = np.zeros((groups, per_out), x.dtype) if b is None else b.reshape(groups, per_out)
    packed = np.empty(sum(groups * count * (part.shape[2] + 1) for part in parts) * lanes(dtype), x.dtype)
    at = 0
    for part in parts:
        rows = packed[at : at + groups * count * (part.shape[2] + 1) * lanes(dtype)].reshape(groups, count, -1, lanes(dtype))
        at += rows.size
        if part.shape[2]:
            packing(dtype)(groups * count, part, bias, rows)
        else:
            rows[...] = 0
    out = np.empty(shape, x.dtype)
    correlation(dtype)(
        plan.blocks, x, packed, out, plan.down, plan.right, plan.begin, plan.phase, len(parts), plan.blocks, count, *plan.reach,
        *plan.read, *plan.write, groups, plan.images, plan.band, plan.chunk,
    )  # fmt: skip
    return out


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = b[o] + Σ_c x[n, c] correlated with w[o, c]. Arrays and geometry of three spatial dimensions."""
    flat = w.reshape(geo.groups, geo.c_out // geo.groups, -1)
    out = _correlate(x[:, :, 0], [flat], b, (geo.batch, geo.c_out, *geo.out[1:]), forward(geo), geo.groups)
    return out.reshape(geo.out_shape)


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x, phase by phase."""
    rows, columns = _axes(geo)
    by_group = w.reshape(geo.groups, geo.c_out // geo.groups, geo.c_in // geo.groups, *geo.kernel[1:]).swapaxes(1, 2)
    parts = [
        np.ascontiguousarray(by_group[..., rows.kernel[i], columns.kernel[j]]).reshape(*by_group.shape[:2], -1)
        for i, j in np.ndindex(*geo.stride[1:])
    ]
    gx = _correlate(g[:, :, 0], parts, None, (geo.batch, geo.c_in, *geo.size[1:]), backward(geo), geo.groups)
    return gx.reshape(geo.x_shape)


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """The gradient of `conv` for w, or None if the sums are too many."""
    loop, plan = weight_products(named(x.dtype)), forward(geo)
    per_in, per_out = geo.c_in // geo.groups, geo.c_out // geo.groups
    count, ins = -(-per_out // loop.lanes), -(-per_in // loop.lanes) * loop.lanes
    shape = (geo.groups, count, ins * geo.taps, loop.lanes)
    parts = min(_PARTS, plan.blocks, _PARTS_BYTES // (math.prod(shape) * x.itemsize))
    if parts < min(2, plan.blocks):
        return None
    sums = np.zeros((parts, *shape), x.dtype)
    loop.run(
        parts, g[:, :, 0], x[:, :, 0], sums, plan.down, plan.right, plan.blocks, *plan.reach, *plan.read, 1, 1, geo.groups,
        plan.images, plan.band, plan.chunk,
    )  # fmt: skip
    gw = np.empty(geo.w_shape, x.dtype)
    loop.total(geo.groups * count, sums, gw.reshape(geo.groups, per_out, per_in * geo.taps))
    return gw
