"""Golden numbers of single layers at odd shapes, complete: layers.json.

Set-up:  python3 -m venv venv && venv/bin/pip install 'torch==2.13.0+cpu' numpy
Run:     venv/bin/python make_layer_goldens.py

Inputs come from names (random_key.py). With key = RandomKey(seed: 1).derived("golden").derived(CASE)
and u = key.derived(TENSOR).uniform(at: i), i in C order of PyTorch's shape ([batch, channel, height,
width], [batch, feature]; weights [output, input, kernel, kernel] or [output, input]):
  input, output_gradient, targets   inputScale * (2 u - 1) for the input, 2 u - 1 for the others
  weight, bias                      (2 u - 1) * Float(1 / sqrt(fan in))
  weight of batch norm              1 + 0.1 (2 u - 1), bias 0.1 (2 u - 1)
  running_mean, running_var         0 and 1 in training; in evaluation 0.1 (2 u - 1), 1 + 0.1 (2 u - 1)
  labels                            key.derived("labels").integer(below: 10, at: image)
Gradients are of sum(output * output_gradient), or of the loss, which is then the output.

All values are those of float64 arithmetic on these float32 inputs; `difference` is the largest by
which any element from PyTorch's float32 is off.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

from random_key import GOLDEN, around_one, scaled

HERE = pathlib.Path(__file__).parent


class Case:
    """A layer with its inputs; `make` maps tensors by name to the output."""

    def __init__(self, name, layer, shape, make, settings=None, input_scale=1, **tensors):
        self.name, self.layer, self.make, self.settings = name, layer, make, settings or {}
        self.input_scale = input_scale
        self.key = GOLDEN.derived(name)
        self.tensors = {"input": scaled(self.key.derived("input"), shape, input_scale)}
        self.statistics = {}
        for tensor, (kind, *details) in tensors.items():
            key, value = self.key.derived(tensor), None
            if kind == "uniform":
                value = scaled(key, details[0], 1 / math.sqrt(details[1]))
            elif kind == "around_one":
                value = around_one(key, details[0])
            elif kind == "around_zero":
                value = scaled(key, details[0], 0.1)
            target = self.statistics if tensor.startswith("running") else self.tensors
            target[tensor] = value
        self.labels = self.key.derived("labels").integers(10, shape[0])

    def run(self, precision):
        """The output, all gradients and the running statistics, flat in C order."""
        tensors = {key: torch.from_numpy(value).to(precision).requires_grad_() for key, value in self.tensors.items()}
        running = {key: torch.from_numpy(value).to(precision).clone() for key, value in self.statistics.items()}
        output = self.make(self, tensors, running)
        if output.dim() == 0:
            output.backward()
        else:
            weights = torch.from_numpy(self.key.derived("output_gradient").signed(*output.shape))
            (output * weights.to(precision)).sum().backward()
        result = {"output": output.detach(), **running}
        result.update({f"{key}.gradient": tensor.grad for key, tensor in tensors.items()})
        return result

    def golden(self):
        exact, single = self.run(torch.float64), self.run(torch.float32)
        worst = max((exact[key] - single[key].double()).abs().max().item() for key in exact)
        values = {key: [digits(x) for x in tensor.flatten().tolist()] for key, tensor in exact.items()}
        result = {
            "name": self.name, "layer": self.layer, "settings": self.settings, "inputScale": self.input_scale,
            "inputShape": list(self.tensors["input"].shape), "outputShape": list(exact["output"].shape),
            "output": values["output"],
            "gradients": {key: values[f"{key}.gradient"] for key in self.tensors},
            "statistics": {key: values[key] for key in self.statistics}, "difference": digits(worst, 3),
        }
        return result | ({"labels": self.labels} if self.layer == "cross-entropy" else {})


def digits(number, count=8):
    return float(f"{number:.{count}g}")


def convolution(kernel, stride, padding, bias, batch, inputs, outputs):
    def make(case, t, _):
        return F.conv2d(t["input"], t["weight"], t.get("bias"), stride, padding)

    fan_in = inputs * kernel * kernel
    tensors = {"weight": ("uniform", (outputs, inputs, kernel, kernel), fan_in)}
    if bias:
        tensors["bias"] = ("uniform", (outputs,), fan_in)
    name = f"convolution-k{kernel}-s{stride}-p{padding}" + ("-bias" if bias else "")
    settings = {"kernel": kernel, "stride": stride, "padding": padding, "bias": bias, "outputs": outputs}
    return Case(name, "convolution", (batch, inputs, 8, 7), make, settings, **tensors)


def convolutions():
    """Every kernel and stride with and without padding; bias, batch and channels take turns such
    that bias meets each padding and each stride."""
    cases = []
    for kernel in (1, 2, 3, 5, 7):
        for stride in (1, 2):
            for padding in sorted({0, kernel // 2}):
                turn = len(cases)
                inputs, outputs = [(3, 5), (5, 3)][turn // 3 % 2]
                bias = turn % 4 in (0, 3)
                cases.append(convolution(kernel, stride, padding, bias, 1 + turn % 3, inputs, outputs))
    return cases


def batch_norm(name, batch, channels, training):
    def make(case, t, running):
        return F.batch_norm(t["input"], running["running_mean"], running["running_var"], t["weight"], t["bias"],
                            training, momentum=0.1, eps=1e-5)

    shape = (channels,)
    case = Case(name, "batch-norm", (batch, channels, 6, 7), make, {"training": training},
                weight=("around_one", shape), bias=("around_zero", shape),
                running_mean=("around_zero", shape), running_var=("around_one", shape))
    if training:
        case.statistics["running_mean"][:] = 0
        case.statistics["running_var"][:] = 1
    return case


def pooling(name, layer, batch, channels, kernel, padding, counts_padding=None):
    def make(case, t, _):
        if layer == "max-pool":
            return F.max_pool2d(t["input"], kernel, 2, padding)
        return F.avg_pool2d(t["input"], kernel, 2, padding, count_include_pad=counts_padding)

    settings = {"kernel": kernel, "stride": 2, "padding": padding}
    if counts_padding is not None:
        settings["countsPadding"] = counts_padding
    return Case(name, layer, (batch, channels, 6, 7), make, settings)


def dense(name, batch, inputs, outputs, bias):
    def make(case, t, _):
        return F.linear(t["input"], t["weight"], t.get("bias"))

    tensors = {"weight": ("uniform", (outputs, inputs), inputs)}
    if bias:
        tensors["bias"] = ("uniform", (outputs,), inputs)
    return Case(name, "dense", (batch, inputs), make, {"outputs": outputs, "bias": bias}, **tensors)


def cross_entropy(name, batch, smoothing):
    def make(case, t, _):
        return F.cross_entropy(t["input"], torch.tensor(case.labels), label_smoothing=smoothing)

    return Case(name, "cross-entropy", (batch, 10), make, {"labelSmoothing": smoothing}, input_scale=5)


def mean_squared_error(name, batch, features):
    def make(case, t, _):
        targets = torch.from_numpy(case.key.derived("targets").signed(batch, features))
        return F.mse_loss(t["input"], targets.to(t["input"].dtype))

    return Case(name, "mean-squared-error", (batch, features), make)


CASES = [
    *convolutions(),
    batch_norm("batch-norm-training", 3, 5, True),
    batch_norm("batch-norm-training-batch-1", 1, 3, True),
    batch_norm("batch-norm-evaluation", 2, 3, False),
    Case("relu", "relu", (2, 3, 5, 7), lambda case, t, _: t["input"].relu()),
    Case("gelu", "gelu", (2, 3, 5, 7), lambda case, t, _: F.gelu(t["input"]), input_scale=6),
    pooling("max-pool-k2", "max-pool", 2, 3, 2, 0),
    pooling("max-pool-k3-p1", "max-pool", 1, 5, 3, 1),
    pooling("average-pool-k2", "average-pool", 1, 5, 2, 0, True),
    pooling("average-pool-k3-p1", "average-pool", 2, 3, 3, 1, True),
    pooling("average-pool-k3-p1-without-padding", "average-pool", 2, 3, 3, 1, False),
    Case("global-average", "global-average", (3, 5, 6, 7), lambda case, t, _: t["input"].mean((2, 3))),
    dense("dense-bias", 3, 7, 5, True),
    dense("dense", 1, 5, 3, False),
    cross_entropy("cross-entropy", 3, 0.0),
    cross_entropy("cross-entropy-smoothed", 3, 0.1),
    cross_entropy("cross-entropy-batch-1", 1, 0.1),
    mean_squared_error("mean-squared-error", 3, 5),
]

if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = ",\n".join(json.dumps(case.golden(), separators=(",", ":")) for case in CASES)
    text = f'{{"source":"torch {torch.__version__}","cases":[\n{cases}\n]}}\n'
    (HERE / "layers.json").write_text(text)
