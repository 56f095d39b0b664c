"""MNIST and datasets of the same form. The digits come from IDX files under the root, else from the copy inside the package."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag

from ..dataset import plain_indices
from ..transforms.batched import batched
from .download import DownloadError, fetch, unpack
from .idx import read_idx
from .packaged import arrays, say_once
from .vision import Transform, VisionDataset


class MNIST(VisionDataset):
    """Handwritten digits: 60,000 to train on and 10,000 to test, 28 × 28 bytes each.

    Sample i is (PIL image or ``transform(image)``, int or ``target_transform(int)``); ``data`` is (N, 28, 28) uint8 and
    ``targets`` (N,) int64. The digits are read from the IDX files in ``root/MNIST/raw`` (as torchvision lays them,
    gzipped or not) where they exist, else from the same 70,000 digits inside the package. With random crops
    and flips, ``ToTensor`` and ``Normalize`` a loader reads whole batches at once, to the same bits.

    Args:
        root: folder for the IDX files; it need not exist.
        train: the training or the test digits.
        transform: from PIL image to what a sample should hold.
        target_transform: the same for the label.
        download: fetch the official files into ``root`` unless they are there; when that fails the packaged digits are
            used, with a warning.

    Raises:
        ValueError: damaged IDX files.
        RuntimeError: no digits found, or a failed download where the package holds no copy.

    Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
    """

    mirrors: Sequence[str] = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")
    resources: Sequence[tuple[str, str]] = (
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    )
    classes: Sequence[str] = [
        f"{digit} - {name}" for digit, name in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
    ]
    packaged: str | None = "mnist_70k.npz"
    packaged_part: str | None = None  # what the packaged file holds where that is less than everything

    data: ag.Tensor
    targets: ag.Tensor

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self._download_or_fall_back()
        images, labels = self._load()
        self.data = ag.from_numpy(images)
        self.targets = ag.from_numpy(labels.astype(np.int64))

    @property
    def raw_folder(self) -> str:
        """Where the IDX files lie: ``root/MNIST/raw``."""
        return os.path.join(self.root or "", type(self).__name__, "raw")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """From class name to label."""
        return {name: i for i, name in enumerate(self.classes)}

    def _idx_file(self, stem: str) -> Path | None:
        plain = Path(self.raw_folder) / stem
        return next((path for path in (plain, plain.with_name(stem + ".gz")) if path.is_file()), None)

    def _load(self) -> tuple[np.ndarray, np.ndarray]:
        """Images and labels of this split, from the first source that has them."""
        prefix = "train" if self.train else "t10k"
        stems = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
        files = [self._idx_file(stem) for stem in stems]
        if files[0] and files[1]:
            return _checked(files[0], files[1])
        if files[0] or files[1]:
            missing = stems[0] if files[1] else stems[1]
            raise RuntimeError(f"{self.raw_folder} holds half of {type(self).__name__}: add {missing}[.gz], or use download=True")
        if self.packaged is None:
            raise RuntimeError(f"no {type(self).__name__} in {self.raw_folder}: use download=True, or put {stems[0]} and {stems[1]} there")
        if self.packaged_part is not None:
            name = type(self).__name__
            say_once(
                name,
                f"{name}: the official files are not in {self.raw_folder}, using the packaged part of them, {self.packaged_part}; "
                "use download=True for all",
            )
        split = "train" if self.train else "test"
        images, labels = arrays(self.packaged, f"x_{split}", f"y_{split}")
        return images, labels

    def download(self) -> None:
        """Fetch and unpack the four official files, unless all are there. Files appear only when complete and with the right MD5 sum.

        Raises:
            RuntimeError: every mirror failed; names them and the ways out.
        """
        folder = Path(self.raw_folder)
        names = [name for name, _ in self.resources]
        if all((folder / name.removesuffix(".gz")).is_file() for name in names):
            return
        try:
            for name, md5 in self.resources:
                unpack(fetch(name, self.mirrors, folder, md5))
        except DownloadError as error:
            without = "Leave download=True out to use the packaged copy, or put" if self.packaged else "Put"
            raise RuntimeError(f"downloading {type(self).__name__} failed, {error}\n{without} {', '.join(names)} into {folder}") from error

    def _download_or_fall_back(self) -> None:
        try:
            self.download()
        except RuntimeError as error:
            if self.packaged is None:
                raise
            held = "which holds the same images" if self.packaged_part is None else f"which holds {self.packaged_part}"
            say_once(type(self).__name__, f"{error}. Using the packaged copy, {held}")

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        from PIL import Image

        image: Any = Image.fromarray(self.data[index].numpy())
        target: Any = int(self.targets[index])
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def __getbatch__(self, indices: Sequence[int]) -> list[ag.Tensor] | None:
        rows = plain_indices(indices)
        apply = None if self.transform is None or self.target_transform is not None else batched(self.transform)
        if rows is None or apply is None or not self._is_pristine():
            return None
        images = apply(self.data.array[rows])
        return None if images is None else [ag.from_numpy(images), ag.from_numpy(self.targets.array[rows])]

    def _is_pristine(self) -> bool:
        """Whether ``data`` and ``targets``, which a program may replace, are still gray images and their labels."""
        if not (isinstance(self.data, ag.Tensor) and isinstance(self.targets, ag.Tensor)):
            return False
        images, labels = self.data.array, self.targets.array
        return images.dtype == np.uint8 and images.ndim == 3 and labels.dtype == np.int64 and labels.shape == images.shape[:1]

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class FashionMNIST(MNIST):
    """Articles of clothing in MNIST's form. Source: Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747.

    Where there are no files and no download, the first 6,000 and 1,000 of the 60,000 and 10,000 images stand in, and a warning says so.
    """

    mirrors = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
    resources = (
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    )
    classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
    packaged = "fashion_mnist_6k1k.npz"
    packaged_part = "the first 6,000 of 60,000 images to train on and 1,000 of 10,000 to test"


class KMNIST(MNIST):
    """Cursive Japanese characters in MNIST's form. Source: Clanuwat et al. 2018, arXiv:1812.01718. The package holds no copy."""

    mirrors = ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",)
    resources = (
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    )
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
    packaged = None


def _checked(image_file: Path, label_file: Path) -> tuple[np.ndarray, np.ndarray]:
    """The two IDX files' arrays. ValueError unless they are images and as many labels."""
    images, labels = read_idx(image_file), read_idx(label_file)
    for path, array, ndim, what in ((image_file, images, 3, "images (N, H, W)"), (label_file, labels, 1, "labels (N,)")):
        if array.ndim != ndim or array.dtype != np.uint8:
            raise ValueError(f"{path} should hold {what} of uint8, got shape {array.shape} of {array.dtype}. Delete it and fetch it again")
    if len(images) != len(labels):
        raise ValueError(f"{image_file} holds {len(images)} images and {label_file} {len(labels)} labels: they must be as many")
    return images, labels
