"""Decision trees and random forests of distrain beside scikit-learn's, on classic tables.

Set-up:  python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 pandas
Run:     venv/bin/python trees.py --program distrain --tables FOLDER [--ranks 2] [--seeds 5]
             [--only titanic,adult]

FOLDER is that of linear_models.py. Both programs read the same two files of a table, as `distrain data
split` wrote them; scikit-learn gets numbers as they are, missing ones as NaN, and an indicator for each
level of a text, as distrain's trees do.

Scores on the test rows, in per cent: accuracy, of california R². scikit-learn's are means of --seeds
seeds. By them its trees draw lots between splits that are equally good, where distrain takes the
first; forests draw rows and features, so distrain's are means of as many seeds. Exits with 1 if a tree
is more than half a point, or a row, below the lowest seed's, or a forest more than half a point, or
half a row, below the mean.
"""
import argparse
import tempfile

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from program import Bounds, Program, print_table
from tables import TABLES, encode, plain_column

# Depth, and the fewest rows of a leaf.
TREES = [(5, 1), (None, 1), (None, 10)]
FOREST_SIZE = 100


def tree_flags(depth, leaf):
    return (["--max-depth", depth] if depth else []) + ["--min-samples-leaf", leaf]


def compare(table, program, options, bounds):
    """The lines of one table."""
    files = table.split(program, options.tables)
    paths = (program.folder / file for file in files)
    x, y, test_x, test_y, _ = encode(table, *paths, coder=plain_column)
    data = ["--dataset", f"csv:{files[0]}", *table.flags(), "--test-file", files[1]]
    metric = "r2" if table.is_regression else "accuracy"
    tree = DecisionTreeRegressor if table.is_regression else DecisionTreeClassifier
    forest = RandomForestRegressor if table.is_regression else RandomForestClassifier
    row = 1 / len(test_y)

    def ours(name, *flags):
        program.train(name, *data, *flags)
        return program.evaluate(name)[metric]

    def theirs(make):
        return [make(seed).fit(x, y).score(test_x, test_y) for seed in range(options.seeds)]

    lines = []
    for depth, leaf in TREES:
        name = f"tree, depth {depth or 'any'}, leaf {leaf}"
        found = ours(f"{table.name}-tree-{depth}-{leaf}", "--model", "decision-tree",
                     *tree_flags(depth, leaf))
        scores = theirs(lambda seed: tree(max_depth=depth, min_samples_leaf=leaf, random_state=seed))
        bounds.check(f"{table.name}, {name}", np.min(scores) - found, max(0.005, row))
        lines.append(line(name, found, scores))
    found = np.mean([
        ours(f"{table.name}-forest-{seed}", "--model", "random-forest", "--trees", FOREST_SIZE,
             "--seed", seed) for seed in range(options.seeds)])
    scores = theirs(lambda seed: forest(FOREST_SIZE, random_state=seed, n_jobs=options.ranks))
    bounds.check(f"{table.name}, forest", np.mean(scores) - found, max(0.005, row / 2))
    return lines + [line(f"forest of {FOREST_SIZE}", found, scores)]


def line(name, found, scores):
    """A line of the table, in per cent."""
    return (name, f"{100 * found:.2f}", f"{100 * np.mean(scores):.2f}",
            f"{100 * np.min(scores):.2f} to {100 * np.max(scores):.2f}",
            f"{100 * (found - np.mean(scores)):+.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tables", required=True)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default=",".join(table.name for table in TABLES))
    options = parser.parse_args()
    bounds = Bounds()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.program, options.ranks, folder)
        for table in TABLES:
            if table.name in options.only.split(","):
                print_table(table.name, ["model", "distrain", "scikit-learn", "its seeds", "difference"],
                            compare(table, program, options, bounds))
    bounds.finish()


if __name__ == "__main__":
    main()
