"""The loader: from a dataset, an order and a collation to batches, with PyTorch's arguments, checks and order of random draws.

Imports autograd_core and the sibling modules on datasets, samplers, collation, reading and passes over the data.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import autograd_core as ag

from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .passes import Pass, WorkerPass
from .reading import Plan
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

T_co = TypeVar("T_co", covariant=True)

_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class _Endless(Sampler[None]):
    """The sampler of a stream: the next sample, for ever."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class DataLoader(Generic[T_co]):
    """Iterate over ``dataset`` in batches.

    Args:
        dataset: anything with ``__getitem__`` and ``__len__``, or an IterableDataset.
        batch_size: samples per batch; None hands on single samples, converted by ``default_convert``.
        shuffle: a new random order every epoch.
        sampler: an iterable of indices instead of ``shuffle``.
        batch_sampler: an iterable of lists of indices instead of ``batch_size``, ``shuffle``, ``sampler`` and ``drop_last``.
        num_workers: how many processes read ahead; 0 reads in this one.
        collate_fn: list of samples to batch, by default ``default_collate``.
        pin_memory, pin_memory_device: accepted; there is no device to copy to.
        drop_last: leave out a last batch that is not full.
        timeout: seconds to wait for a worker's batch before a RuntimeError; 0 waits for ever.
        worker_init_fn: called in each worker with its id before it reads.
        multiprocessing_context: how workers start, a context or "fork", "spawn", "forkserver"; by default as
            ``multiprocessing`` itself would: on Linux a fork (up to Python 3.13), which needs no pickling and no
            ``if __name__ == "__main__"``. This library's own threads end before a fork and start again when needed. Where another
            thread of the program computes matrix products meanwhile, take "forkserver": OpenBLAS can hang a fork amid a product.
        generator: the source of the order and of the workers' seeds, by default the global one.
        prefetch_factor: how many batches each worker reads ahead, 2 by default.
        persistent_workers: workers keep their processes, dataset copies and random streams from one epoch to the next.
        in_order: batches in the sampler's order; False hands them on as they come.

    Worker i is seeded as in PyTorch: Python's and the library's generator with ``base_seed + i``, NumPy's from both, so that random
    augmentation gives PyTorch's numbers. An exception in a worker arrives as the same type, its traceback in the message.

    Raises:
        ValueError: arguments that exclude each other or lie out of range.
        RuntimeError: while iterating, a worker that died (with its pid and signal) or kept silent for ``timeout`` seconds.
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
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
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
        self._pass: WorkerPass | None = None
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._ready and name in _FIXED:
            raise ValueError(f"{name} of a {type(self).__name__} cannot be changed once it is made: make a new loader")
        super().__setattr__(name, value)

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    @property
    def multiprocessing_context(self) -> Any:
        """The context in which workers start; None is the platform's own."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        self._context = _as_context(context, self.num_workers)

    @property
    def _plan(self) -> Plan:
        return Plan(self.dataset, self._streaming, self.batch_sampler is not None, self.collate_fn, self.drop_last)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pass": None}

    def __iter__(self) -> Iterator[Any]:
        if self.num_workers == 0:
            return Pass(self)
        if not self.persistent_workers:
            return WorkerPass(self)
        if self._pass is None or not self._pass.is_open:
            self._pass = WorkerPass(self)
        else:
            self._pass.restart(self)
        return self._pass

    def __len__(self) -> int:
        """Batches per epoch. For a stream it is computed from ``len(dataset)``; TypeError when that is not defined."""
        if not self._streaming:
            return len(self._index_sampler)
        count = len(self.dataset)  # type: ignore[arg-type]
        self._reported_length = count
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def _check_workers(num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool) -> None:
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


def _as_context(context: Any, num_workers: int) -> Any:
    """A context from a start method's name, a context or None."""
    if context is None:
        return None
    if num_workers == 0:
        raise ValueError(f"multiprocessing_context={context!r} needs num_workers > 0")
    methods = multiprocessing.get_all_start_methods()
    if isinstance(context, str):
        if context not in methods:
            raise ValueError(f"multiprocessing_context must be one of {methods}, got {context!r}")
        return multiprocessing.get_context(context)
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(f"multiprocessing_context must be a context or one of {methods}, got {context!r}")
    return context


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
