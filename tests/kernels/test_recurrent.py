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
SIZES = {"whole": None, "packed": (4, 4, 2, 2, 1)}


def layer(kind: str, sizes: Any, reverse: bool, dtype: str, hidden: int = 6, projected: int = 0) -> list[Any]:
    """Output, last states and all gradients of a layer with random weights."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) * 0.5).astype(dtype)

    width, batch = projected or hidden, 4
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
@pytest.mark.parametrize("road", ["one launch", "between products"])
def test_compiled_is_numpy(monkeypatch, kind, projected, sizes, reverse, dtype, road):
    monkeypatch.setattr(recurrent_steps, "LOOP_FROM", 1)
    monkeypatch.setattr(recurrent_steps, "OWN_BELOW", 1 << 17 if road == "one launch" else 0)
    found = layer(kind, SIZES[sizes], reverse, dtype, projected=projected)
    with jit.numpy_only():
        expected = layer(kind, SIZES[sizes], reverse, dtype, projected=projected)
    tolerance = 3e-6 if dtype == "float32" else 1e-13
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", GATES)
def test_a_packed_batch_of_equal_lengths_is_the_padded_one(kind):
    whole, packed = layer(kind, None, False, "float64"), layer(kind, (4,) * 5, False, "float64")
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
    "steps beyond": {"hi": 2},
    "weights of another shape": {"w": np.ones((3, 4))},
    "bias": {"bias": np.ones(4)},
    "another type": {"h": np.ones((2, 3), np.float32)},
    "not contiguous": {"z": np.ones((2, 6))[:, ::2]},
}


@pytest.mark.parametrize("what", WRONG)
def test_no_loop_leaves_its_arrays(what):
    given: dict[str, Any] = {
        "lo": 0, "hi": 1, "backwards": False, "own": True, "starts": np.array([0]), "sizes": np.array([2]), "relu": False,
        "bias": np.ones(3), "w": np.ones((3, 3)), "z": np.ones((2, 3)), "h": np.ones((2, 3)), "out": np.ones((2, 3)),
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
