"""Golden numbers for the optimizers, the learning-rate schedules and gradient clipping.

Set-up:  python3 -m venv venv && venv/bin/pip install 'torch==2.13.0+cpu' numpy
Run:     venv/bin/python make_goldens.py        writes optimizers.json, schedules.json, clipping.json

Numbers come from value(k) = ((40503 k + 30011) mod 65536) / 32768 - 1, which float32 holds exactly:
parameter i begins at value(i), its gradient in step t = 1, 2, ... is value(1000 t + i).
A new optimizer is a row in OPTIMIZERS.
"""
import json
import pathlib

import numpy
import torch
from torch.optim import lr_scheduler

HERE = pathlib.Path(__file__).parent
COUNT, STEPS = 21, 10

# Name on the command line, settings, learning rate, weight decay, factor on gradients.
OPTIMIZERS = [
    ("sgd", {}, 0.1, 0, 1),
    ("sgd", {}, 0.1, 0.01, 0.25),
    ("sgd", {"momentum": 0.9}, 0.1, 0, 1),
    ("sgd", {"momentum": 0.9}, 0.1, 0.01, 1),
    ("sgd", {"momentum": 0.9, "nesterov": True}, 0.1, 0, 1),
    ("sgd", {"momentum": 0.9, "nesterov": True}, 0.1, 0.01, 0.25),
    ("adam", {}, 0.01, 0, 1),
    ("adam", {}, 0.01, 0.01, 0.25),
    ("adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}, 0.01, 0, 1),
    ("adamw", {}, 0.01, 0, 1),
    ("adamw", {}, 0.01, 0.01, 1),
    ("adamw", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}, 0.01, 0.1, 0.25),
    ("rmsprop", {}, 0.01, 0, 1),
    ("rmsprop", {"alpha": 0.9, "epsilon": 1e-4}, 0.01, 0.01, 0.25),
    ("rmsprop", {"momentum": 0.9}, 0.01, 0.01, 1),
    ("rmsprop", {"centered": True}, 0.01, 0.01, 1),
    ("rmsprop", {"centered": True, "momentum": 0.9, "alpha": 0.9}, 0.01, 0.01, 1),
    ("adagrad", {}, 0.01, 0, 1),
    ("adagrad", {"epsilon": 1e-4}, 0.01, 0.01, 0.25),
]
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW,
           "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad}


def values(first, count):
    k = numpy.arange(first, first + count, dtype=numpy.int64)
    return torch.from_numpy((((40503 * k + 30011) % 65536) / 32768 - 1).astype(numpy.float32))


def keywords(settings):
    """The settings as PyTorch spells them."""
    result = dict(settings)
    if "beta1" in result:
        result["betas"] = (result.pop("beta1"), result.pop("beta2"))
    if "epsilon" in result:
        result["eps"] = result.pop("epsilon")
    return result


def optimizer_case(name, settings, rate, decay, scale):
    parameter = torch.nn.Parameter(values(0, COUNT))
    optimizer = CLASSES[name]([parameter], lr=rate, weight_decay=decay, **keywords(settings))
    for step in range(1, STEPS + 1):
        # A rate that changes tells rate times momentum from momentum of rate times gradient.
        optimizer.param_groups[0]["lr"] = rate / step
        parameter.grad = values(1000 * step, COUNT) * scale
        optimizer.step()
    state = optimizer.state[parameter]
    slots = {key: value.tolist() for key, value in state.items()
             if isinstance(value, torch.Tensor) and value.shape == parameter.shape}
    return {"optimizer": name, "settings": settings, "learningRate": rate, "weightDecay": decay,
            "gradientScale": scale, "parameters": parameter.tolist(), "slots": slots}


DEFAULTS = {"learningRate": 0.5, "finalLearningRate": 0.0, "stepsPerEpoch": 4,
            "drops": {"every": {"epochs": 30}}, "gamma": 0.1, "risingShare": 0.3, "initialDivisor": 25.0,
            "finalDivisor": 1e4, "annealing": "cosine", "warmUpSteps": 0}


def linear(final_share, steps):
    return lambda o: lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=final_share, total_iters=steps)


def cosine(final, steps):
    return lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=steps, eta_min=final)


def one_cycle(rate, steps, **extra):
    return lambda o: lr_scheduler.OneCycleLR(o, max_lr=rate, total_steps=steps, cycle_momentum=False, **extra)


def step_lr(size, gamma):
    """StepLR counts epochs; here it is stepped at the end of each epoch of 4 steps."""
    return ("epochs", lambda o: lr_scheduler.StepLR(o, size, gamma))


def multi_step(milestones, gamma):
    return ("epochs", lambda o: lr_scheduler.MultiStepLR(o, milestones, gamma))


SCHEDULES = [
    ("constant", {}, 8, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    ("step", {"drops": {"every": {"epochs": 3}}}, 40, step_lr(3, 0.1)),
    ("step", {"drops": {"at": {"epochs": [2, 5, 6]}}, "gamma": 0.2}, 40, multi_step([2, 5, 6], 0.2)),
    ("cosine", {}, 30, cosine(0, 30)),
    ("cosine", {"finalLearningRate": 0.01}, 31, cosine(0.01, 31)),
    ("cosine", {"finalLearningRate": 0.01, "warmUpSteps": 6}, 31, cosine(0.01, 25)),
    ("linear", {}, 30, linear(0.0, 30)),
    ("linear", {"finalLearningRate": 0.05}, 17, linear(0.1, 17)),
    ("linear", {"warmUpSteps": 5}, 22, linear(0.0, 17)),
    ("onecycle", {}, 40, one_cycle(0.5, 40)),
    ("onecycle", {"risingShare": 0.23, "initialDivisor": 10.0, "finalDivisor": 100.0, "annealing": "linear"}, 37,
     one_cycle(0.5, 37, pct_start=0.23, div_factor=10, final_div_factor=100, anneal_strategy="linear")),
]


def schedule_case(name, changes, steps, make):
    settings = {**DEFAULTS, **changes}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=settings["learningRate"])
    by_epoch = isinstance(make, tuple)
    make = make[1] if by_epoch else make
    warm_up = settings["warmUpSteps"]
    if warm_up:
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warm_up + 1), end_factor=1.0, total_iters=warm_up)
        scheduler = lr_scheduler.SequentialLR(optimizer, [rise, make(optimizer)], milestones=[warm_up])
    else:
        scheduler = make(optimizer)
    rates = []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < steps and (not by_epoch or (step + 1) % settings["stepsPerEpoch"] == 0):
            scheduler.step()
    return {"schedule": name, "settings": settings, "totalSteps": steps, "rates": rates}


def clipping_case(count, maximum):
    # In float64, so that the norm is the exact one to many more digits than float32 has.
    parameter = torch.nn.Parameter(torch.zeros(count, dtype=torch.float64))
    parameter.grad = values(0, count).double()
    norm = torch.nn.utils.clip_grad_norm_([parameter], maximum)
    return {"count": count, "maximum": maximum, "norm": norm.item(), "firstClipped": parameter.grad[:4].tolist()}


def write(name, tolerance, cases):
    about = {"source": f"torch {torch.__version__}", "tolerance": tolerance, "cases": cases}
    text = json.dumps(about, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"')
    text = text.replace('{"schedule"', '\n{"schedule"').replace('{"count"', '\n{"count"')
    (HERE / name).write_text(text + "\n")


def short(case):
    """Nine digits are all of a float32."""
    digits = lambda numbers: [float(f"{number:.9g}") for number in numbers]
    return {**case, "parameters": digits(case["parameters"]),
            "slots": {key: digits(value) for key, value in case["slots"].items()}}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("optimizers.json", 1e-6, [short(optimizer_case(*row)) for row in OPTIMIZERS])
    write("schedules.json", 1e-12, [schedule_case(*row) for row in SCHEDULES])
    write("clipping.json", 1e-12, [clipping_case(*row) for row in [(1, 1.0), (37, 1.0), (10000, 5.0), (10000, 1e3)]])
