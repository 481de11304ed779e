"""Writes metrics.json with scikit-learn, for MetricCatalogTests.

Made with scikit-learn 1.9.1 and numpy 2.4.6. Run in this folder: python3 write_metrics.py
"""

import json
import warnings

import numpy
import sklearn
from sklearn import metrics

random = numpy.random.default_rng(6)
warnings.simplefilter("ignore")


def number(value):
    """A number for JSON, which has no NaN."""
    return None if numpy.isnan(value) else float(value)


def class_scores(labels, predicted, average):
    """Precision, recall and F1 by name; the plain names mean what distrain's mean."""
    values = metrics.precision_recall_fscore_support(
        labels, predicted, average=average, zero_division=0
    )[:3]
    return dict(zip(("precision", "recall", "f1"), values))


def counts(labels, scores):
    """What is made of the classes with the largest scores."""
    class_count = scores.shape[1]
    predicted = scores.argmax(axis=1)
    result = {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
    }
    averages = ["macro", "micro", "weighted"] + (["binary"] if class_count == 2 else [])
    plain = "binary" if class_count == 2 else "macro"
    for average in averages:
        for name, value in class_scores(labels, predicted, average).items():
            result[f"{name}_{average}"] = value
            if average == plain:
                result[name] = value
    for k in range(2, class_count):
        # Of equal scores scikit-learn prefers the last class, distrain the first.
        result[f"top{k}_accuracy"] = metrics.top_k_accuracy_score(
            class_count - 1 - labels, scores[:, ::-1], k=k, labels=range(class_count)
        )
    return result


def ranked(labels, scores):
    """Each class against the rest, of two classes the second alone; the mean over classes that some
    samples have and others have not. (Of two classes precision needs no others.)"""
    classes = [1] if scores.shape[1] == 2 else range(scores.shape[1])
    known = [c for c in classes if 0 < (labels == c).sum() < len(labels)]
    areas = [metrics.roc_auc_score(labels == c, scores[:, c]) for c in known]
    if scores.shape[1] == 2:
        known = [1] if (labels == 1).any() else []
    precisions = [metrics.average_precision_score(labels == c, scores[:, c]) for c in known]
    if scores.shape[1] > 2 and len(known) == scores.shape[1]:
        assert numpy.isclose(
            numpy.mean(areas), metrics.roc_auc_score(labels, scores, multi_class="ovr"), rtol=1e-14
        )
    return {
        "roc_auc": number(numpy.mean(areas)) if areas else None,
        "average_precision": number(numpy.mean(precisions)) if precisions else None,
    }


def classification(name, labels, probabilities):
    """One case; scores are float32, everything is computed of them in float64."""
    labels = numpy.asarray(labels)
    scores = numpy.asarray(probabilities, dtype=numpy.float32)
    wide = scores.astype(numpy.float64)
    wide /= wide.sum(axis=1, keepdims=True) if scores.shape[1] > 2 else 1
    class_count = scores.shape[1]
    loss = metrics.log_loss(labels, scores.astype(numpy.float64), labels=range(class_count))
    values = counts(labels, scores) | {"log_loss": loss} | ranked(labels, wide)
    return {
        "name": name,
        "class_count": class_count,
        "labels": labels.tolist(),
        "scores": scores.astype(float).ravel().tolist(),
        "values": {key: value if value is None else float(value) for key, value in values.items()},
    }


def softmax(logits):
    exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def dyadic(row_count, class_count):
    """Probabilities that are sixteenths, so with many ties, and add up to 1 exactly."""
    cuts = numpy.sort(random.integers(0, 17, (row_count, class_count - 1)), axis=1)
    edges = numpy.hstack([numpy.zeros((row_count, 1)), cuts, numpy.full((row_count, 1), 16)])
    return numpy.diff(edges, axis=1) / 16


def pair(positive):
    """Probabilities of two classes from those of the second, in float32."""
    positive = numpy.asarray(positive, dtype=numpy.float32)
    return numpy.stack([numpy.float32(1) - positive, positive], axis=1)


def curve(name, labels, scores):
    """The points of the curves of one class."""
    labels = numpy.asarray(labels)
    scores = numpy.asarray(scores, dtype=numpy.float32)
    false_rates, true_rates, thresholds = metrics.roc_curve(
        labels, scores, drop_intermediate=False
    )
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    assert numpy.allclose(recall[::-1], true_rates, rtol=0, atol=1e-15)
    return {
        "name": name,
        "labels": labels.tolist(),
        "scores": scores.astype(float).tolist(),
        "thresholds": thresholds[1:].astype(float).tolist(),
        "false_positive_rates": false_rates.tolist(),
        "recalls": true_rates.tolist(),
        "precisions": precision[::-1].tolist(),
        "roc_auc": metrics.roc_auc_score(labels, scores),
        "average_precision": metrics.average_precision_score(labels, scores),
    }


def regression(name, targets, predictions):
    """One case of float32 numbers, computed in float64."""
    targets = numpy.asarray(targets, dtype=numpy.float32).astype(float)
    predictions = numpy.asarray(predictions, dtype=numpy.float32).astype(float)
    values = {
        "mse": metrics.mean_squared_error(targets, predictions),
        "rmse": metrics.root_mean_squared_error(targets, predictions),
        "mae": metrics.mean_absolute_error(targets, predictions),
        "r2": metrics.r2_score(targets, predictions),
    }
    return {
        "name": name,
        "targets": targets.tolist(),
        "predictions": predictions.tolist(),
        "values": {key: number(value) for key, value in values.items()},
    }


labels2, labels5 = random.integers(0, 2, 150), random.integers(0, 5, 150)
present = random.choice([0, 1, 2, 4], 90)
noise = random.normal(size=200)
reference = {
    "classifications": [
        classification("two classes", labels2, pair(1 / (1 + numpy.exp(-labels2 - noise[:150])))),
        classification("two classes, ties", labels2, pair(random.integers(0, 9, 150) / 8)),
        classification("two classes, one score", labels2, pair(numpy.full(150, 0.25))),
        classification("second class missing", numpy.zeros(40, int), pair(random.random(40))),
        classification("first class missing", numpy.ones(40, int), pair(random.random(40))),
        classification(
            "five classes", labels5, softmax(random.normal(size=(150, 5)) + numpy.eye(5)[labels5])
        ),
        classification("five classes, ties", labels5, dyadic(150, 5)),
        classification("class 3 missing", present, dyadic(90, 5)),
        classification("certain and wrong", [0, 1, 1, 0], pair([0, 1, 0, 0.5])),
    ],
    "curves": [
        curve("distinct", labels2, noise[:150] + labels2),
        curve("ties", labels2, random.integers(-3, 4, 150)),
        curve("one score", [0, 1, 1], [2, 2, 2]),
        curve("perfect", [0, 0, 1, 1], [-2, -1, 0, 5]),
        curve("reversed", [1, 1, 0, 0], [-2, -1, 0, 5]),
        curve("zeros of both signs", [0, 1, 0, 1], [0.0, -0.0, -1, 1]),
    ],
    "regressions": [
        regression("near", noise, noise + 0.3 * random.normal(size=200)),
        regression("a mean of a million", 1e6 + noise, 1e6 + noise + random.normal(size=200)),
        regression("worse than the mean", noise, -3 * noise),
        regression("constant and hit", numpy.full(9, 0.1), numpy.full(9, 0.1)),
        regression("constant and missed", numpy.full(9, 0.1), numpy.full(9, 0.2)),
        regression("many sizes", noise * 10.0 ** random.integers(-12, 9, 200), noise),
        regression("one sample", [1], [2]),
    ],
}
with open("metrics.json", "w") as file:
    json.dump(reference, file)
    file.write("\n")
print("scikit-learn", sklearn.__version__, "numpy", numpy.__version__)
