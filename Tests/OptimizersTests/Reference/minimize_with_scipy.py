"""Golden numbers for the batch optimizers: what SciPy's need for the same functions.

Set-up:  python3 -m venv venv && venv/bin/pip install scipy==1.17.1
Run:     venv/bin/python minimize_with_scipy.py        writes minima.json

Each function is minimised by scipy.optimize.minimize from the same point to the same infinity norm of
the gradient. L-BFGS-B's second reason to stop, a small decrease, is switched off. BFGS and CG evaluate
value and gradient together, once at each point.
"""
import json
import pathlib

import numpy as np
import scipy
from scipy.optimize import minimize

TOLERANCE = 1e-6


def rosenbrock(x):
    valley = x[1:] - x[:-1] ** 2
    value = np.sum(100 * valley ** 2 + (1 - x[:-1]) ** 2)
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * x[:-1] * valley - 2 * (1 - x[:-1])
    gradient[1:] += 200 * valley
    return value, gradient


def quadratic(x):
    """Curvatures from 1 to 10,000, minimum at 1."""
    curvatures = 10.0 ** (4 * np.arange(len(x)) / (len(x) - 1))
    return 0.5 * np.sum(curvatures * (x - 1) ** 2), curvatures * (x - 1)


def beale(x):
    value, gradient = 0.0, np.zeros(2)
    for power, constant in ((1, 1.5), (2, 2.25), (3, 2.625)):
        rest = constant - x[0] * (1 - x[1] ** power)
        value += rest ** 2
        gradient += 2 * rest * np.array([x[1] ** power - 1, x[0] * power * x[1] ** (power - 1)])
    return value, gradient


def powell(x):
    """Powell's singular function: the curvature at the minimum has rank 2."""
    a, b, c, d = x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3]
    value = a ** 2 + 5 * b ** 2 + c ** 4 + 10 * d ** 4
    return value, np.array([2 * a + 40 * d ** 3, 20 * a + 4 * c ** 3, 10 * b - 8 * c ** 3,
                            -10 * b - 40 * d ** 3])


def wood(x):
    a, b = x[1] - x[0] ** 2, x[3] - x[2] ** 2
    value = (100 * a ** 2 + (1 - x[0]) ** 2 + 90 * b ** 2 + (1 - x[2]) ** 2
             + 10.1 * ((x[1] - 1) ** 2 + (x[3] - 1) ** 2) + 19.8 * (x[1] - 1) * (x[3] - 1))
    return value, np.array([
        -400 * x[0] * a - 2 * (1 - x[0]), 200 * a + 20.2 * (x[1] - 1) + 19.8 * (x[3] - 1),
        -360 * x[2] * b - 2 * (1 - x[2]), 180 * b + 20.2 * (x[3] - 1) + 19.8 * (x[1] - 1)])


FUNCTIONS = [
    ("rosenbrock", rosenbrock, [-1.2, 1.0]),
    ("rosenbrock", rosenbrock, [-1.2, 1.0] * 50),
    ("quadratic", quadratic, [0.0] * 50),
    ("beale", beale, [1.0, 1.0]),
    ("powell", powell, [3.0, -1.0, 0.0, 1.0]),
    ("wood", wood, [-3.0, -1.0, -3.0, -1.0]),
]
METHODS = {
    "cg": ("CG", {"gtol": TOLERANCE, "maxiter": 10000}),
    "bfgs": ("BFGS", {"gtol": TOLERANCE, "maxiter": 10000}),
    "lbfgs": ("L-BFGS-B", {"gtol": TOLERANCE, "ftol": 0, "maxcor": 10, "maxiter": 10000, "maxfun": 100000}),
}

cases = []
for function, evaluate, start in FUNCTIONS:
    for method, (name, options) in METHODS.items():
        result = minimize(evaluate, np.array(start), jac=True, method=name, options=options)
        cases.append({"function": function, "method": method, "start": start, "value": float(result.fun),
                      "iterations": int(result.nit), "evaluations": int(result.nfev)})
path = pathlib.Path(__file__).parent / "minima.json"
path.write_text(json.dumps({"source": f"scipy {scipy.__version__}", "tolerance": TOLERANCE, "cases": cases},
                           indent=1) + "\n")
