"""Residents at the Telegram door: the true library against the emulator, the whole way in and out."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from telegram_emulator import Fault, TelegramEmulator
from telegram_running import Running

from bot.app import Bot
from bot.channels import telegram_line, telegram_updates
from bot.messages import Chat

LAMP = "津桥路中段路灯灭了三盏，晚上黑得看不见道"
CHAT = Chat(channel="telegram", id="7001")


@pytest.fixture
def tg() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def line(bot: Bot, tg: TelegramEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(telegram_line, "ALBUM_SILENCE", 0.05)
    monkeypatch.setattr(telegram_line, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(telegram_updates, "WAITS", (0.01, 0.01))
    with Running(bot, tg) as running:
        yield running


def picture(colour: str = "orange") -> bytes:
    out = BytesIO()
    Image.new("RGB", (90, 60), colour).save(out, "JPEG")
    return out.getvalue()


def lines_of(bot: Bot, chat: Chat = CHAT) -> list[str]:
    lines = bot.call(bot.store.chats.transcript, chat)
    return [line.text for line in lines if line.voice == "resident"]


def photos_of(bot: Bot) -> int:
    """How many the form holds that is being filled in."""
    form = bot.call(bot.store.chats.conversation, CHAT).form
    return len(form.attachments) if form else 0


# -- the whole way ----------------------------------------------------------------------------------


def test_a_complaint_becomes_a_ticket_by_two_taps(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say(LAMP)
    line.settle()
    callback = tg.press(tg.last(), tg.last().data("确认"))
    line.settle()
    assert "已受理，工单号 DD20261124-0001" in tg.texts()[-1]
    assert callback in tg.answers
    (ticket,) = bot.call(bot.store.tickets.of_chat, CHAT)
    assert ticket.category == "street-light"


def test_a_button_of_yesterday_is_answered_with_one_sentence(
    tg: TelegramEmulator, line: Running
) -> None:
    tg.say("/start")
    line.settle()
    callback = tg.press(tg.last(), "confirm")
    line.settle()
    assert "这个按钮已经过时了" in tg.texts()[-1]
    assert callback in tg.answers


def test_the_menu_is_in_chinese_and_its_commands_work(tg: TelegramEmulator, line: Running) -> None:
    tg.say("/start@mashangban_bot deep-link")
    line.settle()
    assert tg.texts()[0].startswith("您好，我是大东区“马上办”")
    names = {c["command"]: c["description"] for c in tg.called("setMyCommands")[0]["commands"]}
    assert set(names) == {"start", "my", "human", "privacy", "help", "cancel"}
    assert names["human"] == "转人工"
    assert set(tg.called("getUpdates")[0]["allowed_updates"]) == {
        "message", "edited_message", "callback_query", "my_chat_member",
    }  # fmt: skip


def test_an_edited_message_is_kept_beside_the_first(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    number = tg.say(LAMP)
    line.settle()
    tg.edit(number, "津桥路12号路灯灭了三盏")
    line.settle()
    assert lines_of(bot) == [LAMP, "津桥路12号路灯灭了三盏"]
    form = bot.call(bot.store.chats.conversation, CHAT).form
    assert form is not None
    assert form.detail == "津桥路12号路灯灭了三盏"


def test_another_group_is_none_of_our_business(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say(LAMP, chat=-555, user=7001)
    tg.say("您好")
    line.settle()
    assert tg.texts(-555) == []
    assert lines_of(bot) == ["您好"]


# -- what comes beside words ------------------------------------------------------------------------


def test_an_album_is_one_message(bot: Bot, tg: TelegramEmulator, line: Running) -> None:
    for words in (None, LAMP, None):
        caption = {"caption": words} if words else {}
        tg.say(photo=tg.photo(picture()), media_group_id="a1", **caption)
    line.settle()
    assert len(tg.texts()) == 1
    assert photos_of(bot) == 3
    assert lines_of(bot) == [LAMP]


def test_a_late_part_of_an_album_is_taken_without_a_word(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say(photo=tg.photo(picture()), media_group_id="a1", caption=LAMP)
    line.settle()
    tg.say(photo=tg.photo(picture()), media_group_id="a1")
    line.settle()
    assert len(tg.texts()) == 1
    assert photos_of(bot) == 2


def test_a_picture_sent_as_a_file_is_a_picture(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.files["doc"] = picture()
    document = {"file_id": "doc", "file_unique_id": "d", "mime_type": "image/jpeg"}
    tg.say(document=document, caption=LAMP)
    line.settle()
    assert photos_of(bot) == 1


@pytest.mark.parametrize(
    ("data", "size", "why"),
    [
        (b"no picture at all", None, "不是照片"),
        (picture(), 21 * 2**20, "超过20 MB"),
        (bytes(20 * 2**20 + 1), 1, "超过20 MB"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_told_and_its_caption_heard(
    bot: Bot, tg: TelegramEmulator, line: Running, data: bytes, size: int | None, why: str
) -> None:
    tg.say(photo=tg.photo(data, size=size), caption=LAMP)
    line.settle()
    assert "路灯不亮" in tg.texts()[0]
    assert "照片没收下" in tg.texts()[1]
    assert why in tg.texts()[1]


def test_a_broken_download_is_tried_again(bot: Bot, tg: TelegramEmulator, line: Running) -> None:
    tg.fail("getFile", Fault(status=502), Fault())
    tg.say(photo=tg.photo(picture()), caption=LAMP)
    line.settle()
    assert photos_of(bot) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "语音我还听不了"),
        ({"video_note": {"file_id": "v", "file_unique_id": "v", "length": 9, "duration": 3}}, "视频我还看不了"),
        ({"document": {"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}}, "文件我还看不了"),
        ({"checklist": {"title": "修灯", "tasks": []}}, "文件我还看不了"),
        ({"hologram": {"of": "a kind the library does not know"}}, "文件我还看不了"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "收到您的表情"),
        ({"location": {"latitude": 41.8, "longitude": 123.5}}, "位置收到了"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_answered_kindly(
    tg: TelegramEmulator, line: Running, content: dict[str, Any], said: str
) -> None:
    tg.say(**content)
    line.settle()
    assert said in tg.texts()[-1]


def test_a_contact_card_is_a_phone_number(bot: Bot, tg: TelegramEmulator, line: Running) -> None:
    tg.say(contact={"phone_number": "+86 13912345678", "first_name": "王"})
    tg.say(new_chat_title="群名")  # says nothing, and is passed over
    line.settle()
    assert lines_of(bot) == ["电话13912345678"]


def test_a_contact_card_by_itself_begins_a_matter_and_is_kept(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say(contact={"phone_number": "+86 13912345678", "first_name": "王"})
    line.settle()
    assert "帮不上" not in tg.texts()[-1]
    form = bot.call(bot.store.chats.conversation, CHAT).form
    assert form is not None
    assert form.contact == "13912345678"


# -- orders -----------------------------------------------------------------------------------------


def test_an_order_is_no_word_for_the_person_who_will_answer(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    for words in ("/start", "/human", "/help", "/start", "/nothing"):
        tg.say(words)
        line.settle()
    assert not any("已补充给工作人员" in text for text in tg.texts())
    assert tg.texts()[-1] == tg.texts()[-3], "an unknown order is answered like /help"
    (ticket,) = bot.call(bot.store.tickets.of_chat, CHAT)
    assert "/start" not in ticket.detail
    assert len(tg.texts(-1001)) == 1, "one card for the duty group"


def test_an_order_in_the_middle_of_a_draft_is_answered_and_leads_back(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say("路灯坏了没人修")
    line.settle()
    tg.say("/help")
    line.settle()
    form = bot.call(bot.store.chats.conversation, CHAT).form
    assert form is not None
    assert form.location is None
    assert "在哪儿" in tg.texts()[-1]


def test_the_longest_message_of_telegram_is_read(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say(("津桥路12号楼下工地天天半夜施工，吵得睡不着。" * 250)[:4096])
    line.settle()
    assert "太长" not in tg.texts()[-1]
    assert "施工噪声" in tg.texts()[0]
    assert len(tg.texts()) == 1, "the draft need not say it all again"
