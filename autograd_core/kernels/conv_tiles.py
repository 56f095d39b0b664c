"""Convolution of any rank, stride, dilation and grouping by register tiles over packed planes, with both gradients.

Imports NumPy, `conv_geometry`, `conv_tiles_loops`, `vector`. A stride s splits every dimension into s phases, within which the taps are
shifts; the gradient for x is one correlation of the output's gradient per phase of x, so that nothing is ever scattered. Columns are not
made: on one thread `conv_gemm` takes 13.1, 18.4 and 24.6 ms for 5x5 kernels on 16 images 32x28x28 to 64 channels (forward, input,
weight), tiles 10.0, 10.5 and 11.8; for dilated 3x3 kernels, 32 to 32 channels on 8 images, 1.9, 1.8 and 2.6 against 1.1, 1.2 and 1.4.
Sources: see `vector`; Dumoulin and Visin, A guide to convolution arithmetic (2016), for the phases.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from .conv_geometry import Geometry, Ints
from .conv_tiles_loops import correlation, pack, pack_weights, shape_of_tiles, weight_products
from .vector import named, register_bytes

_CHUNK_BYTES = 1 << 20
"""Packed images at a time: they should stay in cache until they are used."""

_BAND = 512
"""Positions of a band of rows: its results are written while they are in the first-level cache."""

_LEAST_BLOCKS = 8
_DOT_TILE, _DOT_ONE = (4, 6), (1, 9)
"""(outputs, taps) of a tile of the weight's gradient; with one output per group the nine taps of a 3x3 kernel."""


@dataclass(frozen=True)
class Axis:
    """One dimension of packed planes: phases at coordinates i · stride + first for each of `firsts`, `rows` of them."""

    stride: int
    firsts: Ints
    rows: int
    taps: tuple[tuple[tuple[int, int], ...], ...]
    """For every phase of the result: (phase, shift) of each of its taps."""

    kernel: tuple[slice, ...]
    """For every phase of the result: which taps of the kernel those are."""

    counts: Ints
    """For every phase of the result: its length."""


def _forward_axis(geo: Geometry, i: int) -> Axis:
    kernel, stride, padding, dilation = geo.kernel[i], geo.stride[i], geo.padding[i], geo.dilation[i]
    residues = sorted({k * dilation % stride for k in range(kernel)})
    taps = tuple((residues.index(k * dilation % stride), k * dilation // stride) for k in range(kernel))
    rows = geo.out[i] + taps[-1][1]
    return Axis(stride, tuple(r - padding for r in residues), rows, (taps,), (slice(0, kernel),), (geo.out[i],))


def input_axis(geo: Geometry, i: int) -> Axis:
    kernel, stride, padding, dilation = geo.kernel[i], geo.stride[i], geo.padding[i], geo.dilation[i]
    chosen, shifts = [], []
    for r in range(stride):
        ks = [k for k in range(kernel) if (r + padding - k * dilation) % stride == 0]
        chosen.append(slice(ks[0], ks[-1] + 1, ks[1] - ks[0] if len(ks) > 1 else 1) if ks else slice(0, 0))
        shifts.append([(r + padding - k * dilation) // stride for k in ks])
    lead = max(0, -min(s for row in shifts for s in row))
    counts = tuple(max(0, -(-(geo.size[i] - r) // stride)) for r in range(stride))
    rows = max(count + lead + max(row, default=0) for count, row in zip(counts, shifts, strict=True))
    return Axis(1, (-lead,), rows, tuple(tuple((0, s + lead) for s in row) for row in shifts), tuple(chosen), counts)


def _pitch(axis: Axis, size: int) -> int:
    """The length of a packed row: what its last taps read beyond it are the zeros that the next row begins with."""
    least = max(axis.counts)
    begin = min(max(0, -(-max(0, -f) // axis.stride)) for f in axis.firsts)
    end = max(max(0, -(-(size - f) // axis.stride)) for f in axis.firsts)
    return max(least, min(end, axis.rows), axis.rows - begin)


class Packed:
    """How the planes of an array (N, groups · channels, *size) are packed, and where its taps are."""

    def __init__(self, axes: tuple[Axis, ...], size: Ints, channels: int) -> None:
        self.axes, self.channels = axes, channels
        self.deep, self.high, self.pitch = axes[0].rows, axes[1].rows, _pitch(axes[2], size[2])
        self.phase = self.deep * self.high * self.pitch
        self.plane = self.phase * math.prod(len(a.firsts) for a in axes)
        self.step = channels * self.plane
        self.firsts = [np.array(a.firsts, np.int64) for a in axes]

    def offsets(self, job: Ints) -> np.ndarray:
        """Where the taps of one phase of the result begin, for every channel: (channels · taps,)."""
        d, h, w = (np.array(a.taps[r], np.int64).reshape(-1, 2) for a, r in zip(self.axes, job, strict=True))
        phases = [len(a.firsts) for a in self.axes]
        phase = (d[:, None, None, 0] * phases[1] + h[:, None, 0]) * phases[2] + w[:, 0]
        shift = (d[:, None, None, 1] * self.high + h[:, None, 1]) * self.pitch + w[:, 1]
        return (np.arange(self.channels)[:, None] * self.plane + (phase * self.phase + shift).reshape(-1)).reshape(-1)

    def fill(self, x: np.ndarray, flat: np.ndarray, slack: int) -> np.ndarray:
        """The packed planes of x at the head of `flat`, with `slack` zeros behind them."""
        images, channels = x.shape[:2]
        end = images * channels * self.plane
        strides = (a.stride for a in self.axes)
        packed = flat[:end].reshape(images, channels, self.plane)
        pack(images * channels, x, packed, *self.firsts, *strides, self.deep, self.high, self.pitch)
        flat[end : end + slack] = 0
        return flat[: end + slack]

    def images(self, geo: Geometry, itemsize: int) -> int:
        return max(1, min(geo.batch, _CHUNK_BYTES // (self.step * geo.groups * itemsize)))


@functools.lru_cache(maxsize=512)
def _forward_plan(geo: Geometry) -> Packed:
    return Packed(tuple(_forward_axis(geo, i) for i in range(3)), geo.size, geo.c_in // geo.groups)


@functools.lru_cache(maxsize=512)
def _input_plan(geo: Geometry) -> Packed:
    return Packed(tuple(input_axis(geo, i) for i in range(3)), geo.out, geo.c_out // geo.groups)


@functools.lru_cache(maxsize=512)
def _offsets(plan: Packed, job: Ints) -> np.ndarray:
    return plan.offsets(job)


def suits(geo: Geometry) -> bool:
    """Whether tiles can be made."""
    return geo.batch * geo.positions > 0 and register_bytes() > 0


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray:
    """out[n, o] = b[o] + Σ over channels and taps of w · shifted planes of x[n]. Arrays of three spatial dimensions."""
    out = np.empty(geo.out_shape, x.dtype)
    per_out = geo.c_out // geo.groups
    bias = np.zeros((geo.groups, per_out), x.dtype) if b is None else b.reshape(geo.groups, per_out)
    _correlate(x, [(w.reshape(geo.groups, per_out, -1), (0, 0, 0))], bias, out, _forward_plan(geo), geo, (1, 1, 1))
    return out


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray:
    """The gradient of `conv` for x, phase by phase."""
    plan, groups = _input_plan(geo), geo.groups
    per_out, per_in = geo.c_out // groups, geo.c_in // groups
    by_group = w.reshape(groups, per_out, per_in, *geo.kernel).swapaxes(1, 2)
    jobs, empty = [], False
    for job in np.ndindex(*geo.stride):
        if all(a.counts[r] for a, r in zip(plan.axes, job, strict=True)):
            part = by_group[(..., *(a.kernel[r] for a, r in zip(plan.axes, job, strict=True)))]
            empty |= part.size == 0
            if part.size:
                jobs.append((np.ascontiguousarray(part).reshape(groups, per_in, -1), job))
    gx = (np.zeros if empty else np.empty)(geo.x_shape, g.dtype)
    _correlate(g, jobs, np.zeros((groups, per_in), g.dtype), gx, plan, geo, geo.stride)
    return gx


def _correlate(
    x: np.ndarray, jobs: list[tuple[np.ndarray, Ints]], bias: np.ndarray, out: np.ndarray, plan: Packed, geo: Geometry, strides: Ints
) -> None:
    """Every phase of the result: its weights (groups, outputs, channels · taps) over the packed planes of x."""
    groups, per_out = bias.shape
    outs, vectors, narrow = shape_of_tiles(per_out)
    loop = correlation(named(x.dtype), outs, vectors, narrow)
    count = -(-per_out // outs)
    slack = plan.pitch + loop.beyond
    ready = []
    for weights, job in jobs:
        packed = np.empty((groups, count, (weights.shape[2] + 1) * outs), x.dtype)
        pack_weights(groups * count, weights, bias, packed, outs)
        ready.append((packed, job, _offsets(plan, job)))
    images = plan.images(geo, x.itemsize)
    buffer = np.empty(images * groups * plan.step + slack, x.dtype)
    for n in range(0, geo.batch, images):
        part = out[n : n + images]
        flat = plan.fill(x[n : n + images], buffer, slack)
        for packed, job, off in ready:
            qd, qh, qw = (a.counts[r] for a, r in zip(plan.axes, job, strict=True))
            rows = min(qh, max(1, _BAND // plan.pitch))
            bands = -(-qh // rows)
            blocks = len(part) * groups * qd * bands
            parts = min(count, -(-_LEAST_BLOCKS // blocks))
            strip = rows * plan.pitch + loop.beyond
            loop.run(
                blocks * parts, flat, off, packed, part, plan.step, slack, strip, per_out, bands, rows, parts,
                qd, qh, qw, plan.high, plan.pitch, *strides, *job,
            )  # fmt: skip


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """The gradient of `conv` for w: products of the rows of g, spread like those of x, with shifted planes of x.

    None if a sum is not finite: what lies between the rows is multiplied by zero, which infinity and NaN must not meet.
    """
    plan, groups, per_out = _forward_plan(geo), geo.groups, geo.c_out // geo.groups
    outs, taps = _DOT_ONE if per_out == 1 else _DOT_TILE
    loop = weight_products(named(x.dtype), outs, taps)
    off = _offsets(plan, (0, 0, 0))
    padded = np.zeros(-(-off.size // taps) * taps, np.int64)
    padded[: off.size] = off
    high = plan.high if geo.out[0] > 1 else geo.out[1]
    length = -(-geo.out[0] * high * plan.pitch // loop.lanes) * loop.lanes
    count = -(-per_out // outs)
    parts = min(padded.size // taps, -(-2 * _LEAST_BLOCKS // (groups * count)))
    gw = np.empty((geo.c_out, off.size), x.dtype)
    images = plan.images(geo, x.itemsize)
    none = np.zeros(1, np.int64)
    buffer, grads = np.empty(images * groups * plan.step + length, x.dtype), np.zeros((images * geo.c_out + outs) * length, g.dtype)
    for n in range(0, geo.batch, images):
        flat = plan.fill(x[n : n + images], buffer, length)
        batch = len(x[n : n + images])
        spread = grads[: batch * geo.c_out * length].reshape(batch, geo.c_out, length)
        pack(batch * geo.c_out, g[n : n + images], spread, none, none, none, 1, 1, 1, geo.out[0], high, plan.pitch)
        loop.run(groups * count * parts, grads, flat, padded, gw, n > 0, plan.step, length, batch, groups, per_out, count, parts, length)
    return gw.reshape(geo.w_shape) if np.isfinite(gw).all() else None
