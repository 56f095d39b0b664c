"""Rules as the first-order pass runs them: the same code, with each op's kernel in the op's place."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import plan
from autograd_core.engine import order_of
from autograd_core.kernels import softmax as kernels
from autograd_core.op import registry
from autograd_core.tensor.base import node_of
from tests.samples import CASES, RECORDS, draw, flags, replace


def test_kernels_stand_in_the_place_of_ops():
    """The rule of softmax then calls the kernel, and where(...) the choice between arrays."""
    rule = registry["softmax"].rules["x"]
    made = plan.on_arrays(rule)
    assert made.__code__ is rule.__code__
    assert made.__globals__["softmax_input"] is kernels.softmax_input
    assert plan.on_arrays(rule) is made


def test_functions_of_ops_are_followed():
    """A rule without a kernel of its own reaches those of the ops inside it."""
    inner = registry["engine.erfinv_input"].on_arrays
    assert inner is not registry["engine.erfinv_input"].fn
    assert inner.__globals__["exp"] is registry["exp"].fn


@pytest.mark.parametrize("key", sorted({key for key, _ in CASES}))
def test_no_rule_needs_the_ops(key, rng, monkeypatch):
    """Where the kernels fail the walk takes the ops, slowly: no sample may go that way."""
    sample = next((s for s in RECORDS[key] if s.grad), None)
    if sample is None:
        return
    args, kwargs = draw(sample, rng)
    wanted = iter(flags(sample))
    args, kwargs = replace(args, kwargs, lambda array: ag.tensor(array).requires_grad_(next(wanted) and array.dtype.kind == "f"))
    results = registry[key](*args, **kwargs)
    outs = [t for t in (results if isinstance(results, (tuple, list)) else [results]) if isinstance(t, ag.Tensor) and t.requires_grad]
    for node in order_of([node_of(t) for t in outs])[0]:
        if type(node.plan) is plan.Plan and node.plan.vjp is not None:
            monkeypatch.setattr(node.plan, "vjp", _refuse)
    for out in outs:
        out.backward(ag.tensor(np.ones(out.shape, out.array.dtype)), retain_graph=True)


def _refuse(g, saved):
    raise AssertionError("the rule ran on ops")
