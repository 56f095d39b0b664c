"""Probability distributions with PyTorch's random numbers: what policies and variational models sample from.

Imports Tensor, the ops and the gradient modes. `autograd_core.distributions` stands where `torch.distributions` stood.
"""

from __future__ import annotations

from .bernoulli import Bernoulli
from .categorical import Categorical
from .distribution import Distribution
from .independent import Independent
from .kl import kl_divergence, register_kl
from .normal import Normal
from .uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Independent", "Normal", "Uniform", "kl_divergence", "register_kl"]
