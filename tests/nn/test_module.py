"""Module without PyTorch at hand: attributes, state, copies, modes, conversion, and the scope that recorded nodes keep."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.graph import thread
from nn.modules import scope
from nn.modules.scope import descendants


class Block(nn.Module):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.lin = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width)
        self.scale = nn.Parameter(ag.ones(width))
        self.steps = nn.Buffer(ag.zeros(1), persistent=False)
        self.name = "block"

    def forward(self, x: Any) -> Any:
        return self.norm(self.lin(x)) * self.scale


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(Block(), nn.ReLU(), Block())
        self.head = nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.net(x))


def values(module: nn.Module) -> dict[str, np.ndarray]:
    return {name: value.numpy().copy() for name, value in module.state_dict().items()}


def test_assignment_moves_a_name_from_table_to_table() -> None:
    m = nn.Module()
    m.a = 3
    m.a = nn.Parameter(ag.ones(2))
    assert "a" not in m.__dict__ and list(m._parameters) == ["a"]
    del m.a
    m.a = nn.ReLU()
    m.a = nn.Parameter(ag.ones(2))
    assert not m._modules and list(m._parameters) == ["a"]
    del m.a
    m.register_buffer("a", ag.ones(2))
    m.a = ag.zeros(2)
    assert m._buffers["a"].tolist() == [0, 0]
    m.a = None
    assert m.state_dict() == {} and m.a is None
    m.p = nn.Parameter(ag.ones(2))
    m.p = None
    assert "p" in m._parameters and not list(m.parameters())


def test_buffers_that_are_not_persistent_stay_out_of_the_state() -> None:
    block = Block()
    assert "steps" in dict(block.named_buffers()) and "steps" not in block.state_dict()
    block.steps = ag.ones(1)
    assert "steps" not in block.state_dict()
    block.steps = nn.Buffer(ag.ones(1))
    assert block.state_dict()["steps"].tolist() == [1]


def test_state_dict_shares_memory_and_loads_by_copying() -> None:
    a, b = Net(), Net()
    assert a.state_dict()["head.weight"].array is a.head.weight.array
    weight = b.head.weight
    b.load_state_dict(a.state_dict())
    assert b.head.weight is weight and weight.array is not a.head.weight.array
    for name, value in values(a).items():
        np.testing.assert_array_equal(values(b)[name], value)
    b.load_state_dict(a.state_dict(), assign=True)
    assert b.head.weight is not weight and b.head.weight.array is a.head.weight.array and b.head.weight.requires_grad


def test_arrays_can_be_loaded_too() -> None:
    a, b = Net(), Net()
    b.load_state_dict(values(a))
    assert b.head.weight.tolist() == a.head.weight.tolist() and b.head.weight.array is not a.head.weight.array
    with pytest.raises(RuntimeError, match="expected Tensor or Tensor-like object from checkpoint but received <class 'list'>"):
        b.load_state_dict({**values(a), "head.bias": [0, 0]})


def test_loading_accounts_for_every_key() -> None:
    state = Net().state_dict()
    state["head.wieght"] = state.pop("head.weight")
    result = Net().load_state_dict(state, strict=False)
    assert result == (["head.weight"], ["head.wieght"])
    with pytest.raises(RuntimeError, match=r'Did you mean "head.weight" where the state_dict has "head.wieght"'):
        Net().load_state_dict(state)
    wrapped = {"module." + name: value for name, value in Net().state_dict().items()}
    with pytest.raises(RuntimeError, match=r'begins with "module\."'):
        Net().load_state_dict(wrapped)


def test_extra_state_travels_with_the_state() -> None:
    class Counting(nn.Module):
        count = 0

        def get_extra_state(self) -> int:
            return self.count

        def set_extra_state(self, state: int) -> None:
            self.count = state

    a, b = nn.Sequential(Counting()), nn.Sequential(Counting())
    a[0].count = 7
    assert a.state_dict() == {"0._extra_state": 7}
    b.load_state_dict(a.state_dict())
    assert b[0].count == 7
    with pytest.raises(RuntimeError, match="_extra_state"):
        b.load_state_dict({})


def test_state_hooks_run_around_saving_and_loading() -> None:
    m = nn.Linear(2, 2)
    seen = []
    m.register_state_dict_pre_hook(lambda module, prefix, keep: seen.append("before saving"))
    m.register_state_dict_post_hook(lambda module, state, prefix, meta: seen.append(f"saved {len(state)}"))
    m.register_load_state_dict_pre_hook(lambda module, state, *rest: state.pop("extra", None))
    m.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    state = m.state_dict()
    assert seen == ["before saving", "saved 2"]
    state["extra"] = ag.ones(1)
    del state["bias"]
    assert m.load_state_dict(state) == ([], [])


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_equal_and_independent(twin: Any) -> None:
    a = Net()
    a.tied = nn.ParameterList([a.head.weight])
    b = twin(a)
    assert b.tied[0] is b.head.weight and repr(b) == repr(a)
    x = ag.ones(4, 3)
    assert b.eval()(x).tolist() == a.eval()(x).tolist()
    b.head.weight.array[...] = 0
    assert a.head.weight.array.any()
    assert all(p.requires_grad and p.is_leaf for p in b.parameters())
    b(x).sum().backward()
    assert a.head.weight.grad is None and b.head.weight.grad is not None


def test_modes_and_freezing_reach_everything_below() -> None:
    m = Net()
    assert m.eval() is m and not any(part.training for part in m.modules())
    assert m.train() is m and all(part.training for part in m.modules())
    m.net.requires_grad_(False)
    assert [name for name, p in m.named_parameters() if p.requires_grad] == ["head.weight", "head.bias"]


def test_zero_grad_drops_or_clears() -> None:
    m = Net()
    m(ag.ones(4, 3)).sum().backward()
    grad = m.head.weight.grad
    m.zero_grad(set_to_none=False)
    assert m.head.weight.grad is grad and not grad.array.any()
    m.zero_grad()
    assert m.head.weight.grad is None


def test_conversion_keeps_the_parameters_and_moves_their_gradients() -> None:
    m = Net()
    m(ag.ones(4, 3)).sum().backward()
    weight = m.head.weight
    assert m.double() is m
    assert m.head.weight is weight and weight.dtype == weight.grad.dtype == ag.float64
    assert m.net[0].norm.running_mean.dtype == ag.float64 and m.net[0].norm.num_batches_tracked.dtype == ag.int64
    m(ag.ones(4, 3, dtype=ag.float64)).sum().backward()
    assert m.float().to("cpu").to(ag.zeros(1, dtype=ag.float16)).head.weight.dtype == ag.float16
    with pytest.raises(RuntimeError, match="cuda"):
        m.to("cuda")
    with pytest.raises(TypeError, match="bfloat16"):
        m.bfloat16()


def test_apply_visits_children_first() -> None:
    seen: list[str] = []
    Net().apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Linear", "BatchNorm1d", "Block", "ReLU", "Linear", "BatchNorm1d", "Block", "Sequential", "Linear", "Net"]


def test_finding_by_dotted_name() -> None:
    m = Net()
    assert m.get_submodule("net.0.lin") is m.net[0].lin and m.get_submodule("") is m
    assert m.get_parameter("net.2.scale") is m.net[2].scale
    assert m.get_buffer("net.2.norm.running_var") is m.net[2].norm.running_var
    m.set_submodule("net.1", nn.Tanh())
    assert isinstance(m.net[1], nn.Tanh)
    with pytest.raises(AttributeError, match="Did you mean 'lin'"):
        m.get_submodule("net.0.lni")


def test_nodes_know_the_module_that_made_them_and_keep_nothing_alive() -> None:
    m = Net()
    out = m(ag.ones(4, 3))
    paths = set()
    node: Any = out.grad_fn
    while node is not None and node.scope is not None:
        paths.add(node.scope.path)
        node = node.parents[0]
    assert paths == {"head", "net.2", "net.2.norm", "net.2.lin", "net.1", "net.0", "net.0.norm", "net.0.lin"}
    assert thread.context.scope is None
    m.kept = out  # a graph inside the module it came from
    gone = weakref.ref(m)
    gc.disable()
    try:
        del m, out, node
        assert gone() is None
    finally:
        gc.enable()


def test_names_of_calls_take_steps_in_proportion_to_the_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    visited = 0

    def counted(module: Any) -> Any:
        nonlocal visited
        for found in descendants(module):
            visited += 1
            yield found

    monkeypatch.setattr(scope, "descendants", counted)
    m = nn.Sequential(*[nn.Sequential(nn.Linear(3, 3), nn.Tanh()) for _ in range(100)])
    out = m(ag.ones(4, 3))
    names, node = [], out.grad_fn
    while node is not None and node.scope is not None:
        names.append(node.scope.path)
        node = node.parents[0]
    assert names == [f"{i}.{k}" for i in reversed(range(100)) for k in (1, 0)]
    assert visited <= 3 * 300


def test_a_call_of_a_module_that_was_replaced_is_named_by_its_class() -> None:
    m = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    first = m(ag.ones(4, 3)).grad_fn
    assert first.scope.path == "1"
    call = first.parents[0].scope
    m[0] = nn.Tanh()
    assert call.path == "Linear"


def test_the_scope_is_left_when_forward_raises() -> None:
    with pytest.raises(RuntimeError):
        Net()(ag.ones(4, 9))
    assert thread.context.scope is None


def test_printed_form() -> None:
    class Named(nn.Module):
        def extra_repr(self) -> str:
            return "one\ntwo"

    m = nn.Sequential(OrderedDict(first=Named(), second=nn.Sequential(nn.Linear(2, 3, bias=False))))
    assert repr(m) == (
        "Sequential(\n  (first): Named(\n    one\n    two\n  )\n  (second): Sequential(\n"
        "    (0): Linear(in_features=2, out_features=3, bias=False)\n  )\n)"
    )
    assert repr(nn.Parameter(ag.ones(1))) == "Parameter containing:\ntensor([1.], requires_grad=True)"


def test_registration_hooks_see_everything_that_is_registered() -> None:
    from nn.modules import module as registry

    seen: list[Any] = []
    handles = [
        registry.register_module_parameter_registration_hook(lambda m, name, p: seen.append(name)),
        registry.register_module_module_registration_hook(lambda m, name, child: nn.Identity() if name == "swap" else None),
        registry.register_module_buffer_registration_hook(lambda m, name, b: seen.append(name)),
    ]
    try:
        m = nn.Module()
        m.swap = nn.BatchNorm1d(2)
    finally:
        for handle in handles:
            handle.remove()
    assert isinstance(m.swap, nn.Identity)
    assert seen == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]


def test_parameters_are_found_after_pickling_a_parameter_alone() -> None:
    p = nn.Parameter(ag.ones(2), requires_grad=False)
    p.note = "mine"
    q = pickle.loads(pickle.dumps(p))
    assert type(q) is nn.Parameter and q.tolist() == [1, 1] and not q.requires_grad and q.note == "mine"
    assert isinstance(nn.Buffer(ag.ones(2)), nn.Buffer) and not isinstance(ag.ones(2), nn.Buffer)


def test_lazy_linear_becomes_linear() -> None:
    m = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(2, bias=False))
    assert "LazyLinear" in repr(m)
    with pytest.raises(ValueError, match="uninitialized"):
        m[0].weight.sum()
    m(ag.ones(3, 5))
    assert type(m[0]) is type(m[2]) is nn.Linear and m[0].weight.shape == (4, 5) and type(m[2].weight) is nn.Parameter
    fresh = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(2, bias=False))
    fresh.load_state_dict(m.state_dict())
    assert fresh(ag.ones(3, 5)).tolist() == m(ag.ones(3, 5)).tolist()


def test_shared_memory_keeps_the_values_and_the_parameters() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.PReLU(0))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    parameters = list(model.parameters())
    assert model.share_memory() is model
    assert all(a is b for a, b in zip(parameters, model.parameters(), strict=True))
    for name, value in model.state_dict().items():
        assert (value == before[name]).all() and value.array.flags.writeable
    model[:2](ag.ones(4, 3)).sum().backward()
    assert model[0].weight.grad is not None


def test_compiling_changes_nothing() -> None:
    model = nn.Linear(3, 2)
    x = ag.ones(1, 3)
    before = model(x)
    model.compile(mode="max-autotune")
    assert (model(x) == before).all()
