"""Recurrent kernels: compiled loops against NumPy in all their roads, what a sequence may depend on, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_core.kernels import jit, recurrent, recurrent_steps
from autograd_core.kernels.contract import ContractError
from autograd_core.kernels.recurrent_loops import loops

pytestmark = pytest.mark.skipif(not jit.enabled(), reason="needs Numba")

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
SIZES = {"whole": None, "packed": (19, 19, 12, 12, 1)}


def layer(kind: str, sizes: Any, reverse: bool, dtype: str, hidden: int = 6, projected: int = 0) -> list[Any]:
    """Output, last states and all gradients of a layer with random weights."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) * 0.5).astype(dtype)

    width, batch = projected or hidden, 19
    x = draw(5, batch, 3) if sizes is None else draw(sum(sizes), 3)
    rows = GATES[kind] * hidden
    weights = [draw(rows, 3), draw(rows, width), draw(rows), draw(rows)]
    h0, c0, gh, gc = draw(batch, width), draw(batch, hidden), draw(batch, width), draw(batch, hidden)
    w_hr = draw(projected, hidden) if projected else None
    g = draw(*x.shape[:-1], width)
    if kind == "rnn":
        out, *rest = recurrent.rnn(x, h0, *weights, False, sizes, reverse)
        grads = recurrent.rnn_gradients(g, gh, x, h0, *weights, out, False, sizes, reverse, True)
    elif kind == "gru":
        out, *rest = recurrent.gru(x, h0, *weights, sizes, reverse)
        grads = recurrent.gru_gradients(g, gh, x, h0, *weights, out, *rest[1:], sizes, reverse, True)
    else:
        out, *rest = recurrent.lstm(x, h0, c0, *weights, w_hr, sizes, reverse)
        grads = recurrent.lstm_gradients(g, gh, gc, x, h0, c0, *weights, w_hr, out, *rest[2:], sizes, reverse, True)
    return [a for a in (out, *rest, *grads) if a is not None]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("kind", "projected"), [("rnn", 0), ("lstm", 0), ("lstm", 2), ("gru", 0)])
@pytest.mark.parametrize("hidden", [6, 33])
def test_compiled_is_numpy(monkeypatch, kind, projected, sizes, reverse, dtype, hidden):
    monkeypatch.setattr(recurrent_steps, "LOOP_FROM", 1)
    found = layer(kind, SIZES[sizes], reverse, dtype, hidden, projected)
    with jit.numpy_only():
        expected = layer(kind, SIZES[sizes], reverse, "float64", hidden, projected)
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max())


@pytest.mark.parametrize("kind", GATES)
def test_threads_and_places_do_not_matter(monkeypatch, kind):
    monkeypatch.setattr(recurrent_steps, "LOOP_FROM", 1)
    monkeypatch.setattr(recurrent_steps, "BLOCK_WORK", 1)
    before, outs = jit.get_num_threads(), []
    try:
        for threads in (1, 3):
            jit.set_num_threads(threads)
            outs.append(layer(kind, None, False, "float32", 33))
    finally:
        jit.set_num_threads(before)
    for a, b in zip(*outs, strict=True):
        np.testing.assert_array_equal(a, b)
    x, weights = np.ones((3, 19, 2), np.float32), [np.full((GATES[kind] * 33, k), 0.1, np.float32) for k in (2, 33)]
    tail: tuple[Any, ...] = {"rnn": (False, None, False), "lstm": (None, None, False), "gru": (None, False)}[kind]
    out, *_ = getattr(recurrent, kind)(x, *[None] * (1 + (kind == "lstm")), *weights, None, None, *tail)
    assert (out == out[:, :1]).all()


@pytest.mark.parametrize("kind", GATES)
def test_a_packed_batch_of_equal_lengths_is_the_padded_one(kind):
    whole, packed = layer(kind, None, False, "float64"), layer(kind, (19,) * 5, False, "float64")
    for a, b in zip(whole, packed, strict=True):
        np.testing.assert_allclose(a.reshape(b.shape), b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("loop_from", [1, 1 << 30])
def test_nothing_in_nothing_out(monkeypatch, kind, loop_from):
    monkeypatch.setattr(recurrent_steps, "LOOP_FROM", loop_from)
    rows = GATES[kind] * 3
    weights = [np.ones((rows, 2)), np.ones((rows, 3)), None, None]
    tail: tuple[Any, ...] = {"rnn": (False, None, False), "lstm": (None, None, False), "gru": (None, False)}[kind]
    states = (None, None) if kind == "lstm" else (None,)
    for shape in ((0, 2, 2), (3, 0, 2)):
        out, h, *_ = getattr(recurrent, kind)(np.ones(shape), *states, *weights, *tail)
        assert out.shape == (*shape[:2], 3)
        assert h.shape == (shape[1], 3)
        assert not h.any()


def test_nan_and_infinity_stay_in_their_sequence(monkeypatch):
    monkeypatch.setattr(recurrent_steps, "LOOP_FROM", 1)
    x = np.zeros((3, 3, 2))
    x[1, 0], x[1, 1] = np.nan, np.inf
    weights = [np.full((12, 2), 0.3), np.full((12, 3), 0.1), None, None]
    out, *_ = recurrent.lstm(x, None, None, *weights, None, None, False)
    assert np.isnan(out[1:, 0]).any(axis=-1).all()
    assert not np.isnan(out[0]).any()
    assert not np.isnan(out[:, 1:]).any()


WRONG = {
    "starts beyond": {"starts": np.array([9])},
    "rows beyond the batch": {"sizes": np.array([3])},
    "blocks beyond the batch": {"blocks": 2},
    "weights of another size": {"w": np.ones(3)},
    "another type": {"h": np.ones((2, 3), np.float32)},
    "not contiguous": {"h": np.ones((2, 6))[:, ::2]},
}


@pytest.mark.parametrize("what", WRONG)
def test_no_loop_leaves_its_arrays(what):
    given: dict[str, Any] = {
        "blocks": 1, "tall": 8, "backwards": False, "starts": np.array([0]), "sizes": np.array([2]), "relu": False,
        "w": np.ones(3 * loops("float64").width), "h": np.ones((2, 3)), "out": np.ones((2, 3)),
    }  # fmt: skip
    kernel = loops("float64").rnn[0]
    kernel.check(*given.values())
    with pytest.raises(ContractError):
        kernel.check(*(given | WRONG[what]).values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x": np.ones((2, 2, 4))}, "last size"),
        ({"w_hh": np.ones((12, 4))}, "w_hh"),
        ({"h0": np.ones((2, 4))}, "h0"),
        ({"sizes": (3, 3)}, "shape"),
    ],
)
def test_shapes_that_do_not_go_together_are_refused(change, said):
    given: dict[str, Any] = {
        "x": np.ones((2, 2, 3)), "h0": None, "c0": None, "w_ih": np.ones((12, 3)), "w_hh": np.ones((12, 3)), "b_ih": None, "b_hh": None,
        "w_hr": None, "sizes": None, "reverse": False,
    }  # fmt: skip
    with pytest.raises(RuntimeError, match=said):
        recurrent.lstm(**(given | change))
    with pytest.raises(RuntimeError, match="do not fit"):
        recurrent.gru(np.ones((3, 3)), None, np.ones((9, 3)), np.ones((9, 3)), None, None, (2, 2), False)
    with pytest.raises(NotImplementedError, match="float"):
        recurrent.gru(np.ones((2, 2, 3), np.int64), None, np.ones((9, 3)), np.ones((9, 3)), None, None, None, False)
