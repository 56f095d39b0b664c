"""Image transforms under torchvision's names: classes here, the same as functions in ``functional``."""

from __future__ import annotations

from . import functional
from .composition import Compose, Lambda, RandomApply, RandomChoice, RandomOrder
from .conversion import (
    ConvertImageDtype,
    GaussianNoise,
    Grayscale,
    Normalize,
    PILToTensor,
    RandomErasing,
    RandomGrayscale,
    ToPILImage,
    ToTensor,
)
from .geometry import InterpolationMode
from .jitter import ColorJitter
from .moves import CenterCrop, Pad, RandomCrop, RandomHorizontalFlip, RandomResizedCrop, RandomRotation, RandomVerticalFlip, Resize

__all__ = [
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "ConvertImageDtype",
    "GaussianNoise",
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
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomOrder",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomVerticalFlip",
    "Resize",
    "ToPILImage",
    "ToTensor",
    "functional",
]
