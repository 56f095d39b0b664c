"""Finding the hooks that compute a parameter before every forward. Imports Module."""

from __future__ import annotations

from typing import Any

from ..modules.module import Module

__all__ = ["hook_of", "remove_hook"]


def hook_of(module: Module, kind: type, name: str) -> int | None:
    """The key of the hook of a kind that acts on a parameter."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and getattr(hook, "name", None) == name:
            return key
    return None


def remove_hook(module: Module, kind: type, name: str, what: str) -> Any:
    """Let that hook undo its work, and take it away. ValueError where there is none."""
    key = hook_of(module, kind, name)
    if key is None:
        raise ValueError(f"{what} of '{name}' not found in {module}")
    hook: Any = module._forward_pre_hooks[key]
    hook.remove(module)
    del module._forward_pre_hooks[key]
    return hook
