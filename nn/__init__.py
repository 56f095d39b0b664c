"""Modules, with torch.nn's names."""

from __future__ import annotations

import pkgutil

# A user's own nn/ folder beside the program keeps working: its modules join this package.
__path__ = pkgutil.extend_path(__path__, __name__)

from . import functional as functional
from . import grad as grad
from . import init as init
from . import modules as modules
from . import parameter as parameter
from . import utils as utils
from .modules import *
from .modules.module import Module as Module
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter
from .summary import summary as summary
from .training import History as History
from .training import ProgressBar as ProgressBar
from .training import Resumable as Resumable
from .training import Trainer as Trainer
from .training import callbacks as callbacks
from .training import metrics as metrics
from .training import search as search

# isort: split
# After the star, which brings the files of the same names within nn.modules.
from . import attention as attention
from . import parallel as parallel
