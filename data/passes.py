"""One pass over the data, in this process or by workers, with PyTorch's order of random draws.

Imports the sibling modules on samplers, reading and the pool of workers.
"""

from __future__ import annotations

import warnings
from collections import deque
from typing import Any

from .pool import WorkerHandle, WorkerPool, context_of
from .sampler import draw_seed
from .worker import END, ERROR


class Pass:
    """An iterator over the batches of a loader, read in this process."""

    def __init__(self, loader: Any) -> None:
        if loader.num_workers == 0 and loader.timeout:
            raise AssertionError(f"timeout={loader.timeout} waits for workers, and num_workers is 0: leave timeout out")
        self._sampler = loader._index_sampler
        self._plan = loader._plan
        self._reported: int | None = loader._reported_length
        self._yielded = 0
        self._indices = iter(self._sampler)
        # PyTorch draws a base seed here, before a RandomSampler draws its own: without it, orders would differ.
        self._start(loader, draw_seed(loader.generator))

    def _start(self, loader: Any, base_seed: int) -> None:
        self._read = self._plan.reader()

    def _next_batch(self) -> Any:
        return self._read(next(self._indices))

    def __iter__(self) -> Pass:
        return self

    def __next__(self) -> Any:
        batch = self._next_batch()
        self._yielded += 1
        if self._reported is not None and self._plan.streaming and self._yielded > self._reported:
            warnings.warn(
                f"{type(self._plan.dataset).__name__} reported a length of {self._reported}, and batch {self._yielded} has been read; "
                "correct its __len__, or with num_workers > 0 let each worker read its own part (see get_worker_info)",
                stacklevel=2,
            )
        return batch

    def __len__(self) -> int:
        return len(self._sampler)

    def __getstate__(self) -> Any:
        raise NotImplementedError("a pass over a DataLoader cannot be pickled; pickle the loader")


class WorkerPass(Pass):
    """An iterator over the batches that workers read: batch i comes from the next worker in turn that still has data.

    Workers end with the pass, or when it is dropped half way, unless they are persistent.
    """

    def _start(self, loader: Any, base_seed: int) -> None:
        if loader.prefetch_factor < 1:
            raise AssertionError(f"prefetch_factor must be at least 1 with workers, got {loader.prefetch_factor}")
        self._timeout: float | None = loader.timeout or None
        self._in_order = loader.in_order
        self._persistent = loader.persistent_workers
        self._ahead = loader.prefetch_factor * loader.num_workers
        self._pool = WorkerPool(
            context_of(loader.multiprocessing_context), loader.num_workers, self._plan, base_seed, loader.worker_init_fn
        )
        self._begin()

    @property
    def is_open(self) -> bool:
        """Whether the workers still run."""
        return self._pool.is_open

    def restart(self, loader: Any) -> None:
        """Begin the next pass with the same workers; what is left of this one is dropped."""
        self._reported = loader._reported_length
        self._yielded = 0
        self._indices = iter(self._sampler)
        self._begin()

    def _begin(self) -> None:
        self._pool.begin()
        self._place = 0  # in the circle of workers
        self._tasks: deque[WorkerHandle] = deque()  # who owes the next batches, in their order
        for _ in range(self._ahead):
            self._ask()

    def _next_worker(self) -> WorkerHandle | None:
        workers = self._pool.workers
        share = self._ahead // max(1, sum(not worker.ended for worker in workers))
        for _ in workers:
            worker = workers[self._place]
            self._place = (self._place + 1) % len(workers)
            if not worker.ended and (self._in_order or worker.owes < share):
                return worker
        return None

    def _ask(self) -> None:
        """Give the next task to the next worker."""
        index = next(self._indices, self)
        worker = None if index is self else self._next_worker()
        if worker is not None:
            self._pool.give(worker, index)
            self._tasks.append(worker)

    def _next_batch(self) -> Any:
        try:
            return self._next_answer()
        except StopIteration:
            if not self._persistent:
                self._pool.shut_down()
            raise
        except Exception:
            raise
        except BaseException:  # Ctrl-C: half a message may have been read, and nobody wants to wait for the rest
            self._pool.shut_down(grace=0.2)
            raise

    def _next_answer(self) -> Any:
        while self._tasks:
            worker = self._tasks[0]
            if self._in_order and worker.ended:
                self._tasks.popleft()
                continue
            worker, kind, content = self._take(worker)
            self._tasks.remove(worker)
            worker.ended = kind == END
            self._ask()
            if kind == ERROR:
                raise content.exception() from None
            if kind != END:
                return content
            if not self._in_order:
                self._tasks = deque(task for task in self._tasks if task is not worker)
        raise StopIteration

    def _take(self, worker: WorkerHandle) -> tuple[WorkerHandle, str, Any]:
        if not self._pool.is_open:
            raise RuntimeError("the workers of this pass are gone: begin a new pass with iter(loader)")
        try:
            return (worker, *self._pool.take(worker, self._timeout)) if self._in_order else self._pool.take_any(self._timeout)
        except TimeoutError:
            pid = worker.process.pid
            raise RuntimeError(
                f"DataLoader timed out after {self._timeout} seconds: worker process {pid} is still at a batch. "
                "Give a larger timeout (0 waits for ever), or find the slow sample with num_workers=0"
            ) from None
