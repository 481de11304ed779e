"""Golden numbers of whole networks: mnist-cnn.json, cifar-net.json, resnet18.json, speednet.json.

Set-up:  python3 -m venv venv && venv/bin/pip install 'torch==2.13.0+cpu' numpy
Run:     venv/bin/python make_network_goldens.py [NETWORK ...]

Inputs come from names (random_key.py), with key = RandomKey(seed: 1).derived("golden"):
  parameter NAME   (2 u - 1) * bound, u = key.derived(NAME).uniform(at: i), i in PyTorch's C order;
                   bound = Float(1 / sqrt(fan in)) for weights and biases of convolution and dense
  batch norm       weight 1 + 0.1 (2 u - 1), bias 0.1 (2 u - 1); running mean 0 and variance 1
  images           2 u - 1, key.derived("images"), [batch, channel, height, width]
  labels           key.derived("labels").integer(below: 10, at: image)
Dropout has rate 0. All values are those of float64 arithmetic on these float32 inputs; beside each
is how far PyTorch's float32 on one thread is from it, `difference` the largest of all elements and
`relativeDifference` the norm of all differences over the norm of all values, or null where only
rounding keeps the values from 0, as in the gradient of a bias before a batch norm.

Samples are the elements at (k * count) / N for k in 0 ..< N, in C order; `norm` is the L2 norm.
Gradients are of the mean cross-entropy, which is `loss`; `statistics` are the running statistics
after that one training pass (momentum 0.1, variance with n - 1). The trajectory is 10 steps of
SGD(0.01, momentum 0.9) on the same batch from the beginning: the loss before each step, then the
parameters, and the logits in evaluation mode after the last.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

from random_key import GOLDEN, around_one, scaled

HERE = pathlib.Path(__file__).parent


def conv(inputs, outputs, kernel, stride=1, padding=0, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias)


class MnistCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = conv(1, 32, 3, padding=1, bias=True)
        self.conv2 = conv(32, 64, 3, padding=1, bias=True)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        for layer in (self.conv1, self.conv2):
            x = F.max_pool2d(layer(x).relu(), 2)
        return self.fc2(self.fc1(x.flatten(1)).relu())


class CifarNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([conv(inputs, 64, 3, padding=1, bias=True) for inputs in (3, 64, 64)])
        self.bns = nn.ModuleList([nn.BatchNorm2d(64) for _ in range(3)])
        self.fc1 = nn.Linear(64 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        for layer, norm in zip(self.convs, self.bns):
            x = F.max_pool2d(norm(layer(x)).relu(), 2)
        return self.fc2(self.fc1(x.flatten(1)).relu())


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = conv(inputs, outputs, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = conv(outputs, outputs, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        inner = self.bn1(self.conv1(x)).relu()
        return (self.bn2(self.conv2(inner)) + self.shortcut(x)).relu()


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = conv(3, 64, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(64)
        widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
        self.blocks = nn.Sequential(
            *[ResidualBlock(before, after, 1 if before == after else 2) for before, after in zip(widths, widths[1:])])
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = self.blocks(self.bn1(self.conv1(x)).relu())
        return self.fc(x.mean((2, 3)))


class SpeedGroup(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = conv(inputs, outputs, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = conv(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = F.gelu(self.bn1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.bn2(self.conv2(x)))


class SpeedNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.whiten = conv(3, 24, 2, bias=True)
        self.whiten.weight.requires_grad = False
        self.groups = nn.Sequential(SpeedGroup(24, 64), SpeedGroup(64, 256), SpeedGroup(256, 256))
        self.head = nn.Linear(256, 10, bias=False)

    def forward(self, x):
        x = self.groups(F.gelu(self.whiten(x)))
        return self.head(F.max_pool2d(x, 3).flatten(1)) / 9


# Network, images in the batch, shape of an image.
NETWORKS = {
    "mnist-cnn": (MnistCNN, 8, (1, 28, 28)),
    "cifar-net": (CifarNet, 8, (3, 32, 32)),
    "resnet18": (ResNet18, 4, (3, 32, 32)),
    "speednet": (SpeedNet, 4, (3, 32, 32)),
}


def initial(name, tensor, layer):
    """The formula's values for a parameter."""
    key, shape = GOLDEN.derived(name), tuple(tensor.shape)
    if isinstance(layer, nn.BatchNorm2d):
        return around_one(key, shape) if name.endswith("weight") else scaled(key, shape, 0.1)
    return scaled(key, shape, 1 / math.sqrt(layer.weight[0].numel()))


def build(make, precision):
    network = make()
    with torch.no_grad():
        for layer_name, layer in network.named_modules():
            for name, tensor in layer.named_parameters(prefix=layer_name, recurse=False):
                tensor.copy_(torch.from_numpy(initial(name, tensor, layer)))
    return network.to(precision)


def copies(tensors):
    return {name: tensor.detach().clone() for name, tensor in tensors}


def statistics(network):
    return copies((name, tensor) for name, tensor in network.named_buffers() if "num_batches" not in name)


def run(make, images, labels, precision):
    """Everything that is compared, in one precision."""
    images = images.to(precision)
    network = build(make, precision).train()
    result = {"initial": copies(network.named_parameters())}
    result["logits"] = network(images)
    result["loss"] = F.cross_entropy(result["logits"], labels)
    result["smoothedLoss"] = F.cross_entropy(result["logits"], labels, label_smoothing=0.1)
    result["loss"].backward()
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    result["gradients"] = copies((name, parameter.grad) for name, parameter in trained)
    result["statistics"] = statistics(network)

    network = build(make, precision).train()
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.01, momentum=0.9)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images), labels)
        losses.append(loss.detach())
        loss.backward()
        optimizer.step()
    result["losses"] = torch.stack(losses)
    result["finalParameters"] = copies(network.named_parameters())
    result["finalStatistics"] = statistics(network)
    with torch.no_grad():
        result["finalLogits"] = network.eval()(images)
    return result


def digits(number, count=9):
    return float(f"{float(number):.{count}g}")


def whole(exact, single):
    """All elements of a small tensor."""
    exact, single = exact.detach().flatten(), single.detach().double().flatten()
    return {"values": [digits(x) for x in exact], "difference": digits((exact - single).abs().max(), 3)}


def sampled(exact, single, count):
    """The norm and some elements of a tensor."""
    exact, single = exact.flatten(), single.double().flatten()
    errors = exact - single
    indices = [k * exact.numel() // count for k in range(count)]
    return {"norm": digits(exact.norm()), "samples": [digits(exact[i]) for i in indices],
            "difference": digits(errors.abs().max(), 3),
            "relativeDifference": digits(errors.norm() / exact.norm(), 3) if exact.norm() > 1e-12 else None}


def golden(name):
    make, batch, shape = NETWORKS[name]
    images = torch.from_numpy(GOLDEN.derived("images").signed(batch, *shape))
    labels = torch.tensor(GOLDEN.derived("labels").integers(10, batch))
    exact = run(make, images, labels, torch.float64)
    single = run(make, images, labels, torch.float32)
    result = {
        "source": f"torch {torch.__version__}", "network": name, "batch": batch, "imageShape": shape,
        "labels": labels.tolist(), "imagesNorm": digits(images.double().norm()),
        "initialNorms": {key: digits(tensor.norm()) for key, tensor in exact["initial"].items()},
    }
    for key in ("logits", "loss", "smoothedLoss", "losses", "finalLogits"):
        result[key] = whole(exact[key], single[key])
    for key, count in [("gradients", 32), ("statistics", 16), ("finalParameters", 32), ("finalStatistics", 16)]:
        result[key] = {each: sampled(tensor, single[key][each], count) for each, tensor in exact[key].items()}
    return result


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or NETWORKS:
        text = json.dumps(golden(name), separators=(",", ":"))
        (HERE / f"{name}.json").write_text(text + "\n")
