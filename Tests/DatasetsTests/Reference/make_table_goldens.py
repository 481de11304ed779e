"""Writes tables.json with pandas and scikit-learn, for RealTablesTests.

Made with pandas 3.1.1, scikit-learn 1.9.1 and numpy 2.4.6. Run in this folder, with the folder of
the tables: python3 make_table_goldens.py ../../../../shared/data/tabular
"""

import json
import sys

import numpy
import pandas
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = sys.argv[1]
# File, whether it has a header, the label's place, columns that are ignored.
tables = [
    ("iris.csv", True, -1, []),
    ("titanic.csv", True, 1, [0, 3, 8, 10]),
    ("wine_uci.csv", False, 0, []),
    ("breast_cancer_wdbc_uci.csv", False, 1, [0]),
    ("adult_train.csv", False, -1, []),
    ("adult_test.csv", False, -1, []),
    ("california_housing.csv", True, 8, []),
    ("banknote_authentication.csv", False, -1, []),
]
samples = [0, 1, 2, 17, 101]


def described(column, frame):
    values = frame.iloc[:, column]
    result = {"missing": int(values.isna().sum())}
    if pandas.api.types.is_numeric_dtype(values):
        imputed = SimpleImputer(strategy="median").fit(values.to_frame().to_numpy(float))
        filled = imputed.transform(values.to_frame().to_numpy(float))
        scaler = StandardScaler().fit(filled)
        result["numeric"] = {
            "sum": float(numpy.nansum(values.to_numpy(float))),
            "median": float(imputed.statistics_[0]),
            "mean": float(scaler.mean_[0]),
            "deviation": float(scaler.scale_[0]),
            "samples": scaler.transform(filled)[samples, 0].tolist(),
        }
    else:
        levels = sorted(values.dropna().unique().tolist(), key=lambda level: level.encode())
        encoder = OneHotEncoder(categories=[levels], handle_unknown="ignore", sparse_output=False)
        encoded = encoder.fit_transform(values.to_frame().to_numpy(object))
        result["category"] = {
            "levels": levels,
            "counts": [int((values == level).sum()) for level in levels],
            "samples": encoded[samples].tolist(),
        }
    return result


reference = []
for name, has_header, label, ignored in tables:
    frame = pandas.read_csv(
        f"{folder}/{name}",
        header=0 if has_header else None,
        skipinitialspace=True,
        na_values=["?"],
    )
    columns = range(frame.shape[1])
    reference.append(
        {
            "file": name,
            "has_header": has_header,
            "names": [str(column) for column in frame.columns] if has_header else None,
            "label": label % frame.shape[1],
            "ignored": ignored,
            "rows": frame.shape[0],
            "columns": [None if c in ignored else described(c, frame) for c in columns],
        }
    )
with open("tables.json", "w") as file:
    json.dump({"samples": samples, "tables": reference}, file)
    file.write("\n")
print("pandas", pandas.__version__, "scikit-learn", sklearn.__version__, "numpy", numpy.__version__)
