"""The inner steps of `winograd_loops` in LLVM vectors: transforms of tiles, a channel per lane, and products of what they give.

Imports `vector` and `winograd_maps`; Numba on first use. A transform holds its whole tile in registers, where loops over lines
of tiles went through memory twice and gathered every value by itself (27 cycles a value and lane against 7).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .vector import Emit
from .winograd_maps import Map


def _dot(e: Emit, weights: np.ndarray, values: list[Any]) -> Any:
    """Σ weights · values in registers, None if all the weights are zero; a term of weight 1 comes first and costs nothing."""
    terms = sorted(((w, v) for w, v in zip(weights, values, strict=True) if w != 0 and v is not None), key=lambda term: float(term[0] != 1))
    total: Any = None
    for weight, value in terms:
        if total is None:
            total = value if weight == 1 else e.builder.fmul(e.constant(weight), value)
        elif abs(weight) == 1:
            total = (e.builder.fadd if weight == 1 else e.builder.fsub)(total, value)
        else:
            total = e.fused(e.constant(weight), value, total)
    return total


def _sum(e: Emit, x: Any, y: Any, sign: int = 1) -> Any:
    if y is None:
        return x
    if x is None:
        return y if sign == 1 else e.builder.fneg(y)
    return (e.builder.fadd if sign == 1 else e.builder.fsub)(x, y)


def _fan(e: Emit, matrix: Map, values: list[Any]) -> list[Any]:
    """matrix · values. The rows of the points p and -p share their even and their odd part."""
    if matrix is None:
        return values
    m = np.array(matrix)
    out: list[Any] = [None] * 6
    out[0], out[5] = _dot(e, m[0], values), _dot(e, m[5], values)
    for i in (1, 3):
        even, odd = _dot(e, (m[i] + m[i + 1]) / 2, values), _dot(e, (m[i] - m[i + 1]) / 2, values)
        out[i], out[i + 1] = _sum(e, even, odd), _sum(e, even, odd, -1)
    return out


def _fold(e: Emit, matrix: Map, values: list[Any]) -> list[Any]:
    """matrixᵀ · values, from the sums and differences of what belongs to the points p and -p."""
    if matrix is None:
        return values
    m = np.array(matrix)
    terms = [values[0], values[5]]
    weights = [m[0], m[5]]
    for i in (1, 3):
        terms += [e.builder.fadd(values[i], values[i + 1]), e.builder.fsub(values[i], values[i + 1])]
        weights += [(m[i] + m[i + 1]) / 2, (m[i] - m[i + 1]) / 2]
    return [_dot(e, column, terms) for column in np.array(weights).T]


def _both(apply: Any, e: Emit, rows: Map, columns: Map, tile: list[list[Any]]) -> list[list[Any]]:
    """A map along the columns of a tile of registers, then one along its rows."""
    down = list(zip(*(apply(e, rows, list(column)) for column in zip(*tile, strict=True)), strict=True))
    return [apply(e, columns, list(line)) for line in down]


def _sizes(matrix: Map) -> tuple[int, int]:
    return (1, 1) if matrix is None else (len(matrix), len(matrix[0]))


@functools.cache
def fan(count: int, rows: Map, columns: Map) -> Any:
    """tile(x, at, down, right, out, to, step): out[to + p·step] = (rows · x · columnsᵀ)[p], tiles of vectors of `count` numbers.

    The vector at (i, j) of x is at + i·down + j·right. The caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    (_, high), (_, wide) = _sizes(rows), _sizes(columns)

    @intrinsic
    def tile(typing, x, at, down, right, out, to, step):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, target = e.at(e.data(signature.args[0], args[0]), args[1]), e.at(e.data(signature.args[4], args[4]), args[5])
            lines = [e.at(source, builder.mul(args[2], e.word(i))) for i in range(high)]
            values = [[e.load(e.at(line, builder.mul(args[3], e.word(j)))) for j in range(wide)] for line in lines]
            found = [value for line in _both(_fan, e, rows, columns, values) for value in line]
            for p, value in enumerate(found):
                e.store(value, e.at(target, builder.mul(args[6], e.word(p))))
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, n, n, out, n, n), emit

    return tile


@functools.cache
def fold(count: int, rows: Map, columns: Map) -> Any:
    """tile(m, at, step, start, first, out, to, down, right, spoilt): out[to + i·down + j·right] = (rowsᵀ · m · columns)[i, j] + start[first]

    for tiles of vectors of `count` numbers, the one at place p of m at + p·step. Adds 0 times the corners to spoilt[:count],
    which stays zero as long as they are finite. The caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    (high, down_size), (wide, right_size) = _sizes(rows), _sizes(columns)

    @intrinsic
    def tile(typing, m, at, step, start, first, out, to, down, right, spoilt):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, begin, target, bad = (e.data(signature.args[i], args[i]) for i in (0, 3, 5, 9))
            source, target = e.at(source, args[1]), e.at(target, args[6])
            added = e.load(e.at(begin, args[4]))
            values = [[e.load(e.at(source, builder.mul(args[2], e.word(i * wide + j)))) for j in range(wide)] for i in range(high)]
            found = _both(_fold, e, rows, columns, values)
            spoils = e.load(bad)
            for i in sorted({0, down_size - 1}):
                for j in sorted({0, right_size - 1}):
                    spoils = e.fused(found[i][j], e.constant(0), spoils)
            e.store(spoils, bad)
            for i, line in enumerate(found):
                to = e.at(target, builder.mul(args[7], e.word(i)))
                for j, value in enumerate(line):
                    e.store(builder.fadd(value, added), e.at(to, builder.mul(args[8], e.word(j))))
            return context.get_dummy_value()

        n = types.intp
        return types.void(m, n, n, start, n, out, n, n, n, spoilt), emit

    return tile


@functools.cache
def transposed(count: int) -> Any:
    """square(x, at, pitch, out, to, step): out[to + j·step + i] = x[at + i·pitch + j] for i, j < count; the caller answers for every index."""
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def square(typing, x, at, pitch, out, to, step):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, target = e.at(e.data(signature.args[0], args[0]), args[1]), e.at(e.data(signature.args[3], args[3]), args[4])
            lines = [e.load(e.at(source, builder.mul(args[2], e.word(i)))) for i in range(count)]
            half = count // 2
            while half:  # exchange the off-diagonal blocks of every square of 2·half
                low = [lane if not lane & half else count + lane - half for lane in range(count)]
                high = [lane + half if not lane & half else count + lane for lane in range(count)]
                for i in range(count):
                    if not i & half:
                        lines[i], lines[i + half] = e.mixed(lines[i], lines[i + half], low), e.mixed(lines[i], lines[i + half], high)
                half //= 2
            for j, line in enumerate(lines):
                e.store(line, e.at(target, builder.mul(args[5], e.word(j))))
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, n, out, n, n), emit

    return square


@functools.cache
def products(count: int, rows: int, vectors: int, apart: int, adding: bool) -> Any:
    """panel(v, at, off, steps, u, first, u_step, u_next, out, to, out_step, out_next): out[to + r·out_step + q·out_next + i] (+)=

    Σ_k v[at + off[k] + r·apart] · u[first + k·u_step + q·u_next + i] for r < rows, q < vectors, i < count, k < steps >= 1, added to what
    is there if `adding`. Arrays of one dimension; the caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def panel(typing, v, at, off, steps, u, first, u_step, u_next, out, to, out_step, out_next):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            left, offsets, right, target = (e.data(signature.args[i], args[i]) for i in (0, 2, 4, 8))
            left, right, target = e.at(left, args[1]), e.at(right, args[5]), e.at(target, args[9])
            places = [
                e.at(e.at(target, builder.mul(args[10], e.word(r))), builder.mul(args[11], e.word(q)))
                for r in range(rows)
                for q in range(vectors)
            ]
            before = [e.load(place) if adding else e.constant(0) for place in places]
            head, loop, done = builder.block, builder.append_basic_block("steps"), builder.append_basic_block("sums")
            builder.branch(loop)
            builder.position_at_end(loop)
            k = builder.phi(e.word(0).type)
            sums = [builder.phi(e.vector) for _ in places]
            line = e.at(right, builder.mul(k, args[6]))
            values = [e.load(e.at(line, builder.mul(args[7], e.word(q)))) for q in range(vectors)]
            corner = e.at(left, builder.load(e.at(offsets, k)))
            totals = []
            for r in range(rows):
                weight = e.spread(e.at(corner, r * apart))
                totals += [e.fused(weight, value, sums[r * vectors + q]) for q, value in enumerate(values)]
            after = builder.add(k, e.word(1))
            k.add_incoming(e.word(0), head)
            k.add_incoming(after, loop)
            for old, begun, new in zip(sums, before, totals, strict=True):
                old.add_incoming(begun, head)
                old.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", after, args[3]), loop, done)
            builder.position_at_end(done)
            for total, place in zip(totals, places, strict=True):
                e.store(total, place)
            return context.get_dummy_value()

        n = types.intp
        return types.void(v, n, off, n, u, n, n, n, out, n, n, n), emit

    return panel


@functools.cache
def moved(count: int) -> Any:
    """copy(x, at, out, to): out[to + i] = x[at + i] for i < count; the caller answers for every index."""
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def copy(typing, x, at, out, to):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, target = (e.at(e.data(signature.args[i], args[i]), args[i + 1]) for i in (0, 2))
            e.store(e.load(source), target)
            return context.get_dummy_value()

        return types.void(x, types.intp, out, types.intp), emit

    return copy


@functools.cache
def channelwise(count: int, places: int) -> Any:
    """row(x, at, off, steps, apart, w, first, start, begin, out, to, step): out[to + r·step + i] = start[begin + i]

    + Σ_k x[at + off[k] + r·apart + i] · w[first + k·count + i] for r < places, i < count, k < steps >= 1. The caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def row(typing, x, at, off, steps, apart, w, first, start, begin, out, to, step):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, offsets, weights, starts, target = (e.data(signature.args[i], args[i]) for i in (0, 2, 5, 7, 9))
            source, weights, target = e.at(source, args[1]), e.at(weights, args[6]), e.at(target, args[10])
            begun = e.load(e.at(starts, args[8]))
            head, loop, done = builder.block, builder.append_basic_block("steps"), builder.append_basic_block("sums")
            builder.branch(loop)
            builder.position_at_end(loop)
            k = builder.phi(e.word(0).type)
            sums = [builder.phi(e.vector) for _ in range(places)]
            corner, weight = e.at(source, builder.load(e.at(offsets, k))), e.load(e.at(weights, builder.mul(k, e.word(count))))
            values = [e.load(e.at(corner, builder.mul(args[4], e.word(r)))) for r in range(places)]
            totals = [e.fused(weight, value, total) for value, total in zip(values, sums, strict=True)]
            after = builder.add(k, e.word(1))
            k.add_incoming(e.word(0), head)
            k.add_incoming(after, loop)
            for old, new in zip(sums, totals, strict=True):
                old.add_incoming(begun, head)
                old.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", after, args[3]), loop, done)
            builder.position_at_end(done)
            for r, total in enumerate(totals):
                e.store(total, e.at(target, builder.mul(args[11], e.word(r))))
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, off, n, n, w, n, start, n, out, n, n), emit

    return row


@functools.cache
def channelwise_sums(count: int, taps: int) -> Any:
    """line(x, at, off, first, apart, g, begin, length, out, to): out[to + t·count + i] +=

    Σ_j x[at + off[first + t] + j·apart + i] · g[begin + j·count + i] for t < taps, i < count, j < length >= 1.
    The caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def line(typing, x, at, off, first, apart, g, begin, length, out, to):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, offsets, grads, target = (e.data(signature.args[i], args[i]) for i in (0, 2, 5, 8))
            source, offsets, grads, target = e.at(source, args[1]), e.at(offsets, args[3]), e.at(grads, args[6]), e.at(target, args[9])
            corners = [e.at(source, builder.load(e.at(offsets, t))) for t in range(taps)]
            places = [e.at(target, t * count) for t in range(taps)]
            before = [e.load(place) for place in places]
            head, loop, done = builder.block, builder.append_basic_block("places"), builder.append_basic_block("sums")
            builder.branch(loop)
            builder.position_at_end(loop)
            j = builder.phi(e.word(0).type)
            sums = [builder.phi(e.vector) for _ in range(taps)]
            shift, grad = builder.mul(j, args[4]), e.load(e.at(grads, builder.mul(j, e.word(count))))
            totals = [e.fused(grad, e.load(e.at(corner, shift)), total) for corner, total in zip(corners, sums, strict=True)]
            after = builder.add(j, e.word(1))
            j.add_incoming(e.word(0), head)
            j.add_incoming(after, loop)
            for old, begun, new in zip(sums, before, totals, strict=True):
                old.add_incoming(begun, head)
                old.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", after, args[7]), loop, done)
            builder.position_at_end(done)
            for total, place in zip(totals, places, strict=True):
                e.store(total, place)
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, off, n, n, g, n, n, out, n), emit

    return line
