"""What runs in a worker process: seeding, the loop from tasks to batches, and the end when the loader hangs up or dies.

Imports autograd_core and the sibling modules on reading and on the line to the loader.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import random
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import autograd_core as ag

from .channel import Channel
from .reading import Plan, Reader

BEGIN, BATCH, END, ERROR = "begin", "batch", "end", "error"
_PARENT_DIED = 1  # prctl's PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this process is: its ``id`` in [0, ``num_workers``), its ``seed``, and its own copy of the ``dataset``."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_current: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """The worker that runs in this process; None in the program's own process."""
    return _current


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told at its start.

    ``parent`` is the loader's process where that is the worker's direct parent, else 0 (a forkserver stands between). A ``bound``
    worker asks the system to be killed with the thread that started it.
    """

    plan: Plan
    worker_id: int
    num_workers: int
    base_seed: int
    init_fn: Callable[[int], Any] | None
    parent: int
    bound: bool


class _Text(str):
    """A message that a KeyError shows as it is, not quoted with its line ends as backslashes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception on its way out of a worker: the pickled type, the type's name, and the traceback as text."""

    kind: bytes
    name: str
    where: str
    trace: str

    @staticmethod
    def of(error: BaseException, where: str) -> Failure:
        """The failure that stands for ``error``."""
        try:
            kind = pickle.dumps(type(error))
        except Exception:  # a class made inside a function
            kind = b""
        return Failure(kind, type(error).__name__, where, "".join(traceback.format_exception(error)))

    def exception(self) -> BaseException:
        """An exception of the same type, the traceback in its message; RuntimeError where that type cannot be made of a message."""
        text = _Text(f"Caught {self.name} {self.where}.\nOriginal {self.trace}")
        try:
            made = pickle.loads(self.kind)(text)
        except Exception:
            return RuntimeError(text)
        return made if isinstance(made, BaseException) else RuntimeError(text)


def numpy_seed(base_seed: int, worker_id: int) -> np.ndarray:
    """The four words with which PyTorch seeds NumPy in a worker: a SeedSequence of the worker's id and the base seed."""
    return np.random.SeedSequence([worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]).generate_state(4)


def _seed(orders: Orders) -> int:
    """Seed the three global random streams as PyTorch does; returns the worker's seed."""
    seed = orders.base_seed + orders.worker_id
    random.seed(seed)
    # The old one is locked for ever if a thread was drawing from it at the fork.
    np.random.set_bit_generator(np.random.MT19937())  # type: ignore[attr-defined]
    np.random.seed(numpy_seed(orders.base_seed, orders.worker_id))  # noqa: NPY002  datasets use the global generator
    ag.manual_seed(seed)
    return seed


def _parent_check(orders: Orders) -> Callable[[], None]:
    """A function that raises EOFError once the loader's process is gone."""
    parent = multiprocessing.parent_process()

    def check() -> None:
        gone = os.getppid() != orders.parent if orders.parent else parent is not None and not parent.is_alive()
        if gone:
            raise EOFError("the process of the loader is gone")

    return check


def _settle_signals(orders: Orders) -> None:
    """Ctrl-C ends a worker quietly; SIGTERM has its plain meaning, whatever the program does at it; the parent's death kills."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux" and orders.bound:
        try:
            ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
        except (OSError, AttributeError):  # no glibc: the line says so too, when the batch at hand is done
            pass
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def run(end: socket.socket, orders: Orders) -> None:
    """The whole life of a worker process."""
    global _current
    line = Channel(end)
    try:
        _settle_signals(orders)
        line.check = _parent_check(orders)
        line.check()
        ag.set_num_threads(1)
        _current = WorkerInfo(orders.worker_id, orders.num_workers, _seed(orders), orders.plan.dataset)
        _Work(line, orders).forever()
    except (EOFError, KeyboardInterrupt):
        pass
    finally:
        line.close()


class _Work:
    """From tasks to answers. A task is (pass, BEGIN or BATCH, what the sampler gave), an answer (pass, kind, content)."""

    def __init__(self, line: Channel, orders: Orders) -> None:
        self._line = line
        self._plan = orders.plan
        self._where = f"in DataLoader worker process {orders.worker_id}"
        self._failure: Failure | None = None
        self._read: Reader | None = None
        if orders.init_fn is not None:
            self._attempt(partial(orders.init_fn, orders.worker_id))

    def _attempt(self, action: Callable[[], Any]) -> Any:
        """What ``action`` gives; an exception becomes the answer to the next task."""
        try:
            return action()
        except Exception as error:
            self._failure = Failure.of(error, self._where)
            return None

    def forever(self) -> None:
        """Serve tasks until the loader hangs up."""
        ended = False
        while True:
            turn, order, index = self._line.receive()
            if order == BEGIN:
                ended = False
                if self._failure is None:
                    self._read = self._attempt(self._plan.reader)
                continue
            if ended:
                continue
            kind, content = self._answer(index)
            ended = kind == END
            self._send(turn, kind, content)
            del content, index

    def _answer(self, index: Any) -> tuple[str, Any]:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            return ERROR, failure
        if self._read is None:
            return ERROR, Failure.of(RuntimeError("this worker failed at its start, see its first error"), self._where)
        try:
            return BATCH, self._read(index)
        except StopIteration as error:
            return (END, None) if self._plan.streaming else (ERROR, Failure.of(error, self._where))
        except Exception as error:
            return ERROR, Failure.of(error, self._where)

    def _send(self, turn: int, kind: str, content: Any) -> None:
        try:
            self._line.send((turn, kind, content))
        except EOFError:
            raise
        except Exception as error:  # the batch cannot be pickled, or there is no memory for it
            error.add_note(
                "a batch crosses from the worker to the program by pickle: return tensors, arrays, numbers, strings and the like"
            )
            self._line.send((turn, ERROR, Failure.of(error, self._where)))
