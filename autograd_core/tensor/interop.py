"""A tensor among NumPy, SciPy, pandas, matplotlib and DLPack: conversions are friendly, computations stay in the graph.

NumPy functions on tensors have three tiers. Where an op has a rule, the op runs and the result is a tensor. Functions
that have no derivative, and any function on tensors that need no gradient, compute on the arrays and return arrays.
Anything else would lose a gradient in silence: it raises a TypeError that names `.detach()`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..op import Op, registry
from .base import Tensor, node_of, wrap

# SciPy's ufuncs, found by name so that SciPy need not be there
SCIPY = {
    "expit": "sigmoid", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "gammaln": "lgamma", "psi": "digamma", "digamma": "digamma",
    "logit": "logit", "xlogy": "xlogy", "xlog1py": "special.xlog1py", "ndtr": "special.ndtr", "ndtri": "special.ndtri",
    "log_ndtr": "special.log_ndtr", "i0": "i0", "i0e": "special.i0e", "i1": "special.i1", "i1e": "special.i1e", "entr": "special.entr",
    "erfcx": "special.erfcx", "exp2": "exp2", "log1p": "log1p", "expm1": "expm1",
}  # fmt: skip
# NumPy's ufuncs whose name is not the op's
NUMPY = {
    "power": "pow", "float_power": "float_power", "negative": "neg", "positive": "positive", "absolute": "abs", "fabs": "abs", "subtract": "sub",
    "add": "add", "multiply": "mul", "divide": "div", "true_divide": "div", "remainder": "remainder", "mod": "remainder", "arctan2": "atan2",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "degrees": "rad2deg",
    "radians": "deg2rad", "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "equal": "eq", "not_equal": "ne",
    "bitwise_and": "bitwise_and", "invert": "bitwise_not", "cbrt": "", "conjugate": "", "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift", "rint": "round", "matvec": "matmul", "vecdot": "linalg.vecdot",
}  # fmt: skip
REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin", "logical_and": "all", "logical_or": "any"}
LOST = "{name}({shown}) would lose the gradient of a tensor that requires one: call it on {fix}, or use an operation of autograd_core"


def array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    """NumPy's conversion: shares memory, read-only when a gradient is needed, so that it cannot be changed behind the graph."""
    a = self.array
    if dtype is not None and np.dtype(dtype) != a.dtype:
        if copy is False:
            raise ValueError(f"the tensor is {a.dtype}: as {np.dtype(dtype)} it must be copied; leave copy=False out")
        return a.astype(dtype)
    if copy:
        return a.copy()
    if node_of(self) is not None:
        a = a.view()
        a.flags.writeable = False
    return a


def _plain(value: Any) -> Any:
    """Arrays in place of tensors, looking into sequences."""
    if isinstance(value, Tensor):
        return value.array
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Tensor, list, tuple)) for v in value):
        return type(value)(_plain(v) for v in value)
    return value


def _needs_gradient(values: Any) -> bool:
    return any(
        (isinstance(v, Tensor) and node_of(v) is not None) or (isinstance(v, (list, tuple)) and _needs_gradient(v)) for v in values
    )


def _ufunc_ops() -> dict[str, str]:
    if not _ufunc_ops.table:  # type: ignore[attr-defined]
        for key, entry in registry.items():
            ufunc = getattr(entry.fn, "ufunc", entry.fn)
            if isinstance(entry, Op) and isinstance(ufunc, np.ufunc) and "engine" not in entry.spaces:
                _ufunc_ops.table[ufunc.__name__] = key  # type: ignore[attr-defined]
        _ufunc_ops.table.update({name: key for name, key in {**NUMPY, **SCIPY}.items() if key in registry})  # type: ignore[attr-defined]
    return _ufunc_ops.table  # type: ignore[attr-defined,no-any-return]


_ufunc_ops.table = {}  # type: ignore[attr-defined]


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
    """np.tanh(tensor), np.maximum(0, tensor), np.add.reduce(tensor), ...: the op of that name."""
    name = ufunc.__name__
    if out is None and method == "__call__" and not kwargs:
        key = _ufunc_ops().get(name) or (name if name in registry else None)
        if key is not None and all(isinstance(v, (Tensor, np.ndarray, np.generic, bool, int, float, list)) for v in inputs):
            return registry[key](*[wrap(np.asarray(v)) if isinstance(v, (list, np.ndarray)) else v for v in inputs])
    if out is None and method == "reduce" and name in REDUCTIONS and not set(kwargs) - {"axis", "keepdims"}:
        axis = kwargs.get("axis", 0)
        dims = tuple(range(inputs[0].array.ndim)) if axis is None else axis
        if inputs[0].array.ndim:
            return registry[REDUCTIONS[name]](inputs[0], dims, kwargs.get("keepdims", False))
    if _needs_gradient(inputs):
        raise TypeError(LOST.format(name=f"np.{name}" if method == "__call__" else f"np.{name}.{method}", shown="tensor", fix="tensor.detach()"))
    if out is not None:
        kwargs["out"] = tuple(_plain(o) for o in out)
    return getattr(ufunc, method)(*[_plain(v) for v in inputs], **kwargs)


def _dims(fn: str, ddof: bool = False) -> Callable[..., Any]:
    """A reduction with NumPy's arguments."""

    def call(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **more: Any) -> Any:
        more = {k: v for k, v in more.items() if v is not np._NoValue}
        if out is not None or set(more) - ({"ddof", "correction"} if ddof else set()):
            raise TypeError(f"np.{fn} on a tensor takes axis, dtype and keepdims: got {sorted(more)}; use .detach() for the rest")
        x = a if isinstance(a, Tensor) else wrap(np.asarray(a))
        if dtype is not None:
            x = x.to(dtype)  # type: ignore[attr-defined]
        dims = tuple(range(x.array.ndim)) if axis is None else axis
        options: dict[str, Any] = {"keepdim": keepdims is True}
        if ddof:
            options["correction"] = more.get("ddof", more.get("correction", 0))
        return registry[fn](x, dims, **options) if dims != () else registry[fn](x, **({"correction": options["correction"]} if ddof else {}))

    return call


def _one(fn: str) -> Callable[..., Any]:
    """A reduction over one axis or all."""
    return lambda a, axis=None, **more: registry[fn](a) if axis is None else registry[fn](a, axis)


def _op(fn: str) -> Callable[..., Any]:
    return lambda *args, **kwargs: registry[fn](*args, **kwargs)


def _tensors(values: Sequence[Any]) -> list[Any]:
    return [v if isinstance(v, Tensor) else wrap(np.asarray(v)) for v in values]


def _join(fn: str, axis: int | None = 0) -> Callable[..., Any]:
    if axis is None:
        return lambda arrays: registry[fn](_tensors(arrays))
    return lambda arrays, axis=axis, **more: registry[fn](_tensors(arrays), axis)


def _where(condition: Any, *values: Any) -> Any:
    if not values:
        return np.nonzero(_plain(condition))
    return registry["where"](*[wrap(np.asarray(v)) if isinstance(v, (np.ndarray, list)) else v for v in (condition, *values)])


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    a, b = _tensors([a, b])
    if not a.array.ndim or not b.array.ndim:
        return a * b
    return registry["matmul"](a, b) if b.array.ndim < 3 else registry["tensordot"](a, b, ([a.array.ndim - 1], [b.array.ndim - 2]))


def _cum(fn: str) -> Callable[..., Any]:
    return lambda a, axis=None, **more: registry[fn](a.reshape(-1), 0) if axis is None else registry[fn](a, axis)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002  NumPy's name
    return registry["linalg.norm"](x, ord, axis, keepdims)


def _functions() -> dict[Any, Callable[..., Any]]:
    """NumPy function -> ours, for those with derivatives."""
    table = {
        np.sum: _dims("sum"), np.mean: _dims("mean"), np.max: _dims("amax"), np.min: _dims("amin"), np.var: _dims("var", True),
        np.std: _dims("std", True), np.nansum: _dims("nansum"), np.nanmean: _dims("nanmean"), np.prod: _one("prod"),
        np.cumsum: _cum("cumsum"), np.cumprod: _cum("cumprod"),
        np.reshape: lambda a, shape=None, order="C", **m: a.reshape(shape), np.ravel: lambda a, order="C": a.reshape(-1),
        np.transpose: lambda a, axes=None: a.permute(*(range(a.ndim)[::-1] if axes is None else axes)),
        np.swapaxes: lambda a, axis1, axis2: a.transpose(axis1, axis2), np.moveaxis: _op("movedim"),
        np.squeeze: lambda a, axis=None: a.squeeze() if axis is None else a.squeeze(axis),
        np.expand_dims: lambda a, axis: a.unsqueeze(axis), np.broadcast_to: lambda array, shape, **m: array.expand(*shape),
        np.concatenate: lambda arrays, axis=0, **m: registry["cat"](_tensors(arrays), axis), np.stack: _join("stack"),
        np.vstack: _join("vstack", None), np.hstack: _join("hstack", None), np.dstack: _join("dstack", None),
        np.column_stack: _join("column_stack", None), np.where: _where, np.dot: _dot,
        np.inner: _op("inner"), np.outer: lambda a, b, out=None: registry["outer"](*_tensors([a, b])),
        np.tensordot: lambda a, b, axes=2: registry["tensordot"](*_tensors([a, b]), axes),
        np.einsum: lambda *operands, **m: registry["einsum"](*[wrap(o) if isinstance(o, np.ndarray) else o for o in operands]),
        np.kron: _op("kron"), np.trace: lambda a, **m: registry["trace"](a), np.diag: lambda v, k=0: registry["diag"](v, k),
        np.diagonal: lambda a, offset=0, axis1=0, axis2=1: registry["diagonal"](a, offset, axis1, axis2),
        np.tril: lambda m, k=0: registry["tril"](m, k), np.triu: lambda m, k=0: registry["triu"](m, k),
        np.clip: lambda a, a_min=None, a_max=None, **m: registry["clamp"](a, m.get("min", a_min), m.get("max", a_max)),
        np.flip: lambda m, axis=None: registry["flip"](m, tuple(range(m.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)),
        np.roll: lambda a, shift, axis=None: registry["roll"](a, shift) if axis is None else registry["roll"](a, shift, axis),
        np.tile: lambda A, reps: registry["tile"](A, reps if isinstance(reps, tuple) else (reps,)),
        np.repeat: lambda a, repeats, axis=None: registry["repeat_interleave"](a, repeats, axis),
        np.sort: lambda a, axis=-1, **m: registry["sort"](a, axis)[0], np.diff: lambda a, n=1, axis=-1: registry["diff"](a, n, axis),
        np.nan_to_num: lambda x, copy=True, nan=0.0, posinf=None, neginf=None: registry["nan_to_num"](x, nan, posinf, neginf),
        np.take: lambda a, indices, axis=None, **m: a.reshape(-1)[indices] if axis is None else a[(slice(None),) * axis + (indices,)],
        np.split: lambda ary, parts, axis=0: registry["tensor_split"](ary, parts, axis),
        np.copy: lambda a, **m: a.clone(), np.real: lambda val: val,
        np.linalg.norm: _norm, np.linalg.inv: _op("linalg.inv"), np.linalg.det: _op("linalg.det"), np.linalg.solve: _op("linalg.solve"),
        np.linalg.slogdet: _op("linalg.slogdet"), np.linalg.pinv: _op("linalg.pinv"), np.linalg.cholesky: _op("linalg.cholesky"),
        np.linalg.qr: _op("linalg.qr"), np.linalg.eigh: _op("linalg.eigh"), np.linalg.matrix_power: _op("linalg.matrix_power"),
        np.linalg.multi_dot: _op("linalg.multi_dot"),
        np.zeros_like: lambda a, dtype=None, **m: wrap(np.zeros_like(a.array, _kind(dtype))),
        np.ones_like: lambda a, dtype=None, **m: wrap(np.ones_like(a.array, _kind(dtype))),
        np.empty_like: lambda prototype, dtype=None, **m: wrap(np.empty_like(prototype.array, _kind(dtype))),
        np.full_like: lambda a, fill_value, dtype=None, **m: wrap(np.full_like(a.array, _plain(fill_value), _kind(dtype))),
    }  # fmt: skip
    return table


def _kind(dtype: Any) -> Any:
    return None if dtype is None else np.dtype(dtype)


# what libraries call with a tensor inside and expect an ordinary answer from; most have no derivative, the rest are statistics for a reader
WITHOUT_DERIVATIVE = {
    np.unique, np.histogram, np.histogram_bin_edges, np.histogram2d, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.broadcast_arrays,
    np.may_share_memory, np.shares_memory, np.allclose, np.isclose, np.array_equal, np.shape, np.ndim, np.size, np.savetxt, np.save, np.savez,
    np.savez_compressed, np.bincount, np.digitize, np.meshgrid, np.interp, np.argmax, np.argmin, np.argsort, np.argwhere, np.nonzero,
    np.flatnonzero, np.count_nonzero, np.searchsorted, np.any, np.all, np.array2string, np.array_repr, np.array_str, np.isin, np.intersect1d,
    np.union1d, np.setdiff1d, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj, np.sign, np.percentile, np.quantile, np.nanpercentile,
    np.median, np.nanmedian, np.nanmin, np.nanmax, np.min_scalar_type, np.common_type, np.copyto, np.place, np.putmask, np.around, np.round,
    np.linalg.matrix_rank, np.linalg.cond, np.fix, np.array_split, np.iscomplex, np.isreal, np.imag, np.ptp, np.apply_along_axis,
    np.append, np.delete, np.insert, np.lexsort, np.partition, np.argpartition, np.cov, np.corrcoef, np.packbits, np.unravel_index,
}  # fmt: skip

def array_function(self: Tensor, func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """np.sum(tensor), np.concatenate([...]), np.unique(tensor), ...: see the module's three tiers."""
    if not array_function.table:  # type: ignore[attr-defined]
        array_function.table.update(_functions())  # type: ignore[attr-defined]
    ours = array_function.table.get(func)  # type: ignore[attr-defined]
    if ours is not None:
        return ours(*args, **kwargs)
    if func not in WITHOUT_DERIVATIVE and _needs_gradient((*args, *kwargs.values())):
        name = f"{func.__module__.removeprefix('numpy').strip('.')}.{func.__name__}".strip(".")
        raise TypeError(LOST.format(name=f"np.{name}", shown="tensor", fix="tensor.detach()"))
    return func(*[_plain(a) for a in args], **{k: _plain(v) for k, v in kwargs.items()})


array_function.table = {}  # type: ignore[attr-defined]


def to_numpy(self: Tensor, dtype: Any = None, copy: bool = False, **ignored: Any) -> np.ndarray:
    """The array, as pandas and matplotlib ask for it: read-only when a gradient is needed."""
    return array(self, dtype, copy or None)


def dlpack(self: Tensor, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None) -> Any:
    """A DLPack capsule of the memory; read-only when a gradient is needed. BufferError where the type cannot be exported."""
    return array(self).__dlpack__(stream=stream, max_version=max_version or (1, 0), dl_device=dl_device, copy=copy)


def from_dlpack(x: Any) -> Tensor:
    """A tensor that shares the memory of any object with `__dlpack__`."""
    out = np.from_dlpack(x)
    return wrap(out if out.flags.writeable else np.array(out))


def reduce_ex(self: Tensor, protocol: Any) -> Any:
    """Pickle the values, whether a gradient is needed, and the user's own attributes; not the history."""
    return _rebuild, (type(self), np.array(self.array), self.requires_grad and self.is_leaf, self.__dict__ or None)


def _rebuild(kind: type, values: np.ndarray, requires_grad: bool, notes: Any) -> Tensor:
    out = wrap(values)
    if kind is not Tensor:
        out = kind.__new__(kind)
        for slot in ("array", "_node", "_cell", "_counter", "_view"):
            setattr(out, slot, getattr(wrap(values), slot))
    out.requires_grad_(requires_grad)
    if notes:
        out.__dict__.update(notes)
    return out


def deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf with its own memory, gradient and attributes. RuntimeError for a tensor with a history."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment: this one was made by "
            f"{self.grad_fn!r}; copy it with .detach().clone()"
        )
    if id(self) in memo:
        known: Tensor = memo[id(self)]
        return known
    out = memo[id(self)] = _rebuild(type(self), np.array(self.array), self.requires_grad, None)
    cell = self._cell
    if cell is not None and cell.grad is not None:
        out.grad = wrap(np.array(cell.grad.array))
    out.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return out


def install() -> None:
    """Add the protocols to Tensor."""
    methods: dict[str, Any] = {
        "__array__": array, "__array_ufunc__": array_ufunc, "__array_function__": array_function, "to_numpy": to_numpy, "__dlpack__": dlpack,
        "__dlpack_device__": lambda self: (1, 0), "__reduce_ex__": reduce_ex, "__deepcopy__": deepcopy,
    }  # fmt: skip
    for name, method in methods.items():
        setattr(Tensor, name, method)
