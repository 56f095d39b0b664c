"""What Module does beyond its layers' numbers: each program runs on both libraries and must report the same."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import warnings
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

torch = pytest.importorskip("torch")


class _Log(list[Any]):
    """Collects what hooks saw, in plain numbers."""

    def __call__(self, *parts: Any) -> None:
        self.append(tuple(plain(part) for part in parts))


def plain(value: Any) -> Any:
    """Arrays as lists, types and modules by name: what both libraries can be compared by."""
    if isinstance(value, type):
        return value.__name__
    if hasattr(value, "detach"):
        return (tuple(value.shape), np.round(value.detach().numpy().astype(float), 5).tolist(), str(value.dtype).rpartition(".")[2])
    if hasattr(value, "named_modules"):
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return value


def net(n: Any, t: Any) -> Any:
    """Linear, batch normalisation, Linear with fixed weights."""
    made = n.Sequential(OrderedDict(first=n.Linear(2, 3), norm=n.BatchNorm1d(3), last=n.Linear(3, 1)))
    with t.no_grad():
        for i, p in enumerate(made.parameters()):
            p.copy_(t.arange(p.numel(), dtype=t.float32).reshape(p.shape) * 0.1 - 0.2 * i)
    return made


def ones(t: Any, *shape: int, **kwargs: Any) -> Any:
    return t.ones(shape, **kwargs)


def forward_hooks(n: Any, t: Any, log: Any) -> None:
    layer = n.Linear(2, 2)
    x = ones(t, 1, 2)
    layer.register_forward_pre_hook(lambda m, a: log("pre 1", m))
    layer.register_forward_pre_hook(lambda m, a: log("pre 0"), prepend=True)
    layer.register_forward_pre_hook(lambda m, a, k: log("pre kwargs", len(a), sorted(k)), with_kwargs=True)
    layer.register_forward_hook(lambda m, a, o: log("post 1", len(a), o.shape == (1, 2)))
    layer.register_forward_hook(lambda m, a, o: log("post 0"), prepend=True)
    handle = layer.register_forward_hook(lambda m, a, k, o: log("post kwargs", sorted(k)), with_kwargs=True)
    layer(x)
    layer(input=x)
    handle.remove()
    layer(x)


def hooks_that_change(n: Any, t: Any, log: Any) -> None:
    layer = n.Identity()
    layer.register_forward_pre_hook(lambda m, a: a[0] * 2)
    layer.register_forward_pre_hook(lambda m, a, k: ((a[0] + 1,), k), with_kwargs=True)
    layer.register_forward_hook(lambda m, a, o: o * 10)
    log(layer(ones(t, 2)))


def always_called(n: Any, t: Any, log: Any) -> None:
    layer = n.Linear(2, 2)
    layer.register_forward_hook(lambda m, a, o: log("always", o), always_call=True)
    layer.register_forward_hook(lambda m, a, o: log("never"))
    try:
        layer(ones(t, 1, 3))
    except RuntimeError:
        log("raised")


def backward_hooks(n: Any, t: Any, log: Any) -> None:
    model = net(n, t).eval()
    for name, module in model.named_modules():
        module.register_full_backward_pre_hook(lambda m, g, name=name: log("pre", name, g))
        module.register_full_backward_hook(lambda m, gi, go, name=name: log("post", name, gi, go))
    x = ones(t, 2, 2, requires_grad=True)
    model(x).sum().backward()
    log(x.grad, model.first.weight.grad)


def backward_hooks_that_change(n: Any, t: Any, log: Any) -> None:
    model = net(n, t).eval()
    model.last.register_full_backward_pre_hook(lambda m, g: (g[0] * 3,))
    model.first.register_full_backward_hook(lambda m, gi, go: (gi[0] * 0 + 7,))
    x = ones(t, 2, 2, requires_grad=True)
    model(x).sum().backward()
    log(x.grad, model.last.weight.grad)


def global_hooks(n: Any, t: Any, log: Any) -> None:
    m = n.modules.module
    model = net(n, t).eval()
    model.first.register_forward_hook(lambda *_: log("own forward"))
    model.first.register_forward_pre_hook(lambda *_: log("own pre"))
    handles = [
        m.register_module_forward_pre_hook(lambda mod, a: log("global pre", mod)),
        m.register_module_forward_hook(lambda mod, a, o: log("global forward", mod)),
        m.register_module_full_backward_pre_hook(lambda mod, g: log("global backward pre", mod)),
        m.register_module_full_backward_hook(lambda mod, gi, go: log("global backward", mod)),
    ]
    x = ones(t, 2, 2, requires_grad=True)
    model(x).sum().backward()
    for handle in handles:
        handle.remove()
    model(x)


def registration_hooks(n: Any, t: Any, log: Any) -> None:
    m = n.modules.module
    handles = [
        m.register_module_parameter_registration_hook(lambda mod, name, p: log("parameter", mod, name)),
        m.register_module_buffer_registration_hook(lambda mod, name, b: log("buffer", mod, name)),
        m.register_module_module_registration_hook(lambda mod, name, c: log("module", mod, name, c)),
    ]
    model = n.Sequential(n.BatchNorm1d(2), n.Linear(2, 1, bias=False))
    model.extra = n.Parameter(ones(t, 1))
    for handle in handles:
        handle.remove()
    n.Linear(1, 1)


def state_dict_hooks(n: Any, t: Any, log: Any) -> None:
    model = net(n, t)
    model.register_state_dict_pre_hook(lambda mod, prefix, keep: log("pre", mod, prefix, keep))
    model.norm.register_state_dict_post_hook(lambda mod, sd, prefix, meta: log("post", mod, prefix, sorted(meta), len(sd)))
    model.first.register_load_state_dict_pre_hook(lambda mod, sd, prefix, *rest: log("load pre", mod, prefix, len(rest)))
    model.register_load_state_dict_post_hook(lambda mod, keys: log("load post", mod, keys.missing_keys, keys.unexpected_keys))
    state = model.state_dict(prefix="p.", keep_vars=True)
    log(list(state), state["p.first.weight"].requires_grad, state._metadata)
    log(str(model.load_state_dict(model.state_dict())))


def partial_loading(n: Any, t: Any, log: Any) -> None:
    model = net(n, t)
    state = model.state_dict()
    del state["last.bias"]
    state["new"] = ones(t, 1)
    result = model.load_state_dict(state, strict=False)
    log(result.missing_keys, result.unexpected_keys, str(result))
    model.load_state_dict({"first.weight": ones(t, 3, 2) * 5}, strict=False)
    log(model.first.weight)


def assigned_loading(n: Any, t: Any, log: Any) -> None:
    model = net(n, t)
    model.first.weight.requires_grad_(False)
    before = model.first.weight
    state = {key: value.clone().double() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    model.load_state_dict(state, assign=True)
    log(model.first.weight is before, type(model.first.weight), model.first.weight.requires_grad, model.last.weight.requires_grad)
    log(model.norm.running_mean is state["norm.running_mean"], list(model.parameters()))


class _Extra:
    @staticmethod
    def make(n: Any) -> Any:
        class Net(n.Module):  # type: ignore[misc, name-defined]
            def __init__(self) -> None:
                super().__init__()
                self.count = 3

            def get_extra_state(self) -> Any:
                return {"count": self.count}

            def set_extra_state(self, state: Any) -> None:
                self.count = state["count"]

        return Net()


def extra_state(n: Any, t: Any, log: Any) -> None:
    first, second = _Extra.make(n), _Extra.make(n)
    first.count = 8
    log(dict(first.state_dict()))
    second.load_state_dict(first.state_dict())
    log(second.count, second.load_state_dict({}, strict=False).missing_keys)


def buffers(n: Any, t: Any, log: Any) -> None:
    module = n.Module()
    module.register_buffer("kept", ones(t, 2))
    module.register_buffer("hidden", ones(t, 3), persistent=False)
    module.register_buffer("none", None)
    module.declared = n.Buffer(ones(t, 1), persistent=False)
    log(list(module.state_dict()), [name for name, _ in module.named_buffers()], sorted(module._non_persistent_buffers_set))
    module.hidden = ones(t, 4)
    module.kept = None
    log(list(module.state_dict()), [tuple(b.shape) for b in module.buffers()])
    module.register_buffer("hidden2", ones(t, 1))
    del module.hidden
    log(list(module.state_dict()), hasattr(module, "hidden"), sorted(module._non_persistent_buffers_set))


def attributes(n: Any, t: Any, log: Any) -> None:
    module = n.Module()
    module.thing = 3
    module.thing = n.Parameter(ones(t, 1))
    log(list(module._parameters), "thing" in vars(module))
    module.thing = None
    log(list(module._parameters), module.thing)
    module.child = n.ReLU()
    module.child = None
    log(list(module._modules), [name for name, _ in module.named_children()])
    module.thing = n.Parameter(ones(t, 2))
    module.thing = n.Tanh() if False else n.Parameter(ones(t, 3))
    module.other = n.Tanh()
    module.other = n.Parameter(ones(t, 1))
    log(list(module._parameters), list(module._modules))
    log([name for name in dir(module) if name in ("thing", "child", "other", "forward", "_parameters")])


def finding(n: Any, t: Any, log: Any) -> None:
    model = n.Sequential(n.Sequential(n.Linear(1, 1), n.ReLU()), n.Tanh())
    log(model.get_submodule("0.1"), model.get_submodule("") is model, model.get_parameter("0.0.weight") is model[0][0].weight)
    model.set_submodule("0.1", n.Sigmoid())
    model.set_submodule("new", n.Tanh())
    log(str(model))
    model.set_submodule("0.0", n.Linear(2, 2), strict=True)
    log(model[0][0].weight.shape == (2, 2))


def conversion(n: Any, t: Any, log: Any) -> None:
    model = net(n, t)
    before = list(model.parameters())
    model(ones(t, 2, 2)).sum().backward()
    log(model.to(t.float64) is model, all(a is b for a, b in zip(before, model.parameters(), strict=True)))
    log([p.grad for p in model.parameters()], dict(model.named_buffers()))
    log([str(p.dtype) for p in model.half().parameters()], [str(p.dtype) for p in model.float().parameters()])
    log([str(p.dtype) for p in model.to(ones(t, 1, dtype=t.float64)).parameters()])
    log([str(p.dtype) for p in model.to("cpu", t.float32).parameters()], [str(p.dtype) for p in model.to(dtype=t.float64).parameters()])
    log([str(b.dtype) for b in model.type(t.float32).buffers()])


def application(n: Any, t: Any, log: Any) -> None:
    model = n.Sequential(n.Sequential(n.Linear(1, 1), n.ReLU()), n.Tanh())
    log(model.apply(lambda m: log(m)) is model)


def modes(n: Any, t: Any, log: Any) -> None:
    class Frozen(n.BatchNorm1d):  # type: ignore[misc, name-defined]
        def train(self, mode: bool = True) -> Any:
            return super().train(False)

    model = n.Sequential(n.Dropout(), Frozen(2))
    log([m.training for m in model.modules()], [m.training for m in model.train().modules()], [m.training for m in model.eval().modules()])
    model[0].training = True
    log([m.training for m in model.modules()])


def gradients(n: Any, t: Any, log: Any) -> None:
    model = net(n, t).requires_grad_(False)
    model.last.requires_grad_()
    log([p.requires_grad for p in model.parameters()])
    model(ones(t, 3, 2)).sum().backward()
    model.zero_grad(set_to_none=False)
    log([p.grad for p in model.parameters()])
    model.zero_grad()
    log([p.grad for p in model.parameters()])


def copies(n: Any, t: Any, log: Any) -> None:
    model = net(n, t)
    model.last.weight = n.Parameter(model.last.weight.detach().clone())
    model(ones(t, 2, 2)).sum().backward()
    model.tied = model.last
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        log(other.tied is other.last, other.last.weight is not model.last.weight, list(other.state_dict()), repr(other))
        log(other.last.weight, [p.requires_grad for p in other.parameters()], other.last.weight.is_leaf, other.norm.running_mean)
    shallow = copy.copy(model)
    log(shallow.first is model.first, shallow._modules is model._modules)


def sequences(n: Any, t: Any, log: Any) -> None:
    s = n.Sequential(n.Linear(1, 1), n.ReLU())
    s.append(n.Tanh()).extend([n.Sigmoid(), n.SiLU()]).insert(1, n.GELU())
    log(repr(s), len(s), s[-1], repr(s[1:3]), s.pop(0), list(s._modules))
    s[0] = n.Mish()
    del s[1:3]
    log(repr(s), list(s._modules))
    log(repr(s + n.Sequential(n.ELU())), repr(s * 2), list(s))
    s += n.Sequential(n.CELU())
    s *= 2
    log(repr(s), list(n.Sequential(OrderedDict(a=n.ReLU(), b=n.Tanh())).state_dict()))


def lists(n: Any, t: Any, log: Any) -> None:
    m = n.ModuleList([n.ReLU(), n.Tanh()])
    m.append(n.GELU()).extend(n.ModuleList([n.SiLU()]))
    m.insert(0, n.Mish())
    log(repr(m), len(m), m[-1], repr(m[1:3]), m.pop(1), list(m._modules))
    m += [n.ELU()]
    del m[0]
    m[0] = n.CELU()
    log(repr(m), repr(m + [n.GLU()]), [k in m for k in (m[0], n.ReLU())], list(m)[::-1])


def dicts(n: Any, t: Any, log: Any) -> None:
    m = n.ModuleDict({"b": n.ReLU(), "a": n.Tanh()})
    m["c"] = n.GELU()
    m.update([["d", n.SiLU()], ["b", n.Mish()]])
    log(list(m), list(m.keys()), [k for k, _ in m.items()], list(m.values()), "c" in m, len(m), m.pop("c"), repr(m))
    del m["a"]
    m.clear()
    log(len(m), repr(m))


def parameter_lists(n: Any, t: Any, log: Any) -> None:
    p = n.ParameterList([ones(t, 1), n.Parameter(ones(t, 2))])
    p.append(ones(t, 3)).extend([ones(t, 4), "x"])
    log(repr(p), [name for name, _ in p.named_parameters()], len(p), p[-1], type(p[0]), repr(p[1:3]))
    p[0] = ones(t, 5)
    p += [ones(t, 1)]
    log(list(p.state_dict()))
    d = n.ParameterDict({"b": ones(t, 1), "a": n.Parameter(ones(t, 2))})
    d["c"] = ones(t, 3)
    d.update({"e": ones(t, 1)})
    log(repr(d), list(d), d.pop("b"), d.setdefault("z", ones(t, 2)), d.get("none"), sorted(d | n.ParameterDict({"q": ones(t, 1)})))
    log(list(d.copy()), d.popitem()[0], list(n.ParameterDict().fromkeys(["u"], ones(t, 1))))


def inheritance(n: Any, t: Any, log: Any) -> None:
    class Mixin:
        def __init__(self, size: int = 4) -> None:
            self.size = size

    class Net(n.Module, Mixin):  # type: ignore[misc, name-defined]
        call_super_init = True

    log(Net(size=9).size, Net().size)

    class Named(n.ReLU):  # type: ignore[misc, name-defined]
        def _get_name(self) -> str:
            return "Other"

        def extra_repr(self) -> str:
            return "a=1\nb=2"

    log(repr(Named()), repr(n.Sequential(Named())))


def calling(n: Any, t: Any, log: Any) -> None:
    class Net(n.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any, *more: Any, scale: float = 1.0) -> Any:
            return {"out": x * scale, "more": more}

    module = Net()
    log(module(ones(t, 2), 1, scale=3.0), module.__call__(ones(t, 1)), module._call_impl(ones(t, 1)))
    log(callable(module.forward), module.dump_patches, n.Module._version, module.share_memory() is module)


def names(n: Any, t: Any, log: Any) -> None:
    model = n.Sequential(n.Linear(1, 1), n.BatchNorm1d(1))
    model.again = model[0]
    for method in ("named_parameters", "named_buffers", "named_modules"):
        for duplicates in (True, False):
            log([name for name, _ in getattr(model, method)(prefix="p", remove_duplicate=duplicates)])
    log([name for name, _ in model.named_parameters(recurse=False)], [name for name, _ in model.named_children()], len(list(model.modules())))


def positional_state_dict(n: Any, t: Any, log: Any) -> None:
    destination: Any = OrderedDict()
    log(n.Linear(1, 1).state_dict(destination, "q.") is destination, list(destination))


def hooks_see_zeros_for_inputs_without_gradients(n: Any, t: Any, log: Any) -> None:
    class Many(n.Module):  # type: ignore[misc, name-defined]
        def forward(self, a: Any, b: Any, *rest: Any) -> Any:
            return a * 2, b * 1, a.detach(), 3

    many = Many()
    many.register_full_backward_hook(lambda m, gi, go: log(gi, go))
    for first in (True, False):
        a, b = ones(t, 2, requires_grad=first), ones(t, 3, requires_grad=True)
        many(a, b, ones(t, 2, dtype=t.int64), None)[0 if first else 1].sum().backward()
        log(None if a.grad is None else a.grad, None if b.grad is None else b.grad)


def missing_keys(n: Any, t: Any, log: Any) -> None:
    made = n.ParameterDict({"weight": ones(t, 1)})
    for call in (lambda: made["wieght"], lambda: made.pop("x"), lambda: n.ModuleDict()["x"], lambda: n.Linear(1, 1).requires_grad_("no")):
        with pytest.raises(Exception) as caught:
            call()
        log(caught.type)


def numbers_of_a_window(n: Any, t: Any, log: Any) -> None:
    u = importlib.import_module(f"{n.__name__}.modules.utils")
    for given in (3, (1, 2), [4, 5], "ab", 1.5):
        log([list(f(given)) for f in (u._single, u._pair, u._triple, u._quadruple, u._ntuple(6))])
    log(u._pair.__name__)


PROGRAMS = [
    forward_hooks, hooks_that_change, always_called, backward_hooks, backward_hooks_that_change, global_hooks, registration_hooks,
    state_dict_hooks, partial_loading, assigned_loading, extra_state, buffers, attributes, finding, conversion, application, modes,
    gradients, copies, sequences, lists, dicts, parameter_lists, inheritance, calling, names, positional_state_dict,
    hooks_see_zeros_for_inputs_without_gradients, missing_keys, numbers_of_a_window,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS, ids=[p.__name__ for p in PROGRAMS])
def test_program(program: Any) -> None:
    ours, theirs = _Log(), _Log()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program(torch.nn, torch, theirs)
    program(nn, ag, ours)
    shown = [str(log).replace("autograd_core.", "torch.") for log in (ours, theirs)]
    assert list(ours) == list(theirs) or shown[0] == shown[1]


# PyTorch's machinery for its compilers and devices
NOT_OURS = {
    "_compiled_call_impl", "_slow_forward", "_wrapped_call_impl", "_replicate_for_data_parallel", "_maybe_warn_non_full_backward_hook",
    "T_destination", "___needs_generation_tag_patch", "_get_backward_hooks", "_get_backward_pre_hooks", "ipu", "xpu", "mtia",
}  # fmt: skip


def test_module_has_every_method_with_the_same_arguments() -> None:
    theirs = {name for name in dir(torch.nn.Module) if name not in NOT_OURS and not hasattr(nn.Module, name)}
    assert theirs == set()
    for name in dir(torch.nn.Module):
        other = getattr(torch.nn.Module, name)
        if inspect.isfunction(other) and not name.startswith("_") and name not in NOT_OURS:
            mine = getattr(nn.Module, name)
            shown = [[(p.name, p.kind, p.default) for p in inspect.signature(fn).parameters.values()] for fn in (mine, other)]
            if name not in ("to", "state_dict", "forward"):
                assert shown[0] == shown[1], name
