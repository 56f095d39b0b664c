"""Types and places: `to`, `float`, `type`, sizes, and the small questions that a tensor answers about itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import as_dtype, must_hold
from ..graph import thread
from ..op import aliases, registry
from ..ops.pointwise import cast
from ..ops.shape import clone, copied, permute, sizes_of, t, transpose, wrap_dim
from ..ops.views import common_shape
from ..settings import strided
from .base import Size, Tensor, device, node_of
from .base import wrap as make
from .inplace import adopt, bump, check
from .overlap import opened, refuse_overlap
from .record import compile_recorder

NO_CUDA = "autograd_core has no CUDA: it runs on the CPU; leave .cuda() out or use .to('cpu')"


def to(
    self: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    copy: bool = False,
    non_blocking: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """This tensor in another dtype; `to("cpu")` is itself. Accepts a dtype, a device, another tensor, or both."""
    for value in args:
        if isinstance(value, Tensor):
            dtype = value.dtype
        elif isinstance(value, (dtypes.dtype, np.dtype)) or (isinstance(value, type) and not isinstance(value, str)):
            dtype = value
        elif isinstance(value, bool):
            continue  # PyTorch takes non_blocking by position here
        elif value is not None:
            device = value
    if device is not None:
        _place(device)
    kind = None if dtype is None else as_dtype(dtype).numpy
    if kind is not None and kind != self.array.dtype:
        return cast(self if kind.kind == "f" else self.detach(), kind)  # no gradient passes through integers
    return clone(self) if copy else self


def _place(where: Any) -> device:
    return device(where)


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, or the tensor in another dtype."""
    if dtype is None:
        return f"torch.{self.dtype.suffix}Tensor"
    if isinstance(dtype, str):
        names = {d.suffix: d for d in dtypes.ALL}
        suffix = dtype.rpartition(".")[2].removesuffix("Tensor")
        if suffix not in names:
            raise ValueError(f"invalid type: {dtype!r}: known are {', '.join(n + 'Tensor' for n in names)}")
        dtype = names[suffix]
    return to(self, getattr(dtype, "dtype", dtype))  # FloatTensor and its kin hold a dtype


def _caster(kind: dtypes.dtype) -> Any:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return to(self, kind)

    method.__doc__ = f"This tensor as {kind.name}."
    return method


def size(self: Tensor, dim: int | None = None) -> Any:
    """The shape, or one of its sizes."""
    shape = self.array.shape
    return Size(shape) if dim is None else shape[wrap_dim(dim, len(shape))] if shape else wrap_dim(dim, 0)


def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements lie between neighbours along each dimension."""
    a = self.array
    steps = _strides(a)
    return steps if dim is None else steps[wrap_dim(dim, a.ndim)]


def _strides(a: np.ndarray) -> tuple[int, ...]:
    if a.flags.c_contiguous:
        out, step = [], 1
        for n in reversed(a.shape):
            out.append(step)
            step *= max(n, 1)
        return tuple(reversed(out))
    return tuple(s // a.itemsize for s in a.strides)


def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in row-major order without gaps."""
    return bool(self.array.flags.c_contiguous)


def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """Itself if contiguous, else a contiguous copy."""
    return self if self.array.flags.c_contiguous else row_major(self)


def row_major(self: Tensor) -> Tensor:
    """A copy in row-major order."""
    out = clone(self)
    out.array = np.ascontiguousarray(out.array)
    return out


flip_matrix = compile_recorder(t)


def T(self: Tensor) -> Tensor:
    """The dimensions in reverse order: a view."""
    return flip_matrix(self) if self.array.ndim <= 2 else permute(self, tuple(range(self.array.ndim))[::-1])


def mT(self: Tensor) -> Tensor:
    """The transposed matrices of the last two dimensions: a view. RuntimeError for fewer."""
    if self.array.ndim < 2:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {self.array.ndim}-D tensor.")
    return transpose(self, -2, -1)


def H(self: Tensor) -> Tensor:
    """The transpose of a matrix: there are no complex numbers to conjugate."""
    if self.array.ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor. For batches of matrices, "
            "consider using tensor.mH"
        )
    return t(self)


def view_as_type(self: Tensor, dtype: Any) -> Tensor:
    """The same memory read as another type, outside of the graph. RuntimeError where the last dimension does not fit."""
    array, kind = self.array, as_dtype(dtype).numpy
    if kind.itemsize != array.itemsize:
        text = f"to view {self.dtype.suffix} as {as_dtype(dtype).suffix} (different element sizes)"
        if not array.ndim:
            raise RuntimeError(f"self.dim() cannot be 0 {text}")
        if array.strides[-1] != array.itemsize and array.shape[-1] > 1:
            raise RuntimeError(f"self.stride(-1) must be 1 {text}, but got {array.strides[-1] // array.itemsize}")
        if array.shape[-1] * array.itemsize % kind.itemsize:
            raise RuntimeError(f"self.size(-1) must be divisible by {kind.itemsize // array.itemsize} {text}, but got {array.shape[-1]}")
    return make(array.view(kind), None, self._counter)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to. RuntimeError where they do not."""
    return Size(common_shape([sizes_of(shape, "broadcast_shapes") for shape in shapes]))


def resize_(self: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """Another shape in place: the first elements stay, new ones are not set. RuntimeError when gradients are recorded."""
    if node_of(self) is not None:
        raise RuntimeError("cannot resize variables that require grad: use reshape, or detach() first")
    shape = sizes_of(sizes[0] if len(sizes) == 1 else sizes, "resize_")
    flat, count = self.array.reshape(-1), math.prod(shape)
    if count > flat.size:
        flat = np.concatenate([flat, np.zeros(count - flat.size, flat.dtype)])
    self.array, self._view = flat[:count].reshape(shape), None
    return self


def resize_as_(self: Tensor, the_template: Tensor, memory_format: Any = None) -> Tensor:
    """`resize_` to the shape of another tensor."""
    return resize_(self, the_template.shape)


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Take over the values of `src`, broadcast and cast; gradients flow to `src`."""
    check(self, "copy_")
    if not isinstance(src, (Tensor, np.ndarray, np.generic, bool, int, float)):
        raise TypeError(f"copy_(): argument 'other' must be Tensor, not {type(src).__name__}")
    refuse_overlap(self, (src,), "copy_")
    source = src if isinstance(src, (Tensor, np.ndarray)) else float(src)
    shape = np.shape(source.array if isinstance(source, Tensor) else source)
    if len(shape) > self.array.ndim or any(n not in (1, m) for n, m in zip(shape[::-1], self.array.shape[::-1], strict=False)):
        raise RuntimeError(f"The size of the source {list(shape)} must be broadcastable to the size of the target {list(self.shape)}")
    return adopt(self, copied(self, source), "copy_")


def fill_(self: Tensor, value: Any) -> Tensor:
    """Set every element to a value."""
    node = check(self, "fill_")
    if isinstance(value, Tensor) and value.array.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions.")
    must_hold(value, self.array.dtype, "fill_")
    if node is None and type(value) in (int, float, bool) and self.array.flags.writeable and thread.context.watch is None:
        self.array.fill(value)  # 13 µs through the op
        bump(self, "fill_")
        return self
    return adopt(self, copied(self, value), "fill_")


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Set the main diagonal to a value; with `wrap` it starts again below a tall matrix's foot."""
    node = check(self, "fill_diagonal_")
    if self.array.ndim < 2:
        raise RuntimeError(f"dimensions must larger than 1: got a tensor of shape {list(self.shape)}")
    on = np.zeros(self.array.shape, bool)
    np.fill_diagonal(on, True, wrap)
    if node is None:
        opened(self.array)[on] = fill_value
        bump(self, "fill_diagonal_")
        return self
    return adopt(self, registry["masked_fill"](self, make(on), fill_value), "fill_diagonal_")


def zero_(self: Tensor) -> Tensor:
    """Set every element to 0."""
    return fill_(self, 0)


def _cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """There is none: AssertionError, as PyTorch's build without CUDA raises."""
    raise AssertionError(NO_CUDA)


def install() -> None:
    """Add these to Tensor."""
    registry["view"].instead = dtypes.dtype, view_as_type  # type: ignore[attr-defined]
    aliases.append(("torch", "broadcast_shapes", broadcast_shapes))
    own = {
        "to": to, "type": type_, "size": size, "stride": stride, "is_contiguous": is_contiguous, "contiguous": contiguous,
        "copy_": copy_, "fill_": fill_, "zero_": zero_, "cuda": _cuda,
        "cpu": lambda self, memory_format=None: self,
        "dim": lambda self: self.array.ndim, "ndimension": lambda self: self.array.ndim,
        "numel": lambda self: self.array.size, "nelement": lambda self: self.array.size,
        "element_size": lambda self: self.array.itemsize,
        "data_ptr": lambda self: self.array.ctypes.data,
        "storage_offset": lambda self: _offset(self.array),
        "is_floating_point": lambda self: self.array.dtype.kind == "f",
        "is_complex": lambda self: False, "is_signed": lambda self: self.dtype.is_signed,
        "is_nonzero": lambda self: bool(self), "is_same_size": lambda self, other: self.array.shape == other.array.shape,
        "share_memory_": lambda self: self, "is_shared": lambda self: False, "fill_diagonal_": fill_diagonal_,
        "resize_": resize_, "resize_as_": resize_as_,
        "is_inference": lambda self: self._counter is None,
        "get_device": lambda self: -1, "pin_memory": lambda self, device=None: self, "is_pinned": lambda self, device=None: False,
        "type_as": lambda self, other: to(self, other.dtype),
        "_is_view": lambda self: self._view is not None,
    }  # fmt: skip
    for kind, names in {
        dtypes.float32: ("float",), dtypes.float64: ("double",), dtypes.float16: ("half",), dtypes.int64: ("long",), dtypes.int32: ("int",),
        dtypes.int16: ("short",), dtypes.int8: ("char",), dtypes.uint8: ("byte",), dtypes.bool_: ("bool",),
    }.items():  # fmt: skip
        own.update(dict.fromkeys(names, _caster(kind)))
    for name, method in own.items():
        setattr(Tensor, name, method)
    for name, value in {
        "T": T, "mT": mT, "mH": mT, "H": H,
        "is_cuda": lambda self: False, "is_cpu": lambda self: True, "is_xpu": lambda self: False, "is_meta": lambda self: False,
        "is_sparse": lambda self: False, "is_quantized": lambda self: False, "is_mps": lambda self: False,
        "layout": lambda self: strided,
        "itemsize": lambda self: self.array.itemsize, "nbytes": lambda self: self.array.nbytes,
        "output_nr": lambda self: getattr(node_of(self), "index", 0),
    }.items():  # fmt: skip
        setattr(Tensor, name, property(value))
    Tensor.names = None


def _offset(a: np.ndarray) -> int:
    base = a
    while isinstance(base.base, np.ndarray):
        base = base.base
    return (a.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // a.itemsize
