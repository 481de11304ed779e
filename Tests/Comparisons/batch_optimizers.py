"""The batch optimizers of distrain beside those of SciPy, on the same objectives from the same start.

Set-up:  python3 -m venv venv && venv/bin/pip install scipy==1.17.1 scikit-learn==1.9.1 pandas
Run:     venv/bin/python batch_optimizers.py --program distrain --tables FOLDER [--ranks 2]

FOLDER holds adult_train.csv, adult_test.csv and banknote_authentication.csv as published. Two
objectives, each the mean loss and l2/2 · ‖w‖² over the weights without biases:

logistic   logistic regression on adult, 106 parameters, to a gradient of 1e-6 in each element
mlp        a network with a hidden layer of 6 rectified units on banknote, 44 parameters, to 1e-4

SciPy's methods get value and gradient in Double, computed here in numpy of the encoded table, from the
parameters with which the program begins (written by a run of one step too small to change them).

Of the logistic regression the final values have to agree to 1e-7 and the iterations may be 1.1 times
SciPy's. The network has kinks and many minima, to which small differences lead apart: no method's value
may lie more than 5 % above SciPy's. The numbers on Rosenbrock's function are in
Tests/OptimizersTests/Reference/minimize_with_scipy.py. Exits with 1 if a bound is broken.
"""
import argparse
import tempfile
import warnings

import numpy as np
from scipy.optimize import minimize

from program import Bounds, Program, print_table
from tables import TABLES, encode

METHODS = {
    "cg": ("CG", {}),
    "bfgs": ("BFGS", {}),
    # Its second reason to stop, a small decrease, is switched off.
    "lbfgs": ("L-BFGS-B", {"ftol": 0, "maxcor": 10, "maxfun": 100000}),
}


class Objective:
    """A function of a vector; counts how often it is computed."""

    def __init__(self, x, y, l2, start):
        # The program holds the table as float32.
        self.x, self.y, self.l2 = x.astype(np.float32).astype(float), y, l2
        self.names = sorted(start)
        self.shapes = [start[name].shape for name in self.names]
        self.start = np.concatenate([start[name].ravel() for name in self.names])

    def parts(self, point):
        """The vector cut into the tensors of the program."""
        tensors, first = {}, 0
        for name, shape in zip(self.names, self.shapes):
            count = int(np.prod(shape))
            tensors[name] = point[first:first + count].reshape(shape)
            first += count
        return tensors

    def joined(self, value, gradients, point):
        """Value and gradient with the penalty of the weights."""
        tensors = self.parts(point)
        for name, tensor in tensors.items():
            if name.endswith("weight"):
                value += self.l2 / 2 * np.sum(tensor ** 2)
                gradients[name] = gradients[name] + self.l2 * tensor
        return value, np.concatenate([gradients[name].ravel() for name in self.names])


class Logistic(Objective):
    """One output; its sign tells the class."""

    def __call__(self, point):
        tensors, n = self.parts(point), len(self.y)
        sign = 2.0 * self.y - 1
        margin = sign * (self.x @ tensors["linear.weight"][0] + tensors["linear.bias"][0])
        slope = -sign / (1 + np.exp(np.minimum(margin, 700))) / n
        gradients = {"linear.weight": self.x.T @ slope, "linear.bias": np.sum(slope)}
        return self.joined(np.mean(np.logaddexp(0, -margin)), gradients, point)


class Perceptron(Objective):
    """A hidden layer of rectified units, and softmax with cross-entropy."""

    def __call__(self, point):
        t, n = self.parts(point), len(self.y)
        hidden = np.maximum(0, self.x @ t["fc1.weight"].T + t["fc1.bias"])
        outputs = hidden @ t["fc2.weight"].T + t["fc2.bias"]
        outputs -= outputs.max(axis=1, keepdims=True)
        logarithms = outputs - np.log(np.sum(np.exp(outputs), axis=1, keepdims=True))
        slope = np.exp(logarithms)
        slope[np.arange(n), self.y] -= 1
        slope /= n
        back = slope @ t["fc2.weight"] * (hidden > 0)
        gradients = {"fc2.weight": slope.T @ hidden, "fc2.bias": slope.sum(axis=0),
                     "fc1.weight": back.T @ self.x, "fc1.bias": back.sum(axis=0)}
        return self.joined(-np.mean(logarithms[np.arange(n), self.y]), gradients, point)


# Name, table, what numpy computes, flags, l2, tolerance.
PROBLEMS = [
    ("logistic", "adult", Logistic, ["--model", "logistic-regression"], 1e-4, 1e-6),
    ("mlp", "banknote", Perceptron, ["--model", "mlp", "--hidden", 6], 1e-3, 1e-4),
]


def compare(problem, program, source, bounds):
    name, table_name, kind, flags, l2, tolerance = problem
    table = next(table for table in TABLES if table.name == table_name)
    training, test = table.split(program, source)
    x, y, *_ = encode(table, program.folder / training, program.folder / test)
    data = ["--dataset", f"csv:{training}", "--test-file", test, *table.flags(), *flags]
    program.train(f"{name}-start", *data, "--optimizer", "sgd", "--learning-rate", 1e-30,
                  "--max-steps", 1)
    objective = kind(x, y, l2, program.tensors(f"{name}-start"))
    rows = []
    for method, (peer, options) in METHODS.items():
        own = program.train(f"{name}-{method}", *data, "--l2-penalty", l2, "--optimizer", method,
                            "--gradient-tolerance", tolerance, "--max-iterations", 10000)
        # L-BFGS-B's tolerance has the same meaning as the others'.
        other = minimize(objective, objective.start, jac=True, method=peer,
                         options={"gtol": tolerance, "maxiter": 10000} | options)
        above = own["loss"] / other.fun - 1
        if kind is Logistic:
            bounds.check(f"{name} {method}: difference of values", abs(above), 1e-7)
            bounds.check(f"{name} {method}: iterations over SciPy's", own["iterations"] / other.nit, 1.1)
        else:
            bounds.check(f"{name} {method}: value above SciPy's", above, 0.05)
        rows.append((f"{name} {method}", str(own["iterations"]), str(other.nit), str(own["evaluations"]),
                     str(other.nfev), f"{own['loss']:.12f}", f"{other.fun:.12f}", above,
                     own["gradient_norm"], float(np.max(np.abs(other.jac))), own["stopped_by"]))
    print_table(f"{name} on {table_name}, {len(objective.start)} parameters, beside SciPy", (
        "method", "iterations", "SciPy's", "evaluations", "SciPy's", "value", "SciPy's", "above",
        "gradient", "SciPy's", "ended by"), rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="distrain")
    parser.add_argument("--tables", required=True)
    parser.add_argument("--ranks", type=int, default=2)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    bounds = Bounds()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.program, options.ranks, folder)
        for problem in PROBLEMS:
            compare(problem, program, options.tables, bounds)
    bounds.finish()


main()
