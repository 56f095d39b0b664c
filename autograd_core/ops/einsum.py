"""Einstein summation: any form that PyTorch takes becomes one op, whose gradient is an Einstein summation again.

Subscripts are parsed into numbers; operands are contracted in pairs, each pair as one batched matrix product, in the order of
NumPy's greedy path. Imports op, shape, arrange and views.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..kernels.axes import in_rows
from ..op import Array, Value, composed, op, quiet
from .arrange import diag_embed
from .linear import product_of
from .shape import expand, permute, reshape

Labels = tuple[int, ...]
DOTS = -1


def _letters(text: str, offset: int) -> list[int]:
    """One operand's subscripts as numbers, DOTS for an ellipsis."""
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c == " ":
            i += 1
        elif c == ".":
            if text[i : i + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' at index {offset + i} that is not part of any ellipsis: write ...")
            if DOTS in out:
                raise RuntimeError(f"einsum(): found '.' at index {offset + i} for which an ellipsis was already found")
            out.append(DOTS)
            i += 3
        elif c.isascii() and c.isalpha():
            out.append(ord(c))
            i += 1
        else:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {offset + i} in the equation string, subscripts must be in [a-zA-Z]"
            )
    return out


@lru_cache(256)
def _parse(equation: str) -> tuple[tuple[Labels, ...], Labels | None]:
    """(subscripts of each operand, those of the output or None)."""
    left, arrow, right = equation.partition("->")
    inputs, offset = [], 0
    for part in left.split(","):
        inputs.append(tuple(_letters(part, offset)))
        offset += len(part) + 1
    return tuple(inputs), tuple(_letters(right, len(left) + 2)) if arrow else None


def _sublist(labels: Sequence[Any]) -> Labels:
    out = []
    for s in labels:
        if s is Ellipsis:
            out.append(DOTS)
        elif hasattr(s, "__index__") and 0 <= s < 52:
            out.append(ord("A") + int(s) if s < 26 else ord("a") + int(s) - 26)
        else:
            raise ValueError(f"einsum(): expected subscripts to be within [0, 52) or Ellipsis, but got {s!r}")
    return tuple(out)


def _forms(args: tuple[Any, ...]) -> tuple[tuple[Labels, ...], Labels | None, list[Any]]:
    """(input subscripts, output subscripts or None, operands) of every way to call einsum."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list"
        )
    if isinstance(args[0], str):
        operands = list(args[1]) if len(args) == 2 and isinstance(args[1], (list, tuple)) else list(args[1:])
        inputs, output = _parse(args[0])
        return inputs, output, operands
    output = _sublist(args[-1]) if len(args) % 2 else None
    return tuple([_sublist(s) for s in args[1::2][: len(args) // 2]]), output, list(args[: len(args) // 2 * 2 : 2])


@lru_cache(1024)
def normal_form(
    inputs: tuple[Labels, ...], output: Labels | None, shapes: tuple[tuple[int, ...], ...]
) -> tuple[tuple[Labels, ...], Labels]:
    """Subscripts with every ellipsis spelled out in negative labels, checked against the shapes. RuntimeError as in PyTorch."""
    if len(inputs) != len(shapes):
        raise RuntimeError(
            f"einsum(): {'more' if len(shapes) > len(inputs) else 'fewer'} operands were provided than specified in the equation"
        )
    dots, full = 0, []
    sizes: dict[Any, int] = {}
    for i, (labels, shape) in enumerate(zip(inputs, shapes, strict=True)):
        named = len(labels) - (DOTS in labels)
        if named > len(shape) or (DOTS not in labels and named != len(shape)):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) {'is more than' if DOTS in labels else 'does not match'} the number of "
                f"dimensions ({len(shape)}) for operand {i}{'' if DOTS in labels else ' and no ellipsis was given'}"
            )
        extra = len(shape) - named
        dots = max(dots, extra if DOTS in labels else 0)
        spelled = [m for k in labels for m in (range(-extra - 1, -1) if k == DOTS else (k,))]
        own: dict[int, int] = {}
        for k, n in zip(spelled, shape, strict=True):
            if own.setdefault(k, n) != n:
                raise RuntimeError(f"einsum(): subscript {chr(k)} is repeated for operand {i} but the sizes don't match, {n} != {own[k]}")
        for k, n in own.items():
            if sizes.setdefault(k, n) != n and n != 1:
                if sizes[k] != 1:
                    raise RuntimeError(
                        f"einsum(): subscript {chr(k) if k > 0 else '...'} has size {n} for operand {i} which does not broadcast with previously seen "
                        f"size {sizes[k]}"
                    )
                sizes[k] = n
        full.append(tuple(spelled))
    return tuple(full), _output_labels(output, full, dots)


def _output_labels(output: Labels | None, inputs: list[Labels], dots: int) -> Labels:
    spread = tuple(range(-dots - 1, -1))
    every = [k for labels in inputs for k in labels]
    if output is None:
        return spread + tuple(sorted(k for k in set(every) if k > 0 and every.count(k) == 1))
    out = tuple([m for k in output for m in (spread if k == DOTS else (k,))])
    for k in out:
        if out.count(k) > 1:
            raise RuntimeError(f"einsum(): output subscript {chr(k)} appears more than once in the output")
        if k not in every:
            raise RuntimeError(f"einsum(): output subscript {chr(k)} does not appear in the equation for any input operand")
    return out


@composed(spaces="torch")
def einsum(*args: Any) -> Value:
    """Σ of products: einsum("bik,bkj->bij", x, y), einsum("...ii->...i", x), or with lists of numbers, einsum(x, [0, 1], y, [1, 2], [0, 2]).

    A label that two operands share multiplies them along it, one that the output lacks is summed, one repeated in an operand
    takes its diagonal, `...` stands for the other dimensions, size 1 broadcasts. Without "->" the output has the labels that
    occur once, in alphabetical order.
    """
    inputs, output, operands = _forms(args)
    for i, x in enumerate(operands):
        if not hasattr(x, "shape"):
            raise TypeError(f"einsum(): operand {i} must be a Tensor, not {type(x).__name__}")
    inputs, out = normal_form(inputs, output, tuple([tuple(x.shape) for x in operands]))
    return contract(operands, inputs, out)


@op(
    "einsum({xs})",
    xs=lambda g, xs, xs_shapes, inputs, output: contract_inputs(g, xs, xs_shapes, inputs, output),
    spaces="engine",
    name="einsum",
    torch_name="EinsumBackward",
)
@quiet
def contract(xs: Sequence[Array], inputs: tuple[Labels, ...], output: Labels) -> Array:
    """Einstein summation over subscripts in normal form."""
    arrays, labels = list(xs), list(inputs)
    for i, later in _unready(inputs, output):
        arrays[i], labels[i] = _single(xs[i], inputs[i], later)
    if len(arrays) > 2:
        arrays, labels = _along_path(arrays, labels, output)
    if len(arrays) == 2:
        out, got = _pair(arrays[0], labels[0], arrays[1], labels[1], frozenset(output))
    else:
        (out,), (got,) = arrays, labels
    out = out.transpose([got.index(k) for k in output]) if got != output else out
    if len(xs) > 1:
        return in_rows(out)
    return out.copy() if any(np.may_share_memory(out, x) for x in xs) else out


@lru_cache(1024)
def _unready(inputs: tuple[Labels, ...], output: Labels) -> list[tuple[int, frozenset[int]]]:
    """(operand, what is needed of it) where an operand has diagonals to take or labels that nothing else needs."""
    found = []
    for i, labels in enumerate(inputs):
        later = frozenset(output).union(*inputs[:i], *inputs[i + 1 :])
        if len(set(labels)) < len(labels) or not later.issuperset(labels):
            found.append((i, later))
    return found


def _single(x: Array, labels: Labels, needed: frozenset[int]) -> tuple[Array, Labels]:
    """One operand with its diagonals taken and what nothing else needs summed out."""
    for k in set(labels):
        while labels.count(k) > 1:
            a = labels.index(k)
            b = labels.index(k, a + 1)
            x = x.diagonal(0, a, b)
            labels = (*labels[:a], *labels[a + 1 : b], *labels[b + 1 :], k)
    gone = tuple([d for d, k in enumerate(labels) if k not in needed])
    if gone:
        x = _summed(x, gone)
        labels = tuple([k for k in labels if k in needed])
    return np.asarray(x), labels


def _along_path(arrays: list[Array], labels: list[Labels], output: Labels) -> tuple[list[Array], list[Labels]]:
    """Contract pairs in NumPy's greedy order until two operands are left."""
    for chosen in _path(tuple([a.shape for a in arrays]), tuple(labels), output):
        if len(arrays) == 2:
            break
        i, j = sorted(chosen)[:2]
        (y, ly), (x, lx) = (arrays.pop(j), labels.pop(j)), (arrays.pop(i), labels.pop(i))
        needed = frozenset(output).union(*labels)
        out, got = _pair(x, lx, y, ly, needed)
        arrays.append(out)
        labels.append(got)
    while len(arrays) > 2:
        out, got = _pair(arrays.pop(0), labels.pop(0), arrays.pop(0), labels.pop(0), frozenset(output).union(*labels))
        arrays.insert(0, out)
        labels.insert(0, got)
    return arrays, labels


@lru_cache(256)
def _path(shapes: tuple[tuple[int, ...], ...], labels: tuple[Labels, ...], output: Labels) -> list[tuple[int, ...]]:
    names = {k: i for i, k in enumerate(dict.fromkeys(k for part in labels for k in part))}
    if len(names) > 52:
        return []
    sizes = {k: max(s[part.index(k)] for s, part in zip(shapes, labels, strict=True) if k in part) for k in names}
    operands: list[Any] = []
    for part in labels:
        operands += [np.broadcast_to(np.empty(()), [sizes[k] for k in part]), [names[k] for k in part]]
    return np.einsum_path(*operands, [names[k] for k in output], optimize="greedy")[0][1:]


class Pairing(NamedTuple):
    """How two operands of given shapes are contracted: what to sum first, how to turn and shape each into matrices, and the result."""

    sums: tuple[tuple[int, ...], tuple[int, ...]]
    orders: tuple[list[int] | None, list[int] | None]
    shapes: tuple[list[int] | None, list[int] | None]
    inner: bool
    shape: tuple[int, ...]
    labels: Labels


@lru_cache(1024)
def _pairing(lx: Labels, sx: tuple[int, ...], ly: Labels, sy: tuple[int, ...], needed: frozenset[int]) -> Pairing:
    size_x, size_y = dict(zip(lx, sx, strict=True)), dict(zip(ly, sy, strict=True))
    # a label of one operand alone that is not needed is summed out; so is one that a size of 1 broadcasts in the other
    clash = {k for k in lx if k in size_y and k not in needed and size_x[k] != size_y[k]}
    own_x, own_y = ({k for k in a if k not in b and k not in needed} for a, b in ((size_x, size_y), (size_y, size_x)))
    lost_x, lost_y = own_x | {k for k in clash if size_x[k] != 1}, own_y | {k for k in clash if size_y[k] != 1}
    sums = tuple([d for d, k in enumerate(lx) if k in lost_x]), tuple([d for d, k in enumerate(ly) if k in lost_y])
    kept_x, kept_y = [k for k in lx if k not in lost_x], [k for k in ly if k not in lost_y]
    ones_x, ones_y = [k for k in kept_x if k in clash], [k for k in kept_y if k in clash]
    batch = [k for k in kept_x if k in size_y and k in needed]
    inner = [k for k in kept_x if k in size_y and k not in needed and k not in clash]
    rows, columns = [k for k in kept_x if k not in size_y], [k for k in kept_y if k not in size_x]
    order_x = [kept_x.index(k) for k in batch + rows + inner + ones_x]
    order_y = [kept_y.index(k) for k in batch + inner + columns + ones_y]
    if inner:
        n, m = math.prod([size_x[k] for k in rows]), math.prod([size_y[k] for k in columns])
        depth = math.prod([size_x[k] for k in inner])
        shape_x, shape_y = [*[size_x[k] for k in batch], n, depth], [*[size_y[k] for k in batch], depth, m]
    else:
        shape_x = [*[size_x[k] for k in batch + rows], *[1] * len(columns)]
        shape_y = [*[size_y[k] for k in batch], *[1] * len(rows), *[size_y[k] for k in columns]]
    both = [size_x[k] if size_x[k] != 1 else size_y[k] for k in batch]
    shape = (*both, *[size_x[k] for k in rows], *[size_y[k] for k in columns])
    turned_x, turned_y = [size_x[kept_x[d]] for d in order_x], [size_y[kept_y[d]] for d in order_y]
    return Pairing(
        sums,
        (order_x if order_x != sorted(order_x) else None, order_y if order_y != sorted(order_y) else None),
        (shape_x if turned_x != shape_x else None, shape_y if turned_y != shape_y else None),
        bool(inner),
        shape,
        tuple(batch + rows + columns),
    )


def _pair(x: Array, lx: Labels, y: Array, ly: Labels, needed: frozenset[int]) -> tuple[Array, Labels]:
    """Two operands contracted to what is needed: a product of matrices, one for each shared label that stays."""
    way = _pairing(lx, x.shape, ly, y.shape, needed)
    x, y = _turned(x, way.sums[0], way.orders[0], way.shapes[0]), _turned(y, way.sums[1], way.orders[1], way.shapes[1])
    if not way.inner:
        return x * y, way.labels
    out = product_of(x, y)
    return out if out.shape == way.shape else out.reshape(way.shape), way.labels


def _turned(x: Array, gone: tuple[int, ...], order: list[int] | None, shape: list[int] | None) -> Array:
    """x summed over dimensions, permuted and reshaped."""
    if gone:
        x = _summed(x, gone)
    if order is not None:
        x = x.transpose(order)
    return x if shape is None else x.reshape(shape)


def _summed(x: Array, gone: tuple[int, ...]) -> Array:
    return np.asarray(np.add.reduce(x, gone, np.float32 if x.dtype == np.float16 else x.dtype).astype(x.dtype, copy=False))


@composed("{g} contracted with the other {xs}", spaces="engine")
def contract_inputs(
    g: Value, xs: Sequence[Value], shapes: Sequence[tuple[int, ...]], inputs: tuple[Labels, ...], output: Labels
) -> list[Value]:
    """The gradient of each operand: g contracted with the other operands, put back on its diagonals."""
    compute = contract.fn if type(g) is np.ndarray else contract
    out = []
    for i, (rest, reached, single, between, shape) in enumerate(_ways_back(inputs, output, tuple(shapes))):
        part = compute([g, *xs[:i], *xs[i + 1 :]], rest, reached)
        part = reshape(part, between) if reached != single else part
        part = part if tuple(part.shape) == shape else expand(part, shape)
        out.append(part if single == inputs[i] else _back_on_diagonals(part, single, inputs[i]))
    return out


class Back(NamedTuple):
    """How the gradient of one operand is made: the contraction, and the shapes that repeat it along labels which it lacks."""

    rest: tuple[Labels, ...]
    reached: Labels
    single: Labels
    between: list[int]
    shape: tuple[int, ...]


@lru_cache(1024)
def _ways_back(inputs: tuple[Labels, ...], output: Labels, shapes: tuple[tuple[int, ...], ...]) -> list[Back]:
    sizes = _sizes(inputs, shapes)
    ways = []
    for i, own in enumerate(inputs):
        rest = (output, *inputs[:i], *inputs[i + 1 :])
        known = _sizes(rest, (tuple([sizes[k] for k in output]), *shapes[:i], *shapes[i + 1 :]))
        single = tuple(dict.fromkeys(own))
        reached = tuple([k for k in single if k in known])
        ways.append(Back(rest, reached, single, [known.get(k, 1) for k in single], tuple([sizes[k] for k in single])))
    return ways


def _sizes(inputs: tuple[Labels, ...], shapes: tuple[tuple[int, ...], ...]) -> dict[int, int]:
    """The size of each label, where a size of 1 broadcasts."""
    sizes: dict[int, int] = {}
    for labels, shape in zip(inputs, shapes, strict=True):
        for k, n in zip(labels, shape, strict=True):
            if sizes.get(k, 1) == 1:
                sizes[k] = n
    return sizes


def _back_on_diagonals(part: Value, single: Labels, own: Labels) -> Value:
    """A gradient over distinct labels in the places of an operand that repeats some."""
    labels = list(single)
    for k in single:
        for _ in range(own.count(k) - 1):
            d = labels.index(k)
            order = [i for i in range(len(labels)) if i != d] + [d]
            labels = [labels[i] for i in order] + [k]
            part = permute(part, tuple(order))
            part = diag_embed(part)
    order = []
    free = list(range(len(labels)))
    for k in own:
        at = next(i for i in free if labels[i] == k)
        free.remove(at)
        order.append(at)
    return permute(part, tuple(order)) if order != list(range(len(order))) else part
