"""The program that tests of resuming kill: `python resumed.py FOLDER KIND [SECONDS]` trains, sleeping a little in each step.

It leaves FOLDER/done when it has finished. Everything that a run can depend on is in it: dropout, running statistics, momenta, a
scheduler that steps with every batch, an order drawn from a generator, augmentation from the global one, NumPy's numbers in a transform.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag
import nn
import optim
from data import DataLoader, Dataset
from optim.lr_scheduler import OneCycleLR

N, BATCH, EPOCHS = 30, 4, 3


class Augmented(Dataset[Any]):
    def __init__(self) -> None:
        generator = ag.Generator().manual_seed(3)
        self.x, self.y = ag.randn(N, 6, generator=generator), ag.randint(0, 3, (N,), generator=generator)
        self.rng = np.random.default_rng(11)

    def __getitem__(self, i: int) -> Any:
        noise = np.float32(np.random.normal() + self.rng.normal())
        return self.x[i] + ag.randn(6) * 0.1 + noise * 0.1, self.y[i]

    def __len__(self) -> int:
        return N


def stream(data: Augmented) -> Iterator[Any]:
    rng = np.random.default_rng(5)
    while True:
        rows = rng.permutation(N)[:BATCH]
        yield data.x[rows], data.y[rows]


def source(kind: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    data = Augmented()
    if kind == "loader":
        return (DataLoader(data, BATCH, shuffle=True, generator=ag.Generator().manual_seed(7)),), {}
    if kind == "arrays":
        return (data.x, data.y), {"batch_size": BATCH, "validation_split": 0.2}
    if kind == "dataset":
        return (data,), {"batch_size": BATCH, "steps_per_epoch": 11}
    return (stream(data),), {"steps_per_epoch": 8, "validation_data": stream(data), "validation_steps": 3}


def train(folder: Path, kind: str = "loader", save_every: int | None = 3, callbacks: Any = (), epochs: int = EPOCHS) -> tuple[Any, nn.History]:
    """The model and history of a run that keeps its state in `folder`."""
    ag.manual_seed(0)
    np.random.seed(0)
    model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    trainer = nn.Trainer(model, optimizer, nn.CrossEntropyLoss(), ["accuracy", "auc", "f1"])
    given, options = source(kind)
    schedule = nn.callbacks.LRScheduler(OneCycleLR(optimizer, 0.1, total_steps=100), every="batch")
    stop = nn.callbacks.EarlyStopping("loss", patience=5, restore_best_weights=True)
    listed = [schedule, stop, nn.callbacks.CSVLogger(folder / "log.csv"), *callbacks]
    history = trainer.fit(
        *given, epochs=epochs, verbose=0, callbacks=listed, resume=folder / "state", save_every=save_every, **options
    )
    return model, history


def main(folder: Path, kind: str, pause: float) -> None:
    slow = nn.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: time.sleep(pause))
    (folder / f"started{time.time_ns()}").touch()
    model, history = train(folder, kind, callbacks=[slow])
    ag.save({"model": model.state_dict(), "history": history.state_dict(), "next": ag.rand(3)}, folder / "done")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
