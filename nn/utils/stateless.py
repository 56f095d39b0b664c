"""The older place of `autograd_core.func.functional_call`. Imports that."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from autograd_core import func
from autograd_core.tensor.base import Tensor

from ..modules.module import Module

__all__ = ["functional_call"]


def functional_call(
    module: Module,
    parameters_and_buffers: Mapping[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Deprecated: use autograd_core.func.functional_call."""
    warnings.warn(
        "`nn.utils.stateless.functional_call` is deprecated: use `autograd_core.func.functional_call`, a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return func.functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)
