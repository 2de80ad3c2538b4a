"""One decision over all labels: one line each over words, signs and meaning together, calibrated.

Lines beat networks here: a few dozen sentences a label are too few for more. Learning words and
meaning in one line beats two classifiers side by side (README, ablation): where the meaning is
clear the words need not be, and the other way round.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.svm import LinearSVC

from intents.features import TfIdf, Weights

Floats = NDArray[np.float32]

NEAR = 4000  # sentences of other labels that look most like the label: all of them are learnt from
FAR = (
    1500  # a sample stands for the rest; the lines hardly change and training is four times faster
)
OUTSIDE = ("act/out-of-scope", "act/chitchat")
OUTSIDE_STRENGTH = 0.3  # C of the one line that tells these from everything meant for us
OUTSIDE_WEIGHT = 1.5  # of that line beside the labels' own


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How the lines are learnt. `balance` 1: a label's few sentences weigh as much as all others
    together; 0: each sentence weighs the same, so a label with many is guessed too often."""

    strength: float = 0.5  # C of the machine
    balance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Training texts as a matrix: the columns of words and signs, then those of meaning."""

    matrix: sp.csr_matrix
    classes: NDArray[np.int64]

    def part(self, rows: NDArray[np.int64]) -> "Examples":
        return Examples(matrix=self.matrix[rows], classes=self.classes[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What was learnt. The table is half precision: a message reads a few hundred of its rows."""

    labels: tuple[str, ...]
    line: NDArray[np.floating]  # columns x labels
    bias: Floats
    sharpness: float = 5.0  # turns margins into odds; fitted on held-out sentences

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which labels turn a message away."""
        return np.isin(self.labels, OUTSIDE)

    def margins(self, matrix: sp.csr_matrix) -> Floats:
        return np.asarray(matrix @ self.line.astype(np.float32) + self.bias)

    def log_shares(self, matrix: sp.csr_matrix) -> Floats:
        """Log-probabilities of many texts."""
        return self.calibrate(self.margins(matrix))

    def log_share(self, parts: Sequence[Weights], vector: Floats) -> Floats:
        """Log-probabilities of one text."""
        margins = self.bias + vector @ self.line[-len(vector) :].astype(np.float32)
        for part in parts:
            margins = margins + part.values @ self.line[part.columns].astype(np.float32)
        return self.calibrate(margins)

    def calibrate(self, margins: Floats) -> Floats:
        return log_softmax(margins * np.float32(self.sharpness))


def log_softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=-1, keepdims=True)
    out: Floats = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return out


def fit(
    examples: Examples,
    labels: tuple[str, ...],
    learning: Learning = Learning(),
    *,
    tick: Callable[[], None] = lambda: None,
    seed: int = 0,
) -> Classifier:
    """A line for each label against its neighbours. Time grows with the labels and their sentences."""
    matrix, classes = examples.matrix, examples.classes
    rng = np.random.default_rng(seed)
    line = np.zeros((matrix.shape[1], len(labels)), np.float32)
    bias = np.full(len(labels), -1.5, np.float32)  # a label that a fold lacks is never chosen
    likeness = _likeness(matrix, classes, len(labels))
    for label in range(len(labels)):
        own = np.flatnonzero(classes == label)
        if not len(own) or len(own) == len(classes):
            continue
        rows, loudness = _neighbourhood(likeness[:, label], own, rng)
        loudness[: len(own)] *= (loudness[len(own) :].sum() / len(own)) ** learning.balance
        machine = LinearSVC(C=learning.strength, tol=0.1, max_iter=60, random_state=0)
        machine.fit(matrix[rows], np.arange(len(rows)) < len(own), sample_weight=loudness)
        line[:, label] = machine.coef_[0]
        bias[label] = machine.intercept_[0]
        tick()
    fitted = Classifier(labels=labels, line=line, bias=bias)
    return _with_outside_line(fitted, examples) if fitted.outside.any() else fitted


def _with_outside_line(classifier: Classifier, examples: Examples) -> Classifier:
    """One more line tells what is meant for us from what is not, and speaks for every label outside.

    A label's own line learns from what looks like it. What nobody has seen before (a letter full of
    names) looks like nothing, and would be called foreign.
    """
    turned_away = np.flatnonzero(classifier.outside)
    machine = LinearSVC(
        C=OUTSIDE_STRENGTH, class_weight="balanced", tol=0.02, max_iter=200, random_state=0
    )
    machine.fit(examples.matrix, np.isin(examples.classes, turned_away))
    line, bias = classifier.line.copy(), classifier.bias.copy()
    line[:, turned_away] += OUTSIDE_WEIGHT * machine.coef_[0][:, None]
    bias[turned_away] += OUTSIDE_WEIGHT * machine.intercept_[0]
    return replace(classifier, line=line, bias=bias)


def opened(
    classifier: Classifier, margins: Floats, inside: NDArray[np.bool_], refused: float
) -> Classifier:
    """Turns away only so many (a share) of the messages meant for us, whose margins these are."""
    outside = classifier.outside
    if not outside.any() or not inside.any():
        return classifier
    lead = margins[:, outside].max(axis=1) - margins[:, ~outside].max(axis=1)
    shift = np.float32(np.quantile(lead[inside], 1 - refused))
    return replace(classifier, bias=np.where(outside, classifier.bias - shift, classifier.bias))


def _likeness(matrix: sp.csr_matrix, classes: NDArray[np.int64], count: int) -> Floats:
    """How much each text looks like the middle of each label."""
    ones = np.ones(len(classes), np.float32)
    member = sp.csr_matrix((ones, (classes, np.arange(len(classes)))), shape=(count, len(classes)))
    middles = np.asarray((member @ matrix).todense(), np.float32)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True) + 1e-9
    return np.asarray(matrix @ middles.T)


def _neighbourhood(
    likeness: Floats, own: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], Floats]:
    """A label's own rows, its nearest others and a sample of the rest, with the rows each stands for."""
    others = np.setdiff1d(np.arange(len(likeness)), own)
    if len(others) <= NEAR + FAR:
        return np.concatenate([own, others]), np.ones(len(likeness), np.float32)
    order = np.argpartition(-likeness[others], NEAR)
    sample = rng.choice(others[order[NEAR:]], FAR, replace=False)
    rows = np.concatenate([own, others[order[:NEAR]], sample])
    loudness = np.ones(len(rows), np.float32)
    loudness[-FAR:] = (len(others) - NEAR) / FAR
    return rows, loudness


def calibrated(classifier: Classifier, margins: Floats, classes: NDArray[np.int64]) -> Classifier:
    """The sharpness with which held-out margins tell the truth (least surprise)."""
    rows = np.arange(len(classes))

    def surprise(sharpness: float) -> float:
        return -float(log_softmax(margins * np.float32(sharpness))[rows, classes].mean())

    fitted = minimize_scalar(surprise, bounds=(0.5, 50), method="bounded")
    return replace(classifier, sharpness=float(fitted.x))


def joined(vectorizers: Sequence[TfIdf], texts: Sequence[str], seen: Floats) -> sp.csr_matrix:
    """Texts as a classifier reads them."""
    return stacked([v.transform(texts) for v in vectorizers], seen)


def stacked(blocks: Sequence[sp.csr_matrix], seen: Floats) -> sp.csr_matrix:
    """The columns of words and signs side by side, and those of meaning last."""
    return sp.hstack([*blocks, sp.csr_matrix(seen)]).tocsr().astype(np.float32)
