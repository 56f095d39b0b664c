"""The backward walk: the one place where gradients are computed. Knows nodes and two ops, not Tensor.

`walk` is a generator of steps. `backward()` drains it, `autograd.grad()` picks from it, a stepper iterates it: what
a stepper shows is therefore what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

import numpy as np

from .frames import line_of_mark
from .graph import Around, Context, Leaf, Node, Output, Region, next_id, thread
from .ops.fused_rules import LEAST, of_large
from .ops.pointwise import cast
from .ops.shape import sum_to
from .plan import Plan

Lift = Callable[[Any, Any], Any]
Step = tuple[Any, Any, tuple[Any, ...]]
by_id = attrgetter("id")

FREED = (
    "Trying to backward through the graph a second time: the values saved by {name} (output of shape {shape}) were freed by the first "
    "backward. Pass retain_graph=True to the first backward, or run the forward pass again."
)
CHANGED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: {name} (output of shape {shape}{at}) "
    "saved a value that {who} changed afterwards{line}. Use the out-of-place form there, or clone() the tensor before changing it."
)


def order_of(roots: Iterable[Any]) -> tuple[list[Any], dict[int, list[Leaf]], list[Leaf]]:
    """(nodes in descending id, leaves by the id of their last contributor, leaves that are roots themselves).

    Every consumer of a value has a higher id than its maker, so descending ids are a topological order.
    """
    seen: set[Any] = {None}
    last: dict[Leaf, int] = {}
    stack = list(roots)
    order: list[Any] = []
    bare: list[Leaf] = []
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if type(node) is Leaf:  # a root itself: those among the parents are not put on the stack
            bare.append(node)
            continue
        order.append(node)
        for parent in node.parents:
            if type(parent) is Leaf:
                known = last.get(parent)
                if known is None or node.id < known:
                    last[parent] = node.id
            elif parent not in seen:
                stack.append(parent)
    if len(order) > 1:
        order.sort(key=by_id, reverse=True)
    ending: dict[int, list[Leaf]] = {}
    for leaf, at in last.items():
        known_here = ending.get(at)
        if known_here is None:
            ending[at] = [leaf]
        else:
            known_here.append(leaf)
    return order, ending, [leaf for leaf in reversed(bare) if leaf not in last] if bare else bare


def needed_for(order: list[Any], wanted: set[Any]) -> set[Any]:
    """The nodes from which a wanted node can be reached, the wanted ones included."""
    needed = set(wanted)
    for node in reversed(order):
        if node not in needed and any(p in needed for p in node.parents if p is not None):
            needed.add(node)
    return needed


def walk(
    seeds: Iterable[tuple[Any, Any]],
    wanted: set[Any] | None = None,
    keep: bool = False,
    lift: Lift | None = None,
    pure: bool = False,
    ends: bool = True,
) -> Iterator[Step]:
    """Run the chain rule from the seeds, (node, gradient) pairs, down to the leaves; yield (node, gradient, contributions) of each step.

    `wanted` restricts the walk to what leads to those nodes; `keep` keeps saved values for another walk; `lift`
    turns a saved array and the node it came from into a recording value (create_graph); `pure` never adds in place, so
    that every gradient seen stays as it was; `ends` says that leaves accumulate, so that hooks on their nodes run.
    """
    seeds = list(seeds)
    order, ending, bare = order_of([node for node, _ in seeds])
    needed = None if wanted is None else needed_for(order, wanted)
    pending: dict[Any, Any] = {}
    owned: set[Any] | None = None if pure or lift is not None else set()
    around = (next_id(), order, ending, bare, needed, ends)
    context = thread.context
    for node, g in seeds:
        if node in pending:
            add(pending, node, g, owned)
        else:
            pending[node] = g
    for leaf in bare:
        yield from _arrive(leaf, pending, around)
    for node in order:
        g = pending.pop(node, None)
        if g is not None:
            kind = type(g)
            if kind is Region:
                g = g.dense()
            elif (
                kind is not np.ndarray
                and isinstance(g, np.generic)
                and (node.hooks is not None or type(node.plan) is not Plan or not node.plan.pointwise)
            ):
                g = np.asarray(g)
            if type(node) is Output:
                g = _before(node, g, around)
                yield node, g, (g,)
                slots = pending.setdefault(node.source, [None] * len(node.source.shape))
                slots[node.index] = g if slots[node.index] is None else slots[node.index] + g
            else:
                if node.hooks is not None:
                    g = _before(node, g, around)
                grads = _contributions(node, g, lift, keep, needed, context)
                for parent, part in zip(node.parents, grads):  # noqa: B905  naming `strict` costs 0.1 µs
                    if part is None or parent is None:
                        continue
                    if parent in pending:
                        add(pending, parent, part, owned)
                    else:
                        pending[parent] = part
                yield node, g, grads
                g = part = None
                grads = ()  # a leaf may take over the memory of a gradient that nobody else holds
        leaves = ending.get(node.id)
        if leaves is not None:
            for leaf in leaves:
                g = pending.get(leaf)
                if type(g) is np.ndarray and leaf.hooks is None:
                    del pending[leaf]
                    yield leaf, g, ()
                    g = None
                else:
                    g = None
                    yield from _arrive(leaf, pending, around)


def _arrive(leaf: Leaf, pending: dict[Any, Any], around: tuple[Any, ...]) -> Iterator[Step]:
    """The gradient of a leaf is complete."""
    g = pending.pop(leaf, None)
    if g is None:
        return
    if type(g) is Region:
        g = g.dense()
    elif isinstance(g, np.generic):
        g = np.asarray(g)
    if leaf.hooks is not None:
        g = _before(leaf, g, around)
    yield leaf, g, ()
    if leaf.hooks is not None and around[-1]:
        for hook in list(leaf.hooks.after.values()):
            hook((), (g,))


def _before(node: Any, g: Any, around: tuple[Any, ...]) -> Any:
    """The user's hooks on the gradient of this node's output, in the order of their registration."""
    hooks = node.hooks
    if hooks is None:
        return g
    context = thread.context
    outer = context.walk
    context.walk = Around(*around)
    try:
        for hook in list(hooks.value.values()):
            changed = hook(g)
            if changed is not None:
                g = changed
        if hooks.retain is not None:
            hooks.retain(g)
        many = type(g) is list
        for hook in list(hooks.before.values()) if context.walk.runs(node) else ():
            changed = hook(tuple(g) if many else (g,))
            if changed is not None:
                g = list(changed) if many else changed[0]
    finally:
        context.walk = outer
    return g


def _contributions(node: Node, g: Any, lift: Lift | None, keep: bool, needed: set[Any] | None, context: Context) -> tuple[Any, ...]:
    """The gradient of each input of one node, fitted to its shape and type; None where none is needed."""
    parents = node.parents
    if needed is not None:
        parents = tuple([p if p in needed else None for p in parents])
        if not any(p is not None for p in parents):
            return ()
    saved: Any = node.saved
    if saved is None:
        raise RuntimeError(FREED.format(name=node.name(), shape=tuple(node.shape)))
    plan = node.plan
    if type(plan) is not Plan:
        grads = plan(node, g, lift)
    else:
        if type(saved) is tuple:
            for guard in node.guards:
                if guard is not None and guard[0] > node.id:
                    raise RuntimeError(changed_message(node, guard))
        else:
            saved = saved.unpack()  # the user's hooks kept it: changes in place of the original do not matter
        if type(g) is list:
            g = materialise(node, g, lift)
        if lift is not None:
            saved = lifted(node, saved, lift)
        fused = _of_large(plan, g, saved, parents) if lift is None and type(g) is np.ndarray and g.size >= LEAST else None
        if fused is not None:
            grads = fused
        elif plan.vjp is not None and (needed is None or plan.joint is not None):
            if plan.pointwise and type(g) is np.ndarray and not g.ndim:
                # NumPy's scalars compute in 40 ns where its 0-d arrays take 400: scalar graphs live on this
                g = g[()]
            if plan.pointwise and isinstance(g, np.generic):
                saved = [v[()] if type(v) is np.ndarray else v for v in saved]
            try:
                grads = plan.on_arrays(g, saved) if lift is None else plan.vjp(g, saved)  # type: ignore[misc]
            except Exception:
                if lift is not None:
                    raise
                grads = plan.vjp(g, saved)  # whose errors are put in PyTorch's words
        elif node.op.variadic:
            grads = _many(node, plan, g, saved)
        else:
            grads = [
                None if r is None or p is None else r[0](g, *[saved[i] for i in r[1]]) for r, p in zip(plan.rules, parents, strict=False)
            ]
    fitted: list[Any] = []
    for part, parent in zip(grads, parents):  # noqa: B905  naming `strict` costs 0.1 µs
        if part is None or parent is None:
            fitted.append(None)
        elif type(part) is np.ndarray and part.dtype is parent.dtype and part.shape == parent.shape:
            fitted.append(part)
        elif parent.shape == () and isinstance(part, np.generic) and part.dtype is parent.dtype:
            fitted.append(part)  # stays a scalar until something needs an array
        else:
            fitted.append(fit(part, parent))
    grads = tuple(fitted)
    watch = context._watch
    if watch is not None:
        watch.backward(node, g, grads)
    if not keep:
        held = node.saved
        if held and (type(held) is not tuple or type(held[0]) is np.ndarray or type(plan) is not Plan or holds_arrays(held)):
            node.saved = None
    if node.hooks is not None:
        for hook in list(node.hooks.after.values()):
            changed = hook(grads, tuple(g) if type(g) is list else (g,))
            if changed is not None:
                grads = tuple(changed)
    return grads


def _of_large(plan: Plan, g: Any, saved: Any, parents: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The contributions from one threaded pass, where the rules are elementwise and each of them is wanted."""
    if plan.large is False:
        plan.large = of_large(plan)
    if plan.large is None or any(r is not None and p is None for r, p in zip(plan.rules, parents, strict=False)):
        return None
    found: tuple[Any, ...] | None = plan.large(g, saved)
    return found


def _many(node: Node, plan: Plan, g: Any, saved: tuple[Any, ...]) -> list[Any]:
    """The contributions of an op that takes a sequence of tensors, whose rule returns a list."""
    single = len(node.op.inputs) - 1
    grads: list[Any] = []
    for name, entry in zip(node.op.inputs, plan.rules, strict=True):
        part = None if entry is None else entry[0](g, *[saved[i] for i in entry[1]])
        if name != node.op.variadic:
            grads.append(part)
        else:
            grads.extend([None] * (len(node.parents) - single) if part is None else part)
    return grads


def holds_arrays(saved: tuple[Any, ...]) -> bool:
    """Whether there is memory to free, not just shapes: without it a node may be walked again, as in PyTorch."""
    for value in saved:  # noqa: SIM110  any() with a generator takes twice as long, and every node asks
        if type(value) is np.ndarray or (type(value) is list and holds_arrays(tuple(value))):
            return True
    return False


def materialise(node: Node, g: list[Any], lift: Lift | None) -> tuple[Any, ...]:
    """Zeros for the outputs that nothing used."""
    out = []
    for part, shape, kind in zip(g, node.shape, node.dtype, strict=True):  # type: ignore[call-overload]
        zero = part
        if part is None:
            zero = np.zeros(shape, kind)
            if lift is not None:
                zero = lift(zero, None)
        out.append(zero)
    return tuple(out)


def lifted(node: Node, saved: tuple[Any, ...], lift: Lift) -> tuple[Any, ...]:
    """Saved arrays as recording values: inputs with the nodes they came from, outputs with this node."""
    out = []
    for value, (kind, at) in zip(saved, node.plan.owners, strict=True):
        if isinstance(value, np.ndarray):
            source = node.parents[at] if kind == "input" and at < len(node.parents) else node if kind == "output" else None
            out.append(lift(value, (source, at) if kind == "output" else (source, None)))
        elif kind == "input" and type(value) is list:
            out.append([lift(v, (p, None)) for v, p in zip(value, node.parents, strict=True)])
        else:
            out.append(value)
    return tuple(out)


def fit(part: Any, parent: Any) -> Any:
    """A contribution in the shape and type of the input it belongs to: sums what was broadcast, casts what was promoted."""
    kind = type(part)
    if kind is not np.ndarray and (kind is not Region and isinstance(part, (np.generic, float, int))):
        part = np.asarray(part, parent.dtype)
    if part.shape != parent.shape:
        part = sum_to(part, parent.shape)
        if isinstance(part, np.generic):
            part = np.asarray(part)
    if part.dtype != parent.dtype:
        part = cast(part.dense() if kind is Region else part, parent.dtype)
    return part


def add(pending: dict[Any, Any], node: Any, part: Any, owned: set[Any] | None) -> None:
    """Add a contribution to the pending gradient of a node; in place once the buffer is the walk's own."""
    have = pending.get(node)
    if have is None:
        pending[node] = part
        return
    if owned is None:
        if type(part) is Region and type(have) in (np.ndarray, Region):  # as below, so that the bits are those of backward()
            pending[node] = total = have.dense() if type(have) is Region else have.copy()
            part.add_into(total)
        else:
            pending[node] = (have.dense() if type(have) is Region else have) + (part.dense() if type(part) is Region else part)
        return
    if isinstance(have, np.generic) and isinstance(part, np.generic):
        pending[node] = have + part  # type: ignore[operator]
        return
    if node not in owned:
        owned.add(node)
        if type(have) is not Region and type(part) is not Region:
            pending[node] = np.asarray(have + part)
            return
        have = pending[node] = have.dense() if type(have) is Region else have.copy()
    if type(part) is Region:
        part.add_into(have)
    else:
        have += part


def changed_message(node: Node, guard: list[Any]) -> str:
    """Which op saved the value, what changed it, and where both stand in the user's source."""
    at = f", made at {node.site}" if node.site else ""
    line = f" at {line_of_mark(guard[3])}" if len(guard) > 3 and guard[3] else ""
    if not at:
        line += " (autograd_core.autograd.set_detect_anomaly(True) shows the line of the forward operation too)"
    return CHANGED.format(name=node.name(), shape=tuple(node.shape), at=at, who=guard[2] or "an operation", line=line)
