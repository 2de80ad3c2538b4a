"""One decision over all labels: a line on words and signs, a network on meaning, summed and calibrated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from intents.features import TfIdf, Weights
from intents.softmax import Network, Schedule, log_softmax, train

Floats = NDArray[np.float32]
BALANCE = 0.5  # 0: a label counts by its sentences, 1: all labels count alike
MARGIN_SHARPNESS = 5.0  # turns an SVM's margins into odds before the mix is fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How much each voice counts; fitted on held-out sentences, so the sum is a probability."""

    line: float = 1.0
    network: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Training texts as matrices. `vectors` are standardised."""

    matrix: sp.csr_matrix
    vectors: Floats
    classes: NDArray[np.int64]

    def part(self, rows: NDArray[np.int64]) -> "Examples":
        return Examples(
            matrix=self.matrix[rows], vectors=self.vectors[rows], classes=self.classes[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What was learnt. Big tables are half precision: they are read row by row."""

    labels: tuple[str, ...]
    line: NDArray[np.floating]  # columns x labels
    line_bias: Floats
    networks: tuple[Network, ...]
    mix: Mix = Mix()
    prior: Floats | None = None  # how much likelier a label is in messages than in the corpus, as a log

    def log_shares(self, examples: Examples) -> Floats:
        """Log-probabilities of many texts."""
        margins = np.asarray(examples.matrix @ self.line.astype(np.float32) + self.line_bias)
        return self._mixed(margins, examples.vectors)

    def log_share(self, parts: Sequence[Weights], vector: Floats) -> Floats:
        """Log-probabilities of one text."""
        margins = self.line_bias.copy()
        for part in parts:
            margins += part.values @ self.line[part.columns].astype(np.float32)
        return self._mixed(margins[None], vector[None])[0]

    def voices(self, examples: Examples) -> tuple[Floats, Floats]:
        """The two voices apart, for fitting the mix."""
        margins = np.asarray(examples.matrix @ self.line.astype(np.float32) + self.line_bias)
        return log_softmax(margins * MARGIN_SHARPNESS), self._meant(examples.vectors)

    def _meant(self, vectors: Floats) -> Floats:
        return np.mean([network.scores(vectors) for network in self.networks], axis=0)

    def _mixed(self, margins: Floats, vectors: Floats) -> Floats:
        heard = log_softmax(margins * MARGIN_SHARPNESS)
        scores = self.mix.line * heard + self.mix.network * self._meant(vectors)
        return log_softmax(scores if self.prior is None else scores + self.prior)

    def mixed(self, mix: Mix, prior: Floats | None = None) -> "Classifier":
        return replace(self, mix=mix, prior=prior)


def fit(
    examples: Examples,
    labels: tuple[str, ...],
    schedule: Schedule,
    *,
    strength: float = 0.5,
    tick: Callable[[], None] = lambda: None,
    seed: int = 0,
) -> Classifier:
    """Learn from examples. Time grows with the sentences, not with their square."""
    network = train(examples.vectors, examples.classes, len(labels), schedule, tick, seed)
    line, bias = fit_line(examples.matrix, examples.classes, len(labels), strength)
    tick()
    return Classifier(labels=labels, line=line, line_bias=bias, networks=(network,))


def fit_line(
    matrix: sp.csr_matrix, classes: NDArray[np.int64], count: int, strength: float
) -> tuple[Floats, Floats]:
    """Columns x labels, and a bias a label; labels that a fold lacks are never chosen."""
    frequency = np.bincount(classes, minlength=count)
    middle = float(np.median(frequency[frequency > 0]))
    loudness = (middle / np.maximum(frequency, 1)) ** BALANCE
    machine = LinearSVC(C=strength, tol=0.05, max_iter=60)
    machine.fit(matrix, classes, sample_weight=loudness[classes])
    line = np.zeros((matrix.shape[1], count), np.float32)
    bias = np.full(count, -2.0, np.float32)
    weights, offsets = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # one line stands for both
        weights, offsets = np.vstack([-weights, weights]), np.array([-offsets[0], offsets[0]])
    line[:, machine.classes_] = weights.T
    bias[machine.classes_] = offsets
    return line, bias


def joined(vectorizers: Sequence[TfIdf], texts: Sequence[str]) -> sp.csr_matrix:
    """The vectorizers' columns side by side."""
    return sp.hstack([v.transform(texts) for v in vectorizers]).tocsr().astype(np.float32)
