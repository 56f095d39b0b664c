"""The shapes of a convolution, checked once: every conv kernel takes its loop bounds from here.

Imports the standard library only.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

Ints = tuple[int, ...]

_MAX_BYTES = 2**62


@dataclass(frozen=True, eq=False)
class Geometry:
    """Sizes of one convolution: x (batch, c_in, *size), w (c_out, c_in/groups, *kernel), out (batch, c_out, *out).

    Compared by identity: `geometry` hands out one object per set of arguments.
    """

    batch: int
    c_in: int
    c_out: int
    groups: int
    size: Ints
    kernel: Ints
    out: Ints
    stride: Ints
    padding: Ints
    dilation: Ints

    @functools.cached_property
    def x_shape(self) -> Ints:
        return (self.batch, self.c_in, *self.size)

    @functools.cached_property
    def w_shape(self) -> Ints:
        return (self.c_out, self.c_in // self.groups, *self.kernel)

    @functools.cached_property
    def out_shape(self) -> Ints:
        return (self.batch, self.c_out, *self.out)

    @functools.cached_property
    def taps(self) -> int:
        return math.prod(self.kernel)

    @functools.cached_property
    def positions(self) -> int:
        """Output positions of one image."""
        return math.prod(self.out)

    @functools.cached_property
    def is_pointwise(self) -> bool:
        """Whether the columns of x are x itself."""
        return self.taps == 1 and set(self.stride) == {1} and not any(self.padding)

    @functools.cached_property
    def is_patches(self) -> bool:
        """Whether no value of x is seen twice."""
        return not any(self.padding) and all(s >= d * (k - 1) + 1 for s, d, k in zip(self.stride, self.dilation, self.kernel, strict=True))

    @functools.cached_property
    def multiplies(self) -> int:
        return self.batch * self.c_out * self.positions * self.taps * (self.c_in // self.groups)

    @functools.cached_property
    def mirrored(self) -> Geometry | None:
        """The convolution of the output's gradient with the kernels turned by 180 degrees that yields the gradient for x.

        None unless the stride is 1 and the padding less than the kernel's reach.
        """
        padding = tuple(d * (k - 1) - p for d, k, p in zip(self.dilation, self.kernel, self.padding, strict=True))
        if set(self.stride) != {1} or min(padding) < 0:
            return None
        return Geometry(
            self.batch, self.c_out, self.c_in, self.groups, self.out, self.kernel, self.size, self.stride, padding, self.dilation
        )  # fmt: skip

    @functools.cached_property
    def lifted(self) -> Geometry:
        """The same convolution with three spatial dimensions, for loops written once for 1-d to 3-d."""
        missing = 3 - len(self.size)
        if missing == 0:
            return self
        one, none = (1,) * missing, (0,) * missing
        return Geometry(
            self.batch, self.c_in, self.c_out, self.groups, one + self.size, one + self.kernel, one + self.out,
            one + self.stride, none + self.padding, one + self.dilation,
        )  # fmt: skip


@functools.lru_cache(maxsize=1024)
def geometry(x_shape: Ints, w_shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int) -> Geometry:
    """Check the arguments of a convolution and compute its output size.

    out = (size + 2·padding - dilation·(kernel - 1) - 1) // stride + 1, per dimension.
    Raises RuntimeError, as PyTorch does, with what was given, expected and the fix.
    """
    rank = len(x_shape) - 2
    if not 1 <= rank <= 3 or len(w_shape) != rank + 2:
        raise RuntimeError(
            f"conv: got input of shape {tuple(x_shape)} and weight of shape {tuple(w_shape)}, expected (N, C, *size) and "
            f"(O, C/groups, *kernel) with the same 1 to 3 spatial dimensions: add or remove dimensions"
        )
    for name, values, least in (("stride", stride, 1), ("padding", padding, 0), ("dilation", dilation, 1)):
        if len(values) != rank or any(value < least for value in values):
            raise RuntimeError(f"conv: got {name} {tuple(values)}, expected {rank} integers of at least {least}")
    batch, c_in = x_shape[:2]
    c_out, per_group = w_shape[:2]
    if groups < 1 or c_out % groups or c_in != per_group * groups:
        raise RuntimeError(
            f"conv: got input with {c_in} channels, weight of shape {tuple(w_shape)} and groups={groups}, expected input channels = "
            f"{per_group} * groups and output channels divisible by groups: make the weight's second size {c_in}/groups"
        )
    size, kernel = tuple(x_shape[2:]), tuple(w_shape[2:])
    out = []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        span = d * (k - 1) + 1
        if k < 1 or n + 2 * p < span:
            raise RuntimeError(
                f"conv: got kernel size {kernel} with dilation {tuple(dilation)} on input size {size} padded by {tuple(padding)}, expected "
                f"every dimension of the padded input to hold the kernel: pad more or use a smaller kernel"
            )
        out.append((n + 2 * p - span) // s + 1)
    if batch * c_out * math.prod(out) * 8 >= _MAX_BYTES:
        raise RuntimeError(f"conv: an output of shape {(batch, c_out, *out)} is too large: use less padding or a larger stride")
    return Geometry(batch, c_in, c_out, groups, size, kernel, tuple(out), tuple(stride), tuple(padding), tuple(dilation))
