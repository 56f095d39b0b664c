"""What is measured in a process of its own: the import, and the peak memory of training.

That is over what is in use after the import, to which ours adds Numba and LLVM when the first kernel runs, and of the whole process.
"""

from __future__ import annotations

from . import networks
from .row import Row

NETWORKS = {
    "MNIST network, batch 64": networks.MNIST_STEP,
    "ResNet-18 32x32, batch 32": networks.RESNET_STEP,
    "character GPT, 4 layers of 128, 12x64": networks.GPT_STEP,
}

ROWS: list[Row] = [
    Row("import", "import time, CPU", "", kind="import"),
    *[Row("peak memory over the import", name, "step()", setup, kind="memory") for name, setup in NETWORKS.items()],
    *[Row("peak memory of the process", name, "step()", setup, kind="process") for name, setup in NETWORKS.items()],
]
