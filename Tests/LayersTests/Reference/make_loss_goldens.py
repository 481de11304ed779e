"""Golden numbers of losses: losses.json.

Set-up:  python3 -m venv venv && venv/bin/pip install 'torch==2.13.0+cpu' numpy
Run:     venv/bin/python make_loss_goldens.py

Outputs come from names (random_key.py), with key = RandomKey(seed: 1).derived("golden").derived(CASE):
  outputs  (2 u - 1) * scale, key.derived("outputs"), [samples, outputs]
  targets  (2 u - 1) * scale, key.derived("targets"), [samples]
  labels   key.derived("labels").integer(below: classes, at: sample)
Each loss is the sum over the samples, in float64 of these float32 inputs, with its gradient with
respect to the outputs. scikit-learn's f1_score is what the soft F1 score becomes when probabilities
are 0 and 1, `hardF1` (macro, over the classes that occur).
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from sklearn.metrics import f1_score

from random_key import GOLDEN

HERE = pathlib.Path(__file__).parent


def signs(labels, outputs):
    """1 for a sample's own class, else -1; a single output is that of the second class."""
    if outputs.shape[1] == 1:
        return (2 * labels - 1).reshape(-1, 1).to(outputs.dtype)
    return 2 * F.one_hot(labels, outputs.shape[1]).to(outputs.dtype) - 1


def logistic(outputs, labels, targets):
    if outputs.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(
            outputs[:, 0], labels.to(outputs.dtype), reduction="sum")
    return F.cross_entropy(outputs, labels, reduction="sum")


def hinge(outputs, labels, targets):
    return F.relu(1 - signs(labels, outputs) * outputs).sum()


def squared_hinge(outputs, labels, targets):
    return F.relu(1 - signs(labels, outputs) * outputs).square().sum()


def soft_f1(outputs, labels, targets):
    probabilities = outputs.softmax(1)
    truth = F.one_hot(labels, outputs.shape[1]).to(outputs.dtype)
    present = truth.sum(0) > 0
    scores = 2 * (probabilities * truth).sum(0) / (probabilities.sum(0) + truth.sum(0))
    return len(labels) * (1 - scores[present].mean())


def mean_squared_error(outputs, labels, targets):
    return F.mse_loss(outputs[:, 0], targets, reduction="sum")


def golden(name, loss, samples, classes, outputs, scale):
    key = GOLDEN.derived(name)
    values = torch.from_numpy(key.derived("outputs").signed(samples, outputs)) * scale
    targets = torch.from_numpy(key.derived("targets").signed(samples)) * scale
    labels = torch.tensor(key.derived("labels").integers(classes, samples))
    values = values.double().requires_grad_()
    result = loss(values, labels, targets.double())
    result.backward()
    found = values.detach().argmax(1)
    present = sorted(set(labels.tolist()))
    return {
        "name": name, "loss": loss.__name__.replace("_", "-"), "samples": samples, "classes": classes,
        "outputs": outputs, "scale": scale, "labels": labels.tolist(), "value": result.item(),
        "gradients": values.grad.flatten().tolist(),
        "hardF1": f1_score(labels, found, labels=present, average="macro") if loss is soft_f1 else None,
    }


CASES = [
    ("logistic-two", logistic, 7, 2, 1, 3.0),
    ("logistic-two-large", logistic, 5, 2, 1, 200.0),
    ("logistic-four", logistic, 5, 4, 4, 3.0),
    ("hinge-two", hinge, 9, 2, 1, 2.0),
    ("hinge-four", hinge, 5, 4, 4, 2.0),
    ("squared-hinge-two", squared_hinge, 9, 2, 1, 2.0),
    ("squared-hinge-four", squared_hinge, 5, 4, 4, 2.0),
    ("soft-f1-two", soft_f1, 9, 2, 2, 2.0),
    ("soft-f1-five", soft_f1, 6, 5, 5, 3.0),
    ("soft-f1-one-sample", soft_f1, 1, 3, 3, 2.0),
    ("mean-squared-error-value", mean_squared_error, 7, 2, 1, 3.0),
]

if __name__ == "__main__":
    cases = ",\n".join(json.dumps(golden(*case), separators=(",", ":")) for case in CASES)
    text = f'{{"source":"torch {torch.__version__}","cases":[\n{cases}\n]}}\n'
    (HERE / "losses.json").write_text(text)
