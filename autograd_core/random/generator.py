"""`Generator`, the default one, and the functions of `torch.random`, on PyTorch's CPU stream.

Imports NumPy and its neighbours. States are uint8 arrays in PyTorch's own layout, so that the two libraries can
exchange them; a layer above may have them wrapped (`Generator.present`).
"""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .mersenne import STATE_WORDS, Mersenne

__all__ = [
    "Generator",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "pick",
    "seed",
    "set_rng_state",
]

DEFAULT_SEED = 67280421310721
STATE_BYTES = 5056
_FIELDS: list[tuple[str, Any, int]] = [
    ("seed", "u8", 0),
    ("left", "i4", 8),
    ("seeded", "i4", 12),
    ("next", "u8", 16),
    ("words", ("u8", STATE_WORDS), 24),
    ("normal", "f8", 24 + 8 * STATE_WORDS + 8),
    ("normal_valid", "i4", 24 + 8 * STATE_WORDS + 24),
    ("float_normal", "f4", 24 + 8 * STATE_WORDS + 32),
    ("float_normal_valid", "u1", 24 + 8 * STATE_WORDS + 36),
]
_LAYOUT = np.dtype(
    {
        "names": [name for name, _, _ in _FIELDS],
        "formats": [form for _, form, _ in _FIELDS],
        "offsets": [offset for _, _, offset in _FIELDS],
        "itemsize": STATE_BYTES,
    }
)


class Generator:
    """A stream of random numbers: mt19937 and the second normal of the last pair, as PyTorch's CPU generator has them.

    `Generator(device="cpu")` starts at PyTorch's default seed 67280421310721. The functions of this package take the
    generator's `lock` while they draw, so threads may share one; which of them gets which numbers is then up to them.
    """

    present: ClassVar[Callable[[NDArray[np.uint8]], Any]] = staticmethod(lambda state: state)
    """What `get_state` returns its array through; the Tensor layer puts its own constructor here."""

    __slots__ = ("__weakref__", "_float_normal", "_seed", "device", "engine", "lock", "normal")

    def __init__(self, device: Any = "cpu") -> None:
        self.device = _check_device(device)
        self.lock = threading.Lock()
        self.engine = Mersenne()
        self.normal: float | None = None
        self._float_normal: float | None = None
        self._restart(DEFAULT_SEED)

    def _restart(self, seed: int) -> None:
        with self.lock:
            self.engine.seed(seed)
            self._seed, self.normal, self._float_normal = seed, None, None

    def manual_seed(self, seed: int) -> Generator:
        """Restart the stream at `seed` in [-2**63, 2**64); a negative one counts from 2**64. Returns the generator.

        Raises RuntimeError for anything but an integer, ValueError outside the range.
        """
        if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)):
            raise RuntimeError(f"manual_seed expected an int, got {type(seed).__name__}: {seed!r}; pass int(seed)")
        seed = int(seed)
        if not -(1 << 63) <= seed < 1 << 64:
            raise ValueError(f"manual_seed expected a seed in [-2**63, 2**64), got {seed}: reduce it with seed % 2**64")
        self._restart(seed % (1 << 64))
        return self

    def seed(self) -> int:
        """Restart the stream at a seed from the operating system, and return that seed."""
        seed = int.from_bytes(os.urandom(8), "little")
        self._restart(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream was last started at."""
        return self._seed

    def get_state(self) -> Any:
        """The state as 5056 bytes in PyTorch's layout: uint8 (5056,)."""
        with self.lock:
            return type(self).present(self._pack())

    def _pack(self) -> NDArray[np.uint8]:
        state = np.zeros(1, _LAYOUT)
        record, used = state[0], int(self.engine.position[0])
        fresh = self.engine.untouched_since(self._seed)
        record["seed"], record["seeded"], record["words"] = self._seed, 1, self.engine.key
        record["left"], record["next"] = (1, 0) if fresh else (STATE_WORDS + 1 - used, used)
        if self.normal is not None:
            record["normal"], record["normal_valid"] = self.normal, 1
        if self._float_normal is not None:
            record["float_normal"], record["float_normal_valid"] = self._float_normal, 1
        return state.view(np.uint8)

    def set_state(self, new_state: Any) -> None:
        """Return to a state that `get_state`, here or in PyTorch, gave: uint8 (5056,).

        Raises TypeError unless it is an array or tensor of bytes, RuntimeError for another size or an impossible state.
        """
        record = _unpack(new_state)
        left, following = int(record["left"]), int(record["next"])
        fresh = (left, following) == (1, 0)
        if not record["seeded"] or not (fresh or (1 <= left <= STATE_WORDS and left + following == STATE_WORDS + 1)):
            given = f"seeded={record['seeded']}, left={left}, next={following}"
            raise RuntimeError(f"Invalid mt19937 state: {given}; pass what get_state() returned, unchanged")
        with self.lock:
            self._seed = int(record["seed"])
            self.engine.key[:] = record["words"].astype(np.uint32)
            self.engine.position[0] = STATE_WORDS if fresh else following
            self.normal = float(record["normal"]) if record["normal_valid"] else None
            self._float_normal = float(record["float_normal"]) if record["float_normal_valid"] else None

    def clone_state(self) -> Generator:
        """A new generator that will give the same numbers from here on."""
        twin = type(self)(self.device)
        with self.lock:
            state = self._pack()
        twin.set_state(state)
        return twin

    def get_offset(self) -> int:
        """RuntimeError: only counter-based generators, on GPUs, have an offset."""
        raise RuntimeError("CPU Generator does not use offset: use get_state() and set_state()")

    def set_offset(self, offset: int) -> None:
        """RuntimeError: only counter-based generators, on GPUs, have an offset."""
        raise RuntimeError("CPU Generator does not use offset: use get_state() and set_state()")

    def __reduce__(self) -> tuple[Any, ...]:
        with self.lock:
            return type(self), (str(self.device),), self._pack()

    def __setstate__(self, state: Any) -> None:
        self.set_state(state)

    def __copy__(self) -> Generator:
        return self.clone_state()

    def __deepcopy__(self, memo: dict[int, Any]) -> Generator:
        return self.clone_state()

    def __repr__(self) -> str:
        return f"<autograd_core.Generator device={self.device} seed={self._seed} at {id(self):#x}>"


def _check_device(device: Any) -> Any:
    """The device as given if it is the CPU. TypeError for what is no device, RuntimeError for another device."""
    if device is None:
        return "cpu"
    name = device if isinstance(device, str) else getattr(device, "type", None)
    if isinstance(device, int) and not isinstance(device, bool):
        raise RuntimeError(f"Generator expected device 'cpu', got the accelerator {device}: there is none, leave the argument out")
    if not isinstance(name, str):
        raise TypeError(f"Generator expected a device, got {type(device).__name__}: pass 'cpu' or leave the argument out")
    if name not in ("cpu", "cpu:0"):
        raise RuntimeError(f"Generator expected device 'cpu', got {str(device)!r}: arrays live in main memory, leave the argument out")
    return device


def _unpack(state: Any) -> Any:
    if not isinstance(state, np.ndarray):
        if not hasattr(state, "numpy"):
            raise TypeError(f"set_state expected a uint8 array or tensor, got {type(state).__name__}: pass what get_state() returned")
        state = state.numpy()
    if state.dtype != np.uint8:
        raise TypeError(f"set_state expected a state of dtype uint8, got {state.dtype}: pass what get_state() returned")
    if state.size != STATE_BYTES:
        raise RuntimeError(f"set_state expected a state of {STATE_BYTES} bytes, got {state.size}: pass what get_state() returned")
    return np.ascontiguousarray(state).reshape(-1).view(_LAYOUT)[0]


default_generator = Generator()
if not default_generator.engine.untouched_since(DEFAULT_SEED):
    raise ImportError(
        f"NumPy {np.__version__} lays out the state of MT19937 in another way than the versions this was written for: use 2.4"
    )
default_generator.seed()


class _Fork(threading.local):
    """Whether the forking thread holds the default generator: a draw in another thread would leave it locked in the child for ever."""

    holds = False


_fork = _Fork()


def _before_fork() -> None:
    _fork.holds = default_generator.lock.acquire(timeout=5)  # a thread that draws may wait for the compiler, which the fork holds


def _in_parent() -> None:
    if _fork.holds:
        default_generator.lock.release()


def _in_child() -> None:
    if _fork.holds:
        default_generator.lock.release()
    else:
        default_generator.lock = threading.Lock()
        default_generator.engine = Mersenne()  # NumPy's own lock in the old one may be held too
        default_generator.engine.seed(DEFAULT_SEED)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)


def pick(generator: Generator | None) -> Generator:
    """The generator, or the default one for None. TypeError for anything else."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be an autograd_core.Generator or None, got {type(generator).__name__}: {generator!r}")
    return generator


def manual_seed(seed: Any) -> Generator:
    """Restart the default generator at `int(seed)`, and return it."""
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Restart the default generator at a seed from the operating system, and return that seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator was last started at."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """The default generator's state: uint8 (5056,)."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Return the default generator to a state."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(
    devices: Iterable[Any] | None = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """Give the default generator back the state it had on entry when the block is left. Only the CPU exists here."""
    if not enabled or device_type == "meta":
        yield
        return
    saved = copy.copy(default_generator)
    try:
        yield
    finally:
        default_generator.set_state(saved._pack())
