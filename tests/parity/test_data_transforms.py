"""Turning, colours and random windows against the torch functions that torchvision's tensor transforms are made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from data import transforms as T
from data.transforms import functional as F

torch = pytest.importorskip("torch")


def turned(x, angle, mode, center, fill):
    """By torch's own affine grid: places in units of the half image, turned clockwise from result to source."""
    n, _, h, w = x.shape
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    cx, cy = (0.0, 0.0) if center is None else (center[0] - w / 2, center[1] - h / 2)
    back = [[cos, -sin, cx - cos * cx + sin * cy], [sin, cos, cy - sin * cx - cos * cy]]
    theta = torch.tensor([[back[0][0], back[0][1] * h / w, back[0][2] * 2 / w], [back[1][0] * w / h, back[1][1], back[1][2] * 2 / h]])
    grid = torch.nn.functional.affine_grid(theta[None].expand(n, 2, 3), x.shape, align_corners=False)
    both = torch.nn.functional.grid_sample(torch.cat([x, torch.ones(n, 1, h, w)], 1), grid, mode, "zeros", False)
    out, mask = both[:, :-1], both[:, -1:]
    return torch.where(mask < 0.5, fill, out) if mode == "nearest" else out * mask + (1 - mask) * fill


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
@pytest.mark.parametrize(("angle", "center", "fill"), [(20.0, None, 0.0), (-71.5, None, 0.3), (133.0, (2, 5), 1.0)])
def test_rotation(mode, angle, center, fill, rng):
    x = rng.random((2, 3, 11, 14)).astype(np.float32)
    ours = F.rotate(ag.from_numpy(x), angle, T.InterpolationMode(mode), center=center, fill=[fill]).numpy()
    close = np.isclose(ours, turned(torch.from_numpy(x), angle, mode, center, fill).numpy(), atol=2e-5)
    assert close.mean() > 0.995 if mode == "nearest" else close.all()


def test_random_resized_crop_draws(rng):
    x = rng.random((3, 40, 30)).astype(np.float32)
    crop = T.RandomResizedCrop((8, 6), scale=(0.1, 0.9), ratio=(0.5, 2.0))
    ag.manual_seed(11)
    ours = [crop.get_params(ag.from_numpy(x), crop.scale, crop.ratio) for _ in range(30)]
    torch.manual_seed(11)
    expected = []
    bounds = torch.log(torch.tensor((0.5, 2.0)))
    while len(expected) < 30:
        area = 1200 * torch.empty(1).uniform_(0.1, 0.9).item()
        aspect = torch.exp(torch.empty(1).uniform_(bounds[0], bounds[1])).item()
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= 30 and 0 < h <= 40:
            expected.append((torch.randint(0, 40 - h + 1, (1,)).item(), torch.randint(0, 30 - w + 1, (1,)).item(), h, w))
    assert ours == expected
    top, left, h, w = expected[0]
    window = torch.from_numpy(x)[None, :, top : top + h, left : left + w]
    resized = torch.nn.functional.interpolate(window, (8, 6), mode="bilinear", antialias=True)[0]
    ag.manual_seed(11)
    np.testing.assert_allclose(crop(ag.from_numpy(x)).numpy(), resized.numpy(), atol=2e-6)


def test_erasing_draws():
    erasing = T.RandomErasing(0.5, value="random")
    ag.manual_seed(2)
    ours = [erasing(ag.zeros(3, 20, 24)).tolist() for _ in range(12)]
    torch.manual_seed(2)
    bounds = torch.log(torch.tensor((0.3, 3.3)))
    for result in ours:
        expected = torch.zeros(3, 20, 24)
        if torch.rand(1) < 0.5:
            for _ in range(10):
                area = 480 * torch.empty(1).uniform_(0.02, 0.33).item()
                aspect = torch.exp(torch.empty(1).uniform_(bounds[0], bounds[1])).item()
                h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
                if h < 20 and w < 24:
                    noise = torch.empty([3, h, w]).normal_()
                    i, j = torch.randint(0, 20 - h + 1, (1,)).item(), torch.randint(0, 24 - w + 1, (1,)).item()
                    expected[:, i : i + h, j : j + w] = noise
                    break
        np.testing.assert_allclose(np.array(result), expected.numpy(), rtol=1e-6)


def blend(one, other, ratio):
    return (ratio * one + (1 - ratio) * other).clamp(0, 255 if one.dtype == torch.uint8 else 1.0).to(one.dtype)


def gray(x):
    return (0.2989 * x[0:1] + 0.587 * x[1:2] + 0.114 * x[2:3]).to(x.dtype)


BLENDS = {
    "brightness": lambda x, f: blend(x, torch.zeros_like(x), f),
    "contrast": lambda x, f: blend(x, gray(x).to(torch.float32).mean((-3, -2, -1), keepdim=True), f),
    "saturation": lambda x, f: blend(x, gray(x), f),
}


@pytest.mark.parametrize("name", BLENDS)
@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 1.9])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_colours(name, factor, dtype, rng):
    x = (rng.random((3, 9, 8)) * (255 if dtype == "uint8" else 1)).astype(dtype)
    ours = getattr(F, f"adjust_{name}")(ag.from_numpy(x), factor)
    expected = BLENDS[name](torch.from_numpy(x), factor)
    if dtype == "uint8":
        assert np.array_equal(ours.numpy(), expected.numpy())
    else:
        np.testing.assert_allclose(ours.numpy(), expected.numpy(), atol=1e-6)


def test_noise(rng):
    x = rng.random((3, 8, 8)).astype(np.float32)
    ag.manual_seed(4)
    ours = T.GaussianNoise(0.1, 0.2)(ag.from_numpy(x))
    torch.manual_seed(4)
    t = torch.from_numpy(x)
    np.testing.assert_allclose(ours.numpy(), (t + (0.1 + torch.randn_like(t) * 0.2)).clamp(0, 1).numpy(), atol=1e-6)
