"""Replies on their way to Telegram: cut, sent, delayed, given up; never lost and never in silence."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from play import StoppedClock
from telegram_emulator import Fault, TelegramEmulator, flood
from telegram_running import connected
from telegram_server import PHOTO

from bot.app import Bot
from bot.channels import telegram_line
from bot.channels.telegram import TelegramDoor
from bot.channels.telegram_send import LONGEST, keyboard, parts_of, size
from bot.drafts import Draft
from bot.messages import Button, Chat, Reply
from bot.tickets import EventKind, Kind
from bot.worker import Worker

CHAT = Chat(channel="telegram", id="7001")
SENTENCE = "现场查看，三盏路灯线路老化，已更换灯头。"


@pytest.fixture
def tg() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_line, "READ_SECONDS", 0.3)


def put(bot: Bot, *replies: Reply, chat: Chat = CHAT) -> None:
    bot.call(bot.store.outbox.put, chat, replies, bot.now())


def send_all(bot: Bot, tg: TelegramEmulator, clock: StoppedClock, *pauses: timedelta) -> None:
    """A round of the worker, and another after each pause: one door, as in one process."""

    async def rounds() -> None:
        worker = Worker(connected(bot, tg), (door := TelegramDoor(bot),))
        async with door.api:
            await worker.send_waiting()
            for pause in pauses:
                clock.now += pause
                await worker.send_waiting()

    asyncio.run(rounds())


def waiting(bot: Bot) -> int:
    return bot.call(bot.store.outbox.waiting, bot.now() + timedelta(days=1))


# -- cutting ----------------------------------------------------------------------------------------


@given(st.text(alphabet="路灯。！\n 😀a", max_size=9000))
def test_no_part_is_too_long_and_no_sign_is_lost(text: str) -> None:
    parts = parts_of(text)
    assert all(0 < size(part) <= LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    parts = parts_of(SENTENCE * 500)
    assert len(parts) > 1
    assert all(part.endswith("。") for part in parts)


def test_a_text_without_sentences_is_cut_at_the_limit_and_an_emoji_counts_twice() -> None:
    assert [len(part) for part in parts_of("字" * 5000)] == [4096, 904]
    assert [len(part) for part in parts_of("😀" * 3000)] == [2048, 952]


def test_short_buttons_stand_side_by_side_and_long_ones_alone() -> None:
    labels = ("确认", "匿名", "反映：占道经营，烧烤摊", "转人工")
    rows = keyboard(tuple(Button(text=label, data=label) for label in labels))
    assert rows is not None
    assert [[b.text for b in row] for row in rows.inline_keyboard] == [
        ["确认", "匿名"],
        ["反映：占道经营，烧烤摊"],
        ["转人工"],
    ]


# -- sending ----------------------------------------------------------------------------------------


def test_a_long_reply_leaves_in_parts_with_its_author_first_and_its_buttons_last(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    solved = Button(text="解决了", data="solved:DD20261124-0001")
    put(bot, Reply(text=SENTENCE * 500, buttons=(solved,), author="张明"))
    send_all(bot, tg, clock)
    assert len(tg.texts()) == 3
    assert tg.texts()[0].startswith("【张明】\n现场查看")
    assert [message.labels for message in tg.sent] == [[], [], ["解决了"]]
    assert waiting(bot) == 0


def test_a_reply_that_broke_off_goes_on_where_it_stopped(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    put(bot, Reply(text=SENTENCE * 500))
    tg.fail("sendMessage", *[Fault(status=502)])
    send_all(bot, tg, clock, timedelta(minutes=2))
    whole = tg.texts()
    tg.sent.clear()
    put(bot, Reply(text=SENTENCE * 500))
    send_once_then_fail(bot, tg, clock)
    assert tg.texts() == whole


def send_once_then_fail(bot: Bot, tg: TelegramEmulator, clock: StoppedClock) -> None:
    """The first part arrives, the second meets a broken server; a new process sends the rest."""
    answer = tg.answer

    def break_after_one(method: str, params: dict[str, object]) -> tuple[int, dict[str, object]]:
        if method == "sendMessage" and len(tg.sent) == 1:
            tg.fail("sendMessage", Fault(status=500))
            tg.answer = answer  # type: ignore[method-assign]
        return answer(method, params)

    tg.answer = break_after_one  # type: ignore[method-assign,assignment]
    send_all(bot, tg, clock)
    assert len(tg.sent) == 1
    clock.now += timedelta(minutes=2)
    send_all(bot, tg, clock)


def test_a_flood_limit_delays_and_never_drops(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    put(bot, Reply(text="第一句"), Reply(text="第二句"))
    tg.fail("sendMessage", *[flood(7)] * 9)
    send_all(bot, tg, clock, *[timedelta(seconds=6)])
    assert len(tg.called("sendMessage")) == 1  # not a second earlier than Telegram wished
    send_all(bot, tg, clock, *[timedelta(seconds=8)] * 10)
    assert tg.texts() == ["第一句", "第二句"]


def test_a_resident_who_blocked_us_is_told_to_the_desk(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    draft = Draft(
        kind=Kind.COMPLAINT, chat=CHAT, subject="路灯", detail="路灯灭了", category="street-light"
    )
    ticket = bot.call(bot.desk.file, draft, bot.now())
    tg.blocked.add(7001)
    put(bot, Reply(text="已签收", ticket=ticket.number), Reply(text="您好"))
    send_all(bot, tg, clock)
    last = bot.call(bot.store.tickets.events, ticket.number)[-1]
    assert (last.kind, last.note) == (EventKind.UNDELIVERED, "对方停用了这个机器人，收不到消息")
    assert waiting(bot) == 0
    assert tg.last(-1001).text.startswith("消息没送到诉求人，请另想办法告诉他：对方停用了")


def test_a_card_that_cannot_be_sent_is_no_news_of_the_resident(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    draft = Draft(kind=Kind.COMPLAINT, chat=CHAT, subject="路灯", detail="路灯灭了")
    tg.blocked.add(-1001)
    ticket = bot.call(bot.desk.file, draft, bot.now())
    send_all(bot, tg, clock)
    kinds = [event.kind for event in bot.call(bot.store.tickets.events, ticket.number)]
    assert EventKind.UNDELIVERED not in kinds


def test_a_line_that_is_down_for_a_night_loses_nothing_and_soon_delivers(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    put(bot, Reply(text="一"))
    tg.fail("sendMessage", *[Fault(status=502)] * 150)
    send_all(bot, tg, clock, *[timedelta(minutes=5)] * 144)
    assert waiting(bot) == 1
    tg._faults["sendMessage"].clear()
    send_all(bot, tg, clock, timedelta(minutes=5))
    assert tg.texts() == ["一"]


def test_what_may_have_arrived_is_not_repeated_for_ever(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    put(bot, Reply(text="一"))
    tg.fail("sendMessage", *[Fault(deed=True)] * 9)
    send_all(bot, tg, clock, *[timedelta(hours=3)] * 9)
    assert len(tg.texts()) == 5
    assert waiting(bot) == 0


def test_a_chat_that_is_gone_does_not_hold_up_the_others(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    tg.gone.add(7001)
    put(bot, Reply(text="一"))
    put(bot, Reply(text="二"), chat=replace(CHAT, id="7002"))
    send_all(bot, tg, clock)
    assert tg.texts(7002) == ["二"]
    assert waiting(bot) == 0


def test_a_migrated_chat_gets_its_replies_at_its_new_address(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    tg.migrated[7001] = 8001
    put(bot, Reply(text="一"), Reply(text="二"))
    send_all(bot, tg, clock)
    assert tg.texts(8001) == ["一", "二"]


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(status=502), Fault(status=401)])
def test_a_server_that_refuses_is_tried_again_without_a_word(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock, fault: Fault
) -> None:
    put(bot, Reply(text="一"))
    tg.fail("sendMessage", fault)
    send_all(bot, tg, clock, timedelta(minutes=2))
    assert tg.texts() == ["一"]


@pytest.mark.parametrize(
    "fault", [Fault(deed=True), Fault(status=200, deed=True, delay_seconds=0.6)]
)
def test_a_reply_that_may_have_arrived_comes_again_and_says_so(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock, fault: Fault
) -> None:
    put(bot, Reply(text="一"))
    tg.fail("sendMessage", fault)
    send_all(bot, tg, clock, timedelta(minutes=2))
    assert tg.texts() == ["一", "（刚才网络不稳，这条您可能会收到两遍。）\n一"]


def test_photos_go_before_the_words_and_each_once(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    names = []
    for data in (b"\xff\xd8 one", b"not a picture", b"\xff\xd8 two"):
        names.append(bot.call(bot.files.keep, data, CHAT, bot.now()).file)
    put(bot, Reply(text="修好了", photos=(*names, "0" * 32 + ".jpg")))
    tg.fail("sendMessage", Fault(status=502))
    send_all(bot, tg, clock, timedelta(minutes=2))
    assert tg.texts() == [PHOTO, PHOTO, "修好了"]


def test_a_button_telegram_would_refuse_is_left_out(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    buttons = (Button(text="太长", data="pick:" + "长" * 30), Button(text="转人工", data="human"))
    put(bot, Reply(text="一", buttons=buttons))
    send_all(bot, tg, clock)
    assert tg.last().labels == ["转人工"]
