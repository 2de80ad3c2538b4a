"""The door: one message in, one understanding out, whatever the message is."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents import ModelError, Route, Understander, load


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=200))
def test_any_text_is_understood_as_something(understander: Understander, text: str) -> None:
    meaning = understander.understand(text)
    assert meaning.route in Route
    assert 0 <= meaning.confidence <= 1.001
    assert (meaning.label is None) == (meaning.route in (Route.CLARIFY, Route.HUMAN))


@pytest.mark.parametrize("text", ["", " ", "？？？", "😂😂", "\x00\u200b", "\ud83d"])
def test_nothing_to_read_is_nothing_of_ours(understander: Understander, text: str) -> None:
    meaning = understander.understand(text)
    assert (meaning.route, meaning.label) == (Route.ACT, "out-of-scope")


def test_a_long_message_is_cut_and_still_quick(understander: Understander) -> None:
    start = time.perf_counter()
    understander.understand("楼下烧烤摊占道没人管，" * 500)
    assert time.perf_counter() - start < 1


def test_alternatives_are_best_first_and_never_the_answer_itself(
    understander: Understander,
) -> None:
    meaning = understander.understand("孩子落户要什么材料")
    confidences = [c.confidence for c in meaning.alternatives]
    assert confidences == sorted(confidences, reverse=True)
    assert (meaning.route, meaning.label) not in [(c.route, c.label) for c in meaning.alternatives]


def test_who_writes_decides_between_equals(understander: Understander) -> None:
    text = "想贷款创业，有没有贴息的"
    labels = {understander.understand(text, who).label for who in ("citizen", "enterprise")}
    assert labels <= {"job-loan", "policy-startup-loan", None}


def test_identity_numbers_do_not_leave_the_door(understander: Understander) -> None:
    masked = understander.understand("身份证210104199001011234，怎么查社保").masked
    assert "19900101" not in masked


def test_two_problems_are_both_seen(understander: Understander) -> None:
    meaning = understander.understand(
        "小区门口路灯坏了三天没人修。另外，隔壁工地半夜还在打桩，吵得睡不着"
    )
    found = {meaning.label, meaning.second.label if meaning.second else None}
    found |= {c.label for c in meaning.alternatives}
    assert {"street-light", "construction-noise"} <= found


def test_traditional_and_full_width_are_the_same(understander: Understander) -> None:
    plain = understander.understand("楼道里的路灯坏了")
    other = understander.understand("樓道裡的路燈壞了")
    assert (plain.route, plain.label) == (other.route, other.label)


def test_explain_names_words_of_the_message(understander: Understander) -> None:
    text = "我家井盖丢了"
    spoken = understander.explain(text)
    assert spoken
    assert all(word in text for word, _, _ in spoken)


def test_a_message_is_understood_in_milliseconds(understander: Understander) -> None:
    texts = ["楼下烧烤摊天天占道没人管", "公积金怎么提", "电梯老坏，修了又坏，谁来管管"] * 20
    times = []
    for text in texts:
        start = time.perf_counter()
        understander.understand(text)
        times.append(time.perf_counter() - start)
    assert np.median(times) < 0.05  # the target is 5 ms on a quiet core; a shared one may be slow


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"run `python train\.py`"):
        load(tmp_path / "none")


def test_a_damaged_model_says_what_to_do(tmp_path: Path, model_folder: Path) -> None:
    facts = (model_folder / "model.json").read_text("utf-8")
    (tmp_path / "model.json").write_text(facts, "utf-8")
    (tmp_path / "model.skops").write_bytes(b"half a file")
    with pytest.raises(ModelError, match=r"run `python train\.py`"):
        load(tmp_path)


def test_a_model_of_another_library_is_refused(tmp_path: Path, model_folder: Path) -> None:
    facts = (model_folder / "model.json").read_text("utf-8")
    changed = facts.replace('"sklearn": "', '"sklearn": "0.')
    (tmp_path / "model.json").write_text(changed, "utf-8")
    with pytest.raises(ModelError, match="trained with scikit-learn"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["社保", "公积金怎么办", "请问户口", "离婚？"])
def test_the_name_of_a_field_is_asked_back(understander: Understander, text: str) -> None:
    meaning = understander.understand(text)
    assert meaning.route is Route.CLARIFY
    assert len(meaning.alternatives) == 3
    assert all(choice.route is Route.ANSWER for choice in meaning.alternatives)


@pytest.mark.parametrize("text", ["社保卡丢了", "查公积金余额", "转学", "谢谢", "中"])
def test_a_word_that_says_which_is_not_asked_back(understander: Understander, text: str) -> None:
    assert understander.understand(text).route is not Route.CLARIFY
