"""Which of PyTorch's overloads a recorded call was: the names of backward steps that depend on the arguments. Imports nothing of ours.

Tables of op name -> the name of its step, from the node's arguments, its parents (None where no gradient is needed) and its shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# mode of interpolate -> PyTorch's word
_UPSAMPLE = {"nearest": "Nearest", "nearest-exact": "NearestExact", "linear": "Linear", "bilinear": "Bilinear", "trilinear": "Trilinear"}
_UPSAMPLE |= {"bicubic": "Bicubic", "area": "Nearest"}
_PAD = {"reflect": "Reflection", "replicate": "Replication"}
_ITEM = {int: "Select", type(None): "Unsqueeze", slice: "Slice"}


def _by_dim(stem: str, whole: int = 0) -> Callable[[Any], str]:
    """stem0 over everything, stem1 along a dimension (or the other way round)."""
    return lambda node: f"{stem}Backward{whole if node.attributes['dim'] in (None, ()) else 1 - whole}"


def _product(node: Any) -> str:
    """mm, mv, dot or their like, by the ranks of a matrix product."""
    if any(p is not None and type(p.shape) is tuple and (len(p.shape) > 2 or (len(p.shape) == 1 and len(node.shape) > 1)) for p in node.parents):
        return "UnsafeViewBackward0"  # one of them has more than two dimensions
    ranks = [len(p.shape) if p is not None and type(p.shape) is tuple else 0 for p in node.parents]
    rank = len(node.shape)
    if ranks[0] == 1 and rank == 1:
        return "SqueezeBackward4"
    return ("Dot", "Mv", "Mm")[rank] + "Backward0" if rank < 3 else "UnsafeViewBackward0"


def _linear(node: Any) -> str:
    biased = len(node.parents) > 2 and node.parents[2] is not None
    if len(node.shape) == 2:
        return "AddmmBackward0" if biased else "MmBackward0"
    if len(node.shape) == 1:
        return "AddBackward0" if biased else "SqueezeBackward4"
    return "ViewBackward0" if biased else "UnsafeViewBackward0"


def _item(node: Any) -> str:
    """The last step of a basic index, as PyTorch takes it: one of select, slice and unsqueeze for each item."""
    index = node.attributes["index"]
    steps = [_ITEM.get(type(i)) for i in (index if type(index) is tuple else (index,)) if i is not Ellipsis and i != slice(None)]
    return f"{steps[-1] if steps and steps[-1] else 'Slice'}Backward0"


def _power(node: Any) -> str:
    base, exponent = (p is not None for p in node.parents)
    return f"PowBackward{(1 if base else 2) if exponent else 0}"


def _pool(stem: str, tail: str = "") -> Callable[[Any], str]:
    def name(node: Any) -> str:
        shape = node.shape[0] if type(node.shape[0]) is tuple else node.shape
        dims = len(shape) - 2
        return "SqueezeBackward1" if dims == 1 and "daptive" not in stem else f"{stem}{dims}D{tail}Backward0"

    return name


def _clamp(node: Any) -> str:
    return "ClampBackward1" if "min" in node.attributes else "ClampBackward0"


def _upsample(node: Any) -> str:
    return f"Upsample{_UPSAMPLE[node.attributes['mode']]}{len(node.shape) - 2}DBackward0"


def _pad(node: Any) -> str:
    dims = sum(1 for p in node.attributes["pads"] if tuple(p) != (0, 0))
    word = _PAD.get(node.attributes["mode"])
    return f"{word}Pad{dims or 1}DBackward0" if word else "CopySlices"


def _mean_error(node: Any) -> str:
    return {"mean": "Mean", "sum": "Sum"}.get(node.attributes["reduction"], "Abs") + "Backward0"


VARIANTS: dict[str, Callable[[Any], str]] = {
    "sum": _by_dim("Sum"), "mean": _by_dim("Mean"), "prod": _by_dim("Prod"), "nansum": lambda node: "NansumBackward0",
    "squeeze": _by_dim("Squeeze"), "median": lambda node: "MedianBackward1", "nanmedian": lambda node: "NanmedianBackward1",
    "amax": lambda node: "MaxBackward1" if node.attributes["dim"] == () else "AmaxBackward0",
    "amin": lambda node: "MinBackward1" if node.attributes["dim"] == () else "AminBackward0",
    "matmul": _product, "rsub": lambda node: "RsubBackward1", "linear": _linear, "getitem": _item, "pow": _power, "clamp": _clamp,
    "reshape": lambda node: "ViewBackward0", "flatten": lambda node: "ViewBackward0",
    "vector_norm": lambda node: "LinalgVectorNormBackward0", "outer": lambda node: "MulBackward0",
    "scatter_number": lambda node: "ScatterBackward1", "tile": lambda node: "RepeatBackward0",
    "selu": lambda node: "EluBackward0", "prelu": lambda node: "PreluKernelBackward0", "log1p": lambda node: "Log1PBackward0",
    "det": lambda node: "LinalgDetBackward0", "inv": lambda node: "LinalgInvExBackward0",
    "xlog1py": lambda node: "SpecialXlog1PyBackward0", "euclidean": lambda node: "CdistBackward0",
    "max_pool": _pool("MaxPool", "WithIndices"), "avg_pool": _pool("AvgPool"), "adaptive_mean": _pool("AdaptiveAvgPool"),
    "adaptive_max": _pool("AdaptiveMaxPool"), "pad_constant": lambda node: "ConstantPadNdBackward0", "pad_edges": _pad,
    "resampled": _upsample, "sampled": lambda node: f"GridSampler{len(node.shape) - 2}DBackward0", "l1_loss": _mean_error,
}  # fmt: skip
