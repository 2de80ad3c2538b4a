"""The same pipeline on a foreign set: what the features and the mix are worth beside others' figures."""

import csv
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from intents.classifier import Examples, Learning, joined
from intents.corpus import Sentence
from intents.encoder import encode, encode_all
from intents.features import weigh
from intents.folds import fold_of
from intents.meaning import CorpusError
from intents.normalise import normalise
from intents.tokenizer import Tokenizer
from intents.training import FOLDS, cross_fit, see

TIMED = 400  # messages whose reading is timed one by one


def benchmark(train_file: Path, test_file: Path) -> dict[str, float]:
    """Train on one file, answer the other, store nothing."""
    train_texts, train_labels = _read(train_file)
    test_texts, test_labels = _read(test_file)
    start = time.perf_counter()
    labels = tuple(sorted(set(train_labels)))
    index = {label: i for i, label in enumerate(labels)}
    vectorizers, lens, matrix = see(train_texts, Tokenizer())
    examples = Examples(matrix=matrix, classes=np.array([index[n] for n in train_labels]))
    sentences = [Sentence(text=t, label=n) for t, n in zip(train_texts, train_labels, strict=True)]
    model, _, _ = cross_fit(examples, labels, fold_of(sentences, FOLDS), Learning())
    seconds = time.perf_counter() - start
    times, guesses = [], []
    for text in test_texts[:TIMED]:
        begin = time.perf_counter()
        vector = lens.look(encode([text]))[0]
        guesses.append(int(np.argmax(model.log_share(weigh(vectorizers, text), vector))))
        times.append(1000 * (time.perf_counter() - begin))
    rest = test_texts[TIMED:]
    if rest:
        matrix = joined(vectorizers, rest, lens.look([*encode_all(rest)][-1]))
        guesses += model.log_shares(matrix).argmax(axis=1).tolist()
    predicted = [labels[i] for i in guesses]
    return {
        "macro_f1": round(float(f1_score(test_labels, predicted, average="macro")), 4),
        "accuracy": round(float(accuracy_score(test_labels, predicted)), 4),
        "train_seconds": round(seconds, 1),
        "median_ms": round(float(np.median(times)), 2),
        "p99_ms": round(float(np.quantile(times, 0.99)), 2),
    }


def _read(path: Path) -> tuple[list[str], list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        texts, labels = [normalise(r["text"]) for r in rows], [r["label"] for r in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path}: cannot be read as CSV ({error})") from error
    except (KeyError, TypeError) as error:
        raise CorpusError(f"{path}: needs the columns text and label in its first line") from error
    if len(set(labels)) < 2:
        raise CorpusError(f"{path}: needs at least two labels")
    return texts, labels
