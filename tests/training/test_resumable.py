"""A loop written by hand that is stopped anywhere and started again gives the very numbers of one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
import optim
from data import DataLoader
from optim.lr_scheduler import StepLR
from tests.training import resumed

KINDS = ("loader", "list", "generator")


class Killed(BaseException):
    pass


def loader(kind: str) -> Any:
    data = resumed.Augmented()
    if kind == "loader":
        return DataLoader(data, resumed.BATCH, shuffle=True)
    if kind == "list":
        return [(data.x[at : at + 4], data.y[at : at + 4]) for at in range(0, 24, 4)]
    return (batch for _, batch in zip(range(9), resumed.stream(data), strict=False))


def program(file: Path, kind: str, every: int | None, stop: int | None = None, at_end: bool = False) -> dict[str, Any]:
    """The whole program; it is killed in the `stop`-th step of this start, or at the end of the epoch of that step."""
    ag.manual_seed(0)
    np.random.seed(0)
    model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    scheduler = StepLR(optimizer, 1, 0.5)
    run = nn.Resumable(file, loader(kind), every=every, model=model, optimizer=optimizer, scheduler=scheduler)
    done = 0
    for epoch in run.epochs(3):
        for x, y in run.batches():
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            run.kept.setdefault("losses", []).append([epoch, loss.item()])
            done += 1
            if stop is not None and done >= stop and not at_end:
                raise Killed
        scheduler.step()
        if stop is not None and done >= stop:
            raise Killed
    weights = np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
    return {"losses": run.kept["losses"], "weights": weights.tolist(), "lr": scheduler.get_last_lr(), "next": ag.rand(3).tolist()}


@pytest.mark.parametrize("every", [1, 4, None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_that_stops_anywhere_goes_on_exactly(kind: str, every: int | None, tmp_path: Path) -> None:
    expected = program(tmp_path / "whole", kind, every)
    assert len(expected["losses"]) == (9 if kind == "generator" else 24 if kind == "loader" else 18)
    for stop, at_end in ((2, False), (7, False), (1, True)):
        with pytest.raises(Killed):
            program(tmp_path / "state", kind, every, stop, at_end)
    assert program(tmp_path / "state", kind, every) == expected


def part() -> Any:
    return nn.Linear(1, 1)


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "part": (lambda folder: nn.Resumable(folder / "a", [], epoch=3), TypeError, "epoch must have state_dict.*numbers go into run.kept"),
    "every": (lambda folder: nn.Resumable(folder / "a", [], every=0), ValueError, "every must be a positive integer"),
    "folder": (lambda folder: nn.Resumable(folder / "no" / "a", []), FileNotFoundError, "there is no folder"),
    "file": (lambda folder: nn.Resumable(folder / "weights", [], model=part()), RuntimeError, "not the state of a resumable loop"),
    "parts": (lambda folder: nn.Resumable(folder / "run", [], net=part()), RuntimeError, "holds the states of model, but this loop has net"),
    "fit's folder": (
        lambda folder: nn.Trainer(part(), optim.SGD(part().parameters()), nn.MSELoss()).fit([], resume=folder / "no" / "state"),
        FileNotFoundError,
        "make it first",
    ),
    "checkpoint's folder": (
        lambda folder: nn.callbacks.ModelCheckpoint(folder / "no" / "{epoch}").on_train_begin({}),
        FileNotFoundError,
        "the model is to be written to",
    ),
    "log's folder": (lambda folder: nn.callbacks.CSVLogger(folder / "no" / "log").on_train_begin({}), FileNotFoundError, "the log"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str, tmp_path: Path) -> None:
    ag.save(part().state_dict(), tmp_path / "weights")
    nn.Resumable(tmp_path / "run", [], model=part()).save()
    fails, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        fails(tmp_path)
