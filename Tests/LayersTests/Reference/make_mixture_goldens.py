"""Losses of mixed images and their gradients by torch: writes mixture.json beside itself.

    python make_mixture_goldens.py

torch's cross_entropy takes the mixed target as probabilities; mean squared errors are weighted by
hand. Sums over images, not means.
"""

import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(3)
COUNT, CLASSES = 6, 5
outputs = (3 * torch.randn(COUNT, CLASSES, dtype=torch.float32)).requires_grad_()
labels = torch.tensor([0, 4, 2, 2, 1, 3])
partners = torch.tensor([3, 4, 0, 1, 1, 0])
shares = torch.tensor([0.25, 0.5, 1.0, 0.0, 0.875, 0.7])
first, second = F.one_hot(labels, CLASSES).float(), F.one_hot(partners, CLASSES).float()
target = shares[:, None] * first + (1 - shares[:, None]) * second


def case(loss, smoothing, value):
    gradient, = torch.autograd.grad(value, outputs)
    return {"loss": loss, "smoothing": smoothing, "sum": value.item(),
            "gradients": gradient.flatten().tolist()}


squares = ((outputs - first) ** 2).mean(1) * shares + ((outputs - second) ** 2).mean(1) * (1 - shares)
cases = [
    case("cross-entropy", smoothing,
         F.cross_entropy(outputs, target, reduction="sum", label_smoothing=smoothing))
    for smoothing in [0.0, 0.1]
] + [case("mean-squared-error", 0.0, squares.sum())]

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mixture.json")
with open(path, "w") as file:
    json.dump({
        "source": f"torch {torch.__version__}", "tolerance": 1e-5, "class_count": CLASSES,
        "outputs": outputs.flatten().tolist(), "labels": labels.tolist(),
        "partner_labels": partners.tolist(), "shares": shares.tolist(), "cases": cases,
    }, file)
    file.write("\n")
