"""The contract of the store, on every database: what was said, and what is on its way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation import Conversation, Waiting
from bot.forms import Field, Form
from bot.messages import (
    Attachment,
    AttachmentKind,
    Button,
    Card,
    Chat,
    Location,
    Message,
    Reply,
)
from bot.store import Store
from bot.store.figures import ANSWERS
from bot.tickets import Kind

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TELEGRAM = Chat(channel="telegram", id="4711")
PAGE = Chat(channel="web", id="s3cret")
PHOTO = Attachment(kind=AttachmentKind.PHOTO, file="a.jpg")


def message(
    id: str = "1", text: str = "路灯不亮", chat: Chat = TELEGRAM, **more: object
) -> Message:
    return Message(chat=chat, id=id, text=text, sent_at=NOW, **more)  # type: ignore[arg-type]


def reply(text: str = "好的") -> Reply:
    return Reply(text=text)


def test_a_message_that_comes_again_is_not_kept_again(store: Store) -> None:
    assert store.chats.add(message())
    assert not store.chats.add(message(text="又一次"))
    assert store.chats.add(message(chat=PAGE))
    assert [line.text for line in store.chats.transcript(TELEGRAM)] == ["路灯不亮"]


def test_an_edited_message_is_a_message_of_its_own(store: Store) -> None:
    assert store.chats.add(message())
    store.outbox.put(TELEGRAM, [reply("第一次")], NOW, "1")
    assert store.chats.add(message(edit=1))
    store.outbox.put(TELEGRAM, [reply("第二次")], NOW, "1")
    assert store.chats.replies_to(message()) == (reply("第一次"),)
    assert store.chats.replies_to(message(edit=1)) == (reply("第二次"),)


def test_a_repeat_is_answered_with_what_was_answered_before(store: Store) -> None:
    card = Card(
        title="居住证", lead="要带的", rows=(("材料", ("身份证", "照片")),), footnotes=("核对",)
    )
    answers = (
        Reply(text="一", card=card, buttons=(Button(text="有用", data="useful:a:1"),)),
        Reply(text="二", ticket="DD20261123-0001", author="张三"),
    )
    store.chats.add(message())
    store.outbox.put(TELEGRAM, answers, NOW, "1")
    store.outbox.put(TELEGRAM, [reply("不是回答")], NOW)
    assert store.chats.replies_to(message()) == answers


def test_a_conversation_comes_back_as_it_was_saved(store: Store) -> None:
    form = Form(
        kind=Kind.COMPLAINT, category="parking", detail="车堵门", spot=Location(latitude=41.8, longitude=123.4),
        attachments=(PHOTO,), asked=(Field.LOCATION,),
    )  # fmt: skip
    saved = Conversation(
        chat=TELEGRAM, form=form, waiting=Waiting.JOIN, offered=(Button(text="是", data="join:1"), Button(text="否", data="apart")), lost=2,
        notified=True, updated_at=NOW,
    )  # fmt: skip
    assert store.chats.conversation(TELEGRAM) == Conversation(chat=TELEGRAM)
    store.chats.save(saved, NOW)
    store.chats.save(replace(saved, lost=3), NOW)
    assert store.chats.conversation(TELEGRAM) == replace(saved, lost=3)


def test_a_transcript_holds_both_voices_in_one_order(store: Store) -> None:
    store.chats.add(message(chat=PAGE, attachments=(PHOTO,)))
    store.outbox.put(PAGE, [reply()], NOW, "1")
    store.outbox.put(PAGE, [replace(reply("修好了"), author="张三")], NOW, voice="staff")
    lines = store.chats.transcript(PAGE)
    assert [(line.voice, line.text) for line in lines] == [
        ("resident", "路灯不亮"), ("bot", "好的"), ("staff", "修好了"),
    ]  # fmt: skip
    assert lines[0].attachments == (PHOTO,)
    assert lines[2].reply == replace(reply("修好了"), author="张三")
    assert store.chats.transcript(PAGE, after=lines[0].id) == lines[1:]
    assert store.chats.transcript(PAGE, after=lines[0].id, limit=1) == lines[1:2]
    assert store.chats.transcript(PAGE, limit=2) == lines[1:]  # without `after` the last ones
    assert store.chats.last_line(PAGE) == lines[2].id
    assert store.chats.last_line(TELEGRAM) == 0


def test_signs_no_database_can_keep_are_left_out(store: Store) -> None:
    assert store.chats.add(message(text="路\x00灯\ud83d"))
    store.outbox.put(TELEGRAM, [reply("好\x00的")], NOW, "1")
    assert [line.text for line in store.chats.transcript(TELEGRAM)] == ["路灯?", "好的"]


def test_a_resident_s_messages_are_counted_since_a_moment(store: Store) -> None:
    for minute in range(3):
        store.chats.add(replace(message(str(minute)), sent_at=NOW + timedelta(minutes=minute)))
    store.outbox.put(TELEGRAM, [reply()], NOW + timedelta(minutes=9))
    assert store.chats.count_since(TELEGRAM, NOW) == 2
    assert store.chats.count_since(PAGE, NOW) == 0


def test_an_erased_chat_says_nothing_more(store: Store) -> None:
    store.chats.add(message())
    store.outbox.put(TELEGRAM, [reply("含有个人信息")], NOW, "1")
    store.chats.save(Conversation(chat=TELEGRAM, said="我住合作街"), NOW)
    store.chats.add(message(chat=PAGE))
    assert store.chats.erase(TELEGRAM) == 1
    assert store.chats.transcript(TELEGRAM) == []
    assert store.chats.conversation(TELEGRAM) == Conversation(chat=TELEGRAM)
    assert store.chats.replies_to(message()) == ()
    assert store.outbox.claim(NOW, "telegram", 9) == []
    assert not store.chats.add(message()), "a repeat stays a repeat"
    assert len(store.chats.transcript(PAGE)) == 1


def test_a_chat_that_moves_takes_everything_along(store: Store) -> None:
    moved = Chat(channel="telegram", id="-100")
    store.chats.add(message())
    store.outbox.put(TELEGRAM, [reply()], NOW, "1")
    store.chats.save(Conversation(chat=TELEGRAM, lost=1, updated_at=NOW), NOW)
    store.chats.add(message(chat=moved))
    store.chats.move(TELEGRAM, "-100")
    assert [line.text for line in store.chats.transcript(moved)] == ["路灯不亮", "好的", "路灯不亮"]
    assert store.chats.conversation(moved).lost == 1
    assert [item.chat for item in store.outbox.claim(NOW, "telegram", 9)] == [moved]


def test_a_claimed_reply_is_not_claimed_again(store: Store) -> None:
    store.outbox.put(TELEGRAM, [reply()], NOW)
    (item,) = store.outbox.claim(NOW, "telegram", 9)
    assert (item.reply, item.chat, item.attempts, item.created_at) == (reply(), TELEGRAM, 0, NOW)
    assert store.outbox.claim(NOW, "telegram", 9) == []


def test_a_claim_that_led_to_nothing_runs_out(store: Store) -> None:
    store.outbox.put(TELEGRAM, [reply()], NOW)
    store.outbox.claim(NOW, "telegram", 9)
    assert not store.outbox.claim(NOW + timedelta(seconds=119), "telegram", 9)
    assert store.outbox.claim(NOW + timedelta(seconds=120), "telegram", 9)


def test_a_chat_reads_its_replies_in_order(store: Store) -> None:
    other = Chat(channel="telegram", id="2")
    store.outbox.put(TELEGRAM, [reply("一"), reply("二")], NOW)
    store.outbox.put(other, [reply("甲")], NOW)
    first, beside = store.outbox.claim(NOW, "telegram", 9)
    assert [first.reply.text, beside.reply.text] == ["一", "甲"]
    store.outbox.sent(beside.id, NOW)
    store.outbox.later(first.id, NOW + timedelta(minutes=5), "flood")
    assert store.outbox.claim(NOW + timedelta(minutes=4), "telegram", 9) == [], "not past the first"
    (again,) = store.outbox.claim(NOW + timedelta(minutes=5), "telegram", 9)
    assert (again.reply.text, again.attempts) == ("一", 1)
    store.outbox.sent(again.id, NOW)
    (second,) = store.outbox.claim(NOW + timedelta(minutes=5), "telegram", 9)
    assert second.reply.text == "二"


def test_a_long_reply_remembers_how_much_has_left(store: Store) -> None:
    store.outbox.put(TELEGRAM, [reply()], NOW)
    (item,) = store.outbox.claim(NOW, "telegram", 9)
    store.outbox.part_sent(item.id, 2)
    store.outbox.later(item.id, NOW, "line broke")
    assert store.outbox.claim(NOW, "telegram", 9)[0].parts_sent == 2


def test_a_reply_given_up_does_not_hold_up_the_next(store: Store) -> None:
    store.outbox.put(TELEGRAM, [reply("一"), reply("二")], NOW)
    (item,) = store.outbox.claim(NOW, "telegram", 9)
    store.outbox.give_up(item.id, "blocked", NOW)
    store.outbox.later(item.id, NOW, "too late to try again")
    assert [each.reply.text for each in store.outbox.claim(NOW, "telegram", 9)] == ["二"]
    assert len(store.chats.transcript(TELEGRAM)) == 2


@pytest.mark.parametrize("channel", ["web", "api", "terminal"])
def test_where_the_page_asks_for_its_lines_nothing_waits(store: Store, channel: str) -> None:
    store.outbox.put(Chat(channel=channel, id="1"), [reply()], NOW)
    store.outbox.put(TELEGRAM, [reply()], NOW)
    assert store.outbox.claim(NOW, channel, 9) == []
    assert store.outbox.waiting(NOW) == 1
    assert store.outbox.waiting(NOW - timedelta(seconds=1)) == 0


def test_answers_are_counted_by_entry_and_found_by_their_day(store: Store) -> None:
    card = Card(title="户口", lead="去派出所办")
    answer = Reply(
        text="去派出所办", buttons=(Button(text="有用", data="useful:hukou:1"),), card=card
    )
    for days in (0, 1, 40):
        store.outbox.put(PAGE, (answer, Reply(text="还有别的事吗")), NOW - timedelta(days=days))
    assert store.notes.answers_given(NOW - timedelta(days=30)) == {"hukou": 2}
    if store.database.dialect == "sqlite":
        plan = store.database.query(
            f"explain query plan select count(*) from lines where {ANSWERS} and at >= '2026'"
        )
        assert "lines_cards" in str(plan)
