"""The classic tables of the comparisons, and their encoding by scikit-learn.

Needs pandas and scikit-learn. Not called by itself. Rows are those of the two files that `distrain
data split` writes; all that is fitted is fitted on the training rows.
"""
import dataclasses
import pathlib

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


@dataclasses.dataclass
class Table:
    """A table; columns are counted from 0."""

    name: str
    file: str
    has_header: bool
    label: int
    dropped: tuple = ()
    texts: tuple = ()
    test_file: str | None = None
    is_regression: bool = False

    def flags(self):
        """Flags that say the same to distrain, which counts columns from 1."""
        types = [f"{c + 1}=ignored" for c in self.dropped] + [f"{c + 1}=category" for c in self.texts]
        flags = ["--label", self.label + 1 if self.label >= 0 else self.label]
        return flags + (["--column-types", ",".join(types)] if types else [])

    def split(self, program, folder, bounds=None):
        """Writes the two files, or takes those that there are; returns their paths."""
        source = pathlib.Path(folder).resolve() / self.file
        if self.test_file:
            return str(source), str(source.with_name(self.test_file))
        paths = [f"{self.name}-train.csv", f"{self.name}-test.csv"]
        program.run("data", "split", source, *self.flags(), "--training", paths[0], "--test", paths[1],
                    ranks=1)
        if bounds:
            check_rows(self, source, [program.folder / path for path in paths], bounds)
        return tuple(paths)


TABLES = [
    Table("iris", "iris.csv", True, -1),
    Table("wine", "wine_uci.csv", False, 0),
    Table("breast-cancer", "breast_cancer_wdbc_uci.csv", False, 1, dropped=(0,)),
    Table("titanic", "titanic.csv", True, 1, dropped=(0, 3, 8, 10), texts=(4, 11)),
    Table("adult", "adult_train.csv", False, -1, texts=(1, 3, 5, 6, 7, 8, 9, 13),
          test_file="adult_test.csv"),
    Table("banknote", "banknote_authentication.csv", False, -1),
    Table("california", "california_housing.csv", True, 8, texts=(9,), is_regression=True),
]


def read(table, path):
    return pd.read_csv(path, header=0 if table.has_header else None, skipinitialspace=True,
                       na_values="?")


def check_rows(table, source, paths, bounds):
    """Expects each row of the source once in the two files, and each class by its share."""
    whole, parts = read(table, source), [read(table, path) for path in paths]
    rows = [sorted(map(str, frame.itertuples(index=False))) for frame in (whole, pd.concat(parts))]
    bounds.check(f"{table.name}: rows that are not in the two files once", float(rows[0] != rows[1]), 0)
    bounds.check(f"{table.name}: rows of the test file beside a fifth",
                 abs(len(parts[1]) - len(whole) / 5), 2)
    if not table.is_regression:
        counts = [frame.iloc[:, table.label].value_counts() for frame in (whole, parts[1])]
        bounds.check(f"{table.name}: test rows of a class beside a fifth",
                     float((counts[1] - counts[0] / 5).abs().max()), 1)


def encode(table, training_path, test_path, coder=None):
    """Features and labels of both files: (x, y, test x, test y, class names).

    Columns are encoded by coder, encode_column if none is given.
    """
    coder = coder or encode_column
    frames = read(table, training_path), read(table, test_path)
    label = table.label % frames[0].shape[1]
    blocks = [coder(table, c, frames) for c in range(frames[0].shape[1])
              if c != label and c not in table.dropped]
    x, test_x = (np.hstack(part) for part in zip(*blocks))
    y, test_y = (frame.iloc[:, label].to_numpy() for frame in frames)
    if table.is_regression:
        return x, y.astype(float), test_x, test_y.astype(float), []
    names, y = np.unique(y, return_inverse=True)
    # The UCI repository's adult.test ends its labels with a point.
    test_y = [t.removesuffix(".") if isinstance(t, str) and t not in names else t for t in test_y]
    return x, y, test_x, np.searchsorted(names, np.array(test_y)), list(names)


def encode_column(table, column, frames):
    """Median and standardisation of a number, an indicator for each level of a text; a missing text
    has none."""
    cells = [frame.iloc[:, column] for frame in frames]
    if column not in table.texts:
        coder = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        first, second = (c.to_numpy().astype(float).reshape(-1, 1) for c in cells)
        return coder.fit_transform(first), coder.transform(second)
    levels = sorted(cells[0].dropna().unique(), key=lambda level: level.encode())
    coder = OneHotEncoder(categories=[levels], handle_unknown="ignore", sparse_output=False)
    # A level that is not known has no indicator.
    first, second = (c.astype(object).fillna("\0missing").to_numpy().reshape(-1, 1) for c in cells)
    return coder.fit_transform(first), coder.transform(second)


def plain_column(table, column, frames):
    """For trees: a number as it is, NaN where it is missing."""
    if column in table.texts:
        return encode_column(table, column, frames)
    return tuple(f.iloc[:, column].to_numpy().astype(float).reshape(-1, 1) for f in frames)
