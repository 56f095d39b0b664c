"""What the options of an optimizer may be. Imports Tensor; knows no optimizer."""

from __future__ import annotations

import numbers
from typing import Any

from autograd_core.tensor.base import Tensor


def check_options(**ranges: tuple[Any, bool, str]) -> None:
    """ValueError for the first option that is out of its range: name=(value, whether it is fine, what PyTorch calls it)."""
    for value, fine, title in ranges.values():
        if not fine:
            raise ValueError(f"Invalid {title}: {value}")


def check_lr(lr: Any, message: str = "Invalid learning rate: {}") -> None:
    """ValueError unless lr, a number or a tensor of one element, is at least 0; TypeError for what is neither."""
    if not isinstance(lr, (Tensor, numbers.Real)):
        raise TypeError(f"lr should be a number or a tensor of one element, but got {lr!r}: pass a number, such as lr=0.001")
    if isinstance(lr, Tensor) and lr.array.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not float(lr) >= 0.0:
        raise ValueError(message.format(lr))


def check_fused(foreach: bool | None, fused: bool | None) -> None:
    """RuntimeError when both are asked for. Either alone is accepted and makes no difference: steps are fused anyway."""
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def check_betas(betas: Any) -> tuple[float, float]:
    """The two decay rates as numbers. ValueError unless both are in [0, 1)."""
    first, second = float(betas[0]), float(betas[1])
    check_options(
        first=(betas[0], 0.0 <= first < 1.0, "beta parameter at index 0"),
        second=(betas[1], 0.0 <= second < 1.0, "beta parameter at index 1"),
    )
    return first, second


def check_tensor_lr(lr: Any, foreach: bool | None, capturable: bool) -> None:
    """ValueError for a tensor lr with foreach=True, as PyTorch has it."""
    if isinstance(lr, Tensor) and foreach and not capturable:
        raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True: leave foreach out, it changes nothing here")
