"""The order in which samples are read; random orders are PyTorch's for the same seed.

Imports autograd_core and, inside the package, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from typing import Any, Generic, TypeVar

import autograd_core as ag

T_co = TypeVar("T_co", covariant=True)


def draw_seed(generator: ag.Generator | None = None) -> int:
    """A seed in [0, 2^63) from ``generator``, by default from the global one; it advances as PyTorch's does."""
    return int(ag.empty((), dtype=ag.int64).random_(generator=generator).item())


class Sampler(Generic[T_co]):
    """An iterable of indices (or of lists of them, for a batch sampler). ``__len__`` is optional, ``len(loader)`` needs it."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} has no __iter__(self): a sampler must yield indices")


class SequentialSampler(Sampler[int]):
    """0, 1, 2, ... in order."""

    data_source: Sized

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """A new random order each time it is iterated, or draws with ``replacement``.

    Without a ``generator`` every pass seeds its own from one draw of the global generator, so what the program draws
    during the pass does not change the order. More ``num_samples`` than samples begin the next permutation.

    Raises:
        TypeError: ``replacement`` is not a bool.
        ValueError: ``num_samples`` (the dataset's length unless given) is not positive.
    """

    data_source: Sized
    replacement: bool

    def __init__(
        self, data_source: Sized, replacement: bool = False, num_samples: int | None = None, generator: ag.Generator | None = None
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(f"RandomSampler: replacement must be True or False, got {replacement!r}")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            hint = "the dataset is empty" if num_samples is None else "give a positive integer"
            raise ValueError(f"RandomSampler: num_samples={self.num_samples}, {hint}")

    @property
    def num_samples(self) -> int:
        """How many indices one pass yields; follows the dataset's length unless it was given."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n = len(self.data_source)
        if n == 0:
            raise ValueError("RandomSampler: the dataset is empty, there is nothing to draw from")
        generator = self.generator
        if generator is None:
            generator = ag.Generator()
            generator.manual_seed(draw_seed())
        left = self.num_samples
        while left > 0:
            # PyTorch draws with replacement 32 at a time, which a shared generator's later draws depend on.
            if self.replacement:
                part = ag.randint(0, n, (min(left, 32),), generator=generator).tolist()
            else:
                part = ag.randperm(n, generator=generator).tolist()[:left]
            yield from part
            left -= len(part)
        if not self.replacement and self.num_samples % n == 0 and generator is self.generator:
            ag.randperm(n, generator=generator)  # PyTorch ends with a permutation for a remainder of none, which a shared generator shows

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given ``indices`` in a new random order each time."""

    indices: Sequence[int]

    def __init__(self, indices: Sequence[int], generator: ag.Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in ag.randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """``num_samples`` indices, index i with probability proportional to ``weights[i]``.

    Raises:
        ValueError: ``num_samples`` not a positive integer, ``replacement`` not a bool, ``weights`` not one-dimensional.
    """

    weights: ag.Tensor
    num_samples: int
    replacement: bool

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator: ag.Generator | None = None) -> None:
        _require_count("WeightedRandomSampler", "num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"WeightedRandomSampler: replacement must be True or False, got {replacement!r}")
        self.weights = ag.as_tensor(weights, dtype=ag.float64)
        if self.weights.dim() != 1:
            raise ValueError(f"WeightedRandomSampler: weights must be one number per sample, got shape {tuple(self.weights.shape)}")
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        yield from ag.multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of ``batch_size`` indices from ``sampler``; the last may be shorter, unless ``drop_last``.

    Raises:
        ValueError: ``batch_size`` not a positive integer, ``drop_last`` not a bool.
    """

    def __init__(self, sampler: Sampler[int] | Iterable[int], batch_size: int, drop_last: bool) -> None:
        _require_count("BatchSampler", "batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"BatchSampler: drop_last must be True or False, got {drop_last!r}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


class DistributedSampler(Sampler[int]):
    """The part of the data that one of several replicas reads: every ``num_replicas``-th index from ``rank`` on.

    The order is drawn from ``seed + epoch`` alone, so that all replicas share it; call ``set_epoch`` before each epoch for a new one.
    The order is filled up with its own beginning to equal parts, or with ``drop_last`` cut.

    Raises:
        RuntimeError: ``num_replicas`` or ``rank`` is missing (PyTorch would ask its process group; there is none here).
        ValueError: ``rank`` outside [0, ``num_replicas``).
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError(
                f"DistributedSampler: there is no process group to ask, give num_replicas and rank (got {num_replicas}, {rank})"
            )
        if not 0 <= rank < num_replicas:
            raise ValueError(f"DistributedSampler: rank must be in [0, {num_replicas - 1}], got {rank}")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        self.shuffle = shuffle
        self.seed = seed
        self.num_samples = len(dataset) // num_replicas if drop_last else -(-len(dataset) // num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        order = list(range(len(self.dataset)))
        if self.shuffle:
            generator = ag.Generator()
            generator.manual_seed(self.seed + self.epoch)
            order = ag.randperm(len(order), generator=generator).tolist()
        if order and len(order) < self.total_size:
            order *= -(-self.total_size // len(order))
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Number of the epoch to come, part of the order's seed."""
        self.epoch = epoch


def _require_count(owner: str, name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{owner}: {name} must be a positive integer, got {value!r}")
