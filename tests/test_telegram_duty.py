"""The duty group: cards, taps, replies to a card; only for people we know, and nothing twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from telegram_emulator import Sent, TelegramEmulator
from telegram_running import Running

from bot.app import Bot
from bot.departments import Role
from bot.drafts import Draft
from bot.messages import Chat
from bot.tickets import CLOCK, EventKind, Kind, State, Ticket, TicketEvent

GROUP = -1001
CHAT = Chat(channel="telegram", id="7001")
STRANGER, AGENT, OTHER = 900, 901, 902
GOOD_REPLY = (
    "11月24日下午到津桥路现场查看，三盏路灯线路老化，已更换，现已恢复照明，有事请在这里说。"
)


@pytest.fixture
def tg() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def line(bot: Bot, tg: TelegramEmulator) -> Iterator[Running]:
    """AGENT is bound as the handler's unit's agent, OTHER as another unit's."""
    for unit, telegram_id in (("urban-construction", AGENT), ("housing", OTHER)):
        member = next(m for m in bot.call(bot.store.staff.of_unit, unit) if m.role is Role.AGENT)
        bot.call(bot.store.staff.change, replace(member, telegram_id=telegram_id))
    with Running(bot, tg) as running:
        yield running


@pytest.fixture
def card(bot: Bot, tg: TelegramEmulator, line: Running) -> Sent:
    """The card of a fresh ticket of the resident 7001."""
    draft = Draft(
        kind=Kind.COMPLAINT,
        chat=CHAT,
        subject="路灯不亮",
        detail="津桥路中段路灯灭了三盏",
        category="street-light",
        location="津桥路中段",
    )
    bot.call(bot.desk.file, draft, bot.now())
    line.settle()
    return tg.last(GROUP)


def ticket_of(bot: Bot) -> Ticket:
    return bot.call(bot.desk.ticket, "DD20261124-0001")


def events_of(bot: Bot) -> list[TicketEvent]:
    return bot.call(bot.store.tickets.events, "DD20261124-0001")


def kinds_of(bot: Bot) -> list[EventKind]:
    return [event.kind for event in events_of(bot)]


# -- who may ----------------------------------------------------------------------------------------


def test_a_stranger_gets_one_sentence_and_moves_nothing(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    callback = tg.press(card, card.data("签收"), user=STRANGER)
    tg.say(GOOD_REPLY, chat=GROUP, user=STRANGER, reply_to=card)
    line.settle()
    assert "我还不认识您的账号" in tg.answers[callback]["text"]
    assert "我还不认识您的账号" in tg.last(GROUP).text
    assert ticket_of(bot).state is State.DISPATCHED


def test_a_code_binds_an_account_once(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    member = bot.call(bot.store.staff.by_name, "督办员")
    assert member is not None
    bot.call(bot.store.notes.remember, "bind:abc123", str(member.id))
    for user, code in ((STRANGER, "wrong"), (STRANGER, "abc123"), (555, "abc123")):
        tg.say(f"/bind {code}", chat=GROUP, user=user)
    line.settle()
    answers = [text[:5] for text in tg.texts(GROUP)[1:]]
    assert answers == ["绑定码不对", "已绑定：督", "绑定码不对"]
    bound = bot.call(bot.store.staff.by_telegram, STRANGER)
    assert bound is not None
    assert bound.name == "督办员"


def test_an_account_that_was_closed_is_a_stranger(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    member = bot.call(bot.store.staff.by_telegram, AGENT)
    assert member is not None
    bot.call(bot.store.staff.change, replace(member, active=False))
    tg.press(card, card.data("签收"), user=AGENT)
    line.settle()
    assert ticket_of(bot).state is State.DISPATCHED


def test_another_unit_is_refused_in_the_desk_s_words(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    callback = tg.press(card, card.data("签收"), user=OTHER)
    line.settle()
    assert "由别的单位主办" in tg.answers[callback]["text"]
    assert tg.answers[callback]["show_alert"] == "true"


# -- taps -------------------------------------------------------------------------------------------


def test_a_tap_signs_and_the_card_and_the_resident_know(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    callback = tg.press(card, card.data("签收"), user=AGENT)
    line.settle()
    assert ticket_of(bot).state is State.SIGNED
    assert "已签收" in tg.answers[callback]["text"]
    assert card.text.startswith("新工单｜DD20261124-0001")
    assert "状态：已签收" in card.text
    assert card.labels == ["已联系", "认领"]
    assert "已签收" in tg.texts()[-1]
    tg.press(card, card.data("已联系"), user=AGENT)
    tg.press(card, card.data("认领"), user=AGENT)
    line.settle()
    assert ticket_of(bot).state is State.IN_PROGRESS
    assert ticket_of(bot).claimed_by is not None


# -- replies ----------------------------------------------------------------------------------------


def test_why_it_is_late_is_written_under_the_card(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    late = {"clock_name": "finish", "promised": "2026-12-03T17:00:00+08:00"}
    bot.call(_breach, bot, late)
    line.settle()
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert "原因：……" in tg.texts(GROUP)[-1]
    assert ticket_of(bot).state is State.DISPATCHED
    tg.say("原因：配件缺货，厂家周四才送到", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert "配件缺货，厂家周四才送到" in tg.texts()[-1]
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert ticket_of(bot).state is State.REPLIED


def _breach(bot: Bot, promise: dict[str, str]) -> None:
    number = "DD20261124-0001"
    bot.desk.move(number, EventKind.BREACHED, CLOCK, bot.now(), "办结答复时限已过", **promise)


def test_a_reply_to_the_card_is_the_reply_to_the_resident(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert kinds_of(bot)[-2:] == [EventKind.SIGNED, EventKind.REPLIED]
    assert tg.texts()[-1].startswith("【城乡建设局经办】")
    assert GOOD_REPLY in tg.texts()[-1]
    assert tg.last().labels == ["解决了", "没办好"]
    assert "DD20261124-0001 已发给诉求人" in tg.texts(GROUP)[-1]
    assert "状态：已答复" in card.text


def test_an_empty_phrase_is_refused_nothing_is_signed_and_the_refusal_can_be_answered(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.say("高度重视，尽快处理", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    refusal = tg.last(GROUP)
    assert "答复还不能发出" in refusal.text
    assert ticket_of(bot).state is State.DISPATCHED
    assert tg.texts() == []
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=refusal)
    line.settle()
    assert ticket_of(bot).state is State.REPLIED


@pytest.mark.parametrize(
    "words", ["备注：灯杆归电力公司", "#灯杆归电力公司", "备注 灯杆归电力公司"]
)
def test_a_note_stays_inside(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent, words: str
) -> None:
    tg.say(words, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert events_of(bot)[-1].kind is EventKind.NOTED
    assert events_of(bot)[-1].note == "灯杆归电力公司"
    assert tg.texts() == []


def test_a_question_goes_to_the_resident_and_stops_the_clock(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.say("问：是路东还是路西？", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert ticket_of(bot).state is State.AWAITING
    assert "是路东还是路西" in tg.texts()[-1]


def test_a_return_names_a_unit_and_a_reason(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    callback = tg.press(card, card.data("退单"), user=AGENT)
    line.settle()
    assert "退单 单位名 理由" in tg.answers[callback]["text"]
    for words in ("退单", "退单 月球局 不归我们管", "退单 分局 不归我们管"):
        tg.say(words, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    refusals = tg.texts(GROUP)[-3:]
    assert "请回复这张卡片" in refusals[0]
    assert "没有叫“月球局”的单位" in refusals[1]
    assert "不止一个单位" in refusals[2]
    tg.say("退单 执法局 灯杆是广告灯箱，由执法局管", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert ticket_of(bot).department == "urban-management"
    assert any("已退单，转给城市管理综合行政执法局" in text for text in tg.texts(GROUP))


def test_the_group_s_own_talk_is_ignored(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    before = len(tg.texts(GROUP))
    talk = tg.say("中午吃什么", chat=GROUP, user=AGENT)
    tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=talk)
    tg.say("/start", chat=GROUP, user=AGENT)
    line.settle()
    assert len(tg.texts(GROUP)) == before
    assert ticket_of(bot).state is State.DISPATCHED


# -- nothing twice, nothing lost --------------------------------------------------------------------


def test_a_repeated_update_moves_nothing_twice(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    for words in ("备注：看过了", GOOD_REPLY):
        number = tg.say(words, chat=GROUP, user=AGENT, reply_to=card)
        line.settle()
        before = kinds_of(bot), tg.texts(), tg.texts(GROUP)
        tg.update(message=tg._message(GROUP, AGENT, number, words, card, {}))
        line.settle()
        assert (kinds_of(bot), tg.texts(), tg.texts(GROUP)) == before


def test_an_edited_reply_is_not_sent_again_and_that_is_said(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    number = tg.say(GOOD_REPLY, chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    tg.edit(number, "改过的话", chat=GROUP, reply_to_message=tg.own(card))
    line.settle()
    assert "改过的话不会再发给诉求人" in tg.texts(GROUP)[-1]
    assert kinds_of(bot).count(EventKind.REPLIED) == 1


def test_a_group_that_became_a_supergroup_gets_its_cards_at_once(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    tg.migrated[GROUP] = -2002
    bot.call(bot.notices.to_duty, ticket_of(bot), bot.now())
    line.settle()
    moved = tg.last(-2002)
    tg.press(moved, moved.data("签收"), user=AGENT)
    line.settle()
    assert ticket_of(bot).state is State.SIGNED


def test_an_answer_that_telegram_refuses_now_comes_by_the_outbox(
    bot: Bot, tg: TelegramEmulator, line: Running, card: Sent
) -> None:
    from telegram_emulator import Fault

    tg.fail("sendMessage", Fault(status=502))
    tg.say("备注：看过了", chat=GROUP, user=AGENT, reply_to=card)
    line.settle()
    assert any("已记为内部备注" in text for text in tg.texts(GROUP))
