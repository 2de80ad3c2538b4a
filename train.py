"""From sentences to a model: trains, cross-validates, chooses thresholds, reports, and replaces.

python train.py [--output DIR] [--json]      train from faq.yaml and intents/
python train.py --check [--json]             only look for faults in the sentences
python train.py --benchmark TRAIN.csv --test TEST.csv [--json]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from intents.benchmark import benchmark
from intents.checks import check
from intents.corpus import HERE, contradictions, read_corpus, without_contradictions
from intents.meaning import CorpusError, ModelError
from intents.modelfile import facts_of, save
from intents.report import Report, build_report, write_report
from intents.training import STEPS, train

CLEARLY = 0.02  # held-out scores of two trainings on nearly the same sentences differ by less


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.benchmark or options.test:
            return _benchmark(options)
        return _check(options) if options.check else _train(options)
    except (CorpusError, ModelError, OSError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("var/model"), metavar="DIR")
    parser.add_argument("--faq", type=Path, default=Path("faq.yaml"), metavar="FILE")
    parser.add_argument("--intents", type=Path, default=HERE, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="list faults of the sentences")
    parser.add_argument("--benchmark", type=Path, metavar="TRAIN.csv", help="columns text,label")
    parser.add_argument("--test", type=Path, metavar="TEST.csv")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _say(result: object) -> None:
    print(result)


def _train(options: argparse.Namespace) -> int:
    start = time.perf_counter()
    corpus = read_corpus(options.intents, options.faq)
    if found := contradictions(corpus):
        corpus = without_contradictions(corpus)
        print(
            f"train.py: left out {len(found)} sentences that stand under two labels "
            f"(`python train.py --check` lists them), the first: {found[0]}",
            file=sys.stderr,
        )
    with _bar(len(corpus.sentences)) as tick:
        trained = train(corpus, stored=options.output.parent / "vectors.npz", tick=tick)
    before = _facts_before(options.output)
    report = build_report(corpus, trained, before, time.perf_counter() - start)
    if worse := _is_worse(report, before):
        print(f"train.py: {worse}", file=sys.stderr)
        return 1
    save(
        trained.understander,
        corpus.words,
        {
            "corpus": corpus.digest,
            "trained_in_seconds": round(report.seconds, 1),
            "report": report.facts,
        },
        options.output,
        extra=lambda folder: write_report(report, folder),
    )
    _say(json.dumps(report.facts, ensure_ascii=False) if options.json else report.summary)
    return 0


def _facts_before(folder: Path) -> dict[str, object] | None:
    try:
        return facts_of(folder)
    except ModelError:
        return None  # none, damaged or of another version: anything is better


def _is_worse(report: Report, before: dict[str, object] | None) -> str:
    """One sentence that says why the model before is kept; empty if the new one may replace it."""
    if before is None or not isinstance(old := before.get("report"), dict):
        return ""
    if old.get("family") != report.facts["family"]:
        return ""  # other labels: the two scores do not speak of the same task
    fell = float(old["score"]) - float(str(report.facts["score"]))
    if fell <= CLEARLY:
        return ""
    return (
        f"the new model is worse on held-out sentences ({report.facts['score']:.3f}, before "
        f"{old['score']:.3f}), so the old one stays; look at `python train.py --check`, "
        "or train into another folder with --output"
    )


def _check(options: argparse.Namespace) -> int:
    faults = check(read_corpus(options.intents, options.faq))
    _say(json.dumps(faults.as_dict(), ensure_ascii=False) if options.json else faults.text)
    return 1 if faults.contradictions else 0


def _benchmark(options: argparse.Namespace) -> int:
    if not (options.benchmark and options.test):
        raise CorpusError("--benchmark TRAIN.csv needs --test TEST.csv beside it")
    result = benchmark(options.benchmark, options.test)
    _say(json.dumps(result))
    return 0


@contextmanager
def _bar(count: int) -> Iterator[Callable[[str], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"Training on {count} sentences", total=STEPS)

        def tick(step: str) -> None:
            progress.update(task, advance=1, description=f"{step:12}")

        yield tick


if __name__ == "__main__":
    sys.exit(main())
