"""How a rule is declared, and how the updates of one step are run. Imports the kernel tools and NumPy.

Every rule takes the arrays (parameter first, gradient second), then its numbers; each has a plain NumPy form that is always
right, and a loop that large arrays take. Small arrays under the same numbers are put end to end and updated as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_core.kernels.contract import FLOATS, array, number
from autograd_core.kernels.jit import compiled, enabled

Arrays = Sequence[np.ndarray]
BLOCK = 16384  # elements: five float32 arrays of it stay in a 512 KB cache
LOOP_FROM = 8192  # smaller arrays cost less in NumPy than a launch and its checks
TOGETHER = 4  # as many small arrays cost less end to end than one by one
COVERS = f"blocks == (n + {BLOCK - 1}) // {BLOCK}"


class Rule(NamedTuple):
    """One update rule in both forms. `long`: its plain form makes so many passes that small arrays gain from being put end to end."""

    loop: Any
    plain: Callable[..., None]
    long: bool = False


# one parameter's part of a step: a rule, its arrays (parameter, gradient, state) and its numbers
Job = tuple[Rule, Arrays, tuple[float, ...]]


def declared(*names: str) -> dict[str, Any]:
    """The contract of a rule's arrays: all flat, of one length and type; the gradient alone is only read."""
    specs = {"p": array("n", FLOATS, writes=True), "g": array("n", same="p")}
    return specs | {name: array("n", same="p", writes=True) for name in names}


def numbers(*names: str) -> dict[str, Any]:
    """The contract of a rule's numbers."""
    return dict.fromkeys(names, number())


def given(p: np.ndarray, g: np.ndarray, sign: float, decay: float) -> np.ndarray:
    """sign · g + decay · p; g itself where that is all."""
    out: np.ndarray = g
    if decay:
        out = np.multiply(p, decay)
        (np.add if sign == 1 else np.subtract)(out, g, out=out)
    elif sign != 1:
        out = np.negative(g)
    return out


@compiled(inline=True)
def given_one(p, g, sign, decay):  # type: ignore[no-untyped-def]
    """`given` of one element; without decay an infinite parameter does no harm."""
    grad = sign * g
    if decay != 0:
        grad += decay * p
    return grad


def run(jobs: Iterable[Job]) -> None:
    """Carry out the updates of a step, the small ones of a kind together."""
    small: dict[Any, list[Job]] = {}
    for job in jobs:
        rule, arrays, values = job
        p = arrays[0]
        if p.size >= LOOP_FROM:
            _large(*job)
        elif rule.long:
            small.setdefault((id(rule), p.dtype, values), []).append(job)
        elif p.ndim:
            rule.plain(*arrays, *values)
        else:
            _plain(*job)
    for members in small.values():
        if len(members) < TOGETHER or not _apart(members):
            for job in members:
                _plain(*job)
        else:
            for part in _blocks(members):
                _end_to_end(part)


def _plain(rule: Rule, arrays: Arrays, values: tuple[float, ...]) -> None:
    if not arrays[0].ndim:  # operations on 0-d arrays would return numbers instead of filling the array
        arrays = [a.reshape(1) for a in arrays]
    rule.plain(*arrays, *values)


def _large(rule: Rule, arrays: Arrays, values: tuple[float, ...]) -> None:
    p = arrays[0]
    if not all(a.flags.c_contiguous and a.dtype == p.dtype for a in arrays):
        _plain(rule, arrays, values)
        return
    flat = [a.reshape(-1) for a in arrays]
    if p.dtype.name in FLOATS and enabled():
        rule.loop(-(-p.size // BLOCK), *flat, *map(p.dtype.type, values))
        return
    for start in range(0, p.size, BLOCK):
        rule.plain(*[a[start : start + BLOCK] for a in flat], *values)


def _apart(members: list[Job]) -> bool:
    """Whether every parameter surely has memory of its own, so that the order of the updates does not matter."""
    owners = {id(p) if p.base is None else id(p.base) for p in (arrays[0] for _, arrays, _ in members)}
    return len(owners) == len(members)


def _blocks(members: list[Job]) -> Iterator[list[Job]]:
    """The jobs in parts of about a block of elements, which stays in the cache while it is copied, updated and copied back."""
    part: list[Job] = []
    size = 0
    for job in members:
        n = job[1][0].size
        if size + n > BLOCK:
            yield part
            part, size = [], 0
        part.append(job)
        size += n
    yield part


def _end_to_end(members: list[Job]) -> None:
    """Copy the arrays of each kind into one, update those, and copy back everything but the gradients."""
    rule, _, values = members[0]
    columns = list(zip(*[arrays for _, arrays, _ in members], strict=True))
    flats: dict[int, np.ndarray] = {}  # an array that stands in for another is one column with it
    for column in columns:
        if id(column[0]) not in flats:
            flats[id(column[0])] = np.concatenate(column, axis=None)
    whole = [flats[id(column[0])] for column in columns]
    (_plain if whole[0].size < LOOP_FROM else _large)(rule, whole, values)
    del flats[id(columns[1][0])]
    for column in columns:
        flat = flats.pop(id(column[0]), None)
        if flat is not None:
            start = 0
            for a in column:
                end = start + a.size
                a[...] = flat[start:end].reshape(a.shape)
                start = end
