"""What a card tells, what goes with a reply to it, and two people at one card."""
# ruff: noqa: F811  fixtures are taken from test_telegram_duty

from dataclasses import replace

from telegram_emulator import Sent, TelegramEmulator
from telegram_running import Running
from telegram_server import PHOTO
from test_telegram import picture
from test_telegram_duty import (  # noqa: F401
    AGENT,
    CHAT,
    GOOD_REPLY,
    GROUP,
    STRANGER,
    card,
    events_of,
    kinds_of,
    line,
    tg,
)

from bot.app import Bot
from bot.departments import Role
from bot.drafts import Draft
from bot.tickets import EventKind, Kind


def test_a_photo_with_the_reply_is_shown_to_the_resident(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    both = {"photo": tg.photo(picture()), "caption": GOOD_REPLY}
    tg.say(chat=GROUP, user=AGENT, reply_to=card, **both)
    line.settle()
    assert tg.texts()[-2] == PHOTO
    assert GOOD_REPLY in tg.texts()[-1]
    assert tg.last().labels == ["解决了", "没办好"]
    tg.say("备注：内部的照片", chat=GROUP, user=AGENT, reply_to=card, photo=tg.photo(picture()))
    line.settle()
    assert tg.texts().count(PHOTO) == 1


def test_the_card_tells_what_the_resident_said(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.say("问：是路东还是路西？", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    tg.say(photo=tg.photo(picture()), caption="路西｜电话13912345678")
    line.settle()
    told = tg.last(GROUP)
    head = told.text.partition("\n")[0]
    assert head.startswith("诉求人已补充：")
    assert "照片1张，在控制台看｜DD20261124-0001" in head
    assert "路西|电话139****5678" in head
    tg.say("路西，靠学校那边")
    line.settle()
    told = tg.last(GROUP)
    assert told.text.startswith("诉求人补充了材料：路西，靠学校那边｜DD20261124-0001")
    tg.press(told, told.data("认领"), user=AGENT)
    line.settle()
    assert told.text.startswith("诉求人补充了材料：路西，靠学校那边｜")


def test_two_who_answer_at_once_do_not_both_reach_the_resident(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    head = next(
        m for m in bot.call(bot.store.staff.of_unit, "urban-construction") if m.role is Role.HEAD
    )
    bot.call(bot.store.staff.change, replace(head, telegram_id=STRANGER))
    first = tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    tg.say(GOOD_REPLY + "我也去看了。", chat=GROUP, user=STRANGER, reply_to=card)
    line.settle()
    assert kinds_of(bot).count(EventKind.REPLIED) == 1
    assert any("已经答复了，您这条没有发出" in text for text in tg.texts(GROUP))
    tg.update(message=tg._message(GROUP, AGENT, first, GOOD_REPLY, card, {}))
    tg.say("补充答复：" + GOOD_REPLY + "灯杆也刷了漆。", chat=GROUP, user=STRANGER, reply_to=card)
    line.settle()
    replies = [event for event in events_of(bot) if event.kind is EventKind.REPLIED]
    assert [event.actor.name for event in replies] == ["城乡建设局经办", "城乡建设局负责人"]
    assert replies[-1].note.startswith("11月24日")


def test_the_history_is_told_under_the_card(
    tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    tg.press(card, card.data("看历史"), user=AGENT)
    line.settle()
    history = tg.last(GROUP)
    assert history.reply_to == card.message_id
    assert [part in history.text for part in ("受理", "派单", "签收", "答复")] == [True] * 4


def test_the_group_does_not_read_what_a_report_says(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    draft = Draft(
        kind=Kind.REPORT, chat=CHAT, subject="无证经营", detail="老王家地下室做假酒", location="津桥路9号",
    )  # fmt: skip
    ticket = bot.call(bot.desk.file, draft, bot.now())
    line.settle()
    tg.press(tg.last(GROUP), f"history:{ticket.number}", user=AGENT)
    line.settle()
    read = "".join(tg.texts(GROUP))
    assert ["的办理经过" in read, ticket.number in read] == [True, True]
    assert "请到工作台看" in read
    assert not any(word in read for word in ("假酒", "津桥路"))
