"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict as the lists and dictionaries they stand for."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn


class Marked(nn.Module):
    def __init__(self, mark: int) -> None:
        super().__init__()
        self.mark = mark

    def forward(self, x: Any) -> Any:
        return [*x, self.mark]


INDEX = st.integers(-6, 6)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 99)),
        st.tuples(st.just("insert"), INDEX, st.integers(0, 99)),
        st.tuples(st.just("pop"), INDEX),
        st.tuples(st.just("set"), INDEX, st.integers(0, 99)),
        st.tuples(st.just("delete"), INDEX, INDEX),
        st.tuples(st.just("extend"), st.lists(st.integers(0, 99), max_size=3)),
    ),
    max_size=8,
)


@pytest.mark.parametrize("kind", [nn.Sequential, nn.ModuleList])
@settings(max_examples=60, deadline=None)
@given(changes=CHANGES)
def test_a_list_of_modules_behaves_as_a_list(kind: Any, changes: list[Any]) -> None:
    modules, plain = kind(), list[int]()
    for change, *args in changes:
        if change == "append":
            modules.append(Marked(args[0]))
            plain.append(args[0])
        elif change == "extend":
            modules.extend([Marked(i) for i in args[0]])
            plain.extend(args[0])
        elif change == "insert" and -len(plain) <= args[0] <= len(plain):
            modules.insert(args[0], Marked(args[1]))
            plain.insert(args[0], args[1])
        elif change == "delete":
            del modules[args[0] : args[1]]
            del plain[args[0] : args[1]]
        elif change in ("pop", "set"):
            if not -len(plain) <= args[0] < len(plain):
                with pytest.raises(IndexError):
                    modules[args[0]]
            elif change == "pop":
                assert modules.pop(args[0]).mark == plain.pop(args[0])
            else:
                modules[args[0]] = Marked(args[1])
                plain[args[0]] = args[1]
        assert [m.mark for m in modules] == plain == [modules[i].mark for i in range(len(modules))]
        assert list(modules._modules) == [str(i) for i in range(len(plain))]
        assert [m.mark for m in modules[1::2]] == plain[1::2]


def test_sequential_runs_its_modules_in_a_row() -> None:
    m = nn.Sequential(Marked(1), Marked(2)) + nn.Sequential(Marked(3))
    m += nn.Sequential(Marked(4))
    assert m([]) == [1, 2, 3, 4] and (m[1:3] * 2)([]) == [2, 3, 2, 3] and (2 * m[:1])([]) == [1, 1]
    m *= 2
    assert len(m) == 8 and nn.Sequential()(5) == 5
    named = nn.Sequential(OrderedDict(a=Marked(1), b=Marked(2)))
    assert list(named[1:]._modules) == ["b"] and named.b.mark == 2


def test_module_dict() -> None:
    m = nn.ModuleDict({"a": Marked(1)})
    m.update([("b", Marked(2)), ("a", Marked(3))])
    m["c"] = Marked(4)
    assert list(m) == list(m.keys()) == ["a", "b", "c"] and [v.mark for v in m.values()] == [3, 2, 4] and "b" in m and len(m) == 3
    assert m.pop("b").mark == 2 and dict(m.items())["c"].mark == 4
    del m["a"]
    m.clear()
    assert len(m) == 0
    with pytest.raises(TypeError, match="not a Module"):
        m["x"] = 3  # type: ignore[assignment]


def test_parameter_list() -> None:
    m = nn.ParameterList([ag.ones(2)])
    m.append(ag.zeros(1)).extend([nn.Parameter(ag.ones(3)), "text"])
    assert [type(v).__name__ for v in m] == ["Parameter"] * 3 + ["str"] and len(list(m.parameters())) == 3
    m[-3] = ag.ones(5)
    assert m[1].shape == (5,) and list(m.state_dict()) == ["0", "1", "2"] and len(m[1:]) == 3
    m += [ag.ones(1)]
    assert len(m) == 5


def test_parameter_dict() -> None:
    m = nn.ParameterDict({"b": ag.ones(2), "a": ag.ones(1)})
    assert list(m) == ["a", "b"]  # a plain dict is sorted, as in PyTorch
    m.update(OrderedDict(z=ag.ones(1), y="text"))
    assert list(m) == ["a", "b", "z", "y"] and list(reversed(m)) == ["y", "z", "b", "a"] and len(list(m.parameters())) == 3
    assert m.get("nothing", 5) == 5 and m.setdefault("n", 7) == 7 and m.pop("n") == 7 and m.popitem() == ("y", "text")
    other = m | nn.ParameterDict({"k": ag.zeros(1)})
    assert list(other) == ["a", "b", "z", "k"] and other.a is m.a
    assert list(m.fromkeys(["p", "q"], 1).values()) == [1, 1]
    m.clear()
    assert len(m) == 0 and "a" not in m
