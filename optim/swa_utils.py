"""Stochastic weight averaging: SWALR, and the averages of `nn.utils.averaging` under torch.optim.swa_utils' names.

Imports the scheduler base. The averages are of modules, which this package does not know: they are looked up when asked for.
"""

from __future__ import annotations

import math
from typing import Any

import autograd_core as ag

from .lr_scheduler.base import LRScheduler, per_group
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

AveragedModel: Any
get_ema_avg_fn: Any
get_ema_multi_avg_fn: Any
get_swa_avg_fn: Any
get_swa_multi_avg_fn: Any
update_bn: Any


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(ag.nn.utils.averaging, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class SWALR(LRScheduler):
    """From the present learning rate to swa_lr in anneal_epochs, along a cosine ("cos") or a line ("linear"), and then constant.

    Source: Izmailov et al. (2018).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for lr, group in zip(per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = lr
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: float) -> float:
        """How far the way to swa_lr is gone at a step."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> list[Any]:
        """The next learning rates."""
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        out = []
        for group in self.optimizer.param_groups:
            lr, end = group["lr"], group["swa_lr"]
            begin = end if before == 1 else (lr - before * end) / (1 - before)
            out.append(end * now + begin * (1 - now))
        return out
