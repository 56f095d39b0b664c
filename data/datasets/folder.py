"""Images sorted into folders by class. Imports the base of image datasets; Pillow when the first image is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .vision import Transform, VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")

Sample = tuple[str, int]


def has_file_allowed_extension(filename: str, extensions: str | tuple[str, ...]) -> bool:
    """Whether a file's name ends with one of the extensions, capital or not."""
    return filename.lower().endswith(extensions)


def is_image_file(filename: str) -> bool:
    """Whether a file's name ends as an image's does."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: str | Path) -> tuple[list[str], dict[str, int]]:
    """The names of the folders in ``directory``, sorted, and their numbers.

    Raises:
        FileNotFoundError: there is none.
    """
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"no class folder in {directory}: put the images of each class into a folder named after it")
    return classes, {name: i for i, name in enumerate(classes)}


def _acceptance(extensions: str | Sequence[str] | None, is_valid_file: Callable[[str], bool] | None) -> Callable[[str], bool]:
    if (extensions is None) == (is_valid_file is None):
        raise ValueError(f"give either extensions or is_valid_file, got {extensions!r} and {is_valid_file!r}")
    if is_valid_file is not None:
        return is_valid_file
    ends = (extensions,) if isinstance(extensions, str) else tuple(extensions or ())
    return lambda path: has_file_allowed_extension(path, ends)


def make_dataset(
    directory: str | Path,
    class_to_idx: dict[str, int] | None = None,
    extensions: str | Sequence[str] | None = None,
    is_valid_file: Callable[[str], bool] | None = None,
    allow_empty: bool = False,
) -> list[Sample]:
    """(path, class number) of every accepted file, by class, folder and name.

    Raises:
        ValueError: an empty ``class_to_idx``, or not just one of ``extensions`` and ``is_valid_file``.
        FileNotFoundError: a class without files, unless ``allow_empty``.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        class_to_idx = find_classes(directory)[1]
    elif not class_to_idx:
        raise ValueError("class_to_idx is empty: it must hold at least one class")
    accepted = _acceptance(extensions, is_valid_file)
    samples: list[Sample] = []
    empty = []
    for name in sorted(class_to_idx):
        before = len(samples)
        for root, _, files in sorted(os.walk(os.path.join(directory, name), followlinks=True)):
            paths = (os.path.join(root, file) for file in sorted(files))
            samples += [(path, class_to_idx[name]) for path in paths if accepted(path)]
        if len(samples) == before:
            empty.append(name)
    if empty and not allow_empty:
        hint = f"; accepted are {extensions}" if extensions is not None else ""
        raise FileNotFoundError(f"no file found for the classes {', '.join(empty)} under {directory}{hint}; or use allow_empty=True")
    return samples


def pil_loader(path: str) -> Any:
    """The image in a file, in RGB."""
    from PIL import Image

    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


default_loader = pil_loader


class DatasetFolder(VisionDataset):
    """Files in one folder per class: ``root/<class>/.../<file>``.

    ``classes``, ``class_to_idx``, ``samples`` (path and class number) and ``targets`` are attributes; a subclass may have its own
    ``find_classes``.

    Args:
        root: the folder of the class folders.
        loader: from path to sample.
        extensions: accepted ends of file names, or
        is_valid_file: a function that accepts a path.
        transform, target_transform: of the sample and of the class number.
        allow_empty: classes may have no files.

    Raises:
        FileNotFoundError: no class folder, or a class without files.
    """

    def __init__(
        self,
        root: str | Path,
        loader: Callable[[str], Any],
        extensions: Sequence[str] | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.loader = loader
        self.extensions = extensions
        self.classes, self.class_to_idx = self.find_classes(self.root)  # type: ignore[arg-type]
        self.samples = self.make_dataset(self.root, self.class_to_idx, extensions, is_valid_file, allow_empty)  # type: ignore[arg-type]
        self.targets = [target for _, target in self.samples]

    make_dataset = staticmethod(make_dataset)

    def find_classes(self, directory: str | Path) -> tuple[list[str], dict[str, int]]:
        """The class folders and their numbers."""
        return find_classes(directory)

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        path, target = self.samples[index]
        sample = self.loader(path)
        if self.transform is not None:
            sample = self.transform(sample)
        return sample, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """Images in one folder per class, ``root/dog/x.png``; sample i is (PIL image in RGB or ``transform(image)``, class number).

    Args:
        root, transform, target_transform, is_valid_file, allow_empty: as in ``DatasetFolder``.
        loader: from path to image, by default Pillow's.
    """

    def __init__(
        self,
        root: str | Path,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs = self.samples
