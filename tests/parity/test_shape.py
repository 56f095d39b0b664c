"""Shapes against PyTorch: what is accepted and what is refused."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from tests.expressions import lines, outcome, same  # noqa: E402

TABLE = """
torch.cat([])
torch.stack([])
torch.zeros(2, 3, 4).T.shape
torch.zeros(3).T.shape
torch.zeros(3).mT
torch.zeros(2, 3, 4).H
torch.quantile(x, 0.5)
torch.quantile(x, torch.tensor([0.25, 0.5]), dim=1)
torch.quantile(x, torch.tensor([0.25, 0.5]), dim=1, keepdim=True)
torch.quantile(x, 0.3, dim=1, interpolation='lower')
torch.quantile(x, 0.3, dim=1, interpolation='higher')
torch.quantile(x, 0.3, dim=1, interpolation='nearest')
torch.quantile(x, 0.3, dim=1, interpolation='midpoint')
torch.quantile(x, 0.3, dim=1, interpolation='foo')
torch.quantile(x, 1.3)
torch.quantile(x.long(), .3)
torch.quantile(x, torch.tensor([.3]).double())
torch.quantile(x, torch.tensor([[.3]]))
torch.quantile(torch.zeros(0), .3)
torch.quantile(torch.tensor([1., float('nan')]), .3)
torch.nanquantile(torch.tensor([1., float('nan'), 3]), .5)
torch.nanquantile(torch.tensor([float('nan'), float('nan')]), .5)
torch.quantile(x, 0.5, keepdim=True)
torch.vander(torch.tensor([1, 2, 3]))
torch.vander(x[0], 2, True)
torch.linalg.vander(torch.tensor([1, 2, 3]), N=2)
torch.cross(x, x)
torch.combinations(torch.arange(3), 0)
torch.cartesian_prod(torch.arange(2), torch.arange(2))
torch.repeat_interleave(torch.tensor([1, 2]))
torch.kron(x, x).shape
torch.kron(torch.tensor(2.), x).shape
torch.block_diag(torch.tensor(2), x, torch.ones(2)).shape
torch.block_diag()
torch.roll(x, 1)
torch.roll(x, (1, 2), (0, ))
torch.roll(x, (1, 2))
torch.roll(x, (1, 1), (0, 1))
torch.roll(x, 1, 5)
torch.repeat_interleave(x, torch.tensor([1, 2]), dim=0)
torch.repeat_interleave(x, torch.tensor([1, -2]), dim=0)
torch.repeat_interleave(x, -2, dim=0)
torch.repeat_interleave(x, torch.tensor([1, 2, 3]), dim=0)
torch.repeat_interleave(x, torch.tensor([1., 2]), dim=0)
torch.tile(x, (2, )).shape
x.repeat(2)
x.repeat(2, -1)
x.narrow(0, 0, 5)
x.narrow(0, -1, 1)
x.narrow(0, 3, 0)
x.narrow(0, 2, 0).shape
x.narrow(0, 0, -1)
x.narrow(0, torch.tensor(1), 1)
x.unfold(0, 5, 1)
x.unfold(0, 1, 0)
x.unfold(0, -1, 1)
x.select(0, 5)
x.select(3, 0)
torch.tensor(1.).select(0, 0)
x.diagonal(0, 0, 0)
x.diagonal(5)
x.diagonal(0, 0, 3)
x.movedim(0, 5)
x.movedim((0, 1), (0, ))
x.movedim((0, 0), (0, 1))
x.unflatten(1, (3, 1)).shape
x.unflatten(1, (-1, 2)).shape
x.unflatten(1, (-1, -1)).shape
x.unflatten(1, ()).shape
x.flatten(1, 0)
x.split(0)
x.split(-1)
x.split([1, 2])
x.split([1, 1], 0)
x.chunk(0)
x.chunk(5)
torch.tensor(1.).split(1)
torch.tensor(1.).chunk(1)
x.tensor_split(0)
x.tensor_split((1, ), 1)
x.hsplit(2)
x.hsplit([1])
torch.tensor(1.).unbind()
x.view(-1, -1)
x.view(4)
x.t().view(6)
x.view(-2)
x.expand(3, 2, 3).shape
x.expand(2, 4)
x.expand(3)
x.expand(-1, 2, 3)
x.expand(2, -2)
x.permute(0)
x.permute(0, 0)
x.permute(0, 3)
x.squeeze(5)
x.unsqueeze(5)
x.squeeze((0, 0))
x.reshape(0, -1)
x.reshape(2.0, 3)
x.transpose(0, 5)
x.flip(0, 0)
x.flip(5)
x.rot90(1, (0, 0))
x.tril().shape
x[0].tril()
x.diag(0)
torch.zeros(2, 2, 2).diag()
torch.diag_embed(x, dim1=0, dim2=0)
torch.linalg.vander(x)
torch.as_strided(x, (2, 2), (1, 2))
torch.as_strided(x, (2, 2), (1, 2), 1)
torch.as_strided(x, (2, 9), (1, 2), 1)
torch.as_strided(x, (2, 2), (-1, 2), 1)
torch.as_strided(x, (2, 2), (1, ))
torch.as_strided(x[1:], (2, ), (1, ))
torch.as_strided(x[1:], (2, ), (1, ), 0)
torch.as_strided(x, (2, ), (1, ), -1)
x.view(torch.int32)
x.view(torch.float64)
x[:, :2].contiguous().view(torch.float64)
x.view(torch.int16).shape
x.view(torch.uint8).shape
x.t().view(torch.int16)
x[0, 0].view(torch.int16)
x.view(dtype=torch.int32)
torch.renorm(x, 2, 0, 1.)
torch.renorm(x, 1, 1, 2.)
torch.renorm(x, 2, 5, 1.)
torch.renorm(x, -1, 0, 1.)
torch.renorm(x, 2, 0, -1.)
torch.renorm(x[0], 2, 0, 1.)
torch.broadcast_shapes((2, 1), (3, ), 5)
torch.broadcast_shapes((2, 1), (4, 3))
x.clone().resize_(3, 2)
x.clone().resize_(2, 2)
x.clone().resize_(4).shape
x.clone().resize_as_(torch.ones(2, 2))
torch.broadcast_shapes(3, (3, ))
"""


@pytest.mark.parametrize("code", lines(TABLE))
def test_expression(code):
    ours, theirs = outcome(code, ag), outcome(code, torch)
    assert same(ours, theirs, 1e-6), f"here {ours!r}\nPyTorch {theirs!r}"
