"""Golden coefficients of linear models on classic tables, from scikit-learn and SciPy.

Set-up:  python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 pandas
Run:     venv/bin/python fit_linear_models.py FOLDER_OF_TABLES        writes linear_models.json

Rows are counted from 0 without the header; every fifth (4, 9, ...) is a test row, the others are learned
from. Numeric columns go through SimpleImputer(median) and StandardScaler, texts through OneHotEncoder with
the levels of the training rows, missing cells as unknown ones; in the order of the columns. All minimise

    mean loss + l1 * sum of absolute weights + l2 / 2 * sum of squared weights    (none of the intercept)

logistic: LogisticRegression(C=1/((l1 + l2) n), l1_ratio). linear, loss (y - z)^2: Ridge(alpha=l2 n / 2), with l1
ElasticNet. The squared hinge is minimised by scipy.optimize.minimize, since LinearSVC penalises its intercept.
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FOLDER = pathlib.Path(sys.argv[1])
# File, whether it has a header, label, columns left out, text columns, model, l1, l2.
# With l1 alone, the columns of a text would have no single minimum.
TABLES = [
    ("iris.csv", True, -1, [], [], "logistic-regression", 0, 1e-3),
    ("wine_uci.csv", False, 0, [], [], "logistic-regression", 0, 1e-3),
    ("breast_cancer_wdbc_uci.csv", False, 1, [0], [], "logistic-regression", 0, 1e-3),
    ("breast_cancer_wdbc_uci.csv", False, 1, [0], [], "linear-svm", 0, 1e-2),
    ("titanic.csv", True, 1, [0, 3, 8, 10], [4, 11], "logistic-regression", 0, 1e-3),
    ("adult_train.csv", False, -1, [], [1, 3, 5, 6, 7, 8, 9, 13], "logistic-regression", 0, 1e-2),
    ("banknote_authentication.csv", False, -1, [], [], "logistic-regression", 0, 1e-3),
    ("banknote_authentication.csv", False, -1, [], [], "linear-svm", 0, 1e-3),
    ("california_housing.csv", True, 8, [], [9], "linear-regression", 0, 1e-2),
    ("iris.csv", True, -1, [], [], "logistic-regression", 1e-2, 0),
    ("breast_cancer_wdbc_uci.csv", False, 1, [0], [], "logistic-regression", 1e-2, 1e-2),
    ("titanic.csv", True, 1, [0, 3, 8, 10], [4, 11], "logistic-regression", 1e-2, 1e-3),
    ("california_housing.csv", True, 8, [], [9], "linear-regression", 1e4, 1e-2),
]


def encode(column, is_text, training):
    values = column.to_numpy()[training]
    if is_text:
        levels = sorted({v for v in values if isinstance(v, str)}, key=lambda v: v.encode())
        coder = OneHotEncoder(categories=[levels], handle_unknown="ignore", sparse_output=False)
    else:
        coder = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    values = values.astype(object if is_text else float).reshape(-1, 1)
    if is_text:
        values = np.array([[v if isinstance(v, str) else "\0missing"] for v in values[:, 0]], dtype=object)
    return coder.fit_transform(values)


def squared_hinge(x, y, l2):
    sign = 2.0 * y - 1

    def evaluate(w):
        shortfall = np.maximum(0, 1 - sign * (x @ w[:-1] + w[-1]))
        slope = -2 * sign * shortfall / len(y)
        value = np.mean(shortfall ** 2) + l2 / 2 * np.sum(w[:-1] ** 2)
        return value, np.append(x.T @ slope + l2 * w[:-1], np.sum(slope))

    result = minimize(evaluate, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                      options={"gtol": 1e-11, "ftol": 0, "maxiter": 100000, "maxfun": 100000})
    return result.x[:-1][None], result.x[-1:], evaluate(result.x)[0]


def fit(model, x, y, l1, l2):
    n = len(y)
    if model == "linear-svm":
        return squared_hinge(x, y, l2)
    if model == "linear-regression":
        line = (ElasticNet(alpha=(l1 + l2) / 2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=100000) if l1 else
                Ridge(alpha=l2 * n / 2, solver="cholesky")).fit(x, y)
        w, b = line.coef_[None], np.array([line.intercept_])
        loss = np.mean((y - line.predict(x)) ** 2)
    else:
        kinks = {"l1_ratio": l1 / (l1 + l2), "solver": "saga"} if l1 else {}
        logistic = LogisticRegression(C=1 / ((l1 + l2) * n), tol=1e-10, max_iter=100000, **kinks).fit(x, y)
        w, b = logistic.coef_, logistic.intercept_
        loss = -np.mean(logistic.predict_log_proba(x)[np.arange(n), y])
    return w, b, loss + l1 * np.sum(np.abs(w)) + l2 / 2 * np.sum(w ** 2)


cases = []
for file, header, label, dropped, texts, model, l1, l2 in TABLES:
    table = pd.read_csv(FOLDER / file, header=0 if header else None, skipinitialspace=True, na_values="?")
    label %= table.shape[1]
    training = np.arange(len(table)) % 5 != 4
    x = np.hstack([encode(table.iloc[:, c], c in texts, training) for c in range(table.shape[1])
                   if c != label and c not in dropped])
    y = table.iloc[:, label].to_numpy()[training]
    if model != "linear-regression":
        y = np.unique(y, return_inverse=True)[1]
    w, b, value = fit(model, x, y, l1, l2)
    # Columns count from 1 at the command line.
    types = [f"{c + 1}=ignored" for c in dropped] + [f"{c + 1}=category" for c in texts]
    cases.append({"file": file, "header": header, "label": label + 1, "columnTypes": types, "model": model,
                  "l1": l1, "l2": l2, "weights": w.ravel().tolist(), "biases": b.tolist(), "value": float(value)})
    print(file, model, l1, l2, x.shape, value, np.count_nonzero(w == 0))
path = pathlib.Path(__file__).parent / "linear_models.json"
path.write_text(json.dumps({"source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}",
                            "tolerance": 1e-4, "cases": cases}) + "\n")
