"""From samples to batches."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from types import MappingProxyType

import numpy as np
import pytest

import autograd_core as ag
from data import DataLoader, default_collate, default_convert
from data.collate import collate, default_collate_fn_map

Point = namedtuple("Point", "x y")

SCALARS = [
    ([1, 2], ag.int64, [1, 2]),
    ([1.0, 2.5], ag.float64, [1.0, 2.5]),
    ([True, False], ag.bool, [True, False]),
    ([np.float32(1), np.float32(2)], ag.float32, [1, 2]),
    ([np.float64(1)], ag.float64, [1]),
    ([np.uint8(7), np.uint8(8)], ag.uint8, [7, 8]),
    ([np.array([1, 2]), np.array([3, 4])], ag.int64, [[1, 2], [3, 4]]),
    ([np.array(1.5), np.array(2.5)], ag.float64, [1.5, 2.5]),
    ([ag.tensor([1.0]), ag.tensor([2.0])], ag.float32, [[1.0], [2.0]]),
]


@pytest.mark.parametrize(("batch", "dtype", "values"), SCALARS)
def test_numbers_stack_in_their_own_type(batch, dtype, values):
    out = default_collate(batch)
    assert isinstance(out, ag.Tensor) and out.dtype == dtype and out.tolist() == values


def test_structures_are_gone_into():
    out = default_collate([{"a": (1, "x"), "b": Point(1, [2.0])}, {"a": (3, "y"), "b": Point(4, [5.0])}])
    assert isinstance(out["a"], list) and out["a"][0].tolist() == [1, 3] and list(out["a"][1]) == ["x", "y"]
    assert isinstance(out["b"], Point) and out["b"].x.tolist() == [1, 4] and out["b"].y[0].tolist() == [2.0, 5.0]


def test_kinds_of_containers_are_kept():
    ordered = OrderedDict(a=1)
    assert isinstance(default_collate([ordered, ordered]), OrderedDict)
    assert list(ordered.values()) == [1]
    frozen = default_collate([MappingProxyType({"a": 1})])
    assert isinstance(frozen, MappingProxyType) and frozen["a"].tolist() == [1]
    assert default_collate([range(2), range(2)])[1].tolist() == [1, 1]
    assert default_collate([b"x", b"y"]) == [b"x", b"y"]


@pytest.mark.parametrize(
    ("batch", "error", "match"),
    [
        ([[1, 2], [3]], RuntimeError, "sample 1 has 1"),
        ([object()], TypeError, "collate_fn"),
        ([None], TypeError, "NoneType"),
        ([np.array(["a"])], TypeError, "dtype"),
        ([ag.tensor([1.0]), ag.tensor([1.0, 2.0])], RuntimeError, r"sample 0 has \(1,\), sample 1 has \(2,\)"),
        ([{"a": 1}, {}], KeyError, "a"),
    ],
)
def test_what_cannot_be_collated(batch, error, match):
    with pytest.raises(error, match=match):
        default_collate(batch)


def test_own_rules_for_own_types():
    class Image:
        pass

    rules = {**default_collate_fn_map, Image: lambda batch, collate_fn_map: len(batch)}
    assert collate([(Image(), 1), (Image(), 2)], collate_fn_map=rules)[0] == 2


def test_a_changed_rule_is_used_by_the_loader(monkeypatch):
    monkeypatch.setitem(default_collate_fn_map, ag.Tensor, lambda batch, collate_fn_map: "mine")
    from data import TensorDataset

    assert next(iter(DataLoader(TensorDataset(ag.zeros(4)), 2))) == ["mine"]


def test_convert():
    assert default_convert(3) == 3 and default_convert("a") == "a"
    assert default_convert(np.array([1, 2])).tolist() == [1, 2]
    assert isinstance(default_convert(np.float32(1)), ag.Tensor)
    assert default_convert(np.array(["a"])).tolist() == ["a"] and isinstance(default_convert(np.array(["a"])), np.ndarray)
    assert isinstance(default_convert((np.zeros(1), 2)), list)
    point = default_convert(Point(np.zeros(1), {"k": np.ones(1)}))
    assert isinstance(point, Point) and isinstance(point.y["k"], ag.Tensor)
