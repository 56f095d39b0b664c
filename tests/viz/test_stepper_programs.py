"""The stepper on programs of every kind: several outputs, shared reads, changes in place, recurrent layers, recomputation, second derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import viz
from autograd_core.utils.checkpoint import checkpoint


def leaf():
    ag.manual_seed(0)
    return ag.randn(4, 5, requires_grad=True)


def in_place(x):
    y = x * 1
    y.mul_(2)
    y[0] = x[1] * 3
    y[:, 1] += 1
    return (y * y).sum()


def embedded(x):
    rows = F.embedding(ag.tensor([0, 0, 1, 0, 3, 3]), x)
    return (rows * rows).sum() + F.embedding(ag.tensor([0, 0]), x).sum()


def reused(x):
    return (x[ag.tensor([0, 0, 1])] * 2).sum() + (x[ag.tensor([0, 0, 0])] ** 2).sum() + x[1, 2] + x[1:3].sum()


PROGRAMS = {
    "values and indices": lambda x: (x.max(1)[0] * x.min(0).values.sum()).sum() + x.topk(2)[0].sum() + x.sort()[0][0, 0],
    "one row read many times": reused,
    "embedding": embedded,
    "in place": in_place,
    "half precision": lambda x: (x.half() * 2).float().sum(),
    "joined": lambda x: ag.cat([x, x * 2, x], 1).sum() + ag.stack([x, x]).prod(0).sum(),
    "nothing": lambda x: x[:0].sum() + x.sum(),
    "einsum": lambda x: ag.einsum("ij,kj->ik", x, x).sum(),
    "second derivative": lambda x: ag.autograd.grad((x**3).sum(), x, create_graph=True)[0].square().sum(),
    "outputs that nothing used": lambda x: x.split(2)[0].sum(),
    "recomputed": lambda x: checkpoint(lambda t: (t * t).relu(), x, use_reentrant=False).sum(),
    "singular values": lambda x: ag.linalg.svdvals(x).sum(),
    "normalised": lambda x: nn.BatchNorm1d(5)(x).square().sum(),
    "lstm": lambda x: nn.LSTM(5, 3, 2)(x)[0].sum(),
    "attention": lambda x: nn.MultiheadAttention(5, 1)(x, x, x)[0].sum(),
}


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_can_be_stepped_explained_and_shown(name, live):
    x = leaf()
    if live:
        with viz.record() as trace:
            loss = PROGRAMS[name](x)
        assert trace.records
    else:
        loss = PROGRAMS[name](x)
    s = viz.stepper(loss, params={"x": x})
    for moment in s:
        assert moment.text()
        for c in moment.contributions:
            if c.array.size:
                assert moment.explain(slot=c.slot).linear
    assert s.html().startswith("<!DOCTYPE html>")
    assert s.to_json()["schema"] == 1
    assert s.why(x).hops
    shown = s.grad_of(x).array
    loss.backward()
    np.testing.assert_array_equal(shown, x.grad.array)


def test_a_long_chain_needs_no_recursion():
    x = ag.ones(3, requires_grad=True)
    y = x
    for _ in range(20_000):
        y = y * 1.0
    s = viz.stepper(y.sum()).goto("end")
    assert len(s) == 20_001
    assert s.grad_of(x).tolist() == [1.0, 1.0, 1.0]
    assert s.back(3).k == len(s) - 3
    assert len(s.frontier) == 1
