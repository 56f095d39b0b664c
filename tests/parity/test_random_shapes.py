"""Random shapes, dimensions and types against PyTorch: reductions, products of matrices, Einstein sums, joins, moves of dimensions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402

sizes = st.integers(0, 4)
shapes = st.lists(sizes, min_size=0, max_size=4).map(tuple)


def values_of(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-6, 7, shape) / 4.0


def agree(call: Callable[[Any, Callable[[np.ndarray], Any]], Any], *, grads: bool = True, either: bool = False) -> None:
    """The same values, shapes, types and gradients from both libraries, or exceptions of one type."""
    found = []
    for T in (ag, torch):
        leaves: list[Any] = []

        def make(array: np.ndarray, T: Any = T, leaves: list[Any] = leaves) -> Any:
            leaves.append(T.tensor(array, requires_grad=grads and array.dtype.kind == "f"))
            return leaves[-1]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                out = call(T, make)
                outs = out if isinstance(out, (tuple, list)) else (out,)
                parts = [np.asarray(o.tolist(), np.float64).reshape(tuple(o.shape)) for o in outs]
                flowing = [o for o in outs if o.requires_grad]
                if flowing:
                    sum((o * o).sum() for o in flowing).backward()
                parts += [None if v.grad is None else np.asarray(v.grad.tolist()).reshape(tuple(v.shape)) for v in leaves]
                found.append(([tuple(o.shape) for o in outs], [str(o.dtype).split(".")[-1] for o in outs], parts))
            except Exception as error:
                found.append(error)
    ours, theirs = found
    if isinstance(theirs, Exception):
        assert isinstance(ours, Exception), f"PyTorch raises {theirs!r}, here {ours}"
        # of two mistakes in one call either may be told
        told = (IndexError, RuntimeError) if either else ()
        assert isinstance(ours, (type(theirs), *told)) or isinstance(theirs, type(ours)), (ours, theirs)
        return
    if isinstance(ours, Exception):
        raise ours
    assert ours[:2] == theirs[:2]
    for a, b in zip(ours[2], theirs[2], strict=True):
        if a is None or b is None:
            assert (a is None or not np.any(a)) and (b is None or not np.any(b))
        else:
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


MANY = ["sum", "mean", "amax", "amin", "var", "std", "logsumexp", "nansum", "norm", "count_nonzero", "all", "any"]
ONE = [
    "prod",
    "cumsum",
    "cumprod",
    "logcumsumexp",
    "sort",
    "argsort",
    "cummax",
    "cummin",
    "median",
    "argmax",
    "argmin",
    "max",
    "min",
    "unbind",
    "diff",
]


@pytest.mark.parametrize("name", MANY)
@settings(max_examples=25, deadline=None)
@given(shape=shapes, dims=st.lists(st.integers(-5, 4), max_size=3, unique=True), keepdim=st.booleans(), seed=st.integers(0, 99))
def test_over_several_dimensions(name, shape, dims, keepdim, seed):
    x = values_of(shape, seed)
    if name == "logsumexp" and not dims:
        return
    options = {} if name == "count_nonzero" else {"keepdim": keepdim}
    dim = tuple(dims) if name != "norm" or dims else None
    if (name == "norm" and not x.size) or (name in ("var", "std") and not dims):  # PyTorch's gradient of var(dim=()) is infinite
        return
    agree(lambda T, make: getattr(make(x), name)(dim=dim, **options) if name != "norm" else make(x).norm(2, dim, keepdim), either=True)


@pytest.mark.parametrize("name", ONE)
@settings(max_examples=25, deadline=None)
@given(shape=shapes, dim=st.integers(-5, 4), seed=st.integers(0, 99))
def test_along_one_dimension(name, shape, dim, seed):
    x = values_of(shape, seed)
    if name in ("sort", "argsort", "median"):  # which of equal values is taken is not defined
        x = np.random.default_rng(seed).permutation(x.size).reshape(shape) / 7.0
    if name in ("cummax", "cummin") and not x.size:  # PyTorch does not look at dim then
        return
    agree(lambda T, make: getattr(make(x), name)(dim=dim))


@settings(max_examples=150, deadline=None)
@given(
    batch=st.lists(st.integers(1, 3), max_size=2),
    core=st.tuples(sizes, sizes, sizes),
    ranks=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    ones=st.lists(st.booleans(), min_size=4, max_size=4),
    wrong=st.booleans(),
    seed=st.integers(0, 99),
)
def test_matmul(batch, core, ranks, ones, wrong, seed):
    n, k, m = core
    left = (*[1 if one else b for one, b in zip(ones, batch, strict=False)], n, k)
    right = (*[1 if one else b for one, b in zip(ones[2:], batch, strict=False)], k + wrong, m)
    a, b = left[len(left) - min(ranks[0], len(left)) :], right[len(right) - min(ranks[1], len(right)) :]
    if ranks[1] == 1:
        b = (k + wrong,)
    agree(lambda T, make: T.matmul(make(values_of(a, seed)), make(values_of(b, seed + 1))))


@st.composite
def equations(draw: Any) -> tuple[str, list[tuple[int, ...]]]:
    """An Einstein summation with repeated labels, broadcast sizes and an ellipsis now and then."""
    letters = "abcd"
    extent = {c: draw(st.integers(1, 3)) for c in letters}
    terms, operands = [], []
    for _ in range(draw(st.integers(1, 3))):
        labels = draw(st.lists(st.sampled_from(letters), max_size=3))
        dots = draw(st.booleans()) and draw(st.booleans())
        lead = tuple(draw(st.lists(st.sampled_from([2, 1]), max_size=2))) if dots else ()
        single = {c: 1 if draw(st.integers(0, 9)) == 0 else extent[c] for c in labels}
        terms.append(("..." if dots else "") + "".join(labels))
        operands.append(lead + tuple(single[c] for c in labels))
    equation = ",".join(terms)
    if draw(st.booleans()):
        seen = sorted({c for t in terms for c in t if c != "."})
        out = draw(st.lists(st.sampled_from(seen), unique=True, max_size=3)) if seen else []
        equation += "->" + ("..." if any("." in t for t in terms) else "") + "".join(out)
    return equation, operands


@settings(max_examples=300, deadline=None)
@given(case=equations(), seed=st.integers(0, 99))
def test_einsum(case, seed):
    equation, operands = case
    agree(lambda T, make: T.einsum(equation, *[make(values_of(s, seed + i)) for i, s in enumerate(operands)]))


@settings(max_examples=80, deadline=None)
@given(shape=shapes, dim=st.integers(-5, 4), extra=st.lists(sizes, min_size=1, max_size=3), seed=st.integers(0, 99))
def test_cat_and_stack(shape, dim, extra, seed):
    def parts(make: Any) -> list[Any]:
        d = dim % len(shape) if shape else 0
        return [make(values_of((*shape[:d], n, *shape[d + 1 :]), seed + n)) for n in extra]

    agree(lambda T, make: T.cat(parts(make), dim))
    agree(lambda T, make: T.stack([make(values_of(shape, seed + n)) for n in extra], dim))


@settings(max_examples=120, deadline=None)
@given(shape=shapes, target=st.lists(st.integers(-2, 6), max_size=4), seed=st.integers(0, 99))
def test_reshape_and_expand(shape, target, seed):
    for name in ("reshape", "view", "expand", "repeat", "permute"):
        if min(target, default=0) < 0 and (name == "repeat" or (name == "expand" and len(target) > len(shape))):
            continue  # PyTorch lets some of these through to sizes below 0
        agree(lambda T, make, name=name: getattr(make(values_of(shape, seed)), name)(tuple(target)), either=True)


@settings(max_examples=80, deadline=None)
@given(shape=shapes, a=st.integers(-5, 4), b=st.integers(-5, 4), n=st.integers(-3, 5))
def test_moves(shape, a, b, n):
    x = values_of(shape, 0)
    for call in (
        lambda v: v.transpose(a, b),
        lambda v: v.movedim(a, b),
        lambda v: v.unsqueeze(a),
        lambda v: v.squeeze(a),
        lambda v: v.flatten(a, b),
        lambda v: v.flip(a),
        lambda v: v.roll(n, a),
        lambda v: v.select(a, n),
        lambda v: v.narrow(a, b, n),
        lambda v: v.unfold(a, n, 2),
        lambda v: v.diagonal(n, a, b),
        lambda v: v.split(n, a),
        lambda v: v.chunk(n, a),
        lambda v: v.tensor_split(n, a),
        lambda v: v.rot90(n, (a, b)),
        lambda v: v.tril(n),
        lambda v: v.repeat_interleave(n, a) if v.ndim else v,
        lambda v: v.diag_embed(n, a, b),
    ):
        agree(lambda T, make, call=call: call(make(x)), either=True)
