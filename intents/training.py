"""From sentences to an Understander: features, folds, lines, calibration, thresholds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from intents.calibration import IN_SCOPE_REFUSED, choose, choose_alarm
from intents.classifier import Classifier, Examples, Learning, calibrated, joined, opened, stacked
from intents.corpus import Corpus
from intents.encoder import encode_all
from intents.evaluation import HeldOut
from intents.features import Lens, TfIdf, fit_lens
from intents.folds import fold_of
from intents.modelfile import analyzers
from intents.parallel import fit_apart
from intents.places import PlaceFinder
from intents.tokenizer import Tokenizer
from intents.topics import topics
from intents.understander import Thresholds, Understander
from intents.urgency import CALM, Alarm

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
Tick = Callable[[str], None]

FOLDS = 4  # a sentence and its near-duplicates lie in one
TESTED = 1  # folds held out in turn; each costs a training more
KEPT = 192  # directions of the sentence vectors
STEPS = 3 + 2 * (1 + TESTED)  # of the progress bar
ROUTING = Learning(strength=0.1, balance=0.7)
DANGER = Learning(strength=0.5, balance=0.5)  # a missed danger is worse than a false alarm
MEANT = 0.7  # what meaning weighs beside words and signs
LEARNING = (0.25, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model and the held-out predictions that its thresholds and its report rest on."""

    understander: Understander
    routing: HeldOut
    danger: HeldOut


def train(corpus: Corpus, *, stored: Path | None = None, tick: Tick = lambda step: None) -> Trained:
    """The whole of it."""
    everything = (*corpus.sentences, *corpus.faq)
    tokenizer = Tokenizer(corpus.words)
    places = PlaceFinder(tokenizer.words, corpus.places)
    texts = [places.without(s.text) for s in everything]
    vectorizers, lens, matrix = see(texts, tokenizer, stored, tick)
    folds = np.concatenate([fold_of(corpus.sentences, FOLDS), np.full(len(corpus.faq), -1)])

    labels = corpus.labels
    rows = np.array([i for i, s in enumerate(everything) if s.label])
    classes = np.searchsorted(labels, [everything[i].label for i in rows])
    examples = Examples(matrix=matrix[rows], classes=classes)
    learnt, margins, chosen = cross_fit(examples, labels, folds[rows], ROUTING, tick=tick)
    routing, thresholds = _calibrated(corpus, learnt, vectorizers, lens, places)
    tick("calibration")
    held = HeldOut(
        sentences=tuple(everything[rows[i]] for i in chosen),
        labels=labels,
        classes=classes[chosen],
        shares=np.exp(learnt.calibrate(margins + (routing.bias - learnt.bias))),
    )
    alarm, held_danger = _alarm(corpus, matrix, folds, tick)
    understander = Understander(
        vectorizers=vectorizers,
        lens=lens,
        classifier=routing,
        alarm=alarm,
        thresholds=thresholds,
        kinds=corpus.kinds,
        audiences=corpus.audiences,
        places=places,
        twins=corpus.twins,
        reports=_known(corpus.reports, labels),
        topics=topics(corpus.faq),
        version=corpus.digest,
    )
    return Trained(understander=understander, routing=held, danger=held_danger)


def _known(reports: dict[str, list[str]], labels: tuple[str, ...]) -> dict[str, list[str]]:
    """Without what this district does not answer or file."""
    known = {
        service: [name for name in complaints if name in labels]
        for service, complaints in reports.items()
        if service in labels
    }
    return {service: complaints for service, complaints in known.items() if complaints}


def see(
    texts: list[str],
    tokenizer: Tokenizer,
    stored: Path | None = None,
    tick: Tick = lambda step: None,
) -> tuple[tuple[TfIdf, ...], Lens, sp.csr_matrix]:
    """Learn the features of these texts; every text in all of them."""
    signs, words = analyzers(tokenizer)
    vectorizers = TfIdf(signs, least=2), TfIdf(words)
    blocks = [v.fit_transform(texts) for v in vectorizers]
    tick("words")
    vectors = [*encode_all(texts, stored)][-1]
    lens = fit_lens(vectors, KEPT, MEANT)
    tick("meaning")
    return vectorizers, lens, stacked(blocks, lens.look(vectors))


def _calibrated(
    corpus: Corpus,
    model: Classifier,
    vectorizers: tuple[TfIdf, ...],
    lens: Lens,
    places: PlaceFinder,
) -> tuple[Classifier, Thresholds]:
    """How open the door is, sharpness and thresholds, on messages written apart from the corpus."""
    held = corpus.heldout
    if not held.texts:
        return model, Thresholds()
    texts = [places.without(text) for text in held.texts]
    matrix = joined(vectorizers, texts, lens.look([*encode_all(texts)][-1]))
    classes = np.searchsorted(corpus.labels, held.labels)
    inside = ~np.isin(classes, np.flatnonzero(model.outside))
    model = opened(model, model.margins(matrix), inside, IN_SCOPE_REFUSED)
    model = calibrated(model, model.margins(matrix), classes)
    return model, choose(np.exp(model.log_shares(matrix)), corpus.labels, held.labels, corpus.twins)


def _alarm(
    corpus: Corpus, matrix: sp.csr_matrix, folds: Indices, tick: Tick
) -> tuple[Alarm, HeldOut]:
    labels = (CALM, *sorted({s.urgent for s in corpus.sentences if s.urgent}))
    classes = np.array([labels.index(s.urgent or CALM) for s in corpus.sentences])
    size = len(classes)
    examples = Examples(matrix=matrix[:size], classes=classes)
    model, margins, chosen = cross_fit(examples, labels, folds[:size], DANGER, tick=tick)
    held = HeldOut(
        sentences=tuple(corpus.sentences[i] for i in chosen),
        labels=labels,
        classes=classes[chosen],
        shares=np.exp(model.calibrate(margins)),
    )
    return Alarm(classifier=model, threshold=choose_alarm(held)), held


def cross_fit(
    examples: Examples,
    labels: tuple[str, ...],
    folds: Indices,
    learning: Learning,
    *,
    tick: Tick = lambda step: None,
) -> tuple[Classifier, Floats, Indices]:
    """The model of all examples, held-out margins, and the rows they belong to.

    Rows of fold -1 (the FAQ's own texts) are learnt from always and predicted never.
    """
    rows = np.arange(len(folds))
    parts = [rows, *(rows[folds != fold] for fold in range(TESTED))]
    models = []
    for model in fit_apart([examples.part(part) for part in parts], labels, learning):
        models.append(model)
        tick("lines")
    margins = np.zeros((len(rows), len(labels)), np.float32)
    for fold, model in enumerate(models[1:]):
        out = rows[folds == fold]
        margins[out] = model.margins(examples.matrix[out])
    chosen = rows[(folds >= 0) & (folds < TESTED)]
    final = calibrated(models[0], margins[chosen], examples.classes[chosen])
    return final, margins[chosen], chosen
