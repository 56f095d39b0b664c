"""utils.checkpoint: the same gradients with less memory, the same dropout masks, and clear words when the runs differ."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential, set_checkpoint_early_stop

BOTH = pytest.mark.parametrize("reentrant", [False, True], ids=["plain", "reentrant"])


def stretch(x: Any, w: Any) -> Any:
    return ((x @ w).tanh() * x).exp().sum()


def inputs() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return ag.tensor(rng.random((3, 3)), requires_grad=True), ag.tensor(rng.random((3, 3)), requires_grad=True)


@BOTH
def test_gradients_are_equal(reentrant: bool) -> None:
    x, w = inputs()
    stretch(x, w).backward()
    want = [x.grad.numpy(), w.grad.numpy()]
    x, w = inputs()
    checkpoint(stretch, x, w, use_reentrant=reentrant).backward()
    np.testing.assert_array_equal(x.grad.numpy(), want[0])
    np.testing.assert_array_equal(w.grad.numpy(), want[1])


@BOTH
def test_captured_parameters_get_their_gradient(reentrant: bool) -> None:
    x, w = inputs()
    (checkpoint(lambda a: (a @ w).tanh(), x, use_reentrant=reentrant) * 2).sum().backward()
    got, x.grad, w.grad = (x.grad.numpy(), w.grad.numpy()), None, None
    ((x @ w).tanh() * 2).sum().backward()
    np.testing.assert_array_equal(got[0], x.grad.numpy())
    np.testing.assert_array_equal(got[1], w.grad.numpy())


@BOTH
def test_the_function_runs_twice(reentrant: bool) -> None:
    calls = []
    x, _ = inputs()
    y = checkpoint(lambda a: (calls.append(1), (a * a).sum())[1], x, use_reentrant=reentrant)
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2


@BOTH
@pytest.mark.parametrize("preserve", [True, False])
def test_dropout_masks(reentrant: bool, preserve: bool) -> None:
    """Kept, the second run draws the first run's mask; the stream goes on as if there had been one run."""
    x = ag.ones(200, requires_grad=True)

    def drop(a: Any) -> Any:
        return a * (ag.rand(200) < 0.5) * a

    ag.manual_seed(1)
    y = checkpoint(drop, x, use_reentrant=reentrant, preserve_rng_state=preserve)
    kept = y.detach().numpy() != 0
    y.sum().backward()
    after = ag.rand(1).item()
    assert bool(((x.grad.numpy() != 0) == kept).all()) is preserve
    ag.manual_seed(1)
    drop(x)
    assert (ag.rand(1).item() == after) is preserve


@BOTH
def test_memory(reentrant: bool) -> None:
    def block(a: Any) -> Any:
        for _ in range(10):
            a = (a * 1.01).tanh()
        return a

    def peak(wrapped: Any) -> int:
        x = ag.ones(1 << 16, requires_grad=True)
        tracemalloc.start()
        try:
            y = x
            for _ in range(8):
                y = wrapped(y)
            y.sum().backward()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    wrapped = lambda a: checkpoint(block, a, use_reentrant=reentrant)  # noqa: E731
    peak(block), peak(wrapped)  # compiling takes memory too
    plain, saved = peak(block), peak(wrapped)
    assert saved < plain / 3


def test_everything_of_autograd_works_through_it() -> None:
    x, w = inputs()
    y = checkpoint(stretch, x, w=w, use_reentrant=False)
    gx, gw = ag.autograd.grad(y, [x, w], create_graph=True)
    second = ag.autograd.grad(gx.sum() + gw.sum(), x, retain_graph=True)[0].numpy()
    z = stretch(x, w)
    hx, hw = ag.autograd.grad(z, [x, w], create_graph=True)
    np.testing.assert_allclose(second, ag.autograd.grad(hx.sum() + hw.sum(), x)[0].numpy(), rtol=1e-12)


def test_nested_structures_and_other_results() -> None:
    x, w = inputs()
    out = checkpoint(lambda d, n: {"y": d["x"] * n, "text": "kept"}, {"x": x}, 3, use_reentrant=False)
    assert out["text"] == "kept"
    out["y"].sum().backward()
    assert x.grad.numpy()[0, 0] == 3
    assert w.grad is None


def test_nested_checkpoints() -> None:
    x, w = inputs()

    def inner(a: Any) -> Any:
        return (a * a).exp()

    def outer(a: Any) -> Any:
        return checkpoint(inner, (a @ w).tanh(), use_reentrant=False).sum()

    checkpoint(outer, x, use_reentrant=False).backward()
    got, x.grad, w.grad = x.grad.numpy(), None, None
    inner((x @ w).tanh()).sum().backward()
    np.testing.assert_array_equal(got, x.grad.numpy())


def test_kept_graph_is_walked_twice() -> None:
    x, w = inputs()
    y = checkpoint(stretch, x, w, use_reentrant=False)
    y.backward(retain_graph=True)
    once = x.grad.numpy().copy()
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * once)


@pytest.mark.parametrize("early", [True, False])
def test_early_stop(early: bool) -> None:
    reached = []
    x, _ = inputs()

    def f(a: Any) -> Any:
        y = a.exp()
        reached.append("end")
        return y + 1

    with set_checkpoint_early_stop(early):
        y = checkpoint(f, x, use_reentrant=False).sum()
    reached.clear()
    y.backward()
    assert reached == ([] if early else ["end"])


def test_what_differs_between_the_runs_is_told() -> None:
    x, _ = inputs()
    calls: list[int] = []

    def fickle(a: Any) -> Any:
        calls.append(1)
        return (a if len(calls) == 1 else a[:2]).exp().sum()

    with pytest.raises(CheckpointError, match=r"shape \[3, 3\].*now shape \[2, 3\]"):
        checkpoint(fickle, x, use_reentrant=False).backward()
    calls.clear()

    def shorter(a: Any) -> Any:
        calls.append(1)
        return (a.exp() if len(calls) == 1 else a).sum()

    with pytest.raises(CheckpointError, match="different number of tensors"):
        checkpoint(shorter, x, use_reentrant=False).backward()


def test_reentrant_cannot_pick_gradients() -> None:
    x, w = inputs()
    y = checkpoint(stretch, x, w, use_reentrant=True)
    with pytest.raises(RuntimeError, match="use_reentrant=False"):
        ag.autograd.grad(y, x, retain_graph=True)
    with pytest.raises(RuntimeError, match="use_reentrant=False"):
        y.backward(inputs=[x])
    assert x.grad is None and w.grad is None


def test_arguments() -> None:
    x, w = inputs()
    with pytest.warns(UserWarning, match="use_reentrant"):
        checkpoint(stretch, x, w)
    with pytest.raises(ValueError, match="keyword"):
        checkpoint(stretch, x, w=w, use_reentrant=True)
    with pytest.raises(ValueError, match="determinism_check"):
        checkpoint(stretch, x, w, use_reentrant=False, determinism_check="no such")
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        checkpoint(lambda a: a * w, x.detach(), use_reentrant=True)
    with ag.no_grad():
        assert not checkpoint(stretch, x, w, use_reentrant=False).requires_grad


def test_contexts_of_both_runs() -> None:
    log: list[str] = []

    class Note:
        def __init__(self, name: str) -> None:
            self.name = name

        def __enter__(self) -> None:
            log.append(self.name)

        def __exit__(self, *error: object) -> None:
            pass

    x, w = inputs()
    checkpoint(stretch, x, w, use_reentrant=False, context_fn=lambda: (Note("first"), Note("second"))).backward()
    assert log == ["first", "second"]


@BOTH
@pytest.mark.parametrize("segments", [1, 2, 3])
def test_sequential(reentrant: bool, segments: int) -> None:
    _, w = inputs()
    layers = [lambda a: a @ w, lambda a: a.tanh(), lambda a: a * a, lambda a: a.exp(), lambda a: a.sum()]
    x = inputs()[0]
    checkpoint_sequential(layers, segments, x, use_reentrant=reentrant).backward()
    got, x.grad = x.grad.numpy(), None
    y = x
    for layer in layers:
        y = layer(y)
    y.backward()
    np.testing.assert_array_equal(got, x.grad.numpy())
    with pytest.raises(ValueError, match="Unexpected keyword"):
        checkpoint_sequential(layers, segments, x, use_reentrant=reentrant, no_such=1)
