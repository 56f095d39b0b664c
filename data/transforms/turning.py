"""Rotation of PIL images and of tensors (..., H, W). Imports autograd_core and the sibling module on geometry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.ops.resample import grid_sample

from .geometry import PIL_FILTERS, InterpolationMode, as_mode, get_dimensions, is_pil

Matrix = list[float]


def rotate(
    img: Any,
    angle: float,
    interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Any = None,
) -> Any:
    """An image turned by ``angle`` degrees counter-clockwise about ``center`` (x, y), by default the middle.

    ``expand`` grows the image so that all of it is seen. What lies outside is ``fill``, one number or one per channel, by default 0.
    Tensors are read at the turned places with torchvision's arithmetic, by nearest or bilinear interpolation.

    Raises:
        TypeError: neither image nor tensor, an ``angle`` that is no number or a ``center`` that is no pair.
        ValueError: an interpolation that tensors do not have, or a wrong number of ``fill`` values.
    """
    if isinstance(angle, bool) or not isinstance(angle, int | float):
        raise TypeError(f"angle must be a number of degrees, got {angle!r}")
    if center is not None and (not isinstance(center, tuple | list) or len(center) != 2):
        raise TypeError(f"center must be a pair (x, y), got {center!r}")
    mode = as_mode(interpolation).value
    if is_pil(img):
        return _rotate_pil(img, angle, mode, expand, center, fill)
    _, height, width = get_dimensions(img)
    if mode not in ("nearest", "bilinear"):
        raise ValueError(f"tensors are turned by nearest or bilinear interpolation, got {mode}; use a PIL image")
    middle = [0.0, 0.0] if center is None else [center[0] - width * 0.5, center[1] - height * 0.5]
    matrix = _inverse(middle, -angle)
    grown = _grown(matrix, width, height) if expand else (width, height)
    return _read_at(img, _places(matrix, width, height, *grown), mode, fill)


def _rotate_pil(img: Any, angle: float, mode: str, expand: bool, center: Sequence[float] | None, fill: Any) -> Any:
    bands = len(img.getbands())
    if fill is None:
        fill = 0
    if isinstance(fill, int | float) and bands > 1:
        fill = (fill,) * bands
    if isinstance(fill, tuple | list):
        if len(fill) not in (1, bands):
            raise ValueError(f"fill must be one number or {bands}, one for each band of mode {img.mode}, got {fill!r}")
        fill = tuple(fill) * (bands // len(fill))
        if img.mode != "F":
            fill = tuple(int(value) for value in fill)
        fill = fill[0] if bands == 1 else fill
    return img.rotate(angle, PIL_FILTERS[mode], expand, center, fillcolor=fill)


def _inverse(center: Sequence[float], angle: float) -> Matrix:
    """The rows of the matrix (2, 3) that leads from a place in the result to its source, about ``center``."""
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = center
    return [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y]


def _grown(matrix: Matrix, width: int, height: int) -> tuple[int, int]:
    """(width, height) that holds all corners of the turned image."""
    corners = np.array(
        [[-0.5 * width, -0.5 * height], [-0.5 * width, 0.5 * height], [0.5 * width, 0.5 * height], [0.5 * width, -0.5 * height]]
    )
    there = np.c_[corners, np.ones(4)] @ np.array(matrix).reshape(2, 3).T + (width * 0.5, height * 0.5)
    # Rounded to a thousandth first: a right angle must not add a pixel.
    spread = np.ceil(np.round(there.max(0), 3)) - np.floor(np.round(there.min(0), 3))
    return int(spread[0]), int(spread[1])


def _places(matrix: Matrix, width: int, height: int, new_width: int, new_height: int) -> ag.Tensor:
    """Where each pixel of the result is read, (1, H, W, 2), in units in which the image spans −1..1."""
    base = np.empty((new_height, new_width, 3), np.float32)
    base[..., 0] = np.linspace(0.5 - new_width * 0.5, new_width * 0.5 - 0.5, new_width, dtype=np.float32)
    base[..., 1] = np.linspace(0.5 - new_height * 0.5, new_height * 0.5 - 0.5, new_height, dtype=np.float32)[:, None]
    base[..., 2] = 1
    theta = np.array(matrix, np.float32).reshape(2, 3).T / np.array([0.5 * width, 0.5 * height], np.float32)
    return ag.from_numpy((base.reshape(-1, 3) @ theta).reshape(1, new_height, new_width, 2))


def _read_at(img: ag.Tensor, places: ag.Tensor, mode: str, fill: Any) -> ag.Tensor:
    """The image read at ``places``; beside it ``fill``."""
    shape = tuple(img.shape)
    channels = shape[-3] if len(shape) > 2 else 1
    values = img if img.is_floating_point() else img.to(ag.float32)
    values = values.reshape(-1, channels, *shape[-2:])
    count = int(values.shape[0])
    places = places.to(values.dtype).expand(count, *places.shape[1:])
    if fill is not None:
        values = ag.cat([values, ag.ones(count, 1, *shape[-2:], dtype=values.dtype)], 1)
    result: ag.Tensor = grid_sample(values, places, mode, "zeros", False)
    if fill is not None:
        mask, result = result[:, -1:], result[:, :-1]
        paint = _fill_values(fill, channels, result.dtype)
        result = ag.where(mask < 0.5, paint, result) if mode == "nearest" else result * mask + (1.0 - mask) * paint
    result = result.reshape(*shape[:-2], *result.shape[-2:])
    return result if img.is_floating_point() else result.round().to(img.dtype)


def _fill_values(fill: Any, channels: int, dtype: Any) -> ag.Tensor:
    values = list(fill) if isinstance(fill, tuple | list) else [fill]
    if len(values) not in (1, channels):
        raise ValueError(f"fill must be one number or {channels}, one for each channel, got {fill!r}")
    return ag.tensor([float(value) for value in values], dtype=dtype).reshape(1, -1, 1, 1)
