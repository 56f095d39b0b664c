"""Optimizers and learning-rate schedulers, with torch.optim's names."""

from __future__ import annotations

import pkgutil

# A user's own optim/ folder beside the program keeps working: its modules join this package.
__path__ = pkgutil.extend_path(__path__, __name__)

from . import lr_scheduler
from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
