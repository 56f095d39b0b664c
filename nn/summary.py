"""summary: what a model consists of and what a sample costs, as a table. Imports the watched run and the tables."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .inspection.keras import keras_table
from .inspection.table import native_table
from .inspection.trace import Call, Shapes, traced
from .modules.module import Module
from .parameter import is_lazy
from .training.tree import leaves, tree_map

__all__ = ["Row", "Summary", "summary"]

Shape = tuple[int | None, ...]


@dataclass
class Row:
    """One call of a module, in the order in which calls began.

    output_shapes: of its tensors, None where the batch stands. parameters: those that no row before had; with those of modules inside it
    that were not called themselves. multiply_adds, activation_bytes: of its own operations, for one sample. again: the module ran before.
    """

    path: str
    module: Module
    depth: int
    output_shapes: list[Shape]
    parameters: int
    trainable: int
    multiply_adds: int
    activation_bytes: int
    is_leaf: bool
    again: bool


@dataclass
class Summary:
    """The rows and their sums; every parameter counts once. `str()` is the table in the chosen style; in a notebook it shows itself."""

    model: Module
    rows: list[Row]
    style: str = "native"
    per_sample: bool = True
    total_params: int = 0
    trainable_params: int = 0
    param_bytes: int = 0
    buffer_bytes: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    idle: list[tuple[str, int]] = field(default_factory=list)

    @property
    def non_trainable_params(self) -> int:
        """Parameters whose requires_grad is off."""
        return self.total_params - self.trainable_params

    def __str__(self) -> str:
        return keras_table(self) if self.style == "keras" else native_table(self)

    __repr__ = __str__


def summary(
    model: Module,
    input_size: Any = None,
    *,
    input_data: Any = None,
    batch_size: int | None = None,
    dtypes: Any = None,
    style: str = "native",
    depth: int | None = None,
) -> Summary:
    """Run the model once or twice without gradients, and say what it consists of: output shapes, parameters, memory, multiply-adds.

    input_size: the size of one sample, without the batch: (3, 32, 32), or a list of sizes for several inputs, or a dictionary by keyword.
    dtypes: the type of each input, by default that of the parameters; embeddings need ag.int64. Batches of 2 and 3 samples tell which
    sizes are the batch's, and figures are for one sample; with `batch_size` there is one run, and figures are for that batch.
    input_data: the inputs themselves (a tensor, a tuple, a dictionary) instead. style: "native", or "keras" for the table of Keras 2.13
    with channels last. depth: how deep modules are shown, 1 for the model's own; what is deeper is added up.

    Multiply-adds are those of matrix products and convolutions. Activation memory is that of all arrays which operations make in eval
    mode, the indices of pooling included, views not. The model is left as it was: weights, modes, hooks, buffers, random state; a lazy
    one is copied. Errors of the model pass through with a note on what it was given.
    """
    if not isinstance(model, Module):
        raise TypeError(f"model must be an nn.Module, got {type(model).__name__}")
    if style not in ("native", "keras"):
        raise ValueError(f'style must be "native" or "keras", got {style!r}')
    if (input_size is None) == (input_data is None):
        raise ValueError("give either input_size, e.g. summary(model, (3, 32, 32)), or input_data")
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 1):
        raise ValueError(f"depth must be a positive integer, got {depth!r}")
    if any(is_lazy(tensor) for tensor in [*model.parameters(), *model.buffers()]):
        model = copy.deepcopy(model)
    if input_data is not None:
        rows = _rows(_run(model, input_data), None)
    elif batch_size is not None:
        rows = _rows(_run(model, _inputs(model, input_size, dtypes, batch_size)), None)
    else:
        first, second = (_run(model, _inputs(model, input_size, dtypes, batch)) for batch in (2, 3))
        rows = _rows(first, second)
    out = Summary(model, rows, style, per_sample=input_data is None and batch_size is None)
    _add_up(out)
    if depth is not None:
        out.rows = _collapsed(rows, depth)
    return out


def _inputs(model: Module, size: Any, dtypes: Any, batch: int) -> Any:
    """Made-up inputs of a batch."""
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise ValueError(f"batch_size must be a positive integer, got {batch!r}")
    named = isinstance(size, Mapping)
    sizes = list(size.values()) if named else [size] if _is_size(size) else list(size) if isinstance(size, (tuple, list)) else [size]
    for one in sizes:
        if not _is_size(one):
            raise TypeError(f"input_size must be the size of a sample such as (3, 32, 32), or a list of sizes, got {one!r}")
    usual = next((p.dtype for p in model.parameters() if p.is_floating_point()), ag.get_default_dtype())
    if isinstance(dtypes, Mapping):
        kinds = [dtypes.get(name, usual) for name in size]
    else:
        kinds = list(dtypes) if isinstance(dtypes, (tuple, list)) else [dtypes or usual] * len(sizes)
    if len(kinds) != len(sizes):
        raise ValueError(f"there must be one dtype for each input: {len(kinds)} dtypes for {len(sizes)} sizes")
    # a half for floats: nothing divides by 0; 0 for integers: every vocabulary has it
    made = [ag.full((batch, *one), 0.5 if kind.is_floating_point else 0, dtype=kind) for one, kind in zip(sizes, kinds, strict=True)]
    return dict(zip(size, made, strict=True)) if named else tuple(made)


def _is_size(size: Any) -> bool:
    return isinstance(size, (tuple, list)) and all(isinstance(n, int) and not isinstance(n, bool) for n in size)


def _run(model: Module, inputs: Any) -> Call:
    args, kwargs = ((), dict(inputs)) if isinstance(inputs, Mapping) else (inputs if isinstance(inputs, tuple) else (inputs,), {})
    try:
        return traced(model, args, kwargs)
    except Exception as error:
        given = tree_map(lambda x: f"{tuple(x.shape)} {x.dtype}" if isinstance(x, Tensor) else repr(x), inputs)
        said = ", ".join(str(one) for one in leaves(given))
        error.add_note(
            f"summary() called {type(model).__name__} with {said}. input_size is the size of one sample without the batch; "
            "embeddings need dtypes=[ag.int64]; other inputs are given as input_data="
        )
        raise


def _rows(first: Call, second: Call | None) -> list[Row]:
    """The calls of a batch of 2 and of one of 3 samples as rows: a size that differs is the batch's, figures go down to one sample.

    When the two runs took different ways, the first size of each output counts as the batch's.
    """
    calls = list(first.walk())
    others = calls if second is None else list(second.walk())
    alike = [(c.path, [len(s) for s in c.outputs]) for c in calls] == [(c.path, [len(s) for s in c.outputs]) for c in others]
    rows, seen, ran = [], set[int](), set[int]()
    for call, other in zip(calls, others if alike else calls, strict=True):
        inside = {id(p) for one in call.inside for p in one.module.parameters()}
        own = [p for p in call.module.parameters() if id(p) not in inside and id(p) not in seen]
        seen |= {id(p) for p in own}
        scale = 1 if second is None else 0 if alike else 2
        rows.append(
            Row(
                call.path,
                call.module,
                call.depth,
                _shapes(call.outputs, other.outputs, second is not None, alike),
                sum(p.numel() for p in own),
                sum(p.numel() for p in own if p.requires_grad),
                call.multiply_adds // scale if scale else 2 * call.multiply_adds - other.multiply_adds,
                call.activation_bytes // scale if scale else 2 * call.activation_bytes - other.activation_bytes,
                not call.inside,
                id(call.module) in ran,
            )
        )
        ran.add(id(call.module))
    return rows


def _shapes(first: Shapes, second: Shapes, twice: bool, alike: bool) -> list[Shape]:
    if not twice:
        return list(first)
    if not alike:
        return [(None, *shape[1:]) for shape in first]
    return [tuple(n if n == m else None for n, m in zip(*pair, strict=True)) for pair in zip(first, second, strict=True)]


def _add_up(out: Summary) -> None:
    params = list(out.model.parameters())
    out.total_params = sum(p.numel() for p in params)
    out.trainable_params = sum(p.numel() for p in params if p.requires_grad)
    out.param_bytes = sum(p.array.nbytes for p in params)
    out.buffer_bytes = sum(b.array.nbytes for b in out.model.buffers())
    out.multiply_adds = sum(row.multiply_adds for row in out.rows)
    out.activation_bytes = sum(row.activation_bytes for row in out.rows)
    called = {id(row.module) for row in out.rows}
    used = {id(p) for row in out.rows if row.is_leaf for p in row.module.parameters()}
    for name, module in out.model.named_modules():
        own = list(module._parameters.values())
        count = sum(p.numel() for p in own if p is not None and id(p) not in used)
        if count and id(module) not in called:
            out.idle.append((name, count))


def _collapsed(rows: Sequence[Row], depth: int) -> list[Row]:
    """The rows that are not deeper than `depth`, each with the sums of those it hides."""
    out: list[Row] = []
    for row in rows:
        if row.depth <= depth:
            out.append(copy.copy(row))
            continue
        above = out[-1]
        above.is_leaf = True
        for name in ("parameters", "trainable", "multiply_adds", "activation_bytes"):
            setattr(above, name, getattr(above, name) + getattr(row, name))
    return out
