"""What a message says of the talk itself is told from its matter."""

import pytest

from bot.app import Bot
from bot.errors import StoreError, StoreFull
from bot.messages import Chat, Message
from intents import Route, Understander
from intents.talk import asks, praises, without_lead


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("等会儿，先问一句，老年证咋办", "老年证咋办"),
        ("问一下，社保卡丢了咋补", "社保卡丢了咋补"),
        ("想问问", "想问问"),
        ("路灯坏了", "路灯坏了"),
    ],
)
def test_the_beginning_of_the_talk_is_no_part_of_the_matter(text: str, expected: str) -> None:
    assert without_lead(text) == expected


@pytest.mark.parametrize("text", ["欠薪上哪告", "工资不发怎么办", "暖气多少度算达标", "能不能退"])
def test_a_question_is_known_by_its_words(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["老板拖欠工资", "屋里这么冷，才十四度", "广场舞吵到半夜"])
def test_a_report_that_asks_nothing_is_a_complaint(understander: Understander, text: str) -> None:
    assert not asks(text)
    assert understander.understand(text).route is Route.COMPLAINT


@pytest.mark.parametrize(
    "text", ["我想表扬网格员，大雪天送药", "我要给社区送面锦旗", "必须夸夸环卫大姐"]
)
def test_praise_says_itself_what_it_is(text: str) -> None:
    assert praises(text)


@pytest.mark.parametrize("text", ["社区表扬大会召开", "帮我写封表扬信", "我想感受一下"])
def test_talk_about_praise_is_none(text: str) -> None:
    assert not praises(text)


@pytest.mark.parametrize("trouble", [StoreFull("full"), StoreError("locked")])
def test_what_could_not_be_kept_is_not_said_to_be_kept(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, trouble: StoreError
) -> None:
    def refuse(*_: object) -> bool:
        raise trouble

    monkeypatch.setattr(bot.store.chats, "add", refuse)
    message = Message(
        chat=Chat(channel="web", id="full-disk-0001"), id="1", text="路灯不亮", sent_at=bot.now()
    )
    (reply,) = bot.call(bot.receive, message)
    assert "没有记下" in reply.text
    assert "110" in reply.text
