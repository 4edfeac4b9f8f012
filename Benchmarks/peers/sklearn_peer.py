"""scikit-learn's logistic regression beside the fold, and numpy beside scoring.

`fold` times one fit on n embedding differences of dimension d, made from seeded synthetic tastes: a linear taste with
logistic noise. The regularisation is DL1's (lambda = 1/2 at mean square length 1, that is C = 2), without intercept.
`score` times a matrix of Int16 embeddings against one direction.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
import numpy.typing as npt
import scipy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from threadpoolctl import threadpool_limits

from measurement import Arguments, dispatch, print_result

Floats = npt.NDArray[np.float64]


def differences(count: int, dimension: int, seed: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Differences of random unit vectors, scaled to mean square length 1, and which side a linear taste chose."""
    generator = np.random.default_rng(seed)
    images = generator.standard_normal((2, count, dimension))
    images /= np.linalg.norm(images, axis=2, keepdims=True)
    difference = images[0] - images[1]
    difference /= np.sqrt((difference**2).sum(axis=1).mean())
    taste = generator.standard_normal(dimension)
    logits = 3 * difference @ taste / np.linalg.norm(taste) * np.sqrt(dimension) / 4
    chosen = generator.random(count) < 1 / (1 + np.exp(-logits))
    return difference, chosen.astype(np.int64)


def _estimator(name: str) -> LogisticRegression | LogisticRegressionCV:
    if name == "LogisticRegression":
        return LogisticRegression(C=2.0, fit_intercept=False, max_iter=1000)
    if name == "LogisticRegressionCV":
        return LogisticRegressionCV(
            Cs=10, cv=5, fit_intercept=False, max_iter=1000, l1_ratios=(0.0,), scoring="neg_log_loss",
            use_legacy_attributes=False,
        )  # fmt: skip
    raise SystemExit(f"--estimator is LogisticRegression or LogisticRegressionCV, not {name}")


def fold(arguments: Arguments) -> None:
    """Milliseconds a fit; several fits while they fit into `--seconds`."""
    count, dimension = arguments.number("comparisons", 210), arguments.number("dimension", 512)
    x, y = differences(count, dimension, arguments.number("seed", 1))
    name = arguments.text("estimator", "LogisticRegression")
    limit, begun = arguments.real("seconds", 1), time.monotonic()
    values: list[float] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if name == "LogisticRegression":
            _estimator(name).fit(x, y)
        while not values or time.monotonic() - begun < limit:
            start = time.perf_counter()
            _estimator(name).fit(x, y)
            values.append((time.perf_counter() - start) * 1000)
    print_result(arguments, "scikit-learn", "ms", [float(np.median(values))], fits=len(values))


def score(arguments: Arguments) -> None:
    """Images scored a second: `--storage float32` holds 4 bytes a component, `int16` widens blocks as it goes."""
    images, dimension = arguments.number("images", 1_000_000), arguments.number("dimension", 512)
    generator = np.random.default_rng(arguments.number("seed", 1))
    block = 4096
    matrix = np.empty((images, dimension), dtype=np.int16)
    for start in range(0, images, block):
        rows = min(block, images - start)
        matrix[start : start + rows] = generator.integers(-2000, 2000, (rows, dimension), dtype=np.int16)
    direction = generator.integers(-2000, 2000, dimension).astype(np.float32)
    storage = arguments.text("storage", "float32")
    stored = matrix.astype(np.float32) if storage == "float32" else matrix

    def one_pass() -> npt.NDArray[np.float32]:
        if storage == "float32":
            return stored @ direction
        parts = [stored[at : at + block].astype(np.float32) @ direction for at in range(0, images, block)]
        return np.concatenate(parts)

    one_pass()
    seconds = []
    for _ in range(3):
        start_time = time.perf_counter()
        one_pass()
        seconds.append(time.perf_counter() - start_time)
    rate = images / float(np.median(seconds))
    bytes_per_second = rate * dimension * stored.itemsize
    print_result(arguments, "numpy", "images/s", [rate], bytesPerSecond=bytes_per_second)


def peer_version(arguments: Arguments) -> None:
    """Print the versions of the installed packages."""
    versions = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
    print_result(arguments, "scikit-learn", "version", [], version=versions)


if __name__ == "__main__":
    # One thread unless told otherwise: the store's figures are of one core too.
    with threadpool_limits(Arguments(sys.argv).number("threads", 1)):
        dispatch({"fold": fold, "score": score, "version": peer_version})
