"""A small network over sentence vectors, trained by Adam in plain numpy: big matrices, few of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how hard to learn. The values were chosen on held-out folds, see README."""

    hidden: int = 384
    epochs: int = 14
    batch: int = 256
    rate: float = 0.003
    dropout: float = 0.3
    smoothing: float = 0.05


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer; `scores` gives log-probabilities."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def scores(self, vectors: Floats) -> Floats:
        hidden = np.maximum(vectors @ self.first + self.first_bias, 0)
        return log_softmax(hidden @ self.second + self.second_bias)


def log_softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=-1, keepdims=True)
    out: Floats = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return out


def train(
    vectors: Floats,
    classes: NDArray[np.int64],
    count: int,
    schedule: Schedule,
    tick: Callable[[], None] = lambda: None,
    seed: int = 0,
) -> Network:
    """Cross-entropy with smoothed labels and dropout on the hidden layer."""
    rng = np.random.default_rng(seed)
    size, width = vectors.shape
    weights = [
        (rng.standard_normal((width, schedule.hidden)) * np.sqrt(2 / width)).astype(np.float32),
        np.zeros(schedule.hidden, np.float32),
        (rng.standard_normal((schedule.hidden, count)) / np.sqrt(schedule.hidden)).astype(np.float32),
        np.zeros(count, np.float32),
    ]
    adam = _Adam(weights, schedule.rate, schedule.epochs * -(-size // schedule.batch))
    for _ in range(schedule.epochs):
        order = rng.permutation(size)
        for start in range(0, size, schedule.batch):
            chosen = order[start : start + schedule.batch]
            adam.step(_gradients(weights, vectors[chosen], classes[chosen], schedule, rng))
        tick()
    return Network(*weights)


def _gradients(
    weights: list[Floats],
    x: Floats,
    classes: NDArray[np.int64],
    schedule: Schedule,
    rng: np.random.Generator,
) -> list[Floats]:
    first, first_bias, second, second_bias = weights
    hidden = np.maximum(x @ first + first_bias, 0)
    keep = (rng.random(hidden.shape, dtype=np.float32) > schedule.dropout).astype(np.float32)
    keep /= 1 - schedule.dropout
    hidden *= keep
    slope = np.exp(log_softmax(hidden @ second + second_bias))
    slope -= schedule.smoothing / slope.shape[1]
    slope[np.arange(len(classes)), classes] -= 1 - schedule.smoothing
    slope /= np.float32(len(classes))
    below = (slope @ second.T) * keep * (hidden > 0)
    return [x.T @ below, below.sum(0), hidden.T @ slope, slope.sum(0)]


class _Adam:
    """Steps that shrink to nothing by the last."""

    def __init__(self, weights: list[Floats], rate: float, steps: int) -> None:
        self.weights = weights
        self.rate = rate
        self.steps = steps
        self.done = 0
        self.means = [np.zeros_like(w) for w in weights]
        self.squares = [np.zeros_like(w) for w in weights]

    def step(self, gradients: list[Floats]) -> None:
        self.done += 1
        rate = np.float32(self.rate * (1 - self.done / (self.steps + 1)))
        grown, settled = 1 - 0.9**self.done, 1 - 0.98**self.done
        for weight, mean, square, gradient in zip(
            self.weights, self.means, self.squares, gradients, strict=True
        ):
            mean += np.float32(0.1) * (gradient - mean)
            square += np.float32(0.02) * (gradient * gradient - square)
            weight -= rate * (mean / np.float32(grown)) / (np.sqrt(square / np.float32(settled)) + 1e-8)
