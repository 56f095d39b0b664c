"""Transforms made of transforms: one after another, at random, or any function. Imports autograd_core only."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import autograd_core as ag

Transform = Callable[[Any], Any]


def listing(name: str, lines: Sequence[Any]) -> str:
    """``Name(`` with one indented line per part."""
    return "\n".join([name + "(", *("    " + str(line) for line in lines), ")"])


class Compose:
    """The given transforms, one after another.

    Raises:
        TypeError: not a sequence of callables. (An error inside a transform names which one it was.)
    """

    def __init__(self, transforms: Sequence[Transform]) -> None:
        if callable(transforms) or isinstance(transforms, str):
            raise TypeError(f"Compose takes a list of transforms, got {transforms!r}; write Compose([...])")
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for i, transform in enumerate(self.transforms):
            try:
                img = transform(img)
            except Exception as error:
                error.add_note(f"in transform {i} of Compose: {transform}")
                raise
        return img

    def __repr__(self) -> str:
        return listing(type(self).__name__, self.transforms)


class Lambda:
    """Any function as a transform. TypeError when it cannot be called."""

    def __init__(self, lambd: Transform) -> None:
        if not callable(lambd):
            raise TypeError(f"Lambda takes a function, got {lambd!r} of type {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Several:
    def __init__(self, transforms: Sequence[Transform]) -> None:
        if isinstance(transforms, str) or not isinstance(transforms, Sequence):
            raise TypeError(f"{type(self).__name__} takes a list of transforms, got {transforms!r}")
        self.transforms = transforms

    def __repr__(self) -> str:
        return listing(type(self).__name__, self.transforms)


class RandomApply(_Several):
    """All of the transforms with probability ``p``, else none."""

    def __init__(self, transforms: Sequence[Transform], p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = p

    def __call__(self, img: Any) -> Any:
        if self.p < ag.rand(1).item():
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listing(type(self).__name__, [f"p={self.p}", *self.transforms])


class RandomOrder(_Several):
    """All of the transforms in a random order (drawn from Python's ``random``, as torchvision does)."""

    def __call__(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for i in order:
            img = self.transforms[i](img)
        return img


class RandomChoice(_Several):
    """One of the transforms, with probabilities ``p`` (drawn from Python's ``random``, as torchvision does)."""

    def __init__(self, transforms: Sequence[Transform], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and len(p) != len(transforms):
            raise ValueError(f"RandomChoice: {len(transforms)} transforms need as many probabilities, got {len(p)}")
        self.p = p

    def __call__(self, img: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](img)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"
