"""Calls of NumPy's functions and ufuncs, and the arrays to call them on. One table drives the tests of all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag


class Call(NamedTuple):
    """One call of a NumPy function: `run(f, *arrays)`, the shapes of the arrays, and how they are drawn."""

    run: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...] = ((3, 4),)
    kind: str = "real"


def draw(call: Call, rng: np.random.Generator) -> list[np.ndarray]:
    """Distinct values away from integers; "spd": symmetric positive definite; "nan": with one nan; "ints": float64 whole numbers."""
    out: list[np.ndarray] = []
    for shape in call.shapes:
        count = math.prod(shape)
        a = (
            (rng.permutation(count).reshape(shape) - count / 2) * 0.3717 + 0.1131 + 0.0617 * len(out)
            if shape
            else np.asarray(rng.uniform(0.2, 0.9))
        )
        if call.kind == "positive":
            a = np.abs(a) + 0.3
        elif call.kind == "unit":
            a = rng.uniform(0.1, 0.9, shape)
        elif call.kind == "spd":
            a = rng.uniform(-1, 1, shape)
            a = a @ np.swapaxes(a, -1, -2) + shape[-1] * np.eye(shape[-1]) if a.ndim > 1 else a
        elif call.kind == "nan":
            a.flat[1] = np.nan
        elif call.kind == "ints":
            a = rng.integers(1, 9, shape).astype(np.float64)
        out.append(np.array(a, order="C"))
    return out


def one(f: Any, x: Any) -> Any:
    return f(x)


def two(f: Any, x: Any, y: Any) -> Any:
    return f(x, y)


SAME = ((3, 4), (3, 4))
SQUARE = ((3, 3),)
reduction = [
    Call(one),
    Call(lambda f, x: f(x, 0)),
    Call(lambda f, x: f(x, axis=(0, 1), keepdims=True)),
    Call(lambda f, x: f(x, axis=-1, keepdims=True)),
]
running = [Call(one), Call(lambda f, x: f(x, 1)), Call(lambda f, x: f(x, axis=0))]
linalg = [Call(one, SQUARE, "spd"), Call(one, ((2, 3, 3),), "spd")]

DOT = (
    ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 2)), ((3, 4), (4, 2)), ((2, 3, 4), (5, 4, 2)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)),
    ((), (3,)),
)  # fmt: skip

CALLS: dict[str, list[Call]] = {
    "sum": [*reduction, Call(lambda f, x: f(x, axis=())), Call(lambda f, x: f(x, dtype=np.float64))],
    "nansum": [*reduction, Call(lambda f, x: f(x, 1), kind="nan")],
    "mean": reduction,
    "nanmean": [*reduction, Call(lambda f, x: f(x, 1), kind="nan")],
    "max": reduction,
    "amax": reduction,
    "min": reduction,
    "amin": reduction,
    "ptp": reduction,
    "prod": reduction,
    "nanprod": [*reduction, Call(lambda f, x: f(x, 1), kind="nan")],
    "var": [*reduction, Call(lambda f, x: f(x, axis=1, ddof=1)), Call(lambda f, x: f(x, correction=1))],
    "std": [*reduction, Call(lambda f, x: f(x, axis=1, ddof=1))],
    "average": [
        Call(one),
        Call(lambda f, x: f(x, 1, np.array([1.0, 2.0, 3.0, 4.0]))),
        Call(lambda f, x, w: f(x, 0, w, returned=True), SAME, "positive"),
    ],
    "median": [Call(one), Call(lambda f, x: f(x, axis=1)), Call(lambda f, x: f(x, axis=0, keepdims=True))],
    "quantile": [
        Call(lambda f, x: f(x, 0.3)),
        Call(lambda f, x: f(x, [0.25, 0.5], axis=1)),
        Call(lambda f, x: f(x, 0.4, 0, method="lower")),
    ],
    "percentile": [Call(lambda f, x: f(x, 30)), Call(lambda f, x: f(x, [25, 50], axis=1))],
    "nanmedian": [Call(one, kind="nan"), Call(lambda f, x: f(x, axis=1), kind="nan")],
    "nanquantile": [Call(lambda f, x: f(x, 0.3), kind="nan")],
    "nanpercentile": [Call(lambda f, x: f(x, 30, axis=1), kind="nan")],
    "cumsum": running,
    "cumprod": running,
    "nancumsum": [*running, Call(lambda f, x: f(x, 1), kind="nan")],
    "nancumprod": [*running, Call(lambda f, x: f(x, 1), kind="nan")],
    "cumulative_sum": [Call(lambda f, x: f(x, axis=1)), Call(one, ((5,),))],
    "cumulative_prod": [Call(lambda f, x: f(x, axis=1)), Call(one, ((5,),))],
    "cov": [Call(one), Call(lambda f, x: f(x, rowvar=False)), Call(lambda f, x: f(x, bias=True)), Call(lambda f, x: f(x, ddof=0))],
    "corrcoef": [Call(one), Call(lambda f, x: f(x, rowvar=False))],
    "trapezoid": [
        Call(one),
        Call(lambda f, y: f(y, dx=0.5, axis=0)),
        Call(lambda f, y, x: f(y, x), ((3, 4), (4,))),
        Call(lambda f, y, x: f(y, x, axis=0), SAME),
    ],
    "reshape": [Call(lambda f, x: f(x, (4, 3))), Call(lambda f, x: f(x, -1)), Call(lambda f, x: f(x, [2, -1]))],
    "ravel": [Call(one)],
    "transpose": [Call(one, ((2, 3, 4),)), Call(lambda f, x: f(x, (1, 0)))],
    "permute_dims": [Call(lambda f, x: f(x, (1, 0)))],
    "matrix_transpose": [Call(one, ((2, 3, 4),))],
    "swapaxes": [Call(lambda f, x: f(x, 0, -1), ((2, 3, 4),))],
    "moveaxis": [Call(lambda f, x: f(x, 0, -1), ((2, 3, 4),)), Call(lambda f, x: f(x, (0, 1), (2, 0)), ((2, 3, 4),))],
    "rollaxis": [Call(lambda f, x, to=to: f(x, *to), ((2, 3, 4),)) for to in ((2,), (0, 3), (0, 2), (-1, 1))],
    "squeeze": [Call(one, ((1, 3, 1),)), *[Call(lambda f, x, axis=axis: f(x, axis=axis), ((1, 3, 1),)) for axis in (0, (0, -1))]],
    "expand_dims": [Call(lambda f, x: f(x, 0)), Call(lambda f, x: f(x, (0, -1))), Call(lambda f, x: f(x, axis=1))],
    "broadcast_to": [Call(lambda f, x: f(x, (2, 3, 4))), Call(lambda f, x: f(x, 4), ((1,),))],
    "flip": [Call(one), Call(lambda f, x: f(x, 1)), Call(lambda f, x: f(x, (0, 1)))],
    "fliplr": [Call(one)],
    "flipud": [Call(one)],
    "rot90": [Call(one), Call(lambda f, x: f(x, 3))],
    "roll": [Call(lambda f, x: f(x, 2)), Call(lambda f, x: f(x, 1, axis=1)), Call(lambda f, x: f(x, (1, 2), (0, 1)))],
    "tile": [Call(lambda f, x: f(x, 2)), Call(lambda f, x: f(x, (2, 1, 3)))],
    "repeat": [Call(lambda f, x: f(x, 2)), Call(lambda f, x: f(x, 2, axis=1)), Call(lambda f, x: f(x, [1, 0, 2], axis=0))],
    "pad": [
        Call(lambda f, x: f(x, 1)),
        Call(lambda f, x: f(x, ((1, 2), (0, 1)), constant_values=3.0)),
        *[Call(lambda f, x, m=m: f(x, ((1, 2), (0, 1)), m)) for m in ("edge", "reflect", "symmetric", "wrap")],
    ],
    "concatenate": [
        Call(lambda f, x, y: f([x, y]), SAME),
        Call(lambda f, x, y: f((x, y), axis=1), SAME),
        Call(lambda f, x, y: f([x, y], axis=None), ((3, 4), (2,))),
        Call(lambda f, x: f([np.ones((1, 4)), x])),
    ],
    "concat": [Call(lambda f, x, y: f([x, y]), SAME)],
    "append": [Call(two, SAME), Call(lambda f, x, y: f(x, y, axis=0), SAME)],
    "stack": [Call(lambda f, x, y: f([x, y], axis=1), SAME), Call(lambda f, x: f(x))],
    "vstack": [Call(lambda f, x, y: f([x, y]), SAME), Call(lambda f, x, y: f([x, y]), ((3,), (3,)))],
    "hstack": [Call(lambda f, x, y: f([x, y]), SAME), Call(lambda f, x, y: f([x, y]), ((3,), (3,)))],
    "dstack": [Call(lambda f, x, y: f([x, y]), SAME)],
    "column_stack": [Call(lambda f, x, y: f([x, y]), ((3,), (3, 2)))],
    "block": [
        Call(lambda f, a, b: f([[a, b], [b.T, np.ones((2, 2))]]), ((3, 3), (3, 2))),
        Call(lambda f, a, b: f([a, b, 5.0]), ((3,), (2,))),
        Call(one),
    ],
    "split": [Call(lambda f, x: f(x, 3)), Call(lambda f, x: f(x, [1, 3], axis=1))],
    "array_split": [Call(lambda f, x: f(x, 2)), Call(lambda f, x: f(x, np.array([1, 3]), 1))],
    "vsplit": [Call(lambda f, x: f(x, 3))],
    "hsplit": [Call(lambda f, x: f(x, 2)), Call(lambda f, x: f(x, 2), ((4,),))],
    "dsplit": [Call(lambda f, x: f(x, 2), ((2, 3, 4),))],
    "unstack": [Call(one), Call(lambda f, x: f(x, axis=1))],
    "where": [
        Call(lambda f, x, y: f(x > y, x, y), SAME),
        Call(lambda f, x: f(x > 0, x, 0.0)),
        Call(lambda f, x: f(np.eye(3, 4, dtype=bool), -1, x)),
        Call(lambda f, x: f([1, 0, 1, 0], x, 2.0)),
    ],
    "select": [Call(lambda f, x, y: f([x > 1, y > 0], [x, y * 2], default=-1.0), SAME)],
    "clip": [
        Call(lambda f, x: f(x, -1, 1)),
        Call(lambda f, x: f(x, None, 1)),
        Call(lambda f, x: f(x, min=0.0)),
        Call(lambda f, x, y: f(x, y, 1.5), ((3, 4), (4,))),
        Call(lambda f, x: f(x, np.zeros(4), np.ones(4))),
    ],
    "take": [Call(lambda f, x: f(x, [0, 5, 5])), Call(lambda f, x: f(x, np.array([[1, 0]]), axis=1)), Call(lambda f, x: f(x, 1, axis=-1))],
    "take_along_axis": [Call(lambda f, x: f(x, np.argsort(x, 1), 1)), Call(lambda f, x: f(x, np.array([3, 1]), None))],
    "compress": [Call(lambda f, x: f([True, False, True], x, axis=0)), Call(lambda f, x: f([0, 1, 1], x))],
    "extract": [Call(lambda f, x: f(x > 0, x))],
    "delete": [Call(lambda f, x: f(x, 1)), Call(lambda f, x: f(x, [0, 2], axis=1)), Call(lambda f, x: f(x, slice(1, 3), 0))],
    "sort": [Call(one), Call(lambda f, x: f(x, 0)), Call(lambda f, x: f(x, axis=None)), Call(lambda f, x: f(x, kind="stable"))],
    "partition": [Call(lambda f, x: np.sort(f(x, 2)[..., :2])), Call(lambda f, x: f(x, 1, axis=0)[1])],
    "diagonal": [Call(one), Call(lambda f, x: f(x, 1)), Call(lambda f, x: f(x, -1, 1, 2), ((2, 3, 4),))],
    "diag": [Call(one), Call(one, ((3,),)), Call(lambda f, x: f(x, 1), ((3,),))],
    "diagflat": [Call(one, ((2, 2),)), Call(lambda f, x: f(x, -1), ((3,),))],
    "tril": [Call(one), Call(lambda f, x: f(x, 1))],
    "triu": [Call(one), Call(lambda f, x: f(x, -1))],
    "around": [Call(lambda f, x: x + f(x)), Call(lambda f, x: x + f(x, 1))],
    "round": [Call(lambda f, x: x + f(x, decimals=1))],
    "fix": [Call(lambda f, x: x + f(x))],
    "nan_to_num": [Call(one, kind="nan"), Call(lambda f, x: f(x, nan=3.0), kind="nan")],
    "diff": [Call(one), Call(lambda f, x: f(x, 2, axis=0)), Call(lambda f, x: f(x, prepend=np.zeros((3, 1))))],
    "ediff1d": [Call(one)],
    "convolve": [
        Call(lambda f, a, v, m=m: f(a, v, m), ((n,), (k,))) for m in ("full", "same", "valid") for n, k in ((6, 3), (2, 5), (5, 2))
    ],
    "correlate": [
        *[Call(lambda f, a, v, m=m: f(a, v, m), ((6,), (3,))) for m in ("full", "same", "valid")],
        *[Call(lambda f, a, v, m=m: f(a, v, m), ((2,), (5,))) for m in ("full", "valid")],
        Call(two, ((6,), (2,))),
    ],
    "polyval": [Call(lambda f, x: f([2.0, -1.0, 3.0], x)), Call(two, ((3,), (4,)))],
    "vander": [Call(one, ((4,),)), Call(lambda f, x: f(x, 3, increasing=True), ((4,),))],
    "linspace": [
        Call(lambda f, a, b: f(a, b, 5), ((), ())),
        Call(lambda f, a, b: f(a, b, num=4, endpoint=False), ((3,), ())),
        Call(lambda f, a: f(0.0, a, 3), ((2, 2),)),
    ],
    "copy": [Call(one)],
    "astype": [Call(lambda f, x: f(x, np.float64))],
    "real": [Call(one)],
    "real_if_close": [Call(one)],
    "sinc": [Call(one)],
    "i0": [Call(one)],
    "full_like": [Call(lambda f, x: f(ag.zeros(2, 3, dtype=ag.float64) if isinstance(x, ag.Tensor) else np.zeros((2, 3)), x), ((),))],
    "dot": [Call(two, shapes) for shapes in DOT],
    "inner": [Call(two, ((4,), (4,))), Call(two, ((3, 4), (2, 4)))],
    "vdot": [Call(two, SAME)],
    "outer": [Call(two, ((3,), (4,))), Call(two, ((2, 2), (3,)))],
    "kron": [Call(two, ((2, 3), (3, 2)))],
    "tensordot": [
        Call(two, ((2, 3, 4), (3, 4, 5))),
        Call(lambda f, a, b: f(a, b, 1), ((2, 3), (3, 2))),
        Call(lambda f, a, b: f(a, b, axes=(0, 1)), ((3, 4), (2, 3))),
        Call(lambda f, a, b: f(a, b, axes=([0, 1], [1, 0])), ((3, 4), (4, 3))),
    ],
    "einsum": [
        Call(lambda f, a, b: f("ij,kj->ik", a, b), ((3, 4), (2, 4))),
        Call(lambda f, a: f("ii->i", a), SQUARE),
        Call(lambda f, a, b: f("...i,i->...", a, b, optimize=True), ((2, 3, 4), (4,))),
    ],
    "trace": [Call(one, SQUARE), Call(lambda f, x: f(x, 1)), Call(lambda f, x: f(x, 0, 1, 2), ((2, 3, 3),))],
    "cross": [Call(two, ((4, 3), (4, 3))), Call(lambda f, a, b: f(a, b, axis=0), ((3, 4), (3, 4)))],
    "linalg.norm": [
        Call(one),
        Call(lambda f, x: f(x, axis=1)),
        Call(lambda f, x: f(x, 1, axis=0, keepdims=True)),
        Call(lambda f, x: f(x, np.inf, axis=1)),
        Call(lambda f, x: f(x, "fro")),
        Call(lambda f, x: f(x, "nuc"), ((3, 3),), "spd"),
        Call(lambda f, x: f(x, 2), ((3, 3),), "spd"),
        Call(lambda f, x: f(x, 3), ((5,),)),
    ],
    "linalg.cholesky": [Call(lambda f, x: f(x + x.T) if x.ndim == 2 else f(x), SQUARE, "spd")],
    "linalg.cond": [Call(one, SQUARE, "spd"), Call(lambda f, x: f(x, "fro"), SQUARE, "spd")],
    "linalg.cross": [Call(two, ((4, 3), (4, 3)))],
    "linalg.det": linalg,
    "linalg.diagonal": [Call(one, ((2, 3, 3),)), Call(lambda f, x: f(x, offset=1), ((2, 3, 3),))],
    "linalg.eigh": [Call(lambda f, x: f(x + x.T)[0], SQUARE, "spd")],
    "linalg.eigvalsh": [Call(lambda f, x: f(x + x.T), SQUARE, "spd")],
    "linalg.inv": linalg,
    "linalg.matmul": [Call(two, ((2, 3, 4), (4, 2)))],
    "linalg.matrix_norm": [Call(one, ((2, 3, 3),)), Call(lambda f, x: f(x, ord=1), ((2, 3, 3),))],
    "linalg.matrix_power": [Call(lambda f, x: f(x, 3), SQUARE), Call(lambda f, x: f(x, -1), SQUARE, "spd")],
    "linalg.matrix_transpose": [Call(one, ((2, 3, 4),))],
    "linalg.multi_dot": [Call(lambda f, a, b, c: f([a, b, c]), ((2, 3), (3, 4), (4, 2)))],
    "linalg.outer": [Call(two, ((3,), (4,)))],
    "linalg.pinv": [Call(one), Call(lambda f, x: f(x, 1e-9))],
    "linalg.qr": [Call(lambda f, x: f(x)[0] @ f(x)[1], ((4, 3),)), Call(lambda f, x: abs(f(x, "r")), SQUARE, "spd")],
    "linalg.slogdet": [Call(lambda f, x: f(x)[1], SQUARE, "spd")],
    "linalg.solve": [Call(two, ((3, 3), (3, 3)), "spd"), Call(two, ((3, 3), (3,)), "spd")],
    "linalg.svd": [
        Call(lambda f, x: f(x, False)[1]),
        Call(lambda f, x: f(x, compute_uv=False)),
        Call(lambda f, x: abs(f(x, full_matrices=False)[0])),
    ],
    "linalg.svdvals": [Call(one)],
    "linalg.tensordot": [Call(lambda f, a, b: f(a, b, axes=1), ((2, 3), (3, 2)))],
    "linalg.tensorinv": [Call(lambda f, x: f(x.reshape(3, 3), 1), SQUARE, "spd")],
    "linalg.tensorsolve": [Call(two, ((3, 3), (3,)), "spd")],
    "linalg.trace": [Call(one, ((2, 3, 3),))],
    "linalg.vecdot": [Call(two, SAME), Call(lambda f, a, b: f(a, b, axis=0), SAME)],
    "linalg.vector_norm": [Call(one), Call(lambda f, x: f(x, axis=1, ord=1)), Call(lambda f, x: f(x, axis=0, keepdims=True))],
}  # fmt: skip

# Where an elementwise function lives, and what stands beside its tensor.
SMOOTH = """
    absolute arctan arcsinh cos cosh deg2rad degrees exp exp2 expm1 fabs negative positive rad2deg radians sin sinh square tan tanh
    conjugate
"""
OF_TWO = "add subtract multiply maximum minimum fmax fmin arctan2 hypot logaddexp logaddexp2 copysign"
UFUNCS: dict[str, Call] = {
    **dict.fromkeys(SMOOTH.split(), Call(one)),
    **dict.fromkeys(["log", "log10", "log2", "log1p", "reciprocal", "sqrt"], Call(one, kind="positive")),
    **dict.fromkeys(["arccos", "arcsin", "arctanh"], Call(one, kind="unit")),
    **dict.fromkeys(OF_TWO.split(), Call(two, SAME)),
    **dict.fromkeys(["divide", "power", "float_power"], Call(two, SAME, "positive")),
    **dict.fromkeys(["ceil", "floor", "rint", "trunc", "sign"], Call(lambda f, x: x + f(x))),
    "arccosh": Call(lambda f, x: f(x + 2), kind="positive"),
    "remainder": Call(lambda f, x: f(x, 1.7), kind="positive"),
    "fmod": Call(lambda f, x: f(x, 1.7), kind="positive"),
    "floor_divide": Call(lambda f, x: x + f(x, 1.7), kind="positive"),
    "divmod": Call(lambda f, x: (f(x, 1.7)[0] + x, f(x, 1.7)[1]), kind="positive"),
    "modf": Call(lambda f, x: (f(x)[0], f(x)[1] + x)),
    "heaviside": Call(lambda f, x: x + f(x, 0.5)),
    "frexp": Call(lambda f, x: (f(x)[0], x + f(x)[1])),
    "ldexp": Call(lambda f, x: f(x, np.array([1, -1, 2, 0]))),
    "matmul": Call(two, ((2, 3, 4), (4, 2))),
    "matvec": Call(two, ((2, 3, 4), (2, 4))),
    "vecmat": Call(two, ((2, 3), (2, 3, 4))),
    "vecdot": Call(two, ((2, 3), (2, 3))),
}  # fmt: skip
METHODS: dict[str, Call] = {
    "add.reduce": Call(lambda f, x: f.reduce(x)),
    "multiply.reduce": Call(lambda f, x: f.reduce(x, axis=1)),
    "maximum.reduce": Call(lambda f, x: f.reduce(x, axis=None)),
    "minimum.reduce": Call(lambda f, x: f.reduce(x, axis=(0, 1), keepdims=True)),
    "logaddexp.reduce": Call(lambda f, x: f.reduce(x)),
    "add.accumulate": Call(lambda f, x: f.accumulate(x, axis=1)),
    "multiply.accumulate": Call(lambda f, x: f.accumulate(x)),
    "maximum.accumulate": Call(lambda f, x: f.accumulate(x)),
    "minimum.accumulate": Call(lambda f, x: f.accumulate(x)),
    "logaddexp.accumulate": Call(lambda f, x: f.accumulate(x)),
    "multiply.outer": Call(lambda f, x, y: f.outer(x, y), ((2, 3), (4,))),
    "subtract.outer": Call(lambda f, x: f.outer(np.arange(3.0), x), ((2,),)),
}
