"""Image transforms on PIL images and tensors: both carriers agree, values, reprs, errors."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import autograd_core as ag
from data import transforms as T
from data.transforms import functional as F


def picture(height=7, width=5, channels=3, seed=0):
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def both(img):
    """The PIL image and the tensor of the same bytes."""
    return img, F.pil_to_tensor(img)


def as_array(img):
    return (img if isinstance(img, ag.Tensor) else F.pil_to_tensor(img)).numpy()


REPRS = [
    (T.ToTensor(), "ToTensor()"),
    (T.PILToTensor(), "PILToTensor()"),
    (T.ToPILImage(), "ToPILImage()"),
    (T.ToPILImage("L"), "ToPILImage(mode=L)"),
    (T.ConvertImageDtype(ag.float32), "ConvertImageDtype()"),
    (T.Normalize((0.1307,), (0.3081,)), "Normalize(mean=(0.1307,), std=(0.3081,))"),
    (T.Lambda(len), "Lambda()"),
    (T.Grayscale(3), "Grayscale(num_output_channels=3)"),
    (T.Resize(8), "Resize(size=8, interpolation=bilinear, max_size=None, antialias=True)"),
    (T.CenterCrop(8), "CenterCrop(size=(8, 8))"),
    (T.Pad(2), "Pad(padding=2, fill=0, padding_mode=constant)"),
    (T.RandomCrop(28, padding=4), "RandomCrop(size=(28, 28), padding=4)"),
    (T.RandomHorizontalFlip(), "RandomHorizontalFlip(p=0.5)"),
    (T.RandomVerticalFlip(0.2), "RandomVerticalFlip(p=0.2)"),
    (T.RandomRotation(10), "RandomRotation(degrees=[-10.0, 10.0], interpolation=nearest, expand=False, fill=0)"),
    (
        T.RandomResizedCrop(8),
        "RandomResizedCrop(size=(8, 8), scale=(0.08, 1.0), ratio=(0.75, 1.3333), interpolation=bilinear, antialias=True)",
    ),
    (T.ColorJitter(0.5, hue=(-0.1, 0.2)), "ColorJitter(brightness=(0.5, 1.5), contrast=None, saturation=None, hue=(-0.1, 0.2))"),
    (T.RandomGrayscale(), "RandomGrayscale(p=0.1)"),
    (T.GaussianNoise(), "GaussianNoise(mean=0.0, sigma=0.1, clip=True)"),
    (T.RandomErasing(), "RandomErasing(p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace=False)"),
    (T.Compose([T.ToTensor(), T.Lambda(len)]), "Compose(\n    ToTensor()\n    Lambda()\n)"),
    (T.RandomApply([T.ToTensor()], 0.3), "RandomApply(\n    p=0.3\n    ToTensor()\n)"),
    (T.RandomOrder([T.ToTensor()]), "RandomOrder(\n    ToTensor()\n)"),
    (T.RandomChoice([T.ToTensor()]), "RandomChoice(\n    ToTensor()\n)(p=None)"),
]


@pytest.mark.parametrize(("transform", "text"), REPRS, ids=lambda v: v.split("(")[0] if isinstance(v, str) else "")
def test_reprs(transform, text):
    assert repr(transform) == text


class TestToTensor:
    def test_bytes_become_floats_between_0_and_1(self):
        img = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
        out = F.to_tensor(img)
        assert out.shape == (1, 16, 16) and out.dtype == ag.float32
        assert np.array_equal(out.numpy().ravel(), np.arange(256, dtype=np.float32) / np.float32(255))

    @pytest.mark.parametrize(
        ("mode", "channels", "dtype"),
        [("L", 1, "float32"), ("RGB", 3, "float32"), ("RGBA", 4, "float32"), ("I", 1, "int32"), ("F", 1, "float32"), ("1", 1, "float32")],
    )
    def test_modes(self, mode, channels, dtype):
        out = F.to_tensor(picture(channels=1).convert(mode))
        assert out.shape == (channels, 7, 5) and out.numpy().dtype == dtype
        if mode == "1":
            assert set(out.numpy().ravel()) <= {0.0, 1.0}

    def test_arrays_are_height_width_channels(self, rng):
        array = rng.standard_normal((4, 5, 2)).astype(np.float32)
        assert np.array_equal(F.to_tensor(array).numpy(), array.transpose(2, 0, 1))
        assert F.to_tensor(np.zeros((4, 5), np.int64)).dtype == ag.int64
        assert F.to_tensor(np.full((4, 5), 255, np.uint8)).numpy().max() == 1

    def test_there_and_back(self):
        for img in (picture(), picture(channels=1), picture(channels=4)):
            again = F.to_pil_image(F.to_tensor(img))
            assert again.mode == img.mode and again.tobytes() == img.tobytes()

    @pytest.mark.parametrize(
        ("value", "error", "match"),
        [(ag.zeros(1, 2, 2), TypeError, "PIL image"), (np.zeros(3), ValueError, "1 dimensions"), ("cat.png", TypeError, "str")],
    )
    def test_wrong_inputs(self, value, error, match):
        with pytest.raises(error, match=match):
            F.to_tensor(value)


class TestToPILImage:
    def test_modes(self, rng):
        assert F.to_pil_image(np.zeros((2, 3), np.uint8)).mode == "L"
        assert F.to_pil_image(np.zeros((2, 3, 2), np.uint8)).mode == "LA"
        assert F.to_pil_image(np.zeros((2, 3), np.int32)).mode == "I"
        assert F.to_pil_image(ag.zeros(1, 2, 3), mode="F").mode == "F"
        data = rng.integers(0, 256, (2, 3, 3), dtype=np.uint8)
        image = F.to_pil_image(data, mode="YCbCr")
        assert image.mode == "YCbCr" and image.tobytes() == data.tobytes() and image.size == (3, 2)

    @pytest.mark.parametrize(
        ("value", "mode", "error"),
        [
            ([1], None, TypeError),
            (np.zeros(3), None, ValueError),
            (np.zeros((2, 2, 5), np.uint8), None, ValueError),
            (np.zeros((2, 2, 3), np.uint8), "L", ValueError),
            (np.zeros((2, 2), np.float64), None, TypeError),
            (np.zeros((2, 2), np.uint8), "RGB", ValueError),
        ],
    )
    def test_wrong_inputs(self, value, mode, error):
        with pytest.raises(error):
            F.to_pil_image(value, mode)


class TestNormalize:
    def test_per_channel_and_out_of_place(self, rng):
        array = rng.random((3, 4, 5)).astype(np.float32)
        x = ag.from_numpy(array.copy())
        out = T.Normalize((0.1, 0.2, 0.3), (1.0, 2.0, 4.0))(x)
        for c, (m, s) in enumerate([(0.1, 1.0), (0.2, 2.0), (0.3, 4.0)]):
            assert np.array_equal(out.numpy()[c], (array[c] - np.float32(m)) / np.float32(s))
        assert np.array_equal(x.numpy(), array)
        T.Normalize(0.5, 2.0, inplace=True)(x)
        assert np.array_equal(x.numpy(), (array - np.float32(0.5)) / np.float32(2))

    def test_gradients_flow(self):
        x = ag.ones(1, 2, 2).requires_grad_()
        T.Normalize((0.5,), (0.25,))(x).sum().backward()
        assert x.grad.tolist() == [[[4.0, 4.0], [4.0, 4.0]]]

    @pytest.mark.parametrize(
        ("value", "mean", "std", "error", "match"),
        [
            (np.zeros((1, 2, 2)), (0.5,), (0.5,), TypeError, "ToTensor"),
            (ag.zeros(1, 2, 2, dtype=ag.uint8), (0.5,), (0.5,), TypeError, "uint8"),
            (ag.zeros(2, 2), (0.5,), (0.5,), ValueError, r"\(2, 2\)"),
            (ag.zeros(1, 2, 2), (0.5,), (0.0,), ValueError, "zero"),
            (ag.zeros(1, 2, 2), (0.5,), (1e-60,), ValueError, "zero"),
            (ag.zeros(3, 2, 2), (0.5, 0.5), (1.0, 1.0), RuntimeError, "3 channels"),
        ],
    )
    def test_wrong_inputs(self, value, mean, std, error, match):
        with pytest.raises(error, match=match):
            T.Normalize(mean, std)(value)


class TestMoves:
    """On the PIL image and on the tensor of the same bytes, with the same result."""

    CASES = [
        T.CenterCrop(4),
        T.CenterCrop((3, 9)),
        T.CenterCrop((11, 2)),
        T.Pad(2),
        T.Pad((1, 2), fill=7),
        T.Pad((1, 2, 3, 0), padding_mode="edge"),
        T.Pad((1, 2, 3, 0), padding_mode="reflect"),
        T.Pad((1, 2, 3, 0), padding_mode="symmetric"),
        T.Pad(-1, padding_mode="edge"),
        T.RandomCrop(4),
        T.RandomCrop((4, 5), padding=3),
        T.RandomCrop(9, pad_if_needed=True),
        T.RandomHorizontalFlip(1.0),
        T.RandomVerticalFlip(1.0),
        T.RandomHorizontalFlip(),
        T.Resize((3, 9), T.InterpolationMode.NEAREST_EXACT),
        T.Grayscale(3),
    ]

    @pytest.mark.parametrize("transform", CASES, ids=repr)
    @pytest.mark.parametrize("channels", [1, 3])
    def test_both_carriers_agree(self, transform, channels):
        img, tensor = both(picture(channels=channels))
        ag.manual_seed(5)
        first = as_array(transform(img))
        ag.manual_seed(5)
        second = transform(tensor)
        assert second.dtype == ag.uint8
        difference = np.abs(first.astype(int) - second.numpy().astype(int))
        assert difference.max() <= (1 if isinstance(transform, T.Grayscale) else 0)
        assert np.array_equal(as_array(img), tensor.numpy()), "inputs are not changed"

    @given(st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 12), st.integers(1, 12))
    @settings(deadline=None, max_examples=60)
    def test_crop_windows_anywhere(self, top, left, height, width):
        img, tensor = both(picture())
        assert np.array_equal(as_array(F.crop(img, top, left, height, width)), F.crop(tensor, top, left, height, width).numpy())

    @given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
    @settings(deadline=None, max_examples=30)
    def test_resize_of_tensors_is_pillows(self, h, w, new_h, new_w):
        img = picture(h, w, 1)
        exact = np.asarray(img.convert("F").resize((new_w, new_h), Image.Resampling.BILINEAR))
        ours = F.resize(F.to_tensor(np.asarray(img.convert("F"))), (new_h, new_w)).numpy()[0]
        np.testing.assert_allclose(ours, exact, atol=1e-3)

    @pytest.mark.parametrize(
        ("size", "max_size", "expected"),
        [(4, None, (5, 4)), ((2, 3), None, (2, 3)), ([6], None, (8, 6)), (10, 11, (11, 7)), (5, None, (7, 5))],
    )
    def test_resized_shapes(self, size, max_size, expected):
        for img in both(picture()):
            assert tuple(F.get_dimensions(T.Resize(size, max_size=max_size)(img))[1:]) == expected

    def test_constant_colours_and_palettes(self):
        img = T.Pad(1, fill=(1, 2, 3))(picture())
        assert img.getpixel((0, 0)) == (1, 2, 3)
        palette = picture().convert("P")
        for mode in ("constant", "edge"):
            padded = T.Pad(1, padding_mode=mode)(palette)
            assert padded.mode == "P" and padded.getpalette() == palette.getpalette() and padded.size == (7, 9)

    def test_gradients_flow_through_moves(self):
        x = ag.ones(1, 4, 4).requires_grad_()
        out = F.resize(F.pad(F.hflip(F.crop(x, 1, 1, 3, 3)), 1, padding_mode="edge"), (3, 3))
        (out.sum() + F.pad(x, 1).sum()).backward()
        assert x.grad.shape == (1, 4, 4) and abs(x.grad.sum().item() - 25) < 1e-4

    def test_rotation(self):
        img = picture(6, 6, 1)
        assert F.rotate(img, 90).tobytes() == img.transpose(Image.Transpose.ROTATE_90).tobytes()
        ag.manual_seed(0)
        angles = [T.RandomRotation.get_params([-10, 20]) for _ in range(50)]
        assert min(angles) >= -10 and max(angles) <= 20 and len(set(angles)) == 50
        assert T.RandomRotation((5, 6), expand=True, fill=9)(picture()).size > (5, 7)
        with pytest.raises(TypeError, match="PIL image or a tensor"):
            F.rotate(np.zeros((1, 2, 2)), 3)

    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda img: T.RandomCrop(99)(img), ValueError),
            (lambda img: T.Pad((1, 2, 3)), ValueError),
            (lambda img: T.Pad("1"), TypeError),
            (lambda img: T.Pad(1, padding_mode="mirror"), ValueError),
            (lambda img: F.pad(img, 9, padding_mode="reflect"), ValueError),
            (lambda img: T.CenterCrop((1, 2, 3)), ValueError),
            (lambda img: T.Resize("8"), TypeError),
            (lambda img: T.Resize((1, 2, 3)), ValueError),
            (lambda img: T.Resize(8, interpolation="bilinear"), ValueError),
            (lambda img: T.Resize(8, max_size=7)(img), ValueError),
            (lambda img: T.RandomRotation(-1), ValueError),
            (lambda img: T.Grayscale(2)(img), ValueError),
            (lambda img: F.hflip(np.zeros((2, 2))), TypeError),
            (lambda img: F.crop(ag.zeros(3), 0, 0, 1, 1), TypeError),
        ],
    )
    @pytest.mark.parametrize("carrier", [0, 1])
    def test_wrong_arguments(self, make, error, carrier):
        with pytest.raises(error):
            make(both(picture())[carrier])


class TestRandom:
    def test_probabilities(self):
        ag.manual_seed(0)
        img = picture(channels=1)
        flipped = sum(T.RandomHorizontalFlip(0.3)(img) is not img for _ in range(300))
        assert 60 < flipped < 120
        applied = sum(T.RandomApply([lambda x: None], 0.7)(img) is None for _ in range(300))
        assert 180 < applied < 240

    def test_crops_reach_every_corner(self):
        ag.manual_seed(0)
        corners = {T.RandomCrop.get_params(ag.zeros(1, 5, 4), (3, 3))[:2] for _ in range(100)}
        assert corners == {(i, j) for i in range(3) for j in range(2)}

    def test_choice_and_order(self):
        random.seed(0)
        assert {T.RandomChoice([lambda x: 1, lambda x: 2])(0) for _ in range(20)} == {1, 2}
        assert {T.RandomChoice([lambda x: 1, lambda x: 2], p=[0, 1])(0) for _ in range(20)} == {2}
        assert {T.RandomOrder([lambda x: x + "a", lambda x: x + "b"])("") for _ in range(20)} == {"ab", "ba"}
        with pytest.raises(ValueError, match="probabilities"):
            T.RandomChoice([len], p=[0.5, 0.5])
        with pytest.raises(TypeError):
            T.RandomApply(len)

    def test_erasing(self):
        ag.manual_seed(0)
        x = ag.ones(3, 16, 16)
        out = T.RandomErasing(1.0, value=0)(x)
        gone = (out.numpy() == 0).all(axis=0)
        assert x.numpy().min() == 1 and 0.01 < gone.mean() < 0.4
        assert T.RandomErasing(0.0)(x) is x
        noise = T.RandomErasing(1.0, value="random", inplace=True)(x)
        assert noise is x and len(np.unique(x.numpy())) > 4
        with pytest.raises(ValueError, match="3"):
            T.RandomErasing(1.0, value=(1, 2))(ag.ones(3, 16, 16))


class TestConvertImageDtype:
    @pytest.mark.parametrize(
        ("source", "target", "values", "expected"),
        [
            ("uint8", "float32", [0, 255], [0, 1]),
            ("float32", "uint8", [0.0, 0.5, 1.0], [0, 127, 255]),
            ("uint8", "int16", [0, 255], [0, 255 * 128]),
            ("int16", "uint8", [0, 255 * 128], [0, 255]),
            ("float32", "float64", [0.5], [0.5]),
        ],
    )
    def test_values(self, source, target, values, expected):
        out = F.convert_image_dtype(ag.from_numpy(np.array(values, dtype=source)), getattr(ag, target))
        assert out.dtype == getattr(ag, target) and out.tolist() == expected

    def test_unsafe_casts_are_refused(self):
        with pytest.raises(RuntimeError, match="int32"):
            F.convert_image_dtype(ag.zeros(1), ag.int32)


class TestCompose:
    def test_order_and_the_note_in_errors(self):
        assert T.Compose([T.Lambda(lambda x: x + 1), T.Lambda(lambda x: x * 2)])(1) == 4
        with pytest.raises(TypeError) as caught:
            T.Compose([T.Lambda(lambda x: x), T.Normalize((0.5,), (0.5,))])(picture())
        assert "in transform 1 of Compose: Normalize" in "".join(caught.value.__notes__)

    @pytest.mark.parametrize("make", [lambda: T.Compose(T.ToTensor()), lambda: T.Compose("ab"), lambda: T.Lambda(3)])
    def test_wrong_arguments(self, make):
        with pytest.raises(TypeError):
            make()


class TestTurning:
    @pytest.mark.parametrize("angle", [0, 90, 180, 270, -90, 360])
    @pytest.mark.parametrize("expand", [False, True])
    def test_right_angles_of_images_and_tensors_agree(self, angle, expand):
        img, tensor = both(picture(6, 6) if not expand else picture(5, 9))
        assert np.array_equal(as_array(F.rotate(tensor, angle, expand=expand)), as_array(F.rotate(img, angle, expand=expand)))

    @pytest.mark.parametrize("angle", [10, -33.3, 123])
    @pytest.mark.parametrize(("center", "fill"), [(None, 0), ((2, 9), 77), ((0, 0), (1, 2, 3))])
    def test_other_angles_nearly_agree(self, angle, center, fill):
        img, tensor = both(picture(24, 20))
        one, other = as_array(F.rotate(img, angle, center=center, fill=fill)), as_array(F.rotate(tensor, angle, center=center, fill=fill))
        assert one.shape == other.shape and (one != other).any(0).mean() < 0.06

    def test_shapes_types_and_gradients(self):
        assert F.rotate(ag.ones(2, 5, 1, 6, 8), 45, expand=True).shape == (2, 5, 1, 10, 10)
        assert F.rotate(ag.ones(4, 4, dtype=ag.uint8), 30, T.InterpolationMode.BILINEAR).dtype == ag.uint8
        x = ag.rand(1, 5, 5, requires_grad=True)
        F.rotate(x, 90).sum().backward()
        assert x.grad.tolist() == ag.ones(1, 5, 5).tolist()

    def test_random_angles(self):
        ag.manual_seed(3)
        one = T.RandomRotation(30, fill=5)(ag.zeros(3, 9, 9))
        ag.manual_seed(3)
        other = F.rotate(ag.zeros(3, 9, 9), T.RandomRotation.get_params([-30.0, 30.0]), fill=[5.0] * 3)
        assert one.tolist() == other.tolist() and one.max() == 5

    @pytest.mark.parametrize(
        ("call", "error", "match"),
        [
            (lambda: F.rotate(ag.ones(1, 3, 3), "5"), TypeError, "angle"),
            (lambda: F.rotate(ag.ones(1, 3, 3), 5, center=3), TypeError, "center"),
            (lambda: F.rotate(ag.ones(1, 3, 3), 5, T.InterpolationMode.BICUBIC), ValueError, "nearest or bilinear"),
            (lambda: F.rotate(ag.ones(3, 3, 3), 5, fill=[1, 2]), ValueError, "fill"),
            (lambda: F.rotate(picture(), 5, fill=[1, 2]), ValueError, "fill"),
        ],
    )
    def test_what_cannot_be(self, call, error, match):
        with pytest.raises(error, match=match):
            call()


CHANGES = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation, "hue": F.adjust_hue}


class TestColours:
    @pytest.mark.parametrize(
        ("name", "factor"),
        [(n, f) for n in ("brightness", "contrast", "saturation") for f in (0, 0.4, 1, 1.7)] + [("hue", -0.3), ("hue", 0.1)],
    )
    @pytest.mark.parametrize("channels", [1, 3])
    def test_images_and_tensors_agree(self, name, factor, channels):
        img, tensor = both(picture(8, 9, channels))
        ours, theirs = (as_array(CHANGES[name](value, factor)).astype(int) for value in (tensor, img))
        difference = abs(ours - theirs)
        assert ours.shape == theirs.shape and difference.max() <= (12 if name == "hue" else 2)

    @pytest.mark.parametrize("name", CHANGES)
    def test_floats_and_what_changes_nothing(self, name):
        x = F.to_tensor(picture(6, 6))
        same = CHANGES[name](x, 0.0 if name == "hue" else 1.0)
        assert np.allclose(same.numpy(), x.numpy(), atol=1e-6)
        strong = CHANGES[name](x, 0.5)
        assert strong.dtype == x.dtype and not np.allclose(strong.numpy(), x.numpy()) and strong.min() >= 0 and strong.max() <= 1

    def test_hues(self):
        import colorsys

        x = F.to_tensor(picture(5, 5))
        ours = F.adjust_hue(x, 0.3).numpy()
        for i in range(5):
            for j in range(5):
                h, s, v = colorsys.rgb_to_hsv(*x[:, i, j].tolist())
                assert np.allclose(ours[:, i, j], colorsys.hsv_to_rgb((h + 0.3) % 1, s, v), atol=1e-5)

    def test_jitter_draws_an_order_and_four_factors(self):
        jitter = T.ColorJitter(0.4, 0.3, 0.2, 0.1)
        ag.manual_seed(1)
        ours = jitter(F.pil_to_tensor(picture()))
        ag.manual_seed(1)
        order = ag.randperm(4).tolist()
        factors = [ag.empty(1).uniform_(*r).item() for r in (jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue)]
        expected = F.pil_to_tensor(picture())
        for i in order:
            expected = list(CHANGES.values())[i](expected, factors[i])
        assert ours.tolist() == expected.tolist()
        assert T.ColorJitter()(picture()).tobytes() == picture().tobytes()

    @pytest.mark.parametrize(
        ("call", "error"),
        [
            (lambda: T.ColorJitter(-1), ValueError),
            (lambda: T.ColorJitter(hue=0.6), ValueError),
            (lambda: T.ColorJitter(contrast=(2, 1)), ValueError),
            (lambda: T.ColorJitter("a"), TypeError),
            (lambda: F.adjust_hue(picture(), 0.7), ValueError),
            (lambda: F.adjust_contrast(ag.ones(3, 2, 2), -1), ValueError),
            (lambda: F.adjust_brightness(ag.ones(2, 2, 2), 1), TypeError),
            (lambda: F.adjust_saturation(np.ones((2, 2)), 1), TypeError),
        ],
    )
    def test_what_cannot_be(self, call, error):
        with pytest.raises(error):
            call()

    def test_gray_at_random(self):
        assert T.RandomGrayscale(1.0)(picture()).mode == "RGB" and T.RandomGrayscale(0.0)(picture()).tobytes() == picture().tobytes()
        gray = T.RandomGrayscale(1.0)(F.to_tensor(picture()))
        assert gray.shape == (3, 7, 5) and gray[0].tolist() == gray[2].tolist()


class TestNoise:
    def test_values(self):
        x = ag.full((1, 60, 60), 0.5)
        noisy = T.GaussianNoise(0.1, 0.05)(x)
        assert abs((noisy - x).mean().item() - 0.1) < 0.005 and abs((noisy - x).std().item() - 0.05) < 0.005
        assert T.GaussianNoise(sigma=3.0)(x).max() == 1 and T.GaussianNoise(sigma=3.0, clip=False)(x).max() > 1
        grey = T.GaussianNoise()(ag.full((1, 60, 60), 100, dtype=ag.uint8))
        assert grey.dtype == ag.uint8 and abs(grey.to(ag.float32).std().item() - 25.5) < 2

    @pytest.mark.parametrize(("value", "error"), [(picture(), TypeError), (ag.ones(1, 2, 2, dtype=ag.int64), ValueError)])
    def test_what_cannot_be(self, value, error):
        with pytest.raises(error):
            T.GaussianNoise()(value)
        with pytest.raises(ValueError, match="sigma"):
            F.gaussian_noise(ag.ones(1, 2, 2), sigma=-1)


class TestResizedCrops:
    @given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 9))
    @settings(deadline=None, max_examples=30)
    def test_windows_fit(self, height, width, seed):
        ag.manual_seed(seed)
        top, left, h, w = T.RandomResizedCrop.get_params(ag.zeros(1, height, width), (0.08, 1.0), (0.75, 4 / 3))
        assert top >= 0 and left >= 0 and h > 0 and w > 0 and top + h <= height and left + w <= width

    def test_sizes_and_the_middle_when_none_fits(self):
        assert T.RandomResizedCrop(4)(picture(20, 30)).size == (4, 4) and T.RandomResizedCrop((4, 5))(ag.rand(3, 9, 9)).shape == (3, 4, 5)
        assert T.RandomResizedCrop.get_params(ag.zeros(1, 100, 2), (1.0, 1.0), (0.75, 1.3)) == (48, 0, 3, 2)
        assert T.RandomResizedCrop.get_params(ag.zeros(1, 2, 100), (1.0, 1.0), (0.75, 1.5)) == (0, 48, 2, 3)

    @pytest.mark.parametrize(("options", "error"), [({"scale": 1}, TypeError), ({"ratio": (2, 1)}, ValueError)])
    def test_what_cannot_be(self, options, error):
        with pytest.raises(error):
            T.RandomResizedCrop(3, **options)
