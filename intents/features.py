"""Words and runs of signs, counted and weighted (tf-idf); fast for one message, plain for many."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Analyzer = Callable[[str], list[str]]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """The columns that a text touches and how much of each."""

    columns: NDArray[np.int64]
    values: Floats


class TfIdf:
    """Sublinear term counts times inverse document frequency, each text of length one.

    scikit-learn's vectorizer gives the same numbers; one message through it costs a millisecond of
    matrix building, which here is a few look-ups.
    """

    def __init__(self, analyzer: Analyzer, *, least: int = 1) -> None:
        self.analyzer = analyzer
        self.least = least
        self.columns: dict[str, int] = {}
        self.idf: Floats = np.zeros(0, np.float32)

    def fit_transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Learn the terms and their weights; a row a text. Cuts each text once."""
        cut = [Counter(self.analyzer(text)) for text in texts]
        frequency = Counter(term for counts in cut for term in counts)
        terms = sorted(term for term, times in frequency.items() if times >= self.least)
        times = np.array([frequency[term] for term in terms], np.float32)
        self.restore(terms, (np.log((1 + len(texts)) / (1 + times)) + 1).astype(np.float32))
        return self._rows([self._weights(counts) for counts in cut])

    def restore(self, terms: Sequence[str], idf: Floats) -> None:
        """What `fit` learnt, from a file."""
        self.columns = {term: column for column, term in enumerate(terms)}
        self.idf = idf

    def weigh(self, text: str) -> Weights:
        """The weights of one text."""
        return self._weights(Counter(self.analyzer(text)))

    def transform(self, texts: Iterable[str]) -> sp.csr_matrix:
        """One row a text."""
        return self._rows([self.weigh(text) for text in texts])

    def _weights(self, counts: Counter[str]) -> Weights:
        known = self.columns
        found = {c: times for t, times in counts.items() if (c := known.get(t)) is not None}
        columns = np.fromiter(found.keys(), np.int64, len(found))
        values = np.fromiter(found.values(), np.float32, len(found))
        values = (1 + np.log(values)) * self.idf[columns]
        length = float(np.sqrt(values @ values))
        return Weights(columns, values / length if length else values)

    def _rows(self, rows: Sequence[Weights]) -> sp.csr_matrix:
        ends = np.cumsum([0, *(len(row.columns) for row in rows)])
        columns = np.concatenate([row.columns for row in rows]) if rows else np.zeros(0, np.int64)
        values = np.concatenate([row.values for row in rows]) if rows else np.zeros(0, np.float32)
        matrix = sp.csr_matrix((values, columns, ends), shape=(len(rows), len(self.columns)))
        matrix.sort_indices()
        return matrix


def weigh(vectorizers: Sequence[TfIdf], text: str) -> list[Weights]:
    """One text in the columns of several vectorizers set side by side."""
    parts, start = [], 0
    for vectorizer in vectorizers:
        part = vectorizer.weigh(text)
        parts.append(Weights(part.columns + start, part.values))
        start += len(vectorizer.columns)
    return parts


@dataclass(frozen=True, slots=True)
class Lens:
    """Sentence vectors turned to the directions in which sentences differ, all of one length."""

    centre: Floats
    turn: Floats  # width x kept
    length: float = 1.0  # what meaning weighs beside words and signs, which have length one

    def look(self, vectors: Floats) -> Floats:
        seen = (vectors - self.centre) @ self.turn
        norms = np.linalg.norm(seen, axis=1, keepdims=True) + 1e-6
        out: Floats = seen * (np.float32(self.length) / norms)
        return out


def fit_lens(vectors: Floats, kept: int, length: float = 1.0) -> Lens:
    """The `kept` principal directions."""
    centre = vectors.mean(axis=0)
    spread = vectors.std(axis=0) + 1e-6
    scaled = (vectors - centre) / spread
    values, directions = np.linalg.eigh((scaled.T @ scaled / len(scaled)).astype(np.float64))
    turn = directions[:, np.argsort(-values)[:kept]] / spread[:, None]
    return Lens(centre.astype(np.float32), turn.astype(np.float32), length)
