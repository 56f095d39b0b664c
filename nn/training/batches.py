"""Where batches come from: arrays and datasets are cut here, loaders and generators pass through. Imports Tensor and the tree.

Knows a loader, a dataset or a sampler only by its methods, so that any object with them will do.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.frames import user_level
from autograd_core.tensor.base import Tensor

from .resume import Random
from .tree import as_tensors, count, is_array, leaves, take, tree_map

__all__ = ["Batches", "Stream", "as_source", "length", "split", "unpack"]

DEFAULT_BATCH = 32


class Batches:
    """(x, y, weight) cut into batches; `shuffle` draws a new order for every pass, the one a DataLoader would draw.

    x, y, weight: tensors or arrays (or nested ones) of equal first size N, y and weight possibly None.
    """

    def __init__(
        self, x: Any, y: Any = None, weight: Any = None, *, batch_size: int = DEFAULT_BATCH, shuffle: bool = False, generator: Any = None
    ) -> None:
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size must be a positive integer, got {batch_size!r}")
        sizes = {np.shape(leaf)[:1] for part in (x, y, weight) for leaf in leaves(part) if leaf is not None}
        if len(sizes) > 1 or sizes == {()}:
            raise ValueError(f"x, y and sample_weight must have one row for each sample, got {_shapes(x, y, weight)}")
        if sizes == {(0,)}:
            raise ValueError(f"there are no samples: {_shapes(x, y, weight)}")
        self.parts = (x, y, weight)
        self.samples = count(x)
        self.batch_size, self.shuffle, self.generator = int(batch_size), shuffle, generator

    def __len__(self) -> int:
        return (self.samples + self.batch_size - 1) // self.batch_size

    def order(self) -> Iterator[np.ndarray | slice]:
        """The rows of each batch in turn, after a DataLoader's draws from the generators in their order."""
        generator = self.generator
        _seed(generator)  # a loader draws a seed for its workers even when it has none
        starts = range(0, self.samples, self.batch_size)
        if not self.shuffle:
            yield from (slice(start, start + self.batch_size) for start in starts)
            return
        if generator is None:
            generator = ag.Generator()
            generator.manual_seed(_seed())
        rows = ag.randperm(self.samples, generator=generator).numpy()
        yield from (rows[start : start + self.batch_size] for start in starts)
        ag.randperm(self.samples, generator=generator)  # what a RandomSampler draws at its end

    def __iter__(self) -> Iterator[Any]:
        for rows in self.order():
            yield tuple(None if part is None else self.read(part, rows) for part in self.parts)

    def read(self, part: Any, rows: Any) -> Any:
        """The rows of x, y or weight."""
        return take(part, rows)


class _Samples(Batches):
    """A dataset, sample by sample."""

    def __init__(self, dataset: Any, **options: Any) -> None:
        super().__init__(np.arange(len(dataset)), **options)
        self.dataset = dataset

    def __iter__(self) -> Iterator[Any]:
        for rows in self.order():
            yield _stacked([self.dataset[int(i)] for i in self.parts[0][rows]])


class _Drawn:
    """A stream of samples (an IterableDataset), gathered into batches."""

    def __init__(self, dataset: Any, batch_size: int) -> None:
        self.dataset, self.batch_size = dataset, batch_size

    def __iter__(self) -> Iterator[Any]:
        kept: list[Any] = []
        for sample in self.dataset:
            kept.append(sample)
            if len(kept) == self.batch_size:
                yield _stacked(kept)
                kept = []
        if kept:
            yield _stacked(kept)


class _Called:
    """A function that returns a fresh generator for every pass."""

    def __init__(self, fn: Callable[[], Any]) -> None:
        self.fn = fn

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fn())


def _seed(generator: Any = None) -> int:
    return int(ag.empty((), dtype=ag.int64).random_(generator=generator).item())


def _shapes(*parts: Any) -> str:
    named = zip(("x", "y", "sample_weight"), parts, strict=True)
    said = [f"{name} {', '.join(str(tuple(np.shape(leaf))) for leaf in leaves(part))}" for name, part in named if part is not None]
    return "; ".join(said)


def _stacked(samples: list[Any]) -> Any:
    """Samples as one batch: tensors and arrays stacked, numbers gathered, containers part by part."""
    first = samples[0]
    if isinstance(first, Mapping):
        return {key: _stacked([sample[key] for sample in samples]) for key in first}
    if isinstance(first, (tuple, list)):
        return tuple(_stacked(list(column)) for column in zip(*samples, strict=True))
    if isinstance(first, Tensor):
        return ag.stack(samples)
    return np.stack([np.asarray(sample) for sample in samples])


def _arrays(value: Any) -> Any:
    """What takes rows by number: tensors as they are, everything else (a pandas table) as arrays."""
    return None if value is None else tree_map(lambda leaf: leaf if isinstance(leaf, Tensor) else np.asarray(leaf), value)


def _is_arrays(value: Any) -> bool:
    """Whether a value is an array, or a container of nothing but arrays."""
    found = list(leaves(value))
    return bool(found) and all(is_array(leaf) for leaf in found)


def as_source(
    x: Any, y: Any = None, weight: Any = None, *, batch_size: int | None = None, shuffle: bool = False, generator: Any = None
) -> Any:
    """What yields batches, from whatever the user has: arrays, a dataset, a loader, a generator, or a function that returns one.

    TypeError for y or sample_weight beside something that brings its own, and for what cannot be read.
    """
    options = {"batch_size": DEFAULT_BATCH if batch_size is None else batch_size, "shuffle": shuffle, "generator": generator}
    several = isinstance(x, (tuple, list)) and bool(x) and all(is_array(part) for part in x)  # inputs, not batches
    if is_array(x) or several or ((y is not None or isinstance(x, Mapping)) and _is_arrays(x)):
        return Batches(*(_arrays(part) for part in (x, y, weight)), **options)
    if y is not None or weight is not None:
        name = "y" if y is not None else "sample_weight"
        raise TypeError(f"{type(x).__name__} yields its own targets and weights: leave {name} out, and yield (x, y) or (x, y, sample_weight)")
    names = {cls.__name__ for cls in type(x).__mro__}
    tensors = getattr(x, "tensors", None)
    if isinstance(tensors, tuple) and "TensorDataset" in names and 1 <= len(tensors) <= 3:
        return Batches(*tensors, **options)
    if "IterableDataset" in names:
        return _Drawn(x, options["batch_size"])
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, (list, tuple, str, Mapping)):
        return _Samples(x, **options)
    if batch_size is not None:
        raise ValueError(f"batch_size={batch_size} cannot be used with {type(x).__name__}, which decides about its batches itself: leave it out")
    if hasattr(x, "__iter__") and not isinstance(x, (str, Mapping)):
        return x
    if callable(x) and not inspect.isclass(x):
        return _Called(x)
    raise TypeError(f"cannot read batches from {type(x).__name__}: give arrays x and y, a dataset, a loader, or a generator of (x, y)")


def length(source: Any) -> int | None:
    """How many batches one pass has, None where it cannot be known."""
    try:
        return len(source)
    except TypeError:
        return None


def split(share: float, *parts: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """(the first rows, the last rows) of x, y and weight: the last `share` of the samples, before any shuffling, validate."""
    if not 0 < share < 1:
        raise ValueError(f"validation_split must lie between 0 and 1, got {share}")
    if not all(part is None or _is_arrays(part) for part in parts):
        raise TypeError("validation_split needs arrays for x and y: split a dataset with data.random_split, or give validation_data")
    samples = count(parts[0])
    at = int(samples * (1 - share))
    if not 0 < at < samples:
        raise ValueError(f"validation_split={share} of {samples} samples leaves {at} for training and {samples - at} for validation")
    first, last = slice(0, at), slice(at, None)
    return tuple(None if p is None else take(p, first) for p in parts), tuple(None if p is None else take(p, last) for p in parts)


def unpack(batch: Any, floating: Any) -> tuple[Any, Any, Any]:
    """(x, y, weight) of a batch as tensors; y and weight are None where the batch has none."""
    parts: tuple[Any, ...] = (batch,)
    if isinstance(batch, (tuple, list)):
        if not 1 <= len(batch) <= 3:
            raise ValueError(
                f"a batch must be x, (x, y) or (x, y, sample_weight), got {len(batch)} parts: several inputs are one tuple, ((x1, x2), y)"
            )
        parts = tuple(batch)
    x, y, weight = (*parts, None, None)[:3]
    return as_tensors(x, floating), as_tensors(y, floating, ag.int64), as_tensors(weight, floating, floating)


class Stream:
    """The batches of a source, pass after pass, and where it stands: that is what a resumed run needs to know.

    An iterator or generator has one pass, which goes on over all epochs; anything else starts anew with `begin`.
    """

    def __init__(self, source: Any, random: Random) -> None:
        self.source, self.random = source, random
        self.once = hasattr(source, "__next__")
        self.iterator: Iterator[Any] | None = None
        self.start: dict[str, Any] | None = None  # the random states when the pass began
        self.position = 0  # how many batches of it are gone

    def begin(self) -> None:
        """Start a pass, unless there is only one and it runs."""
        if self.iterator is not None and self.once:
            return
        self.start, self.position = self.random.state_dict(), 0
        self.iterator = iter(self.source)

    def batches(self, steps: int | None) -> Iterator[Any]:
        """The next `steps` batches, over as many passes as they take; None reads to the end of this pass."""
        left, fresh = steps, False  # fresh: the pass has just begun, and nothing came of it yet
        while left is None or left > 0:
            assert self.iterator is not None
            try:
                batch = next(self.iterator)
            except StopIteration:
                if steps is None:
                    return
                if self.once or fresh:
                    warnings.warn(
                        f"the data ended {left} batches before the {steps} of this epoch: training stops here. A generator must yield "
                        "steps_per_epoch · epochs batches (`while True:` yields without end)",
                        stacklevel=user_level(),
                    )
                    return
                self.begin()
                fresh = True
                continue
            fresh = False
            self.position += 1
            if left is not None:
                left -= 1
            yield batch

    def state_dict(self) -> dict[str, Any]:
        """The random states at the beginning of the running pass, and how many of its batches are gone."""
        return {"start": self.start, "position": self.position}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go to where another stream over the same data stood: its pass is begun again and read up to there.

        Leaves the random states wherever that reading takes them.
        """
        if state["start"] is None:
            return
        self.random.load_state_dict(state["start"])
        self.iterator = None
        self.begin()
        assert self.iterator is not None
        for at in range(int(state["position"])):
            if next(self.iterator, self) is self:
                raise RuntimeError(f"the data has only {at} batches, but {state['position']} of them were used before: is it the same data?")
        self.position = int(state["position"])
