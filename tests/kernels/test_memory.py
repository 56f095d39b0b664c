"""Memory of large arrays: kept between uses, and handed out by grad() without copies that nobody needs."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.kernels import memory


def test_the_system_settings_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_CORE_MALLOC", "system")
    assert memory.keep_pages() is False


def test_freed_pages_are_used_again() -> None:
    resource = pytest.importorskip("resource")
    if not memory.keep_pages():
        pytest.skip("not the GNU C library, or told to leave it alone")

    def turn() -> None:
        kept = [np.ones(1_000_000) for _ in range(4)]
        del kept

    turn()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        turn()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 4 * 8_000_000 // 4096  # less than one turn's pages in ten turns


def test_a_gradient_that_passes_through_is_the_one_given() -> None:
    x, y, g = ag.ones(3, requires_grad=True), ag.ones(3, requires_grad=True), ag.ones(3)
    first, second = ag.autograd.grad(x + y, [x, y], g)
    assert first is g
    assert not np.shares_memory(second.array, g.array)


@pytest.mark.parametrize("call", [lambda x: x.sum(), lambda x: x.sum(0), lambda x: x.sum(1, keepdim=True)], ids=["all", "rows", "columns"])
def test_an_expanded_gradient_is_expanded_and_its_own(call: object) -> None:
    x = ag.ones(300, 300, requires_grad=True)
    out = call(x)  # type: ignore[operator]
    g = ag.ones(tuple(out.shape))
    (found,) = ag.autograd.grad(out, [x], g)
    assert 0 in found.array.strides
    g.mul_(7)
    assert found.array.max() == 1
    with pytest.raises(RuntimeError, match="clone"):
        found.add_(1)
