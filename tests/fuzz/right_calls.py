"""Right calls, from which wrong ones are derived: every record of tests/samples, in-place twins, and functions that have no record."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_core.op import PUBLIC_NAMES, registry
from tests.samples import RECORDS, draw

from .bad_calls import Call, Dtype, T, derive


def real(*shape: int) -> T:
    """Floats."""
    n = int(np.prod(shape))
    return T(np.asarray((np.arange(n).reshape(shape) - n / 2) * 0.37, np.float32))


def leaf(*shape: int) -> T:
    """Floats that need gradients."""
    return T(real(*shape).array, grad=True)


def ints(*values: int) -> T:
    """A vector of int64."""
    return T(np.array(values, np.int64))


F32 = Dtype("float32")
NO = {"requires_grad": False}
# name -> calls; a call is (args, kwargs)
EXTRA: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "tensor": [((2.5,), {}), (([1.0, 2.0],), {"dtype": F32, **NO}), (([[1, 2], [3, 4]],), {})],
    "as_tensor": [(([1.0, 2.0],), {}), ((real(3),), {"dtype": F32})],
    "zeros": [((2, 3), {}), (((2, 3),), {"dtype": F32, **NO})],
    "ones": [((2, 3), {}), (([2, 3],), {"dtype": F32, **NO})],
    "empty": [((2, 0), {}), (((0, 3),), {"dtype": F32})],
    "full": [(((2, 3), 1.5), {"dtype": F32}), (((2, 3), 7), {})],
    "zeros_like": [((real(2, 3),), {"dtype": F32})],
    "ones_like": [((real(2, 3),), {**NO})],
    "empty_like": [((real(2, 0),), {})],
    "full_like": [((real(2, 3), 1.5), {})],
    "arange": [((5,), {}), ((1, 5), {}), ((0.0, 2.0, 0.5), {"dtype": F32})],
    "linspace": [((0.0, 1.0, 5), {"dtype": F32})],
    "logspace": [((0.0, 1.0, 5), {"base": 2.0})],
    "eye": [((3,), {}), ((3, 4), {"dtype": F32})],
    "scalar_tensor": [((2.5,), {})],
    "rand": [((2, 3), {}), (((2, 3),), {"dtype": F32})],
    "randn": [((2, 3), {}), (((2, 3),), {"dtype": F32})],
    "randint": [((5, (2, 3)), {}), ((1, 5, (2, 3)), {})],
    "randperm": [((5,), {})],
    "rand_like": [((real(2, 3),), {"dtype": F32})],
    "randn_like": [((real(2, 3),), {})],
    "randint_like": [((real(2, 3), 5), {}), ((real(2, 3), 1, 5), {})],
    "normal": [((0.0, 1.0, (2, 3)), {}), ((real(3), 1.0), {}), ((0.0, T(np.ones(3, np.float32))), {})],
    "bernoulli": [((T(np.full(3, 0.5, np.float32)),), {})],
    "multinomial": [((T(np.array([0.2, 0.5, 0.3], np.float32)), 2), {}), ((T(np.ones((2, 4), np.float32)), 3, True), {})],
    "poisson": [((T(np.ones(3, np.float32)),), {})],
    "binomial": [((T(np.full(3, 5.0, np.float32)), T(np.full(3, 0.5, np.float32))), {})],
    "manual_seed": [((3,), {})],
    "from_numpy": [((real(3),), {})],
    "autograd.grad": [((leaf(), leaf()), {"allow_unused": True, "retain_graph": True, "create_graph": False})],
    "autograd.backward": [((leaf(),), {"retain_graph": True}), (([leaf(3)], [real(3)]), {})],
    "Tensor.backward": [((leaf(),), {"retain_graph": True, "create_graph": False}), ((leaf(2, 3), real(2, 3)), {})],
    "Tensor.requires_grad_": [((real(3),), {}), ((real(3), True), {})],
    "Tensor.item": [((real(1),), {})],
    "Tensor.tolist": [((real(2, 3),), {})],
    "Tensor.numpy": [((real(3),), {"force": False})],
    "Tensor.detach": [((leaf(3),), {})],
    "Tensor.retain_grad": [((leaf(3),), {})],
    "Tensor.register_hook": [((leaf(3), print), {})],
    "Tensor.type": [((real(3), F32), {})],
    "Tensor.size": [((real(2, 3), 1), {}), ((real(2, 3),), {})],
    "Tensor.new_zeros": [((real(2, 3), (2, 2)), {}), ((real(2, 3), 2, 2), {"dtype": F32})],
    "Tensor.new_ones": [((real(2, 3), (2, 2)), {})],
    "Tensor.new_empty": [((real(2, 3), (2, 0)), {})],
    "Tensor.new_full": [((real(2, 3), (2, 2), 1.5), {})],
    "Tensor.new_tensor": [((real(2, 3), [1.0, 2.0]), {})],
    "Tensor.to": [((real(2, 3), F32), {}), ((real(2, 3), "cpu"), {}), ((real(2, 3), real(2)), {})],
    "Tensor.uniform_": [((real(2, 3), 0.0, 1.0), {})],
    "Tensor.normal_": [((real(2, 3), 0.0, 1.0), {})],
    "Tensor.bernoulli_": [((real(2, 3), 0.5), {})],
    "Tensor.exponential_": [((real(2, 3), 1.5), {})],
    "Tensor.random_": [((real(2, 3), 1, 5), {}), ((ints(1, 2), 5), {})],
    "Tensor.geometric_": [((real(2, 3), 0.5), {})],
    "Tensor.cauchy_": [((real(2, 3), 0.0, 1.0), {})],
    "Tensor.log_normal_": [((real(2, 3), 1.0, 2.0), {})],
    "Tensor.fill_": [((real(2, 3), 1.5), {})],
    "Tensor.zero_": [((real(2, 3),), {})],
    "Tensor.copy_": [((real(2, 3), real(2, 3)), {}), ((real(2, 3), real(3)), {})],
    "Tensor.__getitem__": [
        *[((real(4, 3), i), {}) for i in (1, slice(1, 3), ..., None, [0, 2], ints(0, 2), (1, 2), (slice(None), 1))],
        ((real(4, 3), (ints(0, 1), ints(1, 2))), {}),
        ((real(4, 3), T(np.array([True, False, True, False]))), {}),
    ],
    "Tensor.__setitem__": [
        *[((real(4, 3), i, 1.5), {}) for i in (1, slice(1, 3), ..., [0, 2], (1, 2), (slice(None), 1))],
        ((real(4, 3), ints(0, 2), real(2, 3)), {}),
        ((real(4, 3), T(np.array([True, False, True, False])), real(3)), {}),
    ],
    "Tensor.__bool__": [((real(1),), {})],
    "Tensor.__len__": [((real(3),), {})],
    "Tensor.__float__": [((real(1),), {})],
    "Tensor.__int__": [((real(1),), {})],
    "Tensor.__index__": [((ints(1),), {})],
    "Tensor.__format__": [((real(), ".2f"), {})],
    "Tensor.__contains__": [((real(3), 0.0), {})],
    "result_type": [((real(3), ints(1)), {})],
    "can_cast": [((F32, Dtype("float64")), {})],
    "promote_types": [((F32, Dtype("int64")), {})],
    "is_tensor": [((real(3),), {})],
    "is_floating_point": [((real(3),), {})],
    "is_nonzero": [((real(1),), {})],
    "numel": [((real(3),), {})],
    "finfo": [((F32,), {})],
    "iinfo": [((Dtype("int64"),), {})],
    "set_num_threads": [((2,), {})],
}


def as_given(value: Any) -> Any:
    """Drawn arguments with arrays as tensors to be made."""
    if isinstance(value, np.ndarray):
        return T(value)
    return type(value)(as_given(v) for v in value) if isinstance(value, (list, tuple)) else value


def names() -> list[str]:
    """Every function that has base calls."""
    twins = [key + "_" for key in RECORDS if "." not in key and getattr(registry[key], "inplace", False)]
    return sorted({*RECORDS, *twins, *EXTRA})


def bases(name: str, rng: np.random.Generator) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """The right calls of a function, with drawn values."""
    if name in EXTRA:
        yield from EXTRA[name]
        return
    for sample in RECORDS[name if name in RECORDS else name[:-1]]:
        args, kwargs = draw(sample, rng, np.float32)
        yield tuple(as_given(a) for a in args), {k: as_given(v) for k, v in kwargs.items()}


def is_method(name: str) -> bool:
    """Whether a function is found on a tensor only."""
    return name.startswith("Tensor.") or (name.endswith("_") and "." not in name)


def calls(name: str, seed: int, count: int = 0) -> list[Call]:
    """Wrong calls of a function, the right ones among them: `count` of them by lot, or all that differ."""
    rng = np.random.default_rng(zlib.crc32(f"{seed} {name}".encode()))
    key = name if name in registry else name[:-1] if name[:-1] in registry else None
    params: tuple[str, ...] = ()
    defaults: dict[str, Any] = {}
    if key is not None:
        entry = registry[key]
        params = tuple(PUBLIC_NAMES.get(p, p) for p in entry.params)
        defaults = {PUBLIC_NAMES.get(p, p): v for p, v in entry.defaults.items()}
    found = {f"{c.wrong} {c!r}": c for args, kwargs in bases(name, rng) for c in derive(args, kwargs, params, defaults)}
    every = [c for c in found.values() if not is_method(name) or (c.args and isinstance(c.args[0], T))]
    return [every[i] for i in sorted(rng.permutation(len(every))[:count])] if count else every
