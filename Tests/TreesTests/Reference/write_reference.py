"""Writes trees.json and scores.json, the numbers that TreesTests compare with.

    python write_reference.py FOLDER      FOLDER has the tables of the UCI repository

Made with scikit-learn and numpy, whose versions are in the files. Trees are compared node by node,
so each of them is fitted with 20 seeds, and the script fails if the seed decides between equally good
splits. Scores are those on each fifth row, of trees and forests that learned from the others.
"""

import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

FOLDER = Path(__file__).parent
# The first for which no two splits are equally good.
SEED = 3
SETTINGS = {"max_depth": 4, "min_samples_leaf": 9, "min_samples_split": 24}


def nodes(model):
    """The nodes in preorder, in which scikit-learn stores them."""
    tree = model.tree_
    state = tree.__getstate__()["nodes"]
    leaf = tree.children_left < 0
    return {
        "feature": np.where(leaf, -1, tree.feature).tolist(),
        "threshold": [0 if l else min(float(t), 3e38) for l, t in zip(leaf, tree.threshold)],
        "missing_left": [bool(m) and not l for l, m in zip(leaf, state["missing_go_to_left"])],
        "rows": tree.n_node_samples.tolist(),
        "impurity": tree.impurity.tolist(),
        "value": tree.value.reshape(tree.node_count, -1).tolist(),
        "importances": model.feature_importances_.tolist(),
    }


def fitted(kind, criterion, features, targets):
    models = [
        kind(criterion=criterion, random_state=seed, **SETTINGS).fit(features, targets)
        for seed in range(20)
    ]
    trees = [nodes(model) for model in models]
    for tree in trees:
        same = all(tree[key] == trees[0][key] for key in ["feature", "threshold", "rows"])
        assert same, f"equally good splits: {criterion}"
    return trees[0]


def write_trees(seed=SEED):
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(240, 5)).astype(np.float32)
    signal = features[:, 0] + 2 * (features[:, 1] > 0.3) * features[:, 2] - features[:, 3] ** 2
    noise = generator.normal(size=240) * 0.4
    targets = (3 * signal + noise).astype(np.float32)
    labels = np.digitize(signal + noise, [-1, 0.7])
    missing = features.copy()
    missing[generator.random(missing.shape) < 0.12] = np.nan
    missing[(labels == 2) & (generator.random(240) < 0.4), 1] = np.nan
    cases = []
    for name, table in [("complete", features), ("missing", missing)]:
        for criterion in ["gini", "entropy"]:
            cases.append({"table": name, "criterion": criterion}
                         | fitted(DecisionTreeClassifier, criterion, table, labels))
        cases.append({"table": name, "criterion": "squared-error"}
                     | fitted(DecisionTreeRegressor, "squared_error", table, targets))
    content = {
        "versions": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "complete": features.ravel().tolist(),
        "missing": [None if np.isnan(x) else float(x) for x in missing.ravel()],
        "labels": labels.tolist(),
        "targets": targets.tolist(),
        "cases": cases,
    }
    (FOLDER / "trees.json").write_text(json.dumps(content))


def write_scores(folder):
    tables = {
        "iris.csv": dict(header=1, label=-1, first=0),
        "wine_uci.csv": dict(header=0, label=0, first=1),
        "breast_cancer_wdbc_uci.csv": dict(header=0, label=1, first=2),
        "banknote_authentication.csv": dict(header=0, label=-1, first=0),
    }
    scores = {"versions": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"}
    for name, form in tables.items():
        lines = (folder / name).read_text().split("\n")[form["header"]:]
        cells = [line.strip().split(",") for line in lines if line.strip()]
        last = len(cells[0]) - (1 if form["label"] == -1 else 0)
        features = np.array([row[form["first"]:last] for row in cells], dtype=np.float32)
        labels = np.unique([row[form["label"]] for row in cells], return_inverse=True)[1]
        test = np.arange(len(cells)) % 5 == 0

        def mean_score(model, seeds):
            return float(np.mean([
                model(random_state=seed).fit(features[~test], labels[~test])
                .score(features[test], labels[test]) for seed in range(seeds)]))

        scores[name] = {
            "tree": mean_score(DecisionTreeClassifier, 50),
            "forest": mean_score(lambda **a: RandomForestClassifier(50, **a), 20),
        }
    (FOLDER / "scores.json").write_text(json.dumps(scores, indent=1))
    print(json.dumps(scores, indent=1))


if __name__ == "__main__":
    write_trees()
    write_scores(Path(sys.argv[1]))
