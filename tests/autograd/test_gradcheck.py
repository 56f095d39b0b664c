"""Every switch of gradcheck checks something: right functions pass, wrong ones are found, idle combinations are refused."""

from __future__ import annotations

from typing import Any

import pytest

import autograd_core as ag
from autograd_core.autograd import gradcheck, gradgradcheck
from autograd_core.autograd.gradcheck import GradcheckError


class Wrong(ag.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return 3 * g * ctx.saved_tensors[0]


class Fickle(ag.autograd.Function):
    calls = 0

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        Fickle.calls += 1
        return g * (2 + 1e-6 * Fickle.calls)


def leaf(*shape: int) -> Any:
    return ag.randn(*shape, dtype=ag.float64, requires_grad=True)


SWITCHES: dict[str, dict[str, bool]] = {
    "all entries": {},
    "fast": {"fast_mode": True},
    "forward": {"check_forward_ad": True, "check_backward_ad": False},
    "both": {"check_forward_ad": True, "check_batched_grad": True, "check_grad_dtypes": True, "check_batched_forward_grad": True},
}


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
def test_right_functions_pass_and_wrong_ones_do_not(switches: dict[str, bool]) -> None:
    assert gradcheck(lambda x, w: ((x @ w).tanh(), x.sum(0).exp()), (leaf(3, 4), leaf(4, 2)), **switches)
    with pytest.raises(GradcheckError, match="output 0 with respect to input 0"):
        gradcheck(Wrong.apply, leaf(3), **switches)
    assert not gradcheck(Wrong.apply, leaf(3), raise_exception=False, **switches)


def test_second_derivatives_forward_over_reverse() -> None:
    assert gradgradcheck(lambda x: x.sin() * x, leaf(3), check_fwd_over_rev=True, check_batched_grad=True)


def test_a_gradient_that_varies_is_within_its_tolerance_or_refused() -> None:
    with pytest.raises(GradcheckError, match="not reentrant"):
        gradcheck(Fickle.apply, leaf(2))
    assert gradcheck(Fickle.apply, leaf(2), nondet_tol=1e-3)


@pytest.mark.parametrize(
    "switches",
    [
        {"check_backward_ad": False},
        {"check_batched_forward_grad": True},
        {"check_backward_ad": False, "check_forward_ad": True, "check_batched_grad": True},
    ],
)
def test_idle_combinations_are_refused(switches: dict[str, bool]) -> None:
    with pytest.raises(AssertionError, match="True"):
        gradcheck(Wrong.apply, leaf(2), **switches)
