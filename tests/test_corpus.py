"""The sentences: readable, each under one label, and faults named by file and line."""

from pathlib import Path

import pytest
import yaml

from intents.checks import Faults, check
from intents.corpus import Corpus, read_corpus
from intents.folds import fold_of, near_duplicates
from intents.meaning import CorpusError

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(ROOT / "intents", ROOT / "faq.yaml")


@pytest.fixture(scope="module")
def faults(corpus: Corpus) -> Faults:
    return check(corpus)


def small_folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "zh").mkdir()
    for name in ("urgent.yaml", "twins.yaml", "reports.yaml", "places.yaml"):
        (tmp_path / name).write_text((ROOT / "intents" / name).read_text("utf-8"), "utf-8")
    for name, content in files.items():
        (tmp_path / "zh" / f"{name}.yaml").write_text(content, "utf-8")
    return tmp_path


def test_every_service_of_the_faq_has_sentences(corpus: Corpus) -> None:
    assert {s.label for s in corpus.faq} <= set(corpus.labels)


def test_no_sentence_stands_under_two_labels(faults: Faults) -> None:
    assert faults.contradictions == []


def test_no_label_is_thin(faults: Faults) -> None:
    assert faults.thin == []


def test_urgent_kinds_are_those_of_the_bot(corpus: Corpus) -> None:
    kinds = yaml.safe_load((ROOT / "bot/data/urgent.yaml").read_text("utf-8"))
    assert corpus.kinds == {kind["id"]: kind["category"] for kind in kinds}
    assert {s.urgent for s in corpus.sentences if s.urgent} == set(corpus.kinds)


def test_no_held_out_sentence_is_in_the_corpus(corpus: Corpus) -> None:
    held = yaml.safe_load((ROOT / "tests/sentences/urgent.yaml").read_text("utf-8"))
    texts = {t for texts in held["danger"].values() for t in texts} | set(held["calm"])
    known = {s.text for s in corpus.sentences}
    assert sorted(t for t in texts if t in known and len(t) > 4) == []


def test_a_contradiction_is_found(tmp_path: Path) -> None:
    folder = small_folder(tmp_path, service_a="a: [井盖丢了]\n", complaint_b="b: [井盖丢了]\n")
    faults = check(read_corpus(folder, ROOT / "faq.yaml")).contradictions
    assert faults == ["井盖丢了: answer/a, complaint/b"]


def test_broken_yaml_is_named_by_file_and_line(tmp_path: Path) -> None:
    folder = small_folder(tmp_path, service_a="a:\n- 好\n- 'x\n")
    with pytest.raises(CorpusError, match=r"service_a\.yaml:\d+: not valid YAML"):
        read_corpus(folder, ROOT / "faq.yaml")


def test_a_number_without_quotes_is_explained(tmp_path: Path) -> None:
    folder = small_folder(tmp_path, act_a="a: [12345]\n")
    with pytest.raises(CorpusError, match="put quotes round numbers"):
        read_corpus(folder, ROOT / "faq.yaml")


def test_near_duplicates_share_a_fold(corpus: Corpus) -> None:
    some = [s for s in corpus.labelled if s.label == "complaint/manhole"]
    folds = fold_of(some, 3)
    assert set(folds) == {0, 1, 2}
    for i, j, _ in near_duplicates([s.text for s in some]):
        assert folds[i] == folds[j]
