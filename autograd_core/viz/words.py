"""How numbers, shapes and operations are written in the drawings. Imports records and stats only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .records import Record
from .theme import clip

SHORT = {
    "float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "int64": "i64", "int32": "i32", "int16": "i16", "int8": "i8",
    "uint8": "u8", "bool": "bool", "complex64": "c64", "complex128": "c128",
}  # fmt: skip

# the engine's own ops under the names that users know
NAMES = {
    "convolution": "conv", "conv_input": "conv gradient (input)", "conv_weight": "conv gradient (weight)", "dropped": "dropout", "lookup": "embedding",
    "group_norm_over": "group_norm", "rms_norm_over": "rms_norm", "batch_norm_train": "batch_norm",
    "batch_norm_fixed": "batch_norm", "lstm_layer": "lstm", "gru_layer": "gru", "rnn_layer": "rnn", "copied": "set items", "view_assign": "set a part",
    "adaptive_mean": "adaptive_avg_pool", "adaptive_max": "adaptive_max_pool", "gelu_tanh": "gelu",
}  # fmt: skip
SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−", "matmul": "@", "pow": "^"}
HIDDEN = {"shape", "size", "dtype", "memory_format", "sizes", "chain", "plain", "wants_x", "normalized_shape", "ceil_mode", "ignore_index"}
NEUTRAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "reduction": "mean", "keepdim": False, "eps": None, "reverse": False}


def number(x: float, digits: int = 3) -> str:
    """A number in few characters: 0.0313, -1.5, 3.2e-05."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{x:.{digits}g}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def inert(line: str) -> str:
    """A line in which control characters, of a name say, are dots."""
    return line if line.isprintable() else "".join(c if c.isprintable() else "·" for c in line)


def exact(x: float) -> str:
    """A number as a lecture shows it: 2.0, −1.5, 0.8814."""
    text = number(x, 4)
    return text + ".0" if math.isfinite(x) and "." not in text and "e" not in text and len(text) < 6 else text


def grad_word(grad: float | None) -> str:
    """∇ 3.2e-3, or what is wrong with it."""
    if grad is None:
        return ""
    if not math.isfinite(grad):
        return "∇ NaN" if math.isnan(grad) else "∇ ∞"
    return "∇ 0" if grad == 0 else f"∇ {grad:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")


def shape_text(shape: tuple[int, ...]) -> str:
    """8×64×24×24; a scalar says so."""
    return "×".join(map(str, shape)) if shape else "scalar"


def dtype_text(kind: Any) -> str:
    """f32 for float32."""
    name: str = np.dtype(kind).name
    return SHORT.get(name, str(name))


def bytes_text(n: float) -> str:
    """5.5 MB."""
    for unit in ("B", "KB", "MB", "GB"):
        if n < 1024 or unit == "GB":
            return f"{n:.0f} {unit}" if unit == "B" or n >= 100 else f"{n:.1f} {unit}"
        n /= 1024
    return ""


def count_text(n: int) -> str:
    """1.2 M."""
    for limit, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if n >= limit:
            return f"{n / limit:.3g} {unit}"
    return str(n)


def seconds_text(s: float) -> str:
    """12.5 ms."""
    return f"{s * 1e6:.3g} µs" if s < 1e-3 else f"{s * 1e3:.3g} ms" if s < 1 else f"{s:.3g} s"


def op_word(record: Record) -> str:
    """The name of an operation as users know it."""
    if record.name == "convolution":
        stride = record.arguments.get("stride")
        return f"conv{len(stride)}d" if isinstance(stride, tuple) else "conv"
    if record.name == "conv_input" and not record.inside:  # a transposed convolution is the gradient of a convolution
        stride = record.arguments.get("stride")
        return f"conv_transpose{len(stride)}d" if isinstance(stride, tuple) else "conv_transpose"
    if record.name in ("max_pool", "avg_pool"):
        kernel = record.arguments.get("kernel")
        return f"{record.name}{len(kernel)}d" if isinstance(kernel, tuple) else record.name
    return clip(NAMES.get(record.name, record.name), 32)


def arguments_text(record: Record, varying: frozenset[str] = frozenset()) -> str:
    """The arguments that tell one call from another, at most three; `t` stands for one that differs from piece to piece of a run."""
    shown = []
    if varying:
        return " ".join(f"{name} {'t' if name in varying else value}" for name, value in record.arguments.items() if isinstance(value, int))[:24] or "t"
    own = _special(record)
    if own is not None:
        return own
    defaults = getattr(record.op, "defaults", {})
    for name, value in record.arguments.items():
        if value is None or (name in defaults and _same(defaults[name], value)) or name in HIDDEN or (name in NEUTRAL and _is_neutral(value, NEUTRAL[name])):
            continue
        if record.name == "getitem":
            return clip(_index_text(value), 24)
        if isinstance(value, (bool, int, float)) or (isinstance(value, tuple) and 0 < len(value) <= 4 and all(isinstance(v, int) for v in value)):
            same = isinstance(value, tuple) and len(set(value)) == 1 and len(value) > 1
            text = number(value) if isinstance(value, float) else str(value[0] if same and isinstance(value, tuple) else value)
            shown.append(f"{name} {text}")
        elif isinstance(value, str):
            shown.append(clip(value, 16))
    return " ".join(shown[:3])


def _special(record: Record) -> str | None:
    """Arguments that read better in their own way."""
    given = record.arguments
    if record.name == "dropped" and isinstance(given.get("scale"), (int, float)) and given["scale"]:
        return f"p {number(1 - 1 / given['scale'])}"
    if record.name == "transpose":
        return f"{given.get('dim0')} ↔ {given.get('dim1')}"
    if record.name in ("flatten", "reshape", "view", "expand"):
        return ""
    if record.name == "permute" and isinstance(given.get("dims"), tuple):
        return " ".join(map(str, given["dims"]))
    return None


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, (int, float, str, bool)) and a == b


def _is_neutral(value: Any, neutral: Any) -> bool:
    if neutral is None:
        return True
    return all(v == neutral for v in value) if isinstance(value, tuple) else bool(value == neutral)


def _index_text(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    shown = []
    for part in parts:
        if isinstance(part, slice):
            a, b, c = ("" if v is None else str(v) for v in (part.start, part.stop, part.step))
            shown.append(f"{a}:{b}" + (f":{c}" if c else ""))
        elif part is Ellipsis:
            shown.append("…")
        elif part is None or isinstance(part, (int, bool)):
            shown.append(str(part))
        else:
            shown.append("•")
    return "[" + ", ".join(shown) + "]"
