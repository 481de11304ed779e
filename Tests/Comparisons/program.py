"""What the comparisons have in common: running distrain, reading what it writes, and bounds.

Needs numpy and pandas. Not called by itself.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import time

import numpy as np
import pandas as pd


class Program:
    """The program, started on a number of ranks in a folder of its own."""

    def __init__(self, path, ranks, folder):
        # A name alone is looked for on the PATH, as a shell does it.
        self.path = (os.sep not in str(path) and shutil.which(path)) or str(pathlib.Path(path).resolve())
        self.ranks = ranks
        self.folder = pathlib.Path(folder)

    def run(self, *arguments, ranks=None):
        """Runs a command to its end; returns its standard output and the seconds it took."""
        ranks = ranks or self.ranks
        launcher = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
        if ranks > os.cpu_count():
            launcher += ["--oversubscribe", "--bind-to", "none"]
        command = launcher + [self.path] + [str(argument) for argument in arguments]
        start = time.perf_counter()
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\nexited with {result.returncode}:\n{result.stderr}")
        return result.stdout, seconds

    def train(self, output, *arguments):
        """Trains; returns the last event of the run's log, with the seconds of the whole command."""
        _, seconds = self.run("train", "--output", output, *arguments)
        lines = (self.folder / output / "metrics.jsonl").read_text().splitlines()
        final = json.loads(lines[-1])
        if final["event"] != "final":
            raise SystemExit(f"{output}: the log does not end with a final event")
        return final | {"command_seconds": seconds}

    def tensors(self, run):
        """The parameters of a run by their names, as float64."""
        path = self.folder / f"{run}.safetensors"
        self.run("export", "--checkpoint", run, "--output", path, ranks=1)
        content = path.read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        data, tensors = content[8 + length:], {}
        for name, entry in json.loads(content[8:8 + length]).items():
            if name == "__metadata__":
                continue
            first, end = entry["data_offsets"]
            kind = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}[entry["dtype"]]
            tensors[name] = np.frombuffer(data[first:end], kind).reshape(entry["shape"]).astype(float)
        return tensors

    def evaluate(self, run, *arguments):
        """All metrics of a run on its test rows."""
        return json.loads(self.run("evaluate", "--checkpoint", run, "--json", *arguments)[0])["metrics"]

    def predict(self, run, file):
        """Classes as numbers, and probabilities or values as the program has them.

        Numbers are written with the digits that tell a float32 from all others, so they are read as
        float32 and nothing is lost.
        """
        path = self.folder / "predictions.csv"
        path.write_text(self.run("predict", "--checkpoint", run, file, ranks=1)[0])
        table = pd.read_csv(path, dtype=str)
        if "value" in table:
            return table["value"].to_numpy().astype(np.float32).astype(float)
        scores = table.iloc[:, 4:].to_numpy().astype(np.float32).astype(float)
        return table["class"].to_numpy().astype(int), scores


class Bounds:
    """Counts what is beyond its bound; the comparison ends with exit code 1 then."""

    def __init__(self):
        self.broken = []

    def check(self, what, value, bound):
        """Expects a value of at most the bound; NaN is beyond all bounds."""
        if not value <= bound:
            self.broken.append(f"{what}: {value:.3g} is above {bound:g}")

    def finish(self):
        for line in self.broken:
            print("BROKEN ", line)
        print("all within their bounds" if not self.broken else f"{len(self.broken)} bounds broken")
        raise SystemExit(1 if self.broken else 0)


def relative(found, expected):
    """The largest difference over the largest value."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))


def print_table(title, header, rows):
    """Prints rows of texts and numbers in columns."""
    cells = [[text if isinstance(text, str) else f"{text:.4g}" for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells)]
    print(f"\n{title}")
    for row in [header] + cells:
        print("  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths))).rstrip())
