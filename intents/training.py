"""From sentences to an Understander: features, folds, two voices, the mix, the thresholds."""

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from intents.calibration import choose, fit_mix_and_prior
from intents.classifier import Classifier, Examples, Mix, fit, joined
from intents.corpus import Corpus
from intents.encoder import encode, encode_all
from intents.evaluation import HeldOut
from intents.features import Lens, TfIdf, fit_lens
from intents.folds import fold_of
from intents.modelfile import analyzers
from intents.places import PlaceFinder
from intents.softmax import Schedule, log_softmax
from intents.tokenizer import Tokenizer
from intents.understander import Thresholds, Understander
from intents.urgency import CALM, Alarm

Floats = NDArray[np.float32]
Tick = Callable[[str], None]

FOLDS = 5  # a sentence and its near-duplicates lie in one
TESTED = 1  # folds held out in turn; each costs a training more
STEPS = 3 + 2 * (1 + TESTED)  # words, meaning, the fits of routing and alarm, calibration
KEPT = 512  # directions of the sentence vectors
ROUTING = Schedule()
DANGER = Schedule(hidden=96, epochs=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model and the held-out predictions that its thresholds and its report rest on."""

    understander: Understander
    routing: HeldOut
    danger: HeldOut


def train(
    corpus: Corpus,
    *,
    cache: Path | None = None,
    tick: Tick = lambda step: None,
) -> Trained:
    """The whole of it. Two threads: the machines below release Python's lock."""
    sentences = corpus.sentences
    tick("words")
    tokenizer = Tokenizer(corpus.words)
    vectorizers = _vectorizers(corpus, tokenizer)
    texts = [s.text for s in (*sentences, *corpus.faq)]
    matrix = joined(vectorizers, texts)
    tick("meaning")
    vectors = np.zeros((0, 0), np.float32)
    for vectors in encode_all(texts, cache_file=cache):
        pass
    lens = fit_lens(vectors, KEPT)
    seen = lens.look(vectors)
    folds = np.concatenate([fold_of(sentences, FOLDS), np.full(len(corpus.faq), -1)])
    routing, held = _routing(corpus, matrix, seen, folds, tick)
    alarm, held_danger = _alarm(corpus, matrix, seen, folds, tick)
    tick("calibration")
    routing, thresholds = _calibrated(corpus, routing, vectorizers, lens)
    understander = Understander(
        vectorizers=vectorizers,
        lens=lens,
        classifier=routing,
        alarm=alarm,
        thresholds=thresholds,
        kinds=corpus.kinds,
        audiences=corpus.audiences,
        places=PlaceFinder(tokenizer.words, corpus.places),
        twins=corpus.twins,
        version=corpus.digest,
    )
    return Trained(understander=understander, routing=held, danger=held_danger)


def _vectorizers(corpus: Corpus, tokenizer: Tokenizer) -> tuple[TfIdf, ...]:
    texts = [s.text for s in (*corpus.sentences, *corpus.faq)]
    signs, words = analyzers(tokenizer)
    return TfIdf(signs, least=2).fit(texts), TfIdf(words).fit(texts)


def _routing(
    corpus: Corpus, matrix: object, seen: Floats, folds: NDArray[np.int64], tick: Tick
) -> tuple[Classifier, HeldOut]:
    everything = (*corpus.sentences, *corpus.faq)
    rows = np.array([i for i, s in enumerate(everything) if s.label])
    index = {label: i for i, label in enumerate(corpus.labels)}
    classes = np.array([index[everything[i].label] for i in rows])
    examples = Examples(matrix=matrix[rows], vectors=seen[rows], classes=classes)  # type: ignore[index]
    model, shares, chosen = cross_fit(examples, corpus.labels, folds[rows], ROUTING, tick)
    held = HeldOut(
        sentences=tuple(everything[rows[i]] for i in chosen),
        labels=corpus.labels,
        classes=classes[chosen],
        shares=shares,
    )
    return model, held


def _calibrated(
    corpus: Corpus, model: Classifier, vectorizers: tuple[TfIdf, ...], lens: Lens
) -> tuple[Classifier, Thresholds]:
    """The mix, the prior and the thresholds, on messages written apart from the corpus."""
    held = corpus.heldout
    if not held.texts:
        return model, Thresholds()
    vectors = np.vstack([encode([text]) for text in held.texts])
    examples = Examples(
        matrix=joined(vectorizers, held.texts),
        vectors=lens.look(vectors),
        classes=np.array([corpus.labels.index(label) for label in held.labels]),
    )
    heard, meant = model.voices(examples)
    model = model.mixed(*fit_mix_and_prior(heard, meant, examples.classes, corpus.labels))
    shares = np.exp(model.log_shares(examples))
    return model, choose(shares, corpus.labels, held.labels, corpus.twins)


def _alarm(
    corpus: Corpus, matrix: object, seen: Floats, folds: NDArray[np.int64], tick: Tick
) -> tuple[Alarm, HeldOut]:
    labels = (CALM, *sorted({s.urgent for s in corpus.sentences if s.urgent}))
    index = {label: i for i, label in enumerate(labels)}
    rows = np.arange(len(corpus.sentences))
    classes = np.array([index[s.urgent or CALM] for s in corpus.sentences])
    examples = Examples(matrix=matrix[rows], vectors=seen[rows], classes=classes)  # type: ignore[index]
    model, shares, chosen = cross_fit(examples, labels, folds[rows], DANGER, tick)
    held = HeldOut(
        sentences=tuple(corpus.sentences[i] for i in chosen),
        labels=labels,
        classes=classes[chosen],
        shares=shares,
    )
    return Alarm(classifier=model, threshold=_alarm_threshold(held)), held


def _alarm_threshold(held: HeldOut) -> float:
    """As low as three false alarms in a hundred near-misses allow: a missed danger is worse."""
    danger = 1 - held.shares[:, 0]
    near = np.array([s.source.startswith("urgent_") and not s.urgent for s in held.sentences])
    return float(np.clip(np.quantile(danger[near], 0.97), 0.1, 0.6)) if near.any() else 0.5


def cross_fit(
    examples: Examples,
    labels: tuple[str, ...],
    folds: NDArray[np.int64],
    schedule: Schedule,
    tick: Tick = lambda step: None,
) -> tuple[Classifier, Floats, NDArray[np.int64]]:
    """The model of all examples, held-out log-free shares, and the rows they belong to.

    Rows of fold -1 (the FAQ's own texts) are learnt from always and predicted never.
    """
    rows = np.arange(len(folds))

    def one(fold: int) -> Classifier:
        chosen = rows if fold < 0 else rows[folds != fold]
        return fit(examples.part(chosen), labels, schedule, seed=fold + 1)

    with warnings.catch_warnings(), threadpool_limits(1), ThreadPoolExecutor(2) as pool:
        warnings.simplefilter("ignore", ConvergenceWarning)  # loose on purpose: see fit_line
        models = []
        for model in pool.map(one, [-1, *range(TESTED)]):
            models.append(model)
            tick("fit")
    heard = np.zeros((len(rows), len(labels)), np.float32)
    meant = np.zeros_like(heard)
    for fold, model in enumerate(models[1:]):
        out = rows[folds == fold]
        heard[out], meant[out] = model.voices(examples.part(out))
    chosen = rows[(folds >= 0) & (folds < TESTED)]
    mix = fit_mix(heard[chosen], meant[chosen], examples.classes[chosen])
    shares = np.exp(log_softmax(mix.line * heard[chosen] + mix.network * meant[chosen]))
    return models[0].mixed(mix), shares, chosen


def fit_mix(heard: Floats, meant: Floats, classes: NDArray[np.int64]) -> Mix:
    """The weights that make the held-out sum most truthful (least surprise)."""
    rows = np.arange(len(classes))

    def surprise(weights: Sequence[float]) -> float:
        scores = np.float32(weights[0]) * heard + np.float32(weights[1]) * meant
        return -float(log_softmax(scores)[rows, classes].mean())

    found = minimize(surprise, [1.0, 0.5], method="Nelder-Mead", options={"xatol": 0.02, "fatol": 1e-4, "maxiter": 40})
    line, network = found.x
    return replace(Mix(), line=float(line), network=float(network))
