"""x[...] and x[...] = v against PyTorch: a table of forms, and random shapes with random mixed indices."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from autograd_core.tensor import grad  # noqa: E402

# expressions of x (2, 3), T (either library) and np
READS = """
x[0] | x[-1] | x[1, 2] | x[1, -3] | x[5] | x[-3] | x[0, 5] | x[0, 0, 0] | x[None] | x[...] | x[()] | x[True] | x[False]
x[:] | x[::2] | x[0:100] | x[1:0] | x[-1:] | x[:, 1] | x[:, -1:] | x[..., 0] | x[0, ...] | x[1, ..., 1] | x[..., 1, :] | x[None, 0, None, 1]
x[::-1] | x[::0] | x[1.5] | x['a'] | x[object()] | x[{}] | x[{0}] | x['a':1] | x[1.5:] | x[0:1.5] | x[np.int64(1)] | x[np.float32(1)]
x[T.tensor(1)] | x[T.tensor(-1)] | x[T.tensor(5)] | x[T.tensor(True)] | x[T.tensor(False)] | x[T.tensor(1, dtype=T.uint8)] | x[T.tensor(0):T.tensor(1)]
x[[0, 1]] | x[[1, 0, 1]] | x[[]] | x[[], :] | x[range(2)] | x[range(1, -1, -1)] | x[(0, 1)] | x[((0, 1),)] | x[[True, False]] | x[[True, False], [0]]
x[[[0, 1], [0, 1]]] | x[[slice(0, 1), 0]] | x[[0, None]] | x[[None]] | x[[[0, 1]]] | x[[[True, False]]] | x[[0, slice(None)]] | x[['a']]
x[[T.tensor(0), T.tensor(1)]] | x[T.tensor([[0, 1], [1, 0]])] | x[T.tensor([0, 1])] | x[T.tensor([0, 5])] | x[T.tensor([0, -3])] | x[T.tensor([0.5])]
x[T.tensor([0, 1]).int()] | x[T.tensor([0, 1]).byte()] | x[T.tensor([0, 1]).to(T.int16)] | x[T.tensor([]).long()] | x[T.tensor([])] | x[np.array([0, 1])]
x[T.tensor([0, 1]), T.tensor([0, 1])] | x[T.tensor([0, 1]), T.tensor([0])] | x[T.tensor([0, 1]), T.tensor([0, 1, 2])] | x[T.tensor([0]), T.tensor([0.])]
x[T.tensor([True, False])] | x[T.tensor([True, False, True])] | x[T.zeros(2, 3).bool()] | x[T.zeros(2, 0).bool()] | x[T.zeros(0, 3).bool()] | x[x > 2]
x[:, T.tensor([True, False, True])] | x[T.tensor([1]), :] | x[:, [2, 0]] | x[0, [2, 0]] | x[[0], None, [0, 1]] | x[:, None, [0, 1]] | x[..., T.tensor([0])]
x[True, 0] | x[0, True] | x[None, True, 0] | x[False, :] | x[1:, [0, 2]] | x[[0, 1], 1:] | x[None, [0, 1], 1]
x[0, 0][0] | x[0, 0][None] | x[0, 0][...] | x[0, 0][True] | x[0, 0][()] | x[0, 0][T.tensor(True)] | x[0, 0][[0]] | x[0, 0][T.tensor(0)]
x[:, :0] | x[:0, [0, 2]] | x[:0][0] | x[2:][:, 1]
"""
WRITES = """
x[0] = 5 | x[0] = T.tensor([7., 8, 9]) | x[0] = T.tensor([[7., 8, 9]]) | x[0] = T.tensor([[[7.]]]) | x[0] = T.tensor([7., 8]) | x[0] = [1, 2, 3]
x[0] = np.float64(3) | x[0] = np.int64(3) | x[0] = True | x[0] = None | x[0] = 'a' | x[0] = T.tensor([7, 8, 9]) | x[0] = T.tensor([7, 8, 9]).double()
x[T.tensor([0, 1])] = T.tensor([7., 8, 9]) | x[T.tensor([0, 1])] = T.tensor([7, 8, 9]) | x[T.tensor([0, 1])] = 3.5 | x[x > 2] = 0 | x[x > 9] = 1
x[x > 2] = T.tensor([1., 2, 3]) | x[x > 2] = T.tensor([1., 2]) | x[x > 2] += 1 | x[0] += 1 | x[:, 1] *= 2 | x[[0, 0]] += 1 | x[0, 1] -= 3
x[T.tensor([0, 0]), T.tensor([1, 1])] = T.tensor([5., 6.]) | x[5] = 1 | x[T.tensor([5])] = 1 | x[0, 0, 0] = 1 | x[::-1] = 1 | x[...] = T.ones(2, 3)
x[()] = 4 | x[None] = 4 | x[True] = 4 | x[False] = 4 | x[:, None] = T.ones(2, 1, 3) | x[:0] = T.ones(0, 3) | x[:0] = T.ones(3) | x[:0] = T.ones(5)
x[T.tensor([], dtype=T.int64)] = T.ones(5) | x[T.tensor([], dtype=T.int64)] = T.ones(0, 3) | x[T.tensor([], dtype=T.int64)] = T.ones(3)
x[0, 1] = T.tensor([3.]) | x[0, 1] = T.tensor([[3.]]) | x[0, 1] = T.tensor([3., 4]) | x[0:2, T.tensor([0, 2])] = T.tensor([[1., 2], [3, 4]])
x[0, T.tensor([0, 2])] = T.tensor([[1., 2]]) | x[0, T.tensor([0, 2])] = T.tensor([[1., 2], [3, 4]]) | x[1.5] = 1 | x['a'] = 1 | x[:] = x.t()[:3, :1].t()[0]
"""


def lines(table: str) -> list[str]:
    return [part.strip() for line in table.strip().split("\n") for part in line.split(" | ")]


def outcome(code: str, T: Any, write: bool) -> Any:
    x = T.tensor([[1.0, 2, 0], [3, 4, 5]])
    scope = {"x": x, "T": T, "np": np}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if write:
                exec(code, scope)
                return x.tolist()
            out = eval(code, scope)
            return tuple(out.shape), out.tolist(), str(out.dtype).split(".")[-1]
        except Exception as error:
            return type(error)


@pytest.mark.parametrize("code", lines(READS))
def test_reads(code):
    assert outcome(code, ag, False) == outcome(code, torch, False)


@pytest.mark.parametrize("code", lines(WRITES))
def test_writes(code):
    assert outcome(code, ag, True) == outcome(code, torch, True)


@st.composite
def shapes_and_indices(draw: Any) -> tuple[tuple[int, ...], list[Any]]:
    """A shape, and an index for it of every kind of part; integer arrays share one shape, or broadcast."""
    shape = tuple(draw(st.lists(st.integers(0, 4), min_size=0, max_size=4)))
    index: list[Any] = []
    common = tuple(draw(st.lists(st.integers(0, 3), min_size=0, max_size=2)))
    dim, dots = 0, False
    while dim < len(shape) and len(index) < 7:
        size = shape[dim]
        kinds = (
            ["slice", "slice", "none", "stop"]
            + (["dots"] if not dots else [])
            + (["int", "array", "zero"] if size else [])
            + ["mask", "bool"]
        )
        kind = draw(st.sampled_from(kinds))
        if kind == "stop":
            break
        if kind == "slice":
            bound = st.one_of(st.none(), st.integers(-5, 5))
            index.append(slice(draw(bound), draw(bound), draw(st.sampled_from([None, 1, 2, 3]))))
        elif kind == "int":
            index.append(draw(st.integers(-size, size - 1)))
        elif kind == "zero":
            index.append(np.array(draw(st.integers(-size, size - 1))))
        elif kind == "array":
            part = tuple(draw(st.sampled_from([n, 1])) for n in common)
            values = draw(st.lists(st.integers(-size, size - 1), min_size=int(np.prod(part)), max_size=int(np.prod(part))))
            index.append(np.array(values, np.int64).reshape(part))
        elif kind == "mask":
            width = draw(st.integers(1, min(2, len(shape) - dim)))
            part = shape[dim : dim + width]
            values = draw(st.lists(st.booleans(), min_size=int(np.prod(part)), max_size=int(np.prod(part))))
            index.append(np.array(values, bool).reshape(part))
            dim += width - 1
        elif kind == "dots":
            index.append(Ellipsis)
            dots = True
            dim = draw(st.integers(dim, len(shape)))
            continue
        else:
            index.append({"none": None, "bool": draw(st.booleans())}[kind])
            continue
        dim += 1
    return shape, index


def placed(index: list[Any], T: Any) -> Any:
    parts = tuple(T.tensor(i) if isinstance(i, np.ndarray) else i for i in index)
    return parts[0] if len(parts) == 1 else parts


@settings(max_examples=200, deadline=None)
@given(case=shapes_and_indices())
def test_random_indices(case):
    shape, index = case
    values = np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape) + 1
    found = []
    for T, diff in [(ag, grad), (torch, torch.autograd.grad)]:
        x = T.tensor(values, requires_grad=True)
        try:
            out = x[placed(index, T)]
        except Exception as error:
            found.append(type(error))
            continue
        weights = T.tensor(np.arange(out.numel(), dtype=np.float64).reshape(tuple(out.shape)) + 0.5)
        (g,) = diff((out * out * weights).sum(), x, create_graph=True)
        (second,) = diff((g * g).sum(), x)
        found.append([np.asarray(v.tolist(), np.float64).reshape(tuple(v.shape)) for v in (out, g, second)])
    ours, theirs = found
    if isinstance(theirs, type):
        assert ours is theirs
        return
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=150, deadline=None)
@given(case=shapes_and_indices(), accumulate=st.booleans(), scalar=st.booleans())
def test_random_writes(case, accumulate, scalar):
    shape, index = case
    values = np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape) + 1
    if not accumulate:  # where a place is written twice only one value stays, and PyTorch does not say which
        index = [
            i.reshape(-1)[:1].reshape((min(i.size, 1),) * i.ndim) if isinstance(i, np.ndarray) and i.dtype != bool else i for i in index
        ]
    found = []
    for T, diff in [(ag, grad), (torch, torch.autograd.grad)]:
        x = T.tensor(values, requires_grad=True)
        try:
            at = placed(index, T)
            part = tuple(x[at].shape)
            size = int(np.prod(part))
            v = T.tensor(np.array(2.5) if scalar else np.arange(size, dtype=np.float64).reshape(part) * 3 - 1, requires_grad=True)
            y = x * 2
            if accumulate and all(not isinstance(i, np.ndarray) for i in index):
                y[at] += v
            elif not accumulate:
                y[at] = v
            weights = T.tensor(np.arange(values.size, dtype=np.float64).reshape(shape) + 0.5)
            grads = diff((y * y * weights).sum(), [x, v], allow_unused=True)
        except Exception as error:
            found.append(type(error))
            continue
        found.append([None if t is None else np.asarray(t.tolist(), np.float64).reshape(tuple(t.shape)) for t in (y.detach(), *grads)])
    ours, theirs = found
    if isinstance(theirs, type):
        assert ours is theirs
        return
    for a, b in zip(ours, theirs, strict=True):
        if b is None or a is None:
            assert (a is None or not a.any()) and (b is None or not b.any())
        else:
            np.testing.assert_array_equal(a, b)
