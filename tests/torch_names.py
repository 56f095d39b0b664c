"""PyTorch's names that must have their place here, by how often model code uses them. One without a dot may be a function or a method."""

TIER_1 = """
    add sub mul div neg pow abs sqrt rsqrt exp log log1p expm1 sin cos tanh sigmoid sign floor ceil round clamp clamp_min clamp_max
    maximum minimum reciprocal square erf floor_divide remainder lerp where __radd__ __rmul__ __rsub__ eq ne lt le gt ge isnan isinf
    isfinite allclose logical_and logical_or logical_not sum mean prod std var var_mean amax amin max min argmax argmin any all norm
    logsumexp cumsum cumprod sort argsort topk unique nonzero reshape view permute transpose t T squeeze unsqueeze expand expand_as
    flatten cat stack split chunk unbind repeat repeat_interleave roll flip movedim select contiguous clone diagonal diag tril triu
    meshgrid __getitem__ gather scatter scatter_add scatter_reduce index_select index_add index_copy index_fill index_put masked_fill
    masked_select masked_scatter matmul mm bmm mv dot outer addmm baddbmm einsum linalg.norm zeros ones full empty zeros_like ones_like
    full_like empty_like arange linspace eye new_zeros new_full rand randn rand_like randn_like randint randperm bernoulli multinomial
    normal uniform to float double long int bool item fill zero_ nn.functional.relu nn.functional.leaky_relu nn.functional.elu
    nn.functional.gelu nn.functional.silu nn.functional.softplus nn.functional.hardtanh nn.functional.hardsigmoid
    nn.functional.hardswish nn.functional.relu6 nn.functional.prelu nn.functional.glu nn.functional.logsigmoid softmax log_softmax
    nn.functional.linear nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d nn.functional.conv_transpose1d
    nn.functional.conv_transpose2d nn.functional.conv_transpose3d nn.functional.max_pool1d nn.functional.max_pool2d
    nn.functional.max_pool3d nn.functional.avg_pool1d nn.functional.avg_pool2d nn.functional.avg_pool3d
    nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d nn.functional.adaptive_max_pool2d nn.functional.batch_norm
    nn.functional.instance_norm nn.functional.layer_norm nn.functional.group_norm nn.functional.rms_norm nn.functional.embedding
    nn.functional.one_hot nn.functional.dropout nn.functional.dropout2d nn.functional.pad nn.functional.interpolate nn.functional.unfold
    nn.functional.fold nn.functional.grid_sample nn.functional.pixel_shuffle nn.functional.normalize nn.functional.cosine_similarity
    nn.functional.scaled_dot_product_attention nn.functional.mse_loss nn.functional.l1_loss nn.functional.smooth_l1_loss
    nn.functional.huber_loss nn.functional.cross_entropy nn.functional.nll_loss nn.functional.binary_cross_entropy
    nn.functional.binary_cross_entropy_with_logits nn.functional.kl_div nn.functional.ctc_loss nn.functional.cosine_embedding_loss
    nn.functional.triplet_margin_loss
"""
TIER_2 = """
    true_divide log2 log10 exp2 tan acos acosh asin asinh atan atanh cosh sinh atan2 fmod trunc addcmul addcdiv positive sgn frac
    copysign hypot logaddexp logaddexp2 xlogy sinc deg2rad rad2deg erfc erfinv lgamma digamma polygamma i0 logit float_power nan_to_num
    heaviside fmax fmin signbit isin isneginf isposinf isclose equal __rpow__ __rmatmul__ __rmod__ __rdiv__ logical_xor bitwise_and
    bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift nansum nanmean nanmedian nanquantile quantile median mode
    kthvalue cummax cummin logcumsumexp std_mean aminmax count_nonzero bincount histc histogram cov corrcoef unique_consecutive dist
    bucketize searchsorted diff addbmm addmv addr inner vdot kron cross trace tensordot cdist block_diag column_stack dstack hstack
    vstack tensor_split atleast_1d atleast_2d atleast_3d hsplit vsplit diag_embed diagflat fliplr flipud rot90 ravel take take_along_dim
    put tile narrow unfold unflatten reshape_as view_as broadcast_to broadcast_tensors argwhere tril_indices triu_indices logspace
    matrix_exp logdet split_with_sizes new_ones new_empty half linalg.cholesky linalg.cholesky_ex linalg.cond linalg.cross linalg.det
    linalg.diagonal linalg.eig linalg.eigh linalg.eigvals linalg.eigvalsh linalg.householder_product linalg.inv linalg.inv_ex
    linalg.ldl_factor linalg.ldl_factor_ex linalg.ldl_solve linalg.lstsq linalg.lu linalg.lu_factor linalg.lu_factor_ex linalg.lu_solve
    linalg.matrix_norm linalg.matrix_power linalg.matrix_rank linalg.multi_dot linalg.pinv linalg.qr linalg.slogdet linalg.solve
    linalg.solve_ex linalg.solve_triangular linalg.svd linalg.svdvals linalg.tensorinv linalg.tensorsolve linalg.vander linalg.vecdot
    linalg.vector_norm special.entr special.erfcx special.i0e special.i1 special.i1e special.log_ndtr special.ndtr special.ndtri
    special.polygamma special.xlog1py special.zeta fft.fft fft.fft2 fft.fftn fft.fftshift fft.hfft fft.hfft2 fft.hfftn fft.ifft
    fft.ifft2 fft.ifftn fft.ifftshift fft.ihfft fft.ihfft2 fft.ihfftn fft.irfft fft.irfft2 fft.irfftn fft.rfft fft.rfft2 fft.rfftn
    fft.fftfreq fft.rfftfreq nn.functional.selu nn.functional.celu nn.functional.mish nn.functional.softsign nn.functional.tanhshrink
    nn.functional.softshrink nn.functional.hardshrink nn.functional.threshold nn.functional.softmin nn.functional.bilinear
    nn.functional.adaptive_avg_pool3d nn.functional.adaptive_max_pool1d nn.functional.adaptive_max_pool3d
    nn.functional.local_response_norm nn.functional.embedding_bag nn.functional.pixel_unshuffle nn.functional.affine_grid
    nn.functional.pairwise_distance nn.functional.lp_pool1d nn.functional.lp_pool2d nn.functional.dropout1d nn.functional.dropout3d
    nn.functional.alpha_dropout nn.functional.gumbel_softmax nn.functional.multi_head_attention_forward nn.functional.gaussian_nll_loss
    nn.functional.poisson_nll_loss nn.functional.hinge_embedding_loss nn.functional.soft_margin_loss nn.functional.multi_margin_loss
    nn.functional.margin_ranking_loss nn.functional.multilabel_soft_margin_loss nn.functional.max_unpool2d exponential
"""
# They need complex numbers.
NOT_YET = """
    linalg.eig linalg.eigvals fft.fft fft.fft2 fft.fftn fft.hfft fft.hfft2 fft.hfftn fft.ifft fft.ifft2 fft.ifftn
    fft.ihfft fft.ihfft2 fft.ihfftn fft.irfft fft.irfft2 fft.irfftn fft.rfft fft.rfft2 fft.rfftn
"""
# What PyTorch has besides and we have not: the reason, and regular expressions of names.
ABSENT = {
    "complex numbers": r"""
        .*complex.* view_as_real c(double|float) chalf polar imag eig eigvals i?stft Complex.*
    """,
    "sparse and nested tensors": r"""
        .*sparse.* .*(crow|ccol|row|col)_indices.* indices(_copy)? values(_copy)? coalesce hspmm s?s?addmm sspaddmm [dh]?smm spmm jagged
        to_padded_tensor
    """,
    "quantized numbers": r"""
        .*quant.* q_.* q?u?int\d.* qscheme QInt.* QUInt.* per_(channel|tensor)_.* fbgemm.* choose_qparams.* int_repr fused_moving_avg.*
        quint.*
    """,
    "element types that NumPy lacks, and their storages": r"""
        b?float(4|8|16).* BFloat16.* bits?\d.* bit (Bool|Byte|Char|Double|Float|Half|Int|Long|Short)Storage
    """,
    "the insides of other devices": r"""
        cudnn.* miopen.* mkldnn.* to_mkldnn fbgemm.* ipu mtia xpu native_.* batch_norm_.* profiler_.*
        get_device_module Event Stream wait record_stream is_storage
    """,
    "TorchScript and its graphs": r"""
        [A-Z]\w*Type Sym\w+ sym_\w+ Script\w* Lite\w* parse_\w+ import_ir.* merge_type.* unify_type.* Execution.* Graph.* Tag
        TracingState fork Code Block Argument\w* Use Value Node Gradient
    """,
    "the insides of its C++ side": r"""
        [A-Z]\w*(Tracing|Guard|Module\w*|Serializ\w+|Context|Dict|List|Memo\w*|Error\w*|Unit|Logger\w*|Benchmark\w*|Stats|Stack|Capsule|Key\w*|Info|Schema|Check|Db|Arg\w*|Property|Function\w*|Object|Descriptor|Storage\w*|Reader|Writer|Report|Config|Subclass|Future|State|Event|Activity|Iterator|Exception|Base)
        Capsule Future Storage Type
    """,
    "copies of views for compilers": r"""
        .*_copy
    """,
    "switches without a second position here": r"""
        .*autocast.* set_(deterministic_debug_mode|flush_denormal|warn_always) get_deterministic_debug_mode
        is_(warn_always|deterministic)\w*
    """,
    "removed, deprecated or not documented by PyTorch itself": r"""
        lstsq matrix_rank solve symeig resize resize_as reinforce volatile name map2_ index norm_except_dim segment_reduce slice_inverse
        hash_tensor grad_dtype
    """,
    "approximations by random projections": r"""
        lobpcg svd_lowrank pca_lowrank
    """,
    "Bessel and Airy functions without SciPy's library": r"""
        .*bessel.* airy_ai
    """,
    "found in nn.functional, with the arguments that users know": r"""
        (adaptive_max_pool1d|affine_grid_generator|alpha_dropout|feature_(alpha_)?dropout|dropout|batch_norm|instance_norm|ctc_loss|kl_div|embedding\w*|grid_sampler\w*|convolution|constant_pad_nd|max_pool1d_with_indices|\w+_loss|binary_cross\w+)_?
    """,
    "switches and helpers of its own code": r"""
        .*torch_function.* DisableTorchFunction as_subclass module_load PRIVATE_OPS USE_.* classproperty get_file_path
        prepare_multi\w+ compiled_with\w+ has_\w+ init_num_threads is_vulkan_available thread_safe_generator to_dlpack AVG SUM
        AggregationType TYPE_CHECKING
    """,
    "compilers, and patches of modules": r"""
        cond while_loop functionalize debug_unwrap rearrange replace_all_\w+ swap_tensors set_module rename_\w+ generate_methods\w+
        cmake_\w+ get_cpp_\w+
    """,
    "layouts and files that NumPy does not have": r"""
        dim_order storage_type from_file empty_(permuted|quantized) legacy_contiguous_format memory_format layout is_distributed
        set_anomaly_enabled
    """,
    "distributions that are not there yet": r"""
        [A-Z]\w*Transform Transform biject_to transform_to identity_transform Beta Binomial Cauchy Chi2 ContinuousBernoulli Dirichlet
        Exponential\w* FisherSnedecor Gamma GeneralizedPareto Geometric Gumbel Half\w+ InverseGamma Kumaraswamy LKJCholesky Laplace
        LogNormal LogisticNormal LowRank\w+ MixtureSameFamily Multi\w+ Negative\w+ OneHot\w+ Pareto Poisson Relaxed\w+ StudentT
        TransformedDistribution VonMises Weibull Wishart
    """,
    "the insides of its modules": r"""
        BroadcastingList\d DType GRID_\w+ \w+_notes assert_int_or_pair boolean_dispatch ScalingType SwizzleType (scaled_)?(grouped_)?mm
        common_args multi_dim_common is_tensor_like is_(multithreading|view_replay)_enabled set_multithreading_enabled
        enforce_grad\w+ kineto_available NestedIOFunction SavedTensor DeviceType Profiler\w+
    """,
}
