"""Callbacks on runs whose losses are written down beforehand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from nn import callbacks as C
from optim import lr_scheduler

NAN = float("nan")


class Told(nn.Trainer):
    """A trainer whose validation says what it is told; every epoch moves the one weight to epoch + 1."""

    def __init__(self, values: list[float], name: str = "loss", lr: float = 1.0) -> None:
        model = nn.Linear(1, 1, bias=False)
        with ag.no_grad():
            model.weight.fill_(0.0)
        super().__init__(model, optim.SGD(model.parameters(), lr=lr), nn.MSELoss())
        self.values, self.name, self.at = values, name, 0

    def train_step(self, x: Any, y: Any, weight: Any = None) -> Any:
        with ag.no_grad():
            self.model.weight.add_(1.0)
        self.optimizer.step()
        return ag.tensor(1.0), x

    def test(self, batches: Any, callbacks: Any, bar: Any = None) -> dict[str, Any]:
        self.at += 1
        return {self.name: self.values[self.at - 1]}

    def go(self, *callbacks: nn.callbacks.Callback, epochs: int | None = None, **options: Any) -> nn.History:
        x = ag.zeros(2, 1)
        return self.fit(x, x, epochs=epochs or len(self.values), validation_data=(x, x), verbose=0, callbacks=callbacks, **options)

    @property
    def weight(self) -> float:
        return float(self.model.weight.item())


# values, options, epochs that run, the weight at the end (the best epoch, counted from 1, when weights are restored)
STOPS: dict[str, tuple[list[float], dict[str, Any], int, float]] = {
    "patience 0": ([3, 2, 2, 1], {}, 3, 3),
    "patience 2": ([3, 2, 2.5, 2.5, 1], {"patience": 2}, 4, 4),
    "improves in time": ([3, 2, 2.5, 1, 2], {"patience": 2}, 5, 5),
    "restored": ([3, 2, 2.5, 2.5, 1], {"patience": 2, "restore_best_weights": True}, 4, 2),
    "restored without stopping": ([3, 1, 2], {"patience": 9, "restore_best_weights": True}, 3, 2),
    "min_delta": ([3, 2.9, 2.8, 1], {"min_delta": 0.5, "patience": 2}, 3, 3),
    "baseline": ([3, 2.5, 1], {"baseline": 2.0, "patience": 2}, 2, 2),
    "baseline not reached": ([3, 2.5, 2.7], {"baseline": 2.0, "patience": 3, "restore_best_weights": True}, 3, 2),
    "start_from_epoch": ([1, 2, 3, 2, 1], {"start_from_epoch": 2}, 5, 5),
    "nan is no improvement": ([3, NAN, NAN, 1], {"patience": 2, "restore_best_weights": True}, 3, 1),
}


@pytest.mark.parametrize("case", STOPS)
def test_early_stopping(case: str) -> None:
    values, options, epochs, weight = STOPS[case]
    trainer = Told(values)
    history = trainer.go(C.EarlyStopping(**options))
    assert (len(history), trainer.weight) == (epochs, weight)


def test_accuracies_rise() -> None:
    trainer = Told([0.1, 0.5, 0.4], "accuracy")
    stop = C.EarlyStopping("val_accuracy", restore_best_weights=True)
    trainer.go(stop)
    assert (stop.best, stop.best_epoch, stop.stopped_epoch, trainer.weight) == (0.5, 1, 2, 2.0)
    trainer = Told([0.1, 0.5, 0.4], "accuracy")
    assert len(trainer.go(C.EarlyStopping("val_accuracy", mode="min"))) == 2


def test_early_stopping_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Told([1, 2]).go(C.EarlyStopping(restore_best_weights=True, verbose=1))
    assert capsys.readouterr().out == "Epoch 2: early stopping\nRestored the weights of epoch 1: val_loss 1.00000\n"


def test_a_callback_can_be_used_twice() -> None:
    stop = C.EarlyStopping()
    assert len(Told([1, 2, 3]).go(stop)) == 2
    assert len(Told([9, 8, 7]).go(stop)) == 3


def test_checkpoints(tmp_path: Path) -> None:
    Told([3, 1, 2]).go(
        C.ModelCheckpoint(tmp_path / "all-{epoch:02d}-{val_loss:.1f}.safetensors"), C.ModelCheckpoint(tmp_path / "best", save_best_only=True)
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all-01-3.0.safetensors",
        "all-02-1.0.safetensors",
        "all-03-2.0.safetensors",
        "best",
    ]
    assert ag.load(tmp_path / "best")["weight"].item() == 2.0
    with pytest.raises(KeyError, match=r"names 'val_acc', but the epoch has epoch, loss, val_loss"):
        Told([1]).go(C.ModelCheckpoint(tmp_path / "{val_acc}"))


# The rate of each epoch.
PLATEAUS: dict[str, tuple[list[float], dict[str, Any], list[float]]] = {
    "patience 1": ([3, 3, 3, 2], {"factor": 0.5, "patience": 1}, [1, 1, 0.5, 0.25]),
    "patience 2": ([3, 3, 3, 3, 3], {"factor": 0.5, "patience": 2}, [1, 1, 1, 0.5, 0.5]),
    "cooldown": ([3, 3, 3, 3, 3], {"factor": 0.5, "patience": 1, "cooldown": 2}, [1, 1, 0.5, 0.5, 0.25]),
    "min_lr": ([3, 3, 3, 3], {"factor": 0.1, "patience": 1, "min_lr": 0.05}, [1, 1, 0.1, 0.05]),
    "too small a step": ([3, 2.99, 2.98], {"factor": 0.5, "patience": 1, "min_delta": 0.5}, [1, 1, 0.5]),
}


@pytest.mark.parametrize("case", PLATEAUS)
def test_reduce_lr_on_plateau(case: str) -> None:
    values, options, rates = PLATEAUS[case]
    assert Told(values).go(C.ReduceLROnPlateau(**options))["lr"] == pytest.approx(rates)


SCHEDULES: dict[str, tuple[Any, dict[str, Any], list[float]]] = {
    "of the epoch": (lambda optimizer: lambda epoch: 1 / (epoch + 1), {}, [1, 1 / 2, 1 / 3]),
    "of epoch and rate": (lambda optimizer: lambda epoch, lr: lr * 0.5, {}, [0.5, 0.25, 0.125]),
    "StepLR": (lambda optimizer: lr_scheduler.StepLR(optimizer, 1, 0.1), {}, [1, 0.1, 0.01]),
    "per step": (lambda optimizer: lr_scheduler.StepLR(optimizer, 1, 0.1), {"every": "batch"}, [0.1, 0.01, 0.001]),
    "plateau": (lambda optimizer: lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0), {}, [1, 1, 0.5]),
}


@pytest.mark.parametrize("case", SCHEDULES)
def test_lr_scheduler(case: str) -> None:
    make, options, rates = SCHEDULES[case]
    trainer = Told([1, 1, 1])
    assert trainer.go(C.LRScheduler(make(trainer.optimizer), **options))["lr"] == pytest.approx(rates)


def test_csv_logger(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    Told([3, 2]).go(C.CSVLogger(file))
    assert file.read_text() == "epoch,loss,val_loss\n0,1.0,3.0\n1,1.0,2.0\n"
    Told([5, 4]).go(C.CSVLogger(file, append=True), validation_freq=2)
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["epoch"], row["val_loss"]) for row in rows] == [("0", "3.0"), ("1", "2.0"), ("0", ""), ("1", "5.0")]
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize("bad", [NAN, float("inf")])
def test_terminate_on_nan(bad: float, capsys: pytest.CaptureFixture[str]) -> None:
    losses = iter([1.0, bad, 1.0, 1.0])
    model = nn.Linear(1, 1)
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.0), lambda o, t: o.sum() * 0 + next(losses))
    history = trainer.fit(ag.zeros(4, 1), ag.zeros(4, 1), batch_size=1, epochs=5, verbose=0, callbacks=[C.TerminateOnNaN()])
    assert len(history) == 1
    assert capsys.readouterr().out == "Batch 1: Invalid loss, terminating training\n"


def test_order_of_events() -> None:
    said: list[Any] = []

    def note(name: str) -> Any:
        return lambda *args: said.append((name, *args[:-1]))

    events = ("train_begin", "train_end", "epoch_begin", "epoch_end", "train_batch_begin", "train_batch_end", "test_begin", "test_end")
    model = nn.Linear(1, 1)
    trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.MSELoss())
    x = ag.zeros(2, 1)
    listener = C.LambdaCallback(**{f"on_{name}": note(name) for name in events})
    trainer.fit(x, x, batch_size=1, validation_data=(x, x), verbose=0, callbacks=[listener])
    steps = [(f"train_batch_{when}", i) for i in (0, 1) for when in ("begin", "end")]
    assert said == [("train_begin",), ("epoch_begin", 0), *steps, ("test_begin",), ("test_end",), ("epoch_end", 0), ("train_end",)]


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "monitor": (lambda: Told([1]).go(C.EarlyStopping("val_acc")), ValueError, "watches 'val_acc', but the epoch has loss, val_loss: give fit"),
    "mode": (lambda: C.EarlyStopping(mode="up"), ValueError, "mode must be"),
    "factor": (lambda: C.ReduceLROnPlateau(factor=1.0), ValueError, r"factor must lie in \[0, 1\), got 1.0"),
    "event": (lambda: C.LambdaCallback(on_epoch=print), TypeError, "there is no event 'on_epoch'"),
    "schedule": (lambda: C.LRScheduler(0.1), TypeError, r"schedule must have step\(\)"),
    "other optimizer": (
        lambda: Told([1]).go(C.LRScheduler(lr_scheduler.StepLR(optim.SGD([ag.zeros(1, requires_grad=True)], lr=1.0), 1))),
        ValueError,
        "steps another optimizer than the trainer's",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str) -> None:
    fails, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        fails()


def test_history() -> None:
    history = nn.History()
    for epoch, (loss, acc) in enumerate([(2.0, 0.1), (1.0, 0.3), (NAN, 0.2)]):
        history.append(epoch, {"val_loss": loss, "val_accuracy": acc})
    assert history.best() == (1, 1.0) and history.best("val_accuracy") == (1, 0.3)
    assert "val_loss" in history and len(history) == 3
    assert repr(history) == "History(3 epochs; last: val_loss=nan, val_accuracy=0.2)"
    with pytest.raises(KeyError, match="'lr' was not logged; there are val_loss, val_accuracy"):
        history["lr"]
    other = nn.History()
    other.load_state_dict(history.state_dict())
    np.testing.assert_equal(other.history, history.history)
