"""Linear models, RBF machines and the mlp of distrain beside scikit-learn's, on classic tables.

Set-up:  python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 pandas
Run:     venv/bin/python linear_models.py --program distrain --tables FOLDER [--ranks 2]
             [--only iris,adult] [--parts converged,recipes,hinges,kernels,mlp]

FOLDER holds the published files iris.csv, wine_uci.csv, breast_cancer_wdbc_uci.csv, titanic.csv,
adult_train.csv, adult_test.csv, banknote_authentication.csv and california_housing.csv. Both programs
read the same two files of a table, as `distrain data split` wrote them; scikit-learn gets the encoding
that distrain describes, made by SimpleImputer, StandardScaler and OneHotEncoder.

converged  Each model by lbfgs to a gradient of 1e-9, its coefficients and training loss beside
           scikit-learn's, to 1e-4, with l2, l1 and elastic-net penalties, and the same weights at
           exactly 0; training on the whole table with --test-fraction and --split-seed
           gives the bits of training on the two files; the metrics of `evaluate` beside those that
           sklearn.metrics computes of the output of `predict`, to 1e-9.
recipes    Test scores where no flag but the model is given, beside scikit-learn's with its defaults:
           at most one point less.
hinges     linear-svm with the plain hinge beside SVC(kernel="linear"), for which there is no batch
           optimizer: by the default recipe to a training objective of at most 2 % above scikit-learn's
           at the end.
kernels    svm beside SVC(kernel="rbf") and beside RBFSampler with LinearSVC: at most two points less
           than the first.
mlp        beside MLPClassifier with the same hidden layers, on adult: at most one point less.

Exits with 1 if a bound is broken.
"""
import argparse
import pathlib
import tempfile
import warnings

import numpy as np
from sklearn import metrics
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from program import Bounds, Program, print_table, relative
from tables import TABLES, encode

TOLERANCE = 1e-4
METRIC_TOLERANCE = 1e-9
# Table, model, loss, l1, l2. With l1 alone, one-hot columns would have no single minimum.
CONVERGED = [
    ("iris", "logistic-regression", "logistic", 0, 1e-3),
    ("wine", "logistic-regression", "logistic", 0, 1e-3),
    ("breast-cancer", "logistic-regression", "logistic", 0, 1e-3),
    ("titanic", "logistic-regression", "logistic", 0, 1e-3),
    ("adult", "logistic-regression", "logistic", 0, 1e-4),
    ("banknote", "logistic-regression", "logistic", 0, 1e-3),
    ("california", "linear-regression", "mean-squared-error", 0, 1e-3),
    ("iris", "linear-svm", "squared-hinge", 0, 1e-2),
    ("wine", "linear-svm", "squared-hinge", 0, 1e-2),
    ("breast-cancer", "linear-svm", "squared-hinge", 0, 1e-2),
    ("titanic", "linear-svm", "squared-hinge", 0, 1e-3),
    ("adult", "linear-svm", "squared-hinge", 0, 1e-3),
    ("banknote", "linear-svm", "squared-hinge", 0, 1e-3),
    ("iris", "logistic-regression", "logistic", 1e-2, 0),
    ("wine", "logistic-regression", "logistic", 1e-2, 1e-2),
    ("breast-cancer", "logistic-regression", "logistic", 1e-2, 1e-2),
    ("titanic", "logistic-regression", "logistic", 1e-2, 1e-3),
    ("banknote", "logistic-regression", "logistic", 1e-2, 0),
    ("california", "linear-regression", "mean-squared-error", 0.1, 0.1),
]


def fit(model, x, y, l1, l2):
    """scikit-learn's model of the objective mean loss + l1 · ‖w‖₁ + l2/2 · ‖w‖²; its value too."""
    n = len(y)
    if model == "linear-regression":
        fitted = (ElasticNet(alpha=(l1 + l2) / 2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=100000)
                  if l1 else Ridge(alpha=l2 * n / 2, solver="cholesky")).fit(x, y)
        loss = np.mean((y - fitted.predict(x)) ** 2)
    elif model == "logistic-regression":
        kinks = {"l1_ratio": l1 / (l1 + l2), "solver": "saga"} if l1 else {}
        fitted = LogisticRegression(C=1 / ((l1 + l2) * n), tol=1e-10, max_iter=100000, **kinks).fit(x, y)
        loss = -np.mean(fitted.predict_log_proba(x)[np.arange(n), y])
    else:
        fitted = LinearSVC(C=1 / (l2 * n), dual=False, tol=1e-12, max_iter=100000,
                           intercept_scaling=100).fit(x, y)
        loss = finish_svm(fitted, x, y, l2)
    weights, biases = np.atleast_2d(fitted.coef_), np.atleast_1d(fitted.intercept_)
    penalty = l1 * np.sum(np.abs(weights)) + l2 / 2 * np.sum(weights ** 2)
    return fitted, weights, biases, loss + penalty


def finish_svm(fitted, x, y, l2):
    """Takes LinearSVC's coefficients the last piece to the minimum by Newton's method; returns the loss.

    LinearSVC penalises its intercept a little, and its own steps end at a gradient of 1e-7, which is
    1e-4 of a coefficient where the curvature is small.
    """
    n, extended = len(y), np.hstack([x, np.ones((len(y), 1))])
    penalty = np.append(np.full(x.shape[1], l2), 0)
    loss = 0.0
    for row in range(len(fitted.coef_)):
        sign = np.where(y == (1 if len(fitted.coef_) == 1 else row), 1.0, -1.0)
        point = np.append(fitted.coef_[row], fitted.intercept_[row])
        for _ in range(20):
            shortfall = np.maximum(0, 1 - sign * (extended @ point))
            gradient = -2 / n * extended.T @ (sign * shortfall) + penalty * point
            if np.max(np.abs(gradient)) < 1e-12:
                break
            active = extended[shortfall > 0]
            point -= np.linalg.solve(2 / n * active.T @ active + np.diag(penalty), gradient)
        loss += np.mean(np.maximum(0, 1 - sign * (extended @ point)) ** 2)
        fitted.coef_[row], fitted.intercept_[row] = point[:-1], point[-1]
    return loss


def class_metrics(y, predicted, scores):
    """By distrain's names; the plain names are of the second of two classes, else macro averages."""
    average = "binary" if scores.shape[1] == 2 else "macro"
    values = {
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
    }
    # The scores of a machine are no probabilities.
    if np.all((scores >= 0) & (scores <= 1)):
        values["log_loss"] = metrics.log_loss(y, scores, labels=range(scores.shape[1]))
    for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score),
                        ("f1", metrics.f1_score)):
        for kind in (average, "macro", "micro", "weighted"):
            plain = name if kind == average else f"{name}_{kind}"
            values[plain] = score(y, predicted, average=kind, zero_division=0)
    classes = [1] if scores.shape[1] == 2 else range(scores.shape[1])
    values["roc_auc"] = np.mean([metrics.roc_auc_score(y == c, scores[:, c]) for c in classes])
    values["average_precision"] = np.mean(
        [metrics.average_precision_score(y == c, scores[:, c]) for c in classes])
    return values


def value_metrics(y, predicted):
    """Of values; the program has labels and predictions as float32."""
    y = y.astype(np.float32).astype(float)
    return {
        "mse": metrics.mean_squared_error(y, predicted),
        "rmse": metrics.root_mean_squared_error(y, predicted),
        "mae": metrics.mean_absolute_error(y, predicted),
        "r2": metrics.r2_score(y, predicted),
    }


class Comparison:
    """The tables, split once, and what was found beyond the bounds."""

    def __init__(self, options, folder):
        self.program = Program(options.program, options.ranks, folder)
        self.source = pathlib.Path(options.tables).resolve()
        self.bounds = Bounds()
        self.names = options.only.split(",") if options.only else [table.name for table in TABLES]
        self.tables = {table.name: table for table in TABLES if table.name in self.names}
        self.paths = {name: table.split(self.program, self.source, self.bounds)
                      for name, table in self.tables.items()}
        self.encoded = {name: encode(table, *[self.program.folder / path for path in self.paths[name]])
                        for name, table in self.tables.items()}

    def train(self, name, output, *arguments):
        training, test = self.paths[name]
        return self.program.train(output, "--dataset", f"csv:{training}", "--test-file", test,
                                  *self.tables[name].flags(), *arguments)

    def metric_difference(self, name, run):
        """The largest difference of a metric from scikit-learn's; relative where values are large."""
        _, _, _, test_y, classes = self.encoded[name]
        predicted = self.program.predict(run, self.paths[name][1])
        expected = class_metrics(test_y, *predicted) if classes else value_metrics(test_y, predicted)
        found = self.program.evaluate(run)
        differences = {key: abs(found[key] - value) / max(1, abs(value))
                       for key, value in expected.items() if key in found}
        missing = set(expected) - set(found)
        worst = max(differences, key=differences.get)
        self.bounds.check(f"{name} {run}: metric {worst}", differences[worst], METRIC_TOLERANCE)
        self.bounds.check(f"{name} {run}: metrics not printed ({missing})", len(missing), 0)
        return differences[worst], len(differences)

    def converged(self):
        rows = []
        for name, model, loss, l1, l2 in CONVERGED:
            if name not in self.tables:
                continue
            run = f"{name}-{model}" + ("-l1" if l1 else "")
            x, y, test_x, test_y, classes = self.encoded[name]
            flags = ["--model", model, "--loss", loss, "--l1-penalty", l1, "--l2-penalty", l2,
                     "--optimizer", "lbfgs", "--gradient-tolerance", 1e-9, "--max-iterations", 20000]
            final = self.train(name, run, *flags)
            tensors = self.program.tensors(run)
            fitted, weights, biases, value = fit(model, x, y, l1, l2)
            found = np.append(tensors["linear.weight"].ravel(), tensors["linear.bias"])
            coefficients = relative(found, np.append(weights.ravel(), biases))
            losses = abs(final["loss"] - value) / value
            if l1:
                self.bounds.check(f"{run}: weights that are 0 in one of both",
                                  np.sum((tensors["linear.weight"] == 0) != (weights == 0)), 0)
            metric, count = self.metric_difference(name, run)
            scores = self.program.evaluate(run)
            own = scores["r2" if not classes else "accuracy"]
            other = fitted.score(test_x, test_y)
            for what, difference in (("coefficients", coefficients), ("loss", losses),
                                     ("test score", abs(own - other))):
                # A row that lies on the border may fall to either side.
                bound = TOLERANCE + (1 / len(test_y) if what == "test score" and classes else 0)
                self.bounds.check(f"{run}: {what}", difference, bound)
            rows.append((run, f"{len(y)}×{x.shape[1]}", str(final["iterations"]), coefficients, losses,
                         f"{own:.4f}", f"{other:.4f}", metric, str(count),
                         self.same_rows(name, flags, final)))
        print_table("Converged, beside scikit-learn", (
            "table and model", "training", "iterations", "coefficients", "loss", "test score", "sklearn's",
            "metrics", "compared", "whole table split"), rows)

    def same_rows(self, name, flags, final):
        """Trains on the whole table, of which the program splits off the test rows itself."""
        table = self.tables[name]
        if table.test_file:
            return "-"
        whole = f"{name}-whole"
        again = self.program.train(f"{whole}-{flags[1]}-{flags[5]}",
                                   "--dataset", f"csv:{self.source}/{table.file}",
                                   "--test-fraction", 0.2, "--split-seed", 42, *table.flags(), *flags)
        keys = ("parameters_sha256", "loss", "val_loss")
        different = sum(again[key] != final[key] for key in keys)
        self.bounds.check(f"{name}: --test-fraction differs from data split in so many values", different, 0)
        return "same bits" if different == 0 else "DIFFERENT"

    def recipes(self):
        rows = []
        for name, table in self.tables.items():
            x, y, test_x, test_y, _ = self.encoded[name]
            models = {"linear-regression": LinearRegression()} if table.is_regression else {
                "logistic-regression": LogisticRegression(max_iter=10000),
                "linear-svm": LinearSVC(max_iter=100000)}
            for model, peer in models.items():
                final = self.train(name, f"{name}-{model}-recipe", "--model", model)
                own = self.program.evaluate(f"{name}-{model}-recipe")[
                    "r2" if table.is_regression else "accuracy"]
                other = peer.fit(x, y).score(test_x, test_y)
                # One row of a small test file is more than a point.
                self.bounds.check(f"{name} {model}: less than scikit-learn's", other - own,
                                  max(0.01, 1 / len(test_y)))
                rows.append((f"{name} {model}", str(len(test_y)), f"{own:.4f}", f"{other:.4f}",
                             f"{final['seconds']:.2f}"))
        print_table("Default recipes", ("table and model", "test rows", "test score", "sklearn's",
                                        "seconds"), rows)

    def hinges(self):
        rows = []
        for name in ("banknote", "breast-cancer"):
            if name not in self.tables:
                continue
            x, y, test_x, test_y, _ = self.encoded[name]
            run, l2 = f"{name}-hinge", 1e-2
            self.train(name, run, "--model", "linear-svm", "--loss", "hinge", "--l2-penalty", l2)
            tensors = self.program.tensors(f"{run}/checkpoints/last")
            peer = SVC(kernel="linear", C=1 / (l2 * len(y)), tol=1e-8).fit(x, y)
            own, other = (
                np.mean(np.maximum(0, 1 - (2 * y - 1) * (x @ w + b))) + l2 / 2 * np.sum(w ** 2)
                for w, b in ((tensors["linear.weight"][0], tensors["linear.bias"][0]),
                             (peer.coef_[0], peer.intercept_[0])))
            self.bounds.check(f"{run}: objective above scikit-learn's", own / other - 1, 0.02)
            score = self.program.evaluate(f"{run}/checkpoints/last")["accuracy"]
            rows.append((f"{name}, l2 {l2}", f"{own:.6f}", f"{other:.6f}", f"{own / other - 1:.2%}",
                         f"{score:.4f}", f"{peer.score(test_x, test_y):.4f}"))
        print_table("The plain hinge, at the end of the default recipe", (
            "table", "objective", "sklearn's", "above", "test score", "sklearn's"), rows)

    def kernels(self):
        rows = []
        for name in ("titanic", "breast-cancer", "adult"):
            if name not in self.tables:
                continue
            x, y, test_x, test_y, _ = self.encoded[name]
            final = self.train(name, f"{name}-svm", "--model", "svm")
            own = self.program.evaluate(f"{name}-svm")["accuracy"]
            exact = SVC(kernel="rbf").fit(x, y).score(test_x, test_y)
            gamma = 1 / (x.shape[1] * x.var())
            features = make_pipeline(RBFSampler(gamma=gamma, n_components=1000, random_state=1),
                                     LinearSVC(C=1, max_iter=10000))
            sampled = features.fit(x, y).score(test_x, test_y)
            self.bounds.check(f"{name} svm: less than SVC's", exact - own, 0.02)
            rows.append((f"{name} svm", str(len(test_y)), f"{own:.4f}", f"{exact:.4f}", f"{sampled:.4f}",
                         f"{final['seconds']:.2f}"))
        print_table("RBF kernels", ("table and model", "test rows", "accuracy", "SVC's",
                                    "RBFSampler + LinearSVC", "seconds"), rows)

    def mlp(self):
        if "adult" not in self.tables:
            return
        x, y, test_x, test_y, _ = self.encoded["adult"]
        final = self.train("adult", "adult-mlp", "--model", "mlp", "--hidden", "64,32")
        own = self.program.evaluate("adult-mlp")["accuracy"]
        peer = MLPClassifier((64, 32), early_stopping=True, random_state=1).fit(x, y)
        other = peer.score(test_x, test_y)
        self.bounds.check("adult mlp: less than MLPClassifier's", other - own, 0.01)
        print_table("mlp, hidden layers of 64 and 32", (
            "table", "accuracy", "MLPClassifier's", "seconds"),
            [("adult", f"{own:.4f}", f"{other:.4f}", f"{final['seconds']:.2f}")])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="distrain")
    parser.add_argument("--tables", required=True)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--only", help="names of tables, with commas")
    parser.add_argument("--parts", default="converged,recipes,hinges,kernels,mlp")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(options, folder)
        for part in options.parts.split(","):
            getattr(comparison, part)()
        comparison.bounds.finish()


main()
