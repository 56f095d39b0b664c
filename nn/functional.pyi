# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd_core.dtypes import dtype as _dtype
from autograd_core.tensor.base import Size, Tensor, device as _device
from autograd_core import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means over output_size windows that cover L evenly."""
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means over output_size windows that cover (H, W) evenly; None keeps a size."""
def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Means over output_size windows that cover (D, H, W) evenly; None keeps a size."""
def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """Maxima over output_size windows that cover L evenly."""
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """adaptive_max_pool1d with the places, whatever return_indices says."""
def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """Maxima over output_size windows that cover (H, W) evenly; None keeps a size."""
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """adaptive_max_pool2d with the places, whatever return_indices says."""
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """Maxima over output_size windows that cover (D, H, W) evenly; None keeps a size."""
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: _bool = False) -> Tensor:
    """adaptive_max_pool3d with the places, whatever return_indices says."""
def affine_grid(theta: Tensor, size: Sequence[_int], align_corners: _bool | None = None) -> Tensor:
    """The grid for grid_sample that applies theta (N, 2, 3) to an output of size (N, C, H, W), or 3-d likewise."""
def alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Dropout to SELU's negative saturation, then scaled and shifted so that mean 0 and variance 1 stay."""
def avg_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """The mean over windows of (N, C, L)."""
def avg_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """The mean over windows of (N, C, H, W); divisor_override replaces the number of elements."""
def avg_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """The mean over windows of (N, C, D, H, W); divisor_override replaces the number of elements."""
def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: _Operand | None = None, bias: Tensor | None = None, training: _bool = False, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """Normalise each channel of (N, C, ...): with the batch's statistics when training (which then move the running ones), else "
    "with the running ones.
    """
def bilinear(x1: Tensor, x2: Tensor, weight: _Operand, bias: Tensor | None = None) -> Tensor:
    """x1ᵀ W_o x2 + b_o for every output o: x1 (..., in1), x2 (..., in2), weight (out, in1, in2)."""
def binary_cross_entropy(input: Tensor, target: Tensor, weight: _Operand | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """−(target log x + (1 − target) log(1 − x)) for probabilities x; logarithms are held above −100."""
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: _Operand | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean', pos_weight: Tensor | None = None) -> Tensor:
    """−(p target log σ(x) + (1 − target) log σ(−x)) for scores x, p = pos_weight; nothing overflows."""
def celu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else α (exp(x / α) − 1)."""
def celu_(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`celu` in place."""
def channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """The channels of (N, C, ...) dealt out of `groups` piles. Zhang et al. 2018."""
def conv1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, L) with weight (O, C/groups, K); padding may be 'same' or 'valid'."""
def conv2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, H, W) with weight (O, C/groups, K, L); padding may be 'same' or 'valid'."""
def conv3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, D, H, W) with weight (O, C/groups, J, K, L); padding may be 'same' or 'valid'."""
def conv_tbc(input: Tensor, weight: _Operand, bias: Tensor, pad: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """conv1d with the time first: x (T, N, C), weight (K, C, O), bias (O) to (T', N, O)."""
def conv_transpose1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv1d: x (N, C, L), weight (C, O/groups, K)."""
def conv_transpose2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv2d: x (N, C, H, W), weight (C, O/groups, K, L)."""
def conv_transpose3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv3d: x (N, C, D, H, W), weight (C, O/groups, J, K, L)."""
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """1 − cos(input1, input2) where the target is 1, max(0, cos − margin) where it is −1; inputs (N, D) with target (N), or (D) with ()."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, out: Tensor | None = None) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over dim of their common shape."""
def cross_entropy(input: Tensor, target: Tensor, weight: _Operand | None = None, size_average: _bool | None = None, ignore_index: _int = -100, reduce: _bool | None = None, reduction: str = 'mean', label_smoothing: _float = 0.0) -> Tensor:
    """−log softmax(x)[target] for scores x (N, C) or (N, C, d1, ...); the target holds labels, or probabilities in x's shape."""
def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: _int = 0, reduction: str = 'mean', zero_infinity: _bool = False) -> Tensor:
    """−log of the probability of each target, summed over its alignments; log_probs (T, N, C) or (T, C) from log_softmax.

    Targets are (N, S), padded, or all joined in one dimension. "mean" divides each loss by its target's length first.
    With zero_infinity a target that is too long for its input counts 0 instead of ∞.
    """
def dropout(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Each element 0 with probability p, else scaled by 1/(1−p), so that the mean stays; the identity when not training."""
def dropout1d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Whole channels of (N, C, L) or (C, L) dropped."""
def dropout2d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Whole channels of (N, C, H, W) dropped; on (N, C) single elements, with a warning, as in PyTorch."""
def dropout3d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Whole channels of (N, C, D, H, W) or (C, D, H, W) dropped."""
def elu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x where it is positive, else α (exp(x) − 1)."""
def elu_(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`elu` in place."""
def embedding(input: Tensor, weight: _Operand, padding_idx: _int | None = None, max_norm: _float | None = None, norm_type: _float = 2.0, scale_grad_by_freq: _bool = False, sparse: _bool = False) -> Tensor:
    """The rows of weight (rows, features) at the integers x.

    `max_norm` rescales the rows that are read, in place; `scale_grad_by_freq` divides the gradient of a row by the number of its reads.
    Gradients are dense, also with sparse=True.
    """
def embedding_bag(input: Tensor, weight: _Operand, offsets: Tensor | None = None, max_norm: _float | None = None, norm_type: _float = 2.0, scale_grad_by_freq: _bool = False, mode: str = 'mean', sparse: _bool = False, per_sample_weights: Tensor | None = None, include_last_offset: _bool = False, padding_idx: _int | None = None) -> Tensor:
    """The sum, mean or maximum of the rows of each bag: a row of x (2-D), or x (1-D) cut at `offsets`. Empty bags give zeros.

    Reads of padding_idx take no part, not even in the mean; with include_last_offset the last offset is where the last bag ends.
    """
def feature_alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Alpha dropout of whole channels."""
def fold(input: Tensor, output_size: _int | Sequence[_int], kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """Columns (N, C·kh·kw, L) added into images (N, C, *output_size): the adjoint of unfold."""
def fractional_max_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: Tensor | None = None) -> Tensor:
    """Maxima of (N, C, H, W) over windows at random steps, as many as output_size says. With return_indices also their places."""
def fractional_max_pool2d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: Tensor | None = None) -> Tensor:
    """fractional_max_pool2d with the places, whatever return_indices says."""
def fractional_max_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: Tensor | None = None) -> Tensor:
    """Maxima of (N, C, D, H, W) over windows at random steps, as many as output_size says. With return_indices also their places."""
def fractional_max_pool3d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: Tensor | None = None) -> Tensor:
    """fractional_max_pool3d with the places, whatever return_indices says."""
def gaussian_nll_loss(input: Tensor, target: Tensor, var: _Operand, full: _bool = False, eps: _float = 1e-06, reduction: str = 'mean') -> Tensor:
    """½ (log var + (x − target)² / var), var not below eps; `full` adds ½ log 2π."""
def gelu(input: Tensor, approximate: str = 'none') -> Tensor:
    """x Φ(x), Φ the normal distribution function; approximate="tanh" takes ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
def glu(input: Tensor, dim: _int = -1) -> Tensor:
    """a · σ(b) for the two halves a, b of x along dim."""
def grid_sample(input: Tensor, grid: Tensor, mode: str = 'bilinear', padding_mode: str = 'zeros', align_corners: _bool | None = None) -> Tensor:
    """x (N, C, H, W) read at grid (N, *T, 2) of (x, y) in [-1, 1], or 3-d likewise. Jaderberg et al. 2015."""
def group_norm(input: Tensor, num_groups: _int, weight: _Operand | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalise each image of (N, C, ...) over num_groups groups of channels, then scale and shift each channel."""
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """x where |x| > λ, else 0."""
def hardsigmoid(input: Tensor, inplace: _bool = False) -> Tensor:
    """min(max(x + 3, 0), 6) / 6."""
def hardswish(input: Tensor, inplace: _bool = False) -> Tensor:
    """x · min(max(x + 3, 0), 6) / 6."""
def hardtanh(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x held in [min_val, max_val]; the gradient on the edges is 0."""
def hardtanh_(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`hardtanh` in place."""
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """x where the target is 1, max(0, margin − x) where it is −1."""
def huber_loss(input: Tensor, target: Tensor, reduction: str = 'mean', delta: _float = 1.0, weight: _Operand | None = None) -> Tensor:
    """d²/2 for |d| ≤ δ, else δ · (|d| − δ/2), with d = x − target; reduced."""
def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: _Operand | None = None, bias: Tensor | None = None, use_input_stats: _bool = True, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """Normalise each channel of each image of (N, C, ...) by itself."""
def interpolate(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = 'nearest', align_corners: _bool | None = None, recompute_scale_factor: _bool | None = None, antialias: _bool = False) -> Tensor:
    """(N, C, *S) at another size, given as `size` or as factors. Modes: nearest, nearest-exact, area, linear, bilinear, bicubic, "
    "trilinear.
    """
def kl_div(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean', log_target: _bool = False) -> Tensor:
    """target · (log target − x) for log-probabilities x and probabilities (log-probabilities with log_target) as target.

    "batchmean", the sum divided by the batch size, is the divergence; "mean" divides by all elements.
    """
def l1_loss(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean', weight: _Operand | None = None) -> Tensor:
    """|x − target|, reduced; a weight for each element divides the mean too."""
def layer_norm(input: Tensor, normalized_shape: Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalise over the trailing dimensions normalized_shape, then scale and shift elementwise.

    out = (x − mean) / √(var + eps) · weight + bias

    ∂(x, weight, bias) = (rstd · (ĝ − mean(ĝ) − x̂ · mean(ĝ · x̂)), Σ g · x̂, Σ g), where ĝ = g · weight, x̂ = (x − mean) · rstd, rstd = 1 / √(var + eps)

    (x is input; g is the gradient of out.)
    """
def leaky_relu(input: Tensor, negative_slope: _float = 0.01, inplace: _bool = False) -> Tensor:
    """x where it is positive, else negative_slope · x."""
def leaky_relu_(input: Tensor, negative_slope: _float = 0.01, inplace: _bool = False) -> Tensor:
    """`leaky_relu` in place."""
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x wᵀ + b for x (..., in), w (out, in), b (out).

    out = x @ wᵀ + b

    ∂x = g @ w
    ∂w = gᵀ @ x
    ∂b = Σ g

    (x is input, w is weight, b is bias; g is the gradient of out.)
    """
def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None, weight: _Operand | None = None, reduction: str = 'mean', ignore_index: _int | None = None, label_smoothing: _float = 0.0, options: Any = None) -> Tensor:
    """cross_entropy of the scores x · linear_weightᵀ + linear_bias, x (in) or (N, in), linear_weight (C, *K, in), linear_bias (C, *K).

    `options`, PyTorch's chunking, changes no value and is not read.
    """
def local_response_norm(input: Tensor, size: _int, alpha: _float = 0.0001, beta: _float = 0.75, k: _float = 1.0) -> Tensor:
    """x / (k + alpha · mean of x² over `size` neighbouring channels)^beta."""
def log_softmax(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _dtype | None = None) -> Tensor:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps."""
def logsigmoid(input: Tensor) -> Tensor:
    """log σ(x)."""
def lp_pool1d(input: Tensor, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """(Σ x^p)^(1/p) over windows of (N, C, L)."""
def lp_pool2d(input: Tensor, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """(Σ x^p)^(1/p) over windows of (N, C, H, W)."""
def lp_pool3d(input: Tensor, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """(Σ x^p)^(1/p) over windows of (N, C, D, H, W)."""
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """max(0, −target · (input1 − input2) + margin): target 1 where input1 should rank higher, −1 where input2 should."""
def max_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, L); stride defaults to the window. With return_indices also its place."""
def max_pool1d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """max_pool1d with the places, whatever return_indices says."""
def max_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, H, W); stride defaults to the window. With return_indices also its place."""
def max_pool2d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """max_pool2d with the places, whatever return_indices says."""
def max_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, D, H, W); stride defaults to the window. With return_indices also its place."""
def max_pool3d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """max_pool3d with the places, whatever return_indices says."""
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """The inverse of max_pool1d: values at their indices, zeros elsewhere."""
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """The inverse of max_pool2d: values at their indices, zeros elsewhere."""
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """The inverse of max_pool3d: values at their indices, zeros elsewhere."""
def mish(input: Tensor, inplace: _bool = False) -> Tensor:
    """x tanh(log(1 + exp(x)))."""
def mse_loss(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean', weight: _Operand | None = None) -> Tensor:
    """(x − target)², reduced; a weight for each element divides the mean too."""
def multi_head_attention_forward(query: Tensor, key: Tensor, value: _Operand, embed_dim_to_check: _int, num_heads: _int, in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: _bool, dropout_p: _float, out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: _bool = True, key_padding_mask: Tensor | None = None, need_weights: _bool = True, attn_mask: Tensor | None = None, use_separate_proj_weight: _bool = False, q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None, static_k: Tensor | None = None, static_v: Tensor | None = None, average_attn_weights: _bool = True, is_causal: _bool = False) -> tuple[Tensor, Tensor | None]:
    """Multi-head attention on (L, N, E) or (L, E): (output, weights averaged over heads or None). Vaswani et al. 2017, section 3.2.2.

    A boolean mask forbids where it is True. AssertionError or RuntimeError for shapes that do not go together.
    """
def multi_margin_loss(input: Tensor, target: Tensor, p: _int = 1, margin: _float = 1.0, weight: _Operand | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """Σ max(0, margin − x[target] + x[i])^p / C over the classes i ≠ target, weighted by weight[target]; x (N, C) or (C)."""
def multiclass_hinge_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: str = 'mean') -> Tensor:
    """Σ max(0, margin − x[target] + x[i]) over the classes i ≠ target; x (N, C) or (C). Weston and Watkins (1999).

    multi_margin_loss divides this by C; PyTorch has no function for the sum.
    """
def multilabel_margin_loss(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """Σ max(0, 1 − x[j] + x[i]) / C over the target classes j and the other classes i; x (N, C) or (C).

    A row of the target lists its classes up to the first −1.
    """
def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: _Operand | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """−(target log σ(x) + (1 − target) log σ(−x)), the mean over the classes (the last dimension), then reduced."""
def native_channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """channel_shuffle under the name of PyTorch's kernel."""
def nll_loss(input: Tensor, target: Tensor, weight: _Operand | None = None, size_average: _bool | None = None, ignore_index: _int = -100, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """−weight[target] · x[target] for log-probabilities x (N, C) or (N, C, d1, ...) and labels (N) or (N, d1, ...).

    "mean" divides by the sum of the weights; labels equal to ignore_index count nothing. IndexError for a label that is no class.
    """
def normalize(input: Tensor, p: _float = 2.0, dim: Any = 1, eps: _float = 1e-12, out: Tensor | None = None) -> Tensor:
    """x / max(‖x‖p, eps) over dim: vectors of length 1."""
def one_hot(input: Tensor, num_classes: _int = -1) -> Tensor:
    """int64 vectors with a 1 at the class; -1 takes the largest class + 1.

    out = onehot(x)
    """
def pad(input: Tensor, pad: Sequence[_int], mode: str = 'constant', value: _float | None = None) -> Tensor:
    """x padded at its last dimensions: `pad` is (last low, last high, one before low, ...).

    Modes: constant (with `value`), reflect (without repeating the edge), replicate (the edge), circular.
    """
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The p-norm of x1 − x2 + eps over the last dimension."""
def pdist(input: Tensor, p: _float = 2.0, *, out: Tensor | None = None) -> Tensor:
    """The p-norm distances between all pairs of rows i < j of a matrix."""
def pixel_shuffle(input: Tensor, upscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C·r², H, W) to (*, C, H·r, W·r): channels become the places of finer pixels. Shi et al. 2016."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """The inverse of pixel_shuffle: (*, C, H·r, W·r) to (*, C·r², H, W)."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool = True, full: _bool = False, size_average: _bool | None = None, eps: _float = 1e-08, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """exp(x) − target · x for the log of a rate x, or x − target · log(x + eps) for a rate; `full` adds Stirling's log target!."""
def prelu(input: Tensor, weight: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else weight · x; weight has one number, or one for each channel (dimension 1) of x."""
def relu(input: Tensor, inplace: _bool = False) -> Tensor:
    """max(0, x); the gradient at 0 is 0."""
def relu6(input: Tensor, inplace: _bool = False) -> Tensor:
    """min(max(0, x), 6)."""
def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
def rms_norm(input: Tensor, normalized_shape: Sequence[_int], weight: _Operand | None = None, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """x / √(mean(x²) + eps) over the trailing dimensions normalized_shape, then scaled; eps defaults to the type's epsilon."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else a · x: a drawn from [lower, upper) for each element when training, else their mean."""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`rrelu` in place."""
def scaled_dot_product_attention(query: Tensor, key: Tensor, value: _Operand, attn_mask: Tensor | None = None, dropout_p: _float = 0.0, is_causal: _bool = False, scale: _float | None = None, enable_gqa: _bool = False) -> Tensor:
    """softmax(q kᵀ · scale + mask) v for q (..., L, E), k (..., S, E), v (..., S, V); scale defaults to 1/√E.

    A boolean mask lets look where it is True, a floating one is added; a query that may look nowhere gets zeros. With enable_gqa
    k and v may have fewer heads (dimension −3). Vaswani et al. 2017, section 3.2.1.
    """
def selu(input: Tensor, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """λ x where x is positive, else λ α (exp(x) − 1), λ ≈ 1.0507, α ≈ 1.6733 (Klambauer et al. 2017)."""
def selu_(input: Tensor, inplace: _bool = False) -> Tensor:
    """`selu` in place."""
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(−x)); an overflow of exp gives the 0 that is right.

    out = σ(x)

    ∂x = g · (1 − out) · out

    (x is input; g is the gradient of out.)
    """
def silu(input: Tensor, inplace: _bool = False) -> Tensor:
    """x σ(x)."""
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = sin(x)

    ∂x = g · cos(x)

    (x is input; g is the gradient of out.)
    """
def smooth_l1_loss(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean', beta: _float = 1.0) -> Tensor:
    """d²/(2β) for |d| < β, else |d| − β/2, with d = x − target; reduced. β = 0 is the absolute value."""
def soft_margin_loss(input: Tensor, target: Tensor, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """log(1 + exp(−target · x)) for targets ±1; does not overflow. RuntimeError unless the target broadcasts to x's shape."""
def softmax(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _dtype | None = None) -> Tensor:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1."""
def softmin(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _dtype | None = None) -> Tensor:
    """softmax(−x) over dim."""
def softplus(input: Tensor, beta: _float = 1, threshold: _float = 20) -> Tensor:
    """log(1 + exp(βx)) / β, and x itself where βx is above the threshold."""
def softshrink(input: Tensor, lambd: _float = 0.5) -> Tensor:
    """x − λ above λ, x + λ below −λ, 0 between. RuntimeError for a negative λ."""
def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = tanh(x)

    ∂x = g · (1 − out²)

    (x is input; g is the gradient of out.)
    """
def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh(x)."""
def threshold(input: Tensor, threshold: _float, value: _float, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is above the threshold, else the value."""
def threshold_(input: Tensor, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """`threshold` in place."""
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: _float = 1.0, p: _float = 2, eps: _float = 1e-06, swap: _bool = False, size_average: _bool | None = None, reduce: _bool | None = None, reduction: str = 'mean') -> Tensor:
    """max(0, margin + d(anchor, positive) − d(anchor, negative)), d the p-norm of the difference plus eps over the last dimension.

    With swap the negative's distance is the smaller of those to the anchor and to the positive (Balntas et al. 2016).
    """
def triplet_margin_with_distance_loss(anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: Callable[[Any, Any], Any] | None = None, margin: _float = 1.0, swap: _bool = False, reduction: str = 'mean') -> Tensor:
    """max(0, margin + d(anchor, positive) − d(anchor, negative)) for any distance d; by default pairwise_distance."""
def unfold(input: Tensor, kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """The sliding patches of (N, C, H, W) as columns (N, C·kh·kw, L)."""
def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = 'nearest', align_corners: _bool | None = None) -> Tensor:
    """The older name of interpolate; warns, as in PyTorch."""
def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate with mode="bilinear", corners aligned; warns, as in PyTorch."""
def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate with mode="nearest"; warns, as in PyTorch."""
def gumbel_softmax(logits: Tensor, tau: _float = 1, hard: _bool = False, eps: _float = 1e-10, dim: _int = -1) -> Tensor:
    """softmax((logits + Gumbel noise) / tau): a sample from the categorical distribution that gradients pass through.

    `hard` gives one-hot samples with the gradient of the soft ones. Source: Jang, Gu, Poole (2017).
    """
