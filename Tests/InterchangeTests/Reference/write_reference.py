"""Writes python.safetensors with the Python package, for SafetensorsReferenceTests.

Made with safetensors 0.8.0 and numpy 2.4.6.
Run in this folder: python3 write_reference.py
"""

import numpy
import safetensors
from safetensors.numpy import save_file

tensors = {
    "conv1.weight": (numpy.arange(24, dtype=numpy.float32) / 7 - 1).reshape(2, 3, 2, 2),
    "bn1.running_mean": numpy.array([1e-38, -3.5, 3.4e38], dtype=numpy.float32),
    "bn1.num_batches_tracked": numpy.array(-5_000_000_000, dtype=numpy.int64),
    "half": numpy.array([0.5, 1.5, 2.5], dtype=numpy.float16),
    "empty": numpy.zeros((0, 4), dtype=numpy.float32),
    "größe \"quoted\"": numpy.array([42], dtype=numpy.float32),
}
save_file(tensors, "python.safetensors", metadata={"format": "np", "note": "tab\tand ü"})
print("safetensors", safetensors.__version__, "numpy", numpy.__version__)
