"""The thread count of the package and the small worker pool that parallel kernels run on.

Imports the standard library and NumPy only. Workers are Python threads that run code which releases the
GIL (compiled loops, BLAS), not Numba's own threading layers: see `run` for the reasons and the figures.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import operator
import os
import pathlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

Task = Callable[[int, int], Any]

_MAX_THREADS = 1024
_RANGES_PER_THREAD = 2
_PATIENCE = 1.0  # seconds that a fork waits for a worker at a job


def _default_threads() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return min(int(asked), _MAX_THREADS) if asked.isdigit() and int(asked) > 0 else cores


class _Pool:
    """The workers of this process. A fork ends them first, and parent and child start again with none."""

    def __init__(self) -> None:
        self.threads = _default_threads()
        self.forget()

    def forget(self) -> None:
        self.jobs: queue.SimpleQueue[_Launch | None] = queue.SimpleQueue()
        self.workers: list[threading.Thread] = []
        self.growing = threading.Lock()

    def invite(self, launch: _Launch, helpers: int) -> None:
        if len(self.workers) < helpers:
            with self.growing:
                while len(self.workers) < helpers:
                    name = f"autograd_core-{len(self.workers)}"
                    worker = threading.Thread(target=_serve, args=(self.jobs,), name=name, daemon=True)
                    worker.start()
                    self.workers.append(worker)
        for _ in range(helpers):
            self.jobs.put(launch)

    def dismiss(self) -> None:
        """End the workers, so that a fork finds no thread of ours: Python 3.12 warns of forks beside threads, with reason.

        A worker at a job ends after it. No launch waits for a worker that is gone: its caller does what nobody takes.
        """
        if not self.growing.acquire(timeout=_PATIENCE):
            return
        try:
            workers, jobs = self.workers, self.jobs
            self.workers, self.jobs = [], queue.SimpleQueue()
        finally:
            self.growing.release()
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            if worker is not threading.current_thread():
                worker.join(_PATIENCE)


class _Launch:
    """One parallel call: ranges that the caller and any free worker take in turn."""

    __slots__ = ("done", "error", "finished", "last", "ranges", "task")

    def __init__(self, task: Task, ranges: list[tuple[int, int]]) -> None:
        self.task = task
        self.ranges: Iterator[tuple[int, int]] = iter(ranges)
        self.last = len(ranges) - 1
        self.finished = itertools.count()
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def work(self) -> None:
        for lo, hi in self.ranges:
            try:
                self.task(lo, hi)
            except BaseException as error:  # carried to the caller, who raises it
                self.error = error
            if next(self.finished) == self.last:
                self.done.release()


def _serve(jobs: queue.SimpleQueue[_Launch | None]) -> None:
    np.seterr(all="ignore")  # of this thread: a warning belongs to the caller, who asked for none
    while True:
        launch = jobs.get()
        if launch is None:
            return
        launch.work()
        del launch  # an idle worker must not keep the arrays of its last job alive


_pool = _Pool()


def get_num_threads() -> int:
    """The number of threads that kernels and BLAS may use."""
    return _pool.threads


def set_num_threads(n: int) -> None:
    """Let kernels, and NumPy's BLAS where it can be told, use `n` threads.

    Raises TypeError for anything but an integer and RuntimeError for one below 1.
    """
    if isinstance(n, bool):
        raise TypeError("set_num_threads expects an int, got a bool: pass the number of threads")
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"set_num_threads expects an int, got {type(n).__name__}: pass the number of threads") from None
    if n < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, got {n}: pass 1 to run on one thread")
    _pool.threads = min(n, _MAX_THREADS)
    _set_blas_threads(_pool.threads)


def cut(blocks: int, parts: int) -> list[tuple[int, int]]:
    """`range(blocks)` as at most `parts` ranges (lo, hi) of nearly equal length, none of them empty."""
    parts = max(1, min(blocks, parts))
    edges = [blocks * i // parts for i in range(parts + 1)]
    return [(lo, hi) for lo, hi in itertools.pairwise(edges) if lo < hi]


def run(blocks: int, task: Task) -> None:
    """Call `task(lo, hi)` on ranges that together cover `range(blocks)`, on the caller's thread and the workers.

    The values must not depend on where the ranges are cut: a task treats every block by itself. Any number of
    Python threads may call this at once, and a child may be forked at any time. Handing over costs about 13 µs.
    Numba's layers fall short of that: workqueue costs 28 µs and aborts the process when two threads launch at
    once, OpenMP costs 3 µs and kills a forked child, TBB is not installed by default.
    """
    threads = min(_pool.threads, blocks)
    if threads <= 1:
        if blocks > 0:
            task(0, blocks)
        return
    launch = _Launch(task, cut(blocks, threads * _RANGES_PER_THREAD))
    _pool.invite(launch, threads - 1)
    launch.work()
    launch.done.acquire()
    if launch.error is not None:
        raise launch.error


@functools.cache
def _blas() -> tuple[Callable[[int], Any], Callable[[], int]] | None:
    """OpenBLAS's (set, get) thread count functions out of NumPy's wheel, or None where there is another BLAS."""
    package = pathlib.Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")) if folder.is_dir() else ():
            try:
                library = ctypes.CDLL(str(path))
            except OSError:
                continue
            for prefix, suffix in itertools.product(("scipy_", ""), ("64_", "")):
                set_threads = getattr(library, f"{prefix}openblas_set_num_threads{suffix}", None)
                get_threads = getattr(library, f"{prefix}openblas_get_num_threads{suffix}", None)
                if set_threads is not None and get_threads is not None:
                    return set_threads, get_threads
    return None


def _set_blas_threads(n: int) -> None:
    blas = _blas()
    if blas is not None:
        blas[0](n)


class _BlasHold:
    """How many callers need a one-threaded BLAS at this moment, and the count to return to."""

    lock = threading.Lock()
    holders = 0
    before = 1


@contextmanager
def one_blas_thread() -> Iterator[bool]:
    """Keep BLAS to one thread, for tasks that call it from several workers; yields False where it cannot be told."""
    blas = _blas()
    if blas is None:
        yield False
        return
    set_threads, get_threads = blas
    with _BlasHold.lock:
        if _BlasHold.holders == 0:
            _BlasHold.before = get_threads()
            set_threads(1)
        _BlasHold.holders += 1
    try:
        yield True
    finally:
        with _BlasHold.lock:
            _BlasHold.holders -= 1
            if _BlasHold.holders == 0:
                set_threads(_BlasHold.before)


def _start_anew() -> None:
    """In a forked child the other threads are gone: what they held is released, and workers start again."""
    _pool.forget()
    held, _BlasHold.holders = _BlasHold.holders, 0
    _BlasHold.lock = threading.Lock()
    if held:
        _set_blas_threads(_BlasHold.before)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_pool.dismiss, after_in_child=_start_anew)
