"""`torch.futures`: a value that comes later, from another thread. Imports the standard library."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

__all__ = ["Future", "collect_all", "wait_all"]

T = TypeVar("T")


class Future(Generic[T]):
    """A value that somebody sets once. `devices` is accepted: there is the CPU."""

    def __init__(self, *, devices: Any = None) -> None:
        self._inner: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def done(self) -> bool:
        """Whether the value, or an exception, has come."""
        return self._inner.done()

    def wait(self) -> Any:
        """The value, once it has come; raises the exception that was set instead."""
        return self._inner.result()

    def value(self) -> Any:
        """The value that has come. RuntimeError before."""
        if not self.done():
            raise RuntimeError("the Future has no value yet: call wait()")
        return self.wait()

    def set_result(self, result: Any) -> None:
        """Give the value. RuntimeError the second time."""
        if self.done():
            raise RuntimeError("the Future is completed already: a value is set once")
        self._inner.set_result(result)

    def set_exception(self, result: BaseException) -> None:
        """Give an exception in place of a value."""
        assert isinstance(result, Exception), f"{result} is of type {type(result)}, not an Exception."
        self._inner.set_exception(result)

    def add_done_callback(self, callback: Callable[[Future[T]], Any]) -> None:
        """Call a function with this Future when the value comes, or now."""
        self._inner.add_done_callback(lambda _: callback(self))

    def then(self, callback: Callable[[Future[T]], Any]) -> Future[Any]:
        """A Future of what the function returns for this one."""
        later: Future[Any] = Future()

        def run(_: Any) -> None:
            try:
                later.set_result(callback(self))
            except Exception as error:
                later.set_exception(error)

        self._inner.add_done_callback(run)
        return later


def collect_all(futures: Sequence[Future[Any]]) -> Future[list[Any]]:
    """A Future of the list, once all of them are done."""
    together: Future[list[Any]] = Future()
    left = len(futures)

    def one(_: Future[Any]) -> None:
        nonlocal left
        left -= 1
        if not left:
            together.set_result(list(futures))

    for future in futures:
        future.add_done_callback(one)
    if not futures:
        together.set_result([])
    return together


def wait_all(futures: Sequence[Future[Any]]) -> list[Any]:
    """The values of all, once they have come."""
    return [future.wait() for future in futures]
