"""Whole batches through a transform at once, for the transforms where that gives the same bits as one image after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd_core as ag

from .composition import Compose
from .conversion import Normalize, ToTensor
from .geometry import borders
from .moves import RandomCrop, RandomHorizontalFlip, RandomVerticalFlip, random_place
from .pixels import channel_constants, scale_bytes

BatchTransform = Callable[[np.ndarray], "np.ndarray | None"]


def _flat(transform: Any) -> list[Any]:
    if type(transform) is Compose:
        return [step for part in transform.transforms for step in _flat(part)]
    return [transform]


class _Crop:
    """RandomCrop of bytes (N, H, W, ...), its padding zeros."""

    def __init__(self, step: RandomCrop) -> None:
        self.height, self.width = step.size
        self.left, self.top, self.right, self.bottom = borders(0 if step.padding is None else step.padding)

    @staticmethod
    def speaks_for(step: Any) -> bool:
        plain = step.fill == 0 and step.padding_mode == "constant" and not step.pad_if_needed
        return plain and (step.padding is None or min(borders(step.padding)) >= 0)

    def size(self, height: int, width: int) -> tuple[int, int] | None:
        """(height, width) of what comes out, None where the window does not fit."""
        self.down = height + self.top + self.bottom - self.height
        self.aside = width + self.left + self.right - self.width
        return None if min(self.down, self.aside) < 0 else (self.height, self.width)

    def draw(self) -> Any:
        return random_place(self.down, self.aside)

    def apply(self, images: np.ndarray, places: Sequence[tuple[int, int]]) -> np.ndarray:
        count, height, width = images.shape[:3]
        padded = np.zeros((count, height + self.top + self.bottom, width + self.left + self.right, *images.shape[3:]), np.uint8)
        padded[:, self.top : self.top + height, self.left : self.left + width] = images
        out = np.empty((count, self.height, self.width, *images.shape[3:]), np.uint8)
        for i, (top, left) in enumerate(places):
            out[i] = padded[i, top : top + self.height, left : left + self.width]
        return out


class _Flip:
    """A random flip of bytes (N, H, W, ...) along one of its axes."""

    def __init__(self, step: RandomHorizontalFlip | RandomVerticalFlip) -> None:
        self.p = step.p
        self.axis = 2 if type(step) is RandomHorizontalFlip else 1

    def size(self, height: int, width: int) -> tuple[int, int]:
        return height, width

    def draw(self) -> bool:
        return bool(ag.rand(1).item() < self.p)

    def apply(self, images: np.ndarray, chosen: Sequence[bool]) -> np.ndarray:
        rows = np.flatnonzero(chosen)
        images[rows] = np.flip(images[rows], self.axis)
        return images


def _mover(step: Any) -> _Crop | _Flip | None:
    if type(step) is RandomCrop and _Crop.speaks_for(step):
        return _Crop(step)
    return _Flip(step) if type(step) in (RandomHorizontalFlip, RandomVerticalFlip) else None


def _moved(images: np.ndarray, movers: Sequence[_Crop | _Flip]) -> np.ndarray | None:
    """The images after the random moves, drawn image by image as they would be one by one; None, without a draw, where one fails."""
    size: tuple[int, int] | None = images.shape[1:3]
    for mover in movers:
        size = mover.size(*size)  # type: ignore[misc]
        if size is None:
            return None
    draws = [[mover.draw() for mover in movers] for _ in images]
    for mover, column in zip(movers, zip(*draws, strict=True), strict=False):
        images = mover.apply(images, column)
    return images


def batched(transform: Any, channels: int = 1) -> BatchTransform | None:
    """A function from images (N, H, W) or (N, H, W, C) of uint8 to the tensors' values (N, C, H, W), or None where it cannot be.

    It speaks for RandomCrop with zeros around and random flips, then ToTensor, then any number of Normalize, in any nesting of
    Compose. Subclasses may do anything and are refused. Bytes are only moved, and each later step is one elementwise NumPy operation
    in the same type as on a single image, hence the same bits. It may write into the images it is given.
    """
    steps = _flat(transform)
    begin = next((i for i, step in enumerate(steps) if type(step) is ToTensor), len(steps))
    movers = [mover for mover in map(_mover, steps[:begin]) if mover is not None]
    if begin == len(steps) or len(movers) < begin or any(type(step) is not Normalize for step in steps[begin + 1 :]):
        return None
    probe = np.empty((channels, 1, 1), dtype=np.dtype(ag.get_default_dtype()))
    try:
        constants = [channel_constants(step.mean, step.std, probe) for step in steps[begin + 1 :]]
    except Exception:  # the error belongs to the single image, where its message says which transform it was
        return None
    if any(values.size not in (1, channels) for both in constants for values in both):
        return None

    def apply(images: np.ndarray) -> np.ndarray | None:
        moved = _moved(images, movers) if movers else images
        if moved is None:
            return None
        values = scale_bytes(moved[:, None] if moved.ndim == 3 else np.ascontiguousarray(moved.transpose(0, 3, 1, 2)))
        for shift, scale in constants:
            values -= shift
            values /= scale
        return values

    return apply
