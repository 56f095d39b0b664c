"""Image transforms under torchvision's names: classes here, the same as functions in ``functional``."""

from __future__ import annotations

from . import functional
from .composition import Compose, Lambda, RandomApply, RandomChoice, RandomOrder
from .conversion import ConvertImageDtype, Grayscale, Normalize, PILToTensor, RandomErasing, ToPILImage, ToTensor
from .geometry import InterpolationMode
from .moves import CenterCrop, Pad, RandomCrop, RandomHorizontalFlip, RandomRotation, RandomVerticalFlip, Resize

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "Grayscale",
    "InterpolationMode",
    "Lambda",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandomApply",
    "RandomChoice",
    "RandomCrop",
    "RandomErasing",
    "RandomHorizontalFlip",
    "RandomOrder",
    "RandomRotation",
    "RandomVerticalFlip",
    "Resize",
    "ToPILImage",
    "ToTensor",
    "functional",
]
