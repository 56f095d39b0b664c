"""`nn.Trainer` against a training loop written in PyTorch with the same seeds: orders, dropout masks, rates, weights, losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from optim import lr_scheduler

torch = pytest.importorskip("torch")

N, BATCH, EPOCHS = 50, 8, 3


def layers(lib: Any) -> list[Any]:
    # no bias before the norm: its gradient is rounding noise, which Adam turns into steps
    return [lib.Linear(6, 16, bias=False), lib.BatchNorm1d(16), lib.ReLU(), lib.Dropout(0.3), lib.Linear(16, 3)]


@pytest.fixture
def data(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(N, 6)).astype(np.float32), rng.integers(0, 3, N)


def in_torch(x: np.ndarray, y: np.ndarray, class_weight: Any = None, clip: float | None = None) -> tuple[list[float], list[np.ndarray]]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(*layers(torch.nn))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y)), BATCH, shuffle=True)
    losses = []
    for _ in range(EPOCHS):
        total = 0.0
        for a, b in loader:
            optimizer.zero_grad()
            each = torch.nn.functional.cross_entropy(model(a), b, reduction="none")
            loss = each.mean() if class_weight is None else (each * torch.tensor(class_weight)[b]).mean()
            loss.backward()
            if clip is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            total += loss.item() * len(b)
        scheduler.step()
        losses.append(total / N)
    return losses, [p.detach().numpy() for p in model.parameters()]


@pytest.mark.parametrize("options", [{}, {"class_weight": [1.0, 2.0, 0.5]}, {"clip": 0.1}])
def test_fit(data: tuple[np.ndarray, np.ndarray], options: dict[str, Any]) -> None:
    losses, weights = in_torch(*data, **options)
    ag.manual_seed(0)
    model = nn.Sequential(*layers(nn))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    trainer = nn.Trainer(model, optimizer, nn.CrossEntropyLoss(), clip_norm=options.get("clip"))
    rates = nn.callbacks.LRScheduler(lr_scheduler.ExponentialLR(optimizer, 0.5))
    history = trainer.fit(
        *data, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[rates], class_weight=options.get("class_weight")
    )
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-5)
    for ours, theirs in zip(model.parameters(), weights, strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs, rtol=1e-3, atol=1e-5)
