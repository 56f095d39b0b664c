"""Floating-point silence: a tensor's overflow or 0/0 gives inf or nan without a warning, as in PyTorch. Imports nothing of ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

# np.errstate costs 0.9 µs a call, setting its
# context variable 0.14 µs; without that (it is NumPy's own) errstate serves.
try:
    from numpy._core.umath import _extobj_contextvar, _make_extobj

    _SILENT = _make_extobj(all="ignore")
except ImportError:  # pragma: no cover
    _extobj_contextvar = None  # type: ignore[assignment,misc]


def hush() -> Any:
    """Turn NumPy's floating-point warnings off in this thread until `unhush` gets what this returned."""
    return _extobj_contextvar.set(_SILENT) if _extobj_contextvar is not None else np.seterr(all="ignore")


def unhush(token: Any) -> None:
    """Undo `hush`."""
    if _extobj_contextvar is not None:
        _extobj_contextvar.reset(token)
    else:  # pragma: no cover
        np.seterr(**token)


def quiet(ufunc: Any) -> Callable[..., Any]:
    """The function without NumPy's floating-point warnings."""
    if _extobj_contextvar is None:  # pragma: no cover
        silent: Callable[..., Any] = np.errstate(all="ignore")(ufunc)
    else:
        enter, leave, state = _extobj_contextvar.set, _extobj_contextvar.reset, _SILENT

        def silent(*args: Any, **kwargs: Any) -> Any:
            token = enter(state)
            try:
                return ufunc(*args, **kwargs)
            finally:
                leave(token)

    silent.__name__ = ufunc.__name__
    silent.__doc__ = "" if isinstance(ufunc, np.ufunc) else ufunc.__doc__
    silent.ufunc = silent.quiets = ufunc  # type: ignore[attr-defined]
    return silent


def silence() -> tuple[Callable[[], Any], Callable[[Any], None]] | None:
    """(enter, leave) of the silence that `quiet` keeps, for code that is written out; None where only errstate can do it."""
    if _extobj_contextvar is None:  # pragma: no cover
        return None
    return functools.partial(_extobj_contextvar.set, _SILENT), _extobj_contextvar.reset
