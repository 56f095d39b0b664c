"""What is saved, taken apart into plain JSON and named arrays, and put together again. Imports Tensor, dtypes, sharing.

A JSON scalar stands for itself; anything else is {tag: content}. Tensors are named by their path, so that a state_dict keeps
its own keys. A tensor that occurs twice is one tensor after loading too.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..dtypes import NAMES, dtype
from ..tensor import Size, Tensor, device, wrap
from ..tensor.base import OF_NUMPY
from .sharing import unused

Node = Any
KINDS = "biuf"  # of NumPy's types: what a file can hold


def parameter_class() -> type[Tensor]:
    """nn.Parameter where nn is loaded, else Tensor: this layer cannot import nn, and finds it among Tensor's subclasses."""
    found = (kind for kind in Tensor.__subclasses__() if kind.__name__ == "Parameter" and kind.__module__.endswith("nn.parameter"))
    return next(found, Tensor)


def leaf(array: np.ndarray, requires_grad: bool, parameter: bool) -> Tensor:
    """A tensor around an array, or a Parameter where that class is known."""
    kind: Any = parameter_class() if parameter else Tensor
    if kind is not Tensor:
        made: Tensor = kind(wrap(array), requires_grad)
        return made
    return wrap(array).requires_grad_() if requires_grad else wrap(array)


class Taker:
    """Takes a structure apart: `arrays` collects the arrays under their names."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.known: dict[int, Node] = {}  # tensors met before
        self.open: set[int] = set()  # containers that we are inside of
        self.kept: list[Any] = []  # so that no id() is given away twice

    def take(self, value: Any, path: str = "") -> Node:
        """The JSON of a value. TypeError for what is not data, ValueError for a container inside itself."""
        if value is None or isinstance(value, (bool, str)) or type(value) is int:
            return value
        if isinstance(value, dtype):
            return {"dtype": value.name}
        if isinstance(value, (Tensor, np.ndarray, np.generic)):
            return self.values(value, path)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return {"float": float(value).hex()}
        if isinstance(value, complex):
            return {"complex": [value.real.hex(), value.imag.hex()]}
        if isinstance(value, (bytes, bytearray)):
            return {type(value).__name__: base64.b64encode(value).decode()}
        if isinstance(value, device):
            return {"device": "cpu"}
        if isinstance(value, (Mapping, list, tuple, set, frozenset)):
            return self.container(value, path)
        raise TypeError(
            f"save() keeps tensors, numbers, strings, bytes, None, and dictionaries, lists, tuples and sets of them: got "
            f"{type(value).__name__} at {path or 'the top'}; {advice(value)}"
        )

    def container(self, value: Any, path: str) -> Node:
        """A dictionary, list, tuple or set."""
        if id(value) in self.open:
            raise ValueError(f"save() keeps trees: {path or 'the top'} is a {type(value).__name__} inside itself")
        self.open.add(id(value))
        if isinstance(value, Mapping):
            pairs = [[self.take(k, f"{path} key"), self.take(v, f"{path}.{k}" if path else str(k))] for k, v in value.items()]
            out: Node = {"ordered" if isinstance(value, OrderedDict) else "dict": pairs}
            notes = getattr(value, "_metadata", None)
            if isinstance(notes, Mapping):
                out["notes"] = self.take(OrderedDict(notes), "_metadata")
        else:
            parts = [self.take(v, f"{path}.{i}" if path else str(i)) for i, v in enumerate(value)]
            kinds: dict[type, str] = {Size: "size", set: "set", frozenset: "frozenset"}
            out = {kinds.get(type(value)) or ("tuple" if isinstance(value, tuple) else "list"): parts}
        self.open.discard(id(value))
        return out

    def values(self, value: Any, path: str) -> Node:
        """A tensor, an array or a NumPy scalar."""
        if id(value) in self.known:
            return self.known[id(value)]
        tensor = isinstance(value, Tensor)
        if hasattr(type(value), "materialize"):  # a lazy layer's, which would come back as a tensor without elements
            raise ValueError(f"save() keeps values: {path or 'the top'} has no shape yet; run the model on one batch first")
        array = np.asarray(value.array if tensor else value)
        if array.dtype.kind not in KINDS or array.dtype.itemsize > 8:
            raise TypeError(f"save() keeps arrays of numbers: {path or 'the top'} has dtype {array.dtype}; convert it")
        name = unused(path if storable(path) else "tensor", self.arrays)
        self.arrays[name] = array.astype(array.dtype.newbyteorder("<"), copy=False)
        out: Node = {"tensor" if tensor else "array" if isinstance(value, np.ndarray) else "number": name}
        if tensor and value.requires_grad:
            out["grad"] = True
        if tensor and type(value) is not Tensor and isinstance(value, parameter_class()):
            out["parameter"] = True
        self.known[id(value)] = out
        self.kept.append(value)
        return out


def storable(name: str) -> bool:
    """Whether safetensors takes it as a name."""
    return name != "__metadata__" and name.isprintable() and bool(name)


def advice(value: Any) -> str:
    """What to save instead of an object that is no data."""
    if callable(getattr(value, "state_dict", None)):
        return "save its state_dict()"
    if callable(getattr(value, "get_state", None)):
        return "save its get_state()"
    return "save a module's or an optimizer's state_dict()"


class Builder:
    """Puts a structure together again from its JSON and the arrays."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = arrays
        self.made: dict[str, Any] = {}

    def build(self, node: Node) -> Any:
        """The value of a node. KeyError, TypeError or ValueError for a node that `Taker` does not write."""
        if not isinstance(node, dict):
            if isinstance(node, (list, float)):
                raise ValueError(f"a node is {type(node).__name__}")
            return node
        tag = next(iter(node))
        content = node[tag]
        if tag in ("tensor", "array", "number"):
            return self.values(tag, content, node)
        if tag in ("dict", "ordered"):
            pairs = [(self.build(k), self.build(v)) for k, v in content]
            out: Any = OrderedDict(pairs) if tag == "ordered" else dict(pairs)
            if "notes" in node and tag == "ordered":
                out._metadata = self.build(node["notes"])
            return out
        if tag in PARTS and isinstance(content, list):
            return PARTS[tag]([self.build(part) for part in content])
        return PLAIN[tag](content)

    def values(self, tag: str, name: str, node: Node) -> Any:
        """A tensor, an array or a NumPy scalar; the same object for the same name."""
        if name not in self.made:
            array = self.arrays[name]
            if tag == "tensor" and array.dtype not in OF_NUMPY:
                raise ValueError(f"tensor {name!r} has type {array.dtype}")
            plain = array if tag == "array" else array[()]
            self.made[name] = leaf(array, "grad" in node, "parameter" in node) if tag == "tensor" else plain
        return self.made[name]


def named_dtype(name: str) -> dtype:
    """The dtype of a name that is one of ours."""
    if name not in NAMES:
        raise ValueError(f"no dtype {name!r}")
    return OF_NUMPY[np.dtype(name)]


PARTS: dict[str, Any] = {"list": list, "tuple": tuple, "size": Size, "set": set, "frozenset": frozenset}
PLAIN: dict[str, Any] = {
    "float": float.fromhex,
    "complex": lambda parts: complex(*map(float.fromhex, parts)),
    "bytes": base64.b64decode,
    "bytearray": lambda text: bytearray(base64.b64decode(text)),
    "dtype": named_dtype,
    "device": device,
}
