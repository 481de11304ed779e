"""Golden numbers for LARS and LAMB, from the equations of the papers in float64.

Set-up:  python3 -m venv venv && venv/bin/pip install numpy==2.4.6
Run:     venv/bin/python make_layerwise_goldens.py        writes layerwise.json

LARS: You, Gitman & Ginsburg 2017, algorithm 1. LAMB: You et al. 2020, algorithm 2, with phi(z) = z.
What the papers leave open: LARS divides by |g| + decay |w| + epsilon; a tensor whose norm, or whose
direction's norm, is zero has the ratio 1; the tensors that are not `scaled` (biases) have the ratio 1 and
no weight decay.

Numbers come from value(k) = ((40503 k + 30011) mod 65536) / 32768 - 1: parameter i of the slab begins at
value(i), its gradient in step t = 1, 2, ... is value(1000 t + i) times the scale. The rate of step t is
the given one divided by t. Of the parameters and slots every STRIDE-th is stored.
"""
import json
import pathlib

import numpy as np

STEPS, STRIDE = 5, 509
# Of a slab with gaps: the second crosses borders of blocks of 4096, the last begins as zeros.
TENSORS = [{"range": [0, 600], "scaled": True, "zero": False},
           {"range": [608, 9000], "scaled": True, "zero": False},
           {"range": [9008, 9070], "scaled": False, "zero": False},
           {"range": [9072, 14000], "scaled": True, "zero": True}]
COUNT = 14000


def values(first, count):
    k = np.arange(first, first + count, dtype=np.int64)
    return ((40503 * k + 30011) % 65536) / 32768 - 1


def ratio(parameter, other):
    return parameter / other if parameter != 0 and other != 0 else 1.0


class Lars:
    slots = ["momentum_buffer"]

    def __init__(self, momentum=0.9, trustCoefficient=0.001, epsilon=1e-8):
        self.momentum, self.coefficient, self.epsilon = momentum, trustCoefficient, epsilon

    def step(self, t, w, g, slots, rate, decay, scaled):
        norm, slope = np.linalg.norm(w), np.linalg.norm(g)
        trust = 1.0
        if scaled and norm != 0 and slope != 0:
            trust = self.coefficient * norm / (slope + decay * norm + self.epsilon)
        slots["momentum_buffer"] = self.momentum * slots["momentum_buffer"] + rate * trust * (g + decay * w)
        return w - slots["momentum_buffer"]


class Lamb:
    slots = ["exp_avg", "exp_avg_sq"]

    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-6):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def step(self, t, w, g, slots, rate, decay, scaled):
        slots["exp_avg"] = self.beta1 * slots["exp_avg"] + (1 - self.beta1) * g
        slots["exp_avg_sq"] = self.beta2 * slots["exp_avg_sq"] + (1 - self.beta2) * g ** 2
        mean = slots["exp_avg"] / (1 - self.beta1 ** t)
        square = slots["exp_avg_sq"] / (1 - self.beta2 ** t)
        direction = mean / (np.sqrt(square) + self.epsilon) + decay * w
        trust = ratio(np.linalg.norm(w), np.linalg.norm(direction)) if scaled else 1.0
        return w - rate * trust * direction


RULES = {"lars": Lars, "lamb": Lamb}
# Name, settings, learning rate, weight decay, factor on gradients.
CASES = [("lars", {}, 1.0, 0.0, 1.0),
         ("lars", {"momentum": 0.5, "trustCoefficient": 0.02, "epsilon": 1e-3}, 2.0, 0.01, 0.25),
         ("lamb", {}, 0.01, 0.0, 1.0),
         ("lamb", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}, 0.02, 0.05, 0.25)]


def run(name, settings, rate, decay, scale):
    rule = RULES[name](**settings)
    parameters = values(0, COUNT)
    slots = {slot: np.zeros(COUNT) for slot in rule.slots}
    for tensor in TENSORS:
        if tensor["zero"]:
            parameters[slice(*tensor["range"])] = 0
    for t in range(1, STEPS + 1):
        gradients = values(1000 * t, COUNT) * scale
        for tensor in TENSORS:
            part = slice(*tensor["range"])
            own = {slot: slots[slot][part] for slot in rule.slots}
            parameters[part] = rule.step(t, parameters[part], gradients[part], own, rate / t,
                                         decay if tensor["scaled"] else 0.0, tensor["scaled"])
            for slot in rule.slots:
                slots[slot][part] = own[slot]
    return {"optimizer": name, "settings": settings, "learningRate": rate, "weightDecay": decay,
            "gradientScale": scale, "tensors": TENSORS, "count": COUNT, "steps": STEPS, "stride": STRIDE,
            "parameters": parameters[::STRIDE].tolist(),
            "slots": {slot: slots[slot][::STRIDE].tolist() for slot in rule.slots}}


path = pathlib.Path(__file__).parent / "layerwise.json"
path.write_text(json.dumps({"source": f"numpy {np.__version__}", "tolerance": 2e-6,
                            "cases": [run(*case) for case in CASES]}, indent=1) + "\n")
