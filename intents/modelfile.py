"""The model on disk: arrays in a skops file (no pickle), everything readable in model.json."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import skops.io

from intents.classifier import Classifier
from intents.features import Lens, TfIdf
from intents.meaning import ModelError
from intents.places import PlaceFinder
from intents.tokenizer import Tokenizer, runs
from intents.understander import Thresholds, Understander
from intents.urgency import Alarm

FORMAT = 4
_REMEDY = "run `python train.py`"


def analyzers(tokenizer: Tokenizer) -> tuple[Any, ...]:
    """What a text is cut into, in the order of the model's columns."""
    return (lambda text: runs(text, 3), tokenizer.words)


def save(
    understander: Understander,
    words: tuple[str, ...],
    facts: dict[str, Any],
    folder: Path,
    extra: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Write beside `folder` and swap: a reader sees the old model or the new one, never half."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        skops.io.dump(_arrays(understander), fresh / "model.skops")
        content = {
            "format": FORMAT,
            "sklearn": sklearn.__version__,
            "labels": understander.classifier.labels,
            "kinds": understander.kinds,
            "alarm_labels": understander.alarm.classifier.labels,
            "alarm_threshold": understander.alarm.threshold,
            "audiences": understander.audiences,
            "twins": [sorted(group) for group in understander.twins],
            "reports": understander.reports,
            "topics": understander.topics,
            "words": words,
            "places": sorted(understander.places.known),
            "thresholds": asdict(understander.thresholds),
            **facts,
        }
        (fresh / "model.json").write_text(
            json.dumps(content, ensure_ascii=False, indent=1), "utf-8"
        )
        extra(fresh)
        replace_folder(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def replace_folder(fresh: Path, folder: Path) -> None:
    """Folders cannot be swapped in one call everywhere; two renames, and the old one comes back if
    the second fails."""
    fresh.chmod(0o755)
    if not folder.exists():
        fresh.rename(folder)
        return
    old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _arrays(understander: Understander) -> dict[str, Any]:
    return {
        "terms": ["\n".join(v.columns) for v in understander.vectorizers],
        "idf": [v.idf for v in understander.vectorizers],
        "lens": [understander.lens.centre, understander.lens.turn, understander.lens.length],
        "classifier": _classifier_arrays(understander.classifier),
        "alarm": _classifier_arrays(understander.alarm.classifier),
    }


def _classifier_arrays(classifier: Classifier) -> dict[str, Any]:
    return {
        "line": classifier.line.astype(np.float16),
        "bias": classifier.bias,
        "sharpness": float(classifier.sharpness),
    }


def facts_of(folder: Path) -> dict[str, Any]:
    """model.json of a trained model; ModelError says what to do where there is none."""
    path = folder / "model.json"
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{folder}: no trained model; {_REMEDY}") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: damaged; {_REMEDY}") from error
    if content.get("format") != FORMAT:
        raise ModelError(f"{folder}: the model is of another version of this program; {_REMEDY}")
    if content.get("sklearn") != sklearn.__version__:
        raise ModelError(
            f"{folder}: trained with scikit-learn {content.get('sklearn')}, "
            f"here is {sklearn.__version__}; {_REMEDY}"
        )
    return dict(content)


def load(folder: Path) -> Understander:
    """The trained model of a folder, warmed up. ModelError says what to do when it is not whole."""
    facts = facts_of(folder)
    try:
        arrays = skops.io.load(folder / "model.skops", trusted=[])
        understander = _understander(facts, arrays)
        understander.understand("今天几点下班")  # loads the encoder and compiles the patterns
    except Exception as error:  # skops, zipfile and numpy each have their own for a damaged file
        raise ModelError(f"{folder}: damaged or not whole ({error}); {_REMEDY}") from error
    return understander


def _understander(facts: dict[str, Any], arrays: dict[str, Any]) -> Understander:
    vectorizers = []
    tokenizer = Tokenizer(facts["words"])
    cuts = analyzers(tokenizer)
    for analyzer, terms, idf in zip(cuts, arrays["terms"], arrays["idf"], strict=True):
        vectorizer = TfIdf(analyzer)
        vectorizer.restore(terms.split("\n"), idf)
        vectorizers.append(vectorizer)
    return Understander(
        vectorizers=tuple(vectorizers),
        lens=Lens(*arrays["lens"]),
        classifier=_classifier(facts["labels"], arrays["classifier"]),
        alarm=Alarm(
            classifier=_classifier(facts["alarm_labels"], arrays["alarm"]),
            threshold=facts["alarm_threshold"],
        ),
        thresholds=Thresholds(**facts["thresholds"]),
        kinds=facts["kinds"],
        audiences=facts["audiences"],
        places=PlaceFinder(tokenizer.words, frozenset(facts["places"])),
        twins=tuple(frozenset(group) for group in facts["twins"]),
        reports=facts["reports"],
        topics={word: tuple(labels) for word, labels in facts["topics"].items()},
        version=facts.get("corpus", ""),
    )


def _classifier(labels: list[str], arrays: dict[str, Any]) -> Classifier:
    return Classifier(labels=tuple(labels), **arrays)
