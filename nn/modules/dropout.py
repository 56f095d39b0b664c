"""Dropout layers: random zeros in training, the identity otherwise. Imports Module and the functional forms."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from .module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The arguments."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Sets each element to 0 with probability p and scales the others by 1 / (1 − p). Source: Hinton et al. (2012)."""

    def forward(self, input: Any) -> Any:
        """The input with zeros in training, itself otherwise."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Sets whole channels of (N, C, L) or (C, L) to 0 with probability p."""

    def forward(self, input: Any) -> Any:
        """The input with zero channels in training, itself otherwise."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Sets whole channels of (N, C, H, W) to 0 with probability p; on (N, C) it warns and drops elements, as in PyTorch."""

    def forward(self, input: Any) -> Any:
        """The input with zero channels in training, itself otherwise."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Sets whole channels of (N, C, D, H, W) to 0 with probability p."""

    def forward(self, input: Any) -> Any:
        """The input with zero channels in training, itself otherwise."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance in networks of SELU. Source: Klambauer et al. (2017)."""

    def forward(self, input: Any) -> Any:
        """The input with dropped elements in training, itself otherwise."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    def forward(self, input: Any) -> Any:
        """The input with dropped channels in training, itself otherwise."""
        return F.feature_alpha_dropout(input, self.p, self.training)
