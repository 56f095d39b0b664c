"""History: what every epoch came to, and its picture. Imports pictures, and matplotlib only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import pictures

__all__ = ["History"]

LOWER = -1
HIGHER = 1
RISING = ("acc", "auc", "precision", "recall", "f1", "top_", "r2")


def direction(name: str) -> int:
    """Whether larger values of a quantity are better (1), going by its name, or smaller ones (-1)."""
    return HIGHER if any(part in name for part in RISING) else LOWER


class History:
    """The logs of a run: `history.history["val_loss"]` (or `history["val_loss"]`) holds one value for each epoch of `history.epoch`.

    `plot()` draws them; in a notebook a history shows itself.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}
        self.params: dict[str, Any] = {}

    def append(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Add what an epoch came to."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self.history:
            raise KeyError(f"{name!r} was not logged; there are {', '.join(self.history) or 'no epochs yet'}")
        return self.history[name]

    def __contains__(self, name: object) -> bool:
        return name in self.history

    def __len__(self) -> int:
        return len(self.epoch)

    def best(self, name: str = "val_loss") -> tuple[int, float]:
        """(epoch, value) of the best value: the smallest, or the largest of accuracies and their like. nan is never best."""
        values = np.asarray(self[name], float) * direction(name)
        at = int(np.nanargmax(values))
        return self.epoch[at], self[name][at]

    def plot(self, *names: str, ax: Any = None) -> Any:
        """Curves over the epochs, each quantity beside its `val_` twin in a panel of its own; all of them unless `names` are given.

        Returns a matplotlib Figure (`.savefig(file)`). ImportError, naming the extra, without matplotlib.
        """
        groups: dict[str, dict[str, Any]] = {}
        for name in names or tuple(self.history):
            values = self[name]
            if all(np.ndim(value) == 0 for value in values):
                groups.setdefault(name.removeprefix("val_"), {})[name] = values
        return pictures.curves([epoch + 1 for epoch in self.epoch], groups, ax)

    def _repr_png_(self) -> bytes | None:
        return pictures.png(self.plot) if self.epoch else None

    def __repr__(self) -> str:
        numbers = {name: values[-1] for name, values in self.history.items() if np.ndim(values[-1]) == 0}
        last = ", ".join(f"{name}={value:.4g}" for name, value in numbers.items())
        return f"History({len(self)} epochs{'; last: ' if last else ''}{last})"

    def state_dict(self) -> dict[str, Any]:
        """Everything but `params`."""
        return {"epoch": list(self.epoch), "history": {name: list(values) for name, values in self.history.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}
