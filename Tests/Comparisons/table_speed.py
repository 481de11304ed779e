"""Speed on tables: reading beside pandas, logistic regression and decision trees beside scikit-learn.

Set-up:  python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 pandas
Run:     venv/bin/python table_speed.py --program distrain --tables FOLDER [--rows 2000000]
             [--ranks 2] [--repetitions 5] [--parts read,logistic] [--trees] [--scratch FOLDER]

FOLDER holds adult_train.csv and adult_test.csv as published. A table of --rows rows with 29 numeric
columns and a label is generated in the scratch folder (550 MB for 2 million rows) and deleted at the
end. The programs take turns; medians, and the ratio of medians, above 1 where distrain is faster.
scikit-learn and pandas get as many threads as distrain gets ranks.

read      `distrain bench table` beside pandas.read_csv, which reads with one thread
logistic  to the same gradient, 1e-5, of the same objective, l2 = 1e-4, on adult and on the generated
          table: the training alone as the programs report it, and the whole command: reading, encoding,
          training and measuring, beside the same in Python with its start and imports. Ends with 1 if
          the losses differ by more than 1e-4.
--trees   the same for `train --model decision-tree --criterion gini --max-depth 10`, beside
          DecisionTreeClassifier; test accuracies may differ by half a point

Measure on a machine that does nothing else.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# One thread for each rank; read by the libraries when they are loaded.
if "--ranks" in sys.argv:
    os.environ["OMP_NUM_THREADS"] = sys.argv[sys.argv.index("--ranks") + 1]
else:
    os.environ["OMP_NUM_THREADS"] = "2"
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"]

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from program import Bounds, Program, print_table
from tables import TABLES, Table, encode

L2 = 1e-4
TOLERANCE = 1e-5
MAX_DEPTH = 10
GENERATED = Table("generated", "generated.csv", True, -1)


def generate(path, rows):
    """Writes 29 normal numbers a row, and a label that the first five and some noise tell."""
    random = np.random.default_rng(7)
    form = ",".join(["%.6f"] * 29 + ["%d"])
    with open(path, "w") as file:
        file.write(",".join([f"x{column}" for column in range(29)] + ["label"]) + "\n")
        for first in range(0, rows, 20000):
            count = min(20000, rows - first)
            x = random.standard_normal((count, 29))
            y = (x[:, :5].sum(axis=1) + random.standard_normal(count) > 0).astype(int)
            file.write("\n".join(form % (*row, label) for row, label in zip(x.tolist(), y.tolist())) + "\n")


def fit(kind, table, training, test):
    """Reads, encodes, fits and measures in Python; prints what `train` logs."""
    x, y, test_x, test_y, _ = encode(table, training, test)
    start = time.perf_counter()
    if kind == "logistic":
        # Its tolerance is of the mean loss's gradient, as distrain's.
        model = LogisticRegression(C=1 / (L2 * len(y)), tol=TOLERANCE, max_iter=10000).fit(x, y)
    else:
        model = DecisionTreeClassifier(criterion="gini", max_depth=MAX_DEPTH, random_state=1).fit(x, y)
    seconds = time.perf_counter() - start
    result = {"seconds": seconds, "accuracy": model.score(test_x, test_y)}
    if kind == "logistic":
        sign = 2.0 * y - 1
        losses = np.logaddexp(0, -sign * (x @ model.coef_[0] + model.intercept_[0]))
        result["loss"] = float(np.mean(losses) + L2 / 2 * np.sum(model.coef_ ** 2))
        result["iterations"] = int(model.n_iter_[0])
    print(json.dumps(result))


class Speed:
    """The tables and the program, on the ranks asked for."""

    def __init__(self, options, folder):
        self.options = options
        self.program = Program(options.program, options.ranks, folder)
        self.bounds = Bounds()
        self.rows = []

    def row(self, what, own, other, note=""):
        """Adds a row: seconds of both, each turn."""
        own_median, other_median = statistics.median(own), statistics.median(other)
        ratios = sorted(b / a for a, b in zip(own, other))
        self.rows.append((what, f"{own_median:.3f}", f"{other_median:.3f}",
                          f"{other_median / own_median:.2f}", f"{ratios[0]:.2f}-{ratios[-1]:.2f}", note))

    def read(self, table, path):
        own, other = [], []
        for _ in range(self.options.repetitions):
            result = self.program.run("bench", "table", path, "--repetitions", 1, "--json")[0]
            own.append(json.loads(result)["seconds"])
            start = time.perf_counter()
            frame = pd.read_csv(path, header=0 if table.has_header else None, skipinitialspace=True)
            other.append(time.perf_counter() - start)
        megabytes = pathlib.Path(path).stat().st_size / 1e6
        self.row(f"read {table.name}, {len(frame):,} rows, {megabytes:,.0f} MB", own, other,
                 f"{megabytes / statistics.median(own):,.0f} MB/s, pandas "
                 f"{megabytes / statistics.median(other):,.0f}")

    def fit(self, kind, table, training, test):
        flags = {
            "logistic": ["--model", "logistic-regression", "--l2-penalty", L2, "--optimizer", "lbfgs",
                         "--gradient-tolerance", TOLERANCE],
            "tree": ["--model", "decision-tree", "--criterion", "gini", "--max-depth", MAX_DEPTH],
        }[kind]
        own, other = [], []
        for turn in range(self.options.repetitions):
            run = f"{table.name}-{kind}-{turn}"
            own.append(self.program.train(run, "--dataset", f"csv:{training}", "--test-file", test,
                                          *table.flags(), *flags))
            other.append(self.peer(kind, table, training, test))
        first, peer = own[0], other[0]
        if kind == "logistic":
            difference = abs(first["loss"] / peer["loss"] - 1)
            self.bounds.check(f"{table.name} {kind}: losses differ", difference, 1e-4)
            note = (f"loss {first['loss']:.7f} in {first['iterations']} iterations, scikit-learn "
                    f"{peer['loss']:.7f} in {peer['iterations']}")
        else:
            difference = abs(first["val_accuracy"] - peer["accuracy"])
            self.bounds.check(f"{table.name} {kind}: test accuracies differ", difference, 0.005)
            note = f"test accuracy {first['val_accuracy']:.4f}, scikit-learn {peer['accuracy']:.4f}"
        what = f"{kind} on {table.name}"
        self.row(f"{what}, training", [turn["seconds"] for turn in own],
                 [turn["seconds"] for turn in other], note)
        self.row(f"{what}, whole command", [turn["command_seconds"] for turn in own],
                 [turn["command_seconds"] for turn in other])

    def peer(self, kind, table, training, test):
        """Runs `fit` in a process of its own, with the seconds of all of it."""
        command = [sys.executable, __file__, "--fit", kind, table.name, training, test,
                   "--ranks", str(self.options.ranks)]
        start = time.perf_counter()
        result = subprocess.run(command, cwd=self.program.folder, capture_output=True, text=True, check=True)
        return json.loads(result.stdout) | {"command_seconds": time.perf_counter() - start}

    def run(self):
        source = pathlib.Path(self.options.tables).resolve()
        adult = next(table for table in TABLES if table.name == "adult")
        generated = self.program.folder / GENERATED.file
        generate(generated, self.options.rows)
        parts = self.options.parts.split(",")
        if "read" in parts:
            self.read(adult, source / adult.file)
            self.read(GENERATED, generated)
        kinds = (["logistic"] if "logistic" in parts else []) + (["tree"] if self.options.trees else [])
        if kinds:
            files = GENERATED.split(self.program, self.program.folder)
            generated.unlink()
            for kind in kinds:
                self.fit(kind, adult, *adult.split(self.program, source))
                self.fit(kind, GENERATED, *files)
        print_table(f"Seconds on {self.options.ranks} ranks, medians of {self.options.repetitions} turns", (
            "what", "distrain", "Python", "ratio", "of single turns", "note"), self.rows)
        self.bounds.finish()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="distrain")
    parser.add_argument("--tables")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--parts", default="read,logistic")
    parser.add_argument("--trees", action="store_true")
    parser.add_argument("--scratch", help="where the folder for the generated table is made")
    parser.add_argument("--fit", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        kind, name, *paths = options.fit
        fit(kind, next(table for table in [*TABLES, GENERATED] if table.name == name), *paths)
        return
    if options.tables is None:
        parser.error("--tables is needed")
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        Speed(options, folder).run()


main()
