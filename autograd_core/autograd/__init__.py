"""Tools on top of Tensor: gradients of any order, modes, custom functions, hooks, anomaly detection, checks.

Imports tensor, engine and graph. `autograd_core.autograd` stands where `torch.autograd` stood.
"""

from __future__ import annotations

from ..tensor.gradient import backward, grad
from . import forward_ad, functional, graph
from .anomaly_mode import detect_anomaly, is_anomaly_check_nan_enabled, is_anomaly_enabled, set_detect_anomaly
from .function import Function
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad, set_grad_enabled
from .gradcheck import gradcheck, gradgradcheck
from .keep_grads import keep_all_grads
from .variable import Variable

__all__ = [
    "detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly",
    "Function", "Variable", "backward", "forward_ad", "functional", "grad", "gradcheck", "gradgradcheck", "graph", "keep_all_grads",
    "enable_grad", "inference_mode", "is_grad_enabled", "is_inference_mode_enabled", "no_grad", "set_grad_enabled",
]  # fmt: skip
