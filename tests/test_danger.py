"""The list of dangers and near-misses (sentences/urgent.yaml), written by somebody who had not seen the corpus.

The wanted figures stand in intents/README.md; these are the lines below which no model may go out.
"""

import pytest
import yaml
from conftest import ROOT

from intents import Understander

LIST = yaml.safe_load((ROOT / "tests" / "sentences" / "urgent.yaml").read_text("utf-8"))
RECALL, FALSE_ALARMS = 0.85, 0.1


def test_the_list_is_long_enough() -> None:
    danger = sum(map(len, LIST["danger"].values()))
    assert danger + len(LIST["calm"]) >= 300
    assert abs(danger - len(LIST["calm"])) <= 30


def test_danger_is_heard(understander: Understander) -> None:
    missed = [
        text
        for texts in LIST["danger"].values()
        for text in texts
        if understander.understand(text).urgent is None
    ]
    danger = sum(map(len, LIST["danger"].values()))
    assert 1 - len(missed) / danger >= RECALL, missed


def test_near_misses_stay_calm(understander: Understander) -> None:
    alarms = [text for text in LIST["calm"] if understander.understand(text).urgent]
    assert len(alarms) / len(LIST["calm"]) <= FALSE_ALARMS, alarms


@pytest.mark.parametrize("kind", LIST["danger"])
def test_every_kind_is_heard(kind: str, understander: Understander) -> None:
    texts = LIST["danger"][kind]
    heard = [text for text in texts if understander.understand(text).urgent]
    assert len(heard) >= 0.6 * len(texts)


def test_who_shouts_is_heard_as_well_as_who_does_not(understander: Understander) -> None:
    told = [text.rstrip("。！!") for texts in LIST["danger"].values() for text in texts]
    assert [
        text
        for text in told
        if bool(understander.understand(text).urgent)
        is not bool(understander.understand(f"{text}！").urgent)
    ] == []
    assert understander.understand("闻到很大煤气味！小什字街友谊小区2号楼").urgent == "gas-leak"
