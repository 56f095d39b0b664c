"""Schedulers: the rates of the lecture's program, several on one optimizer, saving, and what may not be done."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import pytest

import autograd_core as ag
import optim
from optim import lr_scheduler


def stepped(optimizer: Any, scheduler: Any, count: int) -> list[float]:
    """The rate of each epoch."""
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def sgd(lr: float = 1.0) -> Any:
    return optim.SGD([ag.ones(1, requires_grad=True)], lr=lr)


def test_the_rates_of_the_mnist_program() -> None:
    o = sgd()
    rates = stepped(o, lr_scheduler.StepLR(o, step_size=1, gamma=0.7), 14)
    assert rates[:4] == pytest.approx([1, 0.7, 0.49, 0.343]) and rates[13] == pytest.approx(0.00969, abs=5e-6)


def test_several_schedulers_multiply() -> None:
    o = sgd()
    a, b = lr_scheduler.ExponentialLR(o, 0.5), lr_scheduler.StepLR(o, 2, 0.1)
    rates = []
    for _ in range(4):
        rates.append(o.param_groups[0]["lr"])
        o.step()
        a.step()
        b.step()
    assert rates == pytest.approx([1, 0.5, 0.025, 0.0125]) and b.get_last_lr() == pytest.approx([0.000625])


def test_cosine_reaches_its_ends() -> None:
    o = sgd()
    rates = stepped(o, lr_scheduler.CosineAnnealingLR(o, 10, 0.2), 21)
    assert rates[0] == 1 and rates[5] == pytest.approx(0.6) and rates[10] == pytest.approx(0.2) and rates[20] == pytest.approx(1)


def test_one_cycle_ends_where_it_should_and_no_further() -> None:
    o = optim.SGD([ag.ones(1, requires_grad=True)], lr=1.0, momentum=0.5)
    s = lr_scheduler.OneCycleLR(o, 0.5, total_steps=10)
    assert o.param_groups[0]["momentum"] == 0.95
    rates = stepped(o, s, 9)
    assert max(rates) == pytest.approx(0.5) and s.get_last_lr() == pytest.approx([0.5 / 25 / 1e4])
    s.step()
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        s.step()


def test_a_saved_scheduler_goes_on() -> None:
    def make() -> Any:
        o = sgd()
        return o, lr_scheduler.LambdaLR(o, lambda epoch: 1 / (1 + epoch))

    o, s = make()
    stepped(o, s, 3)
    state = pickle.loads(pickle.dumps(s.state_dict()))
    assert "optimizer" not in state and state["lr_lambdas"] == [None]
    o2, s2 = make()
    s2.load_state_dict(state)
    o2.load_state_dict(o.state_dict())
    rates = stepped(o, s, 3)
    assert rates == pytest.approx([1 / 4, 1 / 5, 1 / 6]) and stepped(o2, s2, 3) == rates


def test_resuming_from_an_epoch_needs_the_initial_rates() -> None:
    with pytest.raises(KeyError, match="initial_lr"):
        lr_scheduler.StepLR(sgd(), 1, last_epoch=4)
    o = sgd(0.7**5)
    o.param_groups[0]["initial_lr"] = 1.0
    s = lr_scheduler.StepLR(o, 1, 0.7, last_epoch=4)
    assert s.last_epoch == 5 and s.base_lrs == [1.0]


def test_the_rate_may_be_a_tensor_that_stays_the_same_object() -> None:
    rate = ag.tensor(1.0)
    o = optim.SGD([ag.ones(1, requires_grad=True)], lr=rate)
    s = lr_scheduler.ExponentialLR(o, 0.5)
    stepped(o, s, 2)
    assert o.param_groups[0]["lr"] is rate and rate.item() == 0.25 and s.get_last_lr()[0] is not rate and s.base_lrs[0].item() == 1


def test_copies_of_an_optimizer_with_its_scheduler_go_on() -> None:
    o = sgd()
    s = lr_scheduler.StepLR(o, 1)
    o.step()
    o2, s2 = copy.deepcopy((o, s))
    assert s2.optimizer is o2
    o2.step()
    s2.step()
    assert math.isclose(o2.param_groups[0]["lr"], 0.1) and o.param_groups[0]["lr"] == 1
