"""Elementwise ops against PyTorch where samples do not reach: special values, all pairs of types, numbers, names, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
import nn.functional as F  # noqa: E402

INF, NAN = math.inf, math.nan


def words(text: str) -> list[str]:
    return text.split()


POINTS = [
    *(0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 6, 2.5, -2.5, 1.5, 20, 21, -20, 88, 100, -100, 0.2, 0.8, 1e-5, 4, -4),
    *(1e-40, -1e-40, 1e30, -1e30, 3e38, INF, -INF, NAN),
]
FEWER = [0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3.5, -7, 1e-40, -1e-40, 1e30, 3e38, -3e38, INF, -INF, NAN]
POLES = (-1, -2, -3, -4, -20, -100, -1e30, -1e-40, INF, -INF)

TORCH = words(
    "neg positive abs square sqrt rsqrt reciprocal sign sgn floor ceil trunc frac round exp exp2 expm1 log log2 log10 log1p sigmoid logit "
    "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg2rad rad2deg sinc relu nan_to_num erf erfc erfinv lgamma digamma i0 "
    "selu celu hardshrink isnan isinf isfinite isposinf isneginf signbit logical_not isreal"
)
FUNCTIONAL = words("relu6 leaky_relu elu gelu silu mish softplus softsign tanhshrink softshrink hardtanh hardsigmoid hardswish logsigmoid")
SPECIAL = words("erfcx ndtr ndtri log_ndtr i0e i1 i1e entr")
UNARY = {
    **{name: lambda m, f, x, name=name: getattr(m, name)(x) for name in TORCH},
    **{name: lambda m, f, x, name=name: getattr(f, name)(x) for name in FUNCTIONAL},
    **{name: lambda m, f, x, name=name: getattr(m.special, name)(x) for name in SPECIAL},
    **{f"x ** {e}": lambda m, f, x, e=e: x**e for e in (2, 3, 0.5, -1, -0.5, -2, 0, 1, 1.5, -1.5, 2.0)},
    **{f"{b} ** x": lambda m, f, x, b=b: b**x for b in (2, 0, 0.0, -2.0, 0.5)},
    **{f"x % {y}": lambda m, f, x, y=y: x % y for y in (3, -3, 0.0, 2.5)},
    **{f"x // {y}": lambda m, f, x, y=y: (x // y).detach() for y in (2, 0.0, INF, -2.5)},
    "clamp(0, 1)": lambda m, f, x: m.clamp(x, 0.0, 1.0),
    "clamp(min=0.5)": lambda m, f, x: m.clamp(x, min=0.5),
    "clamp(max=nan)": lambda m, f, x: m.clamp(x, max=NAN),
    "threshold": lambda m, f, x: f.threshold(x, 0.5, -1.0),
    "gelu tanh": lambda m, f, x: f.gelu(x, approximate="tanh"),
    "logit eps": lambda m, f, x: m.logit(x, 0.2),
    "softplus 2, 3": lambda m, f, x: f.softplus(x, 2.0, 3.0),
    "polygamma 1": lambda m, f, x: m.polygamma(1, x),
    "polygamma 2": lambda m, f, x: m.polygamma(2, x),
    "fmod 3": lambda m, f, x: m.fmod(x, 3),
    "1 / x": lambda m, f, x: 1 / x,
    "x / 0": lambda m, f, x: x / 0,
    "div trunc": lambda m, f, x: m.div(x, 2, rounding_mode="trunc"),
    "round 1": lambda m, f, x: m.round(x, decimals=1),
    "round -1": lambda m, f, x: m.round(x, decimals=-1),
    "x + 3e38": lambda m, f, x: x + 3e38,
    "x * 3e38": lambda m, f, x: x * 3e38,
    "frexp": lambda m, f, x: m.frexp(x)[0],
    "hardtanh -2, 3": lambda m, f, x: f.hardtanh(x, -2, 3),
    "celu 2": lambda m, f, x: m.celu(x, 2.0),
    "elu 2": lambda m, f, x: f.elu(x, 2.0),
    "leaky_relu -0.5": lambda m, f, x: f.leaky_relu(x, -0.5),
    "softmax": lambda m, f, x: m.softmax(x, 0),
    "log_softmax": lambda m, f, x: m.log_softmax(x, 0),
    "xlogy 0": lambda m, f, x: m.xlogy(x, 0.0),
    "special.exp2": lambda m, f, x: m.special.exp2(x),
}
# where PyTorch's own answer is wrong: (name, what, dtype or None) -> the points left out
EVERYWHERE = object()
ROUND_ZERO = tuple(words("relu6 elu selu celu softshrink hardshrink hardtanh hardswish"))
EXCEPT = {
    # a NaN's gradient depends in PyTorch on whether it stands in the vectorised part of the array
    **{(name, "gradient", None): (NAN,) for name in (*ROUND_ZERO, "hardtanh -2, 3", "elu 2", "celu 2")},
    ("gelu", "value", "float32"): (3e38, INF),  # its vectorised erf overflows
    ("digamma", "gradient", None): POLES,  # computed as a large number
    ("polygamma 1", "value", None): POLES,
    ("polygamma 2", "value", None): POLES,
    ("polygamma 1", "gradient", None): POLES,
    ("polygamma 2", "gradient", None): POLES,
    ("bce", "gradient for x", "float64"): EVERYWHERE,  # its 1e-12 is a float32
    ("hardsigmoid", "gradient", "float64"): EVERYWHERE,  # its 1/6 is a float32
    ("log_ndtr", "gradient", None): (-100, -1e30, -INF),
    ("i1", "gradient", None): (NAN,),  # ½ instead of NaN
    ("i1e", "gradient", None): (NAN,),
}


def left_out(name: str, what: str, dtype: str, points: np.ndarray) -> np.ndarray:
    known = [EXCEPT.get(key, ()) for key in ((name, what, None), (name, what, dtype))]
    if EVERYWHERE in known:
        return np.ones(len(points), bool)
    skip = [p for values in known for p in values]
    return np.array([any(p == q or (p != p and q != q) for q in skip) for p in points])


def compare(name: str, what: str, ours: np.ndarray, theirs: np.ndarray, points: np.ndarray) -> None:
    assert ours.dtype == theirs.dtype
    keep = ~left_out(name, what, str(theirs.dtype), points)
    tolerance = {"float32": (1e-5, 1e-6), "float64": (1e-9, 1e-12)}.get(str(theirs.dtype), (0, 0))
    where = np.array([str(p) for p in points])
    with np.errstate(all="ignore"):
        wrong = keep & ~np.isclose(ours, theirs, *tolerance, equal_nan=True)
    assert not wrong.any(), f"{what} of {name}: " + "; ".join(
        f"at {where[i]} PyTorch {theirs[i]}, ours {ours[i]}" for i in np.flatnonzero(wrong)
    )


def column(points: list[float], dtype: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.array(points, np.float64).astype(dtype)


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_values_of_one(name, dtype):
    array = column(POINTS, dtype)
    t, x = torch.tensor(array, requires_grad=True), ag.tensor(array).requires_grad_()
    theirs, ours = UNARY[name](torch, torch.nn.functional, t), UNARY[name](ag, F, x)
    compare(name, "value", ours.array, theirs.numpy(force=True), POINTS)
    if theirs.requires_grad and theirs is not t:
        assert ours.requires_grad
        theirs.backward(torch.ones_like(theirs))
        ours.backward(ag.ones_like(ours))
        compare(name, "gradient", x.grad.array, t.grad.numpy(force=True), POINTS)


PAIRED = words(
    "add sub mul div pow atan2 hypot maximum minimum fmax fmin fmod remainder copysign logaddexp logaddexp2 xlogy ldexp "
    "eq ne lt le gt ge isclose logical_and logical_or logical_xor rsub float_power"
)
BINARY = {
    **{name: lambda m, f, x, y, name=name: getattr(m, name)(x, y) for name in PAIRED},
    **{name: lambda m, f, x, y, name=name: getattr(m, name)(x.detach(), y.detach()) for name in ("floor_divide", "heaviside", "nextafter")},
    "xlog1py": lambda m, f, x, y: m.special.xlog1py(x, y),
    "clamp": lambda m, f, x, y: m.clamp(x, y, y + 1),
    "clamp crossed": lambda m, f, x, y: m.clamp(x, y, y - 1),
    "clamp min": lambda m, f, x, y: m.clamp(x, min=y),
    "clamp max": lambda m, f, x, y: m.clamp(x, max=y),
    "where": lambda m, f, x, y: m.where(x > 0, x, y),
    "where log": lambda m, f, x, y: m.where(x > 0, m.log(x), y),
    "lerp 0.3": lambda m, f, x, y: m.lerp(x, y, 0.3),
    "lerp 0.7": lambda m, f, x, y: m.lerp(x, y, 0.7),
    "addcmul": lambda m, f, x, y: m.addcmul(x, x, y, value=0.5),
    "addcdiv": lambda m, f, x, y: m.addcdiv(x, x, y, value=2.0),
    "div floor": lambda m, f, x, y: m.div(x, y, rounding_mode="floor"),
    "div trunc": lambda m, f, x, y: m.div(x, y, rounding_mode="trunc"),
    "prelu": lambda m, f, x, y: f.prelu(x, y[:1]),
    "isclose equal_nan": lambda m, f, x, y: m.isclose(x, y, equal_nan=True, rtol=0.5),
    "mse_loss": lambda m, f, x, y: f.mse_loss(x, y, reduction="none"),
    "l1_loss": lambda m, f, x, y: f.l1_loss(x, y, reduction="none"),
    "smooth_l1_loss": lambda m, f, x, y: f.smooth_l1_loss(x, y, reduction="none"),
    "huber_loss": lambda m, f, x, y: f.huber_loss(x, y, reduction="none"),
    "bce with logits": lambda m, f, x, y: f.binary_cross_entropy_with_logits(x, y, reduction="none"),
    "bce": lambda m, f, x, y: f.binary_cross_entropy(
        m.clamp(x.nan_to_num(), 0, 1), m.clamp(m.where(y == y, y, 0.5), 0, 1), reduction="none"
    ),
    "hinge_embedding_loss": lambda m, f, x, y: f.hinge_embedding_loss(x, y.detach(), reduction="none"),
    "kl_div": lambda m, f, x, y: f.kl_div(x, y, reduction="none"),
    "poisson_nll_loss": lambda m, f, x, y: f.poisson_nll_loss(x, y, reduction="none", full=True),
}
UNSURE = (1e-40, 3e38)
FLUSHED = {"fmod", "remainder"}  # PyTorch's float32 remainders take a subnormal divisor for 0 and give NaN for 3e38 mod 0.5


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_values_of_two(name, dtype):
    points = [p for p in FEWER if not (name in FLUSHED and abs(p) in UNSURE)]
    a, b = np.repeat(column(points, dtype), len(points)), np.tile(column(points, dtype), len(points))
    places = [f"({p:g}, {q:g})" for p, q in zip(a, b, strict=True)]
    theirs_in = [torch.tensor(v, requires_grad=True) for v in (a, b)]
    ours_in = [ag.tensor(v).requires_grad_() for v in (a, b)]
    theirs, ours = BINARY[name](torch, torch.nn.functional, *theirs_in), BINARY[name](ag, F, *ours_in)
    compare(name, "value", ours.array, theirs.numpy(force=True), places)
    if not theirs.requires_grad:
        return
    assert ours.requires_grad
    expected = torch.autograd.grad(theirs, theirs_in, torch.ones_like(theirs), allow_unused=True)
    found = ag.autograd.grad(ours, ours_in, ag.ones_like(ours), allow_unused=True)
    for which, g, h in zip("xy", found, expected, strict=True):
        if h is not None:
            compare(name, f"gradient for {which}", g.array, h.numpy(force=True), places)


TYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
TYPED = words(
    "add sub mul div pow atan2 hypot maximum minimum fmax fmin fmod remainder floor_divide copysign logaddexp xlogy ldexp eq lt "
    "logical_and bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm isclose float_power where clamp_min "
    "true_divide heaviside nextafter lerp addcmul addcdiv"
)
NUMBERS = {"bool": True, "int": 2, "float": 2.5}


def _call(m, name, x, y):
    if name == "where":
        return m.where(m.tensor([True, False, True]), x, y)
    if name == "lerp":
        return m.lerp(x, y, 0.5)
    if name in ("addcmul", "addcdiv"):
        return getattr(m, name)(x, x, y)
    return getattr(m, name)(x, y)


def _outcome(m, name, x, y):
    try:
        return _call(m, name, x, y)
    except Exception as error:
        return error


@pytest.mark.parametrize("name", TYPED)
def test_types_of_results(name):
    """All pairs of types, the second operand with dimensions, without, or a number: same type and values, or a refusal on both sides."""
    said = []
    for a in TYPES:
        x = [m.tensor([1, 3, 2]).to(getattr(m, a)) for m in (ag, torch)]
        others = [(f"{b}{shape}", [m.tensor(values).to(getattr(m, b)) for m in (ag, torch)])
                  for b in TYPES for shape, values in (("[3]", [1, 2, 1]), ("[]", 2))]  # fmt: skip
        for which, (ours_y, their_y) in others + [(k, [v, v]) for k, v in NUMBERS.items()]:
            ours, theirs = _outcome(ag, name, x[0], ours_y), _outcome(torch, name, x[1], their_y)
            if isinstance(theirs, Exception):
                if isinstance(theirs, TypeError) or "not implemented for" in str(theirs):
                    continue  # no such kernel or overload in PyTorch: ours may have it
                if not isinstance(ours, type(theirs)):
                    said.append(f"{a}, {which}: PyTorch {type(theirs).__name__} {str(theirs)[:60]}; ours {ours!r}")
            elif isinstance(ours, Exception):
                said.append(f"{a}, {which}: PyTorch {theirs}; ours {type(ours).__name__}: {ours}")
            elif ours.array.dtype != theirs.numpy().dtype or ours.shape != tuple(theirs.shape):
                said.append(f"{a}, {which}: PyTorch {theirs.dtype}, ours {ours.dtype}")
            elif not np.allclose(ours.array, theirs.numpy(), 2e-3 if "16" in str(ours.dtype) else 1e-5, equal_nan=True):
                said.append(f"{a}, {which}: PyTorch {theirs}, ours {ours}")
    assert said == []


def _t(m, values, dtype=None):
    return m.tensor(values, dtype=None if dtype is None else getattr(m, dtype))


OUTCOMES = {
    "uint8 wraps": lambda m: _t(m, [250], "uint8") + 10,
    "uint8 below 0": lambda m: _t(m, [3], "uint8") - 5,
    "a number beyond uint8": lambda m: _t(m, [3], "uint8") + 300,
    "comparison with a number beyond uint8": lambda m: _t(m, [44, 200], "uint8") == 300,
    "comparison with a negative number": lambda m: _t(m, [44, 200], "uint8") < -1,
    "int8 to a power": lambda m: _t(m, [2], "int8") ** 7,
    "least over -1": lambda m: _t(m, [-128], "int8") // -1,
    "least mod -1": lambda m: _t(m, [-128], "int8") % -1,
    "negation of the least": lambda m: -_t(m, [-128], "int8"),
    "bool minus bool": lambda m: _t(m, [True]) - _t(m, [True]),
    "bool minus int": lambda m: _t(m, [True]) - _t(m, [1]),
    "int minus bool": lambda m: _t(m, [1]) - _t(m, [True]),
    "bool minus number": lambda m: _t(m, [True]) - 1,
    "number minus bool": lambda m: 1 - _t(m, [True]),
    "minus bool": lambda m: -_t(m, [True]),
    "plus bool": lambda m: +_t(m, [True]),
    "rsub of bools": lambda m: m.rsub(_t(m, [True]), True),
    "bool plus bool": lambda m: _t(m, [True]) + _t(m, [True]),
    "bool times bool": lambda m: _t(m, [True]) * _t(m, [False]),
    "bool squared": lambda m: _t(m, [True]) ** 2,
    "not bool": lambda m: ~_t(m, [True, False]),
    "not int": lambda m: ~_t(m, [5, -1]),
    "not float": lambda m: ~_t(m, [1.0]),
    "float and float": lambda m: _t(m, [1.0]) & _t(m, [1.0]),
    "int and bool": lambda m: _t(m, [5]) & _t(m, [True]),
    "number and int": lambda m: 6 & _t(m, [5]),
    "number or int": lambda m: 6 | _t(m, [5]),
    "number xor int": lambda m: 6 ^ _t(m, [5]),
    "number shifted": lambda m: 1 << _t(m, [5]),
    "number shifted down": lambda m: 64 >> _t(m, [5]),
    "number mod": lambda m: 7 % _t(m, [-5]),
    "number over": lambda m: 7 // _t(m, [-5]),
    "number to the power": lambda m: 2 ** _t(m, [-1, 3]),
    "integer to a negative number": lambda m: _t(m, [2]) ** -1,
    "integers to negative integers": lambda m: _t(m, [2, 1, -1, -1, 0]) ** _t(m, [-1, -5, -3, -2, 2]),
    "integer over 0": lambda m: _t(m, [1]) // 0,
    "integer mod 0": lambda m: _t(m, [1]) % 0,
    "fmod by 0": lambda m: m.fmod(_t(m, [1]), 0),
    "div trunc by 0": lambda m: m.div(_t(m, [1]), 0, rounding_mode="trunc"),
    "true division by 0": lambda m: _t(m, [1, -1, 0]) / 0,
    "an unknown rounding": lambda m: m.div(_t(m, [1.0]), 1, rounding_mode="up"),
    "alpha too fine": lambda m: m.add(_t(m, [1]), _t(m, [1]), alpha=1.5),
    "alpha of truth": lambda m: m.add(_t(m, [1.0]), _t(m, [1.0]), alpha=True),
    "alpha between bools": lambda m: m.add(_t(m, [True]), _t(m, [True]), alpha=True),
    "alpha, mixed": lambda m: m.add(_t(m, [1.0]), _t(m, [1]), alpha=1.5),
    "where of floats": lambda m: m.where(_t(m, [1.0, 0.0]), 1, 2),
    "where of numbers": lambda m: m.where(_t(m, [True, False]), 1, 2.5),
    "where as a method": lambda m: _t(m, [1.0, 2.0]).where(_t(m, [True, False]), 5),
    "where misfit": lambda m: m.where(_t(m, [True, False]), _t(m, [1, 2, 3]), 1),
    "add misfit": lambda m: _t(m, [1, 2]) + _t(m, [1, 2, 3]),
    "clamp of nothing": lambda m: m.clamp(_t(m, [1.0])),
    "clamp of integers by a fraction": lambda m: m.clamp(_t(m, [1, 5]), max=2.5),
    "clamp of bools": lambda m: m.clamp(_t(m, [True]), 0, 1),
    "clamp crossed": lambda m: m.clamp(_t(m, [1.0, 5.0]), 3, 2),
    "clamp of bytes": lambda m: m.clamp(_t(m, [0, 200], "uint8"), -1, 100),
    "clamp beyond the type": lambda m: m.clamp(_t(m, [1], "int8"), 300),
    "clip": lambda m: _t(m, [1.0, 5.0]).clip(max=2),
    "floor of bool": lambda m: m.floor(_t(m, [True])),
    "round of integers": lambda m: m.round(_t(m, [3])),
    "frac of integers": lambda m: m.frac(_t(m, [3])),
    "abs of bool": lambda m: m.abs(_t(m, [True])),
    "sign of bool": lambda m: m.sign(_t(m, [True])),
    "equal of shapes": lambda m: m.tensor(m.equal(_t(m, [1, 2]), _t(m, [1]))),
    "equal of types": lambda m: m.tensor(m.equal(_t(m, [1]), _t(m, [1.0]))),
    "isclose of types": lambda m: m.isclose(_t(m, [1]), _t(m, [1.0])),
    "isclose of integers": lambda m: m.isclose(_t(m, [100, 7]), _t(m, [101, 7]), rtol=0.01),
    "isclose below 0": lambda m: m.isclose(_t(m, [1.0]), _t(m, [1.0]), rtol=-1.0),
    "isin of a number": lambda m: m.isin(_t(m, [1, 2]), 2),
    "isin of numbers": lambda m: m.isin(1, 2),
    "isin mixed": lambda m: m.isin(_t(m, [1.0, 2.5]), _t(m, [1, 2])),
    "polygamma below 0": lambda m: m.polygamma(-1, _t(m, [1.0])),
    "polygamma method": lambda m: _t(m, [1.5, 2.0]).polygamma(1),
    "mvlgamma of 0": lambda m: m.mvlgamma(_t(m, [3.0]), 0),
    "lerp of types": lambda m: m.lerp(_t(m, [1.0]), _t(m, [1.0], "float64"), 0.5),
    "addcdiv of integers": lambda m: m.addcdiv(_t(m, [1]), _t(m, [1]), _t(m, [1])),
    "sqrt of integers": lambda m: m.sqrt(_t(m, [4, 9])),
    "shift too far": lambda m: _t(m, [1, -8]) << _t(m, [64, 70]),
    "shift down too far": lambda m: _t(m, [1, -8]) >> _t(m, [64, 70]),
    "gcd of floats": lambda m: m.gcd(_t(m, [1.0]), _t(m, [1.0])),
    "frexp of integers": lambda m: m.frexp(_t(m, [1])),
    "relu of bool": lambda m: m.relu(_t(m, [True])),
    "prelu of types": lambda m: m.prelu(_t(m, [1.0]), _t(m, [1.0], "float64")),
    "prelu of channels": lambda m: m.prelu(m.ones(2, 3), m.ones(2)),
    "prelu of a matrix": lambda m: m.prelu(m.ones(2, 3), m.ones(2, 3)),
    "softmax of integers": lambda m: m.softmax(_t(m, [1, 2]), 0),
    "softmax as double": lambda m: m.softmax(_t(m, [1, 2]), 0, dtype=m.float64),
    "softmax of a wrong dim": lambda m: m.softmax(_t(m, [1.0, 2.0]), 1),
    "in place: a wider type": lambda m: _t(m, [1]).sqrt_(),
    "in place: a wider operand": lambda m: _t(m, [1]).add_(_t(m, [1.5])),
    "in place: the operand's type is kept": lambda m: _t(m, [1.0]).add_(_t(m, [1.5], "float64")),
    "in place: a wider shape": lambda m: _t(m, [1.0]).add_(_t(m, [1.5, 2.0])),
    "in place: comparison": lambda m: _t(m, [1.0, 3.0]).lt_(2),
    "in place: clamp": lambda m: _t(m, [1.0, 3.0]).clamp_(max=2),
    "in place: division of integers": lambda m: _t(m, [4]).div_(2),
    "in place: rounded division of integers": lambda m: _t(m, [-5]).div_(2, rounding_mode="trunc"),
    "in place: %=": lambda m: _t(m, [5.0]).remainder_(3),
    "in place: polygamma": lambda m: _t(m, [2.0]).polygamma_(1),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_outcomes(case):
    """The same tensor, or an exception of the same type."""
    results = []
    for m in (ag, torch):
        try:
            results.append(OUTCOMES[case](m))
        except Exception as error:
            results.append(error)
    ours, theirs = results
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), f"PyTorch: {theirs!r}; ours: {ours!r}"
        return
    assert not isinstance(ours, Exception), ours
    assert ours.array.dtype == theirs.numpy().dtype
    np.testing.assert_allclose(ours.array, theirs.numpy(), rtol=1e-6)


NAMES = words("""
add sub mul div neg pow abs sqrt rsqrt exp log log1p expm1 sin cos tanh sigmoid sign floor ceil round clamp clamp_min
clamp_max clip maximum minimum reciprocal square erf floor_divide remainder lerp where eq ne lt le gt ge isnan isinf
isfinite allclose logical_and logical_or logical_not true_divide log2 log10 exp2 tan acos acosh asin asinh atan atanh
cosh sinh atan2 arctan2 fmod trunc fix addcmul addcdiv positive sgn frac copysign hypot logaddexp logaddexp2 xlogy sinc
deg2rad rad2deg erfc erfinv lgamma digamma polygamma i0 logit float_power nan_to_num heaviside fmax fmin signbit isin
isneginf isposinf isclose equal logical_xor bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift
bitwise_right_shift rsub mvlgamma isreal nextafter ldexp frexp gcd lcm absolute arccos arccosh arcsin arcsinh arctan
arctanh subtract multiply divide negative greater greater_equal less less_equal not_equal relu relu6 leaky_relu elu selu
celu gelu silu mish softplus softsign tanhshrink softshrink hardshrink hardtanh hardsigmoid hardswish threshold
logsigmoid prelu rrelu glu softmax log_softmax softmin normalize cosine_similarity pairwise_distance expit gammaln psi
entr erfcx i0e i1 i1e log_ndtr ndtr ndtri xlog1py zeta multigammaln angle real conj conj_physical resolve_conj
resolve_neg igamma igammac
gammainc gammaincc spherical_bessel_j0 modified_bessel_i0 modified_bessel_i1 chebyshev_polynomial_t legendre_polynomial_p
shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l
""")
PLACES = {
    "torch": (ag, torch),
    "Tensor": (ag.Tensor, torch.Tensor),
    "functional": (F, torch.nn.functional),
    "special": (ag.special, torch.special),
}
ADDED = {"functional": {"sin"}}  # on purpose: the sine as an activation


@pytest.mark.parametrize("place", PLACES)
def test_names(place):
    """What PyTorch has in a place is there, in-place twins included, and nothing that it has not but for what was added on purpose."""
    ours, theirs = PLACES[place]
    both = [n + end for n in NAMES for end in ("", "_")]
    assert [n for n in both if hasattr(theirs, n) and not hasattr(ours, n)] == []
    assert {n for n in both if hasattr(ours, n) and not hasattr(theirs, n)} == ADDED.get(place, set())
