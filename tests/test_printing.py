"""Printing without an oracle: options, 0-d formats, errors. The comparison with PyTorch is in tests/parity."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd_core import printing
from autograd_core.printing import format_tensor, get_printoptions, printoptions, set_printoptions, tensor_text


@pytest.fixture(autouse=True)
def default_options():
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")


KNOWN = [
    (np.array([1.0, 2.0], np.float32), "tensor([1., 2.])"),
    (np.array([1.5, 2.0], np.float32), "tensor([1.5000, 2.0000])"),
    (np.array(3), "tensor(3)"),
    (np.array([True, False]), "tensor([ True, False])"),
    (np.zeros((0, 3), np.float32), "tensor([], size=(0, 3))"),
    (np.zeros(0, np.int64), "tensor([], dtype=torch.int64)"),
    (np.array([1, 2], np.uint8), "tensor([1, 2], dtype=torch.uint8)"),
    (np.array([1e-5, 1.0], np.float32), "tensor([1.0000e-05, 1.0000e+00])"),
    (np.array([np.nan, np.inf, 1.0]), "tensor([nan, inf, 1.], dtype=torch.float64)"),
    (np.eye(2, dtype=np.float32), "tensor([[1., 0.],\n        [0., 1.]])"),
    (np.arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
]


@pytest.mark.parametrize(("array", "text"), KNOWN, ids=[text for _, text in KNOWN])
def test_known_texts(array, text):
    assert tensor_text(array) == text


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_, np.uint8]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    )
)
@settings(deadline=None, max_examples=60)
def test_shown_values_read_back(array):
    """With enough digits the text is a literal of the array."""
    with printoptions(precision=17, threshold=math.inf):
        text = printing.values_text(array)
    names = {"nan": np.nan, "inf": np.inf}
    if array.size:
        np.testing.assert_array_equal(
            np.array(eval(text, {"__builtins__": {"True": True, "False": False}}, names), dtype=array.dtype), array
        )
    else:
        assert text == "[]"


def test_profiles_and_single_options():
    set_printoptions(profile="short")
    assert get_printoptions() == {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80, "sci_mode": None}
    set_printoptions(precision=7)
    assert get_printoptions()["precision"] == 7 and get_printoptions()["edgeitems"] == 2
    set_printoptions(sci_mode=True)
    assert tensor_text(np.array([1.0], np.float32)) == "tensor([1.0000000e+00])"
    set_printoptions()
    assert get_printoptions()["sci_mode"] is None


def test_context_manager_restores_after_an_error():
    before = get_printoptions()
    with pytest.raises(KeyError), printoptions(precision=1, sci_mode=False):
        assert get_printoptions()["precision"] == 1
        raise KeyError
    assert get_printoptions() == before


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"profile": "ful"}, ValueError, "'full'"),
        ({"precision": "4"}, TypeError, "precision must be an integer"),
        ({"precision": 1.5}, TypeError, "precision"),
        ({"edgeitems": -1}, ValueError, "negative"),
    ],
)
def test_wrong_options_change_nothing(options, error, match):
    before = get_printoptions()
    with pytest.raises(error, match=match):
        set_printoptions(linewidth=20, **options)
    assert get_printoptions() == before


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [(0.12345, ".3f", "0.123"), (7, "05d", "00007"), (1.0, "", "1.0"), (True, "", "True"), (2.5, ">8", "     2.5")],
)
def test_format_of_one_value(value, spec, text):
    assert format_tensor(np.array(value), spec) == text


def test_format_of_many_values():
    assert format_tensor(np.array([1.0], np.float32), "") == "tensor([1.])"
    assert format_tensor(np.array([1.0]), "", lambda: "mine") == "mine"
    with pytest.raises(TypeError, match=r"shape \(2,\)"):
        format_tensor(np.zeros(2), ".3f")


def test_wide_prefix_indents_all_lines():
    lines = tensor_text(np.zeros((2, 2), np.float32), prefix="MyTensor(").split("\n")
    assert lines == ["MyTensor([[0., 0.],", "          [0., 0.]])"]
