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


@pytest.mark.parametrize(
    ("cry", "kind"),
    [
        ("着火了", "fire"),
        ("大东路6号楼着火了快来人", "fire"),
        ("我家煤气味特别大", "gas-leak"),
        ("有人跳楼", "suicide"),
        ("电梯困人！", "elevator-trapped"),
        ("我和孩子困电梯里了", "elevator-trapped"),
        ("有人触电了", "electric-hazard"),
        ("路边井盖没了", "manhole-missing"),
        ("我爸走丢了，八十多了", "missing-person"),
        ("撞车了，有人流血", "traffic-accident"),
        ("工地食堂食物中毒，十几个人在吐", "poisoning"),
        ("有人拿刀砍人", "crime"),
        ("墙塌了，压着人了", "collapse"),
    ],
)
def test_the_plainest_words_are_heard(cry: str, kind: str, understander: Understander) -> None:
    """Stories are what writers think of; these are what people shout."""
    assert understander.understand(cry).urgent == kind


def test_a_cry_for_help_reaches_somebody(understander: Understander) -> None:
    assert all(
        understander.understand(cry).urgent for cry in ("救命", "救命啊", "快来人，有人晕倒了")
    )


@pytest.mark.parametrize(
    "text",
    [
        "垃圾没人收",
        "暖气不热",
        "路灯不亮",
        "电梯坏了",
        "下水道堵了",
        "停电了",
        "太吵了",
        "结婚",
        "好了",
        "还没来",
    ],
)
def test_the_plainest_troubles_ring_nothing(text: str, understander: Understander) -> None:
    assert understander.understand(text).urgent is None
