"""Inference tensors: which tensors are, what may be done with them outside of inference_mode, against PyTorch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import functional

torch = pytest.importorskip("torch")

SIDES = [(ag, nn, functional), (torch, torch.nn, torch.nn.functional)]


def world(m: Any, layers: Any, f: Any) -> SimpleNamespace:
    """x needs gradients, n is normal, i and its view iv are inference tensors, v is a view of n made beside them."""
    w = SimpleNamespace(m=m, nn=layers, f=f, x=m.ones(3, requires_grad=True), n=m.ones(3))
    with m.inference_mode():
        w.i, w.v, w.labels = m.ones(3), w.n.view(3, 1), m.tensor([0, 1, 2])
        w.iv = w.i.view(3, 1)
    return w


MADE: dict[str, Callable[[Any], Any]] = {
    "ones": lambda w: w.m.ones(3),
    "tensor": lambda w: w.m.tensor([1.0]),
    "Tensor": lambda w: w.m.Tensor([1.0]),
    "as_tensor": lambda w: w.m.as_tensor([1.0]),
    "from_numpy": lambda w: w.m.from_numpy(np.ones(3)),
    "randn": lambda w: w.m.randn(3),
    "bernoulli": lambda w: w.m.bernoulli(w.n),
    "multinomial": lambda w: w.m.multinomial(w.n, 2),
    "arange": lambda w: w.m.arange(3),
    "zeros_like": lambda w: w.m.zeros_like(w.n),
    "new_zeros": lambda w: w.n.new_zeros(2),
    "tril_indices": lambda w: w.m.tril_indices(2, 2),
    "leaf": lambda w: w.m.ones(3, requires_grad=True),
    "Parameter": lambda w: w.nn.Parameter(w.m.ones(3)),
    "weight": lambda w: w.nn.Linear(2, 2).weight,
    "result": lambda w: w.n * 2,
    "result of a leaf": lambda w: w.x * 2,
    "indexed": lambda w: w.n[w.labels],
    "converted": lambda w: w.n.to(w.m.float64),
    "clone": lambda w: w.n.clone(),
    "one of several": lambda w: w.m.ones(2, 3).max(1).values,
    "view of a normal tensor": lambda w: w.n.view(3, 1),
    "row of a normal tensor": lambda w: w.n[0],
    "detached": lambda w: w.n.detach(),
    "data": lambda w: w.n.data,
    "itself": lambda w: w.n.contiguous(),
    "changed normal tensor": lambda w: w.n.add_(1),
    "changed leaf": lambda w: w.x.add_(1),
    "changed": lambda w: w.i.add_(1),
    "recording on": lambda w: _recording(w),
}

USED: dict[str, Callable[[Any], Any]] = {
    "saved": lambda w: w.x * w.i,
    "saved, first": lambda w: w.i * w.x,
    "saved, a view of it": lambda w: w.x * w.iv,
    "not saved": lambda w: w.x + w.i,
    "shapes alone are saved": lambda w: w.m.cat([w.x, w.i]),
    "view of a normal tensor": lambda w: w.x * w.v,
    "clone heals": lambda w: w.x * w.i.clone(),
    "nothing recorded": lambda w: w.i * w.n,
    "no_grad": lambda w: _no_grad(w, lambda: w.x * w.i),
    "linear": lambda w: w.f.linear(w.x[None], w.i[None], None),
    "linear input": lambda w: w.f.linear(w.i[None], w.x[None], None),
    "linear bias": lambda w: w.f.linear(w.n[None], w.x[None], w.i[:1]),
    "where": lambda w: w.m.where(w.i > 0, w.x, w.i),
    "gather": lambda w: w.x.gather(0, w.labels),
    "embedding": lambda w: w.f.embedding(w.labels, w.x[:, None] * 1),
    "labels": lambda w: w.f.cross_entropy(w.x[None], w.labels[:1]),
    "targets": lambda w: w.f.mse_loss(w.x, w.i),
    "matmul": lambda w: w.x @ w.i,
    "einsum": lambda w: w.m.einsum("i,i->", w.x, w.i),
    "conv1d": lambda w: w.f.conv1d(w.i[None, None], w.x[None, None]),
    "layer_norm": lambda w: w.f.layer_norm(w.x, (3,), w.i, None),
    "pow": lambda w: w.x**w.i,
    "lerp": lambda w: w.m.lerp(w.x, w.n, w.i),
    "prelu": lambda w: w.f.prelu(w.x, w.i[:1]),
    "custom function": lambda w: _function(w),
    "saved in place": lambda w: (w.x * 1).mul_(w.i),
    "copied into a leaf's child": lambda w: (w.x * 1).copy_(w.i),
    "copied into a normal tensor": lambda w: w.n.copy_(w.i),
    "add_": lambda w: w.i.add_(1),
    "add_ on a view": lambda w: w.iv.add_(1),
    "add_ on a view of a normal tensor": lambda w: w.v.add_(1),
    "add_ under no_grad": lambda w: _no_grad(w, lambda: w.i.add_(1)),
    "assignment": lambda w: w.i.__setitem__(0, 1.0),
    "assignment to a view": lambda w: w.iv.__setitem__(0, w.n[:1]),
    "zero_": lambda w: w.i.zero_(),
    "normal_": lambda w: w.i.normal_(),
    "unsqueeze_": lambda w: w.i.unsqueeze_(0),
    "relu_": lambda w: w.f.relu(w.i, inplace=True),
    "version": lambda w: w.i._version,
    "requires_grad_": lambda w: w.i.requires_grad_(),
    "requires_grad_(False)": lambda w: w.i.requires_grad_(False),
    "Parameter": lambda w: w.nn.Parameter(w.i),
    "detach": lambda w: w.i.detach(),
    "data": lambda w: w.i.data,
    "view": lambda w: w.i.view(1, 3),
    "row": lambda w: w.i[0],
    "chunk": lambda w: w.i.chunk(3)[0],
    "deepcopy": lambda w: copy.deepcopy(w.i),
    "backward": lambda w: (w.x * 1).backward(w.i),
    "grad": lambda w: setattr(w.x, "grad", w.i),
}


def _no_grad(w: Any, call: Callable[[], Any]) -> Any:
    with w.m.no_grad():
        return call()


def _recording(w: Any) -> Any:
    with w.m.enable_grad():
        return w.x * 2


def _function(w: Any) -> Any:
    class Product(w.m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            ctx.save_for_backward(b)
            return a * b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * ctx.saved_tensors[0], None

    return Product.apply(w.x, w.i)


def outcome(call: Callable[[Any], Any], w: Any) -> Any:
    """What a call made: (inference tensor?, needs gradients?), or the type of its error."""
    try:
        out = call(w)
    except Exception as error:
        return type(error).__name__
    return (out.is_inference(), out.requires_grad) if hasattr(out, "is_inference") else None


@pytest.mark.parametrize("call", MADE.values(), ids=MADE)
def test_made_within(call: Callable[[Any], Any]) -> None:
    found = []
    for m, layers, f in SIDES:
        w = world(m, layers, f)
        with m.inference_mode():
            found.append(outcome(call, w))
    assert found[0] == found[1]


@pytest.mark.parametrize("call", USED.values(), ids=USED)
def test_used_outside(call: Callable[[Any], Any]) -> None:
    ours, theirs = (outcome(call, world(*side)) for side in SIDES)
    assert ours == theirs
