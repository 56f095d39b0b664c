"""torch.return_types: the named tuples that ops with several results return, by the op's name. Pickle finds them here.

Imports op.
"""

from __future__ import annotations

from typing import Any

from .op import Op, registry


def __getattr__(name: str) -> Any:
    for entry in registry.values():
        if isinstance(entry, Op) and len(entry.outputs) > 1 and name in (entry.name, entry.key.replace(".", "_")):
            return entry.result_type.__self__
    raise AttributeError(f"no op called {name!r} returns several results")
