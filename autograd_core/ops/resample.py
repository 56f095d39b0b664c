"""Resampling of images: interpolate, grid_sample, affine_grid, unfold, fold. Imports op, shape and the resampling kernels.

Interpolation, patches and affine grids are linear: each stands beside its adjoint, and they are each other's gradient.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..frames import user_level
from ..kernels import resample as kernels
from ..op import Array, Value, composed, op
from .shape import squeeze, unsqueeze

Ints = tuple[int, ...]
Scales = tuple[float | None, ...] | None
Size = int | Sequence[int]

RANKS = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "trilinear": (5,),
}


@op(
    "resample({x})",
    x=lambda g, x_shape, scales, mode, align_corners, antialias: resampled_input(g, x_shape, scales, mode, align_corners, antialias),
    types="any",
    spaces="engine",
    torch_name="UpsampleBackward",
)
def resampled(x: Array, size: Ints, scales: Scales, mode: str, align_corners: bool, antialias: bool) -> Array:
    """x (N, C, *S) at size points along each spatial dimension."""
    return kernels.interpolate(x, size, scales, mode, align_corners, antialias)


@op(
    "resampleᵀ({y})",
    y=lambda g, y_shape, scales, mode, align_corners, antialias: resampled(g, y_shape[2:], scales, mode, align_corners, antialias),
    types="any",
    spaces="engine",
)
def resampled_input(y: Array, shape: Ints, scales: Scales, mode: str, align_corners: bool, antialias: bool) -> Array:
    """The adjoint of `resampled` for an input of a shape."""
    return kernels.interpolate_input(y, shape, scales, mode, align_corners, antialias)


@composed(spaces="functional")
def interpolate(
    x: Value,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Value:
    """(N, C, *S) at another size, given as `size` or as factors. Modes: nearest, nearest-exact, area, linear, bilinear, bicubic, "
    "trilinear."""
    shape = tuple(x.shape)
    rank = len(shape) - 2
    for name, given in (("size", size), ("scale_factor", scale_factor)):
        if isinstance(given, (str, bool)):
            raise TypeError(f"interpolate(): argument '{name}' must be a number or a tuple of {rank} numbers, got {given!r}")
        if isinstance(given, (tuple, list)) and len(given) != rank:
            raise ValueError(
                f"Input and {name} must have the same number of spatial dimensions, but got input with spatial dimensions of "
                f"{list(shape[2:])} and {name} of {given}: give one number, or {rank}, for input (N, C, d1, d2, ...)"
            )
    if mode not in RANKS:
        raise NotImplementedError(f"interpolate: mode={mode!r} is not known: expected one of {', '.join(RANKS)}")
    if len(shape) not in RANKS[mode]:
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {len(shape)}D) for the modes: nearest | linear | "
            "bilinear | bicubic | "
            f"trilinear | area | nearest-exact (got {mode}), which takes {' or '.join(f'{r}D' for r in RANKS[mode])}"
        )
    if align_corners is not None and mode in ("nearest", "area", "nearest-exact"):
        raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError("Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input")
    sizes, scales = _target(shape[2:], size, scale_factor, rank, bool(recompute_scale_factor))
    return resampled(x, sizes, scales, mode, bool(align_corners), antialias)


def _target(spatial: Ints, size: Any, factor: Any, rank: int, recompute: bool) -> tuple[Ints, Scales]:
    """The output's sizes, and the factors that coordinates are computed from where these are not the ratios of sizes."""
    if (size is None) == (factor is None):
        raise ValueError(
            "only one of size or scale_factor should be defined" if size is not None else "either size or scale_factor should be defined"
        )
    if size is not None:
        sizes = (size,) * rank if isinstance(size, int) else tuple(int(n) for n in size)
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return sizes, None
    factors = (float(factor),) * rank if isinstance(factor, (int, float)) else tuple(float(f) for f in factor)
    sizes = tuple(math.floor(n * f) for n, f in zip(spatial, factors, strict=True))
    return sizes, None if recompute else factors


@composed(spaces="functional")
def upsample(x: Value, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Value:
    """The older name of interpolate; warns, as in PyTorch."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=user_level())
    return interpolate(x, size, scale_factor, mode, align_corners)


@composed(spaces="functional")
def upsample_nearest(x: Value, size: Any = None, scale_factor: Any = None) -> Value:
    """interpolate with mode="nearest"; warns, as in PyTorch."""
    warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=user_level())
    return interpolate(x, size, scale_factor, "nearest")


@composed(spaces="functional")
def upsample_bilinear(x: Value, size: Any = None, scale_factor: Any = None) -> Value:
    """interpolate with mode="bilinear", corners aligned; warns, as in PyTorch."""
    warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=user_level())
    return interpolate(x, size, scale_factor, "bilinear", True)


@composed("undefined: grid_sample has first derivatives only", name="once_only", spaces="engine")
def _once_only(g: Value, other: Value) -> Value:
    raise RuntimeError(
        "derivative for grid_sample's gradient with respect to its grid is not implemented: only first derivatives, as in PyTorch"
    )


@op(
    "sample({x} at {grid})",
    x=lambda g, x, grid, mode, padding_mode, align_corners: sampled_input(g, x, grid, mode, padding_mode, align_corners),
    grid=lambda g, x, grid, mode, padding_mode, align_corners: sampled_grid(g, x, grid, mode, padding_mode, align_corners),
    spaces="engine",
    torch_name="GridSamplerBackward",
)
def sampled(x: Array, grid: Array, mode: str, padding_mode: str, align_corners: bool) -> Array:
    """x (N, C, *S) read at the places of grid (N, *T, rank)."""
    return kernels.grid_sample(x, grid, mode, padding_mode, align_corners)


@op(
    "sampleᵀ({y} at {grid})",
    y=lambda g, grid, mode, padding_mode, align_corners: sampled(g, grid, mode, padding_mode, align_corners),
    grid=lambda g, y: _once_only(g, y),
    spaces="engine",
)
def sampled_input(y: Array, x: Array, grid: Array, mode: str, padding_mode: str, align_corners: bool) -> Array:
    """The adjoint of reading: y spread to where it was read from."""
    return kernels.grid_sample_input(y, x, grid, mode, padding_mode, align_corners)


@op(
    "∂sample/∂grid({y})",
    y=lambda g, x: _once_only(g, x),
    x=lambda g, y: _once_only(g, y),
    grid=lambda g, y: _once_only(g, y),
    spaces="engine",
)
def sampled_grid(y: Array, x: Array, grid: Array, mode: str, padding_mode: str, align_corners: bool) -> Array:
    """The gradient of reading with respect to where."""
    return kernels.grid_sample_grid(y, x, grid, mode, padding_mode, align_corners)


@composed(spaces="functional")
def grid_sample(x: Value, grid: Value, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None) -> Value:
    """x (N, C, H, W) read at grid (N, *T, 2) of (x, y) in [-1, 1], or 3-d likewise. Jaderberg et al. 2015."""
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old "
            "behavior is desired. See the documentation of grid_sample for details.",
            stacklevel=user_level(),
        )
    return sampled(x, grid, mode, padding_mode, bool(align_corners))


@op("grid({theta})", theta=lambda g, size, align_corners: affine_theta(g, size, align_corners), types="any", spaces="engine", name="affine")
def affine(theta: Array, size: Ints, align_corners: bool) -> Array:
    """The places that affine maps theta (N, rank, rank + 1) read an output of a size from."""
    return kernels.affine_grid(theta, size, align_corners)


@op("gridᵀ({y})", y=lambda g, size, align_corners: affine(g, size, align_corners), types="any", spaces="engine")
def affine_theta(y: Array, size: Ints, align_corners: bool) -> Array:
    """The adjoint of `affine`."""
    return kernels.affine_grid_theta(y, size, align_corners)


@composed(spaces="functional")
def affine_grid(theta: Value, size: Sequence[int], align_corners: bool | None = None) -> Value:
    """The grid for grid_sample that applies theta (N, 2, 3) to an output of size (N, C, H, W), or 3-d likewise."""
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old "
            "behavior is desired. See the documentation of grid_sample for details.",
            stacklevel=user_level(),
        )
    return affine(theta, tuple(int(n) for n in size), bool(align_corners))


@op(
    "patches({x})",
    x=lambda g, x_shape, kernel_size, dilation, padding, stride: folded(g, x_shape[-2:], kernel_size, dilation, padding, stride),
    types="any",
    spaces="engine",
    name="patches",
    torch_name="Im2ColBackward",
)
def patches(x: Array, kernel_size: Size, dilation: Size, padding: Size, stride: Size) -> Array:
    """The patches of x (N, C, H, W) as columns (N, C·kh·kw, L)."""
    return kernels.unfold(x, kernel_size, dilation, padding, stride)


@op(
    "patchesᵀ({y})",
    y=lambda g, kernel_size, dilation, padding, stride: patches(g, kernel_size, dilation, padding, stride),
    types="any",
    spaces="engine",
    torch_name="Col2ImBackward",
)
def folded(y: Array, size: Size, kernel_size: Size, dilation: Size, padding: Size, stride: Size) -> Array:
    """Columns (N, C·kh·kw, L) added up where they overlap in an image of a size."""
    return kernels.fold(y, size, kernel_size, dilation, padding, stride)


@composed(spaces="functional")
def unfold(x: Value, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Value:
    """The sliding patches of (N, C, H, W) as columns (N, C·kh·kw, L)."""
    if len(x.shape) == 3:
        return squeeze(patches(unsqueeze(x, 0), kernel_size, dilation, padding, stride), 0)
    return patches(x, kernel_size, dilation, padding, stride)


@composed(spaces="functional")
def fold(x: Value, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Value:
    """Columns (N, C·kh·kw, L) added into images (N, C, *output_size): the adjoint of unfold."""
    if len(x.shape) == 2:
        return squeeze(folded(unsqueeze(x, 0), output_size, kernel_size, dilation, padding, stride), 0)
    return folded(x, output_size, kernel_size, dilation, padding, stride)
