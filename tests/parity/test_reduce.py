"""Reductions against PyTorch: overloads, empty dimensions, types, refusals."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from tests.expressions import lines, outcome, same  # noqa: E402

TABLE = """
torch.all(x, dim=())
torch.any(x, dim=[])
torch.all(x.byte())
torch.all(x, dim=(0, 1))
torch.sum(x, dim=())
x.sum(dim=None, keepdim=True)
x.mean(dim=())
x.mean((), True)
x.var(dim=())
x.var(())
x.var(False)
x.var(0, False, True)
x.var(dim=0, correction=0.5)
x[0, 0].var()
x.prod(dim=())
x.prod(0, True)
torch.tensor(3.).sum(0)
torch.tensor(3.).sum(1)
torch.tensor(3.).sum(-1, keepdim=True)
torch.zeros(0).amax()
torch.zeros(0, 3).amax(1)
torch.zeros(0, 3).amax(0)
torch.zeros(0).max()
torch.zeros(0, 3).max(1)
torch.zeros(0, 3).argmax()
torch.zeros(0, 3).argmax(1)
torch.zeros(0, 3).argmax(0)
x.amax(dim=[])
x.amax(0, True)
torch.aminmax(x, dim=0, keepdim=True)
x.aminmax()
x.max(0)
x.max(x)
x.max(dim=1, keepdim=True)
x.max((0, 1))
x.max(0.5)
torch.max(x, 2)
torch.max(x, other=x)
x.argmax(None, True)
x.argmax(keepdim=True)
x.argmax(1, True)
x.logsumexp((0, 1))
torch.logsumexp(x, 0, True)
x.norm()
x.norm(dim=1)
x.norm('fro', dim=(0, 1))
x.norm('nuc')
x.norm(p=1, dim=0, keepdim=True)
x.norm(float('inf'))
x.norm(dtype=torch.float64)
x.long().norm()
torch.norm(x, 0)
torch.count_nonzero(x, dim=(0, 1))
torch.count_nonzero(x, 0)
x.nansum(0)
x.nanmean(0)
x.std_mean()
torch.std_mean(x, 0)
torch.var_mean(x, dim=0, correction=0)
torch.var_mean(x, False)
x.trace()
torch.eye(3).int().trace()
torch.dist(x, x+1, 1)
x.bool().sum(dtype=torch.int32)
x.sum(dtype=torch.int32)
x.bool().prod()
x.half().sum(dtype=torch.float32)
x.long().mean(dtype=torch.float32)
x.long().logsumexp(0)
x.amax(dim=(0, 0))
x.sum(dim=(0, 0))
x.sum(dim=(0, -2))
x.sum(dim=5)
x.sum(dim='a')
x.sum(dim=1.5)
torch.sum(3)
torch.median(torch.zeros(0))
torch.zeros(0).mean()
torch.zeros(0).prod()
"""

# refused by PyTorch's parser, understood here
KINDER = """
x.sum(keepdim=True)
x.var(unbiased=False, keepdim=True)
x.prod(None)
x.prod(dim=None, keepdim=True)
x.logsumexp(())
"""


@pytest.mark.parametrize("code", lines(TABLE))
def test_expression(code):
    ours, theirs = outcome(code, ag), outcome(code, torch)
    assert same(ours, theirs, 1e-6), f"here {ours!r}\nPyTorch {theirs!r}"


@pytest.mark.parametrize("code", lines(KINDER))
def test_kinder(code):
    assert isinstance(outcome(code, torch), Exception), "PyTorch now agrees, take it off the list"
    assert not isinstance(outcome(code, ag), Exception)
