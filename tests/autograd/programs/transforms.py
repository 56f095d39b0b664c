"""torch.func: transforms of functions, alone, nested in each other and in vmap."""

from __future__ import annotations

from . import Programs, attempt, leaf, mat, sub

transforms = Programs()


def func(T):
    return sub(T, "func")


def vector(T, n=3):
    return T.arange(1.0, n + 1)


def table(T):
    return T.arange(6.0).reshape(3, 2) - 2.5


@transforms
def grad_of_a_number(T):
    f = func(T)
    x, y = vector(T), vector(T) * 3
    return [
        f.grad(lambda a: (a * a).sum())(x),
        f.grad(lambda a, b: (a * b * b).sum(), argnums=1)(x, y),
        f.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, y),
        f.grad(lambda a, b: (a * b).sum(), argnums=-1)(x, y),
        f.grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": x, "b": [y]}),
        f.grad(lambda a, k=1: (a * k).sum())(x, k=5),
        f.grad(lambda a: T.tensor(1.0))(x),
        f.grad(lambda a: (a.sum(), {"aux": a * 2}), has_aux=True)(x),
        f.grad_and_value(lambda a: (a * a).sum())(x),
        f.grad_and_value(lambda a: ((a * a).sum(), a), has_aux=True)(x),
    ]


@transforms
def grad_errors(T):
    f, x = func(T), vector(T)
    return [
        attempt(lambda: f.grad(lambda a: a)(x)),
        attempt(lambda: f.grad(lambda a: 3)(x)),
        attempt(lambda: f.grad(lambda a: (a.sum(), a))(x)),
        attempt(lambda: f.grad(lambda a: a.sum(), has_aux=True)(x)),
        attempt(lambda: f.grad(lambda a: a.sum(), argnums=2)(x)),
        attempt(lambda: f.grad(lambda a: a.sum(), argnums="a")(x)),
        attempt(lambda: f.grad(lambda a: a.sum())(T.arange(3))),
        attempt(lambda: f.grad(lambda a: a.sum())(3.0)),
    ]


@transforms
def grad_nested(T):
    f, x, s = func(T), vector(T), T.tensor(2.0)
    cube = lambda b: b**3  # noqa: E731
    return [
        f.grad(f.grad(cube))(s),
        f.grad(f.grad(f.grad(cube)))(s),
        f.grad(lambda a: a * f.grad(cube)(a))(s),
        f.grad(lambda a: f.grad(lambda b: (a * b * b).sum())(a).sum())(x),
        f.grad(lambda a: f.grad(lambda b: a * b)(T.tensor(1.0)))(s),  # no confusion of perturbations
    ]


@transforms
def grad_and_modes(T):
    f, s = func(T), T.tensor(2.0)

    def inside(a):
        with T.no_grad():
            return f.grad(lambda b: b**3)(a)

    def constant_part(a):
        with T.no_grad():
            c = a * a
        return c * a

    with T.no_grad():
        outside = f.grad(f.grad(lambda b: b**3))(s)
    return f.grad(inside)(s), f.grad(constant_part)(s), outside, T.is_grad_enabled()


@transforms
def grad_beside_ordinary_autograd(T):
    f, x, w = func(T), vector(T), leaf(T, 1.0, 1.0, 2.0)
    g = f.grad(lambda a: (a * a * w).sum())(x)
    g.sum().backward()
    h = f.grad(lambda a: (a**3).sum())(w)
    (k,) = T.autograd.grad(h.sum(), w)
    with T.no_grad():
        apart = f.grad(lambda a: (a * a * w).sum())(w)
    plain = f.grad(lambda a: (a * a).sum())(w.detach())
    return g, w.grad, h, k, apart, plain


@transforms
def vjps(T):
    f, x = func(T), vector(T)
    y, back = f.vjp(lambda a: a * a, x)
    z, both = f.vjp(lambda a, b: (a * b, {"s": a.sum()}), x, x * 2)
    w, pull, aux = f.vjp(lambda a: (a * a, a + 1), x, has_aux=True)
    return [
        y, back(x), back(x * 2), z, both((x, {"s": T.tensor(1.0)})), w, pull(x), aux,
        attempt(lambda: both((x, x))), attempt(lambda: f.vjp(lambda a: 3, x)), attempt(lambda: f.vjp(lambda a: a, 3)),
        f.grad(lambda c: back(c)[0].sum())(x), f.grad(lambda a: f.vjp(lambda b: b**3, a)[1](a)[0].sum())(x),
        f.vmap(back)(T.eye(3)),
    ]  # fmt: skip


@transforms
def jvps(T):
    f, x, s = func(T), vector(T), T.tensor(2.0)
    v = x * 0.5
    return [
        f.jvp(lambda a: a * a, (x,), (v,)),
        f.jvp(lambda a, b: (a * b, {"s": a.sum()}), (x, x * 2), (v, v)),
        f.jvp(lambda a: (a * a, a + 1), (x,), (v,), has_aux=True),
        f.jvp(lambda a: T.ones(2), (x,), (v,)),
        f.jvp(lambda a: f.jvp(lambda b: b**3, (a,), (T.tensor(1.0),))[1], (s,), (T.tensor(1.0),)),
        f.grad(lambda a: f.jvp(lambda b: b**3, (a,), (v,))[1].sum())(x),
        f.grad(lambda t: f.jvp(lambda b: b**3, (x,), (t,))[1].sum())(v),
        f.jvp(f.grad(lambda a: (a**3).sum()), (x,), (v,)),
        f.linearize(lambda a: a * a, x)[0],
        f.linearize(lambda a: a * a, x)[1](v),
        attempt(lambda: f.jvp(lambda a: a * a, x, v)),
        attempt(lambda: f.jvp(lambda a: a * a, (x,), (T.ones(2),))),
        attempt(lambda: f.jvp(lambda a: T.ones(2), (x,), (v,), strict=True)),
    ]


@transforms
def jacobians(T):
    f, x, m = func(T), vector(T), T.arange(6.0).reshape(2, 3)
    two = lambda a, b: (a * b, {"s": a.sum()})  # noqa: E731
    out = []
    for jac in (f.jacrev, f.jacfwd):
        out += [
            jac(lambda a: a.sin())(x),
            jac(lambda a: a @ a.t())(m),
            jac(two, argnums=(0, 1))(x, x * 2),
            jac(two, argnums=1)(x, x * 2),
            jac(lambda d: d["a"] * 2)({"a": x}),
            jac(lambda a: a * a)(T.tensor(3.0)),
            jac(lambda a: (a * a, a), has_aux=True)(x),
            jac(jac(lambda a: a**3))(x),
            f.grad(lambda a, jac=jac: (jac(lambda b: b**3)(a) ** 2).sum())(x),
        ]
    return out


@transforms
def hessians_of_functions(T):
    f, x = func(T), vector(T)
    return [
        f.hessian(lambda a: (a**3).sum())(x),
        f.hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(x, x * 2),
        f.jacrev(f.jacrev(lambda a: (a.exp() * a.sum()).sum()))(x),
        f.hessian(lambda d: (d["a"] * d["a"] * d["b"]).sum())({"a": x, "b": x}),
        f.vmap(f.hessian(lambda a: (a**3).sum()))(table(T)),
    ]


@transforms
def vmap_basics(T):
    f, x = func(T), table(T)
    v = f.vmap
    return [
        v(lambda a: a * 2)(x),
        v(lambda a: a.sum(), in_dims=1)(x),
        v(lambda a: a, in_dims=-1)(x),
        v(lambda a, b: a + b, in_dims=(0, None))(x, T.ones(2)),
        v(lambda a, b: a * b, in_dims=(0, 1))(x, x.t()),
        v(lambda d: d["a"] + d["b"][0])({"a": x, "b": [T.ones(3)]}),
        v(lambda d, z: {"o": d["a"] + z}, in_dims=({"a": 0}, None))({"a": x}, T.ones(2)),
        v(lambda a: (a, a.sum()), out_dims=(1, 0))(x),
        v(lambda a: a.unsqueeze(0), out_dims=-1)(x),
        v(lambda a: T.ones(2))(x),
        v(lambda a: (a, 3), out_dims=(0, None))(x),
        v(lambda a: a.sum() * T.tensor([1.0, 2.0]))(x),
        v(lambda a: a * 2, chunk_size=2)(x),
        v(lambda a: a.max() - a)(x),
        v(lambda a: T.where(a > 0, a, -a))(x),
        v(lambda a: a[0] * a[-1])(x),
        v(lambda a: a[None, :] + a[:, None])(x),
    ]


@transforms
def vmap_errors(T):
    v, x = func(T).vmap, table(T)
    return [
        attempt(lambda: v(lambda: 1)()),
        attempt(lambda: v(lambda a: a, in_dims=None)(x)),
        attempt(lambda: v(lambda a: a, in_dims="x")(x)),
        attempt(lambda: v(lambda a: a, in_dims=(0, 0))(x)),
        attempt(lambda: v(lambda a, b: a, in_dims=(0, 1))(x, x)),
        attempt(lambda: v(lambda a, b: a)(x, 3)),
        attempt(lambda: v(lambda a: a, in_dims=5)(x)),
        attempt(lambda: v(lambda a: 3)(x)),
        attempt(lambda: v(lambda a: a, out_dims=5)(x)),
        attempt(lambda: v(lambda a: (a, a), out_dims=(0, 1, 1))(x)),
        attempt(lambda: v(lambda a: a, out_dims=None)(x)),
        attempt(lambda: v(lambda a: a if a.sum() > 0 else -a)(x)),
        attempt(lambda: v(lambda a: a.sum().item())(x)),
        attempt(lambda: v(lambda a: T.rand(2) + a)(x)),
        attempt(lambda: v(lambda a: a, randomness="no such")(x)),
        attempt(lambda: v(lambda a: a, chunk_size=0)(x)),
        attempt(lambda: v(lambda a, b: a.add_(b), in_dims=(None, 0))(T.ones(2), x)),
        attempt(lambda: v(lambda a: a.numpy())(x)),
        attempt(lambda: v(lambda a: a @ T.ones(5))(x)),
    ]


@transforms
def vmap_randomness(T):
    v, x = func(T).vmap, T.zeros(4, 3)
    same = v(lambda a: a + T.rand(3), randomness="same")(x)
    apart = v(lambda a: a + T.rand(3), randomness="different")(x)
    like = v(lambda a: T.rand_like(a), randomness="same")(x)
    return [
        all(bool((same[0] == row).all()) for row in same),
        any(bool((apart[0] == row).all()) for row in apart[1:]),
        all(bool((like[0] == row).all()) for row in like),
    ]


@transforms
def vmap_nested(T):
    f, x, y = func(T), table(T), T.arange(4.0)
    v = f.vmap
    return [
        v(v(lambda a: a * a))(x),
        v(lambda row: v(lambda a: a * row.sum())(row))(x),
        v(v(lambda a, b: a + b, (None, 0)), (0, None))(x, T.ones(4, 2)),
        v(lambda a: v(lambda b: a.sum() * b)(y))(x),
        v(v(lambda a, b: a * b, (0, None)), (None, 0))(y, vector(T)),
        v(v(v(lambda a, b, c: a * b + c, (0, None, None)), (None, 0, None)), (None, None, 0))(y, vector(T), T.ones(2)),
    ]


@transforms
def per_sample_gradients(T):
    f, x = func(T), table(T)
    w, b = T.tensor([[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]]), T.tensor([0.1, 0.2, -0.3])
    target = T.tensor([1.0, 0.0, 2.0])

    def loss(w, b, sample, t):
        h = (w @ sample + b).tanh()
        return ((h.sum() - t) ** 2) / (1 + h @ h)

    return [
        f.vmap(f.grad(loss), in_dims=(None, None, 0, 0))(w, b, x, target),
        f.vmap(f.grad(loss, argnums=(0, 1)), in_dims=(None, None, 0, 0))(w, b, x, target),
        f.vmap(f.grad_and_value(loss, argnums=2), in_dims=(None, None, 0, 0))(w, b, x, target),
        f.vmap(f.grad(f.grad(lambda s: s**3)))(target),
        f.grad(lambda w: f.vmap(loss, in_dims=(None, None, 0, 0))(w, b, x, target).sum())(w),
        f.grad(lambda w: (f.vmap(f.grad(loss), in_dims=(None, None, 0, 0))(w, b, x, target) ** 2).sum())(w),
        f.vmap(f.jacrev(lambda s: (w @ s).sin()))(x),
        f.vmap(f.jacfwd(lambda s: (w @ s).sin()))(x),
        f.vmap(lambda s, t: f.jvp(lambda a: (w @ a).sin(), (s,), (t,))[1])(x, x * 2),
        f.vmap(lambda s: f.vjp(lambda a: (w @ a).sin(), s)[1](b)[0])(x),
        f.vmap(f.vmap(f.grad(lambda s: s**3)))(x),
        f.vmap(lambda s: f.grad(lambda u: f.vmap(lambda z: z * u * u)(s).sum())(T.tensor(3.0)))(x),
    ]


@transforms
def per_sample_gradients_reach_leaves(T):
    f, x = func(T), table(T)
    w = leaf(T, 2.0, 3.0)
    out = f.vmap(lambda s: (s * w).exp().sum())(x)
    out.sum().backward()
    y = mat(T)
    f.vmap(lambda s: s * s.sum())(y).sum().backward()
    return out, w.grad, y.grad


@transforms
def vmap_changes_in_place(T):
    v, x = func(T).vmap, table(T)

    def steps(a):
        out = a * 1
        out.add_(1)
        out[0] = a[1]
        out *= 2
        return out

    z = x.clone()
    y = v(lambda a: a.mul_(3))(z)
    return v(steps)(x), y, z


@transforms
def vmap_of_products(T):
    v, x, m = func(T).vmap, table(T), T.arange(12.0).reshape(3, 2, 2)
    w = T.tensor([[1.0, 2.0], [3.0, 4.0]])
    return [
        v(lambda a: a @ a)(x),
        v(lambda a: w @ a)(x),
        v(lambda a: a @ w)(x),
        v(lambda a: a @ w)(m),
        v(lambda a: w @ a)(m),
        v(lambda a, b: a @ b)(m, x),
        v(lambda a, b: b @ a)(m, x),
        v(lambda a, b: a @ b)(m, m),
        v(lambda a: T.matmul(w, a))(x),
        v(lambda a: a.t())(m),
        v(lambda a: a.transpose(0, -1).reshape(-1))(m),
        v(lambda a: T.stack([a, w[0]]))(x),
        v(lambda a: T.cat([a, a * 2]))(x),
        v(lambda a: a.sum(0))(m),
        v(lambda a: a.mean(-1, keepdim=True))(m),
        v(lambda a: a.amax())(m),
        v(lambda a: T.softmax(a, -1))(m),
        v(lambda a: a.permute(1, 0))(m),
        v(lambda a: a.expand(3, 2))(x),
        v(lambda a: a.squeeze())(m[:, :1]),
    ]


def network(T, shift=0.0):
    nn = T.nn
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    with T.no_grad():
        for k, p in enumerate(model.parameters()):
            p.copy_((T.arange(float(p.numel())).reshape(p.shape) - 2.0) * 0.1 * (k + 1) + shift)
    return model


@transforms
def functional_calls(T):
    f, x, model = func(T), table(T), network(T)
    own = dict(model.named_parameters())
    double = {k: v.detach() * 2 for k, v in own.items()}
    out = f.functional_call(model, double, (x,))
    again = f.functional_call(model, double, x)
    part = f.functional_call(model, {"2.bias": T.tensor([5.0])}, (x,))
    return [
        out, again, part, model(x), all(own[k] is v for k, v in model.named_parameters()),
        f.functional_call(model, [{"0.weight": double["0.weight"]}, {"2.bias": double["2.bias"]}], (x,)),
        attempt(lambda: f.functional_call(model, double, (x, x))),
        attempt(lambda: f.functional_call(model, {"2.bias": T.tensor([5.0])}, (x,), strict=True)),
        attempt(lambda: f.functional_call(model, [double, double], (x,))),
    ]  # fmt: skip


@transforms
def per_sample_gradients_of_a_network(T):
    f, x, model = func(T), table(T), network(T)
    params = {k: v.detach() for k, v in model.named_parameters()}
    target = T.tensor([[1.0], [0.0], [-1.0]])

    def loss(params, sample, t):
        out = f.functional_call(model, params, (sample.unsqueeze(0),))
        return T.nn.functional.mse_loss(out, t.unsqueeze(0))

    each = f.vmap(f.grad(loss), in_dims=(None, 0, 0))(params, x, target)
    model.zero_grad()
    T.nn.functional.mse_loss(model(x), target).backward()
    whole = [p.grad for p in model.parameters()]
    return each, whole, [g.mean(0) for g in each.values()]


@transforms
def ensembles(T):
    f, x = func(T), table(T)
    models = [network(T, s) for s in (0.0, 0.1, 0.2)]
    params, buffers = f.stack_module_state(models)
    base = models[0]
    call = lambda p, b, x: f.functional_call(base, (p, b), (x,))  # noqa: E731
    return [
        {k: v.detach() for k, v in params.items()},
        buffers,
        f.vmap(call, in_dims=(0, 0, None))({k: v.detach() for k, v in params.items()}, buffers, x),
        f.vmap(call)({k: v.detach() for k, v in params.items()}, buffers, T.stack([x, x * 2, x * 3])),
    ]


@transforms
def tied_weights(T):
    f, nn = func(T), T.nn
    a, b = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    b.weight = a.weight
    model, x = nn.Sequential(a, b), table(T)
    new = {"0.weight": T.eye(2) * 3}
    return [
        f.functional_call(model, new, (x,)),
        f.functional_call(model, {**new, "1.weight": T.eye(2)}, (x,), tie_weights=False),
        attempt(lambda: f.functional_call(model, {**new, "1.weight": T.eye(2)}, (x,))),
    ]
