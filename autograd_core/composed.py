"""Functions that are made of ops. Imports `declaration`, `arguments`, `calls`, `expr` and `plan`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .arguments import ALL_INTS
from .calls import PLAIN, composed_call
from .declaration import PUBLIC_NAMES, Declared, carrier_in, carriers, family_here
from .expr import Expr, apply
from .plan import on_arrays

SHAPED = PLAIN | {tuple}


class Composed(Declared):
    """A function written in ops: it needs no rule of its own. With a kernel, arrays take the kernel and every
    other carrier the plain mathematics, which the tests hold against each other."""

    what = "composed"
    direct: Callable[..., Any] | None = None  # with the defaults, the NumPy function that can write the result in place

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None,
        label: str,
        spaces: str,
        family: str,
        kernel: Any,
        inplace: bool,
        operator: str | None = None,
    ) -> None:
        super().__init__(fn, name, label, spaces, family)
        self.kernel = self.guarded(kernel) if kernel is not None and self.public else kernel
        self.inplace = inplace
        self.operator = operator

        self.plain = kernel is None and not label  # one reading for all carriers

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs and self.takes_out(kwargs):
            return self.into(kwargs.pop("out"), args, self(*args, **kwargs))
        if self.plain:
            self.written_as(self.written)
            return self.written(*args, **kwargs)
        if kwargs:
            kwargs = self.rename(kwargs)
        elif self.kernel is not None and PLAIN.issuperset(map(type, args)):  # most often: 0.6 µs sooner than asking each for its carrier
            return self.kernel(*args)
        elif self.kernel is not None and SHAPED.issuperset(map(type, args)):
            for a in args:
                if type(a) is tuple and not ALL_INTS(map(type, a)):
                    break
            else:
                return self.kernel(*args)
        if self.kernel is not None and carrier_in(args) is None and (not kwargs or carrier_in(kwargs.values()) is None):
            return self.kernel(*args, **kwargs)
        if self.label and Expr in map(type, args):
            return apply(self.label, args + tuple(self.defaults.get(p) for p in self.params[len(args) :]), None, self.params)
        return self.written(*args, **kwargs)

    def guarded(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose errors are put as `answer` says."""

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return fn(*args, **kwargs)
            except Exception as error:
                better = self.answer(error, args, kwargs)
                if better is None:
                    raise
                raise better from error

        return call

    @property
    def on_arrays(self) -> Callable[..., Any]:
        """What a call does where all is arrays and plain Python."""
        return on_arrays(self.fn) if self.kernel is None else self.kernel

    @functools.cached_property
    def written(self) -> Callable[..., Any]:
        """The function behind the checks of its arguments that their annotations declare; compiled on first use."""
        if not self.public:
            return self.fn
        if self.fn.__code__.co_flags & 0x0C:  # *args, **kwargs
            return self.guarded(self.fn)
        return composed_call(self, {p: PUBLIC_NAMES.get(p, p) for p in self.params}, carriers)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.fn.__doc__


def composed(
    label: str = "",
    *,
    name: str | None = None,
    spaces: str = "torch method",
    kernel: Any = None,
    inplace: bool = False,
    operator: str | None = None,
) -> Callable[[Callable[..., Any]], Composed]:
    """Declare a function made of ops: users find it where `spaces` says. `kernel` is a faster equal for arrays."""
    family = family_here()
    return lambda fn: Composed(fn, name, label, spaces, family, kernel, inplace, operator)
