"""Transforms that move pixels: resize, crop, pad, flip, rotate. Random draws come from autograd_core in torchvision's order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd_core as ag

from . import functional as F
from .geometry import PADDING_MODES, InterpolationMode, as_mode, borders, pair


class Resize:
    """Another size: one number sets the shorter side (the longer bounded by ``max_size``), two set (height, width)."""

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        if not isinstance(size, int | tuple | list):
            raise TypeError(f"Resize: size must be a number or (height, width), got {size!r}")
        if not isinstance(size, int) and len(size) not in (1, 2):
            raise ValueError(f"Resize: size must be a number or (height, width), got {size!r}")
        self.size = size
        self.max_size = max_size
        self.interpolation = as_mode(interpolation)
        self.antialias = antialias

    def __call__(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        details = f"interpolation={self.interpolation.value}, max_size={self.max_size}, antialias={self.antialias}"
        return f"{type(self).__name__}(size={self.size}, {details})"


class CenterCrop:
    """The middle of the image, padded with zeros where the image is smaller."""

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = pair(size)

    def __call__(self, img: Any) -> Any:
        return F.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class Pad:
    """Pixels around the image: ``constant`` (``fill``), ``edge``, ``reflect`` or ``symmetric``."""

    def __init__(self, padding: int | Sequence[int], fill: Any = 0, padding_mode: str = "constant") -> None:
        borders(padding)
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"Pad: padding_mode must be one of {PADDING_MODES}, got {padding_mode!r}")
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def __call__(self, img: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


def random_place(down: int, right: int) -> tuple[int, int]:
    """(top, left) of a window that can move so far. Draws nothing when it cannot move at all."""
    if down == right == 0:
        return 0, 0
    top = int(ag.randint(0, down + 1, (1,)).item())
    return top, int(ag.randint(0, right + 1, (1,)).item())


class RandomCrop:
    """A window at a random place, after optional padding; ``pad_if_needed`` grows images that are too small.

    Raises:
        ValueError: on call, an image smaller than the window.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.size = pair(size)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Any, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """(top, left, height, width) of a random window. Draws nothing when the image has just that size."""
        _, height, width = F.get_dimensions(img)
        h, w = output_size
        if height < h or width < w:
            raise ValueError(f"RandomCrop: a window of {(h, w)} does not fit an image of {(height, width)}; use pad_if_needed=True")
        return *random_place(height - h, width - w), h, w

    def __call__(self, img: Any) -> Any:
        if self.padding is not None:
            img = F.pad(img, self.padding, self.fill, self.padding_mode)
        if self.pad_if_needed:
            _, height, width = F.get_dimensions(img)
            if width < self.size[1]:
                img = F.pad(img, [self.size[1] - width, 0], self.fill, self.padding_mode)
            if height < self.size[0]:
                img = F.pad(img, [0, self.size[0] - height], self.fill, self.padding_mode)
        return F.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


class RandomResizedCrop:
    """A random window of random area and shape, resized to ``size``.

    ``scale`` bounds the window's part of the area, ``ratio`` its width over height. After ten windows that do not fit it is the
    middle one of the nearest allowed shape. Source: Szegedy et al. 2014, arXiv:1409.4842, section 6.

    Raises:
        TypeError: ``scale`` or ``ratio`` no sequence.
        ValueError: a pair that is none, or not in order.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        for name, bounds in (("scale", scale), ("ratio", ratio)):
            if not isinstance(bounds, tuple | list):
                raise TypeError(f"RandomResizedCrop: {name} must be a pair (low, high), got {bounds!r}")
            if len(bounds) != 2 or bounds[0] > bounds[1] or bounds[0] < 0:
                raise ValueError(f"RandomResizedCrop: {name} must be a pair (low, high), got {bounds!r}")
        self.size = pair(size)
        self.scale = scale
        self.ratio = ratio
        self.interpolation = as_mode(interpolation)
        self.antialias = antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """(top, left, height, width) of a random window."""
        _, height, width = F.get_dimensions(img)
        low, high = ag.log(ag.tensor([float(bound) for bound in ratio])).tolist()
        for _ in range(10):
            area = height * width * ag.empty(1).uniform_(scale[0], scale[1]).item()
            aspect = ag.exp(ag.empty(1).uniform_(low, high)).item()
            w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < w <= width and 0 < h <= height:
                top = int(ag.randint(0, height - h + 1, (1,)).item())
                return top, int(ag.randint(0, width - w + 1, (1,)).item()), h, w
        shape = width / height
        h, w = height, width
        if shape < min(ratio):
            h = round(width / min(ratio))
        elif shape > max(ratio):
            w = round(height * max(ratio))
        return (height - h) // 2, (width - w) // 2, h, w

    def __call__(self, img: Any) -> Any:
        top, left, height, width = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, top, left, height, width, self.size, self.interpolation, self.antialias)

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(bound, 4) for bound in bounds) for bounds in (self.scale, self.ratio))
        details = f"scale={scale}, ratio={ratio}, interpolation={self.interpolation.value}, antialias={self.antialias}"
        return f"{type(self).__name__}(size={self.size}, {details})"


class RandomHorizontalFlip:
    """Mirrored left to right with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        return F.hflip(img) if ag.rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomVerticalFlip:
    """Mirrored top to bottom with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        return F.vflip(img) if ag.rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomRotation:
    """An image turned by a random angle from ``(-degrees, degrees)``, or from the two given.

    Raises:
        ValueError: a negative number, or a sequence that is not a pair.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Any = 0,
    ) -> None:
        if isinstance(degrees, int | float):
            if degrees < 0:
                raise ValueError(f"RandomRotation: one number must not be negative, got {degrees}")
            degrees = (-degrees, degrees)
        if len(degrees) != 2:
            raise ValueError(f"RandomRotation: degrees must be a number or (low, high), got {degrees!r}")
        self.degrees = [float(d) for d in degrees]
        self.interpolation = as_mode(interpolation)
        self.expand = expand
        self.center = center
        self.fill = fill

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """A random angle between the two."""
        return float(ag.empty(1).uniform_(float(degrees[0]), float(degrees[1])).item())

    def __call__(self, img: Any) -> Any:
        fill = self.fill
        if isinstance(img, ag.Tensor) and isinstance(fill, int | float):
            fill = [float(fill)] * F.get_dimensions(img)[0]
        return F.rotate(img, self.get_params(self.degrees), self.interpolation, self.expand, self.center, fill)

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        details = f"interpolation={self.interpolation.value}, expand={self.expand}{center}, fill={self.fill}"
        return f"{type(self).__name__}(degrees={self.degrees}, {details})"
