"""What image datasets share: a root, transforms of image and target, and torchvision's repr. Imports the dataset class."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..dataset import Dataset

Transform = Callable[[Any], Any]


def _under_head(head: str, text: str) -> list[str]:
    """``text`` after ``head``, its further lines indented to stand under the first."""
    return (head + text.replace("\n", "\n" + " " * len(head))).splitlines()


class StandardTransform:
    """One transform for the image and one for the target, either may be None."""

    def __init__(self, transform: Transform | None = None, target_transform: Transform | None = None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        if self.transform is not None:
            lines += _under_head("Transform: ", repr(self.transform))
        if self.target_transform is not None:
            lines += _under_head("Target transform: ", repr(self.target_transform))
        return "\n".join(lines)


class VisionDataset(Dataset[Any]):
    """Base of image datasets under a folder ``root``.

    Raises:
        ValueError: both ``transforms`` (of image and target together) and one of the separate two.
    """

    _repr_indent = 4

    def __init__(
        self,
        root: str | Path | None = None,
        transforms: Callable[[Any, Any], Any] | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError("give either transforms, for image and target together, or transform and target_transform")
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} has no __len__(self)")

    def extra_repr(self) -> str:
        """Further lines for the repr."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if self.transforms is not None:
            lines.append(repr(self.transforms))
        return "\n".join(["Dataset " + type(self).__name__, *(" " * self._repr_indent + line for line in lines)])
