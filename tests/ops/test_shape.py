"""What samples cannot say of shapes: who shares memory, changes in place through views, and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag


def matrix() -> Any:
    return ag.arange(24.0).reshape(2, 3, 4)


VIEWS: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda x: x.reshape(6, 4),
    "view": lambda x: x.view(-1, 4),
    "view as": lambda x: x.view_as(ag.zeros(4, 6)),
    "view dtype": lambda x: x.view(ag.int32).view(ag.float32),
    "permute": lambda x: x.permute(2, 0, 1),
    "transpose": lambda x: x.transpose(0, -1),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "movedim": lambda x: x.movedim(0, 2),
    "t": lambda x: x[0].t(),
    "T": lambda x: x[0].T,
    "mT": lambda x: x.mT,
    "adjoint": lambda x: x.adjoint(),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "squeeze": lambda x: x[:, :1].squeeze(1),
    "flatten": lambda x: x.flatten(1),
    "unflatten": lambda x: x.unflatten(2, (2, 2)),
    "ravel": lambda x: x.ravel(),
    "select": lambda x: x.select(1, 2),
    "narrow": lambda x: x.narrow(2, 1, 2),
    "int": lambda x: x[1],
    "element": lambda x: x[1, 2, 3],
    "slice": lambda x: x[:, ::2, 1:],
    "newaxis": lambda x: x[None, ..., 0],
    "zero-d index": lambda x: x[ag.tensor(1)],
    "diagonal": lambda x: x.diagonal(1, 0, 2),
    "linalg.diagonal": lambda x: ag.linalg.diagonal(x),
    "unfold": lambda x: x.unfold(2, 2, 2),
    "split": lambda x: x.split(2, 1)[1],
    "chunk": lambda x: x.chunk(2)[1],
    "tensor_split": lambda x: x.tensor_split([1], 2)[1],
    "hsplit": lambda x: x.hsplit([2])[0],
    "unbind": lambda x: x.unbind(1)[2],
    "as_strided": lambda x: x.as_strided((2, 2), (5, 1), 3),
    "atleast_2d": lambda x: ag.atleast_2d(x[0, 0]),
    "view of a view": lambda x: x.transpose(0, 2)[1:].permute(1, 2, 0)[0],
    "contiguous": lambda x: x.contiguous(),
    "detach": lambda x: x.detach(),
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "clone": lambda x: x.clone(),
    "reshape across strides": lambda x: x.transpose(0, 1).reshape(-1),
    "flatten across strides": lambda x: x.mT.flatten(),
    "contiguous": lambda x: x.mT.contiguous(),
    "flip": lambda x: x.flip(0),
    "no flip": lambda x: x.flip(()),
    "roll": lambda x: x.roll(0, 1),
    "rot90": lambda x: x.rot90(4),
    "repeat": lambda x: x.repeat(1, 1, 1),
    "tile": lambda x: x.tile(1),
    "repeat_interleave": lambda x: x.repeat_interleave(1, 0),
    "cat": lambda x: ag.cat([x]),
    "stack": lambda x: ag.stack([x]),
    "diag": lambda x: x[0].diag(),
    "tril": lambda x: x.tril(9),
    "gather": lambda x: x.gather(0, ag.zeros(2, 3, 4, dtype=ag.int64)),
    "index_select": lambda x: x.index_select(0, ag.tensor([0, 1])),
    "list": lambda x: x[[0, 1]],
    "mask": lambda x: x[x > -1],
    "narrow_copy": lambda x: x.narrow_copy(0, 0, 2),
    "sum over nothing": lambda x: x[0, 0, 0].sum(),
    "cumsum of a number": lambda x: x[0, 0, 0].cumsum(0),
    "sort of a number": lambda x: x[0, 0, 0].sort()[0],
    "max of a number": lambda x: x[0, 0, 0].max(0)[0],
    "einsum that only permutes": lambda x: ag.einsum("ijk->kji", x),
    "matrix_power 1": lambda x: ag.linalg.matrix_power(x[:, :, :3], 1),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name):
    x = matrix()
    y = VIEWS[name](x)
    assert np.shares_memory(y.array, x.array)
    y.array[...] = -1
    assert (x.array == -1).any()


@pytest.mark.parametrize("name", COPIES)
def test_copies_do_not(name):
    x = matrix()
    assert not np.shares_memory(COPIES[name](x).array, x.array)


RECORDED = [n for n in VIEWS if n not in ("view dtype", "detach", "contiguous")]


@pytest.mark.parametrize("name", RECORDED)
def test_change_in_place_through_a_view_reaches_the_base(name):
    leaf = matrix().requires_grad_()
    base = leaf * 1
    part = VIEWS[name](base)
    before = part.detach().clone()
    part.mul_(3.0)
    np.testing.assert_array_equal(VIEWS[name](base.detach()).array, before.array * 3)
    base.sum().backward()
    expected = np.ones((2, 3, 4), np.float32)
    VIEWS[name](ag.from_numpy(expected)).array[...] = 3
    np.testing.assert_array_equal(leaf.grad.array, expected)


@pytest.mark.parametrize("name", RECORDED)
def test_change_of_the_base_reaches_a_view(name):
    leaf = matrix().requires_grad_()
    base = leaf * 1
    part = VIEWS[name](base)
    base.mul_(2.0)
    (part * part).sum().backward()
    expected = np.zeros((2, 3, 4), np.float32)
    VIEWS[name](ag.from_numpy(expected)).array[...] = 1
    np.testing.assert_allclose(leaf.grad.array, expected * 8 * leaf.array)


def test_an_expanded_tensor_refuses_changes():
    with pytest.raises(RuntimeError, match=r"single memory location.*clone"):
        ag.zeros(3, 1).expand(3, 4).add_(1)


MESSAGES = {
    "reshape": (
        lambda: ag.zeros(2, 3).reshape(4, 2),
        RuntimeError,
        r"shape '\[4, 2\]' is invalid for input of size 6: a tensor of shape \[2, 3\]",
    ),
    "reshape twice -1": (lambda: ag.zeros(2, 3).reshape(-1, -1), RuntimeError, "only one dimension can be inferred"),
    "reshape -2": (lambda: ag.zeros(2, 3).reshape(-2, 3), RuntimeError, "invalid shape dimension -2"),
    "reshape nothing": (lambda: ag.zeros(0, 3).reshape(-1, 0), RuntimeError, "ambiguous"),
    "reshape floats": (lambda: ag.zeros(2, 3).reshape(2.0, 3), TypeError, "ints"),
    "view": (lambda: ag.zeros(2, 3).t().view(6), RuntimeError, r"Use .reshape\(...\) instead"),
    "permute": (lambda: ag.zeros(2, 3).permute(0), RuntimeError, r"input.dim\(\) = 2 is not equal to len\(dims\) = 1"),
    "permute twice": (lambda: ag.zeros(2, 3).permute(0, 0), RuntimeError, "duplicate dims"),
    "permute far": (lambda: ag.zeros(2, 3).permute(0, 2), IndexError, "Dimension out of range"),
    "transpose": (lambda: ag.zeros(2, 3).transpose(0, 2), IndexError, r"range of \[-2, 1\], but got 2"),
    "t": (lambda: ag.zeros(2, 3, 4).t(), RuntimeError, "use x.mT or transpose"),
    "expand": (lambda: ag.zeros(2, 3).expand(2, 4), RuntimeError, r"\(4\) must match the existing size \(3\) at non-singleton dimension 1"),
    "expand fewer": (lambda: ag.zeros(2, 3).expand(3), RuntimeError, "must be greater or equal"),
    "expand new -1": (lambda: ag.zeros(3).expand(-1, 3), RuntimeError, "leading, non-existing dimension 0"),
    "squeeze": (lambda: ag.zeros(2, 3).squeeze(2), IndexError, "Dimension out of range"),
    "squeeze twice": (lambda: ag.zeros(1, 3).squeeze((0, 0)), RuntimeError, "appears multiple times"),
    "unflatten": (lambda: ag.zeros(2, 3).unflatten(1, (2, 2)), RuntimeError, "don't multiply up to the size of dim 1"),
    "narrow": (lambda: ag.zeros(3).narrow(0, 2, 2), RuntimeError, r"start \(2\) \+ length \(2\) exceeds dimension size \(3\)"),
    "unfold": (lambda: ag.zeros(3).unfold(0, 4, 1), RuntimeError, "maximum size for tensor at dimension 0 is 3 but size is 4"),
    "cat sizes": (lambda: ag.cat([ag.zeros(2, 3), ag.zeros(2, 4)]), RuntimeError, r"Expected size 3 but got size 4 for tensor number 1"),
    "cat ranks": (lambda: ag.cat([ag.zeros(2, 3), ag.zeros(2)]), RuntimeError, "got 2 and 1"),
    "cat numbers": (lambda: ag.cat([ag.zeros(()), ag.zeros(())]), RuntimeError, "use stack"),
    "stack": (lambda: ag.stack([ag.zeros(2), ag.zeros(3)]), RuntimeError, r"\[2\] at entry 0 and \[3\] at entry 1"),
    "split": (lambda: ag.zeros(5).split([2, 2]), RuntimeError, r"sum exactly to 5"),
    "chunk": (lambda: ag.zeros(5).chunk(0), RuntimeError, "greater than 0"),
    "as_strided": (lambda: ag.zeros(6).as_strided((3, 3), (2, 2)), RuntimeError, "out of bounds for storage of size 24"),
    "as_strided past": (lambda: ag.zeros(6).as_strided((1,), (1,), 6), RuntimeError, "out of bounds"),
    "as_strided overflow": (lambda: ag.zeros(6).as_strided((2,), (2**62,)), RuntimeError, "out of bounds"),
    "repeat": (lambda: ag.zeros(2, 3).repeat(2), RuntimeError, "can not be smaller than number of dimensions"),
    "meshgrid": (lambda: ag.meshgrid(ag.zeros(2, 2), indexing="ij"), RuntimeError, "0D or 1D"),
    "number": (lambda: ag.flatten(3), TypeError, "flatten"),
    "list": (lambda: ag.transpose([[1.0]], 0, 1), TypeError, "must be Tensor, not list"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name):
    call, kind, text = MESSAGES[name]
    with pytest.raises(kind, match=text):
        call()


def test_sizes_may_come_as_tensors_and_numpy_ints():
    x = ag.zeros(2, 6)
    assert x.reshape(ag.tensor(3), np.int64(4)).shape == (3, 4)
    assert x.expand(np.int32(2), ag.tensor(2), 6).shape == (2, 2, 6)
    assert x.narrow(1, ag.tensor(2), 3).shape == (2, 3)
    assert x.permute(np.int64(1), 0).shape == (6, 2)


def test_other_names_of_keywords_are_understood():
    x = ag.ones(2, 3)
    assert x.sum(axis=1).shape == (2,)
    assert x.sum(axis=0, keepdims=True).shape == (1, 3)
    assert ag.sum(input=x, dim=0).shape == (3,)
    assert ag.permute(x, dims=(1, 0)).shape == x.permute(dims=(1, 0)).shape == (3, 2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'dims'"):
        x.sum(dims=0)
    with pytest.raises(TypeError, match=r"missing required|takes two"):
        x.transpose()


def test_reads_in_a_loop_cost_what_they_read():
    x = ag.zeros(4000, 50, requires_grad=True)
    total = ag.zeros(50)
    for t in range(0, 4000, 4):
        total = total + x[t]
    steps = []
    from autograd_core.engine import walk
    from autograd_core.graph import Region
    from autograd_core.tensor.base import node_of

    for node, _, grads in walk([(node_of(total), np.ones(50, np.float32))], keep=True):
        steps.extend(type(g) for g in grads if g is not None and getattr(node.op, "name", "") == "select")
    assert steps == [Region] * 1000
    total.sum().backward()
    assert x.grad.array.sum() == 1000 * 50
