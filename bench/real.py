"""Real public questions and complaints, which nobody here wrote, against our labels of them.

The places are other cities': the matter is judged as if it lay here, and a message that names a real
city or district still counts as wrong where the bot points it elsewhere.
"""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import yaml

from bench.eval_dev import TWINS, share
from intents import Understanding, load

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
READ = 150  # signs of a message that were read for its label
MODEL = Path("var/model")


@cache
def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _guesses(meaning: Understanding) -> list[str]:
    """Best first: what it does, then what it would offer."""
    offered = [f"{c.route}/{c.label}" for c in meaning.alternatives]
    return [f"{meaning.route}/{meaning.label}", *offered] if meaning.label else offered


def main() -> None:
    if not DATA.exists():
        print(f"SKIPPED: {DATA} is not here")
        return
    understander = load(MODEL)
    routed, guessed, three = (defaultdict(list) for _ in range(3))
    for entry in yaml.safe_load((HERE / "real_labels.yaml").read_text("utf-8")):
        text = _rows(entry["file"])[entry["row"]][entry["field"]].strip()[:READ]
        right = set(entry["labels"])
        for group in TWINS:
            right |= group if right & group else set()
        meaning = understander.understand(text)
        guesses = _guesses(meaning)
        route = entry["labels"][0].partition("/")[0]
        routed[route].append(meaning.label is not None and guesses[0] in right)
        guessed[route].append(bool(set(guesses[:1]) & right))
        three[route].append(bool(set(guesses[:3]) & right))
    for route in sorted(routed):
        print(
            f"real public messages, {route}: right first {share(routed[route])}, "
            f"best guess {share(guessed[route])}, among three {share(three[route])}"
        )


if __name__ == "__main__":
    main()
