"""Rows of the convolutions, poolings and paddings, and of what moves pixels."""

from __future__ import annotations

from tests.samples.build import distinct, fixed, real

SAMPLES2, SAMPLES3 = [[[0.1, 0.9], [0.5, 0.3], [0.7, 0.2]]] * 2, [[[0.1, 0.5, 0.9], [0.7, 0.2, 0.3]]]
C1, C2, C3 = real(2, 4, 9), real(2, 4, 7, 6), real(1, 2, 5, 6, 7)
P1, P2, P3 = distinct(2, 3, 9), distinct(2, 3, 7, 6), distinct(1, 2, 6, 6, 6)

CONVOLUTIONS = [
    ("Conv1d(4, 6, 3)", C1),
    ("Conv1d(4, 6, 3, 2, 1, 2, 2, False)", C1),
    ("Conv1d(4, 6, 3, padding='same', dilation=2)", C1),
    ("Conv1d(4, 6, kernel_size=3, padding=1, padding_mode='circular')", real(4, 9)),
    ("Conv2d(1, 32, 3, 1)", real(2, 1, 8, 8)),
    ("Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), groups=2, bias=False)", C2),
    ("Conv2d(4, 4, 3, padding=1, groups=4)", C2),
    ("Conv2d(4, 4, 3, dilation=(2, 1), padding=1, padding_mode='reflect')", C2),
    ("Conv2d(4, 4, 3, padding='same', padding_mode='replicate')", C2),
    ("Conv2d(4, 4, 4, padding='same', padding_mode='circular')", C2),
    ("Conv2d(4, 4, 3, padding='valid', padding_mode='zeros')", real(4, 5, 5)),
    ("Conv3d(2, 4, 3, stride=2, padding=1, dilation=(1, 2, 1))", C3),
    ("Conv3d(2, 4, 3, groups=2, bias=False, padding=1, padding_mode='replicate')", C3),
    ("ConvTranspose1d(4, 3, 3, stride=2)", C1),
    ("ConvTranspose1d(4, 4, 3, 2, 1, 1, 2, False, 2, 'zeros')", C1),
    ("ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)", C2),
    ("ConvTranspose2d(4, 3, 2, dilation=2, bias=False, padding_mode='zeros')", real(4, 4, 5)),
    ("ConvTranspose2d(4, 3, 3, stride=2)", C2, [16, 14]),
    ("ConvTranspose3d(2, 3, 2, stride=2)", C3),
    ("ConvTranspose3d(2, 4, 2, 2, (1, 0, 1), (0, 1, 0), 2, False, (1, 2, 1), 'zeros')", C3),
    ("LazyConv1d(6, 3, 2, 1, 2, 2, False, 'circular')", C1),
    ("LazyConv1d(6, 3)", real(4, 9)),
    ("LazyConv2d(6, 3, stride=2, padding=1, dilation=2, groups=2, bias=False, padding_mode='reflect')", C2),
    ("LazyConv2d(6, 3, padding='same')", C2),
    ("LazyConv3d(4, 2, stride=2, padding=1, dilation=2, groups=2, bias=False, padding_mode='zeros')", C3),
    ("LazyConvTranspose1d(4, 3, 2, 1, 1, 2, False, 2, 'zeros')", C1),
    ("LazyConvTranspose2d(4, 3, stride=2, padding=1, output_padding=1, groups=2, bias=True, dilation=1, padding_mode='zeros')", C2),
    ("LazyConvTranspose3d(2, 2, 2, 1, 1, 1, False, 1, 'zeros')", C3),
]

POOLS = [
    ("MaxPool1d(3)", P1),
    ("MaxPool1d(3, 2, 1, 2, True, True)", P1),
    ("MaxPool2d(2)", P2),
    ("MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=True)", P2),
    ("MaxPool2d(2, dilation=2, return_indices=True)", distinct(3, 7, 6)),
    ("MaxPool3d(2, dilation=2)", P3),
    ("MaxPool3d(3, 2, 1, 1, True, True)", P3),
    ("MaxUnpool1d(2)", real(1, 2, 3), fixed([[[0, 3, 5], [1, 2, 4]]])),
    ("MaxUnpool1d(2, 3, 1)", real(1, 1, 2), fixed([[[0, 2]]])),
    ("MaxUnpool2d(2, stride=(2, 2), padding=0)", real(1, 1, 2, 2), fixed([[[[0, 3], [9, 14]]]])),
    ("MaxUnpool2d(2)", real(1, 1, 2, 2), fixed([[[[0, 3], [9, 14]]]]), [5, 4]),
    ("MaxUnpool3d(2)", real(1, 1, 1, 1, 2), fixed([[[[[0, 7]]]]])),
    ("MaxUnpool3d((2, 2, 2), 2, 0)", real(1, 1, 1, 2), fixed([[[[0, 7]]]])),
    ("AvgPool1d(3, stride=2, padding=1)", C1),
    ("AvgPool1d(3, 2, 1, True, False)", C1),
    ("AvgPool2d(3, count_include_pad=False, padding=1, ceil_mode=True)", C2),
    ("AvgPool2d(2, stride=1, divisor_override=3)", real(3, 6, 6)),
    ("AvgPool3d(2)", P3),
    ("AvgPool3d(3, 2, 1, True, False, 5)", P3),
    ("FractionalMaxPool2d(2, output_size=(3, 4))", P2),
    ("FractionalMaxPool2d((2, 3), output_ratio=(0.5, 0.6), return_indices=True)", P2),
    (f"FractionalMaxPool2d(3, 2, _random_samples=tensor({SAMPLES2}))", P2),
    ("FractionalMaxPool2d(2, 3)", distinct(3, 7, 6)),
    ("FractionalMaxPool3d(2, output_size=(2, 3, 4))", P3),
    ("FractionalMaxPool3d((2, 1, 3), output_ratio=0.5, return_indices=True)", P3),
    (f"FractionalMaxPool3d(2, 3, _random_samples=tensor({SAMPLES3}))", P3),
    ("LPPool1d(2, 3, stride=2, ceil_mode=True)", real(2, 3, 9, low=0.3)),
    ("LPPool2d(3, 2, stride=1, ceil_mode=True)", real(2, 3, 6, 6, low=0.3)),
    ("LPPool3d(2, 2, stride=1, ceil_mode=True)", real(1, 2, 4, 4, 4, low=0.3)),
    ("AdaptiveAvgPool1d(4)", C1),
    ("AdaptiveAvgPool2d((4, None))", C2),
    ("AdaptiveAvgPool3d(2)", C3),
    ("AdaptiveMaxPool1d(4, True)", P1),
    ("AdaptiveMaxPool2d(3)", P2),
    ("AdaptiveMaxPool2d((None, 2), return_indices=True)", P2),
    ("AdaptiveMaxPool3d(2, True)", P3),
]

PADS = [
    ("ZeroPad1d(2)", real(2, 3)),
    ("ZeroPad2d((1, 2, 0, -1))", real(2, 3, 4, 4)),
    ("ZeroPad3d(1)", real(2, 3, 3, 2)),
    ("ConstantPad1d(2, 1.5)", real(2, 3)),
    ("ConstantPad2d(1, 0.5)", real(2, 3, 3)),
    ("ConstantPad3d((1, 0, 2, 1, 0, 1), 0.5)", real(1, 2, 3, 3, 3)),
    ("ReflectionPad1d(2)", real(1, 2, 5)),
    ("ReflectionPad2d((1, 2, 0, 1))", real(1, 2, 5, 5)),
    ("ReflectionPad3d(1)", real(1, 2, 3, 3, 4)),
    ("ReplicationPad1d((1, 2))", real(2, 5)),
    ("ReplicationPad2d(2)", real(1, 2, 3, 3)),
    ("ReplicationPad3d(1)", real(1, 2, 3, 3, 3)),
    ("CircularPad1d((1, 2))", real(1, 2, 4)),
    ("CircularPad2d((1, 2, 0, 1))", real(1, 2, 4, 4)),
    ("CircularPad3d(1)", real(1, 2, 3, 4, 4)),
]

PIXELS = [
    ("Upsample(size=(5, 7))", real(1, 2, 3, 4)),
    ("Upsample(scale_factor=2, mode='bilinear', align_corners=False)", real(1, 2, 3, 4)),
    ("Upsample(None, (1.5, 2.5), 'bicubic', True)", real(1, 2, 4, 4)),
    ("Upsample(scale_factor=1.7, mode='linear', recompute_scale_factor=True)", real(1, 2, 6)),
    ("Upsample(scale_factor=2, mode='trilinear')", real(1, 1, 2, 3, 2)),
    ("Upsample(scale_factor=2.3, mode='nearest-exact')", real(1, 2, 5)),
    ("UpsamplingNearest2d(scale_factor=2)", real(1, 2, 3, 3)),
    ("UpsamplingNearest2d((5, 4))", real(1, 2, 3, 3)),
    ("UpsamplingBilinear2d(size=(5, 4))", real(1, 2, 3, 3)),
    ("UpsamplingBilinear2d(scale_factor=(1.5, 2.0))", real(1, 2, 3, 3)),
    ("PixelShuffle(2)", real(2, 8, 3, 2)),
    ("PixelUnshuffle(2)", real(2, 2, 4, 6)),
    ("ChannelShuffle(3)", real(2, 6, 3, 2)),
    ("Unfold((2, 3), 2, 1, (2, 1))", real(2, 3, 6, 7)),
    ("Unfold(kernel_size=2, dilation=1, padding=1, stride=2)", real(3, 4, 5)),
    ("Fold((4, 5), (2, 3), padding=0, stride=1, dilation=1)", real(2, 12, 9)),
    ("Fold(output_size=5, kernel_size=2, dilation=2, padding=1, stride=2)", real(8, 9)),
]

ROWS = [*CONVOLUTIONS, *POOLS, *PADS, *PIXELS]
