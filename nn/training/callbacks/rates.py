"""The learning rate as training goes on: by a scheduler of optim, or by a function of the epoch. Imports the base."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from .base import Callback, Logs

__all__ = ["LRScheduler", "set_rate"]


def set_rate(group: dict[str, Any], rate: float) -> None:
    """Set the learning rate of a parameter group; a tensor keeps being the same tensor."""
    if hasattr(group["lr"], "fill_"):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


class LRScheduler(Callback):
    """Steps a scheduler after every epoch, or after every step with every="batch"; adds the rate of the epoch to the logs as "lr".

    schedule: an object with `step()` (any of optim.lr_scheduler; one that measures, as ReduceLROnPlateau, gets `monitor`), or a function
    of (epoch) or (epoch, lr) that returns the rate of an epoch before it begins, as in Keras.
    """

    def __init__(self, schedule: Any, every: str = "epoch", monitor: str = "val_loss") -> None:
        if every not in ("epoch", "batch"):
            raise ValueError(f'every must be "epoch" or "batch", got {every!r}')
        self.is_function = not hasattr(schedule, "step")
        if self.is_function and not callable(schedule):
            raise TypeError(f"schedule must have step(), or be a function (epoch, lr) -> lr, got {type(schedule).__name__}")
        if self.is_function and every == "batch":
            raise ValueError("a function gives the rate of an epoch: leave every out, or use a scheduler such as optim.lr_scheduler.LambdaLR")
        self.schedule, self.every, self.monitor = schedule, every, monitor
        parameters = inspect.signature(schedule if self.is_function else schedule.step).parameters.values()
        required = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.takes_rate = len(required) > 1
        self.measures = not self.is_function and bool(required) and required[0].default is inspect.Parameter.empty

    def _groups(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = self.trainer.optimizer.param_groups
        return groups

    def on_train_begin(self, logs: Logs) -> None:
        owner = getattr(self.schedule, "optimizer", self.trainer.optimizer)
        if owner is not self.trainer.optimizer:
            raise ValueError("the scheduler steps another optimizer than the trainer's: make it with the same optimizer object")

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        if self.is_function:
            for group in self._groups():
                rate = self.schedule(epoch, float(group["lr"])) if self.takes_rate else self.schedule(epoch)
                set_rate(group, float(rate))

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        if self.every == "batch":
            self.schedule.step()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        logs["lr"] = float(self._groups()[0]["lr"])
        if self.is_function or self.every == "batch":
            return
        if not self.measures:
            self.schedule.step()
        elif self.monitor in logs:
            self.schedule.step(logs[self.monitor])
        else:
            raise ValueError(
                f"{type(self.schedule).__name__} needs {self.monitor!r}, but the epoch has {', '.join(logs)}: "
                "give fit() validation_data, or monitor='loss'"
            )

    def state_dict(self) -> dict[str, Any]:
        return {"schedule": self.schedule.state_dict()} if hasattr(self.schedule, "state_dict") else {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        if "schedule" in state:
            self.schedule.load_state_dict(state["schedule"])
