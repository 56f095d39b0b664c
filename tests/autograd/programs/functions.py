"""Custom functions: what their context offers, what they may return, and what is refused."""

from __future__ import annotations

from typing import Any

from . import Programs, attempt, leaf, sub

functions = Programs()


def function(T: Any, forward: Any, backward: Any) -> Any:
    """A Function of two functions."""
    body = {"forward": staticmethod(forward)}
    if backward is not None:
        body["backward"] = staticmethod(backward)
    return type("Own", (T.autograd.Function,), body)


@functions
def exponential(T):
    class Exp(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = x.exp()
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx, g):
            (out,) = ctx.saved_tensors
            return g * out

    x = leaf(T, 0.5, -1.0)
    y = Exp.apply(x)
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    (gg,) = T.autograd.grad(g.sum(), x, create_graph=True)
    gg.sum().backward()
    return y, y.grad_fn.name(), g, gg, x.grad


@functions
def two_inputs_and_statics(T):
    class Axpy(T.autograd.Function):
        @staticmethod
        def forward(ctx, a, x, y, label=None):
            ctx.a, ctx.label = a, label
            ctx.wanted = ctx.needs_input_grad
            ctx.inside = T.is_grad_enabled()
            return a * x + y

        @staticmethod
        def backward(ctx, g):
            return None, ctx.a * g, g, None

    x, y = leaf(T), T.ones(4)
    out = Axpy.apply(3.0, x, y, "name")
    out.sum().backward()
    fn = out.grad_fn
    return x.grad, y.grad is None, fn.wanted, fn.inside, fn.label, fn.needs_input_grad, len(fn.next_functions)


@functions
def several_outputs(T):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2, "text", x * x, None

    def backward(ctx, a, text, b, nothing):
        (x,) = ctx.saved_tensors
        assert text is None and nothing is None
        return 2 * a + 2 * x * b

    x = leaf(T)
    own = function(T, forward, backward)
    a, text, b, nothing = own.apply(x)
    (g,) = T.autograd.grad(b.sum(), x, retain_graph=True)
    (a * b).sum().backward()
    return a, text, b, nothing, g, x.grad, a.output_nr, b.output_nr


@functions
def unused_outputs_without_zeros(T):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, a, b):
        seen.append((a is None, b is None))
        return a * 2

    x = leaf(T)
    function(T, forward, backward).apply(x)[0].sum().backward()
    return seen, x.grad


@functions
def non_differentiable_outputs(T):
    def forward(ctx, x):
        top, mask = x * 2, x > 2
        other = x * 5
        ctx.mark_non_differentiable(other)
        return top, mask, other

    def backward(ctx, g, m, o):
        return g * 2

    x = leaf(T)
    top, mask, other = function(T, forward, backward).apply(x)
    top.sum().backward()
    return top.requires_grad, mask.requires_grad, other.requires_grad, x.grad


@functions
def changes_its_input(T):
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    x = leaf(T)
    y = x * 1
    own = function(T, forward, lambda ctx, g: g * 2)
    z = own.apply(y)
    z.sum().backward()
    return z is y, y.grad_fn.name(), x.grad, y, attempt(lambda: own.apply(x))


@functions
def saves_what_changes_later(T):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    own = function(T, forward, lambda ctx, g: 2 * ctx.saved_tensors[0] * g)
    x = leaf(T)
    y = x * 1
    out = own.apply(y)
    y.add_(1)
    return attempt(lambda: out.sum().backward())


@functions
def saves_its_output_which_changes_later(T):
    def forward(ctx, x):
        out = x * 2
        ctx.save_for_backward(out)
        return out

    own = function(T, forward, lambda ctx, g: ctx.saved_tensors[0] * g)
    out = own.apply(leaf(T))
    with T.no_grad():
        out.add_(1)
    return attempt(lambda: out.sum().backward())


@functions
def saved_tensors_are_freed(T):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    own = function(T, forward, lambda ctx, g: 2 * ctx.saved_tensors[0] * g)
    out = own.apply(leaf(T)).sum()
    out.backward()
    return attempt(lambda: out.backward())


@functions
def without_saved_tensors_twice(T):
    x = leaf(T)
    out = function(T, lambda ctx, x: x * 3, lambda ctx, g: g * 3).apply(x)
    out.sum().backward()
    out.sum().backward()
    return x.grad


@functions
def hands_its_input_through(T):
    x = leaf(T)
    y = function(T, lambda ctx, x: x, lambda ctx, g: g * 7).apply(x)
    y.sum().backward()
    return y is x, y, x.grad


@functions
def reverses_a_gradient_inside_a_graph(T):
    own = function(T, lambda ctx, x, scale: x.view_as(x), lambda ctx, g: (g.neg() * 0.5, None))
    x = leaf(T)
    (own.apply(x * 2, 0.5) * x).sum().backward()
    return x.grad


RETURNS = {
    "too_few": lambda g: g,
    "trailing_nones": lambda g: (g, None, None),
    "too_many": lambda g: (g, None, g),
    "for_a_number": lambda g: (g, g),
    "no_tensor": lambda g: (1, None),
    "wrong_shape": lambda g: (g[:3], None),
    "a_smaller_shape": lambda g: (g[:1], None),
    "a_broadcast_shape": lambda g: (g.expand(3, 4), None),
    "nothing": lambda g: None,
    "two_nones": lambda g: (None, None),
    "a_list": lambda g: [g, None],
    "another_type": lambda g: (g.double(), None),
}


@functions
def what_backward_may_return(T):
    out = {}
    for name, returned in RETURNS.items():
        own = function(T, lambda ctx, x, n: x * n, lambda ctx, g, r=returned: r(g))
        x = leaf(T)
        out[name] = attempt(lambda own=own, x=x: (own.apply(x, 2).sum().backward(), x.grad)[1])
    return out


@functions
def what_is_missing(T):
    x = leaf(T)
    no_backward = function(T, lambda ctx, x: x * 1, None)
    both = type("Both", (no_backward,), {"backward": staticmethod(lambda ctx, g: g), "vjp": staticmethod(lambda ctx, g: g)})
    vjp = type("Vjp", (no_backward,), {"vjp": staticmethod(lambda ctx, g: g * 4)})
    vjp.apply(x).sum().backward()
    return [
        attempt(lambda: no_backward.apply(x).sum().backward()),
        attempt(lambda: type("Empty", (T.autograd.Function,), {}).apply(x)),
        attempt(lambda: both.apply(x).sum().backward()),
        x.grad,
        attempt(lambda: no_backward()(x)),
    ]


@functions
def what_may_be_saved(T):
    def saving(value):
        def forward(ctx, x):
            ctx.save_for_backward(value)
            return x * 1

        return function(T, forward, lambda ctx, g: (g, attempt(lambda: ctx.saved_tensors))[0])

    x = leaf(T)
    return attempt(lambda: saving(3).apply(x)), attempt(lambda: saving([x]).apply(x)), attempt(lambda: saving(None).apply(x).requires_grad)


@functions
def context_is_set_up_apart(T):
    class Cube(T.autograd.Function):
        @staticmethod
        def forward(x, power=3):
            return x**power, x * power

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, ctx.power = inputs
            ctx.save_for_backward(x, output[1])
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def backward(ctx, g, _):
            x, scaled = ctx.saved_tensors
            return g * ctx.power * x ** (ctx.power - 1) + 0 * scaled, None

    x = leaf(T)
    a, b = Cube.apply(x)
    (g,) = T.autograd.grad(a.sum(), x, create_graph=True)
    g.sum().backward()
    return a, b, g, x.grad, Cube.apply(x, power=2)[0]


@functions
def once_differentiable(T):
    once = sub(T, "autograd.function").once_differentiable

    class Square(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once
        def backward(ctx, g):
            assert not T.is_grad_enabled()
            return 2 * g * ctx.saved_tensors[0]

    x = leaf(T)
    Square.apply(x).sum().backward()
    y = (Square.apply(x) * x).sum()
    (g,) = T.autograd.grad(y, x, create_graph=True)
    return x.grad, g, attempt(lambda: g.sum().backward())


@functions
def not_recorded(T):
    own = function(T, lambda ctx, x: (ctx.save_for_backward(x), x * 2)[1], lambda ctx, g: g)
    with T.no_grad():
        a = own.apply(leaf(T))
    b = own.apply(T.ones(2))
    return a.requires_grad, b.requires_grad


@functions
def backward_in_the_middle(T):
    def forward(ctx, x):
        with T.enable_grad():
            inner = x.detach().requires_grad_()
            out = (inner**3).sum()
            (ctx.inner,) = T.autograd.grad(out, inner)
        return out.detach()

    x = leaf(T)
    own = function(T, forward, lambda ctx, g: g * ctx.inner)
    own.apply(x * 2).backward()
    return x.grad


@functions
def gradient_for_what_needs_none(T):
    seen = []

    def backward(ctx, g):
        seen.append(ctx.needs_input_grad)
        return (g * 2 if ctx.needs_input_grad[0] else None), (g * 3 if ctx.needs_input_grad[1] else None)

    own = function(T, lambda ctx, x, w: 2 * x + 3 * w, backward)
    x, w = leaf(T), leaf(T)
    own.apply(x.detach(), w).sum().backward()
    own.apply(x, w.detach()).sum().backward()
    return seen, x.grad, w.grad


@functions
def straight_through(T):
    own = function(T, lambda ctx, x: x.round(), lambda ctx, g: g)
    x = leaf(T, 0.4, 1.6)
    (own.apply(x) * T.tensor([2.0, 3.0])).sum().backward()
    return x.grad


@functions
def shared_between_two_paths(T):
    own = function(T, lambda ctx, x, y: (x * y, x + y), lambda ctx, a, b: (a + b, a - b))
    x = leaf(T)
    p, q = own.apply(x, x)
    (p * q).sum().backward()
    return x.grad
