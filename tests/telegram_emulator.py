"""A Bot API server of our own, on the standard library, for the true library to talk to.

Residents and staff act through `say`, `press` and the like; what the bot sent is in `sent`. Faults are put
before a method and used up one a call. Updates are forgotten only when an offset confirms them, as at
Telegram's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from telegram_http import TOKEN
from telegram_server import STAMP, BotApi, Fault, Sent, chat_of, flood, user_of

__all__ = ["TOKEN", "Fault", "Sent", "TelegramEmulator", "flood"]


class TelegramEmulator(BotApi):
    """People at the other end, and what they see."""

    # -- what people do ---------------------------------------------------------------------------

    def say(
        self,
        text: str | None = None,
        *,
        chat: int = 7001,
        user: int | None = None,
        reply_to: Sent | int | None = None,
        **more: Any,
    ) -> int:
        """A message in a chat (a group where the number is negative); its message id."""
        message = self._message(chat, user or chat, next(self._numbers), text, reply_to, more)
        self.update(message=message)
        return int(message["message_id"])

    def edit(self, message_id: int, text: str, *, chat: int = 7001, **more: Any) -> None:
        more = {"edit_date": STAMP + next(self._numbers), **more}
        self.update(edited_message=self._message(chat, chat, message_id, text, None, more))

    def press(self, message: Sent, data: str, *, user: int | None = None) -> str:
        """A tap on a button (by its data) under a message of the bot; the callback's id."""
        callback_id = f"cb{next(self._numbers)}"
        self.update(
            callback_query={
                "id": callback_id,
                "from": user_of(user or message.chat_id),
                "message": self.own(message),
                "chat_instance": "1",
                "data": data,
            }
        )
        return callback_id

    def photo(self, data: bytes, *, size: int | None = None) -> list[dict[str, Any]]:
        """For say(photo=…): two renderings, the larger one last."""
        name = f"photo{next(self._numbers)}"
        self.files[name] = data
        small = {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60}
        large = {"file_id": name, "file_unique_id": name, "width": 900, "height": 600}
        return [small, {**large, "file_size": size or len(data)}]

    def repeat(self) -> list[dict[str, Any]]:
        """The updates that are not confirmed, as a webhook would get them."""
        with self._news:
            return list(self._updates)

    def fail(self, method: str, *faults: Fault) -> None:
        self._faults[method].extend(faults)

    # -- what was seen ----------------------------------------------------------------------------

    def texts(self, chat: int = 7001) -> list[str]:
        return [message.text for message in self.sent if message.chat_id == chat]

    def last(self, chat: int = 7001) -> Sent:
        return [message for message in self.sent if message.chat_id == chat][-1]

    def called(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    def wait(self, reached: Callable[[], object], seconds: float = 30.0) -> None:
        """Until a condition holds; AssertionError after so long."""
        until = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < until, "it did not come to pass"
            time.sleep(0.01)

    def _message(
        self,
        chat: int,
        user: int,
        message_id: int,
        text: str | None,
        reply_to: Sent | int | None,
        more: dict[str, Any],
    ) -> dict[str, Any]:
        message = {
            "message_id": message_id,
            "date": STAMP + message_id,
            "chat": chat_of(chat),
            "from": user_of(user),
            **({} if text is None else {"text": text}),
            **more,
        }
        if isinstance(reply_to, Sent):
            message["reply_to_message"] = self.own(reply_to)
        elif reply_to is not None:
            message["reply_to_message"] = self._message(chat, user, reply_to, "…", None, {})
        return message
