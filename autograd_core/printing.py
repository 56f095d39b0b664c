"""The text of a tensor, character for character as PyTorch writes it, and the options which steer it.

Works on plain arrays and knows nothing of Tensor: the caller passes the array and the facts to append. Imports NumPy only.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

_ALWAYS_INFERRED = ("int64", "bool")


@dataclass(frozen=True)
class PrintOptions:
    """What ``set_printoptions`` sets; ``sci_mode=None`` lets the values decide."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print; an option left at None keeps its value.

    As in PyTorch ``sci_mode`` is the exception: it is set by every call, so leaving it out gives the choice back to the values.
    ``profile`` is one of "default", "short", "full" and is applied before the others.

    Raises:
        ValueError: unknown profile, or a negative number.
        TypeError: an option that is not a number.
    """
    global _options
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"set_printoptions: profile={profile!r} is unknown; use one of {', '.join(map(repr, _PROFILES))}")
    chosen: dict[str, Any] = dict(_PROFILES[profile]) if profile is not None else {}
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    for name, value in given.items():
        if value is None:
            continue
        whole = isinstance(value, int | np.integer)
        if not (whole or (name == "threshold" and isinstance(value, float | np.floating))):
            raise TypeError(f"set_printoptions: {name} must be an integer, got {value!r} of type {type(value).__name__}")
        if value < 0:
            raise ValueError(f"set_printoptions: {name} must not be negative, got {value}")
        chosen[name] = value
    _options = replace(_options, **chosen, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """The options in force, as keywords for ``set_printoptions``."""
    return asdict(_options)


@contextlib.contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """``with printoptions(precision=2):`` sets options and puts the former ones back on leaving."""
    global _options
    before = _options
    set_printoptions(**options)
    try:
        yield
    finally:
        _options = before


class _Column:
    """How one number is written so that all numbers shown have the same width."""

    __slots__ = ("style", "width")

    def __init__(self, shown: np.ndarray) -> None:
        self.style = "plain"
        self.width = 1
        numbers = shown.ravel()
        if numbers.dtype.kind == "f":
            # Zeros, infinities and nan neither choose the style nor widen the column: they are written as they come.
            numbers = numbers[np.isfinite(numbers) & (numbers != 0)]
            self.style = _float_style(numbers)
        self.width = max((len(self._text(value)) for value in numbers.tolist()), default=1)

    def _text(self, value: Any) -> str:
        if self.style == "plain":
            return str(value)
        if self.style == "scientific":
            return f"{value:.{_options.precision}e}"
        if self.style == "fixed":
            return f"{value:.{_options.precision}f}"
        return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"

    def write(self, value: Any) -> str:
        return self._text(value).rjust(self.width)


def _float_style(numbers: np.ndarray) -> str:
    """Choose "whole" (as in ``1.``), "fixed" or "scientific" from the finite nonzero values."""
    if numbers.size == 0:
        return "whole"
    scientific = _options.sci_mode
    if scientific is None:
        magnitude = np.abs(numbers).astype(np.float64)
        low, high = float(magnitude.min()), float(magnitude.max())
        # A subnormal minimum makes high / low overflow to inf in IEEE arithmetic; low < 1e-4 has decided by then.
        scientific = high > 1.0e8 or low < 1.0e-4 or high / low > 1000.0
    if scientific:
        return "scientific"
    return "whole" if bool((numbers == np.ceil(numbers)).all()) else "fixed"


def _ends(size: int) -> tuple[int, int] | None:
    """How many items to keep at (start, end) of a summarised axis, or None when it is shown whole."""
    keep = _options.edgeitems
    return (keep, size - keep) if size > 2 * keep else None


def _edges_only(array: np.ndarray) -> np.ndarray:
    """The part of a summarised array that is really printed; only it may choose the width."""
    for axis, size in enumerate(array.shape):
        ends = _ends(size)
        if ends is not None:
            array = np.take(array, [*range(ends[0]), *range(ends[1], size)], axis=axis)
    return array


def _writer(array: np.ndarray) -> tuple[Callable[[Any], str], int]:
    """The function that writes one element, and the width it takes."""
    if array.dtype.kind != "c":
        column = _Column(array)
        return column.write, column.width
    real, imaginary = _Column(array.real), _Column(array.imag)

    def write(value: complex) -> str:
        second = imaginary.write(value.imag).lstrip() + "j"
        return real.write(value.real) + (second if second[0] in "+-" else "+" + second)

    return write, real.width + imaginary.width + 1


def _line_block(array: np.ndarray, indent: int, short: bool, write: Callable[[Any], str], width: int) -> str:
    """A one-dimensional array in brackets, broken into lines of at most ``linewidth``."""
    ends = _ends(array.shape[0]) if short else None
    if ends is None:
        words = [write(value) for value in array.tolist()]
    elif _options.edgeitems == 0:
        words = ["..."]
    else:
        words = [write(value) for value in array[: ends[0]].tolist()] + [" ..."] + [write(value) for value in array[ends[1] :].tolist()]
    per_line = max(1, (_options.linewidth - indent) // (width + 2))
    lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _block(array: np.ndarray, indent: int, short: bool, write: Callable[[Any], str], width: int) -> str:
    if array.ndim == 0:
        return write(array.item())
    if array.ndim == 1:
        return _line_block(array, indent, short, write, width)
    ends = _ends(array.shape[0]) if short else None
    if ends is None:
        parts = [_block(row, indent + 1, short, write, width) for row in array]
    else:
        first, last = ([_block(row, indent + 1, short, write, width) for row in rows] for rows in (array[: ends[0]], array[ends[1] :]))
        parts = [*first, "...", *last]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def values_text(array: np.ndarray, indent: int = 0) -> str:
    """The bracketed values alone, as between ``tensor(`` and the first suffix; continuation lines are indented by ``indent``."""
    if array.size == 0:
        return "[]"
    if array.dtype.kind not in "biufc":
        array = array.astype(np.float32)  # bfloat16 and the other registered types have no arithmetic of their own
    short = array.size > _options.threshold
    if short and _options.edgeitems == 0 and array.ndim:
        return "[...]"
    write, width = _writer(_edges_only(array) if short else array)
    return _block(array, indent, short, write, width)


def _facts(array: np.ndarray, default_dtype: np.dtype[Any]) -> list[str]:
    """``size=`` and ``dtype=``: named only when the values themselves do not tell."""
    facts = []
    size, dtype = f"size={tuple(array.shape)}", f"dtype=torch.{array.dtype.name}"
    if array.size == 0:
        if array.ndim != 1:
            facts.append(size)
        if array.dtype != default_dtype:
            facts.append(dtype)
        return facts
    if _options.edgeitems == 0:
        facts.append(size)
    default_complex = np.complex128 if default_dtype == np.float64 else np.complex64
    if array.dtype.name not in _ALWAYS_INFERRED and array.dtype not in (default_dtype, np.dtype(default_complex)):
        facts.append(dtype)
    return facts


def _append_facts(text: str, facts: list[str], indent: int) -> str:
    # The + 1 counts the last line two characters too long, as PyTorch does: where the facts break depends on it.
    column = len(text) - text.rfind("\n") + 1
    for fact in facts:
        if column + len(fact) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + fact
            column = indent + len(fact)
        else:
            text += ", " + fact
            column += len(fact) + 2
    return text + ")"


def tensor_text(
    array: np.ndarray,
    *,
    prefix: str = "tensor(",
    default_dtype: Any = np.float32,
    requires_grad: bool = False,
    grad_fn_name: str | None = None,
    is_parameter: bool = False,
) -> str:
    """The ``repr`` of a tensor that holds ``array``.

    Args:
        array: values of any shape; float, integer, bool or complex.
        prefix: opening text; continuation lines are indented by its length.
        default_dtype: the floating dtype which is not named.
        requires_grad: append ``requires_grad=True`` (when there is no ``grad_fn_name``).
        grad_fn_name: such as "AddBackward0", appended as ``grad_fn=<AddBackward0>``.
        is_parameter: put ``Parameter containing:`` on a line before.
    """
    array = np.asarray(array)
    facts = _facts(array, np.dtype(default_dtype))
    if grad_fn_name is not None:
        facts.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        facts.append("requires_grad=True")
    text = _append_facts(prefix + values_text(array, len(prefix)), facts, len(prefix))
    return "Parameter containing:\n" + text if is_parameter else text


def format_tensor(array: np.ndarray, spec: str, text: Callable[[], str] | None = None) -> str:
    """``f"{t:spec}"``: one value takes any number format, more values only the empty one (``text()``, by default ``tensor_text``).

    Raises:
        TypeError: a format for numbers given to a tensor with dimensions.
    """
    array = np.asarray(array)
    if array.ndim == 0:
        return format(array.item(), spec)
    if spec:
        raise TypeError(
            f"the format {spec!r} needs a tensor without dimensions, got shape {tuple(array.shape)}; format single values, "
            "for instance with t[0], t.mean() or [f'{v:" + spec + "}' for v in t.tolist()]"
        )
    return text() if text is not None else tensor_text(array)
