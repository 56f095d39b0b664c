"""`torch.testing`: assert_close with PyTorch's tolerances and messages, and tensors to test with. Imports tensor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from . import dtypes
from .tensor.base import Tensor
from .tensor.create import tensor
from .tensor.random import rand

__all__ = ["assert_allclose", "assert_close", "make_tensor"]

# (relative, absolute), PyTorch's table; exact for integers and bools
TOLERANCES = {dtypes.float16: (1e-3, 1e-5), dtypes.float32: (1.3e-6, 1e-5), dtypes.float64: (1e-7, 1e-7)}
Message = str | Callable[[str], str] | None


class _Rules:
    """What counts as close, and how a failure is told."""

    def __init__(self, rtol: float | None, atol: float | None, equal_nan: bool, dtype: bool, stride: bool, msg: Message) -> None:
        if (rtol is None) != (atol is None):
            given, missing = ("rtol", "atol") if atol is None else ("atol", "rtol")
            raise ValueError(f"rtol and atol must both be specified or both be unspecified, but got only {given}: give {missing} too")
        self.given = None if rtol is None or atol is None else (float(rtol), float(atol))
        self.equal_nan, self.dtype, self.stride, self.msg = equal_nan, dtype, stride, msg

    def tolerances(self, *kinds: dtypes.dtype) -> tuple[float, float]:
        """(relative, absolute): those given, else the larger of the two types'."""
        if self.given is not None:
            return self.given
        rows = [TOLERANCES.get(kind, (0.0, 0.0)) for kind in kinds]
        return max(r for r, _ in rows), max(a for _, a in rows)

    def fail(self, text: str, path: tuple[Any, ...]) -> AssertionError:
        """The error of a pair at a place within containers."""
        text += _place(path)
        return AssertionError(self.msg(text) if callable(self.msg) else self.msg or text)


def _place(path: tuple[Any, ...]) -> str:
    return "\n\nThe failure occurred for item " + "".join(f"[{key!r}]" for key in path) if path else ""


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
    msg: Message = None,
) -> None:  # fmt: skip
    """Raise AssertionError unless |actual − expected| ≤ atol + rtol · |expected| everywhere, with the same shapes and types.

    Takes tensors, numbers, arrays, and sequences and mappings of them. Tolerances depend on the type unless both are given:
    float16 1e-3 and 1e-5, float32 1.3e-6 and 1e-5, float64 1e-7 and 1e-7, integers and bools must be equal.

    Raises:
        AssertionError: how many values differ, and by how much at most, and where.
        TypeError: something that is no tensor, number or container.
        ValueError: one tolerance of two.
    """
    _compare(actual, expected, _Rules(rtol, atol, equal_nan, check_dtype, check_stride, msg), (), allow_subclasses)


def assert_allclose(actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = True, msg: str = "") -> None:
    """assert_close of whatever becomes a tensor, of any types."""
    assert_close(_as_tensor(actual), _as_tensor(expected), rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


def _compare(actual: Any, expected: Any, rules: _Rules, path: tuple[Any, ...], subclasses: bool) -> None:
    if isinstance(actual, (int, float, np.number)) and isinstance(expected, (int, float, np.number)):
        _numbers(actual, expected, rules, path)
    elif _is_array(actual) and _is_array(expected):
        if not subclasses and type(actual) is not type(expected):
            raise TypeError(_not_comparable(actual, expected))
        _arrays(_as_tensor(actual), _as_tensor(expected), rules, path)
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if set(actual) != set(expected):
            missing, extra = sorted(set(expected) - set(actual)), sorted(set(actual) - set(expected))
            raise AssertionError(
                f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {extra}{_place(path)}"
            )
        for key in actual:
            _compare(actual[key], expected[key], rules, (*path, key), subclasses)
    elif _is_row(actual) and _is_row(expected):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{_place(path)}")
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            _compare(a, e, rules, (*path, i), subclasses)
    elif actual is None and expected is None:
        return
    elif actual is None or expected is None:
        raise rules.fail(f"None mismatch: {actual} is not {expected}", path)
    else:
        raise TypeError(_not_comparable(actual, expected))


def _is_array(value: Any) -> bool:
    return isinstance(value, (Tensor, np.ndarray))


def _as_tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else tensor(value)


def _is_row(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _not_comparable(actual: Any, expected: Any) -> str:
    return f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}: give tensors, numbers, or containers of them"


def _kind(value: Any) -> dtypes.dtype:
    return dtypes.bool_ if isinstance(value, bool) else dtypes.int64 if isinstance(value, int) else dtypes.float64


def _numbers(actual: Any, expected: Any, rules: _Rules, path: tuple[Any, ...]) -> None:
    rtol, atol = rules.tolerances(_kind(actual), _kind(expected))
    if isinstance(actual, bool) and isinstance(expected, bool):
        if actual is not expected:
            raise rules.fail(f"Booleans mismatch: {actual} is not {expected}", path)
        return
    if rules.dtype and type(actual) is not type(expected):
        raise rules.fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.", path)
    if actual == expected or (rules.equal_nan and actual != actual and expected != expected):
        return
    off = abs(actual - expected)
    if np.isfinite(off) and off <= atol + rtol * abs(expected):
        return
    raise rules.fail(_number_difference(actual, expected, rtol, atol), path)


def _number_difference(actual: Any, expected: Any, rtol: float, atol: float) -> str:
    off = abs(actual - expected)
    text = f"Expected {expected} but got {actual}.\nAbsolute difference: {off}"
    if rtol == atol == 0:
        return f"Scalars are not equal!\n\n{text}\nRelative difference: {_ratio(off, expected)}"
    return f"Scalars are not close!\n\n{text} (up to {atol} allowed)\nRelative difference: {_ratio(off, expected)} (up to {rtol} allowed)"


def _ratio(off: float, expected: float) -> float:
    return float(off / abs(expected)) if expected else float("inf")


def _arrays(actual: Tensor, expected: Tensor, rules: _Rules, path: tuple[Any, ...]) -> None:
    if actual.shape != expected.shape:
        raise rules.fail(f"The values for attribute 'shape' do not match: {actual.shape} != {expected.shape}.", path)
    if rules.dtype and actual.dtype != expected.dtype:
        raise rules.fail(f"The values for attribute 'dtype' do not match: {actual.dtype} != {expected.dtype}.", path)
    if rules.stride and actual.stride() != expected.stride():
        raise rules.fail(f"The values for attribute 'stride()' do not match: {actual.stride()} != {expected.stride()}.", path)
    rtol, atol = rules.tolerances(actual.dtype, expected.dtype)
    kind = np.promote_types(actual.array.dtype, expected.array.dtype)
    a, e = actual.detach().numpy().astype(kind), expected.detach().numpy().astype(kind)
    fits = np.isclose(a, e, rtol, atol, rules.equal_nan) if kind.kind == "f" else a == e if rtol == atol == 0 else np.isclose(a, e, rtol, atol)
    if not fits.all():
        raise rules.fail(_difference(a, e, np.asarray(fits), rtol, atol), path)


def _difference(a: np.ndarray, e: np.ndarray, fits: np.ndarray, rtol: float, atol: float) -> str:
    """How many values differ, and the largest differences with their places."""
    a, e = (x.astype(np.int64) if x.dtype.kind in "bu" else x for x in (a, e))
    if a.ndim == 0:
        return _number_difference(a.item(), e.item(), rtol, atol)
    with np.errstate(all="ignore"):
        off = np.abs(a - e)
        ratio = off.astype(np.float32) / np.abs(e).astype(np.float32) if off.dtype.kind == "i" else off / np.abs(e)
    off, ratio = np.where(fits, 0, off), np.where(fits, 0, ratio)
    exact = rtol == atol == 0
    word, rows = ("equal" if exact else "close"), [("absolute", off, atol), ("relative", ratio, rtol)]
    lines = []
    wrong = int((~fits).sum())
    lines.append(f"Mismatched elements: {wrong} / {fits.size} ({wrong / fits.size:.1%})")
    for name, values, limit in rows:
        at = np.unravel_index(int(np.argmax(values)), values.shape)
        where = f"Greatest {name} difference: {values[at].item()} at index {tuple(map(int, at))}"
        lines.append(where + ("" if exact else f" (up to {limit} allowed)"))
    return f"Tensor-likes are not {word}!\n\n" + "\n".join(lines)


def make_tensor(
    *shape: Any, dtype: Any, device: Any = "cpu", low: float | None = None, high: float | None = None, requires_grad: bool = False,
    noncontiguous: bool = False, exclude_zero: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """A tensor of random values between low and high (-9 and 9; 0 and 9 of uint8, 0 and 1 of bools), to test with."""
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    kind = dtypes.as_dtype(dtype)
    if low is not None and high is not None and low > high:
        raise ValueError(f"make_tensor: low must be smaller than high, got {low} and {high}")
    if kind is dtypes.bool_:
        floor, ceiling = 0.0, 2.0
    else:
        floor = float(low) if low is not None else 0.0 if kind is dtypes.uint8 else -9.0
        ceiling = float(high) if high is not None else 10.0 if not kind.is_floating_point else 9.0
    values = rand(*sizes, dtype=dtypes.float64) * (ceiling - floor) + floor
    made = (values if kind.is_floating_point else values.floor()).to(kind)
    if exclude_zero:
        made = made.masked_fill(made == 0, 1)
    if noncontiguous and made.numel() > 1:
        made = made.repeat_interleave(2, dim=-1)[..., ::2]
    return made.requires_grad_(requires_grad)
