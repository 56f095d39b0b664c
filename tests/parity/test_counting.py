"""Counting and looking up against PyTorch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from tests.expressions import lines, outcome, same  # noqa: E402

TABLE = """
torch.nonzero(x, as_tuple=True)
torch.nonzero(torch.tensor(3.)).shape
torch.nonzero(torch.tensor(3.), as_tuple=True)
torch.argwhere(torch.tensor(3.)).shape
torch.bincount(torch.tensor([1, 2, 2]), minlength=5)
torch.bincount(torch.tensor([1, -2]))
torch.bincount(torch.tensor([1.]))
torch.bincount(torch.tensor([1, 2]), weights=torch.tensor([.5, .5]))
torch.bincount(torch.tensor([1, 2]), weights=torch.tensor([1, 2]))
torch.bincount(torch.tensor([[1]]))
torch.bincount(torch.zeros(0).long())
torch.bincount(torch.tensor([1, 2]), weights=torch.tensor([1.]))
torch.histc(x, 3)
torch.histc(x, 3, 0, 4)
torch.histc(x.long(), 3, 0, 4)
torch.histc(torch.ones(4), 3)
torch.histc(x, 0)
torch.histc(x, 3, 5, 1)
torch.histc(torch.tensor([1., float('nan')]), 3)
torch.histc(torch.tensor([1., float('inf')]), 3)
torch.histogram(x, 3)
torch.histogram(x, 3, range=(0., 4.), density=True)
torch.histogram(x, torch.tensor([0., 1, 4]), weight=x)
torch.searchsorted(torch.tensor([1., 3, 5]), x)
torch.searchsorted(torch.tensor([1., 3, 5]), 3)
torch.searchsorted(torch.tensor([1., 3, 5]), 3., right=True, out_int32=True)
torch.searchsorted(torch.tensor([1., 3, 5]), x, side='right')
torch.searchsorted(torch.tensor([1., 3, 5]), x, side='left', right=True)
torch.searchsorted(torch.tensor([[1., 3, 5], [0, 1, 2]]), x)
torch.searchsorted(torch.tensor([[1., 3, 5]]), x)
torch.searchsorted(torch.tensor([1, 3, 5]), x)
torch.searchsorted(torch.tensor([5., 3, 1]), x, sorter=torch.tensor([2, 1, 0]))
torch.searchsorted(torch.tensor([5., 3, 1]), x, sorter=torch.tensor([2, 1, 9]))
torch.bucketize(x, torch.tensor([1., 3]))
torch.bucketize(3, torch.tensor([1., 3]))
torch.bucketize(x, torch.tensor([[1., 3]]))
torch.unique(torch.tensor([3, 1, 1, 2]))
torch.unique(torch.tensor([3, 1, 1, 2]), return_inverse=True, return_counts=True)
torch.unique(torch.tensor([3, 1, 1, 2]), return_counts=True)
torch.unique(torch.tensor([[3, 1], [3, 1], [0, 5]]), dim=0, return_inverse=True)
torch.unique(torch.tensor([[3, 1], [3, 1]]), dim=1, return_counts=True)
torch.unique(torch.tensor([[3, 1], [3, 1]]))
torch.unique(torch.tensor([1., float('nan'), float('nan')]))
torch.unique(torch.zeros(0))
torch.unique(torch.tensor(3.))
torch.unique_consecutive(torch.tensor([1, 1, 2, 2, 1]), return_inverse=True, return_counts=True)
torch.unique_consecutive(torch.tensor([[1, 1], [1, 1], [2, 1]]), dim=0)
torch.nonzero_static(x, size=3)
torch.unique(x, sorted=False)
torch.histogramdd(x, [2, 2, 2])
torch.histogramdd(x, bins=2, range=[0., 4, 0, 4, 0, 5], density=True)
"""


@pytest.mark.parametrize("code", lines(TABLE))
def test_expression(code):
    ours, theirs = outcome(code, ag), outcome(code, torch)
    assert same(ours, theirs, 1e-6), f"here {ours!r}\nPyTorch {theirs!r}"
