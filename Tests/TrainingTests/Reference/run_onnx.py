"""Runs exported models by onnxruntime and prints the goldens of ONNXTests.

    python3 -m pip install onnx onnxruntime
    mkdir onnx && DISTRAIN_ONNX_FOLDER=$PWD/onnx swift test -c release --filter ONNXTests
    python3 Tests/TrainingTests/Reference/run_onnx.py onnx > Tests/TrainingTests/Reference/onnx.json

For each model the folder holds NAME.onnx and NAME.json, its inputs in the graph's order.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime


def tensor(entry):
    """An input of a test as an array: bytes, numbers with null for missing, or texts."""
    (kind, value), = entry.items()
    if kind == "bytes":
        return numpy.array(value["_1"], numpy.uint8).reshape(value["shape"])
    if kind == "numbers":
        numbers = [numpy.nan if number is None else number for number in value["_0"]]
        return numpy.array(numbers, numpy.float64).reshape(-1, 1)
    return numpy.array(value["_0"], object).reshape(-1, 1)


def golden(file):
    onnx.checker.check_model(onnx.load(file), full_check=True)
    inputs = json.loads(file.with_suffix(".json").read_text())
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_inputs()]
    assert len(names) == len(inputs), f"{file}: {names} for {len(inputs)} inputs"
    outputs = session.run(None, dict(zip(names, map(tensor, inputs))))
    labels = outputs[0].tolist() if len(outputs) == 2 else []
    return {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "labels": labels,
        "values": [[float(value) for value in row] for row in outputs[-1]],
    }


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}", file=sys.stderr)
    json.dump({file.stem: golden(file) for file in files}, sys.stdout, indent=None, separators=(",\n", ": "))
    print()


main()
