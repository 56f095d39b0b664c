"""The worker processes of one loader as the program sees them: started, spoken to, watched, and brought to their end.

Imports the sibling modules on the worker and on the line to it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from .channel import Channel
from .reading import Plan
from .worker import BATCH, BEGIN, Orders, run

_GRACE = 5.0  # seconds for a worker to finish the sample at hand when its loader hangs up, as in PyTorch
_TICK = 0.5


class WorkerHandle:
    """One worker: its process, the line to it, how many batches it owes, and whether its stream has ended in this pass."""

    __slots__ = ("ended", "line", "owes", "process")

    def __init__(self, process: BaseProcess, line: Channel) -> None:
        self.process = process
        self.line = line
        self.owes = 0
        self.ended = False


class WorkerPool:
    """The workers of a loader.

    Args:
        context: the multiprocessing context that starts them.
        plan, base_seed, init_fn: what they read, how they are seeded, and what they call first.

    When a worker dies, whatever the reason, the others are shut down and every waiting call raises RuntimeError.
    """

    def __init__(self, context: Any, count: int, plan: Plan, base_seed: int, init_fn: Callable[[int], Any] | None) -> None:
        self.workers: list[WorkerHandle] = []
        self.turn = 0
        self._finish = weakref.finalize(self, _shut_down, self.workers, os.getpid())
        try:
            for worker_id in range(count):
                self.workers.append(_start(context, plan, worker_id, count, base_seed, init_fn))
        except BaseException:
            self.shut_down(grace=0)
            raise
        check = weakref.WeakMethod(self._check)  # a pool that nobody uses must not keep itself alive
        for worker in self.workers:
            worker.line.check = lambda: (check() or (lambda: None))()

    @property
    def is_open(self) -> bool:
        """Whether the workers can still be used."""
        return self._finish.alive

    def begin(self) -> None:
        """Start a new pass; answers of the one before are dropped as they come in."""
        self.turn += 1
        for worker in self.workers:
            worker.owes, worker.ended = 0, False
            self._tell(worker, BEGIN, None)

    def give(self, worker: WorkerHandle, index: Any) -> None:
        """Ask a worker for the batch at ``index``."""
        self._tell(worker, BATCH, index)
        worker.owes += 1

    def _tell(self, worker: WorkerHandle, order: str, index: Any) -> None:
        try:
            worker.line.send((self.turn, order, index))
        except EOFError:
            self._mourn(worker)

    def take(self, worker: WorkerHandle, timeout: float | None) -> tuple[str, Any]:
        """The next answer of a worker in this pass: its kind and content.

        Raises:
            RuntimeError: a worker died.
            TimeoutError: there was none within ``timeout`` seconds.
        """
        while True:
            try:
                turn, kind, content = worker.line.receive(timeout)
            except EOFError:
                self._mourn(worker)
                raise AssertionError("unreachable") from None
            if turn == self.turn:
                worker.owes -= 1
                return kind, content

    def take_any(self, timeout: float | None) -> tuple[WorkerHandle, str, Any]:
        """The next answer of whichever worker has one first, as ``take``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            busy = [worker for worker in self.workers if worker.owes and not worker.ended]
            ready: Sequence[WorkerHandle] = [worker for worker in busy if worker.line.pending]
            if not ready:
                found = set(wait([worker.line.fileno() for worker in busy], _TICK))
                ready = [worker for worker in busy if worker.line.fileno() in found]
            for worker in ready:
                try:
                    return worker, *self.take(worker, 0)
                except TimeoutError:  # half a message, or one of a pass before
                    continue
            self._check()
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError

    def _check(self) -> None:
        for worker in self.workers:
            if not worker.ended and not worker.process.is_alive() and not worker.line.pending:
                self._mourn(worker)

    def _mourn(self, worker: WorkerHandle) -> None:
        """Shut down and raise, because ``worker`` is gone."""
        worker.process.join(1)
        message = _obituary(worker.process)
        self.shut_down(grace=0.2)
        raise RuntimeError(message) from None

    def shut_down(self, grace: float = _GRACE) -> None:
        """End the workers: they see their line closed; who does not go within ``grace`` seconds is terminated, then killed."""
        if self._finish.detach() is not None:
            _shut_down(self.workers, os.getpid(), grace)


def _obituary(process: BaseProcess) -> str:
    code = process.exitcode
    if code is not None and code < 0:
        name = _signal_name(-code)
        hint = ""
        if -code == getattr(signal, "SIGKILL", 9):
            hint = " Most often the system ran out of memory: try fewer workers, a smaller prefetch_factor or smaller batches."
        elif -code in (signal.SIGSEGV, getattr(signal, "SIGBUS", -1)):
            hint = " A compiled library that the dataset calls crashed: find the sample with num_workers=0."
        return f"DataLoader worker (pid {process.pid}) is killed by signal: {name}.{hint}"
    return (
        f"DataLoader worker (pid {process.pid}) exited unexpectedly with exit code {code}: the dataset ended the process, or it could not "
        'start (see above). With the spawn and forkserver methods the program\'s start must stand under `if __name__ == "__main__":`'
    )


def _signal_name(number: int) -> str:
    try:
        return f"{signal.strsignal(number)} ({signal.Signals(number).name})"
    except ValueError:
        return str(number)


@contextmanager
def _calm(method: str) -> Iterator[None]:
    """While a worker starts: Ctrl-C waits until it can be handled, and the warning about threads at a fork is not shown.

    A worker runs Python code alone. The library's own threads are gone before any fork, and its locks are made anew after it.
    """
    held = hasattr(signal, "pthread_sigmask") and method != "forkserver"  # whose server would hold it for ever
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if held else set()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
            yield
    finally:
        if held:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(context: Any, plan: Plan, worker_id: int, count: int, base_seed: int, init_fn: Callable[[int], Any] | None) -> WorkerHandle:
    method = context.get_start_method()
    served = method == "forkserver"
    bound = served or threading.current_thread() is threading.main_thread()
    orders = Orders(plan, worker_id, count, base_seed, init_fn, 0 if served else os.getpid(), bound)
    ours, theirs = socket.socketpair()
    line = Channel(ours, of_parent=True)
    process = context.Process(target=run, args=(theirs, orders), name=f"DataLoader worker {worker_id}", daemon=True)
    try:
        with _calm(method):
            process.start()
    except BaseException as error:
        line.close()
        if method != "fork":
            error.add_note(
                f"the {method!r} method sends dataset, collate_fn and worker_init_fn to the worker by pickle: define classes and "
                'functions at the top of a module, not inside functions, or give multiprocessing_context="fork"'
            )
        raise
    finally:
        theirs.close()
    return WorkerHandle(process, line)


def _shut_down(workers: Sequence[WorkerHandle], owner: int, grace: float = _GRACE) -> None:
    if os.getpid() != owner:  # a forked copy of the loader: the workers are not its children
        return
    for worker in workers:
        worker.line.close()
    for stop, patience in ((None, grace), ("terminate", 1.0), ("kill", 1.0)):
        left = [worker.process for worker in workers if worker.process.is_alive()]
        if stop is not None:
            for process in left:
                getattr(process, stop)()
        deadline = time.monotonic() + patience
        for process in left:
            process.join(max(0.0, deadline - time.monotonic()))
    for worker in workers:
        if not worker.process.is_alive():
            worker.process.close()


def context_of(choice: Any) -> Any:
    """The multiprocessing context of a loader; the platform's default (or the program's ``set_start_method``) unless one is given."""
    return multiprocessing.get_context() if choice is None else choice
