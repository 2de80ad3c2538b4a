"""Number and 查询码 together open a ticket in any chat, as they do on the page; the number alone does not."""

import pytest

from bot.app import Bot
from bot.messages import Chat, Message

REPLY = "11月24日已到合作街现场查看，路灯已经换好，恢复正常，有问题请在这里说。"


def said(bot: Bot, chat: Chat, *texts: str) -> str:
    for text in texts:
        key = str(len(bot.call(bot.store.chats.transcript, chat)))
        message = Message(chat=chat, id=key, text=text, sent_at=bot.now())
        replies = bot.call(bot.receive, message)
    return "\n".join(reply.text for reply in replies)


@pytest.mark.parametrize("channel", ["web", "telegram", "terminal"])
def test_the_code_opens_what_the_number_does_not(bot: Bot, channel: str) -> None:
    mine, lost = Chat(channel="web", id="the-first-phone-1"), Chat(channel=channel, id="4711")
    said(bot, mine, "合作街18号路灯坏了", "匿名", "确认")
    (ticket,) = bot.call(bot.store.tickets.of_chat, mine)
    bot.call(_answered, bot, ticket.number)

    stranger = said(bot, lost, ticket.number)
    wrong = said(bot, lost, f"{ticket.number} ABCD2345")
    opened = said(bot, lost, f"单号{ticket.number}，查询码{ticket.secret.lower()}")

    for closed in (stranger, wrong):
        assert "换好" not in closed
        assert "经办" not in closed
    assert "对不上" in wrong
    assert "换好" in opened
    assert "合作街18号路灯坏了" not in opened  # a code may be read over a shoulder
    assert "单号" in said(bot, lost, f"查询码{ticket.secret}")


def _answered(bot: Bot, number: str) -> None:
    from play import Play

    class Nobody:
        chat = Chat(channel="web", id="nobody-at-all-1")

    Play(bot, bot._clock, Nobody())._move_in_core("reply", number, REPLY, None)  # type: ignore[arg-type]
