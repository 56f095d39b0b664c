"""autograd.functional and the gradient checks: nesting, shapes, vectors, strictness, graphs, errors."""

from __future__ import annotations

from . import Programs, attempt, leaf, mat, sub

derivatives = Programs()


def tools(T):
    return sub(T, "autograd.functional")


def scaled(a, b):
    return a * b, a.sum(), (a * a).exp()


def energy(a, b):
    return (a * a * b).sum() + (a.sin() * b.cos()).sum()


@derivatives
def jacobian_nesting(T):
    J, x, y = tools(T).jacobian, leaf(T, 1.0, 2.0), T.tensor([3.0, 4.0])
    return [
        J(lambda a: a * a, x),
        J(lambda a: (a * a,), x),
        J(lambda a: a * a, (x,)),
        J(scaled, (x, y)),
        J(lambda a: a.sum(), x),
        J(lambda a: a * a, T.tensor(3.0)),
        J(lambda a: T.ones(2), x),
    ]


@derivatives
def jacobian_of_matrices(T):
    x = mat(T)
    return tools(T).jacobian(lambda a: a.t() * 2 + a.sum(), x), tools(T).jacobian(lambda a: (a @ a.t()).exp() * 1e-20, x)


@derivatives
def jacobian_options(T):
    J, x, y = tools(T).jacobian, leaf(T, 1.0, 2.0), T.tensor([3.0, 4.0])
    j = J(lambda a: a * a * a, x, create_graph=True)
    j.sum().backward()
    return [
        j, x.grad,
        J(scaled, (x, y), vectorize=True),
        J(scaled, (x.detach(), y), vectorize=True, strategy="forward-mode"),
        J(lambda a: a * a, x, strict=True),
        attempt(lambda: J(lambda a: T.ones(2), x, strict=True)),
        attempt(lambda: J(lambda a, b: a * 2, (x, y), strict=True)),
        attempt(lambda: J(lambda a: a * a, x, strict=True, vectorize=True)),
        attempt(lambda: J(lambda a: a * a, x, strategy="forward-mode")),
        attempt(lambda: J(lambda a: a * a, x, strategy="no such")),
        attempt(lambda: J(lambda a: a * 3, x, strict=True, create_graph=True)),
        attempt(lambda: J(lambda a: a * a, [x])),
        attempt(lambda: J(lambda a: 3, x)),
        attempt(lambda: J(lambda a: (a, 3), x)),
    ]  # fmt: skip


@derivatives
def hessians(T):
    H, x, y = tools(T).hessian, leaf(T, 1.0, 2.0), T.tensor([3.0, 4.0])
    h = H(lambda a: (a * a * a).sum(), x, create_graph=True)
    h.sum().backward()
    return [
        h, x.grad,
        H(energy, (x, y)),
        H(lambda a: a.sum(), x),
        H(lambda a: (a.exp() * a.sum()).sum(), mat(T)),
        H(energy, (x, y), vectorize=True),
        [[b.detach() for b in row] for row in H(energy, (x, y), vectorize=True, outer_jacobian_strategy="forward-mode")],
        H(lambda a: (a * a).sum().reshape(1), x),
        attempt(lambda: H(lambda a: a * 3, x)),
        attempt(lambda: H(lambda a: (a.sum(), a.sum()), x)),
        attempt(lambda: H(lambda a: a.sum(), x, strict=True)),
        attempt(lambda: H(lambda a: T.ones(()), x, strict=True)),
    ]  # fmt: skip


@derivatives
def vector_products(T):
    F, x, y = tools(T), leaf(T, 1.0, 2.0), T.tensor([3.0, 4.0])
    v, w = T.tensor([1.0, -1.0]), T.tensor([0.5, 2.0])
    return [
        F.vjp(scaled, (x, y), (v, T.tensor(2.0), w)),
        F.jvp(scaled, (x, y), (v, w)),
        F.vjp(lambda a: (a * a).sum(), x),
        F.jvp(lambda a: a * x, T.tensor(2.0)),
        F.vhp(energy, (x, y), (v, w)),
        F.hvp(energy, (x, y), (v, w)),
        F.hvp(lambda a: a * a, T.tensor(2.0)),
        F.jvp(lambda a: T.ones(2), x, v),
        F.hvp(lambda a: a.sum(), x, v),
    ]


@derivatives
def vector_products_with_graph(T):
    F, x = tools(T), leaf(T, 1.0, 2.0)
    v = T.tensor([1.0, -1.0])
    out = []
    for product in (F.vjp, F.jvp):
        value, p = product(lambda a: a.exp() * a, x, v, create_graph=True)
        out += [value, p, T.autograd.grad(p.sum(), x)]
    for product in (F.vhp, F.hvp):
        value, p = product(lambda a: (a.exp() * a).sum(), x, v, create_graph=True)
        out += [value, p, T.autograd.grad(p.sum(), x)]
    return out


@derivatives
def vector_product_errors(T):
    F, x, y = tools(T), leaf(T, 1.0, 2.0), T.tensor([3.0, 4.0])
    v = T.tensor([1.0, -1.0])
    return [
        attempt(lambda: F.vjp(lambda a: a * 3, x)),
        attempt(lambda: F.vjp(lambda a: a * 3, x, T.ones(3))),
        attempt(lambda: F.vjp(lambda a: a * 3, x, 3)),
        attempt(lambda: F.vjp(lambda a: (a * 3, a), x, v)),
        attempt(lambda: F.jvp(lambda a: a * 3, x)),
        attempt(lambda: F.jvp(lambda a: T.ones(2), x, v, strict=True)),
        attempt(lambda: F.vjp(lambda a, b: a * 2, (x, y), v, strict=True)),
        attempt(lambda: F.hvp(lambda a: a.sum(), x, v, strict=True)),
        attempt(lambda: F.vhp(lambda a: a * a, x, v)),
        attempt(lambda: F.hvp(lambda a: (a * a).sum(), x)),
    ]


@derivatives
def checks(T):
    check, again = T.autograd.gradcheck, T.autograd.gradgradcheck
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    w = T.tensor([[0.5], [0.25]], dtype=T.float64, requires_grad=True)
    single = leaf(T, 1.0, 2.0)
    return [
        check(lambda a: a * a, (x,)),
        check(lambda a: a * a, x),
        check(scaled, (x, w)),
        check(scaled, [x, w], fast_mode=True),
        check(lambda a, n: a**n, (x, 3)),
        again(scaled, (x, w)),
        again(lambda a: a * 3, x),
        again(scaled, (x, w), gen_non_contig_grad_outputs=True),
        attempt(lambda: check(lambda a: a * a, (single.detach(),))),
        attempt(lambda: check(lambda a: a.detach(), (x,))),
        attempt(lambda: check(lambda a: a * a.detach(), (x,))),
        check(lambda a: a * a.detach(), (x,), raise_exception=False),
        attempt(lambda: check(lambda a: a * a.detach(), (x,), fast_mode=True)),
        attempt(lambda: check(lambda a: a * a, (x[:1].expand(3),))),
        check(lambda a: T.ones(2, dtype=T.float64), (x,)),
        attempt(lambda: again(lambda a: a * (a * a).detach(), (x,))),
    ]


@derivatives
def checks_of_custom_functions(T):
    def own(backward):
        body = {"forward": staticmethod(lambda ctx, x: x * 2), "backward": staticmethod(backward)}
        return type("Own", (T.autograd.Function,), body).apply

    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    calls = []

    def drifting(ctx, g):
        calls.append(0)
        return g * 2 + 1e-7 * len(calls)

    check = T.autograd.gradcheck
    return [
        check(own(lambda ctx, g: g * 2), x),
        attempt(lambda: check(own(lambda ctx, g: T.ones_like(g) * 2), x)),
        attempt(lambda: check(own(lambda ctx, g: g * 3), x)),
        attempt(lambda: check(own(drifting), x)),
    ]


@derivatives
def the_checked_function_may_read_its_input_elsewhere(T):
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    return T.autograd.gradcheck(lambda _: x * x * x, (x,)), x
