"""What is measured in a process of its own: the import, and the peak memory of training over what is in use after the import."""

from __future__ import annotations

from . import networks
from .row import Row

ROWS: list[Row] = [
    Row("import", "import time, CPU", "", kind="import"),
    Row("peak memory", "MNIST network, batch 64", "step()", networks.MNIST_STEP, kind="memory"),
    Row("peak memory", "ResNet-18 32x32, batch 32", "step()", networks.RESNET_STEP, kind="memory"),
    Row("peak memory", "character GPT, 4 layers of 128, 12x64", "step()", networks.GPT_STEP, kind="memory"),
]
