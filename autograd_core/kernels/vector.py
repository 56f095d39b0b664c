"""Register tiles written in LLVM vectors: the inner loops of `conv_tiles_loops`. Imports nothing of ours; Numba and llvmlite on first use.

A loop of Numba's keeps its sums in memory and, by LLVM's choice, in halves of the widest registers; a tile of 24 sums that stay in
registers reaches nine tenths of the machine's peak (175 of 200 GFLOP/s in float32 on AVX-512). Sources:
Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), for the tile; Dukhan, The Indirect Convolution
Algorithm (2019), for rows that are found by offsets instead of being copied.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np


@functools.cache
def register_bytes() -> int:
    """The width of this machine's vector registers; 0 where tiles cannot be made, as when Numba's jit is disabled."""
    import numba
    from llvmlite import binding

    if numba.config.DISABLE_JIT:
        return 0
    try:
        features = binding.get_host_cpu_features()
    except RuntimeError:
        return 16
    return 64 if features.get("avx512f") else 32 if features.get("avx2") and features.get("fma") else 16


@functools.cache
def named(dtype: np.dtype) -> str:
    """The name of a dtype, which NumPy takes 3 µs to make."""
    return dtype.name


@functools.cache
def lanes(dtype: str) -> int:
    """Numbers of a dtype in a register."""
    return register_bytes() // np.dtype(dtype).itemsize


class Emit:
    """What tiles need of LLVM: vectors of `count` numbers, loaded, spread, mixed, multiplied and added."""

    def __init__(self, context: Any, builder: Any, kind: Any, count: int) -> None:
        from llvmlite import ir

        self.ir, self.context, self.builder = ir, context, builder
        self.size, self.lanes = kind.bitwidth // 8, count
        self.vector = ir.VectorType(context.get_value_type(kind), count)
        name, shape = f"llvm.fmuladd.v{count}f{kind.bitwidth}", ir.FunctionType(self.vector, [self.vector] * 3)
        known = builder.module.globals.get(name)
        self.fma = known if known is not None else ir.Function(builder.module, shape, name)

    def word(self, value: int) -> Any:
        return self.ir.Constant(self.ir.IntType(64), value)

    def data(self, kind: Any, value: Any) -> Any:
        return self.context.make_array(kind)(self.context, self.builder, value).data

    def at(self, pointer: Any, index: Any) -> Any:
        return self.builder.gep(pointer, [self.word(index) if isinstance(index, int) else index])

    def constant(self, value: float) -> Any:
        return self.ir.Constant(self.vector, [float(value)] * self.lanes)

    def fused(self, x: Any, y: Any, z: Any) -> Any:
        """x · y + z."""
        return self.builder.call(self.fma, [x, y, z])

    def mixed(self, x: Any, y: Any, places: list[int]) -> Any:
        """The numbers at `places` of x and y, one behind the other."""
        return self.builder.shuffle_vector(x, y, self.ir.Constant(self.ir.VectorType(self.ir.IntType(32), self.lanes), places))

    def load(self, pointer: Any) -> Any:
        found = self.builder.load(self.builder.bitcast(pointer, self.vector.as_pointer()))
        found.align = self.size
        return found

    def store(self, value: Any, pointer: Any) -> None:
        self.builder.store(value, self.builder.bitcast(pointer, self.vector.as_pointer())).align = self.size

    def spread(self, pointer: Any) -> Any:
        """One number in every lane."""
        ir, nothing = self.ir, self.ir.Constant(self.vector, self.ir.Undefined)
        one = self.builder.insert_element(nothing, self.builder.load(pointer), ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes))

    def total(self, value: Any) -> Any:
        """The sum of the lanes, halves first."""
        ir, width = self.ir, self.lanes
        while width > 1:
            width //= 2
            index = [(i + width) % self.lanes for i in range(self.lanes)]
            turned = self.builder.shuffle_vector(value, value, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), index))
            value = self.builder.fadd(value, turned)
        return self.builder.extract_element(value, ir.Constant(ir.IntType(32), 0))


@functools.cache
def weighted_rows(count: int, outs: int, vectors: int) -> Any:
    """tile(x, at, off, taps, w, out, to, pitch): out[to + o·pitch + j] = w[o] + Σ_t w[(t + 1)·outs + o] · x[at + off[t] + j]

    for o < outs and j < count·vectors, arrays of one dimension. The caller answers for every index.
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def tile(typing, x, at, off, taps, w, out, to, pitch):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            source, offsets, weights, target = (e.data(signature.args[i], args[i]) for i in (0, 2, 4, 5))
            source, target = e.at(source, args[1]), e.at(target, args[6])
            first = [e.spread(e.at(weights, o)) for o in range(outs)]
            head, loop, done = builder.block, builder.append_basic_block("taps"), builder.append_basic_block("sums")
            builder.branch(loop)
            builder.position_at_end(loop)
            t = builder.phi(e.word(0).type)
            sums = [[builder.phi(e.vector) for _ in range(vectors)] for _ in range(outs)]
            row = e.at(source, builder.load(e.at(offsets, t)))
            values = [e.load(e.at(row, v * count)) for v in range(vectors)]
            after = builder.add(t, e.word(1))
            weights = e.at(weights, builder.mul(after, e.word(outs)))
            totals = []
            for o in range(outs):
                weight = e.spread(e.at(weights, o))
                totals.append([builder.call(e.fma, [weight, value, old]) for value, old in zip(values, sums[o], strict=True)])
                for old, new in zip(sums[o], totals[o], strict=True):
                    old.add_incoming(first[o], head)
                    old.add_incoming(new, loop)
            t.add_incoming(e.word(0), head)
            t.add_incoming(after, loop)
            builder.cbranch(builder.icmp_signed("<", after, args[3]), loop, done)
            builder.position_at_end(done)
            for o in range(outs):
                line = e.at(target, builder.mul(args[7], e.word(o)))
                for v in range(vectors):
                    e.store(totals[o][v], e.at(line, v * count))
            return context.get_dummy_value()

        n = types.intp
        return types.void(x, n, off, n, w, out, n, n), emit

    return tile


@functools.cache
def row_products(count: int, outs: int, taps: int) -> Any:
    """tile(g, at, pitch, g_step, x, base, off, first, x_step, images, length, out, to): out[to + (o·taps + t)·count + j % count] +=

    g[at + n·g_step + o·pitch + j] · x[base + n·x_step + off[first + t] + j] for n < images, j < length, o < outs and t < taps;
    length is a multiple of count. Arrays of one dimension; the caller answers for every index, and adds up the lanes (`lane_sum`).
    """
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def tile(typing, g, at, pitch, g_step, x, base, off, first, x_step, images, length, out, to):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            grads, source, offsets, target = (e.data(signature.args[i], args[i]) for i in (0, 4, 6, 11))
            grads, source, offsets = e.at(grads, args[1]), e.at(source, args[5]), e.at(offsets, args[7])
            places = [e.at(e.at(target, args[12]), i * count) for i in range(outs * taps)]
            before = [e.load(place) for place in places]
            shifts = [builder.load(e.at(offsets, t)) for t in range(taps)]
            word = e.word(0).type
            outer, inner, next_image, done = (builder.append_basic_block(name) for name in ("image", "row", "next", "sums"))
            head = builder.block
            builder.branch(outer)
            builder.position_at_end(outer)
            n = builder.phi(word)
            kept = [builder.phi(e.vector) for _ in range(outs * taps)]
            g_rows = [e.at(grads, builder.add(builder.mul(n, args[3]), builder.mul(args[2], e.word(o)))) for o in range(outs)]
            x_rows = [e.at(source, builder.add(builder.mul(n, args[8]), shift)) for shift in shifts]
            builder.branch(inner)
            builder.position_at_end(inner)
            j = builder.phi(word)
            sums = [builder.phi(e.vector) for _ in range(outs * taps)]
            values = [e.load(e.at(row, j)) for row in x_rows]
            totals = []
            for o in range(outs):
                grad = e.load(e.at(g_rows[o], j))
                totals += [builder.call(e.fma, [grad, value, sums[o * taps + t]]) for t, value in enumerate(values)]
            after = builder.add(j, e.word(count))
            j.add_incoming(e.word(0), outer)
            j.add_incoming(after, inner)
            for old, begun, new in zip(sums, kept, totals, strict=True):
                old.add_incoming(begun, outer)
                old.add_incoming(new, inner)
            builder.cbranch(builder.icmp_signed("<", after, args[10]), inner, next_image)
            builder.position_at_end(next_image)
            following = builder.add(n, e.word(1))
            n.add_incoming(e.word(0), head)
            n.add_incoming(following, next_image)
            for begun, old, new in zip(kept, before, totals, strict=True):
                begun.add_incoming(old, head)
                begun.add_incoming(new, next_image)
            builder.cbranch(builder.icmp_signed("<", following, args[9]), outer, done)
            builder.position_at_end(done)
            for total, place in zip(totals, places, strict=True):
                e.store(total, place)
            return context.get_dummy_value()

        n = types.intp
        return types.void(g, n, n, n, x, n, off, n, n, n, n, out, n), emit

    return tile


@functools.cache
def lane_sum(count: int) -> Any:
    """total(x, at): the sum of x[at] ... x[at + count - 1], halves first."""
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def total(typing, x, at):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            e = Emit(context, builder, signature.args[0].dtype, count)
            return e.total(e.load(e.at(e.data(signature.args[0], args[0]), args[1])))

        return x.dtype(x, types.intp), emit

    return total
