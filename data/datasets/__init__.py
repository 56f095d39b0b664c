"""Datasets under torchvision's names. MNIST comes with the package and needs no network."""

from __future__ import annotations

from .idx import read_idx
from .mnist import KMNIST, MNIST, FashionMNIST
from .vision import StandardTransform, VisionDataset

__all__ = ["KMNIST", "MNIST", "FashionMNIST", "StandardTransform", "VisionDataset", "read_idx"]
