"""Long graphs, many reads, and memory: no recursion, no quadratic cost, no garbage left for the collector."""

from __future__ import annotations

import gc
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.graph import Node

MiB = 1 << 20


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The garbage collector is off: what dies, dies by its reference count."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> int:
    return sum(issubclass(type(o), Node) for o in gc.get_objects())  # isinstance would ask objects for __class__


def deep(fn: Callable[[], None]) -> None:
    """Run on a thread with a small stack, where any recursion over the graph would end the process."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            fn()
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]


def test_a_million_nodes_forward_backward_and_gone(no_collector: None) -> None:
    def chain() -> None:
        x = ag.tensor(1.0, requires_grad=True)
        y = x + x
        first = weakref.ref(y.grad_fn)
        for _ in range(999_999):
            y = y + x
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(200)
        try:
            y.backward()
            assert x.grad.item() == 1_000_001
            assert first() is not None
            del y
            assert first() is None, "the end of the chain outlives its beginning"
        finally:
            sys.setrecursionlimit(limit)

    deep(chain)


def test_a_deep_graph_of_gradients(no_collector: None) -> None:
    def chain() -> None:
        x = ag.tensor(0.5, requires_grad=True)
        y = x
        for _ in range(20_000):
            y = y * 1.00001
        (g,) = ag.autograd.grad(y, x, create_graph=True)
        assert abs(g.item() - 1.00001**20_000) < 1e-3
        del y, g

    deep(chain)


def peak(fn: Callable[[], Any]) -> int:
    fn()
    tracemalloc.start()
    try:
        fn()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def total(fn: Callable[[], Any], size: int) -> int:
    """How many arrays of at least `size` bytes a call makes."""
    fn()
    made = 0
    real = np.zeros

    def counting(shape: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        nonlocal made
        out = real(shape, *args, **kwargs)
        made += out.nbytes >= size
        return out

    np.zeros = counting  # type: ignore[assignment]
    try:
        fn()
    finally:
        np.zeros = real
    return made


READS = {
    "rows": lambda x, i: x[i],
    "slices": lambda x, i: x[i : i + 2],
    "single elements": lambda x, i: x[i, 3],
    "index tensors": lambda x, i: x[ag.tensor([i, i + 1])],
    "views of views": lambda x, i: x[i][5:7],
}


@pytest.mark.parametrize("name", READS)
def test_n_reads_fill_one_buffer(name: str) -> None:
    """Each read's gradient is as large as what was read; the whole tensor is allocated once, however many reads there are."""
    rows, width = 400, 64
    x = ag.zeros(rows, width, requires_grad=True)

    def run(count: int) -> None:
        x.grad = None
        outs = [READS[name](x, i).sum() for i in range(count)]
        while len(outs) > 1:
            outs = [a + b for a, b in zip(outs[::2], outs[1::2], strict=True)]
        outs[0].backward()

    whole = rows * width * 4
    few, many = total(lambda: run(4), whole), total(lambda: run(256), whole)
    assert few == many <= 2, f"{few} buffers of the whole tensor for 4 reads, {many} for 256"
    assert peak(lambda: run(256)) < 40 * whole


def test_reads_in_a_recurrent_loop_are_summed(rng: np.random.Generator) -> None:
    x = ag.tensor(rng.random((50, 8)), requires_grad=True)
    h = ag.zeros(8, dtype=ag.float64)
    for t in range(50):
        h = (h + x[t] * x[t - 1]).tanh()
    h.sum().backward()
    fresh = x.detach().clone().requires_grad_()
    rows = fresh.unbind(0) if hasattr(fresh, "unbind") else [fresh[i] for i in range(50)]
    h = ag.zeros(8, dtype=ag.float64)
    for t in range(50):
        h = (h + rows[t] * rows[t - 1]).tanh()
    h.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), fresh.grad.numpy(), rtol=1e-12)


GRAPHS = {
    "backward": lambda x: (x * x).exp().sum().backward(),
    "no backward": lambda x: (x * x).exp().sum(),
    "grad": lambda x: ag.autograd.grad((x * x).sum(), x),
    "second order": lambda x: ag.autograd.grad(ag.autograd.grad((x**3).sum(), x, create_graph=True)[0].sum(), x),
    "create_graph, dropped": lambda x: ag.autograd.grad((x**3).sum(), x, create_graph=True),
    "views and changes in place": lambda x: in_place(x).sum().backward(),
    "hooks": lambda x: hooked(x).sum().backward(),
    "retained": lambda x: retained(x).sum().backward(),
    "custom function": lambda x: Double.apply(x).sum().backward(),
    "custom function, dropped": lambda x: Double.apply(x * 2),
    "error in backward": lambda x: failing(x),
    "func": lambda x: ag.func.hessian(lambda a: (a**3).sum())(x.detach()),
    "vmap": lambda x: ag.func.vmap(ag.func.grad(lambda a: a**3))(x.detach()),
    "checkpoint": lambda x: checkpointed(x).backward(),
    "anomaly mode": lambda x: watched(x),
}


class Double(ag.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        ctx.note = [x.shape]
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y / x


def in_place(x):
    y = x * 1
    v = y[1:]
    v.mul_(2)
    y[0] = v[0]
    return y


def hooked(x):
    y = x * 2
    y.register_hook(lambda g: g * 2)
    y.grad_fn.register_hook(lambda gi, go: None)
    return y


def retained(x):
    y = x * 2
    y.retain_grad()
    return y * y


def failing(x):
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError):
        y.backward()


def checkpointed(x):
    return ag.utils.checkpoint.checkpoint(lambda a: (a * a).exp().sum(), x, use_reentrant=False)


def watched(x):
    with ag.autograd.detect_anomaly():
        (x * x).exp().sum().backward()


@pytest.mark.parametrize("name", GRAPHS)
def test_graphs_die_without_the_collector(name: str, no_collector: None) -> None:
    x = ag.tensor([0.5, 1.0, 1.5], requires_grad=True)
    GRAPHS[name](x)
    gc.collect()
    before = alive()
    for _ in range(3):
        x.grad = None
        GRAPHS[name](x)
    assert alive() == before, "nodes are left over: something refers to them in a circle"


def test_saved_buffers_are_freed_during_the_walk() -> None:
    """When the gradient of an early layer is computed, what later layers saved is gone."""
    x = ag.ones(1000, requires_grad=True)
    first = x.exp()
    early = weakref.ref(first.array)
    second = first.sin()
    late = weakref.ref(second.array)
    third = second.exp()
    loss = third.sum()
    seen = []
    first.register_hook(lambda g: seen.append((early() is not None, late() is not None)))
    del second, third
    loss.backward()
    assert seen == [(True, False)]


def test_a_kept_graph_keeps_its_buffers() -> None:
    x = ag.ones(10, requires_grad=True)
    y = x.exp()
    ref = weakref.ref(y.array)
    z = y.sum()
    del y
    z.backward(retain_graph=True)
    assert ref() is not None
    z.backward()
    assert ref() is None and x.grad.tolist()[0] == pytest.approx(2 * np.e)


def test_what_no_rule_names_is_not_kept() -> None:
    x = ag.ones(10, requires_grad=True)
    y = x + 1
    ref = weakref.ref(y.array)
    z = (y + 1).sum()
    del y
    assert ref() is None
    z.backward()


def test_peak_of_a_long_chain_is_its_saved_values() -> None:
    """Forward keeps one array for each layer; backward adds two or three, not one for each."""
    layers, size = 30, MiB
    x = ag.ones(size // 4, requires_grad=True)

    def run() -> None:
        x.grad = None
        y = x
        for _ in range(layers):
            y = y.exp() if _ % 2 else y * 1e-3
        y.sum().backward()

    assert peak(run) < (layers // 2 + 6) * size


def test_memory_is_flat_over_double_backwards() -> None:
    x = ag.ones(1000, requires_grad=True)

    def step() -> None:
        (g,) = ag.autograd.grad((x**3).sum(), x, create_graph=True)
        (g * g).sum().backward()
        x.grad = None

    gc.disable()
    try:
        for _ in range(5):
            step()
        tracemalloc.start()
        step()
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            step()
        grown = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
        gc.enable()
    assert grown < 20_000


def test_leaf_grads_double_and_intermediates_do_not() -> None:
    """backward() twice: gradients accumulate at leaves alone, so a second call adds the same once more."""
    a, b = ag.tensor(-4.0, requires_grad=True), ag.tensor(2.0, requires_grad=True)
    c = a + b
    d = a * b + b**3
    e = c * d
    c.retain_grad()
    e.backward(retain_graph=True)
    once = (a.grad.item(), b.grad.item(), c.grad.item())
    c.grad = None
    e.backward(retain_graph=True)
    assert (a.grad.item(), b.grad.item()) == (2 * once[0], 2 * once[1])
    assert c.grad.item() == once[2]
    with pytest.raises(RuntimeError, match="second time"):
        e.backward()
        e.backward()


def test_the_first_gradient_is_taken_over_not_copied() -> None:
    x = ag.ones(MiB // 4, requires_grad=True)

    def run() -> None:
        x.grad = None
        (x * 3.0).backward(one)

    one = ag.ones(MiB // 4)
    assert peak(run) < 2.5 * MiB
