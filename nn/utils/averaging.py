"""Averages of a model's weights over training. Imports Module and the norm layers; `optim.swa_utils` shows these names.

Imports Tensor's operations; knows no optimizer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from ..modules.module import Module

__all__ = ["AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn", "update_bn"]

Average = Callable[[Tensor, Tensor, Any], Tensor]
MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The function a ← decay · a + (1 − decay) · p of one average and its parameter. ValueError unless 0 ≤ decay ≤ 1."""
    _check_decay(decay)

    @ag.no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        out: Tensor = decay * ema_param + (1 - decay) * current_param
        return out

    return ema_update


def get_swa_avg_fn() -> Average:
    """The function a ← a + (p − a) / (n + 1), the mean of all so far, of one average and its parameter."""

    @ag.no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        out: Tensor = averaged_param + (current_param - averaged_param) / (num_averaged + 1)
        return out

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """`get_ema_avg_fn` for lists, in place."""
    _check_decay(decay)
    one = get_ema_avg_fn(decay)

    @ag.no_grad()
    def ema_update(ema_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor], _: Any) -> None:
        for average, current in zip(ema_param_list, current_param_list, strict=True):
            if average.is_floating_point():
                average.lerp_(current, 1 - decay)
            else:
                average.copy_(one(average, current, 0))

    return ema_update


def get_swa_multi_avg_fn() -> MultiAverage:
    """`get_swa_avg_fn` for lists, in place."""

    @ag.no_grad()
    def swa_update(averaged_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor], num_averaged: Any) -> None:
        share = float(1 / (num_averaged + 1))
        for average, current in zip(averaged_param_list, current_param_list, strict=True):
            if average.is_floating_point():
                average.lerp_(current, share)
            else:
                average.copy_(average + (current - average) / (num_averaged + 1))

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of the model's: call `update_parameters(model)` as training goes on.

    `avg_fn(average, current, n)` says how, or `multi_avg_fn` for lists of them; by default the mean of all is kept. Buffers
    are copied, or with `use_buffers` averaged too. Source: Izmailov et al. (2018) for the mean.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", ag.tensor(0, dtype=ag.int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model computes."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's parameters into the averages; the first ones are copied."""
        with ag.no_grad():
            pairs = [(mine.detach(), theirs.detach()) for mine, theirs in zip(self._averaged(self.module), self._averaged(model), strict=False)]
            if self.n_averaged == 0:
                for mine, theirs in pairs:
                    mine.copy_(theirs)
            elif self.multi_avg_fn is not None:
                for kind in dict.fromkeys(mine.dtype for mine, _ in pairs):
                    alike = [pair for pair in pairs if pair[0].dtype == kind]
                    self.multi_avg_fn([mine for mine, _ in alike], [theirs for _, theirs in alike], self.n_averaged)
            else:
                average = self.avg_fn or get_swa_avg_fn()
                for mine, theirs in pairs:
                    mine.copy_(average(mine, theirs, self.n_averaged))
            if not self.use_buffers:
                for mine, theirs in zip(self.module.buffers(), model.buffers(), strict=True):
                    mine.detach().copy_(theirs.detach())
            self.n_averaged += 1

    def _averaged(self, model: Module) -> Iterable[Tensor]:
        return itertools.chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()


@ag.no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of every batch norm layer anew, as means over the batches of a loader.

    Of a batch that is a list or tuple the first part goes into the model.
    """
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, (BatchNorm1d, BatchNorm2d, BatchNorm3d))}
    if not momenta:
        return
    was_training = model.training
    model.train()
    for layer in momenta:
        layer.reset_running_stats()
        layer.momentum = None  # the mean of all batches instead of a running one
    for batch in loader:
        x = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(x if device is None else x.to(device))
    for layer, momentum in momenta.items():
        layer.momentum = momentum
    model.train(was_training)
