"""Training: `Trainer` with fit, evaluate and predict, metrics, callbacks, progress, history, exact resume, hyper-parameter search.

Stands on the modules of nn and on Tensor; reaches optimizers, schedulers, datasets and loaders only as arguments.
"""

from . import callbacks as callbacks
from . import metrics as metrics
from .history import History
from .progress import Bar, ProgressBar
from .resumable import Resumable
from .resume import Random
from .search import Search, Trial, search
from .spaces import Choice, Integers, LogUniform, Uniform
from .trainer import Trainer

__all__ = [
    "Bar",
    "Choice",
    "History",
    "Integers",
    "LogUniform",
    "ProgressBar",
    "Random",
    "Resumable",
    "Search",
    "Trainer",
    "Trial",
    "Uniform",
    "callbacks",
    "metrics",
    "search",
]
