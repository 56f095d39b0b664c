"""What ``num_workers > 0`` means here: PyTorch's workers, played one after another in the calling process.

Each worker has its own copy of the dataset and its own random streams, so batches, their order and every random
augmentation are those of PyTorch's worker processes. No process is forked (a fork after the first threaded kernel
can kill the child) and nothing must be picklable. Imports autograd_core, and of the package the dataset classes.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_core as ag


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker is running: its ``id`` in [0, ``num_workers``), its ``seed``, and its own copy of the ``dataset``."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_current: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """The worker in whose name the dataset is being read or ``worker_init_fn`` runs; None outside a worker."""
    return _current


Streams = tuple[Any, Any, Any]


def _save_streams() -> Streams:
    return random.getstate(), np.random.get_state(), ag.get_rng_state()  # noqa: NPY002  datasets use the global generator


def _restore_streams(streams: Streams) -> None:
    random.setstate(streams[0])
    np.random.set_state(streams[1])  # noqa: NPY002
    ag.set_rng_state(streams[2])


def numpy_seed(base_seed: int, worker_id: int) -> np.ndarray:
    """The four words with which PyTorch seeds NumPy in a worker: a SeedSequence of the worker's id and the base seed."""
    return np.random.SeedSequence([worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]).generate_state(4)


class Worker:
    """One worker: reads batches from its own dataset copy, with its own random streams."""

    def __init__(self, dataset: Any, worker_id: int, num_workers: int, base_seed: int, init_fn: Callable[[int], Any] | None) -> None:
        # A shallow copy keeps attributes set by worker_init_fn apart without doubling the data.
        self.info = WorkerInfo(worker_id, num_workers, base_seed + worker_id, copy.copy(dataset))
        outside = _save_streams()
        try:
            random.seed(self.info.seed)
            np.random.seed(numpy_seed(base_seed, worker_id))  # noqa: NPY002
            ag.manual_seed(self.info.seed)
            self._streams = _save_streams()
        finally:
            _restore_streams(outside)
        self._read: Callable[[Any], Any] | None = None
        if init_fn is not None:
            with self._at_work():
                init_fn(worker_id)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Inside, the global random streams and ``get_worker_info`` are this worker's."""
        global _current
        outside, before = _save_streams(), _current
        _restore_streams(self._streams)
        _current = self.info
        try:
            yield
        finally:
            self._streams = _save_streams()
            _restore_streams(outside)
            _current = before

    def begin(self, make_reader: Callable[[Any], Callable[[Any], Any]]) -> None:
        """Start a pass over the data; ``make_reader(dataset)`` gives the function that reads one batch."""
        with self._at_work():
            self._read = make_reader(self.info.dataset)

    def read(self, index: Any) -> Any:
        """The batch for ``index``. StopIteration when this worker's stream is used up."""
        assert self._read is not None
        quick = getattr(self._read, "at_once", None)
        batch = None if quick is None else quick(index)
        if batch is not None:  # exchanging the streams takes 0.25 ms, a batch of MNIST 0.06
            return batch
        with self._at_work():
            return self._read(index)
