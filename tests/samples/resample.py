"""Samples of resampling."""

from __future__ import annotations

from .build import Sample, call, real


def once(*args, **kwargs):
    """First derivatives only, as PyTorch has them."""
    return Sample(args, kwargs, grad2=False)


GRID = real(2, 3, 2, 2, low=-0.93, high=0.93, away=(-0.5, 0.0, 0.5), gap=0.04)

RECORDS = {
    "functional.interpolate": [
        call(real(2, 3, 5), 8, mode="linear"),
        call(real(2, 3, 4, 5), (7, 3)),
        call(real(1, 2, 4, 5), scale_factor=2.0, mode="bilinear"),
        call(real(1, 2, 4, 5), scale_factor=(1.7, 0.6), mode="bilinear", align_corners=True),
        call(real(1, 2, 4, 5), (6, 7), mode="bicubic"),
        call(real(1, 2, 6, 8), (3, 4), mode="area"),
        call(real(1, 2, 6, 8), (3, 5), mode="nearest-exact"),
        call(real(1, 2, 6, 8), (3, 5), mode="bilinear", antialias=True),
        call(real(1, 1, 2, 3, 2), (3, 4, 3), mode="trilinear"),
        call(real(1, 2, 4, 5), scale_factor=1.6, mode="bilinear", recompute_scale_factor=True),
    ],
    "functional.grid_sample": [
        once(real(2, 3, 4, 5), GRID, align_corners=False),
        once(real(2, 3, 4, 5), GRID, "bilinear", "border", True),
        once(real(2, 3, 4, 5), GRID, "bicubic", "zeros", False),
        once(real(2, 2, 3, 4), real(2, 3, 2, 2, low=-1.4, high=1.4, away=(-1, -0.5, 0, 0.5, 1)), "bilinear", "reflection", False),
    ],
    "functional.affine_grid": [call(real(2, 2, 3), (2, 3, 4, 5), False), call(real(1, 3, 4), (1, 2, 2, 3, 2), True)],
    "functional.unfold": [call(real(2, 3, 5, 6), 2), call(real(1, 2, 6, 7), (3, 2), 2, 1, (2, 1)), call(real(2, 5, 5), 3)],
    "functional.fold": [call(real(2, 12, 20), (5, 6), 2), call(real(1, 18, 9), (5, 5), 3), call(real(8, 4), (4, 4), 2, 1, 0, 2)],
    "functional.upsample": [],
    "functional.upsample_nearest": [],
    "functional.upsample_bilinear": [],
}
