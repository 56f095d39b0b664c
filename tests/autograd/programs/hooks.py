"""Hooks on tensors, nodes, accumulated gradients and saved tensors; their order; what they may return."""

from __future__ import annotations

from . import Programs, attempt, leaf, mat, sub

hooks = Programs()


def logged(log, name, result=None):
    """A hook that notes its arguments."""

    def hook(*args):
        log.append((name, [tuple(a) if isinstance(a, tuple) else a for a in args]))
        return None if result is None else result(*args)

    return hook


@hooks
def order(T):
    log = []
    x = leaf(T)
    y = x * 2
    y.register_hook(logged(log, "tensor 1", lambda g: g * 10))
    y.grad_fn.register_prehook(logged(log, "before"))
    y.grad_fn.register_hook(logged(log, "after"))
    y.retain_grad()
    y.register_hook(logged(log, "tensor 2"))
    x.register_hook(logged(log, "leaf"))
    x.register_post_accumulate_grad_hook(lambda t: log.append(("accumulated", t.grad.clone(), t is x)))
    end = y.grad_fn.next_functions[0][0]
    end.register_hook(logged(log, "leaf after"))
    end.register_prehook(logged(log, "leaf before"))
    y.sum().backward(retain_graph=True)
    first, log[:] = list(log), []
    T.autograd.grad(y.sum(), x, retain_graph=True)
    second, log[:] = list(log), []
    T.autograd.grad(y.sum(), y, retain_graph=True)
    return first, second, log, y.grad


@hooks
def returned_values(T):
    x = leaf(T)
    out = {}
    for name, hook in {
        "number": lambda g: 3,
        "shape": lambda g: g[:1],
        "type": lambda g: g.double(),
        "none": lambda g: None,
        "twice": lambda g: g * 2,
    }.items():
        x.grad = None
        handle = x.register_hook(hook)
        out[name] = attempt(lambda: ((x * 2).sum().backward(), x.grad)[1])
        handle.remove()
        handle.remove()
    x.grad = None
    (x * 2).sum().backward()
    return out, x.grad


@hooks
def values_returned_on_nodes(T):
    out = {}
    for name, hook in {
        "three": lambda gi, go: (gi[0], None, None),
        "tensor": lambda gi, go: gi[0],
        "hundred": lambda gi, go: (gi[0] * 100, None),
        "none": lambda gi, go: None,
    }.items():
        x = leaf(T)
        y = x * 2
        y.grad_fn.register_hook(hook)
        out[name] = attempt(lambda x=x, y=y: (y.sum().backward(), x.grad)[1])
    for name, hook in {
        "two": lambda go: (go[0], go[0]),
        "tensor before": lambda go: go[0],
        "thrice": lambda go: (go[0] * 3,),
    }.items():
        x = leaf(T)
        y = x * 2
        y.grad_fn.register_prehook(hook)
        out[name] = attempt(lambda x=x, y=y: (y.sum().backward(), x.grad)[1])
    return out


@hooks
def where_hooks_may_stand(T):
    x = leaf(T)
    return [
        attempt(lambda: T.ones(2).register_hook(print)),
        attempt(lambda: T.ones(2).register_post_accumulate_grad_hook(print)),
        attempt(lambda: (x * 2).register_post_accumulate_grad_hook(print)),
        attempt(lambda: T.ones(2).retain_grad()),
        attempt(lambda: x.retain_grad()),
        x.retains_grad,
    ]


@hooks
def hook_under_create_graph(T):
    x = leaf(T)
    y = x * x
    y.register_hook(lambda g: g * x)
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    g.sum().backward()
    return g, x.grad


@hooks
def removed_while_running(T):
    x = leaf(T)
    log = []
    handle = x.register_hook(lambda g: (log.append(1), handle.remove())[1])
    for _ in range(2):
        (x * 1).sum().backward()
    return log


@hooks
def handle_as_context(T):
    x = leaf(T)
    with x.register_hook(lambda g: g * 5):
        (x * 1).sum().backward()
    (x * 1).sum().backward()
    return x.grad


@hooks
def retained(T):
    x = leaf(T)
    y = x * 2
    z = y * y
    y.retain_grad()
    y.retain_grad()
    z.retain_grad()
    z.sum().backward(retain_graph=True)
    z.sum().backward()
    return y.grad, z.grad, y.retains_grad, x.retains_grad


@hooks
def retained_under_create_graph(T):
    x = leaf(T)
    y = x * x
    y.retain_grad()
    (y * y).sum().backward(create_graph=True)
    (g,) = T.autograd.grad(y.grad.sum(), x)
    return y.grad, g


@hooks
def on_one_of_several_outputs(T):
    x = mat(T)
    values, _ = x.max(1)
    log = []
    values.register_hook(logged(log, "values", lambda g: g * 2))
    values.retain_grad()
    values.grad_fn.register_hook(lambda gi, go: log.append(("after", gi[0], go[0])))
    values.sum().backward()
    return log, values.grad, x.grad


@hooks
def several_gradients(T):
    register = sub(T, "autograd.graph").register_multi_grad_hook
    a, b, c = leaf(T), leaf(T), leaf(T)
    h = a * 2
    log = []
    handle = register((a, h, c), lambda gs: log.append([g if g is None else g.clone() for g in gs]))
    (h + b).sum().backward()
    (a * 3 + c).sum().backward()
    handle.remove()
    (a + c).sum().backward()
    register((a, b), lambda g: log.append(("any", g.clone())), mode="any")
    (a + b).sum().backward()
    (a + b * 2).sum().backward()
    return log, attempt(lambda: register((a, T.ones(1)), print)), attempt(lambda: register((a,), print, mode="x"))


@hooks
def saved_tensors_pass_through(T):
    graph = sub(T, "autograd.graph")
    log = []

    def pack(t):
        log.append(("pack", t.detach().clone()))
        return t * 2

    def unpack(kept):
        log.append("unpack")
        return kept

    x = leaf(T)
    with graph.saved_tensors_hooks(pack, unpack):
        y = x * x
    y.sum().backward()
    return x.grad, len(log)


@hooks
def saved_tensors_hooks_nest(T):
    graph = sub(T, "autograd.graph")
    x, log = leaf(T), []
    with graph.saved_tensors_hooks(lambda t: log.append("outer") or t, lambda t: t):
        a = x.exp()
        with graph.saved_tensors_hooks(lambda t: log.append("inner") or t, lambda t: t):
            b = x.tanh()
        c = x.sigmoid()
    (a + b + c).sum().backward()
    return log, x.grad


@hooks
def saved_tensors_hooks_and_changes(T):
    graph = sub(T, "autograd.graph")
    x = leaf(T)
    with graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        y = x.exp()
    y.add_(1)
    y.sum().backward()
    return x.grad


@hooks
def saved_tensors_hooks_go_wrong(T):
    graph = sub(T, "autograd.graph")
    x = leaf(T)
    out = []
    with graph.saved_tensors_hooks(lambda t: 3, lambda k: k):
        y = x.exp()
    out.append(attempt(lambda: y.sum().backward()))

    def changes():
        with graph.saved_tensors_hooks(lambda t: t.add_(1), lambda k: k):
            x.exp()

    def refused():
        with graph.disable_saved_tensors_hooks("none here"), graph.saved_tensors_hooks(lambda t: t, lambda k: k):
            x.exp()

    return out, attempt(changes), attempt(refused)


@hooks
def saved_on_the_cpu(T):
    graph = sub(T, "autograd.graph")
    x = leaf(T)
    with graph.save_on_cpu():
        y = (x * x).tanh().sum()
    y.backward()
    return x.grad


@hooks
def saved_tensors_hooks_second_order(T):
    graph = sub(T, "autograd.graph")
    x = leaf(T, 0.5, 0.25)
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = (x * x).tanh().sum()
        (g,) = T.autograd.grad(y, x, create_graph=True)
    g.sum().backward()
    return g, x.grad


@hooks
def custom_functions_save_through_hooks(T):
    graph = sub(T, "autograd.graph")

    class Square(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = leaf(T)
    with graph.saved_tensors_hooks(lambda t: t.detach() * 10, lambda t: t):
        y = Square.apply(x)
    y.sum().backward()
    return x.grad


@hooks
def versions_are_incremented(T):
    graph = sub(T, "autograd.graph")
    x = leaf(T)
    y = x * 1
    z = y * y
    graph.increment_version(y)
    return y._version, attempt(lambda: z.sum().backward())


@hooks
def edges(T):
    graph = sub(T, "autograd.graph")
    x = mat(T)
    y = x * x
    values, _ = y.max(1)
    out = values.sum()
    edge = graph.get_gradient_edge
    return [
        T.autograd.grad(out, edge(y), retain_graph=True),
        T.autograd.grad(out, [edge(x), edge(values)], retain_graph=True),
        edge(values).output_nr,
        edge(y).node is y.grad_fn,
        isinstance(y.grad_fn, graph.Node),
        isinstance(edge(x).node, graph.Node),
        attempt(lambda: edge(T.ones(1))),
        (out.backward(inputs=[edge(x)]), x.grad)[1],
    ]


@hooks
def notes_on_nodes(T):
    y = leaf(T) * 2
    y.grad_fn.metadata["who"] = "me"
    return y.grad_fn.metadata


@hooks
def hooks_on_numbers(T):
    log = []
    x = T.tensor(2.0, requires_grad=True)
    y = x * x
    y.register_hook(logged(log, "tensor", lambda g: g * 2))
    y.retain_grad()
    z = y.exp() * y
    z.grad_fn.register_prehook(logged(log, "before"))
    y.grad_fn.register_hook(logged(log, "after"))
    x.register_hook(logged(log, "leaf"))
    z.backward()
    x.grad += 1
    return log, x.grad, y.grad
