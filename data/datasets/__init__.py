"""Datasets under torchvision's names, and small real ones beside them, which come with the package and need no network."""

from __future__ import annotations

from .cifar import CIFAR10, CIFAR100
from .folder import DatasetFolder, ImageFolder
from .graphs import Citeseer, Cora, Graph, Karate
from .idx import read_idx
from .mnist import KMNIST, MNIST, FashionMNIST
from .tables import BreastCancer, Diabetes, Digits, Iris, Letters, Spambase, Table, Wine, time_series
from .text import BPTT, EnglishFrench, MovieReviews, Names, TinyShakespeare, TokenWindows, Vocabulary
from .toys import make_circles, make_gauss, make_moons, make_spiral, make_xor
from .vision import StandardTransform, VisionDataset

__all__ = [
    "BPTT",
    "CIFAR10",
    "CIFAR100",
    "KMNIST",
    "MNIST",
    "BreastCancer",
    "Citeseer",
    "Cora",
    "DatasetFolder",
    "Diabetes",
    "Digits",
    "EnglishFrench",
    "FashionMNIST",
    "Graph",
    "ImageFolder",
    "Iris",
    "Karate",
    "Letters",
    "MovieReviews",
    "Names",
    "Spambase",
    "StandardTransform",
    "Table",
    "TinyShakespeare",
    "TokenWindows",
    "VisionDataset",
    "Vocabulary",
    "Wine",
    "make_circles",
    "make_gauss",
    "make_moons",
    "make_spiral",
    "make_xor",
    "read_idx",
    "time_series",
]
