"""Elementwise ops: gradients at special points, operators, refusals, formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F
from autograd_core.op import Op, registry

INF, NAN = math.inf, math.nan


def slope(f, at):
    x = ag.tensor(at, dtype=ag.float64).requires_grad_()
    f(x).backward()
    return x.grad.item()


SLOPES = {
    "relu at 0": (ag.relu, 0.0, 0.0),
    "abs at 0": (ag.abs, 0.0, 0.0),
    "sqrt at 0": (ag.sqrt, 0.0, INF),
    "x ** 0 at 0": (lambda x: x**0, 0.0, 0.0),
    "x ** 0 at nan": (lambda x: x**0, NAN, 0.0),
    "x ** 1 at 0": (lambda x: x**1, 0.0, 1.0),
    "x ** 2 at 0": (lambda x: x**2, 0.0, 0.0),
    "x ** 0.5 at 0": (lambda x: x**0.5, 0.0, INF),
    "0 ** x at 0": (lambda x: 0**x, 0.0, 0.0),
    "0 ** x at 2": (lambda x: 0.0**x, 2.0, 0.0),
    "2 ** x at 0": (lambda x: 2**x, 0.0, math.log(2)),
    "clamp on an edge": (lambda x: ag.clamp(x, 0, 1), 1.0, 1.0),
    "clamp beyond": (lambda x: ag.clamp(x, 0, 1), 1.5, 0.0),
    "hardtanh on an edge": (F.hardtanh, 1.0, 0.0),
    "relu6 on its upper edge": (F.relu6, 6.0, 0.0),
    "hardsigmoid on an edge": (F.hardsigmoid, 3.0, 0.0),
    "leaky_relu at 0": (F.leaky_relu, 0.0, 0.01),
    "elu at 0": (F.elu, 0.0, 1.0),
    "softshrink on an edge": (F.softshrink, 0.5, 0.0),
    "softplus beyond its threshold": (F.softplus, 21.0, 1.0),
    "maximum of equals": (lambda x: ag.maximum(x, ag.tensor(1.0, dtype=ag.float64)), 1.0, 0.5),
    "maximum of itself": (lambda x: ag.maximum(x, x), 1.0, 1.0),
    "fmax of equals": (lambda x: ag.fmax(x, ag.tensor(1.0, dtype=ag.float64)), 1.0, 1.0),
    "atan2 at the origin": (lambda x: ag.atan2(x, ag.tensor(0.0, dtype=ag.float64)), 0.0, 0.0),
    "sinc at 0": (ag.sinc, 0.0, 0.0),
    "copysign at 0": (lambda x: ag.copysign(x, ag.tensor(1.0, dtype=ag.float64)), 0.0, 0.0),
    "xlogy at 0, 0": (lambda x: ag.xlogy(x, ag.tensor(0.0, dtype=ag.float64)), 0.0, 0.0),
    "sign": (ag.sign, 2.0, 0.0),
    "round": (ag.round, 2.2, 0.0),
    "nan_to_num at nan": (ag.nan_to_num, NAN, 0.0),
    "lerp": (lambda x: ag.lerp(x, ag.tensor(2.0, dtype=ag.float64), 0.25), 1.0, 0.75),
    "the norm at 0": (lambda x: F.normalize(x.reshape(1), dim=0).sum(), 0.0, 1e12),
}


@pytest.mark.parametrize("case", SLOPES)
def test_slopes(case):
    f, at, expected = SLOPES[case]
    assert slope(f, at) == pytest.approx(expected)


def test_the_branch_not_taken_sends_no_gradient_but_its_own_nan_does():
    """where(x > 0, log x, 0): the classic trap. A mask on the input avoids it."""
    x = ag.tensor([1.0, -1.0]).requires_grad_()
    ag.where(x > 0, ag.log(ag.where(x > 0, x, 1.0)), 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [1.0, 0.0])


def test_where_takes_numbers_on_either_side():
    x = ag.tensor([1.0, 2.0]).requires_grad_()
    c = ag.tensor([True, False])
    (ag.where(c, x, 5.0) + ag.where(c, 7, x) + x.where(c, 3.0)).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [2.0, 1.0])


OPERATORS = {
    "&": (lambda a, b: a & b, 0b1100 & 0b1010),
    "|": (lambda a, b: a | b, 0b1100 | 0b1010),
    "^": (lambda a, b: a ^ b, 0b1100 ^ 0b1010),
    "<<": (lambda a, b: a << (b // 5), 0b1100 << 2),
    ">>": (lambda a, b: a >> (b // 5), 0b1100 >> 2),
    "%": (lambda a, b: a % b, 2),
    "//": (lambda a, b: a // b, 1),
    "**": (lambda a, b: a ** (b // 5), 144),
}


@pytest.mark.parametrize("sign", OPERATORS)
def test_operators_on_both_sides(sign):
    f, expected = OPERATORS[sign]
    for a, b in [(ag.tensor([12]), ag.tensor([10])), (ag.tensor([12]), 10), (12, ag.tensor([10]))]:
        out = f(a, b)
        assert isinstance(out, ag.Tensor)
        assert out.tolist() == [expected]


@pytest.mark.parametrize("name", ["__add__", "__sub__", "__mul__", "__truediv__", "__eq__", "__lt__", "__and__", "__mod__", "__pow__"])
def test_operators_decline_what_they_do_not_know(name):
    class Other:
        def answer(self, other):
            return "other"

        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rand__ = __rmod__ = __rpow__ = __eq__ = __gt__ = answer
        __hash__ = None

    assert getattr(ag.tensor([1]), name)(Other()) is NotImplemented


MESSAGES = {
    "shapes": (lambda: ag.zeros(2, 3) + ag.zeros(4), RuntimeError, ["(3)", "(4)", "dimension 1", "[2, 3]", "[4]"]),
    "shapes of three": (lambda: ag.addcmul(ag.zeros(2), ag.zeros(3), ag.zeros(3)), RuntimeError, ["(2)", "(3)", "addcmul"]),
    "bools": (lambda: ag.tensor([True]) - ag.tensor([True]), RuntimeError, ["two bool tensors", "`^`"]),
    "minus bool": (lambda: -ag.tensor([True]), RuntimeError, ["`~`"]),
    "no bounds": (lambda: ag.clamp(ag.zeros(2)), RuntimeError, ["'min' or 'max'", "clamp(min=...)"]),
    "mixed bounds": (lambda: ag.clamp(ag.zeros(2), 0, ag.ones(2)), TypeError, ["int", "Tensor"]),
    "integer power": (lambda: ag.tensor([2]) ** -1, RuntimeError, ["x.float() ** y"]),
    "integer remainder": (lambda: ag.tensor([2]) % 0, RuntimeError, ["ZeroDivisionError"]),
    "bits of floats": (lambda: ag.zeros(2) & ag.zeros(2), NotImplementedError, ["float32", ".long()"]),
    "condition": (lambda: ag.where(ag.zeros(2), 1, 2), RuntimeError, ["boolean", "float32", "condition != 0"]),
    "half a where": (lambda: ag.where(ag.tensor([True]), 1), TypeError, ["where(condition, input, other)"]),
    "softmax of integers": (lambda: ag.softmax(ag.tensor([1, 2]), 0), NotImplementedError, ["int64", "x.float()"]),
    "prelu": (lambda: ag.prelu(ag.zeros(2, 3), ag.zeros(2)), RuntimeError, ["parameter numbers = 2", "channel size = 3"]),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_messages(case):
    call, kind, parts = MESSAGES[case]
    with pytest.raises(kind) as caught:
        call()
    assert [p for p in parts if p not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "hardsigmoid", "hardswish", "relu6"]
)
def test_inplace_is_the_same_function(name, rng):
    values = rng.standard_normal(50) * 4
    f = getattr(F, name)
    x, y = ag.tensor(values).requires_grad_(), ag.tensor(values).requires_grad_()
    plain, changed = f(x), y * 1
    assert f(changed, inplace=True) is changed
    plain.sum().backward()
    changed.sum().backward()
    np.testing.assert_array_equal(plain.array, changed.array)
    np.testing.assert_array_equal(x.grad.array, y.grad.array)


def test_inplace_on_a_leaf_is_refused():
    with pytest.raises(RuntimeError, match="leaf Variable"):
        F.elu(ag.zeros(2).requires_grad_(), inplace=True)


FORMULAS = {
    "mul": ("x · y", "g · y"),
    "pow": ("x^y", "g · y · x^(y − 1)"),
    "tanh": ("tanh(x)", "g · (1 − out²)"),
    "sigmoid": ("σ(x)", "g · (1 − out) · out"),
    "relu": ("max(0, x)", "[out ≤ 0] ? 0 : g"),
    "engine.clamp": ("min(max(x, min), max)", "g · [min ≤ x ≤ max]"),
    "atan2": ("atan2(x, y)", "g · y / (x² + y²)"),
    "softmax": ("softmax(x)", "(g − Σ g · out) · out"),
    "engine.silu": ("x · σ(x)", "g · σ(x) · (1 + x · (1 − σ(x)))"),
    "engine.mse_loss": ("mean((x − target)²)", "g / n · 2 · (x − target)"),
    "engine.gelu": ("x · Φ(x)", None),
}


@pytest.mark.parametrize("key", FORMULAS)
def test_formulas(key):
    forward, backward = FORMULAS[key]
    text = registry[key].__doc__
    assert f"out = {forward}" in text
    assert backward is None or f"∂x = {backward}" in text.splitlines()


FAMILIES = "pointwise rounding comparison exponential trigonometry extremes bitwise nonlinear special softmax loss".split()  # noqa: SIM905


@pytest.mark.parametrize("key", sorted(k for k, e in registry.items() if isinstance(e, Op) and e.family.split("_")[0] in FAMILIES))
def test_formulas_are_short_and_complete(key):
    """Each rule prints as mathematics: no function that stands for the rule itself, no Python."""
    entry = registry[key]
    for text in entry.gradient_formulas().values():
        assert len(text) < 130, text
        assert "_backward(" not in text
        assert "<" not in text.replace(" < ", "")
