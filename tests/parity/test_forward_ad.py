"""Dual tensors: values, tangents, their own gradients and errors, against PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from nn import functional

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # PyTorch warns of itself

SIDES: list[tuple[Any, Any]] = [(ag, functional), (torch, torch.nn.functional)]
A = np.linspace(-1.3, 1.7, 6).reshape(2, 3)
B = np.cos(np.arange(6.0)).reshape(2, 3)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "product": lambda m, f, x, y: x * y,
    "same twice": lambda m, f, x, y: x * x.sin() + x,
    "matmul": lambda m, f, x, y: x @ y.T,
    "one of them": lambda m, f, x, y: y.exp(),
    "reduction": lambda m, f, x, y: (x * y).sum(0).exp().sum(0).log(),
    "view": lambda m, f, x, y: x[:, 1] * y[0, 0],
    "kinks": lambda m, f, x, y: x.relu() + y.abs(),
    "constant": lambda m, f, x, y: x.floor() * 1.0,
    "layers": lambda m, f, x, y: f.layer_norm(x, (3,)) * f.softmax(y, 1),
    "several shapes": lambda m, f, x, y: m.cat([x, y.reshape(1, 6)[:, :3]]),
}


def pushed(side: int, call: Callable[..., Any], leaf: bool) -> list[np.ndarray]:
    """(values, tangent, the gradient of the tangent's sum for x where it is a leaf)."""
    m, f = SIDES[side]
    fw = m.autograd.forward_ad if m is ag else __import__("torch.autograd.forward_ad", fromlist=["x"])
    x, y, tx, ty = (m.tensor(v) for v in (A, B, B + 0.5, A - 0.2))
    x.requires_grad_(leaf)
    with fw.dual_level():
        primal, tangent = fw.unpack_dual(call(m, f, fw.make_dual(x, tx), fw.make_dual(y, ty)))
        out = [primal, tangent]
        if leaf and tangent.requires_grad:
            out += [g for g in m.autograd.grad(tangent.sum(), [x], allow_unused=True) if g is not None]
    return [t.detach().numpy() for t in out]


BY_HALF = FUNCTIONS["layers"]  # PyTorch's gradient of layer_norm's tangent is not what finite differences give


@pytest.mark.parametrize("leaf", [False, True])
@pytest.mark.parametrize("call", FUNCTIONS.values(), ids=FUNCTIONS)
def test_tangents(call: Callable[..., Any], leaf: bool) -> None:
    ours, theirs = pushed(0, call, leaf), pushed(1, call, leaf)
    for a, b in zip(ours[:2], theirs[:2], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    for a, b in zip(ours[2:], theirs[2:] if call is not BY_HALF else [], strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def _nested(fw: Any) -> Any:
    with fw.dual_level(), fw.dual_level():
        pass


def _inside(call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def run(m: Any, fw: Any) -> Any:
        with fw.dual_level():
            return call(m, fw)

    return run


def _twice(m: Any, fw: Any) -> Any:
    x = fw.make_dual(m.ones(3), m.ones(3))
    return fw.make_dual(x, m.ones(3))


CASES: dict[str, Callable[[Any, Any], Any]] = {
    "no level": lambda m, fw: fw.make_dual(m.ones(3), m.ones(3)),
    "unpack without a level": lambda m, fw: fw.unpack_dual(m.ones(3)).tangent,
    "exit without a level": lambda m, fw: fw.exit_dual_level(),
    "nested": lambda m, fw: _nested(fw),
    "plain tensor": _inside(lambda m, fw: fw.unpack_dual(m.ones(3)).tangent),
    "integer primal": _inside(lambda m, fw: fw.make_dual(m.arange(3), m.ones(3))),
    "integer tangent": _inside(lambda m, fw: fw.make_dual(m.ones(3), m.arange(3))),
    "shapes": _inside(lambda m, fw: fw.make_dual(m.ones(3), m.ones(2))),
    "twice": _inside(_twice),
    "no tensor": _inside(lambda m, fw: fw.unpack_dual(3.0)),
    "detached": _inside(lambda m, fw: fw.unpack_dual(fw.make_dual(m.ones(3), m.ones(3)).detach()).tangent),
    "level": _inside(lambda m, fw: fw.unpack_dual(fw.make_dual(m.ones(3), m.ones(3)), level=5)),
}


@pytest.mark.parametrize("call", CASES.values(), ids=CASES)
def test_edges(call: Callable[[Any, Any], Any]) -> None:
    found = []
    for m, fw in ((ag, ag.autograd.forward_ad), (torch, __import__("torch.autograd.forward_ad", fromlist=["x"]))):
        try:
            found.append(call(m, fw))
        except Exception as error:
            found.append(type(error))
    assert found[0] == found[1]


def test_the_level_ends_with_the_block() -> None:
    fw = ag.autograd.forward_ad
    with pytest.raises(ZeroDivisionError), fw.dual_level():
        x = fw.make_dual(ag.ones(3), ag.ones(3))
        raise ZeroDivisionError
    assert fw.unpack_dual(x * 2).tangent is None
