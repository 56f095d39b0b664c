"""nn.utils against torch.nn.utils: the same values, gradients, random vectors, state_dict keys and types of errors."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest

import autograd_core as ag

torch = pytest.importorskip("torch")
pytest.importorskip("torch.nn.utils.prune")

LIBS = (ag, torch)


def array(t: Any) -> np.ndarray:
    return np.array(t.detach().numpy())


def close(a: Any, b: Any, rtol: float = 2e-5, atol: float = 1e-6) -> None:
    np.testing.assert_allclose(array(a), array(b), rtol=rtol, atol=atol)


def filled(module: Any, lib: Any, seed: int = 0) -> Any:
    """The module with the same random numbers in both libraries."""
    rng = np.random.default_rng(seed)
    with lib.no_grad():
        for t in [*module.parameters(), *module.buffers()]:
            if t.is_floating_point():
                t.copy_(lib.tensor(np.abs(rng.standard_normal(tuple(t.shape))).astype(np.float32) + 0.1))
    return module


def state(module: Any) -> dict[str, np.ndarray]:
    return {key: array(value) for key, value in module.state_dict().items()}


def same_state(mine: Any, other: Any, **tolerance: float) -> None:
    a, b = state(mine), state(other)
    assert list(a) == list(b)
    for key in a:
        np.testing.assert_allclose(a[key], b[key], err_msg=key, **({"rtol": 2e-5, "atol": 1e-6} | tolerance))


LAYERS = {
    "linear": (lambda nn: nn.Linear(4, 3), (5, 4)),
    "square": (lambda nn: nn.Linear(4, 4), (5, 4)),
    "wide": (lambda nn: nn.Linear(6, 3), (5, 6)),
    "conv": (lambda nn: nn.Conv2d(2, 3, 2), (2, 2, 4, 4)),
    "transposed": (lambda nn: nn.ConvTranspose2d(2, 3, 2), (2, 2, 4, 4)),
}


def made(layer: str) -> list[tuple[Any, Any, Any]]:
    """(library, layer, input) of both libraries, with the same weights and seeds."""
    make, shape = LAYERS[layer]
    out = []
    for lib in LIBS:
        lib.manual_seed(0)
        x = lib.tensor(np.random.default_rng(1).standard_normal(shape).astype(np.float32))
        out.append((lib, make(lib.nn), x))
    return out


def trained(lib: Any, module: Any, x: Any, steps: int = 2) -> Any:
    """Some steps of SGD; the last output."""
    optimizer = lib.optim.SGD(module.parameters(), lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        (module(x) ** 2).mean().backward()
        optimizer.step()
    return module(x)


def quietly(fn: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return fn()


WRAPPED = {
    "weight_norm": lambda u, m: u.weight_norm(m),
    "weight_norm all": lambda u, m: u.weight_norm(m, dim=None),
    "weight_norm dim 1": lambda u, m: u.weight_norm(m, dim=1),
    "weight_norm bias": lambda u, m: u.weight_norm(m, "bias"),
    "spectral_norm": lambda u, m: u.spectral_norm(m),
    "spectral_norm more": lambda u, m: u.spectral_norm(m, n_power_iterations=3, dim=1),
    "p weight_norm": lambda u, m: u.parametrizations.weight_norm(m),
    "p weight_norm dim 1": lambda u, m: u.parametrizations.weight_norm(m, dim=1),
    "p weight_norm all": lambda u, m: u.parametrizations.weight_norm(m, dim=None),
    "p spectral_norm": lambda u, m: u.parametrizations.spectral_norm(m),
    "p spectral_norm bias": lambda u, m: u.parametrizations.spectral_norm(m, "bias", dim=0),
    "p spectral_norm more": lambda u, m: u.parametrizations.spectral_norm(m, n_power_iterations=2, dim=-1),
    "p both": lambda u, m: u.parametrizations.spectral_norm(u.parametrizations.weight_norm(m)),
}


@pytest.mark.parametrize("layer", ["linear", "conv", "transposed"])
@pytest.mark.parametrize("wrap", WRAPPED)
def test_normalised_weights_train_alike(wrap: str, layer: str) -> None:
    (_, mine, x), (_, other, y) = both = made(layer)
    for lib, module, _ in both:
        quietly(lambda lib=lib, module=module: WRAPPED[wrap](lib.nn.utils, module))
    same_state(mine, other)
    close(trained(ag, mine, x), trained(torch, other, y))
    same_state(mine, other)
    mine.eval()
    other.eval()
    close(mine(x), other(y))
    assert [name for name, _ in mine.named_parameters()] == [name for name, _ in other.named_parameters()]
    mine.load_state_dict({key: ag.tensor(value.numpy()) for key, value in other.state_dict().items()})
    if wrap.startswith("p "):
        assert repr(mine) == repr(other)


@pytest.mark.parametrize("wrap, undo", [("weight_norm", "remove_weight_norm"), ("spectral_norm", "remove_spectral_norm")])
def test_the_older_norms_are_taken_away(wrap: str, undo: str) -> None:
    (_, mine, x), (_, other, y) = both = made("linear")
    for lib, module, _ in both:
        quietly(lambda lib=lib, module=module: WRAPPED[wrap](lib.nn.utils, module))
        module(x if lib is ag else y)
        getattr(lib.nn.utils, undo)(module)
        assert not module._forward_pre_hooks and not module._state_dict_hooks
        assert lib is torch or not module._load_state_dict_pre_hooks  # PyTorch does not find its own hook again
        with pytest.raises(ValueError, match="not found in"):
            getattr(lib.nn.utils, undo)(module)
    same_state(mine, other)
    close(mine(x), other(y))


ORTHOGONAL = [
    {"orthogonal_map": name, "use_trivialization": trivial} for name in ("matrix_exp", "cayley", "householder") for trivial in (True, False)
] + [{}]


@pytest.mark.parametrize("layer", ["linear", "square", "wide"])
@pytest.mark.parametrize("kwargs", ORTHOGONAL, ids=str)
def test_orthogonal(kwargs: dict[str, Any], layer: str) -> None:
    (_, mine, x), (_, other, y) = both = made(layer)
    for lib, module, _ in both:
        lib.nn.utils.parametrizations.orthogonal(module, **kwargs)
    same_state(mine, other)
    close(mine.weight, other.weight)
    close(trained(ag, mine, x), trained(torch, other, y), rtol=1e-4, atol=1e-5)
    same_state(mine, other, rtol=1e-4, atol=1e-5)
    if kwargs.get("use_trivialization", True) or kwargs["orthogonal_map"] == "householder":
        n, k = mine.weight.shape
        q = np.linalg.qr(np.random.default_rng(5).standard_normal((max(n, k), max(n, k))))[0].astype(np.float32)
        for lib, module, _ in both:
            module.weight = lib.tensor(np.ascontiguousarray(q[:n, :k]))
        close(mine.weight, other.weight, rtol=1e-4, atol=1e-5)


def kinds(nn: Any, lib: Any) -> dict[str, Any]:
    """Parametrizations of our own, written for either library."""

    class Symmetric(nn.Module):
        def forward(self, X: Any) -> Any:
            return X.triu() + X.triu(1).mT

        def right_inverse(self, A: Any) -> Any:
            return A.triu()

    class Doubled(nn.Module):
        def forward(self, X: Any) -> Any:
            return 2 * X

    class Split(nn.Module):
        def forward(self, a: Any, b: Any) -> Any:
            return a * b

        def right_inverse(self, X: Any) -> Any:
            return X.abs().sqrt(), X.sign() * X.abs().sqrt()

    class Wider(nn.Module):
        def forward(self, X: Any) -> Any:
            return lib.cat([X, X])

    class Double(nn.Module):
        def forward(self, X: Any) -> Any:
            return X.double()

    class NoTensor(nn.Module):
        def forward(self, X: Any) -> Any:
            return 3

    class Stuck(nn.Module):
        def forward(self, X: Any) -> Any:
            return X + 1

        def right_inverse(self, X: Any) -> Any:
            raise NotImplementedError

    return {c.__name__: c for c in (Symmetric, Doubled, Split, Wider, Double, NoTensor, Stuck)}


@pytest.mark.parametrize("names", [["Symmetric"], ["Doubled"], ["Split"], ["Symmetric", "Doubled"], ["Split", "Doubled"], ["Stuck"]], ids=str)
def test_parametrizations_of_ones_own(names: list[str]) -> None:
    (_, mine, x), (_, other, y) = both = made("square")
    for lib, module, _ in both:
        P = lib.nn.utils.parametrize
        for name in names:
            P.register_parametrization(module, "weight", kinds(lib.nn, lib)[name]())
        P.register_parametrization(module, "bias", kinds(lib.nn, lib)["Doubled"]())
        assert P.is_parametrized(module) and P.is_parametrized(module, "weight") and not P.is_parametrized(module, "other")
        assert P.type_before_parametrizations(module) is lib.nn.Linear and type(module).__name__ == "ParametrizedLinear"
    same_state(mine, other)
    close(trained(ag, mine, x), trained(torch, other, y))
    twins = [copy.deepcopy(module) for _, module, _ in both]
    same_state(*twins)
    close(twins[0](x), mine(x))
    for lib, module, data in both:
        with pytest.raises(RuntimeError, match="state_dict"):
            module.__getstate__()
        before = array(module(data))
        lib.nn.utils.parametrize.remove_parametrizations(module, "weight")
        lib.nn.utils.parametrize.remove_parametrizations(module, "bias", leave_parametrized=False)
        assert type(module) is lib.nn.Linear and list(module._parameters) == ["weight", "bias"]
        assert not np.allclose(array(module(data)), before)
    same_state(mine, other)


@pytest.mark.parametrize("name", ["Symmetric", "Split"])
def test_assigning_goes_through_the_right_inverse(name: str) -> None:
    (_, mine, _), (_, other, _) = both = made("square")
    value = np.arange(16, dtype=np.float32).reshape(4, 4)
    for lib, module, _ in both:
        lib.nn.utils.parametrize.register_parametrization(module, "weight", kinds(lib.nn, lib)[name]())
        module.weight = lib.tensor(value + value.T)
    same_state(mine, other)
    close(mine.weight, other.weight)


def test_cached_values_are_computed_once() -> None:
    for lib, module, data in made("square"):
        P = lib.nn.utils.parametrize
        P.register_parametrization(module, "weight", kinds(lib.nn, lib)["Symmetric"]())
        assert module.weight is not module.weight
        with P.cached():
            assert module.weight is module.weight
            with P.cached():
                first = module.weight
            assert module.weight is first
        assert module.weight is not first
        module(data).sum().backward()


def test_parametrizations_are_handed_over() -> None:
    (_, _, x), (_, _, y) = both = made("square")
    targets = []
    for lib, module, _ in both:
        P = lib.nn.utils.parametrize
        P.register_parametrization(module, "weight", kinds(lib.nn, lib)["Symmetric"]())
        target = filled(lib.nn.Linear(4, 4), lib, 3)
        targets.append(P.transfer_parametrizations_and_params(module, target))
        assert target.parametrizations.weight.original is module.parametrizations.weight.original
    same_state(*targets)
    close(targets[0](x), targets[1](y))


PRUNINGS: list[Any] = [
    lambda p, m: p.identity(m, "weight"),
    lambda p, m: p.random_unstructured(m, "weight", 5),
    lambda p, m: p.random_unstructured(m, "bias", 0.4),
    lambda p, m: p.l1_unstructured(m, "weight", 0.3),
    lambda p, m: p.l1_unstructured(m, "weight", 0),
    lambda p, m: p.random_structured(m, "weight", 1, dim=1),
    lambda p, m: p.random_structured(m, "weight", 0.5, dim=-1),
    lambda p, m: p.ln_structured(m, "weight", 1, n=2, dim=0),
    lambda p, m: p.ln_structured(m, "weight", 0.5, n=float("-inf"), dim=-1),
    lambda p, m: p.ln_structured(m, "weight", 1, n=1, dim=1),
    lambda p, m: p.l1_unstructured(p.l1_unstructured(m, "weight", 3), "weight", 0.5),
    lambda p, m: p.ln_structured(p.random_unstructured(m, "weight", 4), "weight", 1, 2, 0),
    lambda p, m: p.random_structured(p.ln_structured(p.l1_unstructured(m, "weight", 2), "weight", 1, 2, 0), "weight", 1, 1),
    lambda p, m: p.global_unstructured([(m, "weight"), (m, "bias")], p.L1Unstructured, amount=0.4) or m,
    lambda p, m: p.global_unstructured([(p.l1_unstructured(m, "weight", 3), "weight"), (m, "bias")], p.RandomUnstructured, amount=4) or m,
]


@pytest.mark.parametrize("layer", ["linear", "conv"])
@pytest.mark.parametrize("case", range(len(PRUNINGS)))
def test_pruning(case: int, layer: str) -> None:
    (_, mine, x), (_, other, y) = both = made(layer)
    for lib, module, _ in both:
        prune = lib.nn.utils.prune
        assert not prune.is_pruned(module)
        PRUNINGS[case](prune, module)
        assert prune.is_pruned(lib.nn.Sequential(module))
    same_state(mine, other)
    close(mine(x), other(y))
    close(trained(ag, mine, x), trained(torch, other, y))
    for lib, module, _ in both:
        for name in [key.removesuffix("_orig") for key in list(module._parameters) if key.endswith("_orig")]:
            lib.nn.utils.prune.remove(module, name)
        assert not lib.nn.utils.prune.is_pruned(module)
    assert set(state(mine)) == set(state(other)) == {"weight", "bias"}
    close(mine.weight, other.weight)
    close(mine.bias, other.bias)


def test_pruning_by_scores_and_masks() -> None:
    (_, mine, _), (_, other, _) = both = made("linear")
    rng = np.random.default_rng(2)
    scores, mask = rng.standard_normal((3, 4)).astype(np.float32), (rng.random(3) < 0.5).astype(np.float32)
    for lib, module, _ in both:
        prune = lib.nn.utils.prune
        prune.l1_unstructured(module, "weight", 4, importance_scores=lib.tensor(scores))
        prune.ln_structured(module, "weight", 1, 2, 0, importance_scores=lib.tensor(scores))
        prune.custom_from_mask(module, "bias", lib.tensor(mask))
        container = next(hook for hook in module._forward_pre_hooks.values() if isinstance(hook, prune.PruningContainer))
        assert len(container) == 2 and [type(method).__name__ for method in container] == ["L1Unstructured", "LnStructured"]
        assert isinstance(container[0], prune.L1Unstructured)
    same_state(mine, other)
    tensors = [lib.nn.utils.prune.L1Unstructured(3).prune(lib.tensor(scores)) for lib in LIBS]
    close(*tensors)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["conv", "transposed", "linear"])
def test_batch_norm_is_folded_in(kind: str, bias: bool, affine: bool) -> None:
    results = []
    for lib in LIBS:
        nn = lib.nn
        layer = {
            "conv": lambda nn=nn: nn.Conv2d(2, 3, 2, bias=bias),
            "transposed": lambda nn=nn: nn.ConvTranspose2d(2, 3, 2, bias=bias),
            "linear": lambda nn=nn: nn.Linear(4, 3, bias=bias),
        }[kind]()
        norm = (nn.BatchNorm1d if kind == "linear" else nn.BatchNorm2d)(3, affine=affine or kind == "linear")
        filled(layer, lib).eval()
        filled(norm, lib, 1).eval()
        x = lib.tensor(np.random.default_rng(3).standard_normal((5, 4) if kind == "linear" else (2, 2, 4, 4)).astype(np.float32))
        if kind == "linear":
            fused = nn.utils.fuse_linear_bn_eval(layer, norm)
        else:
            fused = nn.utils.fuse_conv_bn_eval(layer, norm, transpose=kind == "transposed")
        close(fused(x), norm(layer(x)), rtol=1e-4, atol=1e-5)
        assert fused is not layer and isinstance(fused.weight, nn.Parameter)
        results.append((fused, fused.weight.requires_grad, fused.bias.requires_grad))
    same_state(results[0][0], results[1][0])
    assert results[0][1:] == results[1][1:]


@pytest.mark.parametrize("p", [2.0, 1.0, 0.5, 3, 0.0, float("inf"), float("-inf"), -1])
@pytest.mark.parametrize("most", [0.5, 100.0])
def test_gradient_norms(p: float, most: float) -> None:
    results = []
    for lib in LIBS:
        rng = np.random.default_rng(0)
        params = [lib.zeros(shape, requires_grad=True) for shape in ((3, 4), (), (5,), (2,))]
        for param in params[:-1]:
            param.grad = lib.tensor(rng.standard_normal(tuple(param.shape)).astype(np.float32))
        total = lib.nn.utils.clip_grad_norm_(params, most, norm_type=p, foreach=None)
        results.append([total, lib.nn.utils.get_total_norm([q.grad for q in params[:-1]], p), *[q.grad for q in params[:-1]]])
        lib.nn.utils.clip_grads_with_norm_(params, 0.1, total)
        lib.nn.utils.clip_grad_value_(params, 0.01)
        results[-1] += [q.grad for q in params[:-1]]
    for a, b in zip(*results, strict=True):
        close(a, b)


def test_vectors_and_parameters() -> None:
    for lib, module, x in made("conv"):
        vector = lib.nn.utils.parameters_to_vector(module.parameters())
        assert vector.shape == (27,)
        lib.nn.utils.vector_to_parameters(2 * vector.detach(), module.parameters())
        assert module(x).shape == (2, 3, 3, 3)
        np.testing.assert_array_equal(array(module.bias), 2 * array(vector)[24:])


def test_skip_init_leaves_the_generator_alone() -> None:
    drawn = []
    for lib in LIBS:
        lib.manual_seed(0)
        layer = lib.nn.utils.skip_init(lib.nn.Linear, 4, 3, bias=False)
        assert layer.weight.shape == (3, 4) and layer.weight.requires_grad and layer.bias is None
        drawn.append(lib.rand(3).tolist())
    assert drawn[0] == drawn[1]


def test_stateless_calls() -> None:
    results = []
    for lib, module, x in made("linear"):
        given = {"weight": lib.ones(3, 4), "bias": lib.zeros(3)}
        with pytest.warns(FutureWarning, match="functional_call"):
            out = lib.nn.utils.stateless.functional_call(module, given, x)
        results.append(out)
        close(out, lib.func.functional_call(module, given, (x,)))
    close(*results)


def test_ensembles() -> None:
    results = []
    for lib in LIBS:
        models = [filled(lib.nn.Linear(4, 3), lib, seed) for seed in range(3)]
        params, buffers = lib.func.stack_module_state(models)
        assert params["weight"].shape == (3, 3, 4) and params["weight"].requires_grad and not buffers
        x = lib.ones(2, 4)
        results.append(lib.func.vmap(lambda p, m=models[0], x=x, lib=lib: lib.func.functional_call(m, p, (x,)))(params))
    close(*results)


def leaf(lib: Any, *shape: int, grad: float | None = None) -> Any:
    p = lib.ones(shape or (2,), requires_grad=True)
    if grad is not None:
        p.grad = lib.full_like(p, grad).detach()
    return p


MISUSE: dict[str, Any] = {
    "weight_norm twice": lambda u, t: u.weight_norm(u.weight_norm(t.nn.Linear(2, 2))),
    "weight_norm of nothing": lambda u, t: u.weight_norm(t.nn.Linear(2, 2), "other"),
    "weight_norm lazy": lambda u, t: u.weight_norm(t.nn.LazyLinear(2)),
    "spectral_norm twice": lambda u, t: u.spectral_norm(u.spectral_norm(t.nn.Linear(2, 2))),
    "spectral_norm of nothing": lambda u, t: u.spectral_norm(t.nn.Linear(2, 2), "other"),
    "spectral_norm of None": lambda u, t: u.spectral_norm(t.nn.Linear(2, 2, bias=False), "bias"),
    "spectral_norm lazy": lambda u, t: u.spectral_norm(t.nn.LazyLinear(2)),
    "spectral_norm iterations": lambda u, t: u.spectral_norm(t.nn.Linear(2, 2), n_power_iterations=0),
    "p spectral_norm iterations": lambda u, t: u.parametrizations.spectral_norm(t.nn.Linear(2, 2), n_power_iterations=0),
    "p spectral_norm dim": lambda u, t: u.parametrizations.spectral_norm(t.nn.Linear(2, 2), dim=2),
    "p spectral_norm of nothing": lambda u, t: u.parametrizations.spectral_norm(t.nn.Linear(2, 2), "other"),
    "p weight_norm of nothing": lambda u, t: u.parametrizations.weight_norm(t.nn.Linear(2, 2), "other"),
    "orthogonal of nothing": lambda u, t: u.parametrizations.orthogonal(t.nn.Linear(2, 2), "other"),
    "orthogonal vector": lambda u, t: u.parametrizations.orthogonal(t.nn.Linear(2, 2), "bias"),
    "orthogonal map": lambda u, t: u.parametrizations.orthogonal(t.nn.Linear(2, 2), orthogonal_map="qr"),
    "orthogonal shape": lambda u, t: setattr(u.parametrizations.orthogonal(t.nn.Linear(2, 2)), "weight", t.ones(3, 3)),
    "orthogonal assign": lambda u, t: setattr(
        u.parametrizations.orthogonal(t.nn.Linear(2, 2), use_trivialization=False), "weight", t.eye(2)
    ),
    "wider": lambda u, t: u.parametrize.register_parametrization(t.nn.Linear(2, 2), "weight", kinds(t.nn, t)["Wider"]()),
    "double": lambda u, t: u.parametrize.register_parametrization(t.nn.Linear(2, 2), "weight", kinds(t.nn, t)["Double"]()),
    "no tensor": lambda u, t: u.parametrize.register_parametrization(t.nn.Linear(2, 2), "weight", kinds(t.nn, t)["NoTensor"]()),
    "second no tensor": lambda u, t: u.parametrize.register_parametrization(
        u.parametrizations.weight_norm(t.nn.Linear(2, 2)), "weight", kinds(t.nn, t)["NoTensor"]()
    ),
    "second wider": lambda u, t: u.parametrize.register_parametrization(
        u.parametrizations.weight_norm(t.nn.Linear(2, 2)), "weight", kinds(t.nn, t)["Wider"]()
    ),
    "unknown name": lambda u, t: u.parametrize.register_parametrization(t.nn.Linear(2, 2), "other", t.nn.Identity()),
    "no right_inverse": lambda u, t: setattr(
        u.parametrize.register_parametrization(t.nn.Linear(2, 2), "weight", kinds(t.nn, t)["Doubled"]()), "weight", t.ones(2, 2)
    ),
    "empty list": lambda u, t: u.parametrize.ParametrizationList([], t.nn.Parameter(t.ones(2))),
    "remove nothing": lambda u, t: u.parametrize.remove_parametrizations(t.nn.Linear(2, 2), "weight"),
    "remove sequence": lambda u, t: u.parametrize.remove_parametrizations(
        u.parametrizations.weight_norm(t.nn.Linear(2, 2)), "weight", leave_parametrized=False
    ),
    "prune share": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "weight", 1.5),
    "prune negative": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "weight", -1),
    "prune text": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "weight", "half"),
    "prune too many": lambda u, t: u.prune.random_unstructured(t.nn.Linear(2, 2), "weight", 5),
    "prune vector slices": lambda u, t: u.prune.ln_structured(t.nn.Linear(2, 2), "bias", 1, 2, 0),
    "prune dim": lambda u, t: u.prune.random_structured(t.nn.Linear(2, 2), "weight", 1, 2),
    "prune nothing": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "other", 1),
    "prune scores": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "weight", 1, importance_scores=t.ones(3)),
    "prune mask": lambda u, t: u.prune.custom_from_mask(t.nn.Linear(2, 2), "weight", t.ones(3)),
    "unprune": lambda u, t: u.prune.remove(t.nn.Linear(2, 2), "weight"),
    "global structured": lambda u, t: u.prune.global_unstructured([(t.nn.Linear(2, 2), "weight")], u.prune.LnStructured, amount=1, n=2),
    "global number": lambda u, t: u.prune.global_unstructured(3, u.prune.L1Unstructured, amount=1),
    "global scores": lambda u, t: u.prune.global_unstructured([(t.nn.Linear(2, 2), "weight")], u.prune.L1Unstructured, [1], amount=1),
    "abstract": lambda u, t: u.prune.BasePruningMethod(),
    "fuse training": lambda u, t: u.fuse_conv_bn_eval(t.nn.Conv2d(1, 1, 1), t.nn.BatchNorm2d(1)),
    "fuse features": lambda u, t: u.fuse_linear_bn_eval(t.nn.Linear(2, 3).eval(), t.nn.BatchNorm1d(2).eval()),
    "fuse statistics": lambda u, t: u.fuse_conv_bn_eval(
        t.nn.Conv2d(1, 1, 1).eval(), t.nn.BatchNorm2d(1, track_running_stats=False).eval()
    ),
    "skip no module": lambda u, t: u.skip_init(int, 3),
    "skip no device": lambda u, t: u.skip_init(t.nn.ReLU),
    "nonfinite": lambda u, t: u.clip_grad_norm_([leaf(t, grad=float("nan"))], 1.0, error_if_nonfinite=True),
    "vector of a list": lambda u, t: u.vector_to_parameters([1.0], [leaf(t)]),
    "short vector": lambda u, t: u.vector_to_parameters(t.ones(1), [leaf(t)]),
    "norm of integers": lambda u, t: u.get_total_norm([t.tensor([1, 2])]),
    "norm as a number": lambda u, t: u.clip_grads_with_norm_([leaf(t, grad=1.0)], 1.0, 5.0),
    "weight_norm dim": lambda u, t: u.weight_norm(t.nn.Linear(2, 2), dim=5),
    "p weight_norm dim": lambda u, t: u.parametrizations.weight_norm(t.nn.Linear(2, 2), dim=5),
    "spectral_norm dim": lambda u, t: u.spectral_norm(t.nn.Linear(2, 2), dim=3),
    "prune True": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2), "weight", True),
    "prune None": lambda u, t: u.prune.l1_unstructured(t.nn.Linear(2, 2, bias=False), "bias", 1),
    "prune by a number": lambda u, t: u.prune.custom_from_mask(t.nn.Linear(2, 2), "weight", 3),
    "container of a number": lambda u, t: u.prune.PruningContainer(3),
    "parametrize by a number": lambda u, t: u.parametrize.register_parametrization(t.nn.Linear(2, 2), "weight", 3),
    "orthogonal map number": lambda u, t: u.parametrizations.orthogonal(t.nn.Linear(2, 2), "weight", 3),
    "functional_call strict": lambda u, t: t.func.functional_call(t.nn.Linear(2, 2), {"weight": t.ones(2, 2)}, t.ones(2), strict=True),
    "stack nothing": lambda u, t: t.func.stack_module_state([]),
    "stack different": lambda u, t: t.func.stack_module_state([t.nn.Linear(2, 2), t.nn.ReLU()]),
}


def raised(fn: Any) -> type[BaseException] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fn()
    except Exception as error:
        return type(error)
    return None


@pytest.mark.parametrize("name", MISUSE)
def test_misuse_raises_the_same_type_of_error(name: str) -> None:
    mine, theirs = (raised(lambda lib=lib: MISUSE[name](lib.nn.utils, lib)) for lib in LIBS)
    assert mine is theirs is not None


def test_every_public_name_is_there() -> None:
    """`rnn` has tests of its own."""
    theirs = {name for name in dir(torch.nn.utils) if not name.startswith("_")} - {"rnn"}
    assert theirs <= set(dir(ag.nn.utils))
    for part in ("prune", "parametrize", "parametrizations"):
        module = getattr(torch.nn.utils, part)
        public = {name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__ and name[0] != "_"}
        assert public <= set(dir(getattr(ag.nn.utils, part)))
