"""The table of Keras 2.13's `model.summary()`: its names, its channels-last shapes, its digits. Imports the units."""

from __future__ import annotations

import re
from typing import Any

from .units import size

__all__ = ["keras_table"]

NAMES = {
    "Linear": "Dense",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "RNN": "SimpleRNN",
    "Dropout2d": "SpatialDropout2D",
    "MultiheadAttention": "MultiHeadAttention",
}
FAMILIES = (
    (r"Conv(\d)d", "Conv{}D"),
    (r"ConvTranspose(\d)d", "Conv{}DTranspose"),
    (r"MaxPool(\d)d", "MaxPooling{}D"),
    (r"AvgPool(\d)d", "AveragePooling{}D"),
    (r"AdaptiveAvgPool(\d)d", "GlobalAveragePooling{}D"),
    (r"AdaptiveMaxPool(\d)d", "GlobalMaxPooling{}D"),
    (r"BatchNorm\dd", "BatchNormalization"),
    (r"ZeroPad(\d)d", "ZeroPadding{}D"),
    (r"Dropout([23])d", "SpatialDropout{}D"),
)
# Written as activation= of the layer before them, where that layer has such an argument.
ACTIVATIONS = frozenset(
    ("ReLU", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "GELU", "SiLU", "ELU", "SELU", "Softplus", "Softsign", "Hardsigmoid", "ReLU6")
)
OWN_LAYERS = frozenset(("ReLU", "Softmax", "ELU", "LeakyReLU", "PReLU"))
TAKES_ACTIVATION = re.compile(r"Linear|Conv(Transpose)?\dd|Bilinear")


def kind(name: str) -> str:
    """The Keras class of one of ours."""
    for pattern, form in FAMILIES:
        found = re.fullmatch(pattern, name)
        if found:
            return form.format(*found.groups())
    if name in ACTIVATIONS and name not in OWN_LAYERS:
        return "Activation"
    return NAMES.get(name, name)


def snake(name: str) -> str:
    """max_pooling2d from MaxPooling2D."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def channels_last(shape: tuple[int | None, ...], name: str) -> tuple[int | None, ...]:
    """(N, H, W, C) of (N, C, H, W); of three sizes only those of 1-d layers are (N, C, L)."""
    if len(shape) in (4, 5) or (len(shape) == 3 and re.search("1d$", name)):
        return (shape[0], *shape[2:], shape[1])
    return shape


def keras_table(summary: Any) -> str:
    """The whole table as text. Sizes in memory count each parameter with its own width."""
    rows: list[tuple[str, str, str]] = []
    counts: dict[str, int] = {}
    extra, before = 0, ""
    for row in summary.rows:
        name = row.module._get_name()
        if row.again or not (row.is_leaf or row.parameters):
            continue
        statistics = _statistics(row.module) if row.is_leaf else 0
        extra += statistics
        folds = name in ACTIVATIONS and TAKES_ACTIVATION.fullmatch(before) is not None
        before = name
        if folds:
            continue
        keras = kind(name)
        label = snake(keras)
        number = counts.get(label, 0)
        counts[label] = number + 1
        shape = channels_last(row.output_shapes[0], name) if row.output_shapes else ()
        text = "(" + ", ".join(map(str, shape)) + (",)" if len(shape) == 1 else ")")
        rows.append((f"{label}{f'_{number}' if number else ''} ({keras})", text, str(row.parameters + statistics)))
    return _layout(summary, rows, extra)


def _statistics(module: Any) -> int:
    """Keras counts the running mean and variance of a norm among its parameters that are not trained."""
    names = ("running_mean", "running_var")
    return sum(int(b.numel()) for name, b in module._buffers.items() if name in names and b is not None)


def _layout(summary: Any, cells: list[tuple[str, str, str]], extra: int) -> str:
    first = max([28, *(len(cell[0]) + 2 for cell in cells)])
    second = max([26, *(len(cell[1]) + 2 for cell in cells)])
    width = 1 + first + second + 10
    lines = [f'Model: "{snake(summary.model._get_name())}"', "_" * width]
    lines += [f" {'Layer (type)':<{first}}{'Output Shape':<{second}}Param #", "=" * width]
    for at, (layer, shape, count) in enumerate(cells):
        lines += [""] * bool(at) + [f" {layer:<{first}}{shape:<{second}}{count}"]
    one = summary.param_bytes / summary.total_params if summary.total_params else 4
    lines.append("=" * width)
    total, trainable = summary.total_params + extra, summary.trainable_params
    for title, number in (("Total", total), ("Trainable", trainable), ("Non-trainable", total - trainable)):
        lines.append(f"{title} params: {number} ({size(number * one)})")
    return "\n".join([*lines, "_" * width])
