"""Splits sentences so that paraphrases of one sentence never lie on both sides."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents.corpus import Sentence

ALIKE = 0.5  # share of common pairs of signs from which two sentences count as one


def pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(max(1, len(text) - 1)))


def near_duplicates(texts: Sequence[str], alike: float = ALIKE) -> list[tuple[int, int, float]]:
    """(i, j, likeness) of texts that share most of their pairs of signs."""
    sets = [pairs(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    found: list[tuple[int, int, float]] = []
    for j, own in enumerate(sets):
        common: dict[int, int] = defaultdict(int)
        for pair in own:
            for i in holders[pair]:
                common[i] += 1
            holders[pair].append(j)
        found += [
            (i, j, likeness)
            for i, times in common.items()
            if (likeness := times / (len(sets[i]) + len(own) - times)) >= alike
        ]
    return found


def fold_of(sentences: Sequence[Sentence], folds: int, seed: int = 7) -> NDArray[np.int64]:
    """A fold for each sentence; labels are spread evenly, near-duplicates of a label stay together."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for i, s in enumerate(sentences):
        by_label[s.label or s.urgent].append(i)
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(sentences), np.int64)
    for members in by_label.values():
        leader = list(range(len(members)))
        for i, j, _ in near_duplicates([sentences[m].text for m in members]):
            old, new = leader[j], leader[i]
            leader = [new if x == old else x for x in leader]
        groups: dict[int, list[int]] = defaultdict(list)
        for position, head in enumerate(leader):
            groups[head].append(members[position])
        start = int(rng.integers(folds))
        for turn, head in enumerate(rng.permutation(list(groups))):
            fold[groups[int(head)]] = (start + turn) % folds
    return fold
