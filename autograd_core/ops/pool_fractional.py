"""Max pooling over random windows (Graham 2014). Imports op, the other pooling, the random stream and the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import random
from ..arguments import must_fit
from ..kernels import pool_fractional as kernels
from ..op import Array, Value, composed, op
from .comparison import values_of
from .pool import Ints, Size, batched, both, dims_of, pool_spread

Ratio = float | Sequence[float]


@op(
    "maxpool({x})",
    x=lambda g, x_shape, index: pool_spread(g, index, x_shape),
    outputs=("out", "index"),
    discrete=("index",),
    types="any",
    spaces="engine",
    name="fractional_max",
    torch_name="FractionalMaxPool2DBackward",
)
def fractional_max(x: Array, samples: Array, kernel: Ints, size: Ints) -> tuple[Array, Array]:
    """The maximum of every window and its flat place in the plane."""
    return kernels.fractional_max_pool(x, samples, kernel, size)


def _target(x: Value, output_size: Size | None, output_ratio: Ratio | None, rank: int, name: str) -> Ints:
    """The output size, from itself or from the ratio."""
    if output_size is not None:
        return dims_of(output_size, rank, "output_size")
    if output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    ratios = tuple(output_ratio) if isinstance(output_ratio, Sequence) else (output_ratio,) * rank
    if len(ratios) != rank:
        raise ValueError(f"{name} requires output_ratio to either be a single number or a tuple of {rank}: got {output_ratio}")
    return tuple(int(n * ratio) for n, ratio in zip(x.shape[-rank:], ratios, strict=True))


def _pooled(
    x: Value, kernel_size: Size, output_size: Size | None, output_ratio: Ratio | None, indices: bool, samples: Value | None, rank: int
) -> Any:
    name = f"fractional_max_pool{rank}d"
    size = _target(x, output_size, output_ratio, rank, name)
    x, had_batch = batched(x, rank, name)
    kernel = dims_of(kernel_size, rank, "kernel_size")
    dtype = values_of(x).dtype
    if 0 in x.shape[1:]:
        raise RuntimeError(f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got {list(x.shape)}")
    if dtype.kind != "f":
        raise NotImplementedError(f"{name}: not implemented for {dtype}, expected a floating-point dtype: use x.float()")
    if samples is None:
        drawn = random.rand((*x.shape[:2], rank), dtype)
    else:
        drawn = values_of(samples)
        if drawn.shape != (*x.shape[:2], rank) or drawn.dtype != dtype:
            raise RuntimeError(f"{name}: expected _random_samples of shape {[*x.shape[:2], rank]} and {dtype}, got {list(drawn.shape)} and {drawn.dtype}")
    must_fit(name, (*x.shape[:2], *size, *kernel))
    return both(fractional_max(x, np.asarray(drawn), kernel, size), had_batch, indices)


@composed(spaces="functional")
def fractional_max_pool2d(
    x: Value,
    kernel_size: Size,
    output_size: Size | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Value | None = None,
) -> Any:
    """Maxima of (N, C, H, W) over windows at random steps, as many as output_size says. With return_indices also their places."""
    return _pooled(x, kernel_size, output_size, output_ratio, return_indices, _random_samples, 2)


@composed(spaces="functional")
def fractional_max_pool3d(
    x: Value,
    kernel_size: Size,
    output_size: Size | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Value | None = None,
) -> Any:
    """Maxima of (N, C, D, H, W) over windows at random steps, as many as output_size says. With return_indices also their places."""
    return _pooled(x, kernel_size, output_size, output_ratio, return_indices, _random_samples, 3)


@composed(spaces="functional")
def fractional_max_pool2d_with_indices(
    x: Value,
    kernel_size: Size,
    output_size: Size | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Value | None = None,
) -> Any:
    """fractional_max_pool2d with the places, whatever return_indices says."""
    return _pooled(x, kernel_size, output_size, output_ratio, True, _random_samples, 2)


@composed(spaces="functional")
def fractional_max_pool3d_with_indices(
    x: Value,
    kernel_size: Size,
    output_size: Size | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Value | None = None,
) -> Any:
    """fractional_max_pool3d with the places, whatever return_indices says."""
    return _pooled(x, kernel_size, output_size, output_ratio, True, _random_samples, 3)
