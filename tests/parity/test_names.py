"""Every public name of PyTorch's modules has its place here, or stands in a table with the reason why it has none."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

torch = pytest.importorskip("torch")

from tests.torch_names import ABSENT  # noqa: E402  after the skip

MODULES = {
    "": "autograd_core", "Tensor": "", "nn.functional": "nn.functional", "nn.init": "nn.init", "nn.utils": "nn.utils", "optim": "optim",
    "autograd": "autograd_core.autograd", "autograd.functional": "autograd_core.autograd.functional", "func": "autograd_core.func",
    "linalg": "autograd_core.linalg", "special": "autograd_core.special", "random": "autograd_core.random", "utils": "autograd_core.utils",
    "distributions": "autograd_core.distributions",
}  # fmt: skip


def here(module: str):
    if module == "Tensor":
        return importlib.import_module("autograd_core").Tensor
    return importlib.import_module(MODULES[module])


def theirs(module: str):
    found = torch
    for part in filter(None, module.split(".")):
        found = getattr(found, part)
    return found


def missing(module: str) -> set[str]:
    """Names that PyTorch has and we have not: no modules, no private names, nothing that its file only imports from Python's library."""
    there, own = theirs(module), here(module)
    names = set()
    for name in dir(there):
        value = getattr(there, name, None)
        home = str(getattr(value, "__module__", None) or "torch")
        if name.startswith("_") or value is torch.Tensor or inspect.ismodule(value) or hasattr(own, name) or not home.startswith(("torch", "builtins")):
            continue
        names.add(name)
    return names


PATTERNS = [pattern for patterns in ABSENT.values() for pattern in patterns.split()]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_is_there_or_has_a_reason(module):
    unexplained = {name for name in missing(module) if not any(re.fullmatch(pattern, name) for pattern in PATTERNS)}
    assert unexplained == set()


def test_no_reason_is_idle():
    every = set().union(*map(missing, MODULES))
    assert [pattern for pattern in PATTERNS if not any(re.fullmatch(pattern, name) for name in every)] == []
