"""Modes belong to their thread, cost little, and decorate without changing what they decorate."""

from __future__ import annotations

import inspect
import threading
import timeit
from typing import Any

import pytest

import autograd_core as ag


def test_each_thread_has_its_own_mode() -> None:
    seen: list[Any] = []
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with ag.no_grad():
            seen.append(ag.is_grad_enabled())
            entered.set()
            leave.wait(10)
        seen.append(ag.is_grad_enabled())

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(10)
    seen.append(ag.is_grad_enabled())
    leave.set()
    thread.join()
    assert seen == [False, True, True]


def test_a_thread_starts_with_recording_on() -> None:
    seen = []
    with ag.no_grad():
        thread = threading.Thread(target=lambda: seen.append((ag.is_grad_enabled(), ag.is_inference_mode_enabled())))
        thread.start()
        thread.join()
    assert seen == [(True, False)]


def test_graphs_of_several_threads_do_not_meet() -> None:
    out: dict[int, float] = {}

    def work(k: int) -> None:
        x = ag.tensor(float(k), requires_grad=True)
        y = x
        for _ in range(200):
            y = y * 1.0 + x
        y.backward()
        out[k] = x.grad.item()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert out == dict.fromkeys(range(4), 201.0)


@pytest.mark.parametrize(
    "mode", [ag.no_grad, ag.enable_grad, ag.inference_mode, lambda f: ag.no_grad()(f), lambda f: ag.set_grad_enabled(False)(f)]
)
def test_decorated_functions_keep_their_faces(mode: Any) -> None:
    @mode
    def named(a: int, b: int = 2) -> int:
        """Words."""
        return a + b

    assert named.__name__ == "named" and named.__doc__ == "Words." and list(inspect.signature(named).parameters) == ["a", "b"]
    assert named(1) == 3 and named(1, b=5) == 6


def test_decorated_functions_may_call_themselves() -> None:
    @ag.no_grad()
    def down(n: int) -> list[bool]:
        return [ag.is_grad_enabled(), *(down(n - 1) if n else [])]

    assert down(5) == [False] * 6 and ag.is_grad_enabled()


def test_decorated_methods() -> None:
    class Model:
        @ag.no_grad()
        def evaluate(self) -> bool:
            return ag.is_grad_enabled()

        @staticmethod
        @ag.inference_mode
        def infer() -> bool:
            return ag.is_inference_mode_enabled()

    assert Model().evaluate() is False and Model.infer() is True


def test_a_decorated_generator_runs_in_the_mode_and_its_caller_does_not() -> None:
    log: list[Any] = []

    @ag.no_grad()
    def generator() -> Any:
        try:
            while True:
                try:
                    log.append(((yield ag.is_grad_enabled()), ag.is_grad_enabled()))
                except KeyError:
                    log.append(("thrown", ag.is_grad_enabled()))
        finally:
            log.append(("closed", ag.is_grad_enabled()))

    g = generator()
    assert next(g) is False and ag.is_grad_enabled()
    assert g.send("sent") is False and ag.is_grad_enabled()
    assert g.throw(KeyError) is False and ag.is_grad_enabled()
    g.close()
    assert log == [("sent", False), ("thrown", False), ("closed", False)]

    @ag.no_grad
    def returning() -> Any:
        yield 1
        return 2

    def outer() -> Any:
        log.append((yield from returning()))

    list(outer())
    assert log[-1] == 2


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="must be bool"):
        ag.set_grad_enabled(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="methods"):

        @ag.no_grad()
        class Thing:
            pass


def test_a_mode_object_may_be_entered_again_and_again() -> None:
    mode = ag.no_grad()
    for _ in range(2):
        with mode:
            assert not ag.is_grad_enabled()
        assert ag.is_grad_enabled()


@pytest.mark.bench
def test_no_grad_is_cheap() -> None:
    class Nothing:
        def __enter__(self) -> None:
            pass

        def __exit__(self, *error: object) -> None:
            pass

    def cost(kind: Any) -> float:
        return min(timeit.repeat("with kind(): pass", globals={"kind": kind}, number=5_000, repeat=40))

    assert cost(ag.no_grad) < 4 * cost(Nothing)
