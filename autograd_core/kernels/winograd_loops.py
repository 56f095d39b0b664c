"""Compiled loops of Winograd's F(4x4, 3x3): transforms of the patches of a block of tiles, a lane per tile.

Imports NumPy, `jit` and `contract`. x (N, C, H, W); patches (C, 36 * TILES), a row of TILES lanes per place in a patch.
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, integer
from .jit import CONTRACT, compiled

TILES = 64
"""Tiles of one block: a block's patches and products stay in the second-level cache. Constant, so that LLVM
sees the distances between rows and vectorises without run-time alias checks."""

PATCH = 36 * TILES


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
def input_tiles(x, first, count, high, wide, up, left, patches):  # type: ignore[no-untyped-def]
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
def grad_tiles(g, first, count, high, wide, patches):  # type: ignore[no-untyped-def]
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
def output_tiles(products, bias, first, count, high, wide, out):  # type: ignore[no-untyped-def]
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
def spread_tiles(products, first, count, high, wide, up, left, gx):  # type: ignore[no-untyped-def]
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
