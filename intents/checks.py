"""Faults of the sentences that only a reader can mend, listed for that reader."""

from collections import Counter
from dataclasses import asdict, dataclass

from intents.corpus import Corpus, contradictions
from intents.folds import near_duplicates

LEAST = {"answer": 15, "complaint": 40, "act": 30}
ALIKE = 0.8
LONG_ENOUGH = 6  # shorter sentences are alike by nature


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """`contradictions` must be mended before training; the rest is advice."""

    sentences: int
    labels: int
    contradictions: list[str]
    near_duplicates: list[str]
    thin: list[str]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @property
    def text(self) -> str:
        lines = [f"{self.sentences} sentences, {self.labels} labels"]
        for title, found in (
            ("under two labels (mend these)", self.contradictions),
            ("near-duplicates", self.near_duplicates),
            ("labels too thin", self.thin),
        ):
            lines += [f"\n{title}: {len(found)}", *(f"  {line}" for line in found[:50])]
            if len(found) > 50:
                lines.append(f"  … and {len(found) - 50} more")
        return "\n".join(lines)


def check(corpus: Corpus) -> Faults:
    """Everything `train.py --check` says."""
    counts = Counter(s.label for s in corpus.labelled)
    answers = {s.label for s in corpus.faq}
    thin = [
        f"{label}: {counts[label]} of {least}"
        for label in sorted(counts.keys() | answers)
        if counts[label] < (least := LEAST[label.partition("/")[0]])
    ]
    orphans = sorted(k for k in counts if k.startswith("answer/") and k not in answers)
    return Faults(
        sentences=len(corpus.sentences),
        labels=len(counts),
        contradictions=contradictions(corpus),
        near_duplicates=_alike(corpus),
        thin=thin + [f"{label}: sentences, but no entry in the FAQ" for label in orphans],
    )


def _alike(corpus: Corpus) -> list[str]:
    long = [s for s in corpus.sentences if len(s.text) >= LONG_ENOUGH]
    return [
        f"{likeness:.2f} {long[i].text} ({long[i].label or long[i].urgent}) | "
        f"{long[j].text} ({long[j].label or long[j].urgent})"
        for i, j, likeness in near_duplicates([s.text for s in long], ALIKE)
    ]
