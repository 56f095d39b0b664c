"""The Mersenne Twister behind every random number: NumPy's MT19937 with PyTorch's seeding and order of words.

Imports NumPy and its neighbour `compiled`. The 624 words of state live once, inside NumPy's bit generator, and are
seen from here through its documented `ctypes.state_address`, so that NumPy's C loop and a compiled loop share them.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import compiled

__all__ = ["STATE_WORDS", "Mersenne", "unit"]

STATE_WORDS = 624
_MULTIPLIER = 1812433253
_LOW32 = 0xFFFFFFFF
_UNIT53 = 2.0**-53
_MASK53 = np.uint64((1 << 53) - 1)
_MASK21 = np.uint64((1 << 21) - 1)
_TWO32 = 2.0**32
_FEW = 32
_SWAP = np.uint64(32)


class _Unseeded(np.random.bit_generator.ISeedSequence):
    """Spares a new bit generator NumPy's own seeding, 70 of its 110 microseconds: `seed` follows at once."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        return np.ones(n_words, dtype)


def unit(high: int, low: int) -> float:
    """The double in [0, 1) of two words."""
    return ((high << 32 | low) & 0x1FFFFFFFFFFFFF) * _UNIT53


_UNSEEDED: Any = _Unseeded()


class Mersenne:
    """mt19937 (Matsumoto and Nishimura 1998) as a source of 32-bit words, 64-bit words and doubles.

    `key` and `position` are views of the live state: `key[position[0]:]` are the words not handed out yet, untempered.
    A 64-bit word is the next two words, the high one first. Not locked: the caller holds its generator's lock.
    """

    __slots__ = ("_legacy", "bits", "key", "position")

    def __init__(self) -> None:
        self.bits: Any = np.random.MT19937(_UNSEEDED)
        self._legacy = np.random.RandomState(self.bits)
        memory: Any = (ctypes.c_uint32 * (STATE_WORDS + 1)).from_address(self.bits.ctypes.state_address)
        memory.owner = self.bits  # the views keep `memory` alive, and this what it points into
        view = np.ctypeslib.as_array(memory)
        self.key: NDArray[np.uint32] = view[:STATE_WORDS]
        self.position: NDArray[np.int32] = view[STATE_WORDS:].view(np.int32)

    def seed(self, seed: int) -> None:
        """Start the sequence of the low 32 bits of `seed` (init_genrand of the 2002 reference code)."""
        self._legacy.seed(seed & _LOW32)

    def untouched_since(self, seed: int) -> bool:
        """Whether the state is exactly that after `seed`, before the first word."""
        first = seed & _LOW32
        second = (_MULTIPLIER * (first ^ (first >> 30)) + 1) & _LOW32
        return int(self.position[0]) == STATE_WORDS and int(self.key[0]) == first and int(self.key[1]) == second

    def few(self, n: int) -> list[int]:
        """The next `n` 32-bit words as Python integers, for small `n`."""
        return self.bits.random_raw(n).tolist()  # type: ignore[no-any-return]

    def words(self, n: int) -> NDArray[np.uint32]:
        """The next `n` 32-bit words."""
        loops = compiled.loops(2 * n)
        if loops is None:
            if n < 64:
                return self.bits.random_raw(n).astype(np.uint32)  # type: ignore[no-any-return]
            return self._legacy.randint(0, 1 << 32, n, dtype=np.uint32)
        out = np.empty(n, np.uint32)
        loops.fill_words(self.key, self.position, out)
        return out

    def words64(self, n: int) -> NDArray[np.uint64]:
        """The next `n` 64-bit words, the high half drawn first."""
        pairs = self.words(2 * n)
        if np.little_endian:
            wide = pairs.view(np.uint64)
            wide = wide << _SWAP | wide >> _SWAP
            return wide
        return pairs.view(np.uint64)

    def doubles(self, n: int) -> NDArray[np.float64]:
        """The next `n` doubles in [0, 1): ((hi << 32 | lo) mod 2**53) 2**-53."""
        loops = compiled.loops(5 * n)
        if loops is None and n < _FEW:
            raw = self.bits.random_raw(2 * n)
            return ((raw[::2] & _MASK21) * _TWO32 + raw[1::2]) * _UNIT53  # type: ignore[no-any-return]
        if loops is None:
            wide = self.words64(n)
            np.bitwise_and(wide, _MASK53, out=wide)
            return np.multiply(wide, _UNIT53, dtype=np.float64)
        out = np.empty(n)
        loops.fill_doubles(self.key, self.position, out)
        return out

    def few_below(self, n: int, p: float) -> NDArray[np.bool_]:
        """Whether each of the next `n` doubles is below p, for small `n`: a third of what `doubles` takes before it is compared."""
        raw = self.bits.random_raw(2 * n)
        high = raw[::2] & _MASK21
        high <<= _SWAP
        high |= raw[1::2]
        return high < np.uint64(math.ceil(p / _UNIT53))  # type: ignore[no-any-return]

    def mark(self) -> NDArray[np.uint32]:
        """A copy of the state, for `rewind`."""
        return np.append(self.key, self.position.view(np.uint32))

    def rewind(self, mark: NDArray[np.uint32]) -> None:
        """Return to where `mark` was taken."""
        self.key[:] = mark[:STATE_WORDS]
        self.position[0] = mark[STATE_WORDS]

    def skip(self, n: int) -> None:
        """Pass over the next `n` words."""
        self.bits.random_raw(n, output=False)
