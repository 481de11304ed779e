"""Golden numbers for Muon, from PyTorch's in float64.

Set-up:  python3 -m venv venv && venv/bin/pip install torch==2.15.0
Run:     venv/bin/python make_muon_goldens.py        writes muon.json

torch.optim.Muon iterates in bfloat16, of which the result keeps two digits; here it is given float64 by that
name. It runs with adjust_lr_fn="match_rms_adamw".

Numbers come from value(k) = ((40503 k + 30011) mod 65536) / 32768 - 1: element i of a matrix, in rows, begins
at value(i), its gradient in step t = 1, 2, ... is value(1000 t + 7 i) times the scale. The rate of step t is the
given one divided by t. Of the parameters and of the momentum every STRIDE-th is stored.
"""
import json
import pathlib

import torch

STEPS, STRIDE = 5, 17
# Rows, columns, settings, learning rate, weight decay, factor on gradients.
CASES = [(24, 40, {}, 0.02, 0.0, 1.0),
         (40, 24, {"momentum": 0.8}, 0.02, 0.1, 0.25),
         (31, 31, {"nesterov": False}, 0.05, 0.01, 1e-3),
         (1, 50, {"momentum": 0.0}, 0.01, 0.1, 1.0),
         (50, 1, {"momentum": 0.9, "nesterov": False}, 0.01, 0.0, 3.0)]


def values(first, stride, count):
    k = first + stride * torch.arange(count, dtype=torch.int64)
    return ((40503 * k + 30011) % 65536).double() / 32768 - 1


def run(rows, columns, settings, rate, decay, scale):
    count = rows * columns
    parameter = torch.nn.Parameter(values(0, 1, count).reshape(rows, columns))
    optimizer = torch.optim.Muon([parameter], lr=rate, weight_decay=decay,
                                 adjust_lr_fn="match_rms_adamw", **settings)
    for step in range(1, STEPS + 1):
        optimizer.param_groups[0]["lr"] = rate / step
        parameter.grad = values(1000 * step, 7, count).reshape(rows, columns) * scale
        optimizer.step()
    momentum = optimizer.state[parameter]["momentum_buffer"]
    assert momentum.dtype == torch.float64
    return {"rows": rows, "columns": columns, "settings": settings, "learningRate": rate,
            "weightDecay": decay, "gradientScale": scale, "steps": STEPS, "stride": STRIDE,
            "parameters": parameter.detach().flatten()[::STRIDE].tolist(),
            "momentum": momentum.flatten()[::STRIDE].tolist()}


torch.bfloat16 = torch.float64
path = pathlib.Path(__file__).parent / "muon.json"
path.write_text(json.dumps({"source": f"torch {torch.__version__.split('+')[0]}", "tolerance": 2e-5,
                            "cases": [run(*case) for case in CASES]}, indent=1) + "\n")
