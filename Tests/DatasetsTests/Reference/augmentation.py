"""What torchvision, OpenCV, SciPy and torch make of images: writes augmentation.json beside itself.

    python augmentation.py

Each case has the words of --augment or --preprocess with ranges of one value, the size of the image,
the pixels that the library computes in float32 or float64 from values of 0 to 1, as [height, width,
channel], and the largest difference that the test accepts. The bytes of all images are `pixels`.
"""

import json
import math
import os

import cv2
import numpy as np
import scipy
import scipy.ndimage
import scipy.stats
import torch
import torchvision
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

CASES = []


def pixels(height, width, channels):
    """Bytes that a test can compute too: noise, so that every wrong neighbour shows."""
    place = np.arange(height * width * channels, dtype=np.int64)
    return ((place * place * 7 + place * 31 + (place >> 3)) % 256).astype(np.uint8).reshape(
        height, width, channels)


def unit(size):
    return pixels(*size).astype(np.float32) / np.float32(255)


def tensor(size):
    return torch.from_numpy(unit(size)).permute(2, 0, 1)


def add(flag, words, size, library, result, tolerance):
    if isinstance(result, torch.Tensor):
        result = result.permute(1, 2, 0).numpy()
    result = np.asarray(result, dtype=np.float64).reshape(result.shape[0], result.shape[1], -1)
    CASES.append({
        "flag": flag, "words": words, "size": list(size), "result_size": list(result.shape),
        "library": library, "tolerance": tolerance,
        "values": [float(f"{value:.9g}") for value in result.ravel()],
    })


def inverse(steps, size):
    """The map of places of the result to places of the image, both as (row, column)."""
    height, width, _ = size
    forward = np.eye(3)
    for step, value in steps:
        matrix = np.eye(3)
        if step == "rotate":
            angle = math.radians(value)
            matrix[:2, :2] = [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
        elif step == "shear":
            matrix[0, 1] = -math.tan(math.radians(value))
        elif step == "zoom":
            matrix[0, 0] = matrix[1, 1] = value
        elif step == "shift":
            matrix[:2, 2] = [value * width, value * height]
        forward = matrix @ forward
    centre = np.eye(3)
    centre[:2, 2] = [(width - 1) / 2, (height - 1) / 2]
    xy = centre @ np.linalg.inv(forward) @ np.linalg.inv(centre)
    swap = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    return swap @ xy @ swap


def geometry():
    color, grey = (12, 10, 3), (9, 11, 1)
    bilinear = InterpolationMode.BILINEAR
    name = f"torchvision {torchvision.__version__}"
    for size in [color, grey, (6, 7, 4), (5, 8, 2)]:
        image = tensor(size)
        add("augment", ["rotate:20..20"], size, name + " rotate",
            F.rotate(image, 20, interpolation=bilinear), 1e-6)
        add("augment", ["zoom:1.3..1.3", "shear:-15..-15", "rotate:-35..-35", "shift:0.1..0.1"],
            size, name + " affine",
            F.affine(image, 35, [0.1 * size[1], 0.1 * size[0]], 1.3, [-15.0, 0.0],
                     interpolation=bilinear), 1e-6)
    image = tensor(color)
    add("augment", ["shift:0.15..0.15"], color, name + " affine",
        F.affine(image, 0, [1.5, 1.8], 1.0, [0.0, 0.0], interpolation=bilinear), 1e-6)
    add("augment", ["shear:25..25"], color, name + " affine",
        F.affine(image, 0, [0, 0], 1.0, [25.0, 0.0], interpolation=bilinear), 1e-6)
    for zoom in ["0.7", "1.6"]:
        add("augment", [f"zoom:{zoom}..{zoom}"], color, name + " affine",
            F.affine(image, 0, [0, 0], float(zoom), [0.0, 0.0], interpolation=bilinear), 1e-6)
    add("augment", ["rotate:90..90"], (8, 8, 3), name + " rotate",
        F.rotate(tensor((8, 8, 3)), 90, interpolation=bilinear), 1e-6)
    modes = {"zero": "grid-constant", "reflect": "mirror", "edge": "nearest", "wrap": "grid-wrap"}
    steps = [("shift", -0.3), ("rotate", 65), ("zoom", 0.4), ("shear", 12)]
    for fill, mode in modes.items():
        for size in [color, grey]:
            source = unit(size).astype(np.float64)
            result = np.stack([
                scipy.ndimage.affine_transform(source[..., c], inverse(steps, size), order=1, mode=mode)
                for c in range(size[2])], axis=-1)
            words = [f"{step}:{value}..{value}" for step, value in steps]
            words[0] += f":{fill}"
            add("augment", words, size, f"scipy {scipy.__version__} affine_transform {mode}", result,
                1e-6)


def values():
    name = f"torchvision {torchvision.__version__}"
    for size in [(12, 10, 3), (9, 11, 1)]:
        image = tensor(size)
        for factor in ["0.6", "1.4"]:
            add("augment", [f"brightness:{factor}..{factor}"], size, name + " adjust_brightness",
                F.adjust_brightness(image, float(factor)), 1e-6)
            add("augment", [f"contrast:{factor}..{factor}"], size, name + " adjust_contrast",
                F.adjust_contrast(image, float(factor)), 1e-6)
        for sigma in ["0.1", "0.8", "1.5", "2"]:
            count = 2 * math.ceil(3 * float(sigma)) + 1
            add("augment", [f"blur:{sigma}"], size, name + " gaussian_blur",
                F.gaussian_blur(image, [count, count], [float(sigma)] * 2), 1e-6)
            add("preprocess", [f"blur:{sigma}"], size, f"OpenCV {cv2.__version__} GaussianBlur",
                cv2.GaussianBlur(unit(size), (count, count), float(sigma)), 1e-6)


def denoising():
    name = f"OpenCV {cv2.__version__}"
    for size in [(12, 10, 3), (9, 11, 1), (7, 19, 3)]:
        for side in [3, 5, 7]:
            result = cv2.medianBlur(pixels(*size), side).astype(np.float32) / np.float32(255)
            add("preprocess", [f"median:{side}"], size, name + " medianBlur", result, 0)
        for diameter, color, space in [(5, "0.1", "1.5"), (3, "0.5", "1"), (7, "2", "3")]:
            add("augment", [f"bilateral:{diameter}:{color}:{space}"], size, name + " bilateralFilter",
                cv2.bilateralFilter(unit(size), diameter, float(color), float(space)), 1e-6)


def sizes():
    name = f"torch {torch.__version__} interpolate"
    for size, result in [((12, 10, 3), (5, 4)), ((9, 11, 1), (9, 7)), ((28, 28, 1), (32, 32)),
                         ((12, 10, 3), (17, 23)), ((13, 10, 3), (6, 21)), ((7, 6, 2), (3, 3))]:
        image = tensor(size)[None]
        word = f"resize:{result[0]}x{result[1]}"
        add("preprocess", [word], size, name + ", antialias",
            torch.nn.functional.interpolate(image, result, mode="bilinear", antialias=True)[0], 1e-6)
        if result[0] >= size[0] and result[1] >= size[1]:
            add("preprocess", [word], size, name,
                torch.nn.functional.interpolate(image, result, mode="bilinear")[0], 1e-6)
    size = (12, 10, 3)
    resized = F.resize(tensor(size), [7], antialias=True)
    add("preprocess", ["resize:7"], size, "torchvision resize", resized, 1e-6)
    for height, width in [(5, 5), (8, 7), (12, 10), (1, 3)]:
        add("preprocess", [f"center-crop:{height}x{width}"], size, "torchvision center_crop",
            F.center_crop(tensor(size), [height, width]), 0)
    add("preprocess", ["resize:7", "center-crop:6", "median:3"], size, "torchvision, OpenCV",
        cv2.medianBlur(np.ascontiguousarray(
            F.center_crop(resized, [6, 6]).permute(1, 2, 0).numpy()), 3), 1e-6)


def main():
    geometry()
    values()
    denoising()
    sizes()
    beta = [{"alpha": alpha, "deciles": [
        float(scipy.stats.beta.ppf(share / 10, alpha, alpha)) for share in range(1, 10)]}
        for alpha in [0.1, 0.2, 1.0, 2.5]]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "augmentation.json")
    with open(path, "w") as file:
        json.dump({"cases": CASES, "beta": beta}, file, separators=(",", ":"))
        file.write("\n")
    print(len(CASES), "cases,", os.path.getsize(path), "bytes")


main()
