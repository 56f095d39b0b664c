"""Changes in place: on leaves, intermediates, views and views of views, between forward and backward."""

from __future__ import annotations

from . import Programs, attempt, leaf, mat

inplace = Programs()


@inplace
def add_to_intermediate(T):
    x = leaf(T)
    y = x * 2
    y.add_(x)
    (y * y).sum().backward()
    return y, x.grad, y._version


@inplace
def multiply_by_itself(T):
    x = leaf(T)
    y = x * 2
    y.mul_(y)
    y.sum().backward()
    return y, x.grad


@inplace
def exp_in_place_then_backward(T):
    x = leaf(T)
    y = (x * 0.5).exp_()
    (y * 3).sum().backward()
    return y, x.grad, y._version


@inplace
def saved_output_is_changed(T):
    x = leaf(T)
    y = x.exp()
    y.add_(1)
    y.sum().backward()


@inplace
def saved_input_is_changed(T):
    x = leaf(T)
    w = T.ones(4)
    y = x * w
    w.add_(1)
    y.sum().backward()


@inplace
def unsaved_input_is_changed(T):
    x = leaf(T)
    w = T.ones(4)
    y = x + w
    w.add_(1)
    y.sum().backward()
    return x.grad


@inplace
def leaf_in_place(T):
    leaf(T).add_(1)


@inplace
def leaf_in_place_under_no_grad(T):
    x = leaf(T)
    with T.no_grad():
        x.add_(1)
    y = (x * x).sum()
    y.backward()
    return x, x.grad, x._version


@inplace
def leaf_changed_between(T):
    x = leaf(T)
    y = (x * x).sum()
    with T.no_grad():
        x.mul_(2)
    y.backward()


@inplace
def leaf_changed_between_through_data(T):
    x = leaf(T)
    y = (x * x).sum()
    x.data.mul_(2)
    y.backward()
    return x, x.grad, x._version


@inplace
def leaf_changed_between_through_detach(T):
    x = leaf(T)
    y = (x * x).sum()
    x.detach().mul_(2)
    y.backward()


@inplace
def view_of_leaf_in_place(T):
    leaf(T)[0].add_(1)


@inplace
def view_of_leaf_in_place_under_no_grad(T):
    x = leaf(T)
    with T.no_grad():
        x[:2].mul_(5)
    (x * x).sum().backward()
    return x, x.grad, x._version


@inplace
def view_of_intermediate(T):
    x = leaf(T)
    y = x * 2
    v = y[1:3]
    v.mul_(3)
    (y * y).sum().backward()
    return y, v, x.grad, y._version, v._version


@inplace
def view_then_its_own_gradient(T):
    x = leaf(T)
    y = x * 2
    v = y[1:3]
    v.mul_(x[:2])
    (v.sum() * 2 + y.sum()).backward()
    return y, v, x.grad


@inplace
def base_changed_view_used(T):
    x = leaf(T)
    y = x * 2
    v = y[1:3]
    y.mul_(3)
    (v * v).sum().backward()
    return v, x.grad, v._version


@inplace
def two_views_one_changed(T):
    x = leaf(T)
    y = x * 1
    a, b = y[:3], y[1:]
    a.mul_(2)
    (b * b).sum().backward()
    return y, a, b, x.grad


@inplace
def view_of_view_changed(T):
    x = mat(T)
    y = x * 1
    v = y[0]
    w = v[1:]
    w.mul_(x[1, :2])
    (y * y).sum().backward()
    return y, v, w, x.grad


@inplace
def transposed_view_changed(T):
    x = mat(T)
    y = x * 1
    y.t()[0].mul_(3)
    y.t().add_(1)
    (y * y).sum().backward()
    return y, x.grad


@inplace
def reshaped_view_changed(T):
    x = mat(T)
    y = x * 1
    y.view(6)[2:5].mul_(3)
    y.reshape(3, 2)[1].exp_()
    (y * y).sum().backward()
    return y, x.grad


@inplace
def diagonal_view_changed(T):
    x = leaf(T, *[float(i) for i in range(9)]).reshape(3, 3)
    x.retain_grad()
    y = x * 1
    y.diagonal().mul_(4)
    (y * y).sum().backward()
    return y, x.grad


@inplace
def unsqueezed_and_expanded(T):
    x = leaf(T)
    y = x * 1
    y.unsqueeze(0)[0, 1:].mul_(2)
    (y.unsqueeze(1).expand(4, 3) * 2).sum().backward()
    return y, x.grad


@inplace
def expanded_is_not_writable(T):
    T.ones(1).expand(3).add_(1)


@inplace
def constant_base_takes_history_through_view(T):
    x = leaf(T)
    y = T.zeros(4)
    y[1:3].add_(x[:2])
    (y * y).sum().backward()
    return y, x.grad, y.requires_grad


@inplace
def view_made_before_base_gets_history(T):
    x = leaf(T)
    y = T.zeros(4)
    v = y[:2]
    y.add_(x)
    (v * v).sum().backward()
    return v, x.grad, v.requires_grad


@inplace
def setitem_in_a_loop(T):
    x = leaf(T)
    h = T.zeros(4)
    for i in range(4):
        h[i] = x[i] * (h[i - 1] if i else 1.0)
    h.sum().backward()
    return h, x.grad, h._version


@inplace
def setitem_rows(T):
    x = leaf(T)
    out = T.zeros(3, 4)
    for i in range(3):
        out[i] = x * (i + 1)
    out[1, ::2] = 0.0
    out[:, -1] = x[0]
    (out * out).sum().backward()
    return out, x.grad


@inplace
def setitem_mask(T):
    x = leaf(T)
    y = x * 1
    y[y > 2] = 0.0
    (y * y).sum().backward()
    return y, x.grad


@inplace
def setitem_mask_with_values(T):
    x = leaf(T)
    y = x * 1
    y[T.tensor([True, False, True, False])] = x[:2] * 5
    (y * y).sum().backward()
    return y, x.grad


@inplace
def setitem_index_list(T):
    x = leaf(T)
    y = x * 1
    y[[0, 3]] = x[1:3]
    (y * y).sum().backward()
    return y, x.grad


@inplace
def setitem_from_itself(T):
    x = leaf(T)
    y = x * 1
    y[1:] = y[:-1].clone()
    (y * y).sum().backward()
    return y, x.grad


@inplace
def setitem_on_leaf(T):
    x = leaf(T)
    x[0] = 3.0


@inplace
def setitem_on_plain_tensor(T):
    y = T.zeros(3)
    y[0] = 3.0
    y[1:] = T.ones(2)
    return y, y._version, y.requires_grad


@inplace
def setitem_saved_before(T):
    x = leaf(T)
    y = x * 1
    z = y * y
    y[0] = 0.0
    z.sum().backward()


@inplace
def view_saved_then_base_changed(T):
    x = leaf(T)
    y = x * 1
    v = y[:2]
    z = v * v
    y[3] = 0.0
    z.sum().backward()


@inplace
def saved_by_add_then_changed(T):
    x = leaf(T)
    y = x * 1
    z = y + y
    y.zero_()
    z.sum().backward()
    return x.grad


@inplace
def relu_in_place(T):
    x = leaf(T, -1.0, 2.0, 0.0)
    y = (x * 2).relu_()
    y.sum().backward()
    return y, x.grad


@inplace
def relu_in_place_twice_used(T):
    x = leaf(T, -1.0, 2.0, 0.0)
    h = x * x
    h.relu_()
    h.sum().backward()
    return x.grad


@inplace
def sigmoid_then_in_place(T):
    x = leaf(T)
    s = x.sigmoid()
    s.mul_(2)
    s.sum().backward()


@inplace
def clamp_in_place(T):
    x = leaf(T)
    y = x * 1
    y.clamp_(1.5, 3.5)
    (y * x).sum().backward()
    return y, x.grad


@inplace
def zero_in_place_stops_gradient(T):
    x = leaf(T)
    y = x * 3
    y.zero_()
    y.add_(x)
    y.sum().backward()
    return y, x.grad


@inplace
def fill_view(T):
    x = leaf(T)
    y = x * 3
    y[:2].fill_(7.0)
    y.sum().backward()
    return y, x.grad


@inplace
def copy_from(T):
    x = leaf(T)
    y = T.zeros(2, 4)
    y.copy_(x)
    (y * T.arange(8.0).reshape(2, 4)).sum().backward()
    return y, x.grad


@inplace
def copy_casts(T):
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    y = T.zeros(2)
    y.copy_(x)
    (y * y).sum().backward()
    return y, x.grad


@inplace
def add_double_in_place_to_float(T):
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    y = T.zeros(2)
    y.add_(x)
    (y * y).sum().backward()
    return y, x.grad


@inplace
def in_place_cannot_grow(T):
    T.ones(1).add_(T.ones(3))


@inplace
def in_place_cannot_become_float(T):
    T.ones(3, dtype=T.int64).add_(0.5)


@inplace
def iadd_on_intermediate(T):
    x = leaf(T)
    y = x * 2
    y += x
    y *= 3
    y -= 1
    y /= 2
    y **= 2
    y.sum().backward()
    return y, x.grad, y._version


@inplace
def optimizer_step(T):
    w = leaf(T)
    for _ in range(3):
        (w * w).sum().backward()
        with T.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
    return w, w._version


@inplace
def grad_is_changed_in_place(T):
    w = leaf(T)
    (w * w).sum().backward()
    first = w.grad
    (w * 3).sum().backward()
    w.grad.zero_()
    return first, w.grad, first is w.grad


@inplace
def versions_are_shared(T):
    x = T.zeros(4)
    v, d = x[:2], x.detach()
    v.add_(1)
    d.add_(1)
    return x._version, v._version, d._version, x.data._version, x.clone()._version


@inplace
def detach_shares_memory(T):
    x = leaf(T)
    y = x * 2
    d = y.detach()
    d.add_(1)
    y.sum().backward()
    return y, d, x.grad, d.requires_grad


@inplace
def detach_in_place(T):
    x = leaf(T)
    y = x * 2
    y.detach_()
    return y, y.is_leaf, attempt(lambda: (x * 2)[:1].detach_() is None)


@inplace
def data_is_set(T):
    x = leaf(T)
    y = x * x
    x.data = T.zeros(4)
    y.sum().backward()
    return x, x.grad, x._version


@inplace
def data_of_another_shape(T):
    x = leaf(T)
    x.data = T.zeros(2)
    (x + 1).sum().backward()
    return x, x.grad


@inplace
def requires_grad_rules(T):
    x = leaf(T)
    y = x * 2
    z = y.detach()
    z.requires_grad_()
    return [
        attempt(lambda: y.requires_grad_(False)),
        y.requires_grad_() is y,
        z.is_leaf,
        attempt(lambda: T.ones(2, dtype=T.int64).requires_grad_()),
        attempt(lambda: T.ones(2, dtype=T.int64, requires_grad=True)),
        x.requires_grad_(False).requires_grad,
        attempt(lambda: setattr(y, "requires_grad", False)),
        x.is_leaf, y.is_leaf, T.ones(1).is_leaf, (T.ones(1) * 2).is_leaf,
    ]  # fmt: skip


@inplace
def requires_grad_off_between(T):
    x = leaf(T)
    y = x * x
    x.requires_grad_(False)
    y.sum().backward()
    return x.grad, x.requires_grad


@inplace
def in_place_makes_a_constant_require_grad(T):
    x = leaf(T)
    y = T.ones(4)
    assert y.is_leaf
    y.mul_(x)
    return y.requires_grad, y.is_leaf


@inplace
def retain_grad_moves_with_in_place(T):
    x = leaf(T)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    return y.grad, x.grad, y.retains_grad


@inplace
def hook_stays_with_the_old_value(T):
    x = leaf(T)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.clone()))
    y.mul_(3)
    y.register_hook(lambda g: seen.append(g.clone()))
    y.sum().backward()
    return seen


@inplace
def view_of_a_view_after_base_changed_twice(T):
    x = leaf(T)
    y = x * 1
    v = y[:3]
    w = v[1:]
    y.mul_(2)
    v.mul_(3)
    y.mul_(x)
    (w * w).sum().backward()
    return w, v, y, x.grad, w._version


@inplace
def no_grad_view_changed_with_grad(T):
    x = leaf(T)
    y = x * 1
    with T.no_grad():
        v = y[:2]
    return attempt(lambda: v.mul_(2) is v), v.requires_grad


@inplace
def view_changed_under_no_grad(T):
    x = leaf(T)
    y = x * 1
    v = y[:2]
    with T.no_grad():
        v.mul_(2)
    (y * y).sum().backward()
    return y, x.grad, v.requires_grad


@inplace
def unbound_rows_changed(T):
    x = mat(T)
    y = x * 1
    rows = y.unbind(0)
    return attempt(lambda: rows[0].mul_(2) is rows[0])


@inplace
def chunk_changed(T):
    x = mat(T)
    y = x * 1
    a, _ = y.chunk(2)
    return attempt(lambda: a.mul_(2) is a)


@inplace
def select_in_loop_changes_rows(T):
    x = mat(T)
    y = x * 1
    for i in range(2):
        y[i].mul_(i + 2)
    (y * y).sum().backward()
    return y, x.grad


@inplace
def changed_twice_under_second_order(T):
    x = leaf(T)
    y = x * 1
    y[:2].mul_(x[2:])
    y.mul_(x)
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    (g * g).sum().backward()
    return g, x.grad


@inplace
def masked_fill_in_place(T):
    x = leaf(T)
    y = x * x
    y.masked_fill_(T.tensor([True, False, False, True]), -1.0)
    y.sum().backward()
    return y, x.grad


@inplace
def backward_after_change_of_what_the_loss_kept(T):
    x = leaf(T)
    y = x * 1
    loss = (y * y).sum()
    y.detach().zero_()
    loss.backward()
