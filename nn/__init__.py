"""Modules, with torch.nn's names."""

from __future__ import annotations

import pkgutil

# A user's own nn/ folder beside the program keeps working: its modules join this package.
__path__ = pkgutil.extend_path(__path__, __name__)

from . import functional, init, modules, utils
from .modules import *
from .modules.module import Module
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
