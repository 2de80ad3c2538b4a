"""The doors of the program as a play uses them: say, press, hear. Each goes the whole way in and out."""

from __future__ import annotations

import itertools

from play import Heard

from bot.app import Bot
from bot.messages import Button, Chat, Message


class CoreDoor:
    """Straight into Bot.receive; hears by the transcript, as the web page does."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.chat = Chat(channel="web", id="core-door-0001")
        self._numbers = itertools.count(1)
        self._heard_until = 0

    def say(self, text: str) -> None:
        self._send(Message(chat=self.chat, id=self._id(), text=text, sent_at=self.bot.now()))

    def press(self, button: Button) -> None:
        self._send(
            Message(
                chat=self.chat,
                id=self._id(),
                text=button.text,
                button=button.data,
                sent_at=self.bot.now(),
            )
        )

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

    def _id(self) -> str:
        return str(next(self._numbers))

    def _send(self, message: Message) -> None:
        self.bot.call(self.bot.receive, message)
