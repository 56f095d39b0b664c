"""backward() and grad() with all their options, leaves and non-leaves, graphs used twice."""

from __future__ import annotations

from . import Programs, attempt, leaf, mat

gradients = Programs()


@gradients
def accumulates_at_leaves_only(T):
    a, b = T.tensor(2.0, requires_grad=True), T.tensor(3.0, requires_grad=True)
    c = a * b
    d = c + b
    c.retain_grad()
    d.backward(retain_graph=True)
    first = [a.grad.clone(), b.grad.clone(), c.grad.clone()]
    d.backward()
    return first, a.grad, b.grad, c.grad


@gradients
def backward_twice(T):
    x = leaf(T)
    y = (x * x).sum()
    y.backward()
    y.backward()


@gradients
def backward_twice_through_what_saves_nothing(T):
    x = leaf(T)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    return x.grad


@gradients
def backward_twice_through_a_shared_part(T):
    x = leaf(T)
    h = x * x
    h.sum().backward()
    (h * 2).sum().backward()


@gradients
def backward_of_a_vector(T):
    (leaf(T) * 2).backward()


@gradients
def backward_of_a_vector_with_gradient(T):
    x = leaf(T)
    (x * 2).backward(T.tensor([1.0, 0.0, -1.0, 0.5]))
    return x.grad


@gradients
def backward_of_one_element(T):
    x = leaf(T, 3.0)
    (x * x).backward()
    return x.grad


@gradients
def backward_with_gradient_of_another_shape(T):
    (leaf(T) * 2).backward(T.ones(3))


@gradients
def backward_with_gradient_that_would_broadcast(T):
    (leaf(T) * 2).backward(T.ones(1))


@gradients
def backward_with_a_number(T):
    (leaf(T) * 2).backward(1.0)


@gradients
def backward_with_gradient_of_another_type(T):
    x = leaf(T)
    (x * 2).backward(T.ones(4, dtype=T.float64))
    return x.grad


@gradients
def backward_of_a_constant(T):
    T.ones(3).sum().backward()


@gradients
def backward_of_a_leaf(T):
    x = T.tensor(2.0, requires_grad=True)
    x.backward()
    x.backward()
    return x.grad


@gradients
def backward_under_no_grad(T):
    x = leaf(T)
    y = (x * x).sum()
    with T.no_grad():
        y.backward()
    return x.grad


@gradients
def made_under_no_grad(T):
    x = leaf(T)
    with T.no_grad():
        y = (x * x).sum()
    y.backward()


@gradients
def several_roots(T):
    x = leaf(T)
    y, z = (x * x).sum(), x * 3
    T.autograd.backward([y, z], [None, T.ones(4) * 2])
    return x.grad


@gradients
def roots_and_gradients_do_not_match(T):
    x = leaf(T)
    T.autograd.backward([x.sum(), x.sum()], [None])


@gradients
def one_root_inside_another(T):
    x = leaf(T)
    y = x * 2
    z = (y * y).sum()
    T.autograd.backward([z, y], [None, T.ones(4)])
    return x.grad


@gradients
def leaf_among_the_roots(T):
    x = leaf(T)
    y = (x * x).sum()
    T.autograd.backward([y, x], [None, T.ones(4)])
    return x.grad


@gradients
def backward_to_some_inputs(T):
    x, w = leaf(T), leaf(T, 2.0, 2.0, 2.0, 2.0)
    h = x * w
    (h * h).sum().backward(inputs=[w, h])
    return x.grad is None, w.grad, h.grad


@gradients
def backward_to_one_input(T):
    x, w = leaf(T), leaf(T, 2.0, 2.0, 2.0, 2.0)
    (x * w).sum().backward(inputs=x)
    return x.grad, w.grad is None


@gradients
def backward_to_no_input(T):
    (leaf(T) * 2).sum().backward(inputs=[])


@gradients
def backward_to_a_constant(T):
    (leaf(T) * 2).sum().backward(inputs=[T.ones(1)])


@gradients
def create_graph_accumulates_a_graph(T):
    x = leaf(T)
    (x**3).sum().backward(create_graph=True)
    g = x.grad
    x.grad = None
    g.sum().backward()
    return g, x.grad


@gradients
def third_order(T):
    x = leaf(T)
    y = (x.exp() * x).sum()
    out = []
    for _ in range(4):
        (g,) = T.autograd.grad(y, x, create_graph=True)
        out.append(g)
        y = g.sum()
    return out


@gradients
def mixed_second_derivatives(T):
    x, w = leaf(T), leaf(T, 0.5, -1.0, 2.0, 0.1)
    y = (x * w).tanh().sum()
    gx, gw = T.autograd.grad(y, [x, w], create_graph=True)
    return gx, gw, T.autograd.grad((gx * gw).sum(), [x, w])


@gradients
def grad_does_not_touch_leaves(T):
    x = leaf(T)
    (g,) = T.autograd.grad((x * x).sum(), x)
    return g, x.grad is None, g.requires_grad


@gradients
def grad_of_a_non_leaf(T):
    x = leaf(T)
    h = x * 2
    y = (h * h).sum()
    return T.autograd.grad(y, h, retain_graph=True), T.autograd.grad(y, [h, x])


@gradients
def grad_of_the_output_itself(T):
    x = leaf(T)
    y = (x * 2).sum()
    return T.autograd.grad(y, y), T.autograd.grad(y, [y, x])


@gradients
def grad_leaves_the_graph_above_an_input(T):
    x = leaf(T)
    h = x * x
    y = (h * h).sum()
    first = T.autograd.grad(y, h)
    (h * 3).sum().backward()
    return first, x.grad


@gradients
def grad_of_unused(T):
    x, z = leaf(T), leaf(T)
    return T.autograd.grad(x.sum(), [x, z])


@gradients
def grad_of_unused_allowed(T):
    x, z = leaf(T), leaf(T)
    gx, gz = T.autograd.grad(x.sum(), [x, z], allow_unused=True)
    return gx, gz is None


@gradients
def grad_materialized(T):
    x, z = leaf(T), leaf(T, 1.0, 2.0)
    return T.autograd.grad(x.sum(), [x, z], materialize_grads=True)


@gradients
def grad_materialized_yet_not_allowed(T):
    x, z = leaf(T), leaf(T)
    T.autograd.grad(x.sum(), [x, z], materialize_grads=True, allow_unused=False)


@gradients
def grad_of_a_constant(T):
    T.autograd.grad(leaf(T).sum(), T.ones(2))


@gradients
def grad_twice_the_same_input(T):
    x = leaf(T)
    a, b = T.autograd.grad((x * x).sum(), [x, x])
    a.add_(1)
    return a, b


@gradients
def grads_are_not_aliases(T):
    x, z, v = leaf(T), leaf(T), T.ones(4)
    _, b = T.autograd.grad(x * 1 + z * 1, [x, z], v)
    (x * 1 + z * 1).backward(v)
    b.add_(0)
    return v, x.grad, z.grad


@gradients
def grad_of_several_outputs(T):
    x = leaf(T)
    a, b = (x * x), x.sum()
    return T.autograd.grad([a, b], x, [T.ones(4), T.tensor(10.0)])


@gradients
def grad_batched(T):
    x, w = leaf(T), leaf(T, 1.0, -1.0, 2.0, 0.5)
    y = x * x * w
    return T.autograd.grad(y, [x, w], T.eye(4), is_grads_batched=True)


@gradients
def grad_batched_of_two_outputs(T):
    x = leaf(T)
    return T.autograd.grad([x * x, x.sum()], x, [T.eye(4)[:3], T.tensor([1.0, 0.0, 2.0])], is_grads_batched=True)


@gradients
def grad_batched_with_graph(T):
    x = leaf(T)
    (j,) = T.autograd.grad(x * x * x, x, T.eye(4), is_grads_batched=True, create_graph=True)
    j.sum().backward()
    return j, x.grad


@gradients
def grad_retains(T):
    x = leaf(T)
    y = (x * x).sum()
    T.autograd.grad(y, x, retain_graph=True)
    T.autograd.grad(y, x)
    return attempt(lambda: T.autograd.grad(y, x))


@gradients
def grad_of_an_intermediate_under_create_graph(T):
    x = leaf(T)
    h = x.exp()
    (g,) = T.autograd.grad((h * h).sum(), h, create_graph=True)
    g.sum().backward()
    return g, x.grad


@gradients
def broadcast_gradients_are_summed(T):
    x, b, s = mat(T), leaf(T, 1.0, 2.0, 3.0), T.tensor(2.0, requires_grad=True)
    ((x + b) * s / (b * b)).sum().backward()
    return x.grad, b.grad, s.grad


@gradients
def promoted_gradients_are_cast(T):
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    w = T.tensor([3.0, 4.0], requires_grad=True)
    (x * w).sum().backward()
    return x.grad, w.grad


@gradients
def diamond(T):
    x = leaf(T)
    a = x * 2
    b = a + 3
    c = a * a
    (b * c + a).sum().backward()
    return x.grad


@gradients
def same_tensor_many_times(T):
    x = leaf(T)
    (x * x * x + x / x - x).sum().backward()
    return x.grad


@gradients
def reads_of_one_tensor(T):
    x = mat(T)
    total = x[0, 0] * x[1, 2]
    for i in range(3):
        total = total + x[0, i] * x[:, i].sum() + (x[1] * i).sum()
    total.backward()
    return x.grad


@gradients
def read_with_repeats(T):
    x = leaf(T)
    (x[T.tensor([0, 0, 3])] * T.tensor([1.0, 2.0, 3.0])).sum().backward()
    return x.grad


@gradients
def several_outputs_one_used(T):
    x = mat(T)
    values, indices = x.max(1)
    (values * values).sum().backward()
    return values, indices, x.grad, indices.requires_grad


@gradients
def assigned_grad(T):
    x = leaf(T)
    x.grad = T.ones(4)
    (x * 2).sum().backward()
    return [
        x.grad,
        attempt(lambda: setattr(x, "grad", T.ones(3))),
        attempt(lambda: setattr(x, "grad", 1.0)),
        attempt(lambda: setattr(x, "grad", T.ones(4, dtype=T.float64))),
        attempt(lambda: setattr(x, "grad", x)),
    ]


@gradients
def assigned_grad_is_changed_in_place(T):
    x, g = leaf(T), T.ones(4)
    x.grad = g
    (x * 2).sum().backward()
    return g, x.grad is g


@gradients
def grad_is_deleted(T):
    x = leaf(T)
    x.sum().backward()
    del x.grad
    return x.grad is None


@gradients
def the_graph_is_readable(T):
    x, w = leaf(T), leaf(T)
    y = (x * w + 1).sum()
    fn = y.grad_fn
    names = []
    while fn is not None:
        names.append((fn.name(), len(fn.next_functions), [i for _, i in fn.next_functions]))
        fn = fn.next_functions[0][0] if fn.next_functions else None
    return names, x.grad_fn is None


@gradients
def accumulate_grad_node(T):
    x = leaf(T)
    node = (x * 1).grad_fn.next_functions[0][0]
    return node.variable is x, node.name(), (x * 2).grad_fn.next_functions[0][0] is node


@gradients
def modes_nest(T):
    x = leaf(T)
    out = []
    with T.no_grad():
        out.append((x * 1).requires_grad)
        with T.enable_grad():
            out.append((x * 1).requires_grad)
            with T.set_grad_enabled(False):
                out.append((x * 1).requires_grad)
            out.append(T.is_grad_enabled())
        out.append(T.is_grad_enabled())
    with T.inference_mode():
        out += [T.is_grad_enabled(), T.is_inference_mode_enabled(), (x * 1).is_inference()]
        with T.enable_grad():
            out += [T.is_grad_enabled(), T.is_inference_mode_enabled()]
        with T.inference_mode(False):
            out += [T.is_grad_enabled(), T.is_inference_mode_enabled()]
    before = T.is_grad_enabled()
    T.set_grad_enabled(False)
    out += [before, T.is_grad_enabled()]
    T.set_grad_enabled(True)
    with T.no_grad(), T.inference_mode(False):
        out.append(T.is_grad_enabled())
    return out


@gradients
def inference_tensors(T):
    x = leaf(T)
    with T.inference_mode():
        y = x * 2
    return [
        y.is_inference(),
        y.requires_grad,
        attempt(lambda: y.requires_grad_() is y),
        attempt(lambda: y._version),
        y.clone().is_inference(),
        y[:2].is_inference(),
        (y + x).requires_grad,
    ]


@gradients
def modes_as_decorators(T):
    x = leaf(T)

    @T.no_grad()
    def with_parentheses(x):
        return (x * 1).requires_grad

    @T.no_grad
    def without(x):
        return (x * 1).requires_grad

    @T.set_grad_enabled(False)
    def off(x):
        return (x * 1).requires_grad

    @T.inference_mode()
    def inference(x):
        return (x * 1).is_inference()

    @T.enable_grad()
    def on(x):
        return (x * 1).requires_grad

    @T.no_grad()
    def generator(x):
        got = yield (x * 1).requires_grad
        yield got, (x * 1).requires_grad

    g = generator(x)
    first = next(g)
    between = (x * 1).requires_grad
    second = g.send("sent")
    with T.no_grad():
        inside = on(x)
    return with_parentheses(x), without(x), off(x), inference(x), inside, T.is_grad_enabled(), first, between, second


@gradients
def modes_survive_errors(T):
    def fails():
        with T.no_grad():
            raise ValueError

    return attempt(fails), T.is_grad_enabled()


@gradients
def mode_arguments(T):
    return attempt(lambda: T.set_grad_enabled(1)), T.is_grad_enabled()


@gradients
def creation_under_no_grad_requires_grad(T):
    with T.no_grad():
        x = T.ones(2, requires_grad=True)
        y = T.zeros(2).requires_grad_()
    return x.requires_grad, y.requires_grad


@gradients
def integers_and_bools_carry_no_gradient(T):
    x = leaf(T)
    return (x > 2).requires_grad, x.argmax().requires_grad, x.long().requires_grad, x.detach().requires_grad


@gradients
def through_integer_tensors(T):
    x = leaf(T)
    n = T.tensor([1, 2, 3, 4])
    (x * n).sum().backward()
    return x.grad, n.grad is None


@gradients
def zero_size(T):
    x = T.zeros(0, 3, requires_grad=True)
    (x * 2).sum().backward()
    return x.grad


@gradients
def scalar_leaf(T):
    x = T.tensor(3.0, requires_grad=True)
    ((x - 1) ** 2).backward()
    return x.grad
