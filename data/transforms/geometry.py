"""Functions that move pixels: resize, crop, pad, flip; on PIL images and on tensors (..., H, W).

On tensors they are indexing and matrix products, so gradients flow through them. Pillow is imported when it is needed.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np

import autograd_core as ag

PADDING_MODES = ("constant", "edge", "reflect", "symmetric")


class InterpolationMode(Enum):
    """How values between pixels are made; the values are torchvision's names."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


PIL_FILTERS = {"nearest": 0, "nearest-exact": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}


def as_mode(interpolation: InterpolationMode | int) -> InterpolationMode:
    """The mode itself, also for Pillow's number of it. ValueError for anything else."""
    if isinstance(interpolation, InterpolationMode):
        return interpolation
    for name, number in PIL_FILTERS.items():
        if not isinstance(interpolation, bool) and interpolation == number:
            return InterpolationMode(name)
    raise ValueError(f"interpolation must be one of {list(InterpolationMode)} or Pillow's number for it, got {interpolation!r}")


def is_pil(img: Any) -> bool:
    """Whether ``img`` is a PIL image; does not import Pillow."""
    return any(cls.__module__ == "PIL.Image" and cls.__name__ == "Image" for cls in type(img).__mro__)


def get_dimensions(img: Any) -> list[int]:
    """[channels, height, width] of a PIL image, or of a tensor (..., H, W).

    Raises:
        TypeError: neither, or a tensor with fewer than two dimensions.
    """
    if is_pil(img):
        return [len(img.getbands()), img.size[1], img.size[0]]
    if not isinstance(img, ag.Tensor):
        raise TypeError(f"expected a PIL image or a tensor, got {type(img)}")
    if img.dim() < 2:
        raise TypeError(f"expected an image (..., H, W), got a tensor of shape {tuple(img.shape)}")
    return [1 if img.dim() == 2 else int(img.shape[-3]), int(img.shape[-2]), int(img.shape[-1])]


def get_image_size(img: Any) -> list[int]:
    """[width, height]."""
    return get_dimensions(img)[:0:-1]


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """The window of that corner and size; what lies outside the image is zero."""
    if is_pil(img):
        return img.crop((left, top, left + width, top + height))
    _, h, w = get_dimensions(img)
    right, bottom = left + width, top + height
    if left < 0 or top < 0 or right > w or bottom > h:
        inside = img[..., min(max(top, 0), h) : max(bottom, 0), min(max(left, 0), w) : max(right, 0)]
        outside = [max(min(right, 0) - left, 0), max(min(bottom, 0) - top, 0), max(right - max(w, left), 0), max(bottom - max(h, top), 0)]
        return pad(inside, outside)
    return img[..., top:bottom, left:right]


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """The middle of that (height, width); an image that is smaller is first padded with zeros."""
    crop_h, crop_w = pair(output_size, "output_size")
    _, h, w = get_dimensions(img)
    if crop_w > w or crop_h > h:
        extra_w, extra_h = max(crop_w - w, 0), max(crop_h - h, 0)
        img = pad(img, [extra_w // 2, extra_h // 2, (extra_w + 1) // 2, (extra_h + 1) // 2])
        _, h, w = get_dimensions(img)
        if (crop_w, crop_h) == (w, h):
            return img
    return crop(img, round((h - crop_h) / 2.0), round((w - crop_w) / 2.0), crop_h, crop_w)


def pair(size: Any, name: str = "size") -> tuple[int, int]:
    """(height, width) from one number, (n,) or (height, width). ValueError for any other length."""
    if isinstance(size, numbers.Number):
        return int(size), int(size)  # type: ignore[call-overload]
    values = tuple(size)
    if len(values) not in (1, 2):
        raise ValueError(f"{name} must be a number or (height, width), got {size!r}")
    return int(values[0]), int(values[-1])


def borders(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) from one number, (n,), (horizontal, vertical) or all four.

    Raises:
        TypeError: not numbers.
        ValueError: another number of them.
    """
    values: list[Any] = [padding] if isinstance(padding, numbers.Number) else padding
    if not isinstance(values, tuple | list):
        raise TypeError(f"padding must be a number, a tuple or a list, got {padding!r}")
    if len(values) not in (1, 2, 4):
        raise ValueError(f"padding takes 1, 2 (horizontal, vertical) or 4 (left, top, right, bottom) numbers, got {padding!r}")
    left, top, right, bottom = (int(v) for v in list(values) * (4 // len(values)))
    return left, top, right, bottom


def pad(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """Put ``padding`` pixels around; negative numbers cut off. ``reflect`` mirrors without the edge pixel, ``symmetric`` with it.

    Raises:
        ValueError: unknown ``padding_mode``, or more reflection than there is image.
    """
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"padding_mode must be one of {PADDING_MODES}, got {padding_mode!r}")
    sides = borders(padding)
    get_dimensions(img)
    if is_pil(img):
        return _pad_pil(img, sides, fill, padding_mode)
    return _pad_tensor(img, sides, fill, padding_mode)


def _pad_pil(img: Any, sides: tuple[int, int, int, int], fill: Any, mode: str) -> Any:
    from PIL import Image, ImageOps

    if mode == "constant":
        channels = len(img.getbands())
        if isinstance(fill, int | float) and channels > 1:
            fill = (int(fill),) * channels
        padded = ImageOps.expand(img, border=sides, fill=fill if fill is not None else 0)
        if img.mode == "P":
            padded.putpalette(img.getpalette())
        return padded
    array = np.asarray(img)
    rows, columns = (_source_index(size, before, after, mode) for size, before, after in _edges(array.shape[0], array.shape[1], sides))
    picked = np.ascontiguousarray(array[rows][:, columns])
    if img.mode != "P":
        return Image.fromarray(picked)
    result = Image.frombytes("P", picked.shape[::-1], picked.tobytes())
    result.putpalette(img.getpalette())
    return result


def _edges(height: int, width: int, sides: tuple[int, int, int, int]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    left, top, right, bottom = sides
    return (height, top, bottom), (width, left, right)


def _source_index(size: int, before: int, after: int, mode: str) -> np.ndarray:
    """Which source pixel each padded position shows."""
    kept = np.arange(size)[max(-before, 0) : size - max(-after, 0)]
    grown = (max(before, 0), max(after, 0))
    if mode == "reflect" and max(grown) >= max(kept.size, 1):
        raise ValueError(f"reflect padding of {max(grown)} needs more pixels than the {kept.size} there are; use symmetric or edge")
    return np.pad(kept, grown, mode=mode)  # type: ignore[call-overload, no-any-return]


def _pad_tensor(img: ag.Tensor, sides: tuple[int, int, int, int], fill: Any, mode: str) -> ag.Tensor:
    _, height, width = get_dimensions(img)
    vertical, horizontal = _edges(height, width, sides)
    if mode != "constant":
        rows, columns = (ag.from_numpy(_source_index(*edge, mode)) for edge in (vertical, horizontal))
        return img[..., rows, :][..., columns]
    if isinstance(fill, tuple | list):
        if len(fill) != 1:
            raise ValueError(f"a tensor is padded with one number, got fill={fill!r}")
        fill = fill[0]
    left, top, right, bottom = sides
    inner = img[..., max(-top, 0) : height - max(-bottom, 0), max(-left, 0) : width - max(-right, 0)]
    h, w = int(inner.shape[-2]), int(inner.shape[-1])
    above, before = max(top, 0), max(left, 0)
    shape = (*tuple(img.shape)[:-2], above + h + max(bottom, 0), before + w + max(right, 0))
    result = ag.full(shape, fill or 0, dtype=img.dtype)
    result[..., above : above + h, before : before + w] = inner
    return result


def hflip(img: Any) -> Any:
    """Mirrored left to right."""
    if is_pil(img):
        return img.transpose(0)  # FLIP_LEFT_RIGHT
    width = get_dimensions(img)[2]
    return img[..., ag.from_numpy(np.arange(width - 1, -1, -1))]


def vflip(img: Any) -> Any:
    """Mirrored top to bottom."""
    if is_pil(img):
        return img.transpose(1)  # FLIP_TOP_BOTTOM
    height = get_dimensions(img)[1]
    return img[..., ag.from_numpy(np.arange(height - 1, -1, -1)), :]


def resized_shape(height: int, width: int, size: Any, max_size: int | None = None) -> tuple[int, int]:
    """(height, width) that ``resize`` gives: one number sets the shorter side, two set both; ``max_size`` bounds the longer."""
    values: list[Any] = [size] if isinstance(size, numbers.Number) else list(size)
    if len(values) == 2:
        if max_size is not None:
            raise ValueError(f"max_size bounds the longer side when size is one number, got size={size!r}")
        return int(values[0]), int(values[1])
    if len(values) != 1:
        raise ValueError(f"size must be a number or (height, width), got {size!r}")
    short, long = min(height, width), max(height, width)
    new_short, new_long = int(values[0]), int(values[0] * long / short)
    if max_size is not None:
        if max_size <= new_short:
            raise ValueError(f"max_size={max_size} must be larger than size={size}")
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if width <= height else (new_short, new_long)


def resize(
    img: Any,
    size: Any,
    interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """An image of another size. On tensors rows and columns are two matrix products with the filter's weights; integers are rounded.

    Raises:
        TypeError: neither image nor tensor, or a ``size`` that is no number or sequence.
        ValueError: a ``size`` of more than two numbers, or a filter that only PIL images have.
    """
    if not isinstance(size, numbers.Number | tuple | list):
        raise TypeError(f"size must be a number or (height, width), got {size!r}")
    mode = as_mode(interpolation)
    _, h, w = get_dimensions(img)
    new_h, new_w = resized_shape(h, w, size, max_size)
    if (new_h, new_w) == (h, w):
        return img
    if is_pil(img):
        return img.resize((new_w, new_h), PIL_FILTERS[mode.value])
    return _resize_tensor(img, (h, w), (new_h, new_w), mode.value, bool(antialias))


def _resize_tensor(img: ag.Tensor, old: tuple[int, int], new: tuple[int, int], mode: str, antialias: bool) -> ag.Tensor:
    if mode.startswith("nearest"):
        offset = 0.5 if mode == "nearest-exact" else 0.0
        rows, columns = (np.minimum(((np.arange(n) + offset) * (o / n)).astype(np.int64), o - 1) for o, n in zip(old, new, strict=True))
        return img[..., ag.from_numpy(rows), :][..., ag.from_numpy(columns)]
    if mode not in ("bilinear", "bicubic"):
        raise ValueError(f"tensors are resized by nearest, nearest-exact, bilinear or bicubic, got {mode}; use a PIL image")
    whole = not img.is_floating_point()
    values = img.to(ag.float32) if whole else img
    weights = [_resize_weights(o, n, mode, antialias).astype(values.array.dtype) for o, n in zip(old, new, strict=True)]
    result = ag.from_numpy(weights[0]) @ (values @ ag.from_numpy(np.ascontiguousarray(weights[1].T)))
    if not whole:
        return result
    limits = np.iinfo(img.array.dtype)
    return result.round().clamp(limits.min, limits.max).to(img.dtype)


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: Any,
    interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """``crop`` and then ``resize``."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


@lru_cache(maxsize=32)
def _resize_weights(old: int, new: int, mode: str, antialias: bool) -> np.ndarray:
    """(new, old) matrix: row i holds the weights with which output i sums the inputs.

    With ``antialias`` the filter is stretched by the scale when shrinking, as Pillow does (its resampling, "ImagingResample").
    """
    scale = old / new
    stretch = max(scale, 1.0) if antialias else 1.0
    radius = (1.0 if mode == "bilinear" else 2.0) * stretch
    weights = np.zeros((new, old))
    for i in range(new):
        middle = (i + 0.5) * scale
        first, last = math.floor(middle - radius + 0.5), math.floor(middle + radius + 0.5)
        if antialias:
            first, last = max(first, 0), min(last, old)
        sources = np.arange(first, last)
        row = _filter((sources + 0.5 - middle) / stretch, mode, -0.5 if antialias else -0.75)
        np.add.at(weights[i], np.clip(sources, 0, old - 1), row / row.sum())
    return weights


def _filter(x: np.ndarray, mode: str, a: float) -> np.ndarray:
    """The triangle, or Keys' cubic convolution with parameter a (Keys 1981, "Cubic convolution interpolation", eq. 15)."""
    x = np.abs(x)
    if mode == "bilinear":
        return np.maximum(1.0 - x, 0.0)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))
