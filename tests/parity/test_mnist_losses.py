"""The losses of the lecture's MNIST network, dropout off, step by step beside PyTorch's, from the same seed and batches.

In float64 they are the same over a hundred steps. In float32 rounding grows: Adadelta at a learning rate of 1 amplifies it, and PyTorch on
one thread and on two is 0.02 apart before the hundredth step. The first ten agree to three digits.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from data import datasets

torch = pytest.importorskip("torch")


def network(nn, F, flatten):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, 1), nn.Conv2d(32, 64, 3, 1)
            self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
            return F.log_softmax(self.fc2(F.relu(self.fc1(flatten(x, 1)))), dim=1)

    return Net()


def losses(m, nn, optim, kind, steps, batch):
    digits = datasets.MNIST("nowhere", train=True)
    images = ((digits.data.array[: steps * batch, None] / 255 - 0.1307) / 0.3081).astype(kind)
    labels = digits.targets.array[: steps * batch].astype(np.int64)
    m.manual_seed(1)
    model = network(nn, nn.functional, m.flatten)
    model = model.double() if kind == np.float64 else model
    optimizer = optim.Adadelta(model.parameters(), lr=1.0)
    out = []
    for at in range(0, steps * batch, batch):
        optimizer.zero_grad()
        loss = nn.functional.nll_loss(model(m.tensor(images[at : at + batch])), m.tensor(labels[at : at + batch]))
        loss.backward()
        optimizer.step()
        out.append(loss.item())
    return out


@pytest.mark.parametrize(
    "kind, steps, batch, rtol",
    [
        (np.float64, 20, 8, 1e-11),
        (np.float32, 10, 16, 5e-4),
        pytest.param(np.float64, 100, 64, 1e-11, marks=pytest.mark.slow),
    ],
)
def test_losses_step_by_step(kind, steps, batch, rtol):
    ours = losses(ag, nn, optim, kind, steps, batch)
    theirs = losses(torch, torch.nn, torch.optim, kind, steps, batch)
    np.testing.assert_allclose(ours, theirs, rtol=rtol)
