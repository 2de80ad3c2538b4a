"""The doors of the program as a play uses them: say, press, hear. Each goes the whole way in and out."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from contextlib import ExitStack

from fastapi.testclient import TestClient
from play import Heard
from telegram_emulator import TelegramEmulator
from telegram_running import Running

from bot.app import Bot
from bot.channels.terminal import converse
from bot.messages import Button, Chat, Message
from bot.site import create_site


class CoreDoor:
    """Straight into Bot.receive; hears by the transcript, as the web page does."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.chat = Chat(channel="web", id="core-door-0001")
        self._numbers = itertools.count(1)
        self._heard_until = 0

    def say(self, text: str) -> None:
        self._send(text, None)

    def press(self, button: Button) -> None:
        self._send(button.text, button.data)

    def heard(self) -> Heard:
        lines = self.bot.call(self.bot.store.chats.transcript, self.chat, self._heard_until)
        heard = Heard()
        for line in lines:
            self._heard_until = max(self._heard_until, line.id)
            if line.voice != "resident":
                heard.texts.append(line.text)
                heard.buttons += line.reply.buttons if line.reply else ()
        return heard

    def close(self) -> None:
        pass

    def _send(self, text: str, data: str | None) -> None:
        message = Message(
            chat=self.chat,
            id=str(next(self._numbers)),
            text=text,
            button=data,
            sent_at=self.bot.now(),
        )
        self.bot.call(self.bot.receive, message)


class TerminalDoor:
    """A developer's chat in a thread of its own: a button is pressed by typing its number."""

    def __init__(self, bot: Bot) -> None:
        self.chat = Chat(channel="terminal", id="play")
        self._heard = Heard()
        self._numbers: dict[str, str] = {}
        self._typed: queue.Queue[str | None] = queue.Queue()
        self._asking = threading.Semaphore(0)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(converse(bot, self.chat, self._read, self._write))
        )
        self._thread.start()
        self._asking.acquire(timeout=10)

    def say(self, text: str) -> None:
        self._typed.put(text)
        assert self._asking.acquire(timeout=10)

    def press(self, button: Button) -> None:
        self.say(self._numbers.get(button.text, button.text))

    def heard(self) -> Heard:
        self.say("")  # an empty line: the terminal shows what came meanwhile
        heard, self._heard = self._heard, Heard()
        return heard

    def close(self) -> None:
        self._typed.put(None)
        self._thread.join(10)

    def _read(self, _: str) -> str:
        self._asking.release()
        line = self._typed.get()
        if line is None:
            raise EOFError
        return line

    def _write(self, line: str) -> None:
        if line.startswith("  ["):
            number, _, text = line.strip().removeprefix("[").partition("] ")
            self._numbers[text] = number
            self._heard.buttons.append(Button(text=text, data=number))
        elif "> " in line:
            self._heard.texts.append(line.partition("> ")[2])


class WebDoor:
    """The residents' page: its two requests over HTTP."""

    def __init__(self, bot: Bot) -> None:
        self.chat = Chat(channel="web", id="web-door-session-0001")
        self._stack = ExitStack()
        self._client = self._stack.enter_context(TestClient(create_site(bot)))
        self._after = 0

    def say(self, text: str) -> None:
        self._post({"text": text})

    def press(self, button: Button) -> None:
        self._post({"button": button.data})

    def heard(self) -> Heard:
        query = {"session": self.chat.id, "after": str(self._after)}
        lines = self._client.get("/api/v1/messages", params=query).raise_for_status().json()
        heard = Heard()
        for line in lines["messages"]:
            self._after = max(self._after, line["id"])
            if line["voice"] != "resident":
                heard.texts.append(line["text"])
                heard.buttons += [Button(**button) for button in line["buttons"]]
        return heard

    def close(self) -> None:
        self._stack.close()

    def _post(self, what: dict[str, str]) -> None:
        sent = self._client.post("/api/v1/messages", json={"session": self.chat.id, **what})
        sent.raise_for_status()


class TelegramDoor:
    """The true library against the emulator, with the worker that sends."""

    RESIDENT = 7001

    def __init__(self, bot: Bot) -> None:
        self.chat = Chat(channel="telegram", id=str(self.RESIDENT))
        self._stack = ExitStack()
        self._emulator = self._stack.enter_context(TelegramEmulator())
        self._running = self._stack.enter_context(Running(bot, self._emulator))
        self._heard = 0

    def say(self, text: str) -> None:
        self._emulator.say(text, chat=self.RESIDENT)
        self._running.settle()

    def press(self, button: Button) -> None:
        self._emulator.press(self._emulator.last(self.RESIDENT), button.data)
        self._running.settle()

    def heard(self) -> Heard:
        self._running.settle()
        mine = [sent for sent in self._emulator.sent if sent.chat_id == self.RESIDENT]
        heard = Heard()
        for sent in mine[self._heard :]:
            heard.texts.append(sent.text)
            heard.buttons += (
                Button(text=button["text"], data=button["callback_data"])
                for row in sent.buttons
                for button in row
            )
        self._heard = len(mine)
        return heard

    def close(self) -> None:
        self._stack.close()
