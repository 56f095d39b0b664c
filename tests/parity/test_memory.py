"""Programs on memory: expanded tensors, overlapping operands, `out=`, and what `view` can take apart; line by line as in PyTorch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402  after the skip
from tests.parity.programs import close, compare, kinds, run  # noqa: E402

EXPANDED = "x = torch.arange(3.).view(3, 1).expand(3, 4); "
MATRIX = "b = torch.arange(1., 10).view(3, 3); a = torch.arange(10.); i = torch.tensor([0, 1, 2]); "
ON_EXPANDED = """
    x.fill_(5) | x.zero_() | x[0] = 5 | x[0, 1] = 7 | x[:, 1] = 3 | x[1:] = 2 | x[...] = 4 | x[0, 1] += 1 | x.add_(1) | x.mul_(2)
    x.copy_(torch.ones(3, 4)) | x.copy_(torch.ones(1)) | x.masked_fill_(x > 0, 2.) | x.index_fill_(0, torch.tensor([0]), 2.)
    x.index_put_((torch.tensor([0]),), torch.tensor(1.)) | x[torch.tensor([0, 1])] = 3 | x.scatter_(0, torch.tensor([[0, 0, 0, 0]]), 1.)
    x.uniform_() | x.normal_() | x.tril_() | x.fill_diagonal_(1) | x.t_() | x.transpose_(0, 1) | x.cumsum_(0) | x.addmm_(x, torch.ones(4, 4))
    torch.nn.functional.threshold_(x, 1, 2) | torch.nn.functional.relu_(x) | torch.nn.init.ones_(x) | torch.nn.init.normal_(x)
"""
ON_PARTS = """
    a[1:].add_(a[:-1]) | a[1:].copy_(a[:-1]) | a[1:] = a[:-1] | a[1:] += a[:-1] | a[:5].add_(a[5:]) | a[::2].add_(a[1::2]) | a.copy_(a.view(10))
    b.add_(b) | b.add_(b.t()) | b.copy_(b.t()) | b.add_(b[0]) | b.add_(b[0, 0]) | b.mul_(b[0:1]) | b.sub_(b.t(), alpha=2) | b.eq_(b.t())
    b.lerp_(b, b[0]) | b.addcmul_(b.t(), b) | b.clamp_(b[0], b[1]) | b.clamp_(b) | b.pow_(b.t()) | b.addmm_(b, b) | b.fill_(b[0, 0])
    b.masked_fill_(b > 5, b[0, 0]) | b.index_put_((i,), b) | b[i] = b | b[i[:2]] = b[1:] | b.index_add_(0, i, b) | b.index_copy_(0, i, b)
    b.put_(i, b[0]) | b.scatter_(0, torch.zeros_like(b).long(), b) | b.t().add_(b) | b.detach().add_(b[0]) | b[0].add_(b[0]) | b[0].add_(b[1])
    b[0].add_(b[0:1]) | b[:, 0].add_(b[:, 0]) | b[0] = b[1] | b[0:2] = b[1:3]
"""
GIVEN = "a = torch.arange(4.); b = torch.ones(4); o = torch.full((4,), 9.); m = a.view(2, 2); x = torch.ones(4, requires_grad=True); "
OUT = """
    torch.add(a, b, out=o) | torch.add(a, b, alpha=2, out=o) | torch.mul(a, 2, out=torch.empty(0)) | torch.mul(a, 2, out=torch.empty(2))
    torch.sum(m, dim=0, out=o[:2]) | torch.cat([a, b], out=torch.empty(0)) | torch.stack([a, b], 1, out=torch.empty(4, 2))
    torch.mm(m, m, out=torch.empty(2, 2)) | torch.matmul(m, m, out=m.clone())
    tuple(torch.max(m, 1, out=(torch.empty(2), torch.empty(2, dtype=torch.long))))
    tuple(torch.topk(a, 2, out=(o[:2], torch.empty(2, dtype=torch.long)))) | torch.exp(a, out=torch.empty(4, dtype=torch.int64))
    torch.exp(a, out=torch.empty(4, dtype=torch.float64)) | torch.eq(a, b, out=o) | torch.neg(a, out=a) | torch.add(a, b, out=None)
    torch.add(a, b, out="o") | torch.add(x, b, out=o) | torch.add(a, b, out=x) | torch.add(m, m.t(), out=m) | torch.linalg.inv(m, out=m.clone())
    torch.reshape(a, (2, 2), out=o) | torch.arange(4, out=o) | torch.zeros(4, out=o) | torch.full((4,), 3., out=o)
    torch.eye(2, out=torch.empty(2, 2)) | torch.randn(4, out=o) | torch.randperm(4, out=torch.empty(4, dtype=torch.long))
    torch.bernoulli(b / 2, out=o) | torch.special.expit(a, out=o) | torch.gather(a, 0, torch.tensor([0, 1]), out=o[:2])
"""


def lines(table: str) -> list[str]:
    return [line.strip() for row in table.strip().splitlines() for line in row.split(" | ")]


@pytest.mark.parametrize("line", lines(ON_EXPANDED))
def test_expanded(line):
    compare(EXPANDED + line + "\nx")


@pytest.mark.parametrize("line", lines(ON_PARTS))
def test_overlapping_operands(line):
    compare(MATRIX + line + "\na\nb")


@pytest.mark.parametrize("line", lines(OUT))
def test_out(line):
    compare(GIVEN + line + "\na\no")


LAID = """x = torch.arange(24.).view(4, 3, 2).permute(2, 1, 0)
w = torch.arange(6.).view(3, 2).t()
e = torch.ones(3, 1).expand(3, 4)
k = torch.tensor([0, 1])
"""
IN_ROWS = """
    torch.cat([w, w]) | torch.cat([w, w], 1) | torch.stack([w, w]) | torch.stack([w, w], 1) | w[:, k] | x[:, k] | x[:, k, 1] | w.cumsum(1)
    w.cumprod(0) | w.long().cumsum(1) | w.cummax(1)[0] | w.logcumsumexp(1) | w.roll(1, 0) | x.tril() | x.triu() | x.prod(0) | x.max(1)[0]
    x.any(1, keepdim=True) | e.clone() | F.one_hot(w.long()) | torch.cdist(x, x) | torch.einsum('ij,kj->ki', w, w) | torch.hstack([w, w])
    w.masked_fill(k.view(2, 1) > 0, 1.) | F.cross_entropy(x, x[:, 0].long() * 0, reduction='none') | torch.rand_like(w) | torch.randn_like(x)
    torch.zeros_like(w) | torch.full_like(x, 2) | w.exp() | e.exp() | torch.randint_like(w, 9) | torch.rand_like(e) | w.clone().normal_()
    torch.empty_like(w).uniform_() | torch.ones_like(x) | w + 1 | x * x | w.clone() | torch.empty_like(x).normal_() | torch.randn_like(w)
"""


@pytest.mark.parametrize("line", lines(IN_ROWS))
def test_results_can_be_viewed_where_pytorchs_can(line):
    values = []
    for outcome in (run(LAID + line + "\n(" + line + ").view(-1)", root) for root in (ag, torch)):
        assert outcome[-2].error is None
        values.append((outcome[-2].value[1:3], outcome[-2].value[-1], kinds(outcome[-1].error), outcome[-1].value))
    ours, theirs = values
    assert close(ours[:2], theirs[:2])
    assert ours[2] == {"none"} or theirs[2] != {"none"}


def test_the_given_tensor_is_returned():
    compare("o = torch.empty(3)\ntorch.ones(3, out=o) is o\ntorch.exp(o, out=o) is o\no.requires_grad")
