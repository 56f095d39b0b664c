"""Anomaly mode: who is blamed for a NaN or an infinity, and with which words."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Any

import pytest

import autograd_core as ag
from autograd_core.autograd import detect_anomaly, is_anomaly_check_nan_enabled, is_anomaly_enabled, set_detect_anomaly

NAN = float("nan")


def message(f: Callable[[Any], Any], *values: float, **options: Any) -> str:
    """The error of a forward and backward pass in anomaly mode."""
    x = ag.tensor(list(values), requires_grad=True)
    with pytest.raises(RuntimeError) as caught, detect_anomaly(**options):
        f(x).sum().backward()
    return str(caught.value)


def here(back: int) -> str:
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return f"{__file__}:{frame.f_back.f_lineno - back}"


def test_the_inner_of_two_square_roots_is_blamed() -> None:
    def f(x):
        inner = ag.sqrt(x - 2)
        nonlocal line
        line = here(2)
        return ag.sqrt(inner)

    line = ""
    text = message(f, 1.0, 6.0)
    assert f"NaN was first produced in the forward pass by sqrt at {line}" in text
    assert "input: shape [2], range -1 … 4, all finite" in text
    assert "output: shape [2], range 2 … 2, 1 of 2 NaN, the first at [0]" in text
    assert "1 of 2 elements of the input are negative" in text


def test_a_nan_loss_does_not_pass_silently() -> None:
    """log(-x) is NaN while its gradient 1/x is finite."""
    assert "by log at" in message(lambda x: ag.log(-x), 1.0)


@pytest.mark.parametrize(
    ("f", "values", "words"),
    [
        (lambda x: x.exp(), (100.0, 1.0), ["infinity was first produced", "by exp", "too large"]),
        (lambda x: x / (x - 1), (1.0, 2.0), ["by div", "divisor holds zeros"]),
        (lambda x: x.log(), (0.0, 2.0), ["by log", "1 of 2 elements of the input are 0"]),
        (lambda x: (x * 1e30 * 1e30) * 0, (1.0,), ["infinity was first produced", "by mul"]),
        (lambda x: x * ag.tensor([1.0, NAN]), (1.0, 2.0), ["NaN came in with the data", "read it was mul", "other: shape [2]"]),
        (lambda x: ag.stack([x, x.log()]), (-1.0,), ["by log"]),
        (lambda x: (x * 1).log_() + 1, (-1.0,), ["by log at"]),
    ],
)
def test_births_in_the_forward_pass(f: Callable[[Any], Any], values: tuple[float, ...], words: list[str]) -> None:
    text = message(f, *values)
    assert text.startswith("backward() starts from a tensor with")
    assert all(word in text for word in words), text


@pytest.mark.parametrize(
    ("f", "values", "words"),
    [
        (lambda x: x.sqrt(), (0.0, 4.0), ["'SqrtBackward0' returned inf values in its 0th output", "incoming gradient: shape [2]"]),
        (lambda x: (x * 0).sqrt() * 0, (1.0,), ["'SqrtBackward0' returned nan values", "rule: ∂x = g / (2 · out)"]),
        (lambda x: x**0.5 * 0, (0.0,), ["'PowBackward0' returned nan values"]),
    ],
)
def test_births_in_the_backward_pass(f: Callable[[Any], Any], values: tuple[float, ...], words: list[str]) -> None:
    text = message(f, *values)
    assert all(word in text for word in words), text
    assert f"{__file__}:" in text and "did not take" not in text


@pytest.mark.parametrize(
    ("f", "values"),
    [
        (lambda x: ag.where(x > 0, ag.sqrt(x), 0.0), (0.0, 3.0)),
        (lambda x: ag.where(x > 0, ag.sqrt(x * 2), 0.0), (-1.0, 3.0)),
        (lambda x: ag.where(x == 0, 1.0, x.sin() / x), (0.0, 3.0)),
        (lambda x: ag.where(x > 0, (x.sqrt() * 3).reshape(2), x), (0.0, 3.0)),
    ],
)
def test_a_nan_through_the_branch_not_taken(f: Callable[[Any], Any], values: tuple[float, ...]) -> None:
    text = message(f, *values)
    assert "stand in the branch that where() at" in text and "did not take" in text
    assert "Mask the input before" in text


def test_the_cure_that_is_named_works() -> None:
    x = ag.tensor([0.0, 3.0], requires_grad=True)
    with detect_anomaly():
        taken = x != 0
        safe = ag.where(taken, x, 1.0)
        ag.where(taken, safe.sin() / safe, 1.0).sum().backward()
    assert x.grad[0].item() == 0.0


def test_what_where_throws_away_is_no_anomaly() -> None:
    x = ag.tensor([-1.0, 4.0])
    with detect_anomaly():
        kept = ag.where(x > 0, x.sqrt(), 0.0)
        assert not ag.isnan(kept).numpy().any()


def test_infinite_constants_are_no_anomaly() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with detect_anomaly():
        hidden = ag.where(ag.tensor([True, False]), x, -float("inf"))
        hidden.exp().sum().backward()
    assert x.grad[1].item() == 0.0


def test_an_unused_result_is_reported_at_the_end() -> None:
    with pytest.raises(RuntimeError, match="first produced in the forward pass by log"), detect_anomaly():
        y = ag.log(ag.tensor([-1.0]))
    assert y.isnan().numpy().all()


def test_at_once_stops_at_the_operation() -> None:
    reached = []
    with pytest.raises(RuntimeError, match="by log"), detect_anomaly(at_once=True):
        y = ag.log(ag.tensor([-1.0]))
        reached.append(y)
    assert not reached


def test_an_error_within_is_not_replaced() -> None:
    with pytest.raises(KeyError), detect_anomaly():
        y = ag.log(ag.tensor([-1.0]))
        raise KeyError(y.shape)


def test_without_checks_only_lines_are_noted() -> None:
    x = ag.tensor([-1.0], requires_grad=True)
    with detect_anomaly(check_nan=False):
        y = x.log()
        line = here(1)
        y.sum().backward()
    assert y.grad_fn.site == line and x.grad.item() == -1.0


def test_both_lines_of_a_change_in_place() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with detect_anomaly():
        y = x.exp()
        saved = here(1)
        y.add_(1)
        changed = here(1)
        with pytest.raises(RuntimeError) as caught:
            y.sum().backward()
    assert saved in str(caught.value) and changed in str(caught.value) and "add_" in str(caught.value)


def test_the_line_of_the_change_is_known_without_anomaly_mode() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    y[0] = 0.0
    changed = here(1)
    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()
    assert changed in str(caught.value) and "ExpBackward0" in str(caught.value) and "(2,)" in str(caught.value)


def test_a_users_backward_is_searched_too() -> None:
    class Own(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g / (ctx.saved_tensors[0] * 0)

    assert "'OwnBackward' returned inf values" in message(Own.apply, 1.0)


def test_higher_derivatives() -> None:
    x = ag.tensor([0.0, 1.0], requires_grad=True)
    with detect_anomaly():
        (g,) = ag.autograd.grad((x**1.5).sum(), x, create_graph=True)
        with pytest.raises(RuntimeError, match="returned inf values"):
            g.sum().backward()


def test_modes_nest_and_are_of_one_thread() -> None:
    assert not is_anomaly_enabled()
    seen = []
    with detect_anomaly():
        assert is_anomaly_enabled() and is_anomaly_check_nan_enabled()
        with set_detect_anomaly(False):
            assert not is_anomaly_enabled()
            ag.log(ag.tensor([-1.0], requires_grad=True)).sum().backward()
        with detect_anomaly(check_nan=False):
            assert not is_anomaly_check_nan_enabled()
        other = threading.Thread(target=lambda: seen.append(is_anomaly_enabled()))
        other.start()
        other.join()
    assert seen == [False] and not is_anomaly_enabled()
    set_detect_anomaly(True)
    assert is_anomaly_enabled()
    set_detect_anomaly(False)
    assert not is_anomaly_enabled()
    with pytest.raises(TypeError):
        set_detect_anomaly(1)  # type: ignore[arg-type]


def test_nothing_is_kept_of_tensors_that_are_gone() -> None:
    with detect_anomaly() as _:
        watch = ag.graph.thread.context.watch
        y = ag.where(ag.tensor([True, False]), ag.tensor([1.0, -1.0]).log(), 0.0)
        assert not watch.births
        del y
