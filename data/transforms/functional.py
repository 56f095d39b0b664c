"""Transforms as functions, on PIL images and on tensors (..., H, W), with the semantics of torchvision.transforms.functional."""

from __future__ import annotations

from .colour import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from .geometry import (
    InterpolationMode,
    center_crop,
    crop,
    get_dimensions,
    get_image_size,
    hflip,
    pad,
    resize,
    resized_crop,
    vflip,
)
from .pixels import (
    convert_image_dtype,
    erase,
    gaussian_noise,
    normalize,
    pil_to_tensor,
    rgb_to_grayscale,
    to_grayscale,
    to_pil_image,
    to_tensor,
)
from .turning import rotate

__all__ = [
    "InterpolationMode",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_hue",
    "adjust_saturation",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "erase",
    "gaussian_noise",
    "get_dimensions",
    "get_image_size",
    "hflip",
    "normalize",
    "pad",
    "pil_to_tensor",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rotate",
    "to_grayscale",
    "to_pil_image",
    "to_tensor",
    "vflip",
]
