"""Derivatives of functions: jacobian, hessian, and products of them with vectors. `torch.autograd.functional`'s names.

Imports tensor and ops. A function takes and returns one tensor or a tuple of tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops.join import stack
from ..ops.shape import reshape
from ..tensor.base import Tensor, wrap
from ..tensor.gradient import grad
from .grad_mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]
Function = Callable[..., Any]

DETACHED = (
    "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the "
    "input when running in strict mode."
)
INDEPENDENT = "{what} is independent of input {i}. This is not allowed in strict mode{when}: strict=False gives zeros."


def _tuple(values: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """(whether it was a tuple, the tensors). TypeError otherwise."""
    if isinstance(values, Tensor):
        return False, (values,)
    if not isinstance(values, tuple):
        raise TypeError(
            f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the given {what} has type {type(values)}."
        )
    for i, value in enumerate(values):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the value at index {i} has type "
                f"{type(value)}."
            )
    return True, values


def _fresh(inputs: Sequence[Tensor], create_graph: bool) -> tuple[Tensor, ...]:
    """The inputs anew: gradients are taken of these, and go on to the caller's tensors only with create_graph."""
    return tuple(reshape(t, t.shape) if create_graph and t.requires_grad else t.detach().requires_grad_() for t in inputs)


def _call(func: Function, inputs: tuple[Tensor, ...], name: str, strict: bool) -> tuple[bool, tuple[Tensor, ...]]:
    several, outputs = _tuple(func(*inputs), "outputs of the user-provided function", name)
    if strict:
        for i, out in enumerate(outputs):
            if not out.requires_grad:
                raise RuntimeError(DETACHED.format(i=i))
    return several, outputs


def _vector(v: Any, beside: tuple[Tensor, ...], name: str, lone: str) -> tuple[Tensor, ...]:
    """v checked against the tensors whose shapes it must have; ones when it is None and there is but one element."""
    if v is None:
        if len(beside) != 1 or beside[0].array.size != 1:
            raise RuntimeError(f"The vector v can only be None if {lone} a single Tensor with a single element.")
        return (wrap(np.ones(beside[0].array.shape, beside[0].array.dtype)),)
    _, vs = _tuple(v, "v", name)
    if len(vs) != len(beside):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(beside)} but got {len(vs)}.")
    for i, (a, b) in enumerate(zip(vs, beside, strict=True)):
        if a.shape != b.shape:
            raise RuntimeError(f"{f'Entry {i} of ' if len(vs) > 1 else ''}v has invalid size: should be {b.shape} but got {a.shape}.")
    return vs


def _pull(outputs: Sequence[Any], inputs: Sequence[Tensor], vs: Sequence[Any], create_graph: bool, keep: bool = True) -> list[Any]:
    """The gradients of those outputs that have any, None for inputs that they do not reach."""
    live = [(o, v) for o, v in zip(outputs, vs, strict=True) if o is not None and o.requires_grad]
    if not live:
        return [None] * len(inputs)
    return list(
        grad(
            [o for o, _ in live],
            inputs,
            [v for _, v in live],
            retain_graph=keep or create_graph,
            create_graph=create_graph,
            allow_unused=True,
        )
    )


def _filled(grads: Sequence[Any], beside: Sequence[Tensor], strict: bool, create_graph: bool, what: str) -> tuple[Tensor, ...]:
    """Zeros where no gradient came. RuntimeError instead when strict."""
    out = []
    for i, (g, t) in enumerate(zip(grads, beside, strict=True)):
        if strict and g is None:
            raise RuntimeError(INDEPENDENT.format(what=what, i=i, when=""))
        if strict and create_graph and not g.requires_grad:
            raise RuntimeError(
                INDEPENDENT.format(what=f"The derivative of {what[:1].lower()}{what[1:]}", i=i, when=" when create_graph=True")
            )
        out.append(wrap(np.zeros(t.array.shape, t.array.dtype)) if g is None else g)
    return tuple(out)


def _finish(tensors: tuple[Tensor, ...], several: bool, create_graph: bool) -> Any:
    kept = tensors if create_graph else tuple(t.detach() for t in tensors)
    return kept if several else kept[0]


def vjp(func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """(func(*inputs), vᵀ J): the product of a vector with the Jacobian, by one backward pass.

    v has the shapes of the outputs; it may be left out for one output of one element. With `strict` an input that
    does not reach the outputs is a RuntimeError, else its product is zeros.
    """
    with enable_grad():
        several, ins = _tuple(inputs, "inputs", "vjp")
        ins = _fresh(ins, create_graph)
        many, outs = _call(func, ins, "vjp", strict)
        vs = _vector(v, outs, "vjp", "the user-provided function returns")
        grads = _pull(outs, ins, vs, create_graph, keep=False)
        result = _filled(grads, ins, strict, create_graph, "The output of the user-provided function")
    return _finish(outs, many, create_graph), _finish(result, several, create_graph)


def jvp(func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """(func(*inputs), J v): the product of the Jacobian with a vector, by differentiating u ↦ uᵀ J, which is linear, once more.

    v has the shapes of the inputs; it may be left out for one input of one element.
    """
    with enable_grad():
        several, ins = _tuple(inputs, "inputs", "jvp")
        vs = _vector(v, ins, "jvp", "the input to the user-provided function is")
        ins = _fresh(ins, create_graph)
        many, outs = _call(func, ins, "jvp", strict)
        us = tuple(wrap(np.zeros(o.array.shape, o.array.dtype)).requires_grad_() for o in outs)
        pulled = _pull(outs, ins, us, True)
        if strict:
            _filled(pulled, ins, True, False, "The output of the user-provided function")
        products = _pull(pulled, us, vs, create_graph, keep=False)
        result = _filled(products, outs, False, create_graph, "The output of the user-provided function")
        del several
    return _finish(outs, many, create_graph), _finish(result, many, create_graph)


def _rows(out: Tensor, ins: Sequence[Tensor], create_graph: bool) -> list[list[Any]]:
    """For each element of an output the gradients of all inputs."""
    size = out.array.size
    rows = []
    for k in range(size):
        unit = np.zeros(size, out.array.dtype)
        unit[k] = 1
        rows.append(_pull([out], ins, [wrap(unit.reshape(out.array.shape))], create_graph))
    return rows


def _jacobian_of(i: int, out: Tensor, ins: tuple[Tensor, ...], create_graph: bool, strict: bool) -> list[Tensor]:
    """∂out/∂input for each input, of shape out.shape + input.shape."""
    rows = _rows(out, ins, create_graph)
    blocks = []
    for j, t in enumerate(ins):
        column = [row[j] for row in rows]
        if strict and any(g is None for g in column):
            raise RuntimeError(INDEPENDENT.format(what=f"Output {i} of the user-provided function", i=j, when=""))
        if strict and create_graph and not all(g.requires_grad for g in column):
            raise RuntimeError(INDEPENDENT.format(what="The jacobian of the user-provided function", i=j, when=" when create_graph=True"))
        zero = wrap(np.zeros(t.array.shape, t.array.dtype))
        column = [zero if g is None else g for g in column]
        shape = out.array.shape + t.array.shape
        blocks.append(reshape(stack(column), shape) if column else wrap(np.zeros(shape, t.array.dtype)))
    return blocks


def _forward(func: Function, ins: tuple[Tensor, ...], create_graph: bool, name: str) -> tuple[bool, list[list[Tensor]]]:
    """The Jacobian column by column: one derivative of u ↦ uᵀ J for each element of the inputs."""
    fresh = _fresh(ins, create_graph)
    many, outs = _call(func, fresh, name, False)
    us = tuple(wrap(np.zeros(o.array.shape, o.array.dtype)).requires_grad_() for o in outs)
    pulled = _pull(outs, fresh, us, True)
    table: list[list[Tensor]] = [[] for _ in outs]
    for j, t in enumerate(fresh):
        columns = []
        for k in range(t.array.size):
            unit = np.zeros(t.array.size, t.array.dtype)
            unit[k] = 1
            columns.append(_filled(_pull([pulled[j]], us, [wrap(unit.reshape(t.array.shape))], create_graph), outs, False, False, ""))
        for i, out in enumerate(outs):
            shape = out.array.shape + t.array.shape
            parts = [column[i] for column in columns]
            table[i].append(reshape(stack(parts, -1), shape) if parts else wrap(np.zeros(shape, out.array.dtype)))
    return many, table


def jacobian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of func: for each output and each input, a tensor of shape output.shape + input.shape.

    Nested as (outputs, inputs), each level only where that side is a tuple. "reverse-mode" takes one backward pass
    for each element of the outputs, "forward-mode" (with vectorize=True, as in PyTorch) one for each element of the inputs.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode", got {strategy!r}')
    if strict and vectorize:
        raise RuntimeError("jacobian: `strict=True` and `vectorize=True` are not supported together: set one of them to False")
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError('jacobian: strategy="forward-mode" is only implemented for vectorize=True')
    with enable_grad():
        several, ins = _tuple(inputs, "inputs", "jacobian")
        if strategy == "forward-mode":
            many, table = _forward(func, ins, create_graph, "jacobian")
        else:
            fresh = _fresh(ins, create_graph)
            many, outs = _call(func, fresh, "jacobian", strict)
            table = [_jacobian_of(i, out, fresh, create_graph, strict) for i, out in enumerate(outs)]
    rows = tuple(_finish(tuple(row), several, create_graph) for row in table)
    return rows if many else rows[0]


def _scalar(outputs: Any, name: str) -> Tensor:
    several, outs = _tuple(outputs, "outputs of the user-provided function", name)
    if several and len(outs) != 1:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outs[0].array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element: it has shape "
            f"{list(outs[0].shape)}, reduce it"
        )
    return reshape(outs[0], ())  # type: ignore[no-any-return]


def hessian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The matrix of second derivatives of a func that returns one number: H[i][j] = ∂²f/∂xᵢ∂xⱼ, of shape xᵢ.shape + xⱼ.shape.

    A tuple of tuples when the inputs are a tuple.
    """
    several, ins = _tuple(inputs, "inputs", "hessian")

    def gradient(*xs: Tensor) -> Any:
        out = _scalar(func(*xs), "hessian")
        if strict and not out.requires_grad:
            raise RuntimeError(DETACHED.format(i=0))
        grads = _filled(_pull([out], xs, [None], True), xs, strict, False, "The output of the user-provided function")
        if strict:
            _second(grads)
        return grads

    table = jacobian(gradient, ins, create_graph, strict, vectorize, outer_jacobian_strategy)
    return table if several else table[0][0]


def _second(grads: Sequence[Tensor]) -> None:
    for i, g in enumerate(grads):
        if not g.requires_grad:
            raise RuntimeError(
                f"The jacobian of the user-provided function with respect to input {i} is independent of the input. This is not "
                f"allowed in strict "
                "mode: the function must be twice differentiable, and not linear."
            )


def vhp(func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """(func(*inputs), vᵀ H): the product of a vector with the Hessian of a func that returns one number."""
    return _hessian_product("vhp", func, inputs, v, create_graph, strict)


def hvp(func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """(func(*inputs), H v): the product of the Hessian with a vector; H is symmetric, so it is computed as vhp is."""
    return _hessian_product("hvp", func, inputs, v, create_graph, strict)


def _hessian_product(name: str, func: Function, inputs: Any, v: Any, create_graph: bool, strict: bool) -> tuple[Any, Any]:
    with enable_grad():
        several, ins = _tuple(inputs, "inputs", name)
        vs = _vector(v, ins, name, "the input to the user-provided function is")
        ins = _fresh(ins, create_graph)
        out = _scalar(func(*ins), name)
        if strict and not out.requires_grad:
            raise RuntimeError(DETACHED.format(i=0))
        grads = _filled(_pull([out], ins, [None], True), ins, strict, False, "The output of the user-provided function")
        if strict:
            _second(grads)
        result = _filled(_pull(grads, ins, vs, create_graph, keep=False), ins, strict, create_graph, "The jacobian")
    return _finish((out,), False, create_graph), _finish(result, several, create_graph)
