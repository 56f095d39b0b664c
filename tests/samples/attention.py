"""Samples of attention and of the rearrangements of images."""

from __future__ import annotations

import numpy as np

from .build import call, fixed, no_grad, real

CAUSAL = fixed(np.tri(3, 4, dtype=bool))
NOT_CAUSAL = fixed(~np.tri(3, 3, dtype=bool))


def heads(query, key, value, n, **options):
    """multi_head_attention_forward with its long row of positional arguments."""
    e = query.shape[-1]
    return call(query, key, value, e, n, real(3 * e, e), real(3 * e), None, None, False, 0.0, real(e, e), real(e), **options)


RECORDS = {
    "functional.scaled_dot_product_attention": [
        call(real(2, 2, 3, 4), real(2, 2, 5, 4), real(2, 2, 5, 3)),
        call(real(3, 4), real(4, 4), real(4, 4), CAUSAL),
        call(real(2, 3, 4), real(2, 4, 4), real(2, 4, 4), real(3, 4)),
        call(real(2, 3, 4), real(2, 3, 4), real(2, 3, 4), is_causal=True),
        call(real(1, 4, 3, 2), real(1, 2, 3, 2), real(1, 2, 3, 2), scale=0.3, enable_gqa=True),
    ],
    "functional.multi_head_attention_forward": [
        heads(real(3, 2, 4), real(3, 2, 4), real(3, 2, 4), 2),
        heads(real(3, 2, 4), real(3, 2, 4), real(3, 2, 4), 2, attn_mask=NOT_CAUSAL, average_attn_weights=False),
        heads(real(3, 4), real(3, 4), real(3, 4), 2, need_weights=False),
        heads(real(3, 2, 4), real(3, 2, 4), real(3, 2, 4), 2, key_padding_mask=fixed([[False, False, True], [False, True, False]])),
    ],
    "pixel_shuffle": [call(real(2, 8, 3, 2), 2), call(real(4, 1, 2), 2)],
    "pixel_unshuffle": [call(real(2, 2, 4, 6), 2)],
    "native_channel_shuffle": [no_grad(real(2, 6, 3), 3)],
    "channel_shuffle": [call(real(2, 6, 3), 3), call(real(1, 4, 2, 2), 2)],
}
