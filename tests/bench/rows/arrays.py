"""Large arrays: elementwise functions, reductions, normalisations, softmax and losses, indexing."""

from __future__ import annotations

import functools

from .row import Row, both_ways

both = functools.partial(both_ways, "arrays")
PLACES = "i = T.randint(0, 1000, (1000, 1000))"


def million(name: str, out: str, shapes: str = "x:1000, 1000", more: str = "", wanted: str = "x") -> list[Row]:
    """Something done to a million numbers."""
    return both(f"{name}, a million numbers", out, shapes, more, wanted)


def over(name: str, out: str) -> list[Row]:
    """A reduction over each of the two axes of a million numbers; `out` has {d} for the axis."""
    return [row for d, axis in enumerate(("rows", "columns")) for row in million(f"{name} over {axis}", out.format(d=d))]


def rows_norm(m: int, n: int) -> list[Row]:
    """layer_norm of m rows of n numbers."""
    return both(f"layer_norm, {m}x{n}", f"F.layer_norm(x, ({n},), w, b)", f"x:{m}, {n};w:{n};b:{n}", wanted="x, w, b")


def rows_softmax(function: str, m: int, n: int) -> list[Row]:
    """softmax or log_softmax of m rows of n numbers."""
    return both(f"{function}, {m}x{n}", f"F.{function}(x, 1)", f"x:{m}, {n}")


def cross_entropy(m: int, n: int) -> list[Row]:
    """The loss of m samples in n classes."""
    return both(f"cross_entropy, {m}x{n}", "F.cross_entropy(x, t)", f"x:{m}, {n}", f"t = T.randint(0, {n}, ({m},))")


NORMS: list[Row] = [
    *rows_norm(15625, 64),
    *rows_norm(256, 512),
    *both("batch_norm, 64x32x26x26", "F.batch_norm(x, None, None, w, b, True)", "x:64, 32, 26, 26;w:32;b:32", wanted="x, w, b"),
    *both("batch_norm, 256x512", "F.batch_norm(x, None, None, w, b, True)", "x:256, 512;w:512;b:512", wanted="x, w, b"),
    *both("group_norm 8, 16x64x32x30", "F.group_norm(x, 8, w, b)", "x:16, 64, 32, 30;w:64;b:64", wanted="x, w, b"),
]
CLASSES: list[Row] = [
    *rows_softmax("softmax", 15625, 64),
    *rows_softmax("softmax", 1000, 1000),
    *rows_softmax("softmax", 64, 10),
    *rows_softmax("log_softmax", 1000, 1000),
    *rows_softmax("log_softmax", 64, 10),
    *million("softmax over rows", "F.softmax(x, 0)"),
    *cross_entropy(1000, 1000),
    *cross_entropy(64, 10),
]
ELEMENTWISE: list[Row] = [
    *million("add", "x + 1.5"),
    *million("add of two", "x + y", "x:1000, 1000;y:1000, 1000", wanted="x, y"),
    *million("mul of two", "x * y", "x:1000, 1000;y:1000, 1000", wanted="x, y"),
    *million("div of two", "x / y", "x:1000, 1000;y:1000, 1000", wanted="x, y"),
    *million("broadcast add", "x + b", "x:1000, 1000;b:1000", wanted="x, b"),
    *million("broadcast mul", "x * x[0]"),
    *million("exp", "x.exp()"),
    *million("log", "x.abs().log()"),
    *million("sqrt", "x.abs().sqrt()"),
    *million("pow 3", "x ** 3"),
    *million("tanh", "x.tanh()"),
    *million("sigmoid", "x.sigmoid()"),
    *million("relu", "F.relu(x)"),
    *million("gelu", "F.gelu(x)"),
    *million("silu", "F.silu(x)"),
    *million("softplus", "F.softplus(x)"),
    *million("leaky_relu", "F.leaky_relu(x)"),
    *million("glu", "F.glu(x)"),
    *million("erf", "x.erf()"),
    *million("where", "T.where(x > 0, x, 0.0)"),
    *million("dropout", "F.dropout(x, 0.5)"),
    *million("mse_loss", "F.mse_loss(x, y)", "x:1000, 1000;y:1000, 1000", wanted="x, y"),
]
REDUCTIONS: list[Row] = [
    *million("sum", "x.sum()"),
    *million("mean", "x.mean()"),
    *million("max", "x.max()"),
    *over("sum", "x.sum({d})"),
    *over("mean", "x.mean({d})"),
    *over("var", "x.var({d})"),
    *over("max", "x.max({d}).values"),
    *over("cumsum", "x.cumsum({d})"),
    *over("sort", "x.sort({d}).values"),
    *over("logsumexp", "x.logsumexp({d})"),
    Row("arrays, forward", "argmax over rows, a million numbers", "x.argmax(0)", "x = T.randn(1000, 1000)", "both"),
    Row("arrays, forward", "argmax over columns, a million numbers", "x.argmax(1)", "x = T.randn(1000, 1000)", "both"),
]
INDEXING: list[Row] = [
    *both("gather, 1000x1000", "x.gather(1, i)", "x:1000, 1000", PLACES),
    *both("scatter_add, 1000x1000", "x.scatter_add(1, i, y)", "x:1000, 1000;y:1000, 1000", PLACES),
    *both("index_select, 1000 of 1000x1000", "x.index_select(0, i)", "x:1000, 1000", "i = T.randint(0, 1000, (1000,))"),
    *both("x[mask], 1000x1000", "x[m]", "x:1000, 1000", "m = T.randn(1000, 1000) > 0"),
    *both("masked_fill, 1000x1000", "x.masked_fill(m, 0.0)", "x:1000, 1000", "m = T.randn(1000, 1000) > 0"),
]
ROWS: list[Row] = [*NORMS, *CLASSES, *ELEMENTWISE, *REDUCTIONS, *INDEXING]
