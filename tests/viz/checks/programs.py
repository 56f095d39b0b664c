"""Programs for operations that no sample of the registry reaches with a gradient: changes in place, random ones, gradients of gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import autograd_core as ag
import nn.functional as F
from autograd_core.ops.edges import edge_sum

Program = Callable[[ag.Tensor], ag.Tensor]


def in_place(x: ag.Tensor) -> ag.Tensor:
    """Rows and columns changed in place."""
    y = x * 1
    y[0] = x[1] * 3
    y[:, 1] += 1
    return (y * y).sum()


def symmetric(x: ag.Tensor) -> ag.Tensor:
    """A positive definite matrix of x."""
    return x @ x.T + 3 * ag.eye(len(x), dtype=x.dtype)


def labels(x: ag.Tensor) -> ag.Tensor:
    """A CTC loss."""
    rows = x.reshape(3, 1, 3).log_softmax(-1)
    return F.ctc_loss(rows, ag.tensor([[1]]), ag.tensor([3]), ag.tensor([1])).square()


def edges(x: ag.Tensor) -> ag.Tensor:
    """Messages along the edges of a graph, weighted by x too."""
    source, target = ag.tensor([0, 1, 2]), ag.tensor([1, 2, 0])
    return edge_sum(x.unsqueeze(1), x[:, :1].exp(), source, target, 3).square().sum()


def looked_up(x: ag.Tensor) -> ag.Tensor:
    """A picture read at places."""
    places = ag.tensor(np.linspace(-0.7, 0.7, 8).reshape(1, 2, 2, 2))
    return F.grid_sample(x.reshape(1, 1, 3, 3), places, align_corners=False).square().sum()


PROGRAMS: dict[str, Program] = {
    "in place": in_place,
    "ctc": labels,
    "edges": edges,
    "grid": looked_up,
    "svd": lambda x: ag.svd(x)[1].square().sum(),
    "eigh": lambda x: ag.linalg.eigh(symmetric(x))[0].square().sum(),
    "cholesky": lambda x: ag.linalg.cholesky_ex(symmetric(x))[0].square().sum(),
    "rrelu": lambda x: F.rrelu(x, training=True).square().sum(),
    "alpha_dropout": lambda x: F.alpha_dropout(x, 0.4, training=True).square().sum(),
    "heaviside": lambda x: ag.heaviside(x, x).sum(),
    "floor_divide": lambda x: ag.floor_divide(x, x + 5).sum(),
    "pad": lambda x: F.pad(x.reshape(1, 1, 3, 3), (1, 1, 1, 1), mode="reflect").square().sum(),
    "bessel": lambda x: ag.special.spherical_bessel_j0(x).square().sum(),
}


def programs() -> dict[str, tuple[Callable[[], ag.Tensor], list[ag.Tensor]]]:
    """name -> (again() that computes the loss, its leaves)."""
    found: dict[str, tuple[Callable[[], ag.Tensor], list[ag.Tensor]]] = {}
    for name, program in PROGRAMS.items():
        x = ag.tensor(np.random.default_rng(0).standard_normal((3, 3))).requires_grad_()
        found[name] = (lambda program=program, x=x: program(x)), [x]
    return found
