"""np.dot, np.einsum, np.linalg.inv, ...: NumPy's linear algebra on tensors."""

from __future__ import annotations

from typing import Any

from .table import Axis, flat, floating, functions, numpy_function, typed
from .tiers import Unsupported, alike, operand, rule


@numpy_function("dot")
def dot(a: Any, b: Any, out: None = None) -> Any:
    a, b = alike(a, b)
    if not a.array.ndim or not b.array.ndim:
        return a * b
    if b.array.ndim == 1 or a.array.ndim < 3 > b.array.ndim:
        return rule("matmul")(a, b)
    return rule("tensordot")(a, b, ([a.array.ndim - 1], [b.array.ndim - 2]))


@numpy_function("tensordot", "linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if not isinstance(axes, int):
        axes = tuple([d] if isinstance(d, int) else list(d) for d in axes)
    return rule("tensordot")(*alike(a, b), axes)


@numpy_function("einsum")
def einsum(*operands: Any, optimize: Any = False) -> Any:
    text = next((o for o in operands if isinstance(o, str)), None)
    if text is None:
        raise Unsupported("einsum has a rule for subscripts given as a string")
    return rule("einsum")(text, *alike(*[o for o in operands if o is not text]))


@numpy_function("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    return rule("sum")(rule("diagonal")(typed(a, dtype), offset, axis1, axis2), -1)


@numpy_function("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    if axis is None and (axisa, axisb, axisc) != (-1, -1, -1):
        raise Unsupported("cross has a rule for one axis that is the same in both operands")
    return rule("linalg.cross")(*alike(a, b), dim=-1 if axis is None else axis)


functions.update(
    {
        "inner": lambda a, b, /: rule("inner")(*alike(a, b)),
        "vdot": lambda a, b, /: dot(flat(a), flat(b)),
        "kron": lambda a, b: rule("kron")(*alike(a, b)),
    }
)


@numpy_function("outer")
def outer(a: Any, b: Any, out: None = None) -> Any:
    return rule("outer")(*alike(flat(a), flat(b)))


@numpy_function("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    return rule("linalg.norm")(floating(x), ord, axis, keepdims)


@numpy_function("linalg.qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    if mode not in ("reduced", "complete", "r"):
        raise Unsupported(f"mode {mode!r} has no rule")
    if mode == "r":
        return rule("linalg.qr")(floating(a), "reduced")[1]
    return rule("linalg.qr")(floating(a), mode)


@numpy_function("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    return rule("linalg.svd")(floating(a), full_matrices) if compute_uv else rule("linalg.svdvals")(floating(a))


@numpy_function("linalg.diagonal")
def matrix_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return rule("diagonal")(operand(x), offset, -2, -1)


functions.update(
    {
        "linalg.cholesky": lambda a, /, *, upper=False: rule("linalg.cholesky")(floating(a), upper=upper),
        "linalg.cond": lambda x, p=None: rule("linalg.cond")(floating(x), p),
        "linalg.cross": lambda x1, x2, /, *, axis=-1: cross(x1, x2, axis=axis),
        "linalg.det": lambda a: rule("linalg.det")(floating(a)),
        "linalg.eigh": lambda a, UPLO="L": rule("linalg.eigh")(floating(a), UPLO),
        "linalg.eigvalsh": lambda a, UPLO="L": rule("linalg.eigvalsh")(floating(a), UPLO),
        "linalg.inv": lambda a: rule("linalg.inv")(floating(a)),
        "linalg.matmul": lambda x1, x2, /: rule("matmul")(*alike(x1, x2)),
        "linalg.matrix_norm": lambda x, /, *, keepdims=False, ord="fro": rule("linalg.matrix_norm")(floating(x), ord, keepdim=keepdims),
        "linalg.matrix_power": lambda a, n: rule("linalg.matrix_power")(operand(a), n),
        "linalg.matrix_transpose": lambda x, /: rule("transpose")(operand(x), -2, -1),
        "linalg.multi_dot": lambda arrays, *, out=None: rule("linalg.multi_dot")(alike(*arrays)),
        "linalg.outer": lambda x1, x2, /: rule("outer")(*alike(x1, x2)),
        "linalg.pinv": lambda a, rcond=None, hermitian=False, *, rtol=None: rule("linalg.pinv")(
            floating(a), rtol=rcond if rtol is None else rtol, hermitian=hermitian
        ),
        "linalg.slogdet": lambda a: rule("linalg.slogdet")(floating(a)),
        "linalg.solve": lambda a, b: rule("linalg.solve")(*alike(floating(a), floating(b))),
        "linalg.svdvals": lambda x, /: rule("linalg.svdvals")(floating(x)),
        "linalg.tensorinv": lambda a, ind=2: rule("linalg.tensorinv")(floating(a), ind),
        "linalg.tensorsolve": lambda a, b, axes=None: rule("linalg.tensorsolve")(*alike(floating(a), floating(b)), axes),
        "linalg.trace": lambda x, /, *, offset=0, dtype=None: trace(x, offset, -2, -1, dtype),
        "linalg.vecdot": lambda x1, x2, /, *, axis=-1: rule("linalg.vecdot")(*alike(x1, x2), dim=axis),
        "linalg.vector_norm": lambda x, /, *, axis=None, keepdims=False, ord=2: rule("linalg.vector_norm")(
            floating(x), ord, axis, keepdims
        ),
    }
)
