"""Mixed precision under PyTorch's names. On this CPU numbers keep their own precision, and loss scaling scales. Imports tensor
and the gradient modes.

autocast changes nothing here and warns; GradScaler works as in PyTorch where it is asked to work on the CPU.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from .autograd.grad_mode import no_grad
from .tensor.base import Tensor

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]

F = TypeVar("F", bound=Callable[..., Any])
CPU_ONLY = "User provided device_type of 'cuda', but CUDA is not available. Disabling"


def is_autocast_available(device_type: str) -> bool:
    """Whether autocast lowers the precision on a device: on none."""
    return False


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether a lower precision is in use: never."""
    return False


class autocast(contextlib.ContextDecorator):  # noqa: N801  PyTorch's name
    """A block, or a function as a decorator, that computes in the precision of its tensors, as without autocast.

    RuntimeError for a device type that is no word; a warning when a lower precision was asked for.
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if device_type not in ("cpu", "cuda", "mps", "xpu", "hpu", "mtia", "xla", "privateuseone"):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}': use 'cpu', or leave autocast out")
        self.device, self.fast_dtype = device_type, dtype
        if enabled and device_type == "cpu":
            warnings.warn("autocast changes nothing here: on this CPU the operations run in the precision of their tensors", stacklevel=2)
        elif enabled:
            warnings.warn(CPU_ONLY.replace("cuda", device_type, 1).replace("CUDA", device_type.upper()), stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        return None


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """The forward of a custom Function as it is; a decorator when it is left out."""
    return fwd if fwd is not None else functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)


def custom_bwd(bwd: Any = None, *, device_type: str = "cuda") -> Any:
    """The backward of a custom Function as it is; a decorator when it is left out."""
    return bwd if bwd is not None else functools.partial(custom_bwd, device_type=device_type)


class GradScaler:
    """Multiplies losses so that small gradients survive in float16, and leaves a step out when a gradient overflowed.

    The scale grows by `growth_factor` after `growth_interval` good steps in a row, and shrinks by `backoff_factor` after a bad one
    (Micikevicius et al., Mixed Precision Training, 2018). With a device that is not here it does nothing, with a warning, as in PyTorch.
    """

    def __init__(
        self, device: str = "cuda", init_scale: float = 65536.0, growth_factor: float = 2.0, backoff_factor: float = 0.5,
        growth_interval: int = 2000, enabled: bool = True,
    ) -> None:  # fmt: skip
        if enabled and device != "cpu":
            warnings.warn(f"GradScaler is enabled, but {device.upper()} is not available. Disabling.", stacklevel=2)
            enabled = False
        if enabled and growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if enabled and backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._enabled = enabled
        self._scale, self._growth, self._backoff = float(init_scale), growth_factor, backoff_factor
        self._interval, self._good = growth_interval, 0
        self._found: dict[int, bool] = {}  # optimizer -> whether a gradient was inf or NaN when it was unscaled

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def get_scale(self) -> float:
        """The factor of losses: 1 when disabled."""
        return self._scale if self._enabled else 1.0

    def scale(self, outputs: Any) -> Any:
        """A tensor, or a list or tuple of them, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            return outputs * self._scale
        if isinstance(outputs, Iterable):
            made = [self.scale(output) for output in outputs]
            return made if isinstance(outputs, list) else tuple(made)
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer: Any) -> None:
        """Divides the gradients of the optimizer's parameters by the scale. RuntimeError the second time before `update`."""
        if not self._enabled:
            return
        if id(optimizer) in self._found:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        found = False
        with no_grad():
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.mul_(1.0 / self._scale)
                        found |= not bool(np.isfinite(p.grad.array).all())
        self._found[id(optimizer)] = found

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's step, left out when a gradient is infinite or NaN."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if id(optimizer) not in self._found:
            self.unscale_(optimizer)
        return None if self._found[id(optimizer)] else optimizer.step(*args, **kwargs)

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Adjusts the scale to what the steps since the last call found, or sets it."""
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = float(new_scale)
        elif not self._found:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif any(self._found.values()):
            self._scale, self._good = self._scale * self._backoff, 0
        else:
            self._good += 1
            if self._good == self._interval:
                self._scale, self._good = self._scale * self._growth, 0
        self._found.clear()

    def get_growth_factor(self) -> float:
        """The factor of growth."""
        return self._growth

    def set_growth_factor(self, new_factor: float) -> None:
        """Set the factor of growth."""
        self._growth = new_factor

    def get_backoff_factor(self) -> float:
        """The factor after a bad step."""
        return self._backoff

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set the factor after a bad step."""
        self._backoff = new_factor

    def get_growth_interval(self) -> int:
        """The number of good steps before the scale grows."""
        return self._interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set the number of good steps before the scale grows."""
        self._interval = new_interval

    def state_dict(self) -> dict[str, Any]:
        """The scale, its factors and the good steps so far; empty when disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale, "growth_factor": self._growth, "backoff_factor": self._backoff, "growth_interval": self._interval,
            "_growth_tracker": self._good,
        }  # fmt: skip

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned. RuntimeError for that of a disabled one."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.")
        self._scale, self._good = float(state_dict["scale"]), int(state_dict["_growth_tracker"])
        self._growth, self._backoff = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._interval = state_dict["growth_interval"]
