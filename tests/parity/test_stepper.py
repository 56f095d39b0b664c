"""Every intermediate gradient that the stepper shows is the one that PyTorch retains in the same program."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import viz

torch = pytest.importorskip("torch")

SHAPES = {
    "mlp": ((4, 6), lambda N: N.Sequential(N.Linear(6, 5), N.Sigmoid(), N.Linear(5, 4), N.Tanh(), N.Linear(4, 3))),
    "cnn": (
        (2, 1, 8, 8),
        lambda N: N.Sequential(N.Conv2d(1, 3, 3), N.BatchNorm2d(3), N.ReLU(), N.MaxPool2d(2), N.Flatten(), N.Linear(27, 4)),
    ),
    "norms": ((3, 4, 6), lambda N: N.Sequential(N.LayerNorm(6), N.GELU(), N.Linear(6, 6), N.Softmax(-1))),
}


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("name", SHAPES)
def test_gradients_of_all_activations_and_parameters(name, kind, rng):
    shape, build = SHAPES[name]
    data = rng.standard_normal(shape).astype(kind)
    ours, theirs = build(nn), build(torch.nn)
    (ours.double(), theirs.double()) if kind == "float64" else None
    theirs.load_state_dict({k: torch.from_numpy(np.array(v.numpy())) for k, v in ours.state_dict().items()})
    kept, twins = [], []
    x, tx = ag.tensor(data, requires_grad=True), torch.from_numpy(data).requires_grad_()
    for layer, twin in zip(ours, theirs, strict=True):
        x, tx = layer(x), twin(tx)
        tx.retain_grad()
        kept.append(x)
        twins.append(tx)
    loss, tloss = (x * x).mean(), (tx * tx).mean()
    tloss.backward()
    s = viz.stepper(loss).goto("end")
    tolerance = 1e-9 if kind == "float64" else 1e-5
    for mine, twin in zip([*kept, *ours.parameters()], [*twins, *theirs.parameters()], strict=True):
        np.testing.assert_allclose(s.grad_of(mine).numpy(), twin.grad.numpy(), rtol=tolerance, atol=tolerance * 1e-2)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_recurrent(cell, rng):
    data = rng.standard_normal((5, 2, 3))
    ours, theirs = getattr(nn, cell)(3, 4).double(), getattr(torch.nn, cell)(3, 4).double()
    theirs.load_state_dict({k: torch.from_numpy(np.array(v.numpy())) for k, v in ours.state_dict().items()})
    loss, tloss = ours(ag.tensor(data))[0].square().mean(), theirs(torch.from_numpy(data))[0].square().mean()
    tloss.backward()
    s = viz.stepper(loss).goto("end")
    for mine, twin in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(s.grad_of(mine).numpy(), twin.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_shared_and_broadcast(rng):
    data = rng.standard_normal((4, 3))
    x, tx = ag.tensor(data, requires_grad=True), torch.from_numpy(data).requires_grad_()
    b, tb = ag.tensor(data[0].copy(), requires_grad=True), torch.from_numpy(data[0].copy()).requires_grad_()

    def run(x, b, f):
        h = (x + b) * b
        y = h @ h.T
        return h, y, f(y, -1).sum() + h.mean() + y[0, 1]

    h, y, loss = run(x, b, F.log_softmax)
    th, ty, tloss = run(tx, tb, torch.nn.functional.log_softmax)
    th.retain_grad()
    ty.retain_grad()
    tloss.backward()
    s = viz.stepper(loss).goto("end")
    for mine, twin in ((x, tx), (b, tb), (h, th), (y, ty)):
        np.testing.assert_allclose(s.grad_of(mine).numpy(), twin.grad.numpy(), rtol=1e-9, atol=1e-12)
