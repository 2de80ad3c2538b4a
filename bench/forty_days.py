"""Forty days of a district, played: contradictions between what residents were told and the tickets, and talks to read.

`python -m bench.forty_days --seed 7 --tickets 200 --days 40 --read 3`
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from forty_days import play  # noqa: E402

from bot.app import load_model  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.workdays import ZONE  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("tickets", 200), ("days", 40), ("seed", 1), ("read", 3)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    understander = load_model(Settings(model=ROOT / "var" / "model"))
    with TemporaryDirectory() as folder:
        played = play(understander, Path(folder), asked.tickets, asked.days, asked.seed)
    for kind, number in Counter(kind for kind, _ in played.told.wrong).most_common():
        print(f"== {kind}: {number}")
        for what in [what for each, what in played.told.wrong if each == kind][:6]:
            print("  ", what.replace("\n", " / "))
    longest = sorted(played.residents, key=lambda r: -len(r.lines))
    for resident in [*longest[: asked.read], *played.residents[: asked.read]]:
        print(f"\n---- {resident.chat.id}")
        for at, who, text in resident.lines:
            line = f"{at.astimezone(ZONE):%m-%d %H:%M} {who}: {text}"
            print(line.replace("\n", "\n      "))
    print({event.value: times for event, times in played.done.items()})
    print(f"{len(played.told.wrong)} contradictions")


if __name__ == "__main__":
    main()
