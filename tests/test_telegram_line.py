"""The line to Telegram: crashes, full disks, wrong tokens, a second program, the webhook. Nothing is lost."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from play import StoppedClock
from telegram_emulator import Fault, TelegramEmulator
from telegram_running import Running, connected
from telegram_server import BOT_USER

from bot.app import Bot
from bot.channels import telegram_line, telegram_updates
from bot.channels.telegram import TelegramDoor, who_am_i
from bot.errors import ConfigError
from bot.messages import Chat, Message, Reply
from bot.settings import Secret
from bot.site import create_site

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


class Crash(BaseException):
    """The process dies."""


class CrashingBot:
    """The same bot, whose process dies at the n-th message."""

    def __init__(self, bot: Bot, at: int) -> None:
        self._bot = bot
        self._left = at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)

    def receive(self, message: Message) -> tuple[Reply, ...]:
        self._left -= 1
        if not self._left:
            raise Crash
        return self._bot.receive(message)


def test_a_crash_between_two_messages_loses_none_and_doubles_none(
    bot: Bot, tg: TelegramEmulator
) -> None:
    connected(bot, tg)
    tg.say("您好", chat=7001)
    tg.say(LAMP, chat=7002)

    async def until_it_dies() -> None:
        door = TelegramDoor(CrashingBot(bot, at=2))  # type: ignore[arg-type]
        async with door.api:
            await door.line.live()

    with pytest.raises(Crash):
        asyncio.run(until_it_dies())
    assert lines_of(bot) == ["您好"]
    assert tg.confirmed == 0
    with Running(bot, tg) as line:
        line.settle()
    assert len(tg.texts(7001)) == 1
    assert len(tg.texts(7002)) == 1
    assert lines_of(bot, replace(CHAT, id="7002")) == [LAMP]


def test_a_full_disk_keeps_the_update_at_telegram_until_there_is_room(
    bot: Bot, tg: TelegramEmulator, line: Running
) -> None:
    tg.say("您好")
    line.settle()
    before = tg.confirmed
    bot.call(bot.store.database.execute, "pragma query_only = on")
    tg.say(LAMP)
    tg.wait(lambda: len(tg.called("getUpdates")) > 6)
    assert tg.confirmed == before
    bot.call(bot.store.database.execute, "pragma query_only = off")
    line.settle()
    assert "路灯不亮" in tg.texts()[-1]


def test_a_repeated_update_is_answered_once(bot: Bot, tg: TelegramEmulator, line: Running) -> None:
    number = tg.say("您好")
    line.settle()
    tg.update(message=tg._message(7001, 7001, number, "您好", None, {}))
    line.settle()
    assert len(tg.texts()) == 1


def test_an_update_that_can_never_be_read_is_passed_over_and_holds_up_nobody(
    bot: Bot, tg: TelegramEmulator, line: Running, caplog: pytest.LogCaptureFixture
) -> None:
    tg.say("您好", date=10**17)  # no calendar holds this moment
    tg.say("您好")
    line.settle()
    assert len(tg.texts()) == 1
    assert "Update 1001 cannot be read (OSError)" in caplog.text
    assert "您好" not in caplog.text


def test_the_operator_learns_the_number_of_a_group(
    tg: TelegramEmulator, line: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    member = {"user": BOT_USER, "status": "member"}
    left = {"user": BOT_USER, "status": "left"}
    group = {"id": -777, "type": "group", "title": "新群"}
    tg.update(
        my_chat_member={
            "chat": group,
            "from": {"id": 1, "is_bot": False, "first_name": "管理员"},
            "date": 1_795_500_000,
            "old_chat_member": left,
            "new_chat_member": member,
        }
    )
    line.settle()
    assert "TELEGRAM_STAFF_CHAT=-777" in caplog.text


# -- trouble with the line --------------------------------------------------------------------------


def test_trouble_is_said_in_one_line_and_never_with_the_token(
    bot: Bot,
    tg: TelegramEmulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(telegram_line, "FIRST_WAIT", 0.02)
    refused = Fault(status=401, description="Unauthorized")
    tg.fail("getMe", Fault(), refused, refused, refused)
    tg.fail("getUpdates", Fault(status=409, description="Conflict: other getUpdates request"))
    with Running(bot, tg) as line:
        tg.say("您好")
        line.settle()
    assert len(tg.texts()) == 1
    warned = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert [w.split(";")[0] for w in warned] == [
        "Telegram cannot be reached (RemoteProtocolError)",
        "Telegram refuses TELEGRAM_TOKEN",
        "another program polls this Telegram bot",
    ]
    assert "EMULATOR" not in caplog.text


def test_the_doctor_learns_the_name_or_what_to_mend(bot: Bot, tg: TelegramEmulator) -> None:
    settings = connected(bot, tg).settings
    assert asyncio.run(who_am_i(settings)) == "mashangban_bot"
    with pytest.raises(ConfigError, match="copy it again from @BotFather"):
        asyncio.run(who_am_i(replace(settings, telegram_token=Secret("1:wrong"))))
    group = settings.telegram_staff_chat
    assert group is not None
    tg.gone.add(group)
    with pytest.raises(
        ConfigError, match=f"TELEGRAM_STAFF_CHAT={group} is no group of @mashangban"
    ):
        asyncio.run(who_am_i(settings))
    tg.gone.clear()
    tg.migrated[group] = -1002
    with pytest.raises(ConfigError, match="set TELEGRAM_STAFF_CHAT=-1002"):
        asyncio.run(who_am_i(settings))


# -- the webhook ------------------------------------------------------------------------------------


def test_the_webhook_stores_before_it_says_yes_and_knows_telegram_by_its_secret(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock
) -> None:
    connected(bot, tg, telegram_webhook_url="https://bot.example/hook/telegram")
    tg.say(LAMP)
    (update,) = tg.repeat()

    async def deliver() -> list[int]:
        door = TelegramDoor(bot)
        async with door.running():
            while tg.webhook is None:
                await asyncio.sleep(0.01)
            secret = tg.webhook["secret_token"]
            bot.call(bot.store.database.execute, "pragma query_only = on")
            full = await door.receive_webhook(update, secret)
            bot.call(bot.store.database.execute, "pragma query_only = off")
            return [
                await door.receive_webhook(update, None),
                await door.receive_webhook(update, "guess"),
                await door.receive_webhook({"no": "update"}, secret),
                await door.receive_webhook([], secret),
                full,
                await door.receive_webhook(update, secret),
                await door.receive_webhook(update, secret),
            ]

    assert asyncio.run(deliver()) == [403, 403, 400, 400, 503, 200, 200]
    assert lines_of(bot) == [LAMP]
    assert TelegramDoor(bot).webhook_path == "/hook/telegram"
    assert tg.webhook is not None
    assert tg.webhook["url"] == "https://bot.example/hook/telegram"


def test_the_webhook_takes_the_longest_update_and_refuses_what_no_update_can_be(
    bot: Bot, tg: TelegramEmulator, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    connected(bot, tg, telegram_webhook_url="https://bot.example/hook/telegram")
    site = create_site(bot, telegram=TelegramDoor(bot))
    longest = {  # 4096 signs, in answer to 4096 signs, a hundred links in each
        "text": "😀" * 2048,
        "entities": [{"type": "text_link", "offset": 1, "length": 1, "url": "https://a.cn/" * 9}]
        * 100,
    }
    update = {"update_id": 1, "message": longest | {"reply_to_message": longest}}
    with TestClient(site) as client:
        assert len(json.dumps(update)) > 60_000
        assert client.post("/hook/telegram", json=update).status_code == 403, "no secret, but read"
        answer = client.post("/hook/telegram", content=b"x" * 1_100_000)
        assert answer.status_code == 413
        assert client.post("/hook/telegram", content=b"{").json() == {"error": "an update is JSON"}
        assert client.post("/hook/other", content=b"x" * 200_000).status_code == 413
    assert "An update at the webhook is refused" in caplog.text
