"""Indexing without PyTorch: messages, changes in place at an index, memory that is not read twice, and what a loop of reads costs."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.graph import Region


def leaf() -> Any:
    return ag.arange(6.0).reshape(2, 3).clone().requires_grad_()


MESSAGES = {
    "int": (lambda x: x[2], IndexError, r"index 2 out of range for tensor of size \[2, 3\] at dimension 0"),
    "second int": (lambda x: x[0, 3], IndexError, "index 3 is out of bounds for dimension 1 with size 3"),
    "too many": (lambda x: x[0, 0, 0], IndexError, "too many indices for tensor of dimension 2: got 3"),
    "0-d": (lambda x: x[0, 0][0], IndexError, "0-dim tensor"),
    "float": (lambda x: x[1.5], IndexError, "only integers, slices"),
    "string": (lambda x: x["a"], TypeError, "only integers, slices"),
    "float tensor": (lambda x: x[ag.tensor([0.0])], IndexError, r"got float32; convert with .long\(\)"),
    "short tensor": (lambda x: x[ag.tensor([0], dtype=ag.int16)], IndexError, "got int16"),
    "tensor": (lambda x: x[ag.tensor([0, 2])], IndexError, "index 2 is out of bounds for dimension 0 with size 2"),
    "negative tensor": (lambda x: x[:, ag.tensor([-4])], IndexError, "index -4 is out of bounds for dimension 1 with size 3"),
    "mask": (lambda x: x[ag.tensor([True, False, True])], IndexError, r"mask \[3\] at index 0 does not match .* \[2, 3\]"),
    "pairs": (
        lambda x: x[ag.tensor([0, 1]), ag.tensor([0, 1, 2])],
        IndexError,
        r"could not be broadcast together with shapes \(2,\), \(3,\)",
    ),
    "negative step": (lambda x: x[::-1], ValueError, r"step must be greater than zero: got -1; use .flip\(dim\)"),
    "slice of strings": (lambda x: x["a":1], TypeError, "slice indices must be integers"),
    "ellipses": (lambda x: x[..., ..., 0], IndexError, "single ellipsis"),
    "ragged": (lambda x: x[([[0], [1, 2]],)], ValueError, "equal lengths"),
    "write size": (lambda x: x.data.__setitem__(0, ag.ones(2)), RuntimeError, r"shape \[2\] cannot be written to a part of shape \[3\]"),
    "write list": (lambda x: x.data.__setitem__(0, [1, 2, 3]), TypeError, "can't assign a list"),
    "write places": (lambda x: x.data.__setitem__(x > 9, ag.ones(2)), RuntimeError, "cannot be broadcast|must match"),
    "write type": (lambda x: x.data.__setitem__([0], ag.ones(3).double()), RuntimeError, r"dtypes match.*convert with .to"),
    "write leaf": (lambda x: x.__setitem__(0, 1), RuntimeError, "leaf Variable that requires grad"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name):
    call, kind, text = MESSAGES[name]
    with pytest.raises(kind, match=text):
        call(leaf())


@pytest.mark.parametrize("index", [0, (0, 1), slice(1), (slice(None), 1), ..., None, (None, 0), ag.tensor(1)])
def test_add_at_an_index_changes_the_tensor_once(index):
    x = leaf()
    y = x * 1
    before = y._version
    y[index] += 2
    assert y._version == before + 1
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.array, np.ones((2, 3)))
    expected = np.arange(6.0).reshape(2, 3)
    expected[int(index) if isinstance(index, ag.Tensor) else index] += 2
    np.testing.assert_array_equal(y.detach().array, expected)


def test_what_is_overwritten_gets_no_gradient_and_the_value_does():
    x, v = leaf(), ag.tensor(3.0, requires_grad=True)
    y = x * 2
    y[0, 1:] = v
    y[x.detach() > 4] = v * v
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 0, 0], [24, 32, 0]])
    assert v.grad.item() == pytest.approx(2 * 2 * 3 + 4 * 27)


def test_a_value_saved_before_the_change_is_noticed():
    x = leaf()
    y = x * 1
    z = y * y
    y[0] = 0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_numpy_arrays_and_numpy_numbers_may_be_written():
    x = ag.zeros(2, 3)
    x[0] = np.array([1.0, 2.0, 3.0])
    x[1, 0] = np.float32(4)
    x[1, ag.tensor([1, 2])] = np.array([5, 6])
    assert x.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_old_tuples_warn():
    x = ag.zeros(2, 3)
    with pytest.warns(UserWarning, match=r"x\[a, b\]"):
        assert x[[[0, 1], [0, 1]]].shape == (2,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert x[[0, 1]].shape == (2, 3)
        assert x[ag.tensor([[0, 1], [0, 1]])].shape == (2, 2, 3)


READS = {
    "tensor": (lambda x, at: x[at], [0, 1]),
    "mask": (lambda x, at: x[at], [True, False]),
    "column": (lambda x, at: x[:, at], [0, 1]),
    "take": (lambda x, at: x.take(at), [0, 1]),
    "masked_select": (lambda x, at: x.masked_select(at[:, None]), [True, False]),
    "take_along_dim": (lambda x, at: x.take_along_dim(at[None], 0), [0, 1, 0]),
    "repeat_interleave": (lambda x, at: x.repeat_interleave(at, 0), [1, 2]),
    "index_put": (lambda x, at: x.index_put((at,), ag.ones(3)), [0, 0]),
    "write": (lambda x, at: (x * 1).index_put_((at,), ag.ones(3)), [0, 0]),
}


@pytest.mark.parametrize("name", READS)
def test_the_index_is_kept_from_later_changes(name):
    call, values = READS[name]
    found = []
    for change in (False, True):
        x, at = leaf(), ag.tensor(values)
        y = call(x, at)
        if change:
            at.copy_(ag.tensor(values[::-1]) if values != [0, 0] else ag.tensor([1, 1]))
        y.sum().backward()
        found.append(x.grad.array)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("name", ["gather", "index_select", "scatter_add"])
def test_a_changed_index_is_noticed(name):
    x, at = leaf(), ag.tensor([[0, 1, 0]])
    y = {
        "gather": lambda: x.gather(0, at),
        "index_select": lambda: x.index_select(0, at[0]),
        "scatter_add": lambda: ag.zeros(2, 3).scatter_add(0, at, x[:1]),
    }[name]()
    at.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_repeated_places_add_up():
    x = ag.zeros(5, 3, requires_grad=True)
    at = ag.tensor([[0, -1], [4, 0]])
    (x[at] * ag.arange(12.0).reshape(2, 2, 3)).sum().backward()
    expected = np.zeros((5, 3))
    np.add.at(expected, at.array, np.arange(12.0).reshape(2, 2, 3))
    np.testing.assert_array_equal(x.grad.array, expected)


def test_a_loop_of_reads_is_linear(monkeypatch):
    """Each read adds its own row: the whole array is made once, not once for each of n reads."""
    whole = []
    dense = Region.dense
    monkeypatch.setattr(Region, "dense", lambda self: whole.append(self) or dense(self))
    x = ag.zeros(300, 16, requires_grad=True)
    total = x[0]
    for t in range(1, 300):
        total = total + x[t]
    total.sum().backward()
    assert len(whole) == 1
    assert (x.grad.array == 1).all()
