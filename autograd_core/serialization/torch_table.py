"""What a PyTorch checkpoint may ask for: its storages, tensors and plain types, each as ours. Imports Tensor, unpickler, elements."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

from ..dtypes import NAMES
from ..tensor import Size, Tensor, device, wrap
from ..tensor.base import OF_NUMPY
from .elements import BFLOAT16, WIDER, Unknown, size_of, widened
from .numpy_table import NUMPY
from .structure import leaf, parameter_class
from .unpickler import Maker, hashable, mapping


class Kind:
    """The element type of a storage, or "bytes" for one that has none of its own."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Storage:
    """The memory that tensors are cut from: one array for each type they are read as, so that what shared it shares it again."""

    __slots__ = ("arrays", "big_endian", "key", "kind", "raw")

    def __init__(self, kind: str, key: str, raw: np.ndarray, big_endian: bool = False) -> None:
        self.kind, self.key, self.raw, self.big_endian = kind, key, raw, big_endian
        self.arrays: dict[str, np.ndarray] = {}

    def as_type(self, kind: str) -> np.ndarray:
        """The values as a 1-d array."""
        if kind not in self.arrays:
            try:
                self.arrays[kind] = widened(self.raw, kind, self.big_endian)
            except Unknown as error:
                raise UnpicklingError(f"storage {self.key} has {error}") from None
        return self.arrays[kind]


class Storages:
    """The storages of a checkpoint: `raw` gives the bytes of a key, `storage_id`s are looked up here."""

    def __init__(self, raw: Callable[[str, int], np.ndarray], big_endian: bool = False) -> None:
        self.raw, self.big_endian = raw, big_endian
        self.bytes: dict[str, np.ndarray] = {}
        self.known: dict[tuple[str, str], Storage] = {}

    def __call__(self, pid: Any) -> Storage:
        """The storage of a persistent id."""
        kind, key, count = storage_id(pid)
        if (kind, key) not in self.known:
            size = count * (1 if kind == BYTES else size_of(kind))
            if key not in self.bytes:
                self.bytes[key] = self.raw(key, size)
            if self.bytes[key].size != size:
                raise UnpicklingError(f"storage {key} has {self.bytes[key].size} bytes where its {count} elements need {size}")
            self.known[kind, key] = Storage(kind, key, self.bytes[key], self.big_endian)
        return self.known[kind, key]

    def widened(self) -> list[str]:
        """The types of other storages than ours that were read, once for each storage."""
        return [kind for storage in self.known.values() for kind in storage.arrays if kind == BFLOAT16 or kind in WIDER]


BYTES = "bytes"
STORAGES = {
    "Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": BFLOAT16, "Long": "int64", "Int": "int32", "Short": "int16",
    "Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexFloat": "complex64", "ComplexDouble": "complex128",
}  # fmt: skip
DTYPES = (*sorted(NAMES), BFLOAT16, *WIDER, "complex32", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
          "float8_e5m2fnuz", "float8_e8m0fnu")  # fmt: skip


class ForeignType(str):
    """A dtype of PyTorch that is not here, as its name."""

    __slots__ = ()


def cut(storage: Any, offset: Any, size: Any, stride: Any, kind: str | None = None) -> Tensor:
    """A tensor that is a window on a storage. UnpicklingError where it would leave it."""
    if not isinstance(storage, Storage):
        raise UnpicklingError(f"a tensor on a {type(storage).__name__} in place of a storage")
    size, stride = tuple(size), tuple(stride)
    if not all(type(n) is int and n >= 0 for n in (offset, *size, *stride)) or len(size) != len(stride):
        raise UnpicklingError(f"a tensor of size {size} and strides {stride} at {offset}: whole numbers from 0 belong there")
    kind = storage.kind if kind is None else kind
    values = storage.as_type("uint8" if kind == BYTES else kind)
    empty = 0 in size
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if not empty and last >= values.size:
        raise UnpicklingError(
            f"a tensor of size {list(size)} and strides {list(stride)} reaches element {last} of storage {storage.key}, which has {values.size}"
        )
    step = values.itemsize
    if empty:
        return wrap(np.empty(size, values.dtype))
    return wrap(np.ndarray(size, values.dtype, values, offset * step, [s * step for s in stride]))


def tensor(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, hooks: Any = None, notes: Any = None) -> Tensor:
    """torch._utils._rebuild_tensor_v2."""
    out = cut(storage, offset, size, stride)
    return out.requires_grad_() if requires_grad is True else out


def typed(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, kind: Any, notes: Any = None) -> Tensor:
    """torch._utils._rebuild_tensor_v3: the type is the tensor's, not the storage's."""
    name = kind.removeprefix("torch.") if isinstance(kind, ForeignType) else kind.name
    out = cut(storage, offset, size, stride, name)
    return out.requires_grad_() if requires_grad is True else out


def parameter(data: Any, requires_grad: Any = True, hooks: Any = None, state: Any = None) -> Tensor:
    """torch._utils._rebuild_parameter, with or without attributes."""
    if not isinstance(data, Tensor):
        raise UnpicklingError(f"a Parameter of a {type(data).__name__}")
    return with_notes(leaf(data.array, requires_grad is True, True), state)


def with_notes(out: Tensor, state: Any) -> Tensor:
    """The attributes that a user had set on a tensor; not over those of its class."""
    notes = state[0] if isinstance(state, tuple) and state else state
    for name, value in notes.items() if isinstance(notes, dict) else ():
        if isinstance(name, str) and not hasattr(type(out), name):
            out.__dict__[name] = value
    return out


def of_type(make: Any, kind: Any, arguments: Any, state: Any = None) -> Tensor:
    """torch._tensor._rebuild_from_type_v2: a tensor with attributes."""
    if not isinstance(make, Maker) or not isinstance(arguments, tuple):
        raise UnpicklingError("a tensor that is made by no function")
    out = make.make(*arguments)
    if not isinstance(out, Tensor):
        raise UnpicklingError(f"a tensor that is a {type(out).__name__}")
    if kind == "Parameter" and parameter_class() is not type(out):
        out = leaf(out.array, out.requires_grad, True)
    return with_notes(out, state)


def size_of_tensor(sizes: Any) -> Size:
    """torch.Size."""
    if not all(type(n) is int for n in sizes):
        raise UnpicklingError("a Size of other things than whole numbers")
    return Size(sizes)


def encoded(text: str, encoding: str) -> bytes:
    """_codecs.encode, by which protocol 2 spells bytes."""
    if encoding != "latin1":
        raise UnpicklingError(f"bytes encoded as {encoding!r}")
    return text.encode("latin1")


def set_of(kind: type) -> Maker:
    """set or frozenset."""

    def make(values: Any = ()) -> Any:
        return kind(hashable(value) for value in values)

    return Maker(make)


def as_bytearray(*given: Any) -> bytearray:
    """bytearray of bytes, or of a text in latin1: a number would ask for memory."""
    if len(given) == 2 and given[1] in ("latin1", "latin-1"):
        return bytearray(given[0], "latin1")
    return bytearray(*(part if isinstance(part, bytes) else b"" for part in given))


TABLE: dict[str, Any] = {
    "collections.OrderedDict": Maker(lambda pairs=(): mapping(OrderedDict, pairs)),
    "collections.Counter": Maker(lambda counts: Counter(mapping(dict, counts.items()))),
    "builtins.set": set_of(set),
    "builtins.frozenset": set_of(frozenset),
    "builtins.bytes": Maker(lambda: b""),
    "builtins.complex": Maker(complex),
    "builtins.bytearray": Maker(as_bytearray),
    "_codecs.encode": Maker(encoded),
    "torch.Size": Maker(size_of_tensor),
    "torch.device": Maker(lambda *where: device()),
    "torch.Tensor": "Tensor",
    "torch.nn.parameter.Parameter": "Parameter",
    "torch._utils._rebuild_tensor": Maker(cut),
    "torch._utils._rebuild_tensor_v2": Maker(tensor),
    "torch._utils._rebuild_tensor_v3": Maker(typed),
    "torch._utils._rebuild_parameter": Maker(parameter),
    "torch._utils._rebuild_parameter_with_state": Maker(parameter),
    "torch._tensor._rebuild_from_type_v2": Maker(of_type),
    "torch.storage.UntypedStorage": Kind(BYTES),
    "torch.UntypedStorage": Kind(BYTES),
    **{f"torch.{place}{name}Storage": Kind(kind) for name, kind in STORAGES.items() for place in ("", "cuda.")},
    **{f"torch.{name}": OF_NUMPY[np.dtype(name)] if name in NAMES else ForeignType(f"torch.{name}") for name in DTYPES},
    **NUMPY,
}
_DENSE = "convert it with .to_dense() or .dequantize() in PyTorch and save it again"
_MODULE = "that is a whole module or optimizer, whose code is not in the file: save its state_dict() in PyTorch"
REFUSALS = {
    "torch._utils._rebuild_sparse": f"sparse tensors are not here, {_DENSE}",
    "torch.serialization._get_layout": f"sparse tensors are not here, {_DENSE}",
    "torch._utils._rebuild_qtensor": f"quantised tensors are not here, {_DENSE}",
    "torch._utils._rebuild_nested": "nested tensors are not here: save their unbind() as a list",
    "torch._utils._rebuild_meta": "a tensor on the meta device has no values",
    "torch.Q": f"quantised tensors are not here, {_DENSE}",
    "torch.nn.parameter.Uninitialized": "that is of a lazy layer without a shape: run the model on one batch in PyTorch and save it again",
    "torch.nn.": _MODULE,
    "torch.optim.": _MODULE,
    "torchvision.": _MODULE,
    "__main__.": _MODULE,
    "builtins.object": _MODULE,
    "copyreg.": _MODULE,
}


def storage_id(pid: Any) -> tuple[str, str, int]:
    """(type, key, number of elements) of a persistent id. UnpicklingError for any other."""
    if not (isinstance(pid, tuple) and len(pid) in (5, 6) and pid[0] == "storage" and isinstance(pid[1], Kind)):
        what = pid[0] if isinstance(pid, tuple) and pid and isinstance(pid[0], str) else type(pid).__name__
        raise UnpicklingError(f"it refers to a {str(what)[:40]}: {_MODULE if what == 'module' else 'only storages can be'}")
    _, kind, key, _, count = pid[:5]
    if type(count) is not int or count < 0 or not isinstance(key, str):
        raise UnpicklingError(f"a storage {str(key)[:40]!r} of {str(count)[:40]} elements")
    if kind.name != BYTES:
        try:
            size_of(kind.name)
        except Unknown as error:
            raise UnpicklingError(f"storage {key} has {error}") from None
    return kind.name, key, count
