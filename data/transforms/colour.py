"""Brightness, contrast, saturation and hue of PIL images and of tensors (..., 1 or 3, H, W), with torchvision's arithmetic.

Pillow is imported when it is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from .geometry import get_dimensions, is_pil
from .pixels import convert_image_dtype, rgb_to_grayscale


def _channels(img: Any, name: str) -> int:
    channels = get_dimensions(img)[0]
    if img.dim() < 3 or channels not in (1, 3):
        raise TypeError(f"{name} takes a PIL image or a tensor (..., 1 or 3, H, W), got shape {tuple(img.shape)}")
    return channels


def _strength(name: str, factor: float) -> None:
    if factor < 0:
        raise ValueError(f"{name}: the factor must not be negative, got {factor}")


def _enhanced(img: Any, kind: str, factor: float) -> Any:
    from PIL import ImageEnhance

    return getattr(ImageEnhance, kind)(img).enhance(factor)


def _blend(one: ag.Tensor, other: ag.Tensor, ratio: float) -> ag.Tensor:
    """ratio · one + (1 − ratio) · other, kept within what the type of ``one`` shows."""
    bound = 1.0 if one.is_floating_point() else float(np.iinfo(one.array.dtype).max)
    return (one * float(ratio) + other * (1.0 - float(ratio))).clamp(0, bound).to(one.dtype)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """0 gives black, 1 the image itself, 2 twice its brightness."""
    _strength("adjust_brightness", brightness_factor)
    if is_pil(img):
        return _enhanced(img, "Brightness", brightness_factor)
    _channels(img, "adjust_brightness")
    return _blend(img, ag.zeros_like(img), brightness_factor)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """0 gives gray of the mean luma, 1 the image itself, 2 twice its contrast."""
    _strength("adjust_contrast", contrast_factor)
    if is_pil(img):
        return _enhanced(img, "Contrast", contrast_factor)
    gray = rgb_to_grayscale(img) if _channels(img, "adjust_contrast") == 3 else img
    values = gray if img.is_floating_point() else gray.to(ag.float32)
    return _blend(img, values.mean((-3, -2, -1), keepdim=True), contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """0 gives gray, 1 the image itself, 2 twice its saturation."""
    _strength("adjust_saturation", saturation_factor)
    if is_pil(img):
        return _enhanced(img, "Color", saturation_factor)
    if _channels(img, "adjust_saturation") == 1:
        return img
    return _blend(img, rgb_to_grayscale(img), saturation_factor)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Turn the circle of hues by ``hue_factor`` of it: ±0.5 gives the complementary colours, 0 the image itself.

    Raises:
        ValueError: a factor outside [−0.5, 0.5].
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"adjust_hue: the factor must be in [-0.5, 0.5], got {hue_factor}")
    if is_pil(img):
        return _turn_pil(img, hue_factor)
    if _channels(img, "adjust_hue") == 1:
        return img
    values = convert_image_dtype(img, ag.float32) if not img.is_floating_point() else img
    turned = ag.from_numpy(_turned(values.detach().numpy(), hue_factor))
    return convert_image_dtype(turned, img.dtype) if not img.is_floating_point() else turned


def _turn_pil(img: Any, factor: float) -> Any:
    from PIL import Image

    if img.mode in ("L", "1", "I", "F"):
        return img
    hue, saturation, value = img.convert("HSV").split()
    turned = np.array(hue, np.uint8) + np.array(int(factor * 255) % 256, np.uint8)
    return Image.merge("HSV", (Image.fromarray(turned), saturation, value)).convert(img.mode)


def _turned(rgb: np.ndarray, factor: float) -> np.ndarray:
    """(..., 3, H, W) in 0..1 through hue, saturation, value (Smith 1978, "Color gamut transform pairs") and back."""
    r, g, b = (rgb[..., i, :, :] for i in range(3))
    high, low = rgb.max(-3), rgb.min(-3)
    gray = high == low
    spread = high - low
    one = np.ones((), rgb.dtype)
    s = spread / np.where(gray, one, high)
    divisor = np.where(gray, one, spread)
    rc, gc, bc = ((high - channel) / divisor for channel in (r, g, b))
    h = (high == r) * (bc - gc) + ((high == g) & (high != r)) * (2 + rc - bc) + ((high != g) & (high != r)) * (4 + gc - rc)
    h = np.fmod(h / 6 + 1, 1)
    h = np.mod(h + h.dtype.type(factor), 1)
    sector = np.floor(h * 6)
    f = h * 6 - sector
    p, q, t = (np.clip(high * (1 - s * part), 0, 1) for part in (one, f, 1 - f))
    rows = [(high, q, p, p, t, high), (t, high, high, q, p, p), (p, p, t, high, high, q)]
    which = sector.astype(np.int32) % 6
    return np.stack([np.choose(which, row) for row in rows], -3).astype(rgb.dtype)
