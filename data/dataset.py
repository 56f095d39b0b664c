"""What holds samples: map-style and iterable datasets and their combinations, as in torch.utils.data.

Imports autograd_core and, inside the package, nothing.
"""

from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

import numpy as np

import autograd_core as ag

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
BatchReader = Callable[[Sequence[int]], Any]


class Dataset(Generic[T_co]):
    """Samples by index: a subclass writes ``__getitem__``, and ``__len__`` where samplers need it.

    Two optional methods read many samples at once. ``__getitems__(indices)`` returns a list of samples, as in PyTorch.
    ``__getbatch__(indices)`` returns the finished batch, equal to the last bit to
    ``default_collate([self[i] for i in indices])`` and with the same random draws, or None, without a draw, when it cannot; a loader
    with the default collation tries it first. It is ignored in a subclass that replaces ``__getitem__`` or ``__getitems__`` alone.
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__(self, index), which must return the sample at an index")

    def __add__(self, other: Dataset[Any]) -> ConcatDataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """A stream of samples: a subclass writes ``__iter__``. The loader cannot shuffle it; ``__len__`` is optional."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} has no __iter__(self): an IterableDataset must yield its samples")

    def __add__(self, other: Dataset[Any]) -> ChainDataset:  # type: ignore[override]
        return ChainDataset([self, other])


def batch_reader(dataset: Any) -> BatchReader | None:
    """``dataset.__getbatch__`` where it speaks for ``dataset[i]``, else None.

    A subclass that changes how single samples are read silently disowns the batch method it inherits.
    """
    order = type(dataset).__mro__

    def depth(name: str) -> int:
        return next((i for i, cls in enumerate(order) if name in vars(cls)), len(order))

    own = depth("__getbatch__")
    if own == len(order) or own > min(depth("__getitem__"), depth("__getitems__")):
        return None
    return cast(BatchReader, dataset.__getbatch__)


def plain_indices(indices: Sequence[Any]) -> np.ndarray | None:
    """``indices`` as an integer array, or None when they are anything but whole numbers."""
    try:
        array = np.asarray(indices)
    except ValueError:
        return None
    return array if array.dtype.kind in "iu" and array.ndim == 1 else None


class TensorDataset(Dataset[tuple[ag.Tensor, ...]]):
    """Tensors of equal first size; sample i is the tuple of their rows i.

    Raises:
        AssertionError: first sizes differ, or no tensor is given.
    """

    tensors: tuple[ag.Tensor, ...]

    def __init__(self, *tensors: ag.Tensor) -> None:
        if not tensors:
            raise AssertionError("TensorDataset needs at least one tensor")
        for i, tensor in enumerate(tensors):
            if not hasattr(tensor, "size") or not callable(tensor.size):
                raise TypeError(f"TensorDataset takes tensors, argument {i} is a {type(tensor).__name__}; convert it with ag.as_tensor")
        if any(tensor.size(0) != tensors[0].size(0) for tensor in tensors):
            raise AssertionError(
                f"TensorDataset needs tensors of one first size (one row per sample), got shapes {[tuple(t.shape) for t in tensors]}"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[ag.Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __getbatch__(self, indices: Sequence[int]) -> list[ag.Tensor] | None:
        rows = plain_indices(indices)
        if rows is None or any(tensor.requires_grad for tensor in self.tensors):
            return None
        return [ag.from_numpy(tensor.array[rows]) for tensor in self.tensors]

    def __len__(self) -> int:
        return int(self.tensors[0].size(0))


class StackDataset(Dataset[Any]):
    """Datasets side by side: sample i is the tuple, or with keywords the dict, of their samples i.

    Raises:
        ValueError: lengths differ, or both positional and keyword datasets, or none, are given.
    """

    datasets: tuple[Any, ...] | dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            given = "both" if args else "none"
            raise ValueError(f"StackDataset takes datasets either by position or by keyword, got {given}")
        self.datasets = args or kwargs
        lengths = [len(dataset) for dataset in self._parts()]
        if len(set(lengths)) > 1:
            raise ValueError(f"StackDataset needs datasets of one length, got {lengths}")
        self._length = lengths[0]

    def _parts(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _sample(self, values: Iterable[Any]) -> Any:
        return dict(zip(self.datasets, values, strict=True)) if isinstance(self.datasets, dict) else tuple(values)

    def __getitem__(self, index: Any) -> Any:
        return self._sample(dataset[index] for dataset in self._parts())

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        columns = []
        for dataset in self._parts():
            column = _read_many(dataset, indices)
            if len(column) != len(indices):
                raise ValueError(f"{type(dataset).__name__}.__getitems__ returned {len(column)} samples for {len(indices)} indices")
            columns.append(column)
        return [self._sample(row) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


def _read_many(dataset: Any, indices: list[Any]) -> list[Any]:
    """Samples at ``indices``, in one call where the dataset offers it."""
    together = getattr(dataset, "__getitems__", None)
    return together(indices) if callable(together) else [dataset[index] for index in indices]


class ConcatDataset(Dataset[T_co]):
    """Datasets one after another; negative indices count from the end of the last.

    Raises:
        AssertionError: no dataset, or an IterableDataset among them.
    """

    datasets: list[Dataset[T_co]]
    cumulative_sizes: list[int]

    def __init__(self, datasets: Iterable[Dataset[T_co]]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset needs at least one dataset")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset reads by index, which an IterableDataset cannot: use ChainDataset")
        self.cumulative_sizes = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Running total of the lengths."""
        return list(itertools.accumulate(len(part) for part in sequence))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> T_co:
        position = idx + len(self) if idx < 0 else idx
        if position < 0:
            raise ValueError(f"index {idx} is out of range for a ConcatDataset of length {len(self)}")
        which = bisect.bisect_right(self.cumulative_sizes, position)
        if which == len(self.datasets):
            raise IndexError(f"index {idx} is out of range for a ConcatDataset of length {len(self)}")
        return self.datasets[which][position - (self.cumulative_sizes[which - 1] if which else 0)]


class ChainDataset(IterableDataset[Any]):
    """Streams one after another.

    Raises:
        AssertionError: on reading, a part that is not an IterableDataset.
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets = datasets

    def _streams(self) -> Iterator[IterableDataset[Any]]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(f"ChainDataset takes IterableDatasets, got a {type(dataset).__name__}: use ConcatDataset")
            yield dataset

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self._streams())

    def __len__(self) -> int:
        return sum(len(cast(Any, stream)) for stream in self._streams())


class Subset(Dataset[T_co]):
    """The samples of ``dataset`` at ``indices``, in that order.

    Raises:
        NotImplementedError: a subclass replaces ``__getitem__`` without ``__getitems__``, which a loader would read instead.
    """

    dataset: Dataset[T_co]
    indices: Sequence[int]

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        cls = type(self)
        if cls.__getitem__ is not Subset.__getitem__ and cls.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{cls.__name__} replaces __getitem__ but not __getitems__, and loaders read through the latter. Add:\n"
                "    def __getitems__(self, indices):\n        return [self[i] for i in indices]"
            )

    def __getitem__(self, idx: Any) -> T_co:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[T_co]:
        return _read_many(self.dataset, [self.indices[i] for i in indices])

    def __getbatch__(self, indices: Sequence[int]) -> Any:
        reader = batch_reader(self.dataset)
        return None if reader is None else reader([self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def _whole_lengths(total: int, fractions: Sequence[float]) -> list[int]:
    """floor(total · fraction) each, what is left over dealt out one by one from the first."""
    for i, fraction in enumerate(fractions):
        if not 0 <= fraction <= 1:
            raise ValueError(f"random_split: fraction {i} is {fraction}, it must be between 0 and 1")
    lengths = [math.floor(total * fraction) for fraction in fractions]
    for i in range(total - sum(lengths)):
        lengths[i % len(lengths)] += 1
    for i, length in enumerate(lengths):
        if length == 0:
            warnings.warn(f"random_split: part {i} is empty, {fractions[i]} of {total} samples is less than one", stacklevel=3)
    return lengths


def random_split(dataset: Dataset[T], lengths: Sequence[int | float], generator: ag.Generator | None = None) -> list[Subset[T]]:
    """Deal the samples at random into disjoint subsets of the given lengths, or of given fractions that sum to 1.

    Without a ``generator`` the default one is used. The permutation is PyTorch's for the same seed.

    Raises:
        ValueError: lengths that do not sum to ``len(dataset)``, or a fraction outside [0, 1].
    """
    total = len(dataset)  # type: ignore[arg-type]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        lengths = _whole_lengths(total, lengths)
    if sum(lengths) != total:
        raise ValueError(
            f"random_split: lengths {list(lengths)} sum to {sum(lengths)}, the dataset has {total} samples; "
            "give lengths with that sum, or fractions that sum to 1"
        )
    order = ag.randperm(total, generator=generator).tolist()
    sizes = cast("Sequence[int]", lengths)
    return [Subset(dataset, order[end - size : end]) for end, size in zip(itertools.accumulate(sizes), sizes, strict=True)]
