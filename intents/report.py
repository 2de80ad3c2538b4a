"""The report after a training, for the people who write the sentences."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intents.corpus import Corpus
from intents.evaluation import (
    Judged,
    Score,
    calibration_error,
    confusions,
    judge,
    scores_by,
)
from intents.pictures import draw
from intents.training import Trained

MOST_PAIRS = 25
WEAKEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`facts` go into model.json; the rest is drawn and written."""

    facts: dict[str, object]
    judged: Judged
    texts: tuple[str, ...]
    by_label: dict[str, Score]
    danger: dict[str, Score]
    seconds: float
    changes: list[str]
    learning: tuple[tuple[int, float], ...]

    @property
    def summary(self) -> str:
        f = self.facts
        routes = "  ".join(f"{k} {100 * float(v):.1f} %" for k, v in dict(f["routes"]).items())  # type: ignore[call-overload]
        return (
            f"trained on {f['sentences']} sentences, {f['labels']} labels, in {self.seconds:.0f} s\n"
            f"held-out right first: {100 * float(str(f['score'])):.1f} % ({routes})\n"
            f"danger recognised: {100 * float(str(f['danger_recall'])):.1f} %, "
            f"false alarms on near-misses {100 * float(str(f['false_alarms'])):.1f} %"
        )


def build_report(
    corpus: Corpus, trained: Trained, before: dict[str, object] | None, seconds: float
) -> Report:
    judged = judge(trained.routing, corpus.twins)
    true = [judged.labels[i] for i in judged.true]
    routes = scores_by(judged, [label.partition("/")[0] for label in true])
    by_label = scores_by(judged, true)
    danger, recall, alarms = _danger(trained)
    thresholds = trained.understander.thresholds
    facts: dict[str, object] = {
        "score": round(float(np.mean([s.value for s in routes.values()])), 4),
        "routes": {name: round(score.value, 4) for name, score in routes.items()},
        "among_three": round(float(judged.among_three.mean()), 4),
        "calibration_error": round(calibration_error(judged), 4),
        "danger_recall": round(recall, 4),
        "false_alarms": round(alarms, 4),
        "sentences": len(corpus.sentences),
        "labels": len(corpus.labels),
        "family": hashlib.sha256("\n".join(corpus.labels).encode()).hexdigest()[:12],
        "thresholds": {
            name: round(getattr(thresholds, name), 3)
            for name in ("answer", "complaint", "act", "outside", "clarify", "second")
        },
        "by_label": {label: round(score.value, 3) for label, score in by_label.items()},
    }
    return Report(
        facts=facts,
        judged=judged,
        texts=tuple(s.text for s in trained.routing.sentences),
        by_label=by_label,
        danger=danger,
        seconds=seconds,
        changes=_changes(facts, before),
        learning=(),
    )


def _danger(trained: Trained) -> tuple[dict[str, Score], float, float]:
    held, threshold = trained.danger, trained.understander.alarm.threshold
    alarmed = 1 - held.shares[:, 0] >= threshold
    kinds: dict[str, list[bool]] = {}
    near: list[bool] = []
    for s, rung in zip(held.sentences, alarmed, strict=True):
        if s.urgent:
            kinds.setdefault(s.urgent, []).append(bool(rung))
        elif s.source.startswith("urgent_"):
            near.append(bool(rung))
    scores = {k: Score(right=sum(v), count=len(v)) for k, v in sorted(kinds.items())}
    every = [rung for rungs in kinds.values() for rung in rungs]
    return scores, float(np.mean(every or [False])), float(np.mean(near or [False]))


def _changes(facts: dict[str, object], before: dict[str, object] | None) -> list[str]:
    old = (before or {}).get("report")
    if not isinstance(old, dict):
        return ["This is the first model."]
    lines = [
        f"{name}: {old.get(name)} → {facts[name]}"
        for name in ("score", "sentences", "labels", "danger_recall", "false_alarms")
        if old.get(name) != facts[name]
    ]
    was, now = old.get("by_label") or {}, dict(facts["by_label"])  # type: ignore[call-overload]
    moved = sorted(
        (now[k] - was[k], k) for k in now.keys() & was.keys() if abs(now[k] - was[k]) >= 0.1
    )
    return lines + [
        f"{label}: {was[label]:.2f} → {now[label]:.2f}" for _, label in moved[:10] + moved[-10:]
    ]


def write_report(report: Report, folder: Path) -> None:
    """report.md with its pictures, beside the model."""
    draw(report.judged, report.learning, folder)
    (folder / "report.md").write_text("\n".join(_lines(report)) + "\n", "utf-8")


def _lines(report: Report) -> list[str]:
    f, judged = report.facts, report.judged
    routes = scores_by(judged, [judged.labels[i].partition("/")[0] for i in judged.true])
    lines = [
        "# Training report",
        "",
        f"{f['sentences']} sentences, {f['labels']} labels, {report.seconds:.0f} s. Every figure is of sentences the",
        "model had not seen (near-duplicates kept together), so it is harder than daily use.",
        "",
        "| route | right first | 95 % interval | sentences |",
        "|---|---|---|---|",
        *(_row(name, score) for name, score in routes.items()),
        "",
        f"Among three: {100 * float(str(f['among_three'])):.1f} %. Calibration error: {f['calibration_error']}.",
        f"Thresholds: {f['thresholds']}.",
        "",
        "![how sure, how right](calibration.svg)",
        "![confidences](confidence.svg)",
        "![learning curve](learning.svg)",
        "",
        "## Since the model before",
        "",
        *(f"- {line}" for line in report.changes),
        "",
        "## Danger",
        "",
        f"Recognised {100 * float(str(f['danger_recall'])):.1f} %, false alarms on near-misses "
        f"{100 * float(str(f['false_alarms'])):.1f} %.",
        "",
        "| kind | recognised | 95 % interval | sentences |",
        "|---|---|---|---|",
        *(_row(name, score) for name, score in report.danger.items()),
        "",
        "## Most confused",
        "",
    ]
    for true, taken, rows in confusions(judged, MOST_PAIRS):
        lines += [f"- **{true}** taken for **{taken}**, {len(rows)} times"]
        lines += [f"  - {report.texts[row]}" for row in rows[:3]]
    weakest = sorted(report.by_label.items(), key=lambda item: item[1].value)
    lines += [
        "",
        "## By label, weakest first",
        "",
        "| label | right first | 95 % interval | sentences |",
        "|---|---|---|---|",
    ]
    return lines + [_row(name, score) for name, score in weakest]


def _row(name: str, score: Score) -> str:
    low, high = score.interval
    return f"| {name} | {100 * score.value:.1f} % | {100 * low:.0f}–{100 * high:.0f} % | {score.count} |"
