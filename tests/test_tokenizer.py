"""Many ways of typing one thing become one."""

from hypothesis import given
from hypothesis import strategies as st

from intents.normalise import LONGEST, clean, normalise, simplify
from intents.tokenizer import Tokenizer, runs


def test_width_script_case_and_repeats_do_not_matter() -> None:
    assert normalise("ＷＩＦＩ　壞了！！！！") == "wifi 坏了!!"


def test_invisible_signs_are_lost() -> None:
    assert normalise("路\u200b灯\x00坏") == "路灯坏"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    plain = normalise(text)
    assert len(plain) <= LONGEST
    plain.encode("utf-8")


@given(st.text(max_size=50))
def test_simplifying_keeps_every_sign_in_its_place(text: str) -> None:
    assert len(simplify(text)) == len(text)


def test_a_broken_surrogate_is_dropped() -> None:
    assert clean("好\ud83d了") == "好了"


def test_words_of_the_district_stay_whole() -> None:
    assert "井盖" in Tokenizer().words("小区井盖丢了")
    assert "新就业形态" in Tokenizer(["新就业形态"]).words("什么是新就业形态")


def test_runs_know_the_ends_of_a_text() -> None:
    assert {"^落", "户$", "落户"} <= set(runs("落户", 2))
