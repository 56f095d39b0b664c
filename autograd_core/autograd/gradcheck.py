"""Checks of gradients against finite differences: gradcheck for the first, gradgradcheck for the second derivatives.

Imports tensor. A mismatch is reported by its worst entry with both numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..tensor.base import Tensor, wrap
from ..tensor.gradient import grad
from .forward_ad import dual_level, make_dual, unpack_dual
from .grad_mode import enable_grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Array = np.ndarray
SINGLE = (
    "Input #{i} requires gradient and is not a double precision floating point or complex: it is {dtype}, whose rounding error divided by "
    "2·eps = {step:g} is about {noise:.1g}. This check will likely fail if all the inputs are not of double precision: pass x.double()."
)
OVERLAP = (
    "The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the "
    "numerical "
    "gradients correctly. You should call .contiguous on the input before passing it to gradcheck."
)


class GradcheckError(RuntimeError):
    """A gradient does not agree with finite differences."""


def _tensors(values: Any) -> tuple[Any, ...]:
    return (values,) if isinstance(values, Tensor) else tuple(values)


def _outputs(values: Any) -> list[Tensor]:
    outs = [values] if isinstance(values, Tensor) else list(values) if isinstance(values, (tuple, list)) else [values]
    for o in outs:
        if not isinstance(o, Tensor):
            raise TypeError(f"gradcheck: the function must return a Tensor or a sequence of Tensors, it returned {type(o).__name__}")
    return outs


def _check_inputs(args: tuple[Any, ...], eps: float) -> list[int]:
    """The places of the inputs that are differentiated."""
    places = [i for i, a in enumerate(args) if isinstance(a, Tensor) and a.requires_grad]
    if not places:
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.")
    for i in places:
        array = args[i].array
        if array.dtype != np.float64:
            noise = float(np.finfo(array.dtype).eps) / (2 * eps)
            warnings.warn(SINGLE.format(i=i, dtype=args[i].dtype, step=2 * eps, noise=noise), UserWarning, stacklevel=4)
        if array.size and any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)):
            raise RuntimeError(OVERLAP.format(i=i))
    return places


def _numerical(func: Callable[..., Any], args: tuple[Any, ...], place: int, eps: float) -> list[Array]:
    """Central differences, for each output an array of shape (input elements, output elements). The input's own memory is
    moved and put back, so that a func that reads it from elsewhere is checked too."""
    array = args[place].array
    rows: list[list[Array]] = []
    for index in np.ndindex(array.shape):
        value = array[index].copy()
        array[index] = value + eps
        above = [o.array.astype(np.float64) for o in _outputs(func(*args))]
        array[index] = value - eps
        below = [o.array.astype(np.float64) for o in _outputs(func(*args))]
        array[index] = value
        with np.errstate(invalid="ignore", over="ignore"):
            rows.append([((a - b) / (2 * eps)).ravel() for a, b in zip(above, below, strict=True)])
    return [np.array(column) for column in zip(*rows, strict=True)]


def _analytical(out: Tensor, ins: list[Tensor]) -> list[Array]:
    """For each input an array of shape (input elements, output elements), by one backward pass for each output element."""
    size = out.array.size
    blocks = [np.zeros((t.array.size, size)) for t in ins]
    for k in range(size):
        unit = np.zeros(size, out.array.dtype)
        unit[k] = 1
        grads = grad(out, ins, wrap(unit.reshape(out.array.shape)), retain_graph=True, allow_unused=True)
        for block, g in zip(blocks, grads, strict=True):
            if g is not None:
                block[:, k] = g.array.ravel()
    return blocks


def _close(analytical: Array, numerical: Array, atol: float, rtol: float) -> Array:
    with np.errstate(invalid="ignore"):
        near: Array = np.abs(analytical - numerical) <= atol + rtol * np.abs(numerical)
        close: Array = near | (analytical == numerical)
    return close


def _mismatch(o: int, i: int, out: Tensor, t: Tensor, analytical: Array, numerical: Array, atol: float, rtol: float) -> str:
    """The message that names the worst entry, both numbers, and a simple relation between them if there is one."""
    wrong = ~_close(analytical, numerical, atol, rtol)
    with np.errstate(invalid="ignore"):
        excess = np.abs(analytical - numerical) - rtol * np.abs(numerical)
    excess = np.where(np.isnan(excess), np.inf, excess)
    place = np.unravel_index(int(np.argmax(np.where(wrong, excess, -np.inf))), wrong.shape)
    a, n = float(analytical[place]), float(numerical[place])
    to = [int(k) for k in np.unravel_index(place[1], out.array.shape)] if out.array.shape else []
    of = [int(k) for k in np.unravel_index(place[0], t.array.shape)] if t.array.shape else []
    return (
        f"Jacobian mismatch for output {o} with respect to input {i}: {int(wrong.sum())} of {wrong.size} entries differ. Worst: "
        f"∂output{to} / ∂input{of}, numerical {n:.10g}, analytical {a:.10g}, difference {abs(a - n):.3g} where "
        f"{atol + rtol * abs(n):.3g} is allowed "
        f"(atol {atol:g} + rtol {rtol:g} · |numerical|).{_relation(analytical, numerical)} Output {o} was made by {out.grad_fn!r}."
    )


def _relation(analytical: Array, numerical: Array) -> str:
    if not analytical.any():
        return " The analytical gradient is zero everywhere: was the input detached?"
    big = np.abs(numerical) > 1e-3
    if not big.any() or not np.isfinite(numerical).all() or not np.isfinite(analytical).all():
        return ""
    ratios = analytical[big] / numerical[big]
    factor = float(np.median(ratios))
    if factor and np.allclose(ratios, factor, rtol=1e-3) and abs(factor - 1) > 1e-3:
        return f" The analytical gradient is {factor:.4g} times the numerical one everywhere."
    return ""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of func agree with (f(x + eps) − f(x − eps)) / (2 eps) within atol + rtol · |numerical|.

    Checked for every input that requires grad (make them float64) and every output that does; also that two backward
    passes agree within `nondet_tol` and that the gradient of zero is zero. A failure raises GradcheckError with the
    worst entry and both numbers, or returns False without `raise_exception`. `fast_mode` compares one random
    projection uᵀ J v instead of every entry. `check_forward_ad` compares J v of dual tensors with differences, `check_batched_grad`
    a batch of backward passes with single ones, `check_grad_dtypes` the types of gradients and inputs. Undefined gradients
    (`check_undefined_grad`) occur with several outputs, which are always checked one at a time; `masked` is about sparse tensors,
    which do not exist here. AssertionError for check_batched_forward_grad without check_forward_ad, and where nothing is to be checked.
    """
    args = _tensors(inputs)
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("gradcheck: expected at least one of check_forward_ad and check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("gradcheck: setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("gradcheck: setting check_batched_forward_grad=True requires check_forward_ad to be True")
    try:
        if check_backward_ad:
            _gradcheck(func, args, eps, atol, rtol, nondet_tol, fast_mode)
        if check_forward_ad:
            _check_forward(func, args, eps, atol, rtol)
        if check_batched_grad or check_grad_dtypes:
            _check_gradients(func, args, check_batched_grad, check_grad_dtypes)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _gradcheck(
    func: Callable[..., Any], args: tuple[Any, ...], eps: float, atol: float, rtol: float, nondet_tol: float, fast: bool
) -> None:
    places = _check_inputs(args, eps)
    with enable_grad():
        outs = _outputs(func(*args))
    ins = [args[i] for i in places]
    if not any(o.requires_grad for o in outs):
        for i in places:
            if any(n.any() for n in _numerical(func, args, i, eps)):
                raise GradcheckError(
                    f"Numerical gradient for function expected to be zero: no output requires grad, yet they change with input {i}"
                )
        return
    if fast and _projections_agree(func, args, places, outs, eps, atol, rtol):
        return
    numerical = [_numerical(func, args, i, eps) for i in places]
    for o, out in enumerate(outs):
        if not out.requires_grad:
            continue
        analytical = _analytical(out, ins)
        for k, i in enumerate(places):
            if not _close(analytical[k], numerical[k][o], atol, rtol).all():
                raise GradcheckError(_mismatch(o, i, out, ins[k], analytical[k], numerical[k][o], atol, rtol))
        _check_repeats(out, ins, analytical, nondet_tol)
        _check_zero(out, ins)


def _check_repeats(out: Tensor, ins: list[Tensor], first: list[Array], tolerance: float) -> None:
    for a, b in zip(first, _analytical(out, ins), strict=True):
        if a.size and float(np.max(np.abs(a - b))) > tolerance:
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
                "values, although "
                f"analytical gradient matches numerical gradient. The difference is {float(np.max(np.abs(a - b))):.3g}, the tolerance for "
                f"nondeterminism was {tolerance}."
            )


def _check_zero(out: Tensor, ins: list[Tensor]) -> None:
    zero = wrap(np.zeros(out.array.shape, out.array.dtype))
    for i, g in enumerate(grad(out, ins, zero, retain_graph=True, allow_unused=True)):
        if g is not None and g.array.any():
            raise GradcheckError(
                f"backward not multiplied by grad_output: a gradient of zeros gives {np.abs(g.array).max():.3g} for input {i}"
            )


def _check_forward(func: Callable[..., Any], args: tuple[Any, ...], eps: float, atol: float, rtol: float) -> None:
    """J v of dual tensors against differences, for one random v of every input."""
    rng = np.random.default_rng(0)
    for i in _check_inputs(args, eps):
        array = args[i].array
        v = np.asarray(rng.standard_normal(array.shape), array.dtype)
        with dual_level():
            dual = make_dual(args[i].detach(), wrap(v))
            tangents = [unpack_dual(o).tangent for o in _outputs(func(*args[:i], dual, *args[i + 1 :]))]
        kept, ends = array.copy(), []
        for sign in (1, -1):
            array[...] = kept + sign * eps * v
            ends.append([o.array.astype(np.float64) for o in _outputs(func(*args))])
        array[...] = kept
        for o, (tangent, above, below) in enumerate(zip(tangents, *ends, strict=True)):
            forward = np.zeros_like(above) if tangent is None else tangent.array
            differences = (above - below) / (2 * eps)
            if not _close(forward, differences, atol, rtol).all():
                worst = float(np.max(np.abs(forward - differences)))
                raise GradcheckError(f"Jacobian computed with forward mode mismatch for output {o} with respect to input {i}: by {worst:.3g}")


def _check_gradients(func: Callable[..., Any], args: tuple[Any, ...], batched: bool, dtypes: bool) -> None:
    """The gradients' types, and that a batch of backward passes gives what single ones give."""
    rng = np.random.default_rng(0)
    ins = [a for a in args if isinstance(a, Tensor) and a.requires_grad]
    with enable_grad():
        outs = [o for o in _outputs(func(*args)) if o.requires_grad]
    for o, out in enumerate(outs):
        vs = wrap(rng.standard_normal((2, *out.array.shape)).astype(out.array.dtype))
        single = [grad(out, ins, v, retain_graph=True, allow_unused=True) for v in vs]
        for i, (t, g) in enumerate(zip(ins, single[0], strict=True)):
            if dtypes and g is not None and g.array.dtype != t.array.dtype:
                raise GradcheckError(f"grad has incorrect type: input {i} is {t.dtype}, its gradient {g.dtype}")
        together = grad(out, ins, vs, retain_graph=True, allow_unused=True, is_grads_batched=True) if batched else ()
        for i, g in enumerate(together):
            rows = [column[i] for column in single]
            if g is not None and any(r is None or not np.allclose(r.array, b) for r, b in zip(rows, g.array, strict=True)):
                raise GradcheckError(f"Batched gradients of output {o} for input {i} differ from those of single backward passes")


def _projections_agree(
    func: Callable[..., Any], args: tuple[Any, ...], places: list[int], outs: list[Tensor], eps: float, atol: float, rtol: float
) -> bool:
    """uᵀ J v by differences and by backward, with random unit vectors u and v, for each pair of output and input."""
    rng = np.random.default_rng(0)

    def unit(array: Array) -> Array:
        v = rng.standard_normal(array.shape)
        return np.asarray(v / max(float(np.sqrt((v * v).sum())), 1e-300))

    us = [unit(o.array) for o in outs]
    for i in places:
        array, v = args[i].array, unit(args[i].array)
        kept = array.copy()
        array[...] = kept + eps * v
        above = [o.array.astype(np.float64) for o in _outputs(func(*args))]
        array[...] = kept - eps * v
        below = [o.array.astype(np.float64) for o in _outputs(func(*args))]
        array[...] = kept
        for o, out in enumerate(outs):
            if not out.requires_grad:
                continue
            n = float((us[o] * (above[o] - below[o])).sum() / (2 * eps))
            (g,) = grad(out, args[i], wrap(us[o].astype(out.array.dtype)), retain_graph=True, allow_unused=True)
            a = 0.0 if g is None else float((g.array * v).sum())
            if not _close(np.array(a), np.array(n), atol, rtol):
                return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck of the gradients of func, as functions of its inputs and of the incoming gradients.

    `grad_outputs` are the incoming gradients (random ones unless given; not contiguous with `gen_non_contig_grad_outputs`).
    """
    args = _tensors(inputs)
    with enable_grad():
        outs = [o for o in _outputs(func(*args)) if o.requires_grad]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        given = tuple(wrap(_random(rng, o.array, gen_non_contig_grad_outputs)).requires_grad_() for o in outs)
    else:
        given = _tensors(grad_outputs)
    count = len(args)

    def gradients(*values: Any) -> Any:
        with enable_grad():
            xs, gs = values[:count], values[count:]
            made = [o for o in _outputs(func(*xs)) if o.requires_grad]
            wanted = [x for x in xs if isinstance(x, Tensor) and x.requires_grad]
            found = grad(made, wanted, gs, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradients,
        args + given,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random(rng: np.random.Generator, like: Array, strided: bool) -> Array:
    values = rng.standard_normal(like.shape).astype(like.dtype)
    if not strided or not like.ndim:
        return values
    wide = np.zeros((*like.shape, 2), like.dtype)
    wide[..., 0] = values
    return wide[..., 0]
