"""Samples of the ops that change shapes, put elements elsewhere, join and cut."""

from __future__ import annotations

from .build import Sample, bools, call, fixed, ints, no_grad, real


def packed(*args: object) -> Sample:
    """A call that needs memory without gaps."""
    return Sample(args, layout=False)


def ours(*args: object) -> Sample:
    """A call that PyTorch's function does not take (its method does)."""
    return Sample(args, parity=False)


RECORDS = {
    "reshape": [call(real(2, 6), (3, 4)), call(real(2, 6), (-1,)), call(real(0, 3), (3, 0)), call(real(1), ()), ours(real(2, 6), 3, 4)],
    "view": [packed(real(2, 6), (3, 4)), packed(real(2, 6), (-1,)), packed(real(2, 3), 6)],
    "permute": [call(real(2, 3, 4), (2, 0, 1)), call(real(2, 3, 4), (-1, 0, -2)), call(real(), ())],
    "transpose": [call(real(2, 3, 4), 0, 2), call(real(2, 3), -1, -2), call(real(), 0, -1)],
    "swapaxes": [call(real(2, 3, 4), 0, 2)],
    "swapdims": [call(real(2, 3, 4), 0, -1)],
    "adjoint": [call(real(2, 3, 4)), call(real())],
    "expand": [call(real(3, 1), (2, 3, 4)), call(real(3, 1), (-1, 4)), call(real(), (2, 2)), call(real(1, 3), (0, 3))],
    "expand_as": [call(real(3, 1), real(2, 3, 4))],
    "view_as": [packed(real(2, 6), real(3, 4))],
    "reshape_as": [call(real(2, 6), real(3, 4))],
    "broadcast_to": [call(real(3, 1), (2, 3, 4))],
    "broadcast_tensors": [call(real(3, 1), real(2, 1, 4), real())],
    "sum_to_size": [call(real(2, 3, 4), (3, 1)), call(real(2, 3), 1, 3)],
    "unsqueeze": [call(real(2, 3), 0), call(real(2, 3), -1), call(real(), 0)],
    "squeeze": [call(real(1, 3, 1)), call(real(1, 3, 1), 0), call(real(1, 3, 1), (0, 2)), call(real(2, 3), 0)],
    "flatten": [call(real(2, 3, 4)), call(real(2, 3, 4), 1), call(real(2, 3, 4), 0, 1), call(real())],
    "unflatten": [call(real(2, 6), 1, (2, 3)), call(real(2, 6), -1, (-1, 2)), call(real(6, 2), 0, (3, 1, 2))],
    "ravel": [call(real(2, 3)), call(real()), call(real(0, 2))],
    "movedim": [call(real(2, 3, 4), 0, 2), call(real(2, 3, 4), (0, -1), (1, 0)), call(real(), 0, 0)],
    "select": [call(real(3, 4), 0, 1), call(real(3, 4), 1, -1), call(real(2, 3, 4), -2, 0)],
    "narrow": [call(real(5, 3), 0, 1, 3), call(real(5, 3), 1, -2, 1), call(real(5), 0, 5, 0)],
    "narrow_copy": [call(real(5, 3), 0, 1, 3)],
    "diagonal": [call(real(3, 4)), call(real(3, 4), 1), call(real(2, 3, 4), -1, 0, 2), call(real(3, 4), 7)],
    "linalg.diagonal": [call(real(2, 3, 4)), call(real(2, 3, 4), offset=1, dim1=0, dim2=1)],
    "unfold": [call(real(7), 0, 3, 2), call(real(3, 6), 1, 2, 1), call(real(6, 3), 0, 5, 1), call(real(4), 0, 0, 1), call(real(), 0, 1, 1)],
    "atleast_1d": [call(real()), call(real(2, 3)), call(real(), real(2))],
    "atleast_2d": [call(real()), call(real(3)), call(real(2, 3, 4)), call([real(), real(2)])],
    "atleast_3d": [call(real()), call(real(3)), call(real(2, 3)), call(real(2, 3, 4)), call(real(), real(2))],
    "diagonal_scatter": [call(real(3, 4), real(3)), call(real(2, 3, 4), real(3, 2), 0, 0, 2)],
    "select_scatter": [call(real(3, 4), real(4), 0, 1), call(real(3, 4), real(3), -1, -1)],
    "slice_scatter": [
        call(real(5, 3), real(2, 3), 0, 1, 3),
        call(real(5, 3), real(3, 3), start=0, end=9, step=2),
        call(real(2, 3), real(2, 3)),
    ],
    "as_strided": [
        packed(real(2, 3), (2, 2), (1, 2)),
        packed(real(2, 3), (2, 2), (1, 2), 1),
        packed(real(6), (4, 3), (1, 1)),
        packed(real(5), (), (), 2),
    ],
    "as_strided_scatter": [
        Sample((real(2, 3), real(2, 2), (2, 2), (1, 2)), parity=False, layout=False),  # PyTorch's gradient for x is not its derivative
        no_grad(real(6), real(3), (3,), (2,), 1),
    ],
    "clone": [call(real(2, 3))],
    "flip": [call(real(2, 3, 4), (0, 2)), call(real(3), (-1,)), call(real(2, 3), ()), ours(real(2, 3), 0, 1)],
    "fliplr": [call(real(2, 3))],
    "flipud": [call(real(2, 3)), call(real(3))],
    "roll": [
        call(real(3, 4), 1),
        call(real(3, 4), 2, 1),
        call(real(3, 4), (1, -5), (0, 1)),
        call(real(), 1),
        call(real(3, 4), (1, 2), (0, 0)),
    ],
    "rot90": [call(real(2, 3)), call(real(2, 3), 2), call(real(2, 3, 4), -1, (0, 2)), call(real(2, 3), 4)],
    "repeat": [call(real(2, 3), (2, 1)), call(real(3), (2, 2)), call(real(2, 1), 1, 1, 3), call(real(2), (0,)), call(real(), (3,))],
    "tile": [call(real(2, 3), (2,)), call(real(3), (2, 2)), call(real(2, 3), (2, 1, 3))],
    "repeat_interleave": [
        call(real(2, 3), 2),
        call(real(2, 3), 2, 1),
        call(real(2, 3), fixed([0, 3]), 0),
        call(real(3), fixed([2])),
        no_grad(fixed([1, 0, 2])),
        call(real(), 3),
    ],
    "tril": [call(real(3, 4)), call(real(2, 3, 3), -1), call(real(3, 4), 5), no_grad(ints(3, 3))],
    "triu": [call(real(3, 4)), call(real(2, 3, 3), -1), call(real(3, 4), 5), no_grad(bools(3, 3))],
    "diag": [call(real(3)), call(real(3), -1), call(real(3, 4)), call(real(3, 4), 1)],
    "diag_embed": [call(real(2, 3)), call(real(2, 3), 1), call(real(2, 3), -1, 0, 2)],
    "diagflat": [call(real(2, 3)), call(real(3), 1), call(real())],
    "block_diag": [call(real(2, 3), real(2), real()), call(real(1, 2), real(2, 1))],
    "kron": [call(real(2, 3), real(3, 2)), call(real(2), real(3, 2)), call(real(), real(2, 2))],
    "meshgrid": [
        call(real(2), real(3), indexing="ij"),
        call(real(2), real(3), real(4), indexing="xy"),
        call([real(2), real()], indexing="ij"),
    ],
    "cartesian_prod": [call(real(2), real(3)), call(real(2))],
    "combinations": [call(real(4)), call(real(4), 3), call(real(3), 2, True), call(real(3), 1)],
    "cross": [call(real(4, 3), real(4, 3)), call(real(3, 4), real(3, 4)), call(real(2, 3), real(2, 3), 1)],
    "linalg.cross": [call(real(4, 3), real(4, 3)), call(real(4, 3), real(1, 3)), call(real(3, 4), real(3, 4), dim=0)],
    "cat": [
        call([real(2, 3), real(4, 3)]),
        call([real(2, 3), real(2, 1)], 1),
        call([real(2, 3), real(2, 0)], -1),
        call([real(2), real(0)]),
    ],
    "stack": [call([real(2, 3), real(2, 3)]), call([real(2, 3), real(2, 3)], -1), call([real()] * 3)],
    "hstack": [call([real(2, 3), real(2, 1)]), call([real(2), real(3)]), call([real(), real()])],
    "vstack": [call([real(2, 3), real(1, 3)]), call([real(3), real(3)]), call([real(), real()])],
    "dstack": [call([real(2, 3), real(2, 3)]), call([real(3), real(3)]), call([real(2, 3, 1), real(2, 3, 2)])],
    "column_stack": [call([real(3), real(3, 2)]), call([real(), real()])],
    "split": [call(real(5, 3), 2), call(real(5, 3), [1, 4]), call(real(2, 5), 3, 1), call(real(5), 9)],
    "split_with_sizes": [call(real(5, 3), [1, 4]), call(real(2, 5), (2, 0, 3), 1)],
    "chunk": [call(real(5, 3), 2), call(real(2, 5), 3, 1), call(real(3), 7)],
    "tensor_split": [call(real(7, 2), 3), call(real(7), (2, 5)), call(real(2, 7), [1, 9, 3], 1), call(real(3), 5)],
    "hsplit": [call(real(4, 6), 3), call(real(6), (2, 4))],
    "vsplit": [call(real(4, 6), 2), call(real(4, 6), [1])],
    "dsplit": [call(real(2, 2, 6), 3), call(real(2, 2, 6), [2])],
    "unbind": [call(real(3, 2)), call(real(3, 2), 1), call(real(3))],
    "t": [call(real(2, 3)), call(real(3)), call(real())],
}
