"""The same programs on PyTorch and here: values, gradients, versions and kinds of errors (tests/autograd/programs)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from tests.autograd.programs import outcome, same
from tests.autograd.programs.derivatives import derivatives
from tests.autograd.programs.functions import functions
from tests.autograd.programs.gradients import gradients
from tests.autograd.programs.hooks import hooks
from tests.autograd.programs.inplace import inplace
from tests.autograd.programs.random_inplace import run

torch = pytest.importorskip("torch")

# Here these work, or give the right number, where PyTorch refuses or silently answers with another. Each has its own outcome.
F4 = ("float32", [4])
KINDER: dict[str, Any] = {
    "multiply_by_itself": [(*F4, [4.0, 16.0, 36.0, 64.0], True), (*F4, [8.0, 16.0, 24.0, 32.0], False)],
    "grad_twice_the_same_input": [(*F4, [3.0, 5.0, 7.0, 9.0], False), (*F4, [2.0, 4.0, 6.0, 8.0], False)],
    "data_is_set": [(*F4, [0.0] * 4, True), (*F4, [2.0, 4.0, 6.0, 8.0], False), 0],
    "no_grad_view_changed_with_grad": [True, True],
    "unbound_rows_changed": True,
    "chunk_changed": True,
}
TABLES = (gradients, inplace, functions, hooks, derivatives)
ALL = {name: program for table in TABLES for name, program in table.items()}


def test_no_name_is_taken_twice() -> None:
    assert len(ALL) == sum(map(len, TABLES))


@pytest.mark.parametrize("name", ALL)
def test_program(name: str) -> None:
    ours, theirs = outcome(ALL[name], ag), outcome(ALL[name], torch)
    if name in KINDER:
        assert same(ours, KINDER[name]), ours
        assert not same(ours, theirs), f"{name}: PyTorch now agrees, take it off the list"
    else:
        assert same(ours, theirs), f"here {ours}\nPyTorch {theirs}"


@pytest.mark.parametrize("seed", range(100))
def test_random_program_of_views_and_changes(seed: int) -> None:
    """Where PyTorch refuses (a saved value was changed) the values here are checked by differences, in tests/autograd."""
    theirs = outcome(lambda T: run(T, seed), torch)
    ours = outcome(lambda T: run(T, seed), ag)
    assert not isinstance(ours, str), ours
    if isinstance(theirs, str):
        pytest.skip("PyTorch refuses this program")
    assert [(*o[:2], o[3]) for o in ours] == [(*t[:2], t[3]) for t in theirs]
    for o, t in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(o[2], t[2], rtol=1e-4, atol=1e-4)
