"""Programs of the kind users write, each run here and with PyTorch: values, types, strides, grad_fn, printed text, warnings, errors."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.parity.programs import compare  # noqa: E402  after the skip

PROGRAMS = {
    "reading by every form of index": """
x = torch.arange(12.).view(3, 4)
x[1], x[-1, -1], x[..., 1], x[None], x[::2], x[True], x[False], x[[0, 1]], x[[0, 1], [1, 2]], x[[0, 1], 1:3], x[:, [0, 1]], x[..., ...]
x[torch.tensor(1)], x[torch.tensor([1, 0]), torch.tensor([1, 1])], x[x > 5], x[x[:, 0] > 3, 1], x[torch.tensor([], dtype=torch.long)]
x[torch.tensor([0, 1]), :, None], x[1, torch.tensor([0, 1])], x[None, torch.tensor([0, 1])], x[torch.tensor(True)], x[()], x[range(2)]
x[torch.tensor([1, 0, 1], dtype=torch.uint8)]
x[5]
x[0, 9]
x[1, 2, 3]
x[..., ..., 0]
x[::-1]
x[1.5]
x[torch.tensor([1.])]
x[torch.tensor([7])]
x[torch.tensor([True, False])]
x[torch.tensor([0, 1], dtype=torch.int16)]
""",
    "writing by every form of index": """
x = torch.arange(12.).view(3, 4)
x[0] = torch.arange(4.)
x[:, 1] = torch.tensor([1., 2., 3.])
x[x > 5] = -1
x[0:2, 0:2] = torch.ones(2, 2) * 7
x[[0, 2]] = torch.ones(4)
x[0, 0] = torch.tensor([3])
x[torch.tensor([0, 1]), torch.tensor([1, 2])] = torch.tensor([8., 9.])
x[x < 0] = torch.tensor(5.)
x[..., 0] += 1
x[x > 1] *= 2
x
x[:, 1] = torch.tensor([1., 2.])
x[0] = torch.arange(8.).view(2, 4)
x[0] = [1, 2, 3, 4]
x[0] = None
x[5] = 1
x[torch.tensor([0, 1])] = torch.ones(3)
x[torch.tensor([0, 1]), torch.tensor([1, 2])] = torch.tensor([8, 9])
x[x > 1] = torch.tensor([1., 2.])
del x[0]
""",
    "numbers that do not fit": """
x = torch.zeros(3); i = torch.zeros(3, dtype=torch.int64); u = torch.zeros(3, dtype=torch.uint8); s = torch.zeros(3, dtype=torch.int8)
m = torch.tensor([True, False, True]); h = torch.zeros(3, dtype=torch.float16)
x[0] = 1e40
x[0] = float('inf')
x.fill_(1e40)
h.fill_(1e6)
i[0] = 1e20
i[0] = float('nan')
u[0] = 300
u[0] = -1
u[0] = -300
u[0] = 255.5
s[m] = 200
u.fill_(300)
s.fill_(-200)
u.masked_fill_(m, 300)
torch.full((2,), 300, dtype=torch.uint8)
torch.full((2,), 1e40)
torch.full_like(u, -1)
torch.tensor(300, dtype=torch.uint8)
torch.tensor([-1], dtype=torch.uint8)
torch.tensor(float('nan'), dtype=torch.int64)
torch.tensor(1e40)
x, i, u, s
""",
    "operators with numbers": """
x = torch.tensor([1., 2.], requires_grad=True)
2 - x, x - 2, 2 / x, x / 2, 2 ** x, x ** 2, 1 * x, torch.rsub(x, 2)
y = x * 2
y -= 1
y /= 2
(3 - y).sum().backward()
x.grad
2 - torch.tensor([1]), 2.5 - torch.tensor([1]), 2 / torch.tensor([4])
2 - torch.tensor([True])
torch.tensor([1, 2], dtype=torch.uint8) // 2
torch.pow(torch.tensor([True]), torch.tensor([True]))
torch.tensor([1, 2]) ** -1
-torch.tensor([True])
torch.tensor([1.]) + "a"
torch.tensor([1]) & 1.5
""",
    "names of the steps of products": """
a = torch.ones(2, 2, 2, requires_grad=True); b = torch.ones(2, 2, requires_grad=True); c = torch.ones(2, requires_grad=True)
a @ torch.ones(2, 2), a @ torch.ones(2), c @ torch.ones(2, 2, 2), b @ torch.ones(2), c @ torch.ones(2, 2), b @ b, c @ c, a @ a
""",
    "what is warned of": """
t = torch.ones(2)
torch.tensor(t)
torch.tensor([1.]).std()
torch.ones(3, 1).var(1)
torch.ones(3, 1).std(1, correction=0)
torch.ones(2, 3).std()
""",
    "lists where tensors belong and tensors where lists belong": """
torch.cat(torch.ones(2))
torch.stack(torch.ones(2, 2))
torch.cat([torch.ones(2), 1])
torch.cat([])
torch.ones(2).to("cuda")
""",
    "gradients at NaN": """
F = torch.nn.functional
nan, inf = float('nan'), float('inf')
def slope(f, *values):
    x = torch.tensor(list(values) or [nan, inf, -inf, 0., 1., -1., 3., -3., 6., 0.5, -0.5, 20.], requires_grad=True)
    f(x).sum().backward()
    return x.grad
slope(F.hardtanh), slope(F.relu6), slope(F.hardswish), slope(F.hardsigmoid), slope(F.elu), slope(F.selu), slope(F.celu), slope(F.relu)
slope(F.softshrink), slope(F.hardshrink), slope(F.leaky_relu), slope(F.softsign), slope(lambda x: x.clamp(-1, 2)), slope(lambda x: x.abs())
slope(torch.max), slope(torch.min), slope(torch.max, 1., nan, nan), slope(torch.max, 1., 2., 2.), slope(lambda x: x.view(3, 4).max(1)[0])
slope(lambda x: x.norm(inf)), slope(lambda x: x.norm(inf), 1., -2., 2.), slope(lambda x: x.norm(), 0., 0.), slope(lambda x: x.view(3, 4).amax(1))
""",
    "second gradients at NaN": """
x = torch.tensor([float('nan'), 1., -2.], requires_grad=True)
def second(f):
    g, = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return g.detach()
second(torch.nn.functional.hardtanh), second(torch.nn.functional.elu), second(torch.nn.functional.hardshrink), second(torch.max)
""",
    "windows": """
[getattr(torch, w + "_window")(n, p) for w in ("hann", "hamming", "blackman", "bartlett", "kaiser") for n in (0, 1, 2, 5, 8) for p in (True, False)]
torch.hann_window(4, dtype=torch.float64), torch.hamming_window(4, True, 0.5, 0.4), torch.kaiser_window(4, True, 5.)
torch.hann_window(-1)
torch.hann_window(3, dtype=torch.int64)
torch.hann_window(2.5)
""",
    "functions rarely met": """
torch.range(0, 3), torch.range(1, 2, 0.5), torch.range(1, 3, dtype=torch.int64)
torch.range(3, 0)
torch.frombuffer(bytearray(b"abcd"), dtype=torch.uint8), torch.frombuffer(bytearray(8), dtype=torch.float32, count=1, offset=4)
torch.frombuffer(bytearray(5), dtype=torch.float32)
torch.frombuffer(bytearray(4), dtype=torch.float32, count=2)
torch.fill(torch.zeros(2), 3), torch.fill_(torch.zeros(2), 3), torch.zero_(torch.ones(2)), torch.get_device(torch.ones(2)), torch.is_conj(torch.ones(1))
torch.fill(torch.zeros(2), torch.ones(2))
x = torch.arange(3.)
x.apply_(lambda v: v * 2), x.map_(torch.ones(3), lambda a, b: a + b)
x.requires_grad_().apply_(lambda v: v)
y = torch.zeros(2)
y.set_(torch.ones(2, 2)), y.is_set_to(y), y.is_set_to(torch.ones(2, 2)), y.to_dense() is y, y.is_nested
y.set_(torch.ones(2, dtype=torch.int64))
torch.empty_strided((2, 3), (1, 2)).zero_(), y.new_empty_strided((2,), (1,)).shape
""",
    "backward that records": """
x = torch.tensor(2., requires_grad=True)
(x ** 3).backward(create_graph=True)
x.grad.item()
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_program(program):
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)  # what it has said in another test it would keep back
    try:
        compare(program)
    finally:
        torch.set_warn_always(before)
