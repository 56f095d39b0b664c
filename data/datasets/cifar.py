"""CIFAR-10 and CIFAR-100 from the official files under a root, or a part of CIFAR-10 from inside the package.

The official files are pickles; they are read with a reader that makes arrays, lists, dicts and text and refuses everything else.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag

from ..dataset import plain_indices
from ..transforms.batched import batched
from .download import DownloadError, fetch, md5_of, unpack_members
from .packaged import arrays, say_once
from .vision import Transform, VisionDataset

_PART = "the first 300 of 5,000 images of each class to train on and 50 of 1,000 to test"


class _Reader(pickle.Unpickler):
    """Makes NumPy arrays and plain Python values, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module.removeprefix("numpy."), name) in {("core.multiarray", "_reconstruct"), ("_core.multiarray", "_reconstruct")}:
            return super().find_class("numpy._core.multiarray", name)
        if module == "numpy" and name in ("ndarray", "dtype"):
            return super().find_class(module, name)
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = _Reader(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except Exception as error:  # a damaged pickle raises nearly anything
        raise RuntimeError(f"{path} is no batch of CIFAR images ({error}): delete it and use download=True") from error
    if not isinstance(found, dict):
        raise RuntimeError(f"{path} is no batch of CIFAR images (it holds a {type(found).__name__}): delete it and use download=True")
    return found


def undelta(deltas: np.ndarray) -> np.ndarray:
    """Images (N, H, W, 3) from planes R−G, G, B−G (N, 3, H, W) stored as differences along both sides, modulo 256."""
    planes = np.cumsum(np.cumsum(deltas, axis=2, dtype=np.uint8), axis=3, dtype=np.uint8)
    planes[:, 0] += planes[:, 1]
    planes[:, 2] += planes[:, 1]
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


class CIFAR10(VisionDataset):
    """50,000 colour images of ten kinds of things to train on and 10,000 to test, 32 × 32 bytes and three channels each.

    Sample i is (PIL image or ``transform(image)``, int or ``target_transform(int)``); ``data`` is an array (N, 32, 32, 3) of uint8 and
    ``targets`` a list. With random crops and flips, ``ToTensor`` and ``Normalize`` a loader reads whole batches at once, to the same bits.

    Args:
        root: folder with the official ``cifar-10-batches-py``; where that is missing, 3,000 and 500 of the images come from inside the
            package, and a warning says so once.
        train: the images to train on, or to test.
        transform, target_transform: of the PIL image and of the label.
        download: fetch the official archive into ``root`` (170 MB) unless it is there; when that fails the packaged part is used,
            with a warning.

    Raises:
        RuntimeError: files that are damaged, or a failed download where the package holds no copy.

    Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
    """

    base_folder = "cifar-10-batches-py"
    mirrors: Sequence[str] = ("https://www.cs.toronto.edu/~kriz/",)
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list: Sequence[tuple[str, str]] = (
        ("data_batch_1", "c99cafc152244af753f735de768cd75f"),
        ("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
        ("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
        ("data_batch_4", "634d18415352ddfa80567beed471001a"),
        ("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
    )
    test_list: Sequence[tuple[str, str]] = (("test_batch", "40351d587109b95175f43aff81a1287e"),)
    other_list: Sequence[tuple[str, str]] = ()
    labels_key = "labels"
    packaged: str | None = "cifar10_3k500.npz"
    classes: Sequence[str] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

    data: np.ndarray
    targets: list[int]

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
        self.data, self.targets = self._load()

    @property
    def class_to_idx(self) -> dict[str, int]:
        """From class name to label."""
        return {name: i for i, name in enumerate(self.classes)}

    @property
    def _files(self) -> Sequence[tuple[str, str]]:
        return (*self.train_list, *self.test_list, *self.other_list)

    @property
    def _folder(self) -> Path:
        return Path(self.root or "", self.base_folder)

    def _check_integrity(self) -> bool:
        """Whether every official file is there with its MD5 sum."""
        return all(path.is_file() and md5_of(path) == md5 for path, md5 in ((self._folder / name, md5) for name, md5 in self._files))

    def download(self) -> None:
        """Fetch and unpack the official archive, unless its files are there.

        Raises:
            RuntimeError: every mirror failed; names them and the ways out.
        """
        if self._check_integrity():
            return
        root = Path(self.root or "")
        try:
            archive = fetch(self.filename, self.mirrors, root, self.tgz_md5)
            unpack_members(archive, {f"{self.base_folder}/{name}": md5 for name, md5 in self._files}, root)
        except DownloadError as error:
            without = "Leave download=True out to use the packaged part, or unpack" if self.packaged else "Unpack"
            raise RuntimeError(f"downloading {type(self).__name__} failed, {error}\n{without} {self.filename} in {root}") from error

    def _download_or_fall_back(self) -> None:
        try:
            self.download()
        except RuntimeError as error:
            if self.packaged is None:
                raise
            say_once(type(self).__name__, f"{error}. Using the packaged part, {_PART}")

    def _load(self) -> tuple[np.ndarray, list[int]]:
        names = [name for name, _ in (self.train_list if self.train else self.test_list)]
        files = [self._folder / name for name in names]
        missing = [path.name for path in files if not path.is_file()]
        if not missing:
            return self._from_files(files)
        if len(missing) < len(files):
            raise RuntimeError(f"{self._folder} lacks {', '.join(missing)}: use download=True")
        if self.packaged is None:
            raise RuntimeError(f"no {type(self).__name__} in {self._folder}: use download=True")
        name = type(self).__name__
        say_once(name, f"{name}: the official files are not in {self._folder}, using the packaged part, {_PART}; use download=True for all")
        split = "train" if self.train else "test"
        deltas, labels = arrays(self.packaged, f"x_{split}", f"y_{split}")
        return undelta(deltas), labels.tolist()

    def _from_files(self, files: Sequence[Path]) -> tuple[np.ndarray, list[int]]:
        images, labels = [], []
        for path in files:
            batch = _read(path)
            pixels, ids = np.asarray(batch.get("data")), list(batch.get(self.labels_key, ()))
            if pixels.dtype != np.uint8 or pixels.shape != (len(ids), 3072):
                raise RuntimeError(
                    f"{path} should hold images (N, 3072) of uint8 and N labels, got {pixels.shape} of {pixels.dtype} and {len(ids)}: "
                    "delete it and use download=True"
                )
            images.append(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            labels += [int(label) for label in ids]
        return np.ascontiguousarray(np.concatenate(images)), labels

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        from PIL import Image

        image: Any = Image.fromarray(self.data[index])
        target: Any = self.targets[index]
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def __getbatch__(self, indices: Sequence[int]) -> list[ag.Tensor] | None:
        rows = plain_indices(indices)
        apply = None if self.transform is None or self.target_transform is not None else batched(self.transform, 3)
        if rows is None or apply is None or not isinstance(self.data, np.ndarray) or self.data.dtype != np.uint8 or self.data.ndim != 4:
            return None
        labels = [self.targets[i] for i in rows]
        if not all(type(label) is int for label in labels):
            return None
        images = apply(self.data[rows])
        return None if images is None else [ag.from_numpy(images), ag.tensor(labels)]

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """CIFAR-10's sister of 100 kinds of things; ``classes`` needs the official ``meta`` file. The package holds no copy."""

    base_folder = "cifar-100-python"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = (("train", "16019d7e3df5f24257cddd939b257f8d"),)
    test_list = (("test", "f0ef6b0ae62326f3e7ffdfab6717acfc"),)
    other_list = (("meta", "7973b15100ade9c7d40fb424638fde48"),)
    labels_key = "fine_labels"
    packaged = None

    @property
    def classes(self) -> Sequence[str]:  # type: ignore[override]
        """The names of the 100 classes, from the file ``meta``."""
        return list(_read(self._folder / "meta")["fine_label_names"])
