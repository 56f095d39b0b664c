"""Search for hyper-parameters: every point of a grid, random points, or points proposed by optuna. Imports spaces and the generators."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.random import fork_rng

from . import pictures
from .history import direction
from .spaces import Choice, Dimension, Integers, LogUniform, Uniform, as_space

__all__ = ["Search", "Trial", "search"]


@dataclass
class Trial:
    """One point that was tried: its parameters, its value, the seconds it took, and whatever else the objective returned."""

    number: int
    params: dict[str, Any]
    value: float
    seconds: float
    results: dict[str, Any] = field(default_factory=dict)


@dataclass
class Search:
    """All trials of a search, in their order. `best` is the one with the best value; `ranked()` begins with it."""

    trials: list[Trial]
    mode: str = "min"

    def ranked(self) -> list[Trial]:
        """The trials from the best to the worst; those that gave nan come last."""
        sign = 1 if self.mode == "min" else -1
        return sorted(self.trials, key=lambda trial: (math.isnan(trial.value), sign * trial.value if trial.value == trial.value else 0.0))

    @property
    def best(self) -> Trial:
        """The best trial. ValueError when none has a value."""
        if not self.trials or math.isnan(self.ranked()[0].value):
            raise ValueError(f"none of the {len(self.trials)} trials gave a number")
        return self.ranked()[0]

    def plot(self, ax: Any = None) -> Any:
        """The values over the trials with the best so far: a matplotlib Figure. ImportError, naming the extra, without matplotlib."""
        values = np.array([trial.value for trial in self.trials])
        best = np.fmin.accumulate(values) if self.mode == "min" else np.fmax.accumulate(values)
        figure, (panel,) = pictures.axes(ax)
        panel.plot(values, "o", label="value")
        panel.step(range(len(best)), best, where="post", label="best so far")
        panel.set(xlabel="trial", ylabel="value")
        panel.legend()
        return figure

    def __str__(self) -> str:
        """A table, the best trial first."""
        lines = [f"{'trial':>5}  {'value':>12}  {'seconds':>8}  parameters"]
        for trial in self.ranked():
            params = ", ".join(f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in trial.params.items())
            lines.append(f"{trial.number:>5}  {trial.value:>12.6g}  {trial.seconds:>8.2f}  {params}")
        return "\n".join(lines)


def search(
    space: Mapping[str, Any],
    objective: Callable[..., Any],
    method: str = "random",
    trials: int | None = None,
    *,
    monitor: str | None = None,
    mode: str = "auto",
    seed: int = 0,
    callback: Callable[[Trial], Any] | None = None,
) -> Search:
    """Call objective(**parameters) at points of a space, and return the Search.

    space: name → list of values, Uniform, LogUniform or Integers. objective returns a number, or a dictionary (`trainer.evaluate`) or
    History of which `monitor` is taken: of a history the best epoch. method: "grid" tries every combination, the last name changing
    fastest (`trials` may end it early); "random" draws `trials` (10) points; "bayesian" lets optuna propose them (its TPE sampler), which
    needs the extra `search`. mode: "min", "max", or "auto" by the monitor's name.

    Every trial begins with the same random state, from `seed`: its value depends on its parameters, not on its turn. The caller's random
    state is left as it was. `callback(trial)` runs after each trial.
    """
    dimensions = as_space(space)
    if mode not in ("auto", "min", "max"):
        raise ValueError(f'mode must be "auto", "min" or "max", got {mode!r}')
    if mode == "auto":
        mode = "max" if monitor is not None and direction(monitor) > 0 else "min"
    if trials is not None and (isinstance(trials, bool) or not isinstance(trials, int) or trials < 1):
        raise ValueError(f"trials must be a positive integer, got {trials!r}")
    done = Search([], mode)
    for point, tell in _points(method, dimensions, trials, mode, seed):
        start = time.perf_counter()
        with fork_rng():
            ag.manual_seed(seed)
            result = objective(**point)
        value, results = _value(result, monitor, mode)
        trial = Trial(len(done.trials), point, value, time.perf_counter() - start, results)
        done.trials.append(trial)
        tell(value)
        if callback is not None:
            callback(trial)
    return done


Point = tuple[dict[str, Any], Callable[[float], Any]]


def _points(method: str, space: dict[str, Dimension], trials: int | None, mode: str, seed: int) -> Iterator[Point]:
    """The points of a search, each with a function that takes its value."""
    if method == "grid":
        grid = itertools.product(*(dimension.grid() for dimension in space.values()))
        for values in itertools.islice(grid, trials):
            yield dict(zip(space, values, strict=True)), lambda value: None
    elif method == "random":
        rng = np.random.default_rng(seed)
        for _ in range(10 if trials is None else trials):
            yield {name: dimension.draw(rng) for name, dimension in space.items()}, lambda value: None
    elif method == "bayesian":
        yield from _proposed(space, 10 if trials is None else trials, mode, seed)
    else:
        raise ValueError(f'method must be "grid", "random" or "bayesian", got {method!r}')


def _proposed(space: dict[str, Dimension], trials: int, mode: str, seed: int) -> Iterator[Point]:
    """Points from optuna, one after the other: each knows the values of those before."""
    try:
        import optuna
    except ImportError as error:
        raise ImportError("method='bayesian' needs optuna: pip install 'autograd-core[search]', or use method='random'") from error
    kinds = optuna.distributions
    distributions: dict[str, Any] = {}
    at: dict[str, tuple[Any, ...]] = {}
    for name, dimension in space.items():
        if isinstance(dimension, Uniform):
            distributions[name] = kinds.FloatDistribution(dimension.low, dimension.high, log=isinstance(dimension, LogUniform))
        elif isinstance(dimension, Integers):
            distributions[name] = kinds.IntDistribution(dimension.low, dimension.high, log=dimension.log)
        elif isinstance(dimension, Choice):
            at[name] = dimension.values  # by number: optuna keeps only plain values
            distributions[name] = kinds.CategoricalDistribution(tuple(range(len(dimension.values))))
        else:
            raise TypeError(f"optuna knows nothing of {type(dimension).__name__}: use Uniform, LogUniform, Integers or a list")
    study = optuna.create_study(direction="minimize" if mode == "min" else "maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    for _ in range(trials):
        asked = study.ask(distributions)

        def tell(value: float, asked: Any = asked) -> None:
            if math.isnan(value):
                study.tell(asked, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(asked, value)

        yield {name: at[name][value] if name in at else value for name, value in asked.params.items()}, tell


def _value(result: Any, monitor: str | None, mode: str) -> tuple[float, dict[str, Any]]:
    """(the value of a trial, everything else that it returned)."""
    results: dict[str, Any] = dict(getattr(result, "history", result if isinstance(result, Mapping) else {}))
    if results:
        if monitor is None or monitor not in results:
            raise ValueError(f"the objective returned {', '.join(results)}: say which one counts with monitor=, got {monitor!r}")
        values = np.asarray(results[monitor], float).reshape(-1)
        if np.isnan(values).all():
            return float("nan"), results
        return float(np.nanmin(values) if mode == "min" else np.nanmax(values)), results
    try:
        return float(result), {}
    except (TypeError, ValueError):
        raise TypeError(f"the objective must return a number, a dictionary or a History, got {type(result).__name__}") from None
