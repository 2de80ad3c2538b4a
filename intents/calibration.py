"""How sure is sure enough: the thresholds, from messages nobody trained on.

`heldout/*.yaml` were written apart from the corpus, by somebody who had not seen it. Cross-validation would be
the harsher judge: every sentence of the corpus was written to be unlike the others of its label, so leaving
one out takes away just what it could have been known by.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from intents.evaluation import HeldOut
from intents.understander import Thresholds

Floats = NDArray[np.float32]

ANSWERED = (
    0.95  # share right of what is answered at once: a wrong answer is an answer beside the point
)
FILED = 0.89  # of what is drafted as a complaint at once: the draft names the category and waits for a yes
ACTED = 0.95
GUESSED = 0.85  # of the questions back: the right one is among the three
FALSE_ALARMS = 0.03  # of held-out near-misses
IN_SCOPE_REFUSED = 0.0125  # how many messages meant for us may be turned away
ALARM = 0.15, 0.3  # below, every odd short word rings; above, a whispered danger does not
LEAST, MOST = 0.3, 0.9  # no threshold leaves this range, whatever a small sample says


def merge_twins(shares: Floats, labels: Sequence[str], twins: Sequence[frozenset[str]]) -> Floats:
    """Labels no clerk could tell apart share one column's probability."""
    index = {label: i for i, label in enumerate(labels)}
    shares = shares.copy()
    for group in twins:
        members = [index[label] for label in sorted(group) if label in index]
        if len(members) > 1:
            total = shares[:, members].sum(axis=1)
            best = np.array(members)[shares[:, members].argmax(axis=1)]
            shares[:, members] = 0
            shares[np.arange(len(shares)), best] = total
    return shares


def choose(
    shares: Floats,
    labels: Sequence[str],
    right: Sequence[str],
    twins: Sequence[frozenset[str]],
) -> Thresholds:
    """The lowest thresholds that keep the stated precision on these messages, route by route."""
    shares = merge_twins(shares, labels, twins)
    best = shares.argmax(axis=1)
    sure = shares.max(axis=1)
    alike = {label: group for group in twins for label in group}
    good = np.array(
        [r in alike.get(labels[b], {labels[b]}) for b, r in zip(best, right, strict=True)]
    )
    route = np.array([labels[b].partition("/")[0] for b in best])
    outside = np.array([labels[b] == "act/out-of-scope" for b in best])
    inside = np.array([not r.startswith(("act/out-of-scope", "act/chitchat")) for r in right])
    acts = (route == "act") & ~outside
    answers, complaints = route == "answer", route == "complaint"
    return Thresholds(
        answer=_for_precision(sure[answers], good[answers], ANSWERED),
        complaint=_for_precision(sure[complaints], good[complaints], FILED),
        act=_for_precision(sure[acts], good[acts], ACTED),
        outside=_for_refusals(sure, outside, inside),
        clarify=_for_precision(_three(shares), _among_three(shares, labels, right, alike), GUESSED),
    )


def _for_precision(sure: Floats, good: NDArray[np.bool_], wanted: float) -> float:
    """The lowest sureness above which so many are right."""
    order = np.argsort(-sure)
    kept = np.cumsum(good[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(kept >= wanted)
    threshold = float(sure[order[enough[-1]]]) if len(enough) else MOST
    return round(float(np.clip(threshold, LEAST, MOST)), 3)


def _for_refusals(sure: Floats, outside: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    """The lowest sureness at which few enough of our own messages are turned away."""
    refused = np.sort(sure[outside & inside])[::-1]
    allowed = int(IN_SCOPE_REFUSED * inside.sum())
    threshold = float(refused[allowed]) + 1e-3 if len(refused) > allowed else LEAST
    return round(float(np.clip(threshold, LEAST, MOST)), 3)


def _three(shares: Floats) -> Floats:
    three: Floats = np.sort(shares, axis=1)[:, -3:].sum(axis=1)
    return three


def _among_three(
    shares: Floats, labels: Sequence[str], right: Sequence[str], alike: Mapping[str, frozenset[str]]
) -> NDArray[np.bool_]:
    three = np.argsort(-shares, axis=1)[:, :3]
    return np.array(
        [
            any(r in alike.get(labels[i], {labels[i]}) for i in row)
            for row, r in zip(three, right, strict=True)
        ]
    )


def choose_alarm(held: HeldOut) -> float:
    """As low as so many false alarms in near-misses allow: a missed danger is worse."""
    danger = 1 - held.shares[:, 0]
    near = np.array([s.source.startswith("urgent_") and not s.urgent for s in held.sentences])
    if not near.any():
        return 0.5
    return float(np.clip(np.quantile(danger[near], 1 - FALSE_ALARMS), *ALARM))
