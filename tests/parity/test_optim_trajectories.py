"""optim against torch.optim on a small network: the same path, also through a saved and loaded state, and under schedulers."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import optim

torch = pytest.importorskip("torch")

SIDES = ((ag, optim), (torch, torch.optim))
STEPS = 10
OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "maximize": True}),
    ("SGD", {"fused": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1, "betas": (0.5, 0.9)}),
    ("Adam", {"decoupled_weight_decay": True, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"fused": True}),
    ("AdamW", {}),
    ("AdamW", {"amsgrad": True, "maximize": True, "foreach": True}),
    ("Adamax", {}),
    ("Adamax", {"weight_decay": 0.1, "maximize": True, "foreach": True}),
    ("NAdam", {}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1}),
    ("RAdam", {}),
    ("RAdam", {"betas": (0.8, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "weight_decay": 0.01, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"etas": (0.3, 1.5), "step_sizes": (1e-4, 0.05), "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lambd": 0.1, "alpha": 0.5, "t0": 3, "weight_decay": 0.1, "maximize": True}),
    ("Adafactor", {}),
    ("Adafactor", {"eps": (1e-5, 1e-2), "d": 2.0, "weight_decay": 0.1, "maximize": True, "beta2_decay": -0.5}),
]


class Net:
    """Two layers and a loss, written with tensors so that both libraries compute it alike."""

    def __init__(self, lib: Any, dtype: str) -> None:
        rng = np.random.default_rng(0)
        self.lib = lib
        shapes = ((4, 5), (5,), (5, 2), ())
        self.params = [lib.tensor(np.asarray(rng.standard_normal(shape), dtype), requires_grad=True) for shape in shapes]
        self.x, self.y = (lib.tensor(rng.standard_normal((8, n)).astype(dtype)) for n in (4, 2))

    def loss(self) -> Any:
        w1, b1, w2, b2 = self.params
        return ((self.lib.tanh(self.x @ w1 + b1) @ w2 + b2 - self.y) ** 2).mean()

    def values(self) -> np.ndarray:
        return np.concatenate([np.ravel(p.detach().numpy()) for p in self.params])

    def groups(self, lr: float) -> list[dict[str, Any]]:
        return [{"params": self.params[:2]}, {"params": self.params[2:], "lr": lr / 3}]


def take(net: Net, optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        net.loss().backward()
        optimizer.step()


def take_both(mine: Net, ours: Any, net: Net, theirs: Any, dtype: str) -> None:
    """Half of the steps. In float32 with PyTorch's gradients: where one is small its rounding, not the optimizer's, would be seen."""
    for _ in range(STEPS // 2):
        for n, optimizer in ((net, theirs), (mine, ours)):
            optimizer.zero_grad()
            n.loss().backward()
        if dtype == "float32":
            for p, q in zip(mine.params, net.params, strict=True):
                p.grad = ag.tensor(q.grad.numpy())
        ours.step()
        theirs.step()


def converted(state: Any) -> Any:
    """A state_dict saved by PyTorch, with our tensors."""
    if isinstance(state, torch.Tensor):
        return ag.tensor(state.numpy())
    if isinstance(state, dict):
        return {key: converted(value) for key, value in state.items()}
    return type(state)(converted(value) for value in state) if isinstance(state, (list, tuple)) else state


def close(a: np.ndarray, b: np.ndarray, dtype: str) -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol={"float32": 1e-6, "float64": 1e-10}[dtype] * np.abs(b).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name, kwargs", OPTIONS, ids=str)
def test_trajectory_through_a_saved_state(name: str, kwargs: dict[str, Any], dtype: str) -> None:
    """Groups with learning rates of their own; PyTorch's state is taken over in the middle, by a new optimizer."""
    lr = 0.01
    (mine, ours), (net, theirs) = (
        (n := Net(lib, dtype), getattr(module, name)(n.groups(lr), lr=lr, **kwargs)) for lib, module in SIDES
    )
    take_both(mine, ours, net, theirs, dtype)
    close(mine.values(), net.values(), dtype)
    ours = getattr(optim, name)(mine.groups(0.7), lr=0.7)
    ours.load_state_dict(converted(theirs.state_dict()))
    theirs.load_state_dict(theirs.state_dict())
    take_both(mine, ours, net, theirs, dtype)
    close(mine.values(), net.values(), dtype)
    assert ours.state_dict()["param_groups"] == theirs.state_dict()["param_groups"]


LBFGS: list[dict[str, Any]] = [
    {},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 4, "history_size": 3, "lr": 0.5},
    {"line_search_fn": "strong_wolfe", "max_iter": 10, "max_eval": 6},
    {"lr": 0.1, "max_iter": 5, "history_size": 2},
    {"max_iter": 3, "tolerance_change": 1e-2},
    {"tolerance_grad": 1e-1, "line_search_fn": "strong_wolfe"},
]


@pytest.mark.parametrize("kwargs", LBFGS, ids=str)
def test_lbfgs_walks_the_same_path(kwargs: dict[str, Any]) -> None:
    runs = []
    for lib, module in SIDES:
        net, calls, losses = Net(lib, "float64"), [0], []
        optimizer = module.LBFGS(net.params, **kwargs)

        def closure(net: Net = net, calls: list[int] = calls, optimizer: list[Any] = [optimizer]) -> Any:  # noqa: B006
            calls[0] += 1
            optimizer[0].zero_grad()
            loss = net.loss()
            loss.backward()
            return loss

        for i in range(4):
            losses.append(optimizer.step(closure).item())
            if i == 1:
                state = optimizer.state_dict()
                new = module.LBFGS(net.params, **kwargs)
                new.load_state_dict(state)
                closure.__defaults__[2][0] = optimizer = new  # type: ignore[index]
        runs.append((net.values(), losses, calls[0], optimizer.state[net.params[0]]))
    (a, losses, calls, state), (b, others, count, there) = runs
    assert calls == count and set(state) == set(there)
    assert (state["n_iter"], state["func_evals"], len(state["ro"])) == (there["n_iter"], there["func_evals"], len(there["ro"]))
    assert losses == pytest.approx(others, rel=1e-6)
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_lbfgs_goes_on_from_a_state_of_pytorch() -> None:
    kwargs = {"max_iter": 3, "line_search_fn": "strong_wolfe"}
    nets = [Net(lib, "float64") for lib, _ in SIDES]
    optimizers = [module.LBFGS(net.params, **kwargs) for (_, module), net in zip(SIDES, nets, strict=True)]

    def step(k: int) -> None:
        def closure() -> Any:
            optimizers[k].zero_grad()
            loss = nets[k].loss()
            loss.backward()
            return loss

        optimizers[k].step(closure)

    step(1)
    step(1)
    for p, q in zip(nets[0].params, nets[1].params, strict=True):
        p.array[...] = q.detach().numpy()
    optimizers[0].load_state_dict(converted(optimizers[1].state_dict()))
    for k in (0, 1):
        step(k)
        step(k)
    np.testing.assert_allclose(nets[0].values(), nets[1].values(), rtol=1e-9)


@pytest.mark.parametrize(
    "kwargs",
    [{}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw", "weight_decay": 0.0}, {"momentum": 0.5, "ns_steps": 3, "eps": 1e-3}],
    ids=str,
)
def test_muon_to_the_rounding_of_bfloat16(kwargs: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    shapes, lr = ((6, 4), (4, 9), (1, 3)), 0.02
    start = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    runs = [[lib.tensor(a, requires_grad=True) for a in start] for lib, _ in SIDES]
    optimizers = [module.Muon(params, lr=lr, **kwargs) for (_, module), params in zip(SIDES, runs, strict=True)]
    for _ in range(STEPS):
        for i, shape in enumerate(shapes):
            g = rng.standard_normal(shape).astype(np.float32)
            runs[0][i].grad, runs[1][i].grad = ag.tensor(g), torch.tensor(g)
        for optimizer in optimizers:
            optimizer.step()
    for p, q in zip(*runs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=0, atol=STEPS * lr * 2**-8)
    assert list(optimizers[0].state[runs[0][0]]) == list(optimizers[1].state[runs[1][0]]) == ["momentum_buffer"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kwargs", [{}, {"betas": (0.5, 0.9), "eps": 1e-4, "maximize": True, "lr": 0.1}], ids=str)
def test_sparse_adam_changes_the_rows_that_have_gradients(kwargs: dict[str, Any], dtype: str) -> None:
    rng = np.random.default_rng(0)
    start = rng.standard_normal((7, 3)).astype(dtype)
    p, q = ag.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    mine, other = optim.SparseAdam([p], **kwargs), torch.optim.SparseAdam([q], **kwargs)
    for _ in range(STEPS):
        rows = np.unique(rng.integers(0, 7, 3))
        values = rng.standard_normal((len(rows), 3)).astype(dtype)
        dense = np.zeros_like(start)
        dense[rows] = values
        p.grad, q.grad = ag.tensor(dense), torch.sparse_coo_tensor(rows[None], values, (7, 3), check_invariants=False)
        mine.step()
        other.step()
    close(p.detach().numpy(), q.detach().numpy(), dtype)
    assert mine.state[p]["step"] == other.state[q]["step"] == STEPS
    close(mine.state[p]["exp_avg"].numpy(), other.state[q]["exp_avg"].numpy(), dtype)


# schedulers


def chained(s: Any, o: Any) -> Any:
    return s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)], optimizer=o)


def sequential(s: Any, o: Any) -> Any:
    return s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=4), s.CosineAnnealingLR(o, 8), s.StepLR(o, 2, 0.5)], [5, 14])


SCHEDULERS: dict[str, Any] = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, [lambda e: 0.95**e, lambda e: 1 / (1 + e)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda e: 0.95 + e / 1000),
    "StepLR": lambda s, o: s.StepLR(o, 4, 0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [3, 3, 11], 0.5),
    "ConstantLR": lambda s, o: s.ConstantLR(o, 0.25, 6),
    "LinearLR": lambda s, o: s.LinearLR(o, 0.2, 0.9, 12),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 20, 2.0),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 7, 1e-3),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, 1e-3),
    "CyclicLR": lambda s, o: s.CyclicLR(o, [0.001, 0.01], 0.1, 4, 5, mode="triangular2", base_momentum=[0.7, 0.8]),
    "CyclicLR exp_range": lambda s, o: s.CyclicLR(o, 0.001, 0.1, 4, mode="exp_range", gamma=0.9),
    "CyclicLR own": lambda s, o: s.CyclicLR(o, 0.001, 0.1, 4, scale_fn=lambda x: 1 / x, max_momentum=0.99),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.1, 32, three_phase=True),
    "OneCycleLR linear": lambda s, o: s.OneCycleLR(o, [0.1, 0.2], epochs=8, steps_per_epoch=4, anneal_strategy="linear"),
    "SequentialLR": sequential,
    "SequentialLR nested": lambda s, o: s.SequentialLR(o, [chained(s, o), s.ExponentialLR(o, 0.8)], [6]),
    "SequentialLR at once": lambda s, o: s.SequentialLR(o, [s.ConstantLR(o, 0.1), s.ExponentialLR(o, 0.9)], [0]),
    "ChainedScheduler": chained,
    "ChainedScheduler cyclic": lambda s, o: s.ChainedScheduler([s.CyclicLR(o, 0.01, 0.1, 3), s.ExponentialLR(o, 0.9)]),
    "ReduceLROnPlateau": lambda s, o: s.ReduceLROnPlateau(o, patience=1, cooldown=1, factor=0.5),
    "SWALR": lambda s, o: s.SWALR(o, [0.05, 0.2], 6),
    "SWALR linear": lambda s, o: s.SWALR(o, 0.05, 4, "linear"),
    "SWALR at once": lambda s, o: s.SWALR(o, 0.05, 0),
}


class Names:
    """All schedulers of a library, SWALR among them."""

    def __init__(self, module: Any) -> None:
        self.__dict__.update({name: getattr(module.lr_scheduler, name) for name in torch.optim.lr_scheduler.__all__})
        self.SWALR = module.swa_utils.SWALR


def scheduler_of(name: str, module: Any, optimizer: Any) -> Any:
    with warnings.catch_warnings():  # a chain inside a sequence warns about its order, in both
        warnings.filterwarnings("ignore", "Detected call", UserWarning)
        return SCHEDULERS[name](Names(module), optimizer)


def facts(optimizer: Any) -> list[Any]:
    return [(g["lr"], g.get("momentum", g.get("betas"))) for g in optimizer.param_groups]


def flat(value: Any) -> list[float]:
    return [number for v in value for number in flat(v)] if isinstance(value, (list, tuple)) else [float(value or 0)]


@pytest.mark.parametrize("opt", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_thirty_steps_of_a_scheduler(name: str, opt: str) -> None:
    kwargs: dict[str, Any] = {"momentum": 0.9} if opt == "SGD" else {}
    runs = []
    for lib, module in SIDES:
        net = Net(lib, "float64")
        optimizer = getattr(module, opt)(net.groups(0.05), lr=0.05, **kwargs)
        runs.append([net, optimizer, scheduler_of(name, module, optimizer), module])
    for i in range(30):
        for net, optimizer, scheduler, _ in runs:
            take(net, optimizer, 1)
            if name == "ReduceLROnPlateau":
                scheduler.step(math.cos(i))
            else:
                scheduler.step()
        (net, optimizer, scheduler, _), (_, theirs, there, _) = runs
        assert flat(facts(optimizer)) == pytest.approx(flat(facts(theirs)), rel=1e-13), i
        assert flat(scheduler.get_last_lr()) == pytest.approx(flat(there.get_last_lr()), rel=1e-13), i
        if i == 12:  # both go on from what they have saved
            assert set(scheduler.state_dict()) - {"_schedulers"} == set(there.state_dict()) - {"_schedulers"} - {"_anneal_func"}
            for run in runs:
                net, optimizer, scheduler, module = run
                state = scheduler.state_dict()
                saved = optimizer.state_dict()
                run[1] = getattr(module, opt)(net.groups(0.05), lr=0.05, **kwargs)
                run[2] = scheduler_of(name, module, run[1])
                run[2].load_state_dict(state)
                run[1].load_state_dict(saved)
    np.testing.assert_allclose(runs[0][0].values(), runs[1][0].values(), rtol=1e-9)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_tensor_learning_rates(name: str) -> None:
    """A tensor stays a tensor, the same one, and rounds as PyTorch's."""
    runs = []
    for lib, module in SIDES:
        params, rate = [lib.zeros(1, requires_grad=True) for _ in range(2)], lib.tensor(0.3)
        groups = [{"params": params[:1]}, {"params": params[1:], "lr": rate}]
        optimizer = module.SGD(groups, lr=lib.tensor(0.1), momentum=0.9)
        scheduler = scheduler_of(name, module, optimizer)
        rates = []
        for _ in range(12):
            optimizer.step()
            scheduler.step(*((0.5,) if name == "ReduceLROnPlateau" else ()))
            rates.append([float(lr) for lr in scheduler.get_last_lr()])
        assert optimizer.param_groups[1]["lr"] is rate
        runs.append(rates)
    assert runs[0] == runs[1]


CLOSED = ["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR", "LambdaLR", "CyclicLR"]


@pytest.mark.parametrize("name", [*CLOSED, "CosineAnnealingWarmRestarts"])
def test_steps_to_a_given_epoch(name: str) -> None:
    runs = []
    for lib, module in SIDES:
        net = Net(lib, "float64")
        optimizer = module.SGD(net.groups(0.05), lr=0.05, momentum=0.9)
        scheduler = SCHEDULERS[name](Names(module), optimizer)
        optimizer.step()
        rates = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for epoch in (1, 5, 2, 17, 0):
                scheduler.step(epoch)
                rates.append(list(scheduler.get_last_lr()))
        runs.append((flat(rates), [w.category for w in caught]))
    assert runs[0][0] == pytest.approx(runs[1][0], rel=1e-13)
    assert runs[0][1] == runs[1][1]


# averages


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("how", ["default", "ema", "swa", "multi ema", "multi swa", "own"])
@pytest.mark.parametrize("buffers", [False, True])
def test_averaged_models(how: str, buffers: bool, dtype: str) -> None:
    if how == "multi swa" and buffers:
        pytest.skip("PyTorch cannot average the integer buffer")
    results = []
    for lib, module in SIDES:
        u = module.swa_utils
        kwargs = {
            "default": {},
            "ema": {"avg_fn": u.get_ema_avg_fn(0.9)},
            "swa": {"avg_fn": u.get_swa_avg_fn()},
            "multi ema": {"multi_avg_fn": u.get_ema_multi_avg_fn(0.9)},
            "multi swa": {"multi_avg_fn": u.get_swa_multi_avg_fn()},
            "own": {"avg_fn": lambda a, p, n: 0.1 * a + 0.9 * p / n},
        }[how]
        lib.manual_seed(0)
        model = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.BatchNorm1d(4), lib.nn.Linear(4, 1)).to(getattr(lib, dtype))
        average = u.AveragedModel(model, use_buffers=buffers, **kwargs)
        optimizer = module.SGD(model.parameters(), lr=0.1)
        rng = np.random.default_rng(0)
        data = [lib.tensor(rng.standard_normal((5, 3)).astype(dtype)) for _ in range(4)]
        for x in data:
            optimizer.zero_grad()
            (model(x) ** 2).mean().backward()
            optimizer.step()
            average.update_parameters(model)
        states = [{k: np.array(v.numpy()) for k, v in average.state_dict().items()}]
        u.update_bn([[x] for x in data], average)
        states += [{k: np.array(v.numpy()) for k, v in average.state_dict().items()}]
        assert average.training and average.module[1].momentum == 0.1 and average(data[0]).shape == (5, 1)
        results.append(states)
    for mine, theirs in zip(*results, strict=True):
        assert list(mine) == list(theirs)
        for key in mine:
            np.testing.assert_allclose(mine[key], theirs[key], rtol=1e-5 if dtype == "float32" else 1e-7, atol=1e-6, err_msg=key)


def test_stepping_with_swapped_in_parameters() -> None:
    results = []
    for lib, module in SIDES:
        net, guest = Net(lib, "float64"), Net(lib, "float64")
        optimizer, other = (module.Adam(n.groups(0.1), lr=0.1) for n in (net, guest))
        take(net, optimizer, 2)
        take(guest, other, 3)
        given = {str(i): p for i, p in enumerate(guest.params)}
        with module.swap_in_optimizer_params_and_state(optimizer, given, other.state_dict()):
            take(guest, optimizer, 2)
        assert optimizer.param_groups[0]["params"][0] is net.params[0]
        take(net, optimizer, 1)
        results.append(np.concatenate([net.values(), guest.values()]))
    np.testing.assert_allclose(*results, rtol=1e-10)


# names


def test_every_public_name_is_there() -> None:
    theirs = {name for name in dir(torch.optim) if not name.startswith("_")}
    assert theirs <= set(dir(optim)) and theirs <= {*optim.__all__}
    assert set(torch.optim.lr_scheduler.__all__) <= {*optim.lr_scheduler.__all__}
    assert set(torch.optim.swa_utils.__all__) == {*optim.swa_utils.__all__} <= set(dir(optim.swa_utils))
    assert {name for name, _ in OPTIONS} | {"LBFGS", "Muon", "SparseAdam"} == {
        name for name in theirs if isinstance(getattr(torch.optim, name), type) and name != "Optimizer"
    }
    assert set(torch.optim.lr_scheduler.__all__) - {"LRScheduler"} <= {name.split()[0] for name in SCHEDULERS}


@pytest.mark.parametrize("name", [*torch.optim.lr_scheduler.__all__, "SWALR"])
def test_signatures_of_schedulers(name: str) -> None:
    ours, theirs = (
        [(p.name, p.kind, p.default) for p in inspect.signature(getattr(Names(module), name).__init__).parameters.values()]
        for _, module in SIDES
    )
    assert ours == theirs
