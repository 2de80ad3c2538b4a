"""What a few words say of a result, and what they do not say."""

import pytest

from bot import opinions, reading


@pytest.mark.parametrize(
    "text", ["修好了", "已经好了", "灯亮了", "暖气热了", "好了谢谢", "昨天来人给修好了", "都清走了"]
)
def test_a_few_words_say_that_it_is_solved(text: str) -> None:
    assert opinions.says_solved(text)
    assert not opinions.still_waits(text)


@pytest.mark.parametrize(
    "text",
    [
        "没好了",
        "又坏了",
        "啥时候能修好",
        "能修好了吗",
        "着火了",
        "煤气漏了",
        "人来了",
        "修的人走了",
        "没人修",
        "还没好",
    ],
)
def test_what_is_not_solved_is_not_taken_for_it(text: str) -> None:
    assert not opinions.says_solved(text)


@pytest.mark.parametrize(
    "text",
    [
        "还没弄好呢",
        "还没来人呢",
        "都三天了还没来人",
        "怎么还没动静",
        "根本没人来",
        "还是不亮",
        "到底修不修",
        "你们到底管不管啊",
    ],
)
def test_one_who_still_waits_says_so(text: str) -> None:
    assert opinions.still_waits(text)


@pytest.mark.parametrize(
    "text", ["孩子还没回来", "我家人还没回家", "还没落户呢怎么办", "老人不见了"]
)
def test_a_missing_person_is_no_late_repair(text: str) -> None:
    assert not opinions.still_waits(text)


@pytest.mark.parametrize(
    ("text", "score"),
    [("给5分", 5), ("打个三分吧", 3), ("一星", 1), ("10分", None), ("五分钟", None)],
)
def test_points_are_read_in_figures(text: str, score: int | None) -> None:
    assert opinions.points(text) == score


@pytest.mark.parametrize(
    ("text", "score"),
    [("不满意", 2), ("满意", 4), ("很满意谢谢", 5), ("一般吧", 3), ("太差了", 1), ("好的", None)],
)
def test_a_rating_has_a_name_too(text: str, score: int | None) -> None:
    assert opinions.rating(text) == score


@pytest.mark.parametrize("text", ["不撤", "先别撤", "不用撤了", "别删", "不删了"])
def test_who_keeps_it_keeps_it(text: str) -> None:
    assert reading.keeps(text)
    assert not reading.wants_erasure(text)


@pytest.mark.parametrize("text", ["不用来了，撤了吧", "算了不报了 撤了", "不要了撤掉"])
def test_who_takes_it_back_takes_it_back(text: str) -> None:
    assert not reading.keeps(text)
    assert reading.takes_back(text)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("需要啥", "带什么"),
        ("那去哪呢", "去哪办"),
        ("我自己去不了能让我儿子去吗", "谁能代办"),
        ("能代办吗", "谁能代办"),
        ("我要啥都没有", None),
    ],
)
def test_a_bare_question_is_about_a_row_of_the_answer(text: str, row: str | None) -> None:
    assert reading.asks_about(text) == row
