"""Numba, configured in one place: `compiled` turns a loop into a kernel that is compiled on its first use.

Imports NumPy and its neighbours `threads` and `diskcache`; Numba only when the first kernel runs.

How a kernel is written
    1. a plain NumPy reference: always correct, what small arrays and a machine without Numba use;
    2. a Numba loop under `@compiled`, that writes into arrays it is given;
    3. a public function that picks by size, since a launch must pay for itself;
    4. a contract (`contract.py`) over the loop: ranks, dtypes, shape relations and ranges, checked on every
       call before any compiled code runs.

        def relu(x):
            if x.size < 4096 or not enabled():
                return np.maximum(x, 0)
            x = np.ascontiguousarray(x)
            out = np.empty_like(x)
            _relu(-(-x.size // BLOCK), x.reshape(-1), out.reshape(-1))
            return out

        @contract(x=array("n", FLOATS), out=array("n", same="x", writes=True))
        @compiled(parallel=True)
        def _relu(lo, hi, x, out):
            a, b = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
            for i in range(len(a)):
                b[i] = a[i] if not a[i] < 0 else 0

A parallel kernel takes a range of blocks `lo, hi` first and is called with the number of blocks instead. Blocks are
cut from the shape of the problem (here BLOCK elements), each is computed by itself and reductions are combined per
block in the block's order, so that the values do not depend on the thread count. Kernels may call kernels;
slice first, then loop from 0 (a loop from a variable lower bound does not vectorise).

Environment: AUTOGRAD_CORE_KERNELS=numpy keeps Numba out, =numba insists on it; AUTOGRAD_CORE_CACHE_DIR moves the
disk cache; NUMBA_DISABLE_JIT=1 runs the loops as plain Python.
"""

from __future__ import annotations

import functools
import hashlib
import marshal
import os
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .diskcache import KernelCache, say_once
from .threads import get_num_threads, run, set_num_threads

__all__ = ["CONTRACT", "REASSOCIATE", "Kernel", "compiled", "enabled", "get_num_threads", "numpy_only", "set_num_threads"]

CONTRACT = frozenset({"contract"})
"""Fused multiply-add; for elementwise loops. The result does not depend on an element's position."""

REASSOCIATE = frozenset({"contract", "reassoc", "nsz"})
"""Lets a sum be vectorised; only for sums over blocks of a fixed length and alignment-free order."""

_ALLOWED_FLAGS = frozenset({"nsz", "arcp", "contract", "afn", "reassoc"})
_ALONE = 4096  # bytes of the largest argument up to which handing blocks to other threads, 13 µs and more, cannot pay
_PLAIN = (bool, int, float, complex, str, bytes, frozenset, type(None))


class _Switch:
    """Whether compiled loops run: undecided until the first use."""

    on: bool | None = None
    lock = threading.Lock()


def _unlock() -> None:
    """In a forked child the thread that was at work is gone, and would hold the lock for ever."""
    _Switch.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def enabled() -> bool:
    """Whether compiled loops run in this process (imports Numba the first time): ask before preparing for one.

    Raises ValueError if AUTOGRAD_CORE_KERNELS is neither "numpy" nor "numba", ImportError if it is "numba" and
    Numba cannot be imported.
    """
    on = _Switch.on
    return _decide() if on is None else on


def _decide() -> bool:
    with _Switch.lock:
        if _Switch.on is None:
            choice = os.environ.get("AUTOGRAD_CORE_KERNELS", "").strip().lower()
            if choice not in ("", "numpy", "numba"):
                raise ValueError(f"AUTOGRAD_CORE_KERNELS is {choice!r}, expected 'numpy' or 'numba': unset it to let the package choose")
            _Switch.on = choice != "numpy" and _import_numba(insist=choice == "numba")
        return _Switch.on


def _import_numba(insist: bool) -> bool:
    try:
        from numba.core.compiler_lock import global_compiler_lock as lock
    except Exception as error:  # an incompatible NumPy makes the import raise other things than ImportError
        if insist:
            raise
        if not isinstance(error, ModuleNotFoundError):
            say_once("numba", f"Numba cannot be imported, using NumPy alone ({error})")
        return False
    if hasattr(os, "register_at_fork"):
        # A child forked while another thread compiles would wait for that thread for ever.
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return True


@contextmanager
def numpy_only() -> Iterator[None]:
    """Run the NumPy references inside the block, in every thread; for tests and for comparing."""
    before, _Switch.on = _Switch.on, False
    try:
        yield
    finally:
        _Switch.on = before


class Kernel:
    """A loop that Numba compiles when it is first called; other kernels may call it inside their loops."""

    def __init__(
        self, loop: Callable[..., Any], reference: Callable[..., Any] | None, parallel: bool, flags: frozenset[str], inline: bool = False
    ) -> None:
        functools.update_wrapper(self, loop)
        self.loop = loop
        self.reference = reference
        self.parallel = parallel
        self.flags = flags
        self.inline = inline
        self._dispatcher: Any = None

    def __repr__(self) -> str:
        return f"<kernel {self.loop.__module__}.{self.loop.__qualname__}>"

    def __call__(self, *args: Any) -> Any:
        if not (_Switch.on or enabled()):
            return self._fall_back(args)
        dispatcher = self._dispatcher or self.dispatcher
        if not self.parallel:
            return dispatcher(*args)
        blocks, rest = args[0], args[1:]
        if blocks == 1:
            return dispatcher(0, 1, *rest)
        for value in rest:
            if type(value) is np.ndarray and value.nbytes > _ALONE:
                break
        else:
            return dispatcher(0, blocks, *rest)
        return run(blocks, lambda lo, hi: dispatcher(lo, hi, *rest))

    def _fall_back(self, args: tuple[Any, ...]) -> Any:
        if self.reference is None:
            raise RuntimeError(f"{self!r} has no NumPy reference and Numba is off: take the NumPy path when enabled() is False")
        return self.reference(*(args[1:] if self.parallel else args))

    @functools.cached_property
    def fingerprint(self) -> str:
        """A hash of the loop's code, of the kernels and constants it refers to, and of its flags."""
        code = self.loop.__code__.replace(co_filename="", co_firstlineno=1, co_linetable=b"")
        parts = [marshal.dumps(code), repr((sorted(self.flags), self.inline)).encode(), repr(self.loop.__defaults__).encode()]
        parts += [f"{name}={_described(value)}".encode() for name, value in sorted(self._references().items(), key=lambda item: item[0])]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _references(self) -> dict[str, Any]:
        loop = self.loop
        found = {name: loop.__globals__[name] for name in _names(loop.__code__) if name in loop.__globals__}
        cells = zip(loop.__code__.co_freevars, loop.__closure__ or (), strict=True)
        return found | {name: cell.cell_contents for name, cell in cells}

    @property
    def dispatcher(self) -> Any:
        """Numba's compiled function, for calls from other compiled code; the plain loop if Numba's jit is disabled."""
        if self._dispatcher is None:
            import numba

            made = numba.njit(nogil=True, error_model="numpy", fastmath=set(self.flags) or False, forceinline=self.inline)(self._linked())
            if hasattr(made, "_cache"):
                made._cache = KernelCache(self.loop.__name__, self.fingerprint)
            self._dispatcher = made
        return self._dispatcher

    def entry(self, *like: Any) -> Callable[..., Any]:
        """The loop for arguments of the types of these, without the dispatcher that looks at each: 0.15 to 0.3 µs sooner a launch.

        Nothing is looked at any more: the caller sees to dtypes, ranks and C order. A parallel loop takes `lo, hi` first.
        """
        dispatcher = self.dispatcher
        if not hasattr(dispatcher, "compile"):  # NUMBA_DISABLE_JIT: the loop itself
            return dispatcher
        from numba import typeof

        return dispatcher.compile(tuple(map(typeof, like)))

    def _linked(self) -> Callable[..., Any]:
        """The loop with the kernels it calls replaced by their compiled functions.

        The name carries the fingerprint: Numba names machine code by function name and a counter of the process,
        and two different loops of one name, one of them out of the disk cache, could take each other's place.
        """
        loop = self.loop
        scope = dict(loop.__globals__)
        scope.update({name: value.dispatcher for name, value in self._references().items() if isinstance(value, Kernel)})
        cells = tuple(_link_cell(cell) for cell in loop.__closure__ or ())
        linked = types.FunctionType(loop.__code__, scope, loop.__name__, loop.__defaults__, cells)
        linked.__module__ = loop.__module__
        linked.__qualname__ = f"{loop.__name__}_{self.fingerprint[:16]}"
        return linked


def _names(code: types.CodeType) -> set[str]:
    """The global names and attributes that code mentions, those of functions inside it among them."""
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return {*code.co_names}.union(*map(_names, inner))


def _described(value: Any) -> str:
    """What tells one value that a loop refers to from another: Numba freezes whatever a loop can see."""
    if isinstance(value, Kernel):
        return value.fingerprint
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype.descr}{value.shape}{hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}({', '.join(map(_described, value))})"
    if isinstance(value, (*_PLAIN, np.dtype)):
        return f"{type(value).__name__} {value!r}"
    value = getattr(value, "_defn", value)  # the function inside an intrinsic, whose closure says which one it is
    if isinstance(value, types.FunctionType):
        return Kernel(value, None, False, frozenset()).fingerprint
    return f"{type(value).__name__} {getattr(value, '__module__', '')}.{getattr(value, '__qualname__', getattr(value, '__name__', ''))}"


def _link_cell(cell: types.CellType) -> types.CellType:
    value = cell.cell_contents
    return types.CellType(value.dispatcher) if isinstance(value, Kernel) else cell


def compiled(
    loop: Callable[..., Any] | None = None,
    *,
    reference: Callable[..., Any] | None = None,
    parallel: bool = False,
    fastmath: Iterable[str] = (),
    inline: bool = False,
) -> Any:
    """Make a kernel of a loop; the module's docstring shows the pattern.

    reference: called with the same arguments (without the block count) when Numba is off.
    parallel: the loop takes a block range `lo, hi` first, and the kernel the number of blocks.
    fastmath: LLVM flags, out of nsz arcp contract afn reassoc. ValueError for others: nnan and ninf would let
    NaN and infinity go wrong.
    inline: put its code into every caller, however long it is: a call inside a loop keeps it from being vectorised.
    """
    flags = frozenset((fastmath,) if isinstance(fastmath, str) else fastmath)
    if not flags <= _ALLOWED_FLAGS:
        wrong = ", ".join(sorted(flags - _ALLOWED_FLAGS))
        raise ValueError(f"fastmath flags {wrong} are not allowed, expected some of {sorted(_ALLOWED_FLAGS)}: leave them out")
    if loop is None:
        return functools.partial(Kernel, reference=reference, parallel=parallel, flags=flags, inline=inline)
    return Kernel(loop, reference, parallel, flags, inline)
