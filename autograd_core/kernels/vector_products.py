"""Register tiles of matrix products in LLVM vectors: the inner loops of `product_loops`. Imports `vector`; Numba on first use."""

from __future__ import annotations

import functools
from typing import Any

from .vector import Emit

__all__ = ["copied", "product_tile", "turned"]


@functools.cache
def product_tile(count: int, rows: int, vectors: int) -> Any:
    """tile(a, at, row, step, valid, k, b, b_at, first, first_at, first_row, out, to, pitch):

    out[to + i·pitch + j] = first[first_at + i·first_row + j] + Σ over t < k of a[at + i·row + t·step] · b[b_at + t·width + j]

    for i < rows and j < width = count·vectors, where a's rows from `valid` on are its last one again. Arrays of one dimension; the
    caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def tile(typing, a, at, row, step, valid, k, b, b_at, first, first_at, first_row, out, to, pitch):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, panel, begun, target = (e.at(e.data(signature.args[i], args[i]), args[i + 1]) for i in (0, 6, 8, 11))
            last = builder.sub(args[4], e.word(1))
            shifts = []
            for i in range(rows):
                inside = builder.icmp_signed("<", e.word(i), args[4])
                shifts.append(builder.mul(builder.select(inside, e.word(i), last), args[2]))
            tiles = [(i, v) for i in range(rows) for v in range(vectors)]
            start = {(i, v): e.load(e.at(e.at(begun, builder.mul(args[10], e.word(i))), v * count)) for i, v in tiles}
            head, loop, done = builder.block, builder.append_basic_block("products"), builder.append_basic_block("sums")
            builder.cbranch(builder.icmp_signed(">", args[5], e.word(0)), loop, done)
            builder.position_at_end(loop)
            t = builder.phi(e.word(0).type)
            sums = {place: builder.phi(e.vector) for place in tiles}
            line = e.at(panel, builder.mul(t, e.word(count * vectors)))
            values = [e.load(e.at(line, v * count)) for v in range(vectors)]
            here = e.at(source, builder.mul(t, args[3]))
            factors = [e.spread(e.at(here, shift)) for shift in shifts]
            totals = {(i, v): e.fused(factors[i], values[v], sums[i, v]) for i, v in tiles}
            after = builder.add(t, e.word(1))
            for phi, before, next_one in ((t, e.word(0), after), *((sums[p], start[p], totals[p]) for p in tiles)):
                phi.add_incoming(before, head)
                phi.add_incoming(next_one, loop)
            builder.cbranch(builder.icmp_signed("<", after, args[5]), loop, done)
            builder.position_at_end(done)
            results = {place: builder.phi(e.vector) for place in tiles}
            for i, v in tiles:
                results[i, v].add_incoming(start[i, v], head)
                results[i, v].add_incoming(totals[i, v], loop)
            for i, v in tiles:
                e.store(results[i, v], e.at(e.at(target, builder.mul(args[13], e.word(i))), v * count))
            return context.get_dummy_value()

        n = types.intp
        return types.void(a, n, n, n, n, n, b, n, first, n, n, out, n, n), emit

    return tile


@functools.cache
def turned(count: int) -> Any:
    """turn(x, at, row, out, to, pitch): out[to + t·pitch + i] = x[at + i·row + t] for i and t < count.

    Each stage interleaves the rows of one half with those of the other, which moves the highest bit of the row's number into the
    column's: after log2(count) stages rows and columns have changed places.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def turn(typing, x, at, row, out, to, pitch):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, target = (e.at(e.data(signature.args[i], args[i]), args[i + 1]) for i in (0, 3))
            lines = [e.load(e.at(source, builder.mul(args[2], e.word(i)))) for i in range(count)]
            half, pairs = count // 2, [(i, count + i) for i in range(count)]
            low, high = [p for pair in pairs[:half] for p in pair], [p for pair in pairs[half:] for p in pair]
            stages = count.bit_length() - 1
            for _ in range(stages):
                lines = [e.mixed(lines[i], lines[half + i], places) for i in range(half) for places in (low, high)]
            for t, line in enumerate(lines):
                e.store(line, e.at(target, builder.mul(args[5], e.word(t))))
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, n, out, n, n), emit

    return turn


@functools.cache
def copied(count: int, vectors: int) -> Any:
    """copy(x, at, out, to): out[to + j] = x[at + j] for j < count·vectors."""
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def copy(typing, x, at, out, to):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, target = (e.at(e.data(signature.args[i], args[i]), args[i + 1]) for i in (0, 2))
            for v in range(vectors):
                e.store(e.load(e.at(source, v * count)), e.at(target, v * count))
            return context.get_dummy_value()

        return types.void(x, types.intp, out, types.intp), emit

    return copy
