"""3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3): a quarter of the multiplications.

Imports NumPy, `winograd_loops` and `threads`. Source: Lavin and Gray, Fast Algorithms for Convolutional Neural
Networks (2016), section 4.3. The 6x6 patches of x under each 4x4 tile of the result are transformed, multiplied
with the transformed kernels as 36 matrix products, and transformed back.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from . import threads
from .conv_geometry import Geometry
from .winograd_loops import PATCH, TILES, grad_tiles, input_tiles, output_tiles, spread_tiles

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
        grad_tiles.check(g, geo.batch * high * wide - 1, 1, high, wide, grads)
        spread_tiles.check(products, geo.batch * high * wide - 1, 1, high, wide, *geo.padding, gx)
        for group in range(lo, hi):
            end = min((group + 1) * images, geo.batch) * high * wide
            for first in range(group * images * high * wide, end, TILES):
                count = min(TILES, end - first)
                grad_tiles.kernel(g, first, count, high, wide, grads)
                np.matmul(kernels, _by_position(grads), out=_by_position(products))
                spoilt[group] += spread_tiles.kernel(products, first, count, high, wide, *geo.padding, gx)

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
        input_tiles.check(x, total - 1, 1, high, wide, *geo.padding, patches)
        output_tiles.check(products, bias, total - 1, 1, high, wide, out)
        for block in range(lo, hi):
            first = block * TILES
            count = min(TILES, total - first)
            input_tiles.kernel(x, first, count, high, wide, *geo.padding, patches)
            np.matmul(kernels, _by_position(patches), out=_by_position(products))
            spoilt[block] = output_tiles.kernel(products, bias, first, count, high, wide, out)

    if blocks == 1:
        task(0, 1)  # BLAS may use its own threads
    else:
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
        input_tiles.check(x, total - 1, 1, high, wide, *geo.padding, patches)
        grad_tiles.check(g, total - 1, 1, high, wide, grads)
        for part in range(lo, hi):
            for block in range(*parts[part]):
                first = block * TILES
                count = min(TILES, total - first)
                input_tiles.kernel(x, first, count, high, wide, *geo.padding, patches)
                grad_tiles.kernel(g, first, count, high, wide, grads)
                np.matmul(_by_position(grads), _by_position(patches).transpose(0, 2, 1), out=product)
                sums[part] += product

    with threads.one_blas_thread():
        threads.run(len(parts), task)
    total_sum = sums.sum(axis=0).reshape(36, -1)
    gw = (_kernel_transform(x.dtype.name, False).T @ total_sum).T.reshape(geo.w_shape)
    return np.ascontiguousarray(gw) if np.isfinite(gw).all() else None
