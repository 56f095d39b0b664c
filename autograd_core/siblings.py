"""Finds nn, optim and data for `autograd_core.nn` and its like, also where the user has modules of those names.

Imports the standard library only; the packages are found by name and by place, never imported by statement.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).resolve().parent.parent
NAMES = ("nn", "optim", "data")


def sibling(name: str) -> ModuleType:
    """Our package of that name: the module that `import name` gives where that is ours, else ours loaded beside it, with one warning."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        module = None
    if module is None or not _is_ours(module, name):
        where = getattr(module, "__file__", None) or getattr(module, "__path__", "nowhere")
        warnings.warn(
            f"`import {name}` finds another module ({where}), not autograd_core's: yours stays as it is, and ours is reached as "
            f"autograd_core.{name}",
            stacklevel=4,
        )
        module = _load(name)
    for key, value in list(sys.modules.items()):
        if key == name or key.startswith(name + "."):
            if module.__name__ == name:
                sys.modules[f"autograd_core.{key}"] = value
    return module


def _is_ours(module: ModuleType, name: str) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve().parent == HOME / name


def _load(name: str) -> ModuleType:
    """Our package under the name autograd_core.<name>."""
    full = f"autograd_core.{name}"
    spec = importlib.util.spec_from_file_location(full, HOME / name / "__init__.py", submodule_search_locations=[str(HOME / name)])
    if spec is None or spec.loader is None:
        raise ImportError(f"autograd_core's package {name!r} is not installed beside it in {HOME}: install the project again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module
