"""Colours changed at random. Random draws come from autograd_core in torchvision's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd_core as ag

from . import functional as F

Range = tuple[float, float]


class ColorJitter:
    """Brightness, contrast, saturation and hue changed at random, in a random order.

    One number x stands for the range [max(0, 1 − x), 1 + x] of factors, for the hue for [−x, x]; a pair is the range itself.

    Raises:
        ValueError: a negative number, or a range out of bounds.
        TypeError: neither number nor pair.
    """

    def __init__(
        self,
        brightness: float | Sequence[float] = 0,
        contrast: float | Sequence[float] = 0,
        saturation: float | Sequence[float] = 0,
        hue: float | Sequence[float] = 0,
    ) -> None:
        self.brightness = _range("brightness", brightness)
        self.contrast = _range("contrast", contrast)
        self.saturation = _range("saturation", saturation)
        self.hue = _range("hue", hue, 0.0, (-0.5, 0.5))

    @staticmethod
    def get_params(
        brightness: Range | None, contrast: Range | None, saturation: Range | None, hue: Range | None
    ) -> tuple[ag.Tensor, float | None, float | None, float | None, float | None]:
        """A random order of the four changes, then their factors; None where there is no range."""
        order = ag.randperm(4)
        b, c, s, h = (None if r is None else float(ag.empty(1).uniform_(*r).item()) for r in (brightness, contrast, saturation, hue))
        return order, b, c, s, h

    def __call__(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for i in order.tolist():
            if factors[i] is not None:
                img = changes[i](img, factors[i])
        return img

    def __repr__(self) -> str:
        parts = f"brightness={self.brightness}, contrast={self.contrast}, saturation={self.saturation}, hue={self.hue}"
        return f"{type(self).__name__}({parts})"


def _range(name: str, value: Any, center: float = 1.0, bound: Range = (0.0, float("inf"))) -> Range | None:
    if isinstance(value, int | float):
        if value < 0:
            raise ValueError(f"ColorJitter: {name} as one number must not be negative, got {value}")
        low, high = center - value, center + value
        if center == 1.0:
            low = max(low, 0.0)
    elif isinstance(value, tuple | list) and len(value) == 2:
        low, high = float(value[0]), float(value[1])
    else:
        raise TypeError(f"ColorJitter: {name} must be a number or a pair (low, high), got {value!r}")
    if not bound[0] <= low <= high <= bound[1]:
        raise ValueError(f"ColorJitter: {name} must lie within {bound}, low before high, got {(low, high)}")
    return None if low == high == center else (low, high)
