"""From sentences to an Understander: features, folds, lines, calibration, thresholds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from intents.calibration import choose, choose_alarm
from intents.classifier import Classifier, Examples, calibrated, joined, stacked
from intents.corpus import Corpus
from intents.encoder import WIDTH, encode_all
from intents.evaluation import HeldOut
from intents.features import Lens, TfIdf, fit_lens
from intents.folds import fold_of
from intents.modelfile import analyzers
from intents.parallel import fit_apart
from intents.places import PlaceFinder
from intents.slots import matter
from intents.tokenizer import Tokenizer
from intents.understander import Thresholds, Understander
from intents.urgency import CALM, Alarm

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
Tick = Callable[[str], None]

FOLDS = 4  # a sentence and its near-duplicates lie in one
TESTED = 2  # folds held out in turn; each costs a training more
KEPT = 192  # directions of the sentence vectors
STEPS = 4 + 2 * (1 + TESTED)  # of the progress bar
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
    texts = [matter(s.text, places) for s in everything]
    vectorizers, lens, matrix = see(texts, tokenizer, stored, tick)
    folds = np.concatenate([fold_of(corpus.sentences, FOLDS), np.full(len(corpus.faq), -1)])

    labels = corpus.labels
    rows = np.array([i for i, s in enumerate(everything) if s.label])
    classes = np.searchsorted(labels, [everything[i].label for i in rows])
    examples = Examples(matrix=matrix[rows], classes=classes)
    apart = _apart(corpus, vectorizers, lens, places)
    fitted = cross_fit(examples, labels, folds[rows], apart=apart, tick=tick)
    routing, thresholds = _calibrated(corpus, fitted, apart)
    tick("calibration")
    chosen, shares = fitted.rows, fitted.shares
    held = HeldOut(
        sentences=tuple(everything[rows[i]] for i in chosen),
        labels=labels,
        classes=classes[chosen],
        shares=shares,
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
        version=corpus.digest,
    )
    return Trained(understander=understander, routing=held, danger=held_danger)


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
    lens = fit_lens(vectors, KEPT)
    tick("meaning")
    return vectorizers, lens, stacked(blocks, lens.look(vectors))


def _apart(
    corpus: Corpus, vectorizers: tuple[TfIdf, ...], lens: Lens, places: PlaceFinder
) -> Examples:
    """The messages written apart from the corpus."""
    texts = [matter(text, places) for text in corpus.heldout.texts]
    vectors = [*encode_all(texts)][-1] if texts else np.zeros((0, WIDTH), np.float32)
    classes = np.searchsorted(corpus.labels, corpus.heldout.labels).astype(np.int64)
    return Examples(matrix=joined(vectorizers, texts, lens.look(vectors)), classes=classes)


def _calibrated(corpus: Corpus, fitted: "Fitted", apart: Examples) -> tuple[Classifier, Thresholds]:
    """Sharpness, leanings and thresholds, on messages that the judged model has not seen.

    The model that is shipped learnt them too, afterwards: it knows more than the one that was judged.
    """
    if not len(apart.classes):
        return fitted.model, Thresholds()
    judged = calibrated(fitted.model, fitted.model.margins(apart.matrix), apart.classes)
    shares = np.exp(judged.log_shares(apart.matrix))
    thresholds = choose(shares, corpus.labels, corpus.heldout.labels, corpus.twins)
    return judged.knowing(fitted.shipped), thresholds


def _alarm(
    corpus: Corpus, matrix: sp.csr_matrix, folds: Indices, tick: Tick
) -> tuple[Alarm, HeldOut]:
    labels = (CALM, *sorted({s.urgent for s in corpus.sentences if s.urgent}))
    classes = np.array([labels.index(s.urgent or CALM) for s in corpus.sentences])
    size = len(classes)
    examples = Examples(matrix=matrix[:size], classes=classes)
    fitted = cross_fit(examples, labels, folds[:size], tick=tick)
    held = HeldOut(
        sentences=tuple(corpus.sentences[i] for i in fitted.rows),
        labels=labels,
        classes=classes[fitted.rows],
        shares=fitted.shares,
    )
    return Alarm(classifier=fitted.model, threshold=choose_alarm(held)), held


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A model of all examples, what it would have said of unseen ones, and one that knows more."""

    model: Classifier
    shares: Floats  # of `rows`, by models that had not seen them
    rows: Indices
    shipped: Classifier  # learnt the messages apart as well; the same model where there are none


def cross_fit(
    examples: Examples,
    labels: tuple[str, ...],
    folds: Indices,
    *,
    apart: Examples | None = None,
    tick: Tick = lambda step: None,
) -> Fitted:
    """Learn from all, from all but a fold in turn, and from all and the messages apart.

    Rows of fold -1 (the FAQ's own texts) are learnt from always and predicted never.
    """
    rows = np.arange(len(folds))
    parts = [rows, *(rows[folds != fold] for fold in range(TESTED))]
    tasks = [examples.part(part) for part in parts]
    if apart is not None and len(apart.classes):
        tasks.append(examples.and_also(apart))
    models = []
    for model in fit_apart(tasks, labels):
        models.append(model)
        tick("lines")
    margins = np.zeros((len(rows), len(labels)), np.float32)
    for fold, model in enumerate(models[1 : 1 + TESTED]):
        out = rows[folds == fold]
        margins[out] = model.margins(examples.matrix[out])
    chosen = rows[(folds >= 0) & (folds < TESTED)]
    final = calibrated(models[0], margins[chosen], examples.classes[chosen])
    return Fitted(
        model=final,
        shares=np.exp(final.calibrate(margins[chosen])),
        rows=chosen,
        shipped=models[-1] if len(models) > 1 + TESTED else final,
    )
