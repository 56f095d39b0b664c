"""optim against torch.optim: the same steps to rounding, the same state, the same schedules and warnings."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import optim

torch = pytest.importorskip("torch")

STEPS = 20
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "maximize": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.01, "betas": (0.3, 0.99), "weight_decay": 0.1, "amsgrad": True}),
    ("Adam", {"maximize": True, "eps": 1e-3, "decoupled_weight_decay": True, "weight_decay": 0.3}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.01, "amsgrad": True, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "weight_decay": 0.01}),
    ("RMSprop", {"centered": True, "maximize": True}),
    ("RMSprop", {"momentum": 0.5, "alpha": 0.7}),
    ("Adamax", {}),
    ("Adamax", {"weight_decay": 0.1, "maximize": True, "betas": (0.5, 0.6)}),
    ("NAdam", {}),
    ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.1, "maximize": True}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {}),
    ("RAdam", {"weight_decay": 0.1, "maximize": True, "betas": (0.8, 0.9)}),
    ("RAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 5, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"etas": (0.3, 1.5), "step_sizes": (1e-3, 0.02), "maximize": True}),
    ("Adafactor", {}),
    ("Adafactor", {"weight_decay": 0.1, "maximize": True, "eps": (1e-5, 1e-2), "d": 2.0, "beta2_decay": -0.5}),
]
SHAPES = [(3, 4), (), (20001,)]  # NumPy, a single number, the compiled loop with a rest


def both(name: str, kwargs: dict[str, Any], dtype: str) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(0)
    start = [np.asarray(rng.standard_normal(shape), dtype) for shape in SHAPES]
    ours = [ag.tensor(a, requires_grad=True) for a in start]
    theirs = [torch.tensor(a, requires_grad=True) for a in start]
    return ours, theirs, getattr(optim, name)(ours, **kwargs), getattr(torch.optim, name)(theirs, foreach=False, **kwargs)


def give_gradients(ours: Any, theirs: Any, rng: np.random.Generator) -> None:
    for p, q in zip(ours, theirs, strict=True):
        g = np.asarray(rng.standard_normal(p.shape), p.array.dtype)
        p.grad, q.grad = ag.tensor(g), torch.tensor(g)


def close(a: Any, b: Any, dtype: str) -> None:
    tolerance = {"rtol": 1e-12, "atol": 1e-14} if dtype == "float64" else {"rtol": 2e-5, "atol": 2e-6}
    np.testing.assert_allclose(np.asarray(a.detach().numpy()), b.detach().numpy(), **tolerance)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name, kwargs", OPTIMIZERS, ids=str)
def test_many_steps(name: str, kwargs: dict[str, Any], dtype: str) -> None:
    ours, theirs, mine, other = both(name, kwargs, dtype)
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        give_gradients(ours, theirs, rng)
        mine.step()
        other.step()
    for p, q in zip(ours, theirs, strict=True):
        close(p, q, dtype)


@pytest.mark.parametrize("name, kwargs", OPTIMIZERS, ids=str)
def test_state_goes_to_pytorch_and_comes_back(name: str, kwargs: dict[str, Any]) -> None:
    """Ten steps there, the state brought here, ten more on both sides, and the other way round."""
    ours, theirs, mine, other = both(name, kwargs, "float64")
    rng = np.random.default_rng(1)
    for _ in range(10):
        give_gradients(ours, theirs, rng)
        other.step()
    for p, q in zip(ours, theirs, strict=True):
        p.array[...] = q.detach().numpy()
    mine.load_state_dict(other.state_dict())
    other.load_state_dict(other.state_dict())  # loading widens the numbers of the state to the parameter's type
    for _ in range(10):
        give_gradients(ours, theirs, rng)
        mine.step()
        other.step()
    for p, q in zip(ours, theirs, strict=True):
        close(p, q, "float64")
    here, there = mine.state_dict(), other.state_dict()
    assert here["param_groups"] == there["param_groups"]
    assert {k: list(v) for k, v in here["state"].items()} == {k: list(v) for k, v in there["state"].items()}
    for number, state in there["state"].items():
        for key, value in state.items():
            if value is not None:
                assert here["state"][number][key].array.dtype == value.numpy().dtype, key
                close(here["state"][number][key], value, "float64")
    other.load_state_dict(
        {
            "state": {n: {k: None if v is None else torch.tensor(v.numpy()) for k, v in s.items()} for n, s in here["state"].items()},
            "param_groups": here["param_groups"],
        }
    )
    give_gradients(ours, theirs, rng)
    mine.step()
    other.step()
    for p, q in zip(ours, theirs, strict=True):
        close(p, q, "float64")


@pytest.mark.parametrize("name", sorted({name for name, _ in OPTIMIZERS}))
def test_signature_and_printed_form(name: str) -> None:
    ours, theirs = (
        [(p.name, p.kind, p.default) for p in inspect.signature(getattr(m, name).__init__).parameters.values()]
        for m in (optim, torch.optim)
    )
    assert ours == theirs
    _, _, mine, other = both(name, {}, "float32")
    other.param_groups[0]["foreach"] = None
    assert repr(mine) == repr(other)
    assert mine.state_dict()["param_groups"] == other.state_dict()["param_groups"]


def test_groups_print_with_a_line_between_them() -> None:
    shown = []
    for library in (ag, torch):
        first, second = (library.tensor([1.0], requires_grad=True) for _ in range(2))
        made = (optim if library is ag else torch.optim).SGD([{"params": [first], "lr": 0.5, "name": "a"}], lr=0.1)
        made.add_param_group({"params": second})
        shown.append(repr(made))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", sorted({name for name, _ in OPTIMIZERS}))
def test_state_has_pytorchs_names_in_their_order(name: str) -> None:
    ours, theirs, mine, other = both(name, {}, "float32")
    give_gradients(ours, theirs, np.random.default_rng(0))
    mine.step()
    other.step()
    assert [list(state) for state in mine.state_dict()["state"].values()] == [list(s) for s in other.state_dict()["state"].values()]


def test_a_cosine_over_no_epochs_fails_at_its_first_step() -> None:
    for library, schedules in ((ag, optim.lr_scheduler), (torch, torch.optim.lr_scheduler)):
        made = (optim if library is ag else torch.optim).SGD([library.tensor([1.0], requires_grad=True)], lr=0.1)
        schedule = schedules.CosineAnnealingLR(made, 0)
        assert schedule.get_last_lr() == [0.1]
        made.step()
        with pytest.raises(ZeroDivisionError):
            schedule.step()


SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 3, "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
    ("MultiplicativeLR", {"lr_lambda": lambda epoch: 0.95 + epoch / 1000}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}),
    ("ConstantLR", {"factor": 0.5, "total_iters": 4}),
    ("LinearLR", {"start_factor": 0.25, "total_iters": 6}),
    ("PolynomialLR", {"total_iters": 8, "power": 2.0}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": [0.5, 0.2], "step_size_up": 3}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 2, "step_size_down": 4, "mode": "triangular2", "cycle_momentum": False}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3, "mode": "exp_range", "gamma": 0.9, "base_momentum": 0.5}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3, "scale_fn": lambda x: 0.9**x, "scale_mode": "iterations"}),
    ("OneCycleLR", {"max_lr": 0.5, "total_steps": 21}),
    ("OneCycleLR", {"max_lr": [0.5, 0.1], "epochs": 3, "steps_per_epoch": 7, "three_phase": True, "anneal_strategy": "linear"}),
]


def scheduled(module: Any, lib: Any, name: str, kwargs: dict[str, Any]) -> tuple[Any, Any]:
    params = [lib.zeros(1, requires_grad=True) for _ in range(2)]
    optimizer = module.SGD([{"params": params[:1]}, {"params": params[1:], "lr": 0.3}], lr=0.1, momentum=0.9)
    return optimizer, getattr(module.lr_scheduler, name)(optimizer, **kwargs)


@pytest.mark.parametrize("name, kwargs", SCHEDULES)
def test_schedule(name: str, kwargs: dict[str, Any]) -> None:
    ours, mine = scheduled(optim, ag, name, kwargs)
    theirs, other = scheduled(torch.optim, torch, name, kwargs)
    for epoch in range(20):
        assert mine.get_last_lr() == pytest.approx(other.get_last_lr(), rel=1e-14), epoch
        for a, b in zip(ours.param_groups, theirs.param_groups, strict=True):
            assert a["lr"] == pytest.approx(b["lr"], rel=1e-14) and a["momentum"] == pytest.approx(b["momentum"], rel=1e-14)
        for opt in (ours, theirs):
            opt.step()
        mine.step()
        other.step()
        if epoch == 10:  # a new scheduler goes on where the saved one was
            state = mine.state_dict()
            assert set(state) == {key for key in other.state_dict() if not key.startswith("_anneal") or key in state}
            ours, mine = scheduled(optim, ag, name, kwargs)
            mine.load_state_dict(state)
            for a, b in zip(ours.param_groups, theirs.param_groups, strict=True):
                a.update({key: value for key, value in b.items() if key != "params"})


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_reduce_on_plateau(mode: str, threshold_mode: str) -> None:
    kwargs = {
        "mode": mode,
        "threshold_mode": threshold_mode,
        "patience": 2,
        "cooldown": 1,
        "factor": 0.5,
        "min_lr": [0.02, 0.0],
        "threshold": 0.01,
    }
    ours, mine = scheduled(optim, ag, "ReduceLROnPlateau", kwargs)
    theirs, other = scheduled(torch.optim, torch, "ReduceLROnPlateau", kwargs)
    rng = np.random.default_rng(0)
    for _ in range(40):
        value = float(rng.random())
        mine.step(value)
        other.step(value)
        assert [g["lr"] for g in ours.param_groups] == [g["lr"] for g in theirs.param_groups]
        assert mine.num_bad_epochs == other.num_bad_epochs and mine.best == other.best
    assert ours.param_groups[0]["lr"] == 0.02


def warned(fn: Any) -> list[tuple[type, str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fn()
    return [(w.category, str(w.message)[:45]) for w in caught]


def _step(module: Any, lib: Any, order: str) -> None:
    optimizer, scheduler = scheduled(module, lib, "StepLR", {"step_size": 1})
    if order == "replaced":
        optimizer.step = lambda: None
    for what in order.split():
        if what == "epoch":
            scheduler.step(3)
        elif what == "get":
            scheduler.get_lr()
        elif what != "replaced":
            (optimizer if what == "optimizer" else scheduler).step()
    if order == "replaced":
        scheduler.step()


@pytest.mark.parametrize(
    "order", ["optimizer scheduler", "scheduler optimizer", "scheduler scheduler", "optimizer epoch", "optimizer get", "replaced"]
)
def test_warnings_about_the_order(order: str) -> None:
    assert warned(lambda: _step(optim, ag, order)) == warned(lambda: _step(torch.optim, torch, order))


class Loss:
    """A closure that counts its calls."""

    def __init__(self, p: Any) -> None:
        self.p, self.calls = p, 0

    def __call__(self) -> Any:
        self.calls += 1
        self.p.grad = None
        loss = (self.p * self.p).sum()
        loss.backward()
        return loss


def exception_of(fn: Any) -> type[BaseException] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fn()
    except Exception as error:
        return type(error)
    return None


def leaf(t: Any) -> Any:
    return t.zeros(2, requires_grad=True)


MISUSE: list[Any] = [
    lambda o, t: o.SGD([], lr=0.1),
    lambda o, t: o.SGD(leaf(t), lr=0.1),
    lambda o, t: o.SGD([3], lr=0.1),
    lambda o, t: o.SGD([leaf(t) * 2], lr=0.1),
    lambda o, t: o.SGD([{"params": {leaf(t)}}], lr=0.1),
    lambda o, t: o.SGD([leaf(t)], lr=-1.0),
    lambda o, t: o.SGD([leaf(t)], lr=t.ones(2)),
    lambda o, t: o.SGD([leaf(t)], momentum=-1),
    lambda o, t: o.SGD([leaf(t)], weight_decay=-1),
    lambda o, t: o.SGD([leaf(t)], nesterov=True),
    lambda o, t: o.SGD([leaf(t)], foreach=True, fused=True),
    lambda o, t: o.SGD([("a", leaf(t)), leaf(t)]),
    lambda o, t: o.SGD([("a", leaf(t))]).add_param_group({"params": [leaf(t)]}),
    lambda o, t: o.SGD([leaf(t)]).add_param_group([leaf(t)]),
    lambda o, t: (lambda p: o.SGD([p]).add_param_group({"params": [p]}))(leaf(t)),
    lambda o, t: o.SGD([leaf(t)]).load_state_dict({"state": {}, "param_groups": []}),
    lambda o, t: o.SGD([leaf(t)]).load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]}),
    lambda o, t: o.Adam([leaf(t)], betas=(1.0, 0.9)),
    lambda o, t: o.Adam([leaf(t)], eps=-1.0),
    lambda o, t: o.Adadelta([leaf(t)], rho=1.5),
    lambda o, t: o.Adagrad([leaf(t)], lr_decay=-1),
    lambda o, t: o.RMSprop([leaf(t)], alpha=-1),
    lambda o, t: o.Adam([leaf(t)], lr=t.tensor(0.1), foreach=True),
    lambda o, t: o.Adam([leaf(t)], betas=(0, 0.9)),
    lambda o, t: o.Adam([leaf(t)], betas=(t.tensor(0.9), 0.9)),
    lambda o, t: o.Adamax([leaf(t)], betas=(0.9, 1.0)),
    lambda o, t: o.Adamax([leaf(t)], eps=-1),
    lambda o, t: o.NAdam([leaf(t)], momentum_decay=-1),
    lambda o, t: o.NAdam([leaf(t)], lr=-1),
    lambda o, t: o.RAdam([leaf(t)], weight_decay=-1),
    lambda o, t: o.ASGD([leaf(t)], weight_decay=-1),
    lambda o, t: o.ASGD([leaf(t)], lr=t.ones(2)),
    lambda o, t: o.Rprop([leaf(t)], etas=(1.0, 1.2)),
    lambda o, t: o.Rprop([leaf(t)], lr=-1),
    lambda o, t: o.Adafactor([leaf(t)], beta2_decay=1),
    lambda o, t: o.Adafactor([leaf(t)], eps=(-1, 1)),
    lambda o, t: o.Adafactor([leaf(t)], eps=(None, -1)),
    lambda o, t: o.Adafactor([leaf(t)], d=0.5),
    lambda o, t: o.Adafactor([leaf(t)], lr=-1),
    lambda o, t: o.SparseAdam([leaf(t)], lr=0),
    lambda o, t: o.SparseAdam([leaf(t)], eps=0),
    lambda o, t: o.Muon([leaf(t)]),
    lambda o, t: o.Muon([t.ones(2, 2, requires_grad=True)], momentum=-1),
    lambda o, t: o.Muon([t.ones(2, 2, requires_grad=True)], adjust_lr_fn="best"),
    lambda o, t: o.LBFGS([{"params": [leaf(t)]}, {"params": [leaf(t)]}]),
    lambda o, t: o.LBFGS([leaf(t)]).step(),
    lambda o, t: (lambda p: o.LBFGS([p], line_search_fn="armijo").step(Loss(p)))(t.ones(2, requires_grad=True)),
    lambda o, t: o.swap_in_optimizer_params_and_state(o.Adam([leaf(t)]), {}, {}).__enter__(),
    lambda o, t: o.Optimizer([leaf(t)], {}).step(),
    lambda o, t: o.lr_scheduler.StepLR(3, 1),
    lambda o, t: o.lr_scheduler.StepLR(o.SGD([leaf(t)]), 1, last_epoch=3),
    lambda o, t: o.lr_scheduler.LambdaLR(o.SGD([leaf(t)]), [len, len]),
    lambda o, t: o.lr_scheduler.ConstantLR(o.SGD([leaf(t)]), 2.0),
    lambda o, t: o.lr_scheduler.LinearLR(o.SGD([leaf(t)]), 0.0),
    lambda o, t: o.lr_scheduler.ReduceLROnPlateau(o.SGD([leaf(t)]), "best"),
    lambda o, t: o.lr_scheduler.ReduceLROnPlateau(o.SGD([leaf(t)]), factor=1.0),
    lambda o, t: o.lr_scheduler.OneCycleLR(o.SGD([leaf(t)]), 0.1),
    lambda o, t: o.lr_scheduler.OneCycleLR(o.SGD([leaf(t)], momentum=0.9), 0.1, total_steps=0),
    lambda o, t: o.lr_scheduler.OneCycleLR(o.Adagrad([leaf(t)]), 0.1, total_steps=5),
    lambda o, t: o.lr_scheduler.CyclicLR(3, 0.1, 0.2),
    lambda o, t: o.lr_scheduler.CyclicLR(o.SGD([leaf(t)], momentum=0.9), 0.1, 0.2, mode="square"),
    lambda o, t: o.lr_scheduler.CyclicLR(o.Adagrad([leaf(t)]), 0.1, 0.2),
    lambda o, t: o.lr_scheduler.CyclicLR(o.SGD([leaf(t)], momentum=0.9), [0.1, 0.2], 0.2),
    lambda o, t: o.lr_scheduler.SequentialLR(o.SGD([leaf(t)]), [], []),
    lambda o, t: (lambda g: o.lr_scheduler.SequentialLR(g, [o.lr_scheduler.StepLR(g, 1)], [3]))(o.SGD([leaf(t)])),
    lambda o, t: (lambda g: o.lr_scheduler.SequentialLR(g, [o.lr_scheduler.ReduceLROnPlateau(g)], []))(o.SGD([leaf(t)])),
    lambda o, t: o.lr_scheduler.SequentialLR(o.SGD([leaf(t)]), [o.lr_scheduler.StepLR(o.SGD([leaf(t)]), 1)], []),
    lambda o, t: o.lr_scheduler.SequentialLR(o.SGD([leaf(t)]), [3], []),
    lambda o, t: o.lr_scheduler.ChainedScheduler([]),
    lambda o, t: o.lr_scheduler.ChainedScheduler([3]),
    lambda o, t: o.lr_scheduler.ChainedScheduler([o.lr_scheduler.ReduceLROnPlateau(o.SGD([leaf(t)]))]),
    lambda o, t: o.lr_scheduler.ChainedScheduler([o.lr_scheduler.StepLR(o.SGD([leaf(t)]), 1) for _ in range(2)]),
    lambda o, t: o.swa_utils.SWALR(o.SGD([leaf(t)]), 0.1, -1),
    lambda o, t: o.swa_utils.SWALR(o.SGD([leaf(t)]), 0.1, anneal_strategy="square"),
    lambda o, t: o.swa_utils.SWALR(o.SGD([leaf(t)]), [0.1, 0.2]),
    lambda o, t: o.swa_utils.get_ema_avg_fn(2.0),
    lambda o, t: o.swa_utils.get_ema_multi_avg_fn(-1.0),
    lambda o, t: o.swa_utils.AveragedModel(t.nn.Linear(2, 2), avg_fn=max, multi_avg_fn=max),
]


@pytest.mark.parametrize("misuse", MISUSE, ids=[inspect.getsource(m).strip().removeprefix("lambda o, t: ") for m in MISUSE])
def test_misuse_raises_the_same_type_of_error(misuse: Any) -> None:
    assert exception_of(lambda: misuse(optim, ag)) is exception_of(lambda: misuse(torch.optim, torch)) is not None


def test_closures_and_tensor_learning_rates() -> None:
    results = []
    for o, t in ((optim, ag), (torch.optim, torch)):
        p = t.tensor([1.0, -2.0], requires_grad=True)
        closure = Loss(p)
        optimizer = o.Adam([p], lr=t.tensor(0.1), foreach=False)
        losses = [optimizer.step(closure).item() for _ in range(5)]
        optimizer.param_groups[0]["lr"].fill_(0.5)
        optimizer.step(closure)
        results.append((closure.calls, losses, p.tolist()))
    assert results[0][0] == results[1][0] == 6
    assert results[0][1] == pytest.approx(results[1][1], rel=1e-6) and results[0][2] == pytest.approx(results[1][2], rel=1e-6)
