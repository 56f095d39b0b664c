"""The loader: from a dataset, an order and a collation to batches, with PyTorch's arguments, checks and order of random draws.

Imports autograd_core and the sibling modules on datasets, samplers, collation and workers.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

import autograd_core as ag

from .collate import default_collate, default_convert, is_default
from .dataset import Dataset, IterableDataset, batch_reader
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, draw_seed
from .worker import Worker

T_co = TypeVar("T_co", covariant=True)
Reader = Callable[[Any], Any]

_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class _Endless(Sampler[None]):
    """The sampler of a stream: the next sample, for ever."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class MapReader:
    """From the indices of a batch to the batch, for a map-style dataset."""

    def __init__(self, dataset: Any, collate_fn: Callable[[Any], Any]) -> None:
        self._dataset = dataset
        self._collate = collate_fn
        self._together = getattr(dataset, "__getitems__", None)
        self._whole = batch_reader(dataset) if is_default(collate_fn) else None

    def at_once(self, indices: Any) -> Any:
        """The batch where the dataset gives it whole (which runs no transform and draws no random number), else None."""
        return None if self._whole is None else self._whole(indices)

    def sample_by_sample(self, indices: Any) -> Any:
        """The batch, by the dataset's samples and the collation."""
        together, dataset = self._together, self._dataset
        return self._collate(together(indices) if together else [dataset[index] for index in indices])

    def __call__(self, indices: Any) -> Any:
        batch = self.at_once(indices)
        return self.sample_by_sample(indices) if batch is None else batch


def stream_reader(dataset: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> Reader:
    """The function that takes the next batch from a stream; StopIteration at its end."""
    stream = iter(dataset)
    if not batched:
        return lambda _: collate_fn(next(stream))

    def read(slots: list[None]) -> Any:
        samples = list(islice(stream, len(slots)))
        if not samples or (drop_last and len(samples) < len(slots)):
            raise StopIteration
        return collate_fn(samples)

    return read


class DataLoader(Generic[T_co]):
    """Iterate over ``dataset`` in batches.

    Args:
        dataset: anything with ``__getitem__`` and ``__len__``, or an IterableDataset.
        batch_size: samples per batch; None hands on single samples, converted by ``default_convert``.
        shuffle: a new random order every epoch.
        sampler: an iterable of indices instead of ``shuffle``.
        batch_sampler: an iterable of lists of indices instead of ``batch_size``, ``shuffle``, ``sampler`` and ``drop_last``.
        num_workers: batches are those of so many PyTorch workers (each with its own random streams and dataset copy), read
            in this process, one after another.
        collate_fn: list of samples to batch, by default ``default_collate``.
        pin_memory, pin_memory_device, in_order, timeout, multiprocessing_context: accepted; there is no device to copy
            to and no process to wait for.
        drop_last: leave out a last batch that is not full.
        worker_init_fn: called with each worker's id before it reads.
        generator: the source of the order and of the workers' seeds, by default the global one.
        prefetch_factor: how many batches per worker the sampler runs ahead.
        persistent_workers: workers keep their dataset copy and random streams from one epoch to the next.

    Raises:
        ValueError: arguments that exclude each other or lie out of range.
    """

    dataset: Dataset[T_co]
    _ready = False

    def __init__(
        self,
        dataset: Dataset[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[list[Any]] | Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: ag.Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self.generator = generator
        self.persistent_workers = persistent_workers
        self._streaming = isinstance(dataset, IterableDataset)
        if self._streaming:
            _check_stream(shuffle, sampler, batch_sampler)
        _check_order(batch_size, bool(shuffle), sampler, batch_sampler, drop_last)

        order: Any = sampler
        if order is None:
            if self._streaming:
                order = _Endless()
            elif shuffle:
                order = RandomSampler(dataset, generator=generator)  # type: ignore[arg-type]
            else:
                order = SequentialSampler(dataset)  # type: ignore[arg-type]
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        elif batch_size is not None:
            batch_sampler = BatchSampler(order, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = order
        self.batch_sampler = batch_sampler
        self.collate_fn: Callable[[Any], Any] = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self._reported_length: int | None = None
        self._workers: list[Worker] | None = None
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._ready and name in _FIXED:
            raise ValueError(f"{name} of a {type(self).__name__} cannot be changed once it is made: make a new loader")
        super().__setattr__(name, value)

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _reader(self, dataset: Any) -> Reader:
        batched = self.batch_sampler is not None
        if self._streaming:
            return stream_reader(dataset, batched, self.collate_fn, self.drop_last)
        if batched:
            return MapReader(dataset, self.collate_fn)
        return lambda index: self.collate_fn(dataset[index])

    def __iter__(self) -> Iterator[Any]:
        return _Epoch(self) if self.num_workers == 0 else _WorkerEpoch(self)

    def __len__(self) -> int:
        """Batches per epoch. For a stream it is computed from ``len(dataset)``; TypeError when that is not defined."""
        if not self._streaming:
            return len(self._index_sampler)
        count = len(self.dataset)  # type: ignore[arg-type]
        self._reported_length = count
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


class _Epoch:
    """One pass over the data."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        if loader.num_workers == 0 and loader.timeout:
            raise AssertionError(f"timeout={loader.timeout} waits for workers, and num_workers is 0: leave timeout out")
        self._loader = loader
        self._indices = iter(loader._index_sampler)
        self._yielded = 0
        self._start()

    def _start(self) -> None:
        # PyTorch draws a base seed here, before a RandomSampler draws its own: without it, orders would differ.
        draw_seed(self._loader.generator)
        self._read = self._loader._reader(self._loader.dataset)

    def _next_batch(self) -> Any:
        return self._read(next(self._indices))

    def __iter__(self) -> _Epoch:
        return self

    def __next__(self) -> Any:
        batch = self._next_batch()
        self._yielded += 1
        reported = self._loader._reported_length
        if self._loader._streaming and reported is not None and self._yielded > reported:
            warnings.warn(
                f"{type(self._loader.dataset).__name__} reported a length of {reported}, and batch {self._yielded} has been read; "
                "correct its __len__, or with num_workers > 0 let each worker read its own part (see get_worker_info)",
                stacklevel=2,
            )
        return batch

    def __len__(self) -> int:
        return len(self._loader._index_sampler)

    def __getstate__(self) -> Any:
        raise NotImplementedError("a pass over a DataLoader cannot be pickled; pickle the loader")


class _WorkerEpoch(_Epoch):
    """One pass with workers: batch i is read by the next worker in turn that still has data."""

    def _start(self) -> None:
        loader = self._loader
        workers = loader._workers
        if workers is None:
            base_seed = draw_seed(loader.generator)
            workers = [Worker(loader.dataset, i, loader.num_workers, base_seed, loader.worker_init_fn) for i in range(loader.num_workers)]
            if loader.persistent_workers:
                loader._workers = workers
        for worker in workers:
            worker.begin(loader._reader)
        self._turn = deque(workers)
        ahead = (loader.prefetch_factor or 0) * loader.num_workers
        # PyTorch's sampler runs ahead of the batches, which shows when sampler and program share a generator.
        self._waiting = deque(islice(self._indices, ahead))

    def _next_batch(self) -> Any:
        while self._turn:
            self._waiting.extend(islice(self._indices, 1))
            if not self._waiting:
                raise StopIteration
            worker = self._turn[0]
            index = self._waiting.popleft()
            try:
                batch = worker.read(index)
            except StopIteration:
                self._turn.popleft()
                continue
            self._turn.rotate(-1)
            return batch
        raise StopIteration


def _check_workers(num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool, context: Any) -> None:
    if num_workers < 0:
        raise ValueError(f"num_workers must not be negative, got {num_workers}; 0 reads without workers")
    if timeout < 0:
        raise ValueError(f"timeout must not be negative, got {timeout}")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(f"prefetch_factor={prefetch_factor} needs num_workers > 0")
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"prefetch_factor must not be negative, got {prefetch_factor}")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers=True needs num_workers > 0")
    if context is None:
        return
    if num_workers == 0:
        raise ValueError(f"multiprocessing_context={context!r} needs num_workers > 0")
    methods = multiprocessing.get_all_start_methods()
    if isinstance(context, str):
        if context not in methods:
            raise ValueError(f"multiprocessing_context must be one of {methods}, got {context!r}")
    elif not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(f"multiprocessing_context must be a context or one of {methods}, got {context!r}")


def _check_stream(shuffle: bool | None, sampler: Any, batch_sampler: Any) -> None:
    for name, value in (("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batch_sampler)):
        if value is not None:
            raise ValueError(f"an IterableDataset has its own order: {name}={value!r} cannot be used with it")


def _check_order(batch_size: int | None, shuffle: bool, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    if sampler is not None and shuffle:
        raise ValueError("sampler and shuffle=True exclude each other: a sampler is the order")
    if batch_sampler is not None:
        if batch_size != 1 or shuffle or sampler is not None or drop_last:
            raise ValueError("batch_sampler decides about batches alone: leave out batch_size, shuffle, sampler and drop_last")
    elif batch_size is None and drop_last:
        raise ValueError("batch_size=None means no batches, so there is no last one for drop_last=True")
