"""Understanding against a plain baseline in one run: characters with an SVM, trained on the very same sentences."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from bench.eval_dev import DATA, figures, judge
from intents import load
from intents.corpus import read_corpus
from intents.normalise import normalise

MODEL = Path("var/model")
SHOWN = (
    "services: best guess right",
    "complaints: best guess right",
    "acts: best guess right",
    "services: among three",
)


def milliseconds(understand: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    for text in texts[:20]:
        understand(text)
    taken = []
    for text in texts:
        started = time.perf_counter()
        understand(text)
        taken.append(1000 * (time.perf_counter() - started))
    return float(np.median(taken)), float(np.quantile(taken, 0.99))


def main() -> None:
    corpus = read_corpus()
    texts = [text for text in corpus.heldout.texts if len(text) <= 60]
    started = time.perf_counter()
    signs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    matrix = signs.fit_transform([s.text for s in corpus.labelled])
    baseline = LinearSVC(C=0.5).fit(matrix, [s.label for s in corpus.labelled])
    print(f"baseline (characters 1–3, LinearSVC) trained in {time.perf_counter() - started:.0f} s")
    facts = json.loads((MODEL / "model.json").read_text("utf-8"))
    print(
        f"the model trained in {facts['trained_in_seconds']} s, held-out folds and report included"
    )
    started = time.perf_counter()
    understander = load(MODEL)
    print(f"the model loads in {time.perf_counter() - started:.1f} s")
    with threadpool_limits(1):
        ours = milliseconds(understander.understand, texts)
        plain = milliseconds(lambda t: baseline.predict(signs.transform([normalise(t)])), texts)
    print(f"a message of up to 60 signs: {ours[0]:.1f} ms median, {ours[1]:.1f} ms p99 (target ≤ 5 / ≤ 40); "
          f"baseline {plain[0]:.1f} / {plain[1]:.1f}: {ours[0] / plain[0]:.2f} times its time")  # fmt: skip
    right = baseline.predict(signs.transform(corpus.heldout.texts)) == np.array(
        corpus.heldout.labels
    )
    mine = [
        f"{m.route}/{m.label}"
        if m.label
        else f"{m.alternatives[0].route}/{m.alternatives[0].label}"
        for m in map(understander.understand, corpus.heldout.texts)
    ]
    good = np.mean([a == b for a, b in zip(mine, corpus.heldout.labels, strict=True)])
    print(
        f"messages written apart from the corpus, best guess right: {good:.3f}, baseline {right.mean():.3f}"
    )
    if not DATA.exists():
        print(f"SKIPPED: {DATA} is not here")
        return
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    found = figures(judge(rows, understander.understand))
    for name in SHOWN:
        print(f"dev.jsonl, {name}: {found[name]}")


if __name__ == "__main__":
    main()
