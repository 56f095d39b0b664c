"""The loss of a batch whose samples do not all count the same. Imports Module and Tensor."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.module import Module
from .tree import as_array

__all__ = ["class_weights", "weighted_loss"]

BINARY = ("BCELoss", "BCEWithLogitsLoss", "binary_cross_entropy", "binary_cross_entropy_with_logits")

Loss = Callable[[Any, Any], Tensor]


def weighted_loss(loss: Loss, output: Any, target: Any, weight: Tensor | None) -> Tensor:
    """The mean loss of N samples, or with weights 1/N · Σ wᵢ·lᵢ.

    N divides whatever the weights are (as in Keras, so weights change the size of a step), not their sum.
    TypeError when the losses of single samples cannot be had, ValueError when there is not one weight for each.
    """
    target = in_shape_of(output, target, _name(loss))
    if weight is None:
        return loss(output, target)
    each = _each(loss, output, target)
    if not isinstance(each, Tensor) or each.dim() == 0:
        raise TypeError(f"{_name(loss)} returned one number for the batch: sample weights need one loss per sample (reduction='none')")
    if each.dim() > 1:
        each = each.reshape(each.shape[0], -1).mean(1)
    weight = weight.reshape(-1)
    if weight.shape != each.shape:
        raise ValueError(f"there must be one weight for each sample, got {tuple(weight.shape)} for {tuple(each.shape)} losses")
    mean: Tensor = (each * weight.to(each.dtype)).sum() / each.shape[0]
    return mean


def in_shape_of(output: Any, target: Any, loss: str) -> Any:
    """Targets as the loss wants them where there is one reading only, as Keras has it: (N,) beside an output (N, 1), numbers (N, 1) of
    classes beside (N, C), and integers for a binary cross-entropy. All others are left to the loss, which says what is wrong."""
    if not (isinstance(output, Tensor) and isinstance(target, Tensor)) or output.dim() != 2 or len(target) != len(output):
        return target
    column, binary = output.shape[1] == 1, loss in BINARY
    if column and target.dim() == 1 and (binary or target.is_floating_point()):
        target = target.unsqueeze(1)
    if column and binary and not target.is_floating_point():
        target = target.to(output.dtype)
    if not column and target.dim() == 2 and target.shape[1] == 1 and not target.is_floating_point():
        target = target.squeeze(1)
    return target


def _name(loss: Any) -> str:
    return getattr(loss, "__name__", type(loss).__name__)


def _each(loss: Any, output: Any, target: Any) -> Any:
    """The losses of single samples: from a copy of a loss layer, or a function's reduction argument."""
    if isinstance(loss, Module) and isinstance(getattr(loss, "reduction", None), str):
        single = copy.copy(loss)
        single.reduction = "none"
        return single(output, target)
    try:
        takes = "reduction" in inspect.signature(loss.forward if isinstance(loss, Module) else loss).parameters
    except (TypeError, ValueError):
        takes = False
    if not takes:
        raise TypeError(
            f"sample_weight and class_weight need the loss of each sample, and {_name(loss)} has no reduction argument: "
            "give the loss function a parameter reduction='mean' that understands 'none'"
        )
    return loss(output, target, reduction="none")


def class_weights(table: Mapping[int, float] | Sequence[float], target: Any, weight: Tensor | None, dtype: Any) -> Tensor:
    """One weight for each sample from its class, times the sample's own; a class that the table does not name has 1.

    target: class numbers (N,) or (N, 1), or rows (N, C) with the class largest.
    """
    values = as_array(target)
    if values.ndim == 2 and values.shape[1] > 1:
        classes = values.argmax(1)
    elif values.ndim in (1, 2):
        classes = values.reshape(-1)
    else:
        raise ValueError(f"class_weight needs one class for each sample, got targets of shape {values.shape}")
    named = dict(table) if isinstance(table, Mapping) else dict(enumerate(table))
    out = ag.tensor([float(named.get(int(c), 1.0)) for c in classes], dtype=dtype)
    return out if weight is None else out * weight.reshape(-1)
