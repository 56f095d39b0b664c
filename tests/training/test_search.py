"""Searches: the points of a grid, random points, optuna's where it is installed, and what they say when used wrongly."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim
from nn.training import Choice, Integers, LogUniform, Trial, Uniform, search


def bowl(x: float, y: float = 0.0) -> float:
    return (x - 1) ** 2 + (y + 2) ** 2


def test_a_grid_tries_every_combination_in_order() -> None:
    seen: list[Trial] = []
    found = search({"x": [0, 1, 2], "y": Uniform(-2, 0, steps=3)}, bowl, "grid", callback=seen.append)
    assert [tuple(trial.params.values()) for trial in found.trials] == [(x, y) for x in (0, 1, 2) for y in (-2.0, -1.0, 0.0)]
    assert found.best.params == {"x": 1, "y": -2.0} and found.best.value == 0.0
    assert seen == found.trials
    assert len(search({"x": Integers(1, 9)}, bowl, "grid", trials=4).trials) == 4
    assert [t.params["x"] for t in search({"x": LogUniform(0.01, 1, steps=3)}, bowl, "grid").trials] == pytest.approx([0.01, 0.1, 1.0])
    assert str(found).splitlines()[1].split()[0] == str(found.best.number)


def test_random_points_depend_on_the_seed_alone() -> None:
    space = {"x": Uniform(-3, 3), "y": LogUniform(1e-4, 1e-1), "n": Integers(1, 100, log=True), "act": ["relu", "tanh"]}

    def points(seed: int) -> list[Any]:
        return [trial.params for trial in search(space, lambda **p: p["x"], trials=30, seed=seed).trials]

    assert points(1) == points(1) != points(2)
    drawn = points(1)
    assert all(-3 <= p["x"] < 3 and 1e-4 <= p["y"] <= 0.1 and 1 <= p["n"] <= 100 for p in drawn)
    assert {p["act"] for p in drawn} == {"relu", "tanh"}
    assert np.median([p["y"] for p in drawn]) < 0.02 and np.median([p["n"] for p in drawn]) < 30  # logarithmic


def test_every_trial_begins_with_the_same_random_state() -> None:
    before = ag.get_rng_state().tolist()
    values = [trial.value for trial in search({"x": [0, 0, 0]}, lambda x: ag.rand(1).item(), "grid").trials]
    assert len(set(values)) == 1
    assert ag.get_rng_state().tolist() == before


def test_the_objective_may_return_results_or_a_history() -> None:
    def train(lr: float) -> nn.History:
        model = nn.Linear(2, 1)
        trainer = nn.Trainer(model, optim.SGD(model.parameters(), lr=lr), nn.MSELoss())
        x = ag.randn(16, 2)
        return trainer.fit(x, x.sum(1, keepdim=True), epochs=5, verbose=0)

    found = search({"lr": [1e-5, 0.1]}, train, "grid", monitor="loss")
    assert found.best.params == {"lr": 0.1} and found.mode == "min"
    assert found.best.value == min(found.best.results["loss"])
    found = search({"x": [1, 2]}, lambda x: {"val_accuracy": x / 2, "val_loss": x}, "grid", monitor="val_accuracy")
    assert found.best.params == {"x": 2} and found.mode == "max"


def test_nan_ranks_last() -> None:
    found = search({"x": [1, 2, 3]}, lambda x: math.nan if x == 1 else x, "grid", mode="max")
    assert [trial.params["x"] for trial in found.ranked()] == [3, 2, 1]
    with pytest.raises(ValueError, match="none of the 1 trials gave a number"):
        _ = search({"x": [1]}, lambda x: math.nan, "grid").best


@pytest.mark.filterwarnings("default")  # optuna's own
def test_bayesian() -> None:
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {"x": Uniform(-5, 5), "y": LogUniform(1e-3, 1), "n": Integers(1, 8), "act": Choice([("relu", 1), None])}

    def objective(x: float, y: float, n: int, act: Any) -> float:
        return math.nan if n == 8 else (x - 1) ** 2 + (math.log10(y) + 2) ** 2 + (act is None)

    first, second = (search(space, objective, "bayesian", trials=40, seed=1) for _ in range(2))
    assert [trial.params for trial in first.trials] == [trial.params for trial in second.trials]
    assert first.best.value < min(trial.value for trial in first.trials[:10] if trial.value == trial.value)
    assert first.best.params["act"] == ("relu", 1)
    assert search({"x": Uniform(0, 1)}, lambda x: x, "bayesian", trials=25, mode="max").best.value > 0.8


def test_without_optuna_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[search\]'"):
        search({"x": [1]}, bowl, "bayesian")


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "method": (lambda: search({"x": [1]}, bowl, "gird"), ValueError, "method must be"),
    "space": (lambda: search([1, 2], bowl), TypeError, "a space is a dictionary of names"),  # type: ignore[arg-type]
    "grid without steps": (lambda: search({"x": Uniform(0, 1)}, bowl, "grid"), ValueError, r"Uniform\(0, 1, steps=5\), or a list"),
    "ends": (lambda: Uniform(1, 0), ValueError, "needs low < high"),
    "log of 0": (lambda: LogUniform(0, 1), ValueError, "needs low > 0"),
    "nothing to choose": (lambda: search({"x": []}, bowl), ValueError, "at least one value"),
    "monitor": (lambda: search({"x": [1]}, lambda x: {"loss": 1.0}, "grid"), ValueError, "say which one counts with monitor="),
    "nothing returned": (lambda: search({"x": [1]}, lambda x: None, "grid"), TypeError, "must return a number, a dictionary or a History"),
    "trials": (lambda: search({"x": [1]}, bowl, trials=0), ValueError, "trials must be a positive integer"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str) -> None:
    fails, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        fails()
