"""What held-out predictions say: scores with intervals, confusions, calibration."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.corpus import Sentence

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What each sentence was taken for by a model that had not seen it or its near-duplicates."""

    sentences: tuple[Sentence, ...]
    labels: tuple[str, ...]
    classes: NDArray[np.int64]
    shares: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A share of rights with its 95 % interval (Wilson)."""

    right: int
    count: int

    @property
    def value(self) -> float:
        return self.right / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.count:
            return 0.0, 1.0
        z, n, p = 1.96, self.count, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * ((p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Held-out predictions with twins counted as one."""

    labels: tuple[str, ...]
    true: NDArray[np.int64]
    order: NDArray[np.int64]  # three best a row
    confidence: Floats
    right: NDArray[np.bool_]
    among_three: NDArray[np.bool_]
    route: NDArray[np.str_]  # of the best guess


def judge(held: HeldOut, twins: Iterable[frozenset[str]]) -> Judged:
    """Add the shares of equals as the live bot does, then compare."""
    index = {label: i for i, label in enumerate(held.labels)}
    home = np.arange(len(held.labels))
    shares = held.shares.copy()
    for group in twins:
        members = sorted(index[t] for t in group if t in index)
        for other in members[1:]:
            shares[:, members[0]] += shares[:, other]
            shares[:, other] = 0
            home[other] = members[0]
    order = np.argsort(-shares, axis=1)[:, :3]
    true = home[held.classes]
    routes = np.array([label.partition("/")[0] for label in held.labels])
    hits = order == true[:, None]
    return Judged(
        labels=held.labels,
        true=true,
        order=order,
        confidence=shares[np.arange(len(order)), order[:, 0]],
        right=hits[:, 0],
        among_three=hits.any(axis=1),
        route=routes[order[:, 0]],
    )


def scores_by(judged: Judged, names: Iterable[str]) -> dict[str, Score]:
    """A score for each name, where `names` names every row: by route, by label, by source."""
    found: dict[str, list[bool]] = defaultdict(list)
    for name, right in zip(names, judged.right, strict=True):
        found[name].append(bool(right))
    return {k: Score(right=sum(v), count=len(v)) for k, v in sorted(found.items())}


def confusions(judged: Judged, most: int = 30) -> list[tuple[str, str, list[int]]]:
    """(true, taken for, rows), the most frequent first, both directions of a pair together."""
    pairs: Counter[tuple[int, int]] = Counter()
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(~judged.right):
        pair = (int(judged.true[row]), int(judged.order[row, 0]))
        pairs[pair] += 1
        rows[pair].append(int(row))
    return [
        (judged.labels[a], judged.labels[b], rows[a, b]) for (a, b), _ in pairs.most_common(most)
    ]


def calibration(judged: Judged, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, rows) of each tenth of the confidence scale."""
    places = np.minimum((judged.confidence * bins).astype(int), bins - 1)
    return [
        (
            float(judged.confidence[places == b].mean()),
            float(judged.right[places == b].mean()),
            int((places == b).sum()),
        )
        for b in range(bins)
        if (places == b).any()
    ]


def calibration_error(judged: Judged) -> float:
    """Expected calibration error: how far a confidence is from the truth, on average."""
    total = len(judged.right)
    return sum(abs(c - r) * n for c, r, n in calibration(judged)) / max(1, total)
