"""The Telegram door and the worker beside it, in a thread of their own, against the emulator."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram_emulator import TOKEN, TelegramEmulator

from bot.app import Bot
from bot.channels.telegram import TelegramDoor
from bot.errors import StoreError
from bot.settings import Secret
from bot.worker import Worker


def connected(bot: Bot, emulator: TelegramEmulator, **settings: Any) -> Bot:
    """The same bot with the emulator as its Telegram."""
    bot.settings = replace(
        bot.settings,
        telegram_token=Secret(TOKEN),
        telegram_api_url=emulator.url,
        **settings,
    )
    return bot


class Running:
    """What `serve` does for Telegram, but for the clock: it stands still and nothing ticks."""

    def __init__(self, bot: Bot, emulator: TelegramEmulator) -> None:
        self.bot = connected(bot, emulator)
        self.emulator = emulator
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self.failure: BaseException | None = None

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive(), "the door did not stop"

    async def _live(self) -> None:
        door = TelegramDoor(self.bot)
        worker = Worker(self.bot, (door,))
        try:
            async with door.running():
                while not self._stop.is_set():
                    with suppress(StoreError):  # Worker.run goes on after any error
                        await worker.send_waiting()
                    await asyncio.sleep(0.005)
        except BaseException as error:
            self.failure = error

    def settle(self, seconds: float = 30.0) -> None:
        """Until every update is confirmed and every reply that is due has left."""
        self.emulator.wait(self._settled, seconds)

    def _settled(self) -> bool:
        if self.emulator.repeat():
            return False
        return self.bot.call(self.bot.store.outbox.waiting, self.bot.now()) == 0
