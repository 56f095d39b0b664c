"""3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3): a quarter of the multiplications.

Imports NumPy, `jit`, `contract` and `threads`. Source: Lavin and Gray, Fast Algorithms for Convolutional Neural
Networks (2016), section 4.3. The 6x6 patches of x under each 4x4 tile of the result are transformed, multiplied
with the transformed kernels as 36 matrix products, and transformed back.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from . import threads
from .contract import FLOATS, array, contract, integer
from .conv_geometry import Geometry
from .jit import CONTRACT, compiled

TILES = 64
"""Tiles of one block: a block's patches and products stay in the second-level cache. Constant, so that LLVM
sees the distances between rows and vectorises without run-time alias checks."""

PATCH = 36 * TILES

_PARTS = 8

# fmt: off
_KERNEL = np.array([
    [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
])
# fmt: on


@functools.cache
def _kernel_transform(dtype: str, flipped: bool) -> np.ndarray:
    """G ⊗ G: from the 9 values of a kernel, optionally turned by 180 degrees, to its 36."""
    both = np.kron(_KERNEL, _KERNEL)
    return np.ascontiguousarray((both[:, ::-1] if flipped else both).astype(dtype))


@compiled(fastmath=CONTRACT)
def _input_line(source, s, step, to, t, stride):  # type: ignore[no-untyped-def]
    """Bᵀ along one line of patches: six rows of TILES values, `step` apart, to six rows `stride` apart."""
    f = source.dtype.type
    for i in range(TILES):
        a0, a1, a2 = source[s + i], source[s + step + i], source[s + 2 * step + i]
        a3, a4, a5 = source[s + 3 * step + i], source[s + 4 * step + i], source[s + 5 * step + i]
        even, odd = a4 - f(4) * a2, a3 - f(4) * a1
        near, far = a4 - a2, f(2) * (a3 - a1)
        to[t + i] = f(4) * a0 - f(5) * a2 + a4
        to[t + stride + i] = even + odd
        to[t + 2 * stride + i] = even - odd
        to[t + 3 * stride + i] = near + far
        to[t + 4 * stride + i] = near - far
        to[t + 5 * stride + i] = f(4) * a1 - f(5) * a3 + a5


@compiled(fastmath=CONTRACT)
def _output_line(source, s, step, to, t, stride, add):  # type: ignore[no-untyped-def]
    """Aᵀ along one line: six rows to four."""
    f = source.dtype.type
    for i in range(TILES):
        a0, a1, a2 = source[s + i], source[s + step + i], source[s + 2 * step + i]
        a3, a4, a5 = source[s + 3 * step + i], source[s + 4 * step + i], source[s + 5 * step + i]
        p, q, r, v = a1 + a2, a1 - a2, a3 + a4, a3 - a4
        to[t + i] = a0 + p + r + add
        to[t + stride + i] = q + f(2) * v + add
        to[t + 2 * stride + i] = p + f(4) * r + add
        to[t + 3 * stride + i] = q + f(8) * v + a5 + add


@compiled(fastmath=CONTRACT)
def _grad_line(source, s, step, to, t, stride):  # type: ignore[no-untyped-def]
    """A along one line of gradient tiles: four rows to six."""
    f = source.dtype.type
    for i in range(TILES):
        a0, a1, a2, a3 = source[s + i], source[s + step + i], source[s + 2 * step + i], source[s + 3 * step + i]
        p, q = a0 + a2, a1 + a3
        r, v = a0 + f(4) * a2, f(2) * a1 + f(8) * a3
        to[t + i] = a0
        to[t + stride + i] = p + q
        to[t + 2 * stride + i] = p - q
        to[t + 3 * stride + i] = r + v
        to[t + 4 * stride + i] = r - v
        to[t + 5 * stride + i] = a3


@compiled(fastmath=CONTRACT)
def _spread_line(source, s, step, to, t, stride):  # type: ignore[no-untyped-def]
    """B along one line of products: the adjoint of `_input_line`."""
    f = source.dtype.type
    for i in range(TILES):
        a0, a1, a2 = source[s + i], source[s + step + i], source[s + 2 * step + i]
        a3, a4, a5 = source[s + 3 * step + i], source[s + 4 * step + i], source[s + 5 * step + i]
        p, q, r, v = a1 + a2, a1 - a2, a3 + a4, a3 - a4
        to[t + i] = f(4) * a0
        to[t + stride + i] = f(4) * (a5 - q) - f(2) * v
        to[t + 2 * stride + i] = -(f(5) * a0 + f(4) * p + r)
        to[t + 3 * stride + i] = q + f(2) * v - f(5) * a5
        to[t + 4 * stride + i] = a0 + p + r
        to[t + 5 * stride + i] = a5


@compiled
def _places(first, count, high, wide, up, left, C, H, W, places):  # type: ignore[no-untyped-def]
    """(top row, left column, flat place in channel 0, image) of the patches under tiles first ... first + count - 1."""
    for t in range(count):
        tile = first + t
        h, w = tile // wide % high * 4 - up, tile % wide * 4 - left
        places[0, t] = h
        places[1, t] = w
        places[3, t] = tile // (high * wide)
        places[2, t] = places[3, t] * C * H * W + h * W + w
    for t in range(count, TILES):  # a copy of the last one, so that every lane has a place to read from
        places[0, t] = places[0, count - 1]
        places[1, t] = places[1, count - 1]
        places[2, t] = places[2, count - 1]


@compiled
def _gather(flat, base, H, W, places, reach, side, to):  # type: ignore[no-untyped-def]
    """Patches of side x side values of one channel, one row of `to` per position in the patch, zero outside the plane.

    All patches are read as if they were inside, then what lies outside is cleared: addresses beyond the plane are
    those of its neighbours, and a checked loop is left for the few planes that have none.
    """
    if reach[0] + base < 0 or reach[1] + base + (side - 1) * (W + 1) >= len(flat):
        for t in range(TILES):
            h, w, at = places[0, t], places[1, t], places[2, t] + base
            for i in range(side):
                for j in range(side):
                    inside = 0 <= h + i < H and 0 <= w + j < W
                    to[(i * side + j) * TILES + t] = flat[at + i * W + j] if inside else 0
        return
    corners = places[2]
    for i in range(side):
        for j in range(side):
            lanes = to[(i * side + j) * TILES : (i * side + j + 1) * TILES]
            shift = base + i * W + j
            for t in range(TILES):
                lanes[t] = flat[np.uint64(corners[t] + shift)]
    if reach[2]:
        _clear_outside(H, W, places, side, to)


@compiled
def _clear_outside(H, W, places, side, to):  # type: ignore[no-untyped-def]
    for t in range(TILES):
        h, w = places[0, t], places[1, t]
        if h < 0 or h + side > H:
            for i in range(side):
                if h + i < 0 or h + i >= H:
                    for j in range(side):
                        to[(i * side + j) * TILES + t] = 0
        if w < 0 or w + side > W:
            for j in range(side):
                if w + j < 0 or w + j >= W:
                    for i in range(side):
                        to[(i * side + j) * TILES + t] = 0


@compiled
def _reach(H, W, places, side, reach):  # type: ignore[no-untyped-def]
    """Of one block: the least and the greatest place, and whether any patch reaches over an edge."""
    reach[0], reach[1], reach[2] = places[2, 0], places[2, 0], 0
    for t in range(TILES):
        reach[0], reach[1] = min(reach[0], places[2, t]), max(reach[1], places[2, t])
        h, w = places[0, t], places[1, t]
        if h < 0 or w < 0 or h + side > H or w + side > W:
            reach[2] = 1


@compiled
def _scatter(tiles, places, count, out, o):  # type: ignore[no-untyped-def]
    """Write 4x4 tiles to channel o of out, without the parts that hang over its edges."""
    H, W = out.shape[2], out.shape[3]
    for t in range(count):
        h, w = places[0, t], places[1, t]
        plane = out[places[3, t], o]
        if h + 4 > H or w + 4 > W:
            for i in range(min(4, H - h)):
                for j in range(min(4, W - w)):
                    plane[h + i, w + j] = tiles[(i * 4 + j) * TILES + t]
            continue
        for i in range(4):
            row = plane[h + i][w : w + 4]
            k = i * 4 * TILES + t
            row[0] = tiles[k]
            row[1] = tiles[k + TILES]
            row[2] = tiles[k + 2 * TILES]
            row[3] = tiles[k + 3 * TILES]


@compiled
def _add_patches(patches, places, count, out, o):  # type: ignore[no-untyped-def]
    """Add 6x6 patches to channel o of out, without the parts that hang over its edges."""
    H, W = out.shape[2], out.shape[3]
    for t in range(count):
        h, w = places[0, t], places[1, t]
        plane = out[places[3, t], o]
        lo, hi = max(0, -w), min(6, W - w)
        for i in range(max(0, -h), min(6, H - h)):
            k = i * 6 * TILES + t
            row = plane[h + i]
            if lo == 0 and hi == 6:
                row = row[w : w + 6]
                row[0] += patches[k]
                row[1] += patches[k + TILES]
                row[2] += patches[k + 2 * TILES]
                row[3] += patches[k + 3 * TILES]
                row[4] += patches[k + 4 * TILES]
                row[5] += patches[k + 5 * TILES]
            else:
                for j in range(lo, hi):
                    row[w + j] += patches[k + j * TILES]


_TILING = (f"count <= {TILES}", "first + count <= N * high * wide")


@contract(
    *_TILING,
    x=array("N C H W", FLOATS),
    first=integer(),
    count=integer(),
    high=integer(1),
    wide=integer(1),
    up=integer(),
    left=integer(),
    patches=array(f"C {PATCH}", same="x", writes=True),
)
@compiled(fastmath=CONTRACT)
def _input_tiles(x, first, count, high, wide, up, left, patches):  # type: ignore[no-untyped-def]
    """patches[c] = Bᵀ d B for the 6x6 patches d of channel c."""
    raw, half = np.zeros(PATCH, x.dtype), np.empty(PATCH, x.dtype)
    places = np.empty((4, TILES), np.int64)
    C, H, W = x.shape[1:]
    _places(first, count, high, wide, up, left, C, H, W, places)
    reach = np.empty(3, np.int64)
    _reach(H, W, places, 6, reach)
    flat = x.reshape(-1)
    for c in range(C):
        _gather(flat, c * H * W, H, W, places, reach, 6, raw)
        for j in range(6):
            _input_line(raw, j * TILES, 6 * TILES, half, j * TILES, 6 * TILES)
        for i in range(6):
            _input_line(half, i * 6 * TILES, TILES, patches[c], i * 6 * TILES, TILES)


@contract(
    *_TILING,
    g=array("N O H W", FLOATS),
    first=integer(),
    count=integer(),
    high=integer(1),
    wide=integer(1),
    patches=array(f"O {PATCH}", same="g", writes=True),
)
@compiled(fastmath=CONTRACT)
def _grad_tiles(g, first, count, high, wide, patches):  # type: ignore[no-untyped-def]
    """patches[o] = A t Aᵀ for the 4x4 tiles t of the gradient's channel o."""
    raw, half = np.zeros(16 * TILES, g.dtype), np.empty(24 * TILES, g.dtype)
    places = np.empty((4, TILES), np.int64)
    O, H, W = g.shape[1:]
    _places(first, count, high, wide, 0, 0, O, H, W, places)
    reach = np.empty(3, np.int64)
    _reach(H, W, places, 4, reach)
    flat = g.reshape(-1)
    for o in range(O):
        _gather(flat, o * H * W, H, W, places, reach, 4, raw)
        for j in range(4):
            _grad_line(raw, j * TILES, 4 * TILES, half, j * TILES, 4 * TILES)
        for i in range(6):
            _grad_line(half, i * 4 * TILES, TILES, patches[o], i * 6 * TILES, TILES)
        for k in range(36):
            patches[o, k * TILES + count : (k + 1) * TILES] = 0


@contract(
    *_TILING,
    "high * 4 < H + 4 and wide * 4 < W + 4",
    products=array(f"O {PATCH}", same="out"),
    bias=array("O", same="out"),
    first=integer(),
    count=integer(),
    high=integer(1),
    wide=integer(1),
    out=array("N O H W", FLOATS, writes=True),
)
@compiled(fastmath=CONTRACT)
def _output_tiles(products, bias, first, count, high, wide, out):  # type: ignore[no-untyped-def]
    """Write Aᵀ m A + bias for the products m of every tile; returns how many tiles are not finite.

    One infinity or NaN under a tile spoils all of it, and always one of its corners.
    """
    half, tiles = np.empty(24 * TILES, out.dtype), np.empty(16 * TILES, out.dtype)
    places = np.empty((4, TILES), np.int64)
    _places(first, count, high, wide, 0, 0, out.shape[1], out.shape[2], out.shape[3], places)
    spoilt = 0
    zero = out.dtype.type(0)
    for o in range(out.shape[1]):
        for j in range(6):
            _output_line(products[o], j * TILES, 6 * TILES, half, j * TILES, 6 * TILES, zero)
        for i in range(4):
            _output_line(half, i * 6 * TILES, TILES, tiles, i * 4 * TILES, TILES, bias[o])
        for t in range(count):
            corners = tiles[t] * zero + tiles[3 * TILES + t] * zero + tiles[12 * TILES + t] * zero + tiles[15 * TILES + t] * zero
            spoilt += corners != zero
        _scatter(tiles, places, count, out, o)
    return spoilt


@contract(
    *_TILING,
    products=array(f"C {PATCH}", same="gx"),
    first=integer(),
    count=integer(),
    high=integer(1),
    wide=integer(1),
    up=integer(),
    left=integer(),
    gx=array("N C H W", FLOATS, writes=True),
)
@compiled(fastmath=CONTRACT)
def _spread_tiles(products, first, count, high, wide, up, left, gx):  # type: ignore[no-untyped-def]
    """Add B m Bᵀ for the products m of every tile to gx; returns how many tiles are not finite, told by their centre."""
    half, patches = np.empty(PATCH, gx.dtype), np.empty(PATCH, gx.dtype)
    places = np.empty((4, TILES), np.int64)
    C, H, W = gx.shape[1:]
    _places(first, count, high, wide, up, left, C, H, W, places)
    spoilt = 0
    zero = gx.dtype.type(0)
    for c in range(C):
        for j in range(6):
            _spread_line(products[c], j * TILES, 6 * TILES, half, j * TILES, 6 * TILES)
        for i in range(6):
            _spread_line(half, i * 6 * TILES, TILES, patches, i * 6 * TILES, TILES)
        for t in range(count):
            centre = patches[14 * TILES + t] * zero + patches[15 * TILES + t] * zero
            centre += patches[20 * TILES + t] * zero + patches[21 * TILES + t] * zero
            spoilt += centre != zero
        _add_patches(patches, places, count, gx, c)
    return spoilt


def _tiling(geo: Geometry) -> tuple[int, int, int]:
    """Rows and columns of tiles over the result, and the number of blocks."""
    high, wide = -(-geo.out[0] // 4), -(-geo.out[1] // 4)
    return high, wide, -(-geo.batch * high * wide // TILES)


def suits(geo: Geometry) -> bool:
    """Whether tiles apply, are mostly filled, and save more than their transforms cost."""
    if geo.kernel != (3, 3) or geo.stride != (1, 1) or geo.dilation != (1, 1) or geo.groups != 1:
        return False
    high, wide, blocks = _tiling(geo)
    filled = geo.positions >= 0.5 * 16 * high * wide
    return blocks > 0 and filled and min(geo.c_in, geo.c_out) >= 16 and geo.batch * high * wide >= TILES // 2


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray | None:
    """The convolution, or None if a value is not finite: infinity and NaN must not spread over their whole tile."""
    kernels = _kernel_transform(x.dtype.name, False) @ w.reshape(-1, 9).T
    return _correlate(x, kernels.reshape(36, geo.c_out, geo.c_in), b, geo)


def conv_input(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """The gradient for x, or None if a value is not finite.

    Either a correlation of g, padded by 2 - padding, with the kernels turned by 180 degrees, or the adjoint of `conv` step by
    step, whichever has fewer tiles.
    """
    back = geo.mirrored
    if back is None or _tiling(geo)[0] * _tiling(geo)[1] < _tiling(back)[0] * _tiling(back)[1]:
        return _adjoint(g, w, geo)
    kernels = _kernel_transform(g.dtype.name, True) @ w.reshape(-1, 9).T
    return _correlate(g, kernels.reshape(36, geo.c_out, geo.c_in).transpose(0, 2, 1), None, back)


def _adjoint(g: np.ndarray, w: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """Σ over tiles B [(G w Gᵀ)ᵀ ∘ (A g Aᵀ)] Bᵀ, added where the patches of x lie; one task per group of images."""
    gx = np.zeros(geo.x_shape, g.dtype)
    kernels = (_kernel_transform(g.dtype.name, False) @ w.reshape(-1, 9).T).reshape(36, geo.c_out, geo.c_in).transpose(0, 2, 1)
    high, wide, _ = _tiling(geo)
    whole = TILES // math.gcd(TILES, high * wide)  # images that fill their last block
    images = whole if geo.batch >= 4 * whole else -(-geo.batch // _PARTS)
    spoilt = [0] * -(-geo.batch // images)

    def task(lo: int, hi: int) -> None:
        grads, products = np.empty((geo.c_out, PATCH), g.dtype), np.empty((geo.c_in, PATCH), g.dtype)
        _grad_tiles.check(g, geo.batch * high * wide - 1, 1, high, wide, grads)
        _spread_tiles.check(products, geo.batch * high * wide - 1, 1, high, wide, *geo.padding, gx)
        for group in range(lo, hi):
            end = min((group + 1) * images, geo.batch) * high * wide
            for first in range(group * images * high * wide, end, TILES):
                count = min(TILES, end - first)
                _grad_tiles.kernel(g, first, count, high, wide, grads)
                np.matmul(kernels, _by_position(grads), out=_by_position(products))
                spoilt[group] += _spread_tiles.kernel(products, first, count, high, wide, *geo.padding, gx)

    with threads.one_blas_thread():
        threads.run(len(spoilt), task)
    return None if any(spoilt) else gx


def _correlate(x: np.ndarray, kernels: np.ndarray, b: np.ndarray | None, geo: Geometry) -> np.ndarray | None:
    """kernels: (36, c_out, c_in), transformed."""
    out = np.empty(geo.out_shape, x.dtype)
    bias = np.zeros(geo.c_out, x.dtype) if b is None else b
    high, wide, blocks = _tiling(geo)
    total = geo.batch * high * wide
    spoilt = [0] * blocks

    def task(lo: int, hi: int) -> None:
        patches, products = np.empty((geo.c_in, PATCH), x.dtype), np.empty((geo.c_out, PATCH), x.dtype)
        _input_tiles.check(x, total - 1, 1, high, wide, *geo.padding, patches)
        _output_tiles.check(products, bias, total - 1, 1, high, wide, out)
        for block in range(lo, hi):
            first = block * TILES
            count = min(TILES, total - first)
            _input_tiles.kernel(x, first, count, high, wide, *geo.padding, patches)
            np.matmul(kernels, _by_position(patches), out=_by_position(products))
            spoilt[block] = _output_tiles.kernel(products, bias, first, count, high, wide, out)

    with threads.one_blas_thread():
        threads.run(blocks, task)
    return None if any(spoilt) else out


def _by_position(patches: np.ndarray) -> np.ndarray:
    """(channels, 36 * TILES) as (36, channels, TILES): a view that BLAS takes as it is."""
    return patches.reshape(patches.shape[0], 36, TILES).transpose(1, 0, 2)


def conv_weight(g: np.ndarray, x: np.ndarray, geo: Geometry) -> np.ndarray | None:
    """The gradient for w, Gᵀ [Σ over tiles (A g Aᵀ) ∘ (Bᵀ d B)] G, or None if a value is not finite."""
    high, wide, blocks = _tiling(geo)
    total = geo.batch * high * wide
    parts = threads.cut(blocks, _PARTS)
    sums = np.zeros((len(parts), 36, geo.c_out, geo.c_in), x.dtype)

    def task(lo: int, hi: int) -> None:
        patches, grads = np.empty((geo.c_in, PATCH), x.dtype), np.empty((geo.c_out, PATCH), x.dtype)
        product = np.empty(sums.shape[1:], x.dtype)
        _input_tiles.check(x, total - 1, 1, high, wide, *geo.padding, patches)
        _grad_tiles.check(g, total - 1, 1, high, wide, grads)
        for part in range(lo, hi):
            for block in range(*parts[part]):
                first = block * TILES
                count = min(TILES, total - first)
                _input_tiles.kernel(x, first, count, high, wide, *geo.padding, patches)
                _grad_tiles.kernel(g, first, count, high, wide, grads)
                np.matmul(_by_position(grads), _by_position(patches).transpose(0, 2, 1), out=product)
                sums[part] += product

    with threads.one_blas_thread():
        threads.run(len(parts), task)
    total_sum = sums.sum(axis=0).reshape(36, -1)
    gw = (_kernel_transform(x.dtype.name, False).T @ total_sum).T.reshape(geo.w_shape)
    return np.ascontiguousarray(gw) if np.isfinite(gw).all() else None
