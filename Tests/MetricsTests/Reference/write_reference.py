"""Writes classification.json with scikit-learn, for ClassificationCountsTests.

Made with scikit-learn 1.9.1 and numpy 2.4.6. Run in this folder: python3 write_reference.py
"""

import json
import math

import numpy
import sklearn
from sklearn import metrics

random = numpy.random.default_rng(5)
image_count, class_count = 83, 8
# Class 6 is predicted and never the label; class 7 is neither.
labels = random.integers(0, 6, image_count)
scores = random.normal(size=(image_count, class_count)).astype(numpy.float32)
scores[numpy.arange(image_count), labels] += 1
scores[:, 7] -= 20
losses = (random.gamma(2, size=image_count) * 10.0 ** random.integers(-6, 6, image_count)).astype(
    numpy.float32
)
predicted = scores.argmax(axis=1)
every_class = list(range(class_count))


def averaged(average, classes=None):
    return metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, average=average, zero_division=0
    )


precision, recall, f1, support = averaged(None, every_class)
reference = {
    "class_count": class_count,
    "labels": labels.tolist(),
    "scores": scores.ravel().tolist(),
    "losses": losses.tolist(),
    "confusion": metrics.confusion_matrix(labels, predicted, labels=every_class).ravel().tolist(),
    "loss_sum": math.fsum(losses.tolist()),
    "accuracy": metrics.accuracy_score(labels, predicted),
    "top5_accuracy": metrics.top_k_accuracy_score(labels, scores, k=5, labels=every_class),
    "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
    "precision": precision.tolist(),
    "recall": recall.tolist(),
    "f1": f1.tolist(),
    "support": support.tolist(),
    "macro": list(averaged("macro")[:3]),
    "micro": list(averaged("micro")[:3]),
    "weighted": list(averaged("weighted")[:3]),
}
with open("classification.json", "w") as file:
    json.dump(reference, file)
    file.write("\n")
print("scikit-learn", sklearn.__version__, "numpy", numpy.__version__)
