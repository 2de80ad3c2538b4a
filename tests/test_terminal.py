"""The chat in the terminal: lines in, lines out, numbers for buttons."""

import asyncio
from collections.abc import Callable

from bot.app import Bot
from bot.channels.terminal import CHAT, converse
from bot.messages import Reply

LAMP = "津桥路中段路灯灭了三盏，晚上黑得看不见道"


def talk(bot: Bot, *lines: str | Callable[[], object]) -> list[str]:
    """What is shown while these lines are typed; a function is something that happens meanwhile."""
    coming, shown = list(lines), []

    def read(_: str) -> str:
        while coming and not isinstance(coming[0], str):
            coming.pop(0)()  # type: ignore[operator]
        if not coming:
            raise EOFError
        return str(coming.pop(0))

    asyncio.run(converse(bot, read=read, write=shown.append))
    return shown


def test_a_number_presses_the_button_that_was_shown(bot: Bot) -> None:
    shown = talk(bot, LAMP, "1")
    assert "  [1] 确认" in shown
    assert any("已受理，工单号 DD20261124-0001" in line for line in shown)


def test_a_number_without_a_button_is_what_was_said(bot: Bot) -> None:
    talk(bot, "7")
    lines = bot.call(bot.store.chats.transcript, CHAT)
    assert (lines[0].voice, lines[0].text) == ("resident", "7")


def test_a_reply_of_staff_is_shown_before_the_next_prompt_and_only_once(bot: Bot) -> None:
    def staff_writes() -> None:
        reply = Reply(text="已经修好。", author="张明")
        bot.call(bot.store.outbox.put, CHAT, (reply,), bot.now(), None, "staff")

    shown = talk(bot, "您好", staff_writes, "谢谢")
    assert shown.count("张明> 已经修好。") == 1
    assert not any("修好" in line for line in talk(bot))


def test_what_came_between_two_starts_is_shown_at_the_second(bot: Bot) -> None:
    talk(bot, "您好")
    bot.call(bot.store.outbox.put, CHAT, (Reply(text="明天上门。", author="李娜"),), bot.now())
    assert "李娜> 明天上门。" in talk(bot)


def test_a_full_disk_is_said_though_nothing_can_be_kept(bot: Bot) -> None:
    bot.call(bot.store.chats.transcript, CHAT)

    def fill_the_disk() -> None:
        bot.call(bot.store.database.execute, "pragma query_only = on")

    shown = talk(
        bot,
        fill_the_disk,
        "您好",
        lambda: bot.call(bot.store.database.execute, "pragma query_only = off"),
    )
    assert any("没有记下" in line for line in shown)
