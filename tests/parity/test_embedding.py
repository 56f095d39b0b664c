"""Tables of rows and the adaptive softmax against torch.nn: state, values, gradients, what max_norm leaves behind, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import random

torch = pytest.importorskip("torch")

INDEX = np.array([[0, 2, 2, 5], [1, 5, 0, 3], [4, 4, 2, 0]])
FLAT = INDEX.reshape(-1)
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


def pair(name: str, args: tuple[Any, ...], options: dict[str, Any], dtype: str = "float64") -> tuple[Any, Any]:
    random.manual_seed(9)
    torch.manual_seed(9)
    return getattr(nn, name)(*args, **options, dtype=getattr(ag, dtype)), getattr(torch.nn, name)(
        *args, **options, dtype=getattr(torch, dtype)
    )


def near(ours: Any, theirs: Any, dtype: str = "float64") -> None:
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    np.testing.assert_allclose(a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def same_state(ours: Any, theirs: Any) -> None:
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[key].numpy(), value.numpy(), err_msg=key)


def backward(a: Any, b: Any) -> None:
    weight = np.random.default_rng(0).standard_normal(b.shape).astype(str(b.dtype).removeprefix("torch."))
    (a * ag.tensor(weight)).sum().backward()
    (b * torch.tensor(weight)).sum().backward()


TABLES: list[dict[str, Any]] = [
    {},
    {"padding_idx": 2},
    {"padding_idx": -1},
    {"max_norm": 1.0},
    {"max_norm": 0.7, "norm_type": 1.0, "padding_idx": 0},
    {"max_norm": 0.5, "norm_type": float("inf")},
    {"scale_grad_by_freq": True},
    {"scale_grad_by_freq": True, "padding_idx": 0},
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", TABLES, ids=str)
def test_embedding(options, dtype):
    ours, theirs = pair("Embedding", (6, 3), options, dtype)
    same_state(ours, theirs)
    for index in (INDEX, FLAT[:5].astype(np.int32), np.array(3), np.zeros((0, 2), np.int64)):
        a, b = ours(ag.tensor(index)), theirs(torch.tensor(index))
        near(a, b, dtype)
        ours.zero_grad()
        theirs.zero_grad()
        backward(a, b)
        near(ours.weight.grad, theirs.weight.grad, dtype)
        near(ours.weight, theirs.weight, dtype)


def test_sparse_tables_give_dense_gradients():
    ours, theirs = pair("Embedding", (6, 3), {"sparse": True})
    assert repr(ours) == repr(theirs)
    backward(ours(ag.tensor(INDEX)), theirs(torch.tensor(INDEX)))
    near(ours.weight.grad, theirs.weight.grad.to_dense())


BAGS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"mode": mode, **options}, call)
    for mode in ("sum", "mean", "max")
    for options in ({}, {"padding_idx": 0}, {"padding_idx": -2}, {"max_norm": 0.8})
    for call in ({}, {"offsets": [0, 3, 3, 7]}, {"offsets": [0]})
]
BAGS += [
    ({"mode": "sum", "include_last_offset": True}, {"offsets": [0, 3, 3, 12]}),
    ({"mode": "mean", "include_last_offset": True, "padding_idx": 5}, {"offsets": [0, 4, 12]}),
    ({"mode": "max", "include_last_offset": True}, {"offsets": [0, 12]}),
    ({"mode": "sum"}, {"offsets": [0, 5], "weights": True}),
    ({"mode": "sum", "padding_idx": 2}, {"weights": True}),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("options", "call"), BAGS, ids=str)
def test_embedding_bag(options, call, dtype):
    ours, theirs = pair("EmbeddingBag", (6, 3), options, dtype)
    same_state(ours, theirs)
    offsets = call.get("offsets")
    index = INDEX if offsets is None else FLAT
    weights = np.linspace(-1, 2, index.size).reshape(index.shape).astype(dtype) if call.get("weights") else None
    given = [
        (
            t.tensor(index),
            None if offsets is None else t.tensor(offsets),
            None if weights is None else t.tensor(weights, requires_grad=True),
        )
        for t in (ag, torch)
    ]
    a, b = ours(*given[0]), theirs(*given[1])
    near(a, b, dtype)
    backward(a, b)
    near(ours.weight.grad, theirs.weight.grad, dtype)
    near(ours.weight, theirs.weight, dtype)
    if weights is not None:
        near(given[0][2].grad, given[1][2].grad, dtype)


@pytest.mark.parametrize("name", ["Embedding", "EmbeddingBag"])
@pytest.mark.parametrize("freeze", [True, False])
def test_from_pretrained(name, freeze):
    table = np.random.default_rng(1).standard_normal((6, 3))
    ours = getattr(nn, name).from_pretrained(ag.tensor(table), freeze=freeze, padding_idx=1)
    theirs = getattr(torch.nn, name).from_pretrained(torch.tensor(table), freeze=freeze, padding_idx=1)
    same_state(ours, theirs)
    assert ours.weight.requires_grad == theirs.weight.requires_grad
    near(ours(ag.tensor(INDEX)), theirs(torch.tensor(INDEX)))


SOFTMAXES: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((16, 20, [5, 10]), {}),
    ((16, 20, [5, 10, 15]), {"div_value": 2.0, "head_bias": True}),
    ((8, 4, [2]), {"div_value": 1.5}),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("args", "options"), SOFTMAXES, ids=str)
def test_adaptive_softmax(args, options, dtype):
    ours, theirs = pair("AdaptiveLogSoftmaxWithLoss", args, options, dtype)
    same_state(ours, theirs)
    rng = np.random.default_rng(2)
    for shape in ((24,), (), (2,)):
        data, target = rng.standard_normal((*shape, args[0])).astype(dtype), rng.integers(0, args[1], shape)
        x, y = ag.tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
        a, b = ours(x, ag.tensor(target)), theirs(y, torch.tensor(target))
        assert a._fields == b._fields
        ours.zero_grad()
        theirs.zero_grad()
        for p, q in zip(a, b, strict=True):
            near(p, q, dtype)
        (a.loss + a.output.sum()).backward()
        (b.loss + b.output.sum()).backward()
        near(x.grad, y.grad, dtype)
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert p.grad is not None or q.grad is None or not q.grad.any()
            if p.grad is not None and q.grad is not None:
                near(p.grad, q.grad, dtype)
    data = rng.standard_normal((30, args[0])).astype(dtype)
    near(ours.log_prob(ag.tensor(data)), theirs.log_prob(torch.tensor(data)), dtype)
    np.testing.assert_array_equal(ours.predict(ag.tensor(data)).numpy(), theirs.predict(torch.tensor(data)).numpy())
    ours.reset_parameters()
    theirs.reset_parameters()
    random_state = np.asarray(random.get_rng_state())
    same_state(ours, theirs)
    np.testing.assert_array_equal(random_state, torch.get_rng_state().numpy())


def bag(index: Any, *args: Any, **options: Any) -> Any:
    call = options.pop("call", {})
    return lambda n, t: n.EmbeddingBag(6, 3, **options)(
        t.tensor(index), *[t.tensor(a) for a in args], **{k: t.tensor(v) for k, v in call.items()}
    )


def adaptive(cutoffs: Any, x: Any = None, target: Any = None) -> Any:
    def run(n: Any, t: Any) -> Any:
        layer = n.AdaptiveLogSoftmaxWithLoss(8, 6, cutoffs)
        return layer if x is None else layer(t.zeros(x), t.tensor(target))

    return run


WRONG = {
    "index": lambda n, t: n.Embedding(6, 3)(t.tensor([6])),
    "negative index": lambda n, t: n.Embedding(6, 3)(t.tensor([-1])),
    "floats": lambda n, t: n.Embedding(6, 3)(t.tensor([1.0])),
    "padding": lambda n, t: n.Embedding(6, 3, padding_idx=6),
    "padding below": lambda n, t: n.Embedding(6, 3, padding_idx=-7),
    "table": lambda n, t: n.Embedding(6, 3, _weight=t.zeros(3, 6)),
    "pretrained": lambda n, t: n.Embedding.from_pretrained(t.zeros(3)),
    "bag index": bag([[7]]),
    "bag rank": bag([[[1]]]),
    "bag without offsets": bag([1, 2]),
    "bag with offsets": bag([[1, 2]], [0]),
    "offsets rank": bag([1, 2], [[0]]),
    "offsets beyond": bag([1, 2], [0, 3]),
    "first offset": bag([1, 2], [1]),
    "mode": bag([[1]], mode="median"),
    "weights of a mean": bag([[1, 2]], call={"per_sample_weights": [[1.0, 2.0]]}),
    "weights of another shape": bag([[1, 2]], mode="sum", call={"per_sample_weights": [[1.0]]}),
    "max by frequency": bag([[1]], mode="max", scale_grad_by_freq=True),
    "max sparse": bag([[1]], mode="max", sparse=True),
    "no cutoffs": adaptive([]),
    "cutoffs not sorted": adaptive([3, 2]),
    "cutoffs twice": adaptive([2, 2]),
    "cutoff 0": adaptive([0, 2]),
    "cutoff beyond": adaptive([2, 6]),
    "target beyond": adaptive([2], (3, 8), [0, 1, 6]),
    "targets": adaptive([2], (3, 8), [0, 1]),
    "target rank": adaptive([2], (3, 8), [[0], [1], [2]]),
    "input rank": adaptive([2], (3, 2, 8), [0, 1, 2]),
}


@pytest.mark.parametrize("what", WRONG)
def test_errors_are_of_pytorchs_kind(what):
    with pytest.raises(Exception) as theirs:
        WRONG[what](torch.nn, torch)
    with pytest.raises(type(theirs.value)) as ours:
        WRONG[what](nn, ag)
    assert str(ours.value)
