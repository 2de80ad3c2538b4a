"""The server half of the Telegram emulator: the methods of the Bot API that we use; HTTP is in telegram_http.py."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any, Self

from telegram_http import handler_of, refusal

BOT_USER = {"id": 123456, "is_bot": True, "first_name": "马上办", "username": "mashangban_bot"}
GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)  # fmt: skip
PHOTO = "[photo]"  # in place of the text of what the bot sent as a picture
STAMP = 1_795_500_000  # seconds; messages are one second apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How one call goes wrong. `deed`: whether the server does what was asked all the same."""

    status: int = 0  # 0: the line is dropped without an answer
    description: str = "emulated"
    parameters: dict[str, Any] | None = None
    delay_seconds: float = 0.0
    deed: bool = False


def flood(seconds: int) -> Fault:
    return Fault(
        status=429,
        description=f"Too Many Requests: retry after {seconds}",
        parameters={"retry_after": seconds},
    )


@dataclass
class Sent:
    """A message of the bot as it stands now."""

    chat_id: int
    message_id: int
    text: str
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    reply_to: int | None = None
    edits: int = 0

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def data(self, label: str) -> str:
        """What the button with this label carries."""
        return next(b["callback_data"] for row in self.buttons for b in row if b["text"] == label)


class BotApi:
    """Started by `with`; `url` goes into TELEGRAM_API_URL."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[Sent] = []
        self.answers: dict[str, dict[str, Any]] = {}  # callback id → what answered it
        self.files: dict[str, bytes] = {}
        self.blocked, self.gone = set[int](), set[int]()  # chats that answer 403, “chat not found”
        self.migrated: dict[int, int] = {}
        self.webhook: dict[str, Any] | None = None
        self.confirmed = 0  # updates up to this number are forgotten
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._updates: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._update_ids = itertools.count(1001)
        self._news = threading.Condition()
        self._closing = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def update(self, **content: Any) -> None:
        with self._news:
            self._updates.append({"update_id": next(self._update_ids), **content})
            self._news.notify_all()

    # -- the methods of the API ---------------------------------------------------------------------

    def answer(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append((method, params))
        fault = self._faults[method].popleft() if self._faults[method] else None
        if fault is not None:
            if fault.deed:
                self._do(method, params)
            time.sleep(fault.delay_seconds)
            return fault.status, refusal(fault.status, fault.description, fault.parameters)
        return self._do(method, params)

    def _do(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if method in ("setMyCommands", "sendChatAction"):
            return 200, {"ok": True, "result": True}
        deed = getattr(self, f"_{method}", None)
        if deed is None:
            return 404, refusal(404, "Not Found")
        try:
            return 200, {"ok": True, "result": deed(params)}
        except _Refused as no:
            return no.status, refusal(no.status, str(no), no.parameters)

    def _getMe(self, _: dict[str, Any]) -> dict[str, Any]:
        return BOT_USER

    def _getUpdates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook is not None:
            raise _Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(params.get("offset", 0))
        until = time.monotonic() + float(params.get("timeout", 0))
        with self._news:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            self.confirmed = max(self.confirmed, offset - 1)
            while not self._updates and not self._closing and time.monotonic() < until:
                self._news.wait(until - time.monotonic())
            return self._updates[: int(params.get("limit", 100))]

    def _sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        chat_id = int(params["chat_id"])
        self._check_chat(chat_id)
        buttons = self._checked(params)
        under = (params.get("reply_parameters") or {}).get("message_id")
        message = Sent(chat_id, next(self._numbers), params["text"], buttons, under)
        self.sent.append(message)
        return self.own(message)

    def _sendPhoto(self, params: dict[str, Any]) -> dict[str, Any]:
        chat_id = int(params["chat_id"])
        self._check_chat(chat_id)
        if not params["photo"].startswith(b"\xff\xd8"):
            raise _Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        message = Sent(chat_id, next(self._numbers), PHOTO)
        self.sent.append(message)
        return self.own(message)

    def _editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:
        message = self._found(params)
        buttons = self._checked(params)
        if (message.text, message.buttons) == (params["text"], buttons):
            raise _Refused(400, "Bad Request: message is not modified")
        message.text, message.buttons = params["text"], buttons
        message.edits += 1
        return self.own(message)

    def _editMessageReplyMarkup(self, params: dict[str, Any]) -> dict[str, Any]:
        message = self._found(params)
        message.buttons = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        return self.own(message)

    def _answerCallbackQuery(self, params: dict[str, Any]) -> bool:
        self.answers[params["callback_query_id"]] = params
        return True

    def _getChat(self, params: dict[str, Any]) -> dict[str, Any]:
        chat_id = int(params["chat_id"])
        self._check_chat(chat_id)
        return {
            **chat_of(chat_id),
            "accent_color_id": 0,
            "max_reaction_count": 1,
            "accepted_gift_types": GIFTS,
        }

    def _getFile(self, params: dict[str, Any]) -> dict[str, Any]:
        name = params["file_id"]
        if name not in self.files:
            raise _Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        if size > 20 * 2**20:
            raise _Refused(400, "Bad Request: file is too big")
        return {"file_id": name, "file_unique_id": name, "file_size": size, "file_path": name}

    def _setWebhook(self, params: dict[str, Any]) -> bool:
        self.webhook = params
        return True

    def _deleteWebhook(self, _: dict[str, Any]) -> bool:
        self.webhook = None
        return True

    # -- helpers ----------------------------------------------------------------------------------

    def _check_chat(self, chat_id: int) -> None:
        if chat_id in self.blocked:
            raise _Refused(403, "Forbidden: bot was blocked by the user")
        if chat_id in self.gone:
            raise _Refused(400, "Bad Request: chat not found")
        if chat_id in self.migrated:
            raise _Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.migrated[chat_id]},
            )

    def _checked(self, params: dict[str, Any]) -> list[list[dict[str, str]]]:
        """The buttons, after Telegram's limits."""
        text = params.get("text", "")
        if not text.strip():
            raise _Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise _Refused(400, "Bad Request: message is too long")
        rows: list[list[dict[str, str]]] = (params.get("reply_markup") or {}).get(
            "inline_keyboard", []
        )
        for row in rows:
            for button in row:
                if not 1 <= len(button["callback_data"].encode()) <= 64:
                    raise _Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        return rows

    def _found(self, params: dict[str, Any]) -> Sent:
        place = (int(params["chat_id"]), int(params["message_id"]))
        for message in self.sent:
            if (message.chat_id, message.message_id) == place:
                return message
        raise _Refused(400, "Bad Request: message to edit not found")

    def own(self, message: Sent) -> dict[str, Any]:
        """A message of the bot as the API shows it."""
        return {
            "message_id": message.message_id,
            "date": STAMP + message.message_id,
            "chat": chat_of(message.chat_id),
            "from": BOT_USER,
            "text": message.text,
        }


class _Refused(Exception):
    def __init__(
        self, status: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


def user_of(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": f"用户{user_id}"}


def chat_of(chat_id: int) -> dict[str, Any]:
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "值班群"}
    return {"id": chat_id, "type": "private", "first_name": f"用户{chat_id}"}
