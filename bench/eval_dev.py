"""Every figure of shared/eval/README.md on dev.jsonl, through the live `understand`.

    python bench/eval_dev.py [MODEL] [--errors]

Skips aloud where the messages are missing: they are not part of the project.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from intents import ModelError, Understanding, load

HERE = Path(__file__).resolve().parent
TWINS = [set(g) for g in yaml.safe_load((HERE.parent / "intents/twins.yaml").read_text("utf-8"))]
NEAR_A_REPORT = {  # questions so near to a report that filing is right too
    "heating-cold": ["heating"], "fire-ebike": ["fire-hazard"], "job-wage": ["wage-arrears"],
    "consumer-complaint": ["consumer-dispute"],
    "gov-complaint": ["service-attitude", "business-environment"],
    "policy-complaint": ["business-environment"], "policy-arrears": ["business-environment"],
    "policy-inspection": ["business-environment"], "city-noise": ["living-noise"],
}  # fmt: skip
OUTSIDE = {"act/out-of-scope", "act/chitchat"}
DATA = HERE.parent.parent / "shared" / "eval" / "dev.jsonl"


@dataclass(frozen=True)
class Judged:
    """A message, what is right for it, and what was understood."""

    row: dict
    right: set[str]
    meaning: Understanding
    milliseconds: float

    @property
    def first(self) -> str:
        return f"{self.meaning.route}/{self.meaning.label}"

    @property
    def anything(self) -> bool:
        return "*" in self.row["labels"]

    @property
    def guess(self) -> str:
        """The best label, also where the bot would ask back."""
        return self.three[0]

    @property
    def three(self) -> list[str]:
        others = [f"{c.route}/{c.label}" for c in self.meaning.alternatives]
        return (others if self.meaning.label is None else [self.first, *others])[:3] or [self.first]


def right_for(row: dict) -> set[str]:
    right = {f"{row['route']}/{label}" for label in row["labels"]}
    if row["route"] == "answer":
        for label in row["labels"]:
            right |= {f"complaint/{c}" for c in NEAR_A_REPORT.get(label, [])}
        for group in TWINS:
            right |= group if right & group else set()
    return right | OUTSIDE if right & OUTSIDE else right


def share(values: list[bool]) -> str:
    if not values:
        return "    –"
    return f"{100 * np.mean(values):5.1f} % ({sum(values)}/{len(values)})"


def judge(rows: list[dict], understand) -> list[Judged]:
    judged = []
    for row in rows:
        start = time.perf_counter()
        meaning = understand(row["text"])
        judged.append(Judged(row, right_for(row), meaning, 1000 * (time.perf_counter() - start)))
    return judged


def figures(judged: list[Judged]) -> dict[str, str]:
    lines: dict[str, str] = {}
    groups = defaultdict(list)
    for j in judged:
        if not j.anything and not j.row["urgent"]:
            groups[j.row["set"].split("-")[0]].append(j)
    for name in ("services", "complaints", "acts"):
        own = groups[name]
        lines[f"{name}: right first (as routed)"] = share([j.first in j.right for j in own])
        lines[f"{name}: best guess right"] = share([j.guess in j.right for j in own])
        lines[f"{name}: among three"] = share([bool(set(j.three) & j.right) for j in own])
    lines["out of scope recognised"] = share([j.first in OUTSIDE for j in groups["oos"]])
    inside = [j for j in judged if not j.right & OUTSIDE and not j.anything]
    lines["in scope refused"] = share([j.first in OUTSIDE for j in inside])
    filed = [j for j in judged if j.meaning.route in ("answer", "complaint") and not j.anything]
    lines["precision of answered or filed"] = share([j.first in j.right for j in filed])
    asked = [j for j in judged if j.meaning.route in ("clarify", "human")]
    lines["asked back or handed over"] = share([j in asked for j in judged])
    danger = [j for j in judged if j.row["urgent"]]
    calm = [j for j in judged if not j.row["urgent"]]
    near = [j for j in calm if j.row["set"] == "urgent"]
    lines["urgent: recall"] = share([bool(j.meaning.urgent) for j in danger])
    lines["urgent: kind right"] = share([j.meaning.urgent == j.row["urgent"] for j in danger])
    lines["urgent: routed right"] = share([j.first in j.right for j in danger])
    lines["urgent: false alarms, near-misses"] = share([bool(j.meaning.urgent) for j in near])
    lines["urgent: false alarms, everything calm"] = share([bool(j.meaning.urgent) for j in calm])
    placed = [j for j in judged if (j.row.get("slots") or {}).get("location")]
    bare = [j for j in judged if not (j.row.get("slots") or {}).get("location")]
    wanted = [j.meaning.slots.location == j.row["slots"]["location"] for j in placed]
    lines["place exact"] = share(wanted)
    lines["place where there is none"] = share([bool(j.meaning.slots.location) for j in bare])
    phones = [j for j in judged if (j.row.get("slots") or {}).get("phone")]
    lines["phone exact"] = share([j.meaning.slots.phone == j.row["slots"]["phone"] for j in phones])
    times = [j.milliseconds for j in judged if len(j.row["text"]) <= 60]
    lines["milliseconds, median / p99"] = f"{np.median(times):.1f} / {np.quantile(times, 0.99):.1f}"
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=Path("var/model"))
    parser.add_argument("--errors", action="store_true", help="list what was wrong")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"SKIPPED: {DATA} is not here")
        return 0
    try:
        understander = load(options.model)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    judged = judge(rows, understander.understand)
    for name, value in figures(judged).items():
        print(f"{name:42} {value}")
    if options.errors:
        for j in judged:
            if (j.guess not in j.right and not j.anything) or bool(j.meaning.urgent) != bool(
                j.row["urgent"]
            ):
                print(j.row["id"], j.row["set"], j.row["text"], "|", *sorted(j.right), "|",
                      j.first, *j.three, f"{j.meaning.confidence:.2f}", j.meaning.urgent)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
