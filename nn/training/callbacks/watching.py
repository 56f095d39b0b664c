"""Callbacks that watch one quantity: stop early, keep the best weights, save checkpoints, lower the rate. Imports save and the base."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograd_core as ag

from ..history import direction
from ..resume import require_folder
from .base import Callback, Logs
from .rates import set_rate

__all__ = ["EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau", "Watcher"]


class Watcher(Callback):
    """Knows the best value of `monitor` so far.

    mode: "min", "max", or "auto" by its name (accuracies and their like rise). A value must be better by more than `min_delta`;
    nan never is.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f'mode must be "auto", "min" or "max", got {mode!r}')
        self.monitor, self.min_delta = monitor, abs(min_delta)
        self.sign = direction(monitor) if mode == "auto" else 1 if mode == "max" else -1
        self._restart()

    def _restart(self) -> None:
        self.best = -self.sign * math.inf

    def on_train_begin(self, logs: Logs) -> None:
        self._restart()

    def value(self, logs: Logs) -> float:
        """The watched quantity of this epoch. ValueError, with what there is, when it was not computed."""
        if self.monitor not in logs:
            fix = "give fit() validation_data or validation_split" if self.monitor.startswith("val_") else "correct monitor="
            raise ValueError(f"{type(self).__name__} watches {self.monitor!r}, but the epoch has {', '.join(logs)}: {fix}")
        return float(logs[self.monitor])

    def beats(self, value: float, other: float) -> bool:
        """Whether a value is better than another by more than min_delta."""
        return self.sign * (value - other) > self.min_delta

    def improves(self, value: float) -> bool:
        """Whether a value beats the best, which it then becomes."""
        if not self.beats(value, self.best):
            return False
        self.best = value
        return True

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.best = state["best"]


class EarlyStopping(Watcher):
    """Stop once `monitor` has not improved for `patience` epochs; with `restore_best_weights` end with those of the best epoch.

    The best weights come back at the end of training however it ended. Waiting only begins anew with a value that beats `baseline` too;
    epochs before `start_from_epoch` are not watched. `stopped_epoch` is where it stopped, or None; `best_epoch` where the best value was.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
        verbose: int = 0,
    ) -> None:
        self.patience, self.restore_best_weights = patience, restore_best_weights
        self.start_from_epoch, self.verbose, self.baseline = start_from_epoch, verbose, baseline
        super().__init__(monitor, mode, min_delta)

    def _restart(self) -> None:
        super()._restart()
        self.wait = 0
        self.best_epoch: int | None = None
        self.stopped_epoch: int | None = None
        self.weights: dict[str, Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        if epoch < self.start_from_epoch:
            return
        value = self.value(logs)
        self.wait += 1
        if self.improves(value):
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.weights = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
            if self.baseline is None or self.beats(value, self.baseline):
                self.wait = 0
                return
        if self.wait >= max(1, self.patience):
            self.stopped_epoch = epoch
            self.trainer.stop_training = True

    def on_train_end(self, logs: Logs) -> None:
        if self.verbose and self.stopped_epoch is not None:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.weights is not None:
            self.model.load_state_dict(self.weights)
            if self.verbose and self.best_epoch is not None:
                print(f"Restored the weights of epoch {self.best_epoch + 1}: {self.monitor} {self.best:.5f}")

    def state_dict(self) -> dict[str, Any]:
        kept = ("best", "wait", "best_epoch", "stopped_epoch", "weights")
        return {name: getattr(self, name) for name in kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


class ModelCheckpoint(Watcher):
    """Save the model's state_dict after every epoch, or only when `monitor` improves, as a safetensors file.

    filepath may name the epoch (from 1) and the logs: "best-{epoch:02d}-{val_loss:.2f}.safetensors". `ag.load(path)` reads it back.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        save_best_only: bool = False,
        mode: str = "auto",
        verbose: int = 0,
    ) -> None:
        self.filepath, self.save_best_only, self.verbose = os.fspath(filepath), save_best_only, verbose
        super().__init__(monitor, mode, 0.0)

    def path(self, epoch: int, logs: Logs) -> str:
        """The file of an epoch. KeyError, with the names there are, for a name that was not logged."""
        names = {"epoch": epoch + 1, **logs}
        try:
            return self.filepath.format(**names)
        except KeyError as error:
            raise KeyError(f"filepath {self.filepath!r} names {error}, but the epoch has {', '.join(names)}") from None

    def on_train_begin(self, logs: Logs) -> None:
        super().on_train_begin(logs)
        if "{" not in os.path.dirname(self.filepath):
            require_folder(Path(self.filepath), "the model")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        if self.save_best_only and not self.improves(self.value(logs)):
            return
        path = self.path(epoch, logs)
        ag.save(self.model.state_dict(), path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saved the model to {path}")


class ReduceLROnPlateau(Watcher):
    """lr ← max(lr · factor, min_lr) once `monitor` has not improved for `patience` epochs, then wait `cooldown` epochs.

    Adds the rate of the epoch to its logs as "lr".
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        verbose: int = 0,
    ) -> None:
        if not 0 <= factor < 1:
            raise ValueError(f"factor must lie in [0, 1), got {factor}: the rate is multiplied by it")
        self.factor, self.patience, self.cooldown, self.min_lr, self.verbose = factor, patience, cooldown, min_lr, verbose
        super().__init__(monitor, mode, min_delta)

    def _restart(self) -> None:
        super()._restart()
        self.wait, self.rest = 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        groups = self.trainer.optimizer.param_groups
        logs["lr"] = float(groups[0]["lr"])
        better = self.improves(self.value(logs))
        if self.rest > 0:
            self.rest -= 1
            self.wait = 0
        if better:
            self.wait = 0
        elif self.rest == 0:
            self.wait += 1
            if self.wait >= self.patience:
                for group in groups:
                    set_rate(group, max(float(group["lr"]) * self.factor, self.min_lr))
                self.rest, self.wait = self.cooldown, 0
                if self.verbose:
                    print(f"Epoch {epoch + 1}: the learning rate becomes {float(groups[0]['lr']):.4g}")

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "rest": self.rest}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.best, self.wait, self.rest = state["best"], state["wait"], state["rest"]
