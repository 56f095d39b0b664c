"""Callbacks of a training run. Import nothing of nn but the history."""

from .base import Callback, CallbackList
from .others import CSVLogger, LambdaCallback, TerminateOnNaN
from .rates import LRScheduler
from .watching import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "LRScheduler",
    "LambdaCallback",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
