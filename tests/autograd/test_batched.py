"""Every op under vmap, on the samples of its record: the batch at once equals the loop over its samples, gradients too."""

from __future__ import annotations

import copy
import sys
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.func import grad, vmap
from autograd_core.op import registry
from tests.samples import CASES, RECORDS, draw, replace

BATCH = 3
VMAP, BATCHED = sys.modules["autograd_core.func.vmap"], sys.modules["autograd_core.func.batched"]


def collect(args: Any, kwargs: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    replace(args, kwargs, lambda a: found.append(a) or a)
    return found


def rebuild(args: Any, kwargs: Any, arrays: Any) -> tuple[Any, Any]:
    each = iter(arrays)
    return replace(args, kwargs, lambda _: next(each))


def floats(value: Any) -> list[Any]:
    """The tensors of a result."""
    parts = value if isinstance(value, (tuple, list)) else [value]
    return [p for part in parts for p in (floats(part) if isinstance(part, (tuple, list)) else [part])]


def prepared(key: str, index: int, rng: np.random.Generator, shared: bool) -> tuple[Any, list[Any], tuple[Any, ...], Any]:
    """(function of the flat tensors, their batches, in_dims, the samples for the loop)."""
    sample = RECORDS[key][index]
    args, kwargs = draw(sample, rng, np.float64)
    count = len(collect(args, kwargs))
    state = rng.bit_generator.state
    rows = []
    for i in range(BATCH):
        rng.bit_generator.state = copy.deepcopy(state)
        for _ in range(i):
            rng.random()
        rows.append(collect(*draw(sample, rng, np.float64)))
    if shared:
        rows = [[row[0], *rows[0][1:]] for row in rows]
    dims = tuple(0 if i == 0 or not shared else None for i in range(count))

    def call(*tensors: Any) -> Any:
        a, k = rebuild(args, kwargs, tensors)
        out = registry[key](*a, **k)
        return tuple(floats(out)) if isinstance(out, (tuple, list)) else out

    stacked = [ag.tensor(np.stack([row[i] for row in rows])) if d == 0 else ag.tensor(rows[0][i]) for i, d in enumerate(dims)]
    return call, stacked, dims, [[ag.tensor(a) for a in row] for row in rows]


# Their outputs differ in shape from sample to sample, or are no tensors, or they draw random numbers; as_strided reads
# memory by its layout, which is another one for a sample of a batch.
UNEVEN = {"as_strided", "nonzero", "masked_select", "unique", "unique_consecutive", "bincount", "histc", "allclose", "equal", "combinations"}


# an op's first sample each time, its others in the slow run
QUICK_FIRST = [pytest.param(*case, marks=[pytest.mark.slow] * (case[1] > 0)) for case in CASES]


@pytest.mark.parametrize("shared", [False, True], ids=["all mapped", "first mapped"])
@pytest.mark.parametrize(("key", "index"), QUICK_FIRST)
def test_batch_equals_loop(key: str, index: int, shared: bool, rng: np.random.Generator) -> None:
    call, stacked, dims, rows = prepared(key, index, rng, shared)
    if not dims or registry[key].name in UNEVEN:
        pytest.skip("nothing to map")
    ag.random.manual_seed(0)
    loop = [call(*row) for row in rows]
    if not all(isinstance(t, ag.Tensor) for out in loop for t in floats(out)):
        pytest.skip("results that are no tensors")
    if len({tuple(t.shape for t in floats(out)) for out in loop}) > 1:
        pytest.skip("results of several shapes")
    ag.random.manual_seed(0)
    got = floats(vmap(call, in_dims=dims, randomness="different")(*stacked))
    for i, column in enumerate(zip(*[floats(out) for out in loop], strict=True)):
        want = np.stack([t.numpy() for t in column])
        assert got[i].dtype.numpy == want.dtype
        np.testing.assert_allclose(got[i].numpy(), want, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("key", "index"), [c for c in QUICK_FIRST if RECORDS[c.values[0]][c.values[1]].grad])
def test_gradients_per_sample_equal_a_loop(key: str, index: int, rng: np.random.Generator) -> None:
    call, stacked, dims, rows = prepared(key, index, rng, shared=True)
    if not dims or stacked[0].dtype.numpy.kind != "f" or registry[key].name == "as_strided":
        pytest.skip("nothing to differentiate")

    def scalar(*tensors: Any) -> Any:
        parts = [t for t in floats(call(*tensors)) if t is not None and t.is_floating_point()]
        total = None
        for part in parts:
            term = (part * part).sum() + part.sum()
            total = term if total is None else total + term
        return total

    if scalar(*rows[0]) is None:
        pytest.skip("nothing differentiable comes out")
    ag.random.manual_seed(0)
    want = np.stack([grad(scalar)(*row).numpy() for row in rows])
    ag.random.manual_seed(0)
    got = vmap(grad(scalar), in_dims=dims, randomness="different")(*stacked).numpy()
    np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-9)


AT_ONCE = {
    "elementwise": lambda a: (a.exp() * a + 1).sqrt() - a / 2,
    "numbers on the left": lambda a: 2 - a * 3 / (1 + a * a),
    "where": lambda a: ag.where(a > 0, a, -a),
    "relu": lambda a: a.relu(),
    "sums": lambda a: a.sum() + a.mean(0).sum(-1),
    "products": lambda a: a @ a.t(),
    "shared matrix": lambda a: ag.ones(4, 2) @ a,
    "linear": lambda a: ag.nn.functional.linear(a, ag.ones(5, 3), ag.ones(5)),
    "shapes": lambda a: a.reshape(-1).unsqueeze(0).transpose(0, 1).squeeze(),
    "reads": lambda a: a[0] * a[1, 2] + a[..., 1].sum(),
    "join": lambda a: ag.cat([a, ag.zeros(1, 3)]),
    "softmax": lambda a: ag.log_softmax(a, -1),
    "gradients": grad(lambda a: (a.tanh() ** 2).sum()),
}


@pytest.mark.parametrize("name", AT_ONCE)
def test_runs_on_the_batch_at_once(name: str, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    x = ag.tensor(rng.random((4, 2, 3)), dtype=ag.float32)
    want = ag.stack([AT_ONCE[name](row) for row in x])

    def refuse(*args: Any) -> Any:
        raise AssertionError("the function ran sample by sample")

    monkeypatch.setattr(VMAP._Run, "one_by_one", refuse)
    monkeypatch.setattr(BATCHED, "one_by_one", refuse)
    np.testing.assert_allclose(vmap(AT_ONCE[name])(x).numpy(), want.numpy(), rtol=1e-5)


def test_a_sample_looks_like_a_tensor() -> None:
    seen = []

    def look(a: ag.Tensor) -> ag.Tensor:
        seen.extend([tuple(a.shape), a.ndim, a.dim(), a.numel(), a.size(0), a.size(), len(a), a.dtype])
        seen.extend([a.is_floating_point(), isinstance(a, ag.Tensor)])
        assert "Batched" in repr(a)
        return a

    vmap(look)(ag.zeros(5, 2, 3))
    assert seen == [(2, 3), 2, 2, 6, 2, (2, 3), 2, ag.float32, True, True]


def test_what_needs_an_array_runs_sample_by_sample() -> None:
    calls = []

    def through_numpy(a: ag.Tensor) -> ag.Tensor:
        calls.append(1)
        return ag.tensor(np.sort(np.asarray(a)))

    out = vmap(through_numpy)(ag.tensor([[3.0, 1.0], [2.0, 5.0]]))
    assert out.tolist() == [[1.0, 3.0], [2.0, 5.0]] and len(calls) == 3


def test_the_functions_own_error_is_raised_with_its_own_shapes() -> None:
    with pytest.raises(RuntimeError, match=r"\(3\).*\(2\)|\[3\].*\[2\]"):
        vmap(lambda a: a + ag.ones(2))(ag.ones(4, 3))


def test_generators_are_left_as_a_single_call_leaves_them() -> None:
    ag.random.manual_seed(3)
    once = ag.rand(2)
    after = ag.rand(1).item()
    ag.random.manual_seed(3)
    out = vmap(lambda a: a + ag.rand(2), randomness="same")(ag.zeros(4, 2))
    assert ag.rand(1).item() == after and out[1].tolist() == once.tolist()
