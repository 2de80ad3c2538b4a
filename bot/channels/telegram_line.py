"""The line to a Bot API server: set up once, then polled for ever, or listening at a webhook.

An update is stored before it is confirmed, so a crash makes Telegram repeat messages and loses none; a
repeat is harmless. The library's Application would confirm an update before anything has read it.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.telegram_send import seconds
from bot.channels.telegram_updates import holds_album, in_units, readable
from bot.errors import ConfigError, StoreError
from bot.settings import Settings

log = logging.getLogger("mashangban.telegram")

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""Always given in full: Telegram would otherwise go on with what an earlier program asked for."""
POLL_SECONDS = 25
READ_SECONDS = 15.0  # for an answer to anything but a poll
ALBUM_SILENCE = 1.2  # the parts of an album come one by one
MOST_SILENCES = 5
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # between two tries to reach Telegram, doubling
WEBHOOK_PATH = "/telegram"
COMMANDS = {
    "start": "开始：能做什么",
    "my": "我的诉求和进度",
    "human": "转人工",
    "privacy": "我的信息：查看、导出、删除",
    "help": "怎么用",
    "cancel": "取消正在填的内容",
}


class UpdatesRequest(HTTPXRequest):
    """Looks at every update before the library does."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(answer.get("result"), list):
            answer["result"] = [readable(update) for update in answer["result"]]
        return answer


def connect(settings: Settings) -> Bot:
    """A client of the Bot API server of the settings. Connects to nothing yet."""
    for name in ("httpx", "httpcore"):  # their lines hold the URL, and with it the token
        logging.getLogger(name).setLevel(logging.WARNING)
    api = settings.telegram_api_url or "https://api.telegram.org"
    return Bot(
        settings.telegram_token,
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=HTTPXRequest(32, read_timeout=READ_SECONDS, pool_timeout=30.0),
        get_updates_request=UpdatesRequest(2, read_timeout=READ_SECONDS),
    )


async def who_am_i(settings: Settings) -> str:
    """The bot's name on Telegram; ConfigError says what to mend, the duty group included."""
    group = settings.telegram_staff_chat
    try:
        async with connect(settings) as api:
            if group is not None:
                await _meet(api, group)
            return api.username
    except TelegramError as error:
        raise ConfigError(complaint_of(error)) from error


async def _meet(api: Bot, group: int) -> None:
    """A wrong number would lose every card."""
    try:
        await api.get_chat(group)
    except ChatMigrated as error:
        raise ConfigError(
            f"set TELEGRAM_STAFF_CHAT={error.new_chat_id}: the group moved"
        ) from error
    except (BadRequest, Forbidden) as error:
        raise ConfigError(
            f"TELEGRAM_STAFF_CHAT={group} is no group of @{api.username}: add the bot there, and take "
            "the number from the line that serve logs then"
        ) from error


class Line:
    """Hands updates over in units; `keep` says whether Telegram may forget one."""

    def __init__(
        self,
        api: Bot,
        settings: Settings,
        begin: Callable[[], Awaitable[None]],
        keep: Callable[[Sequence[Update]], Awaitable[bool]],
    ) -> None:
        self.api = api
        url = settings.telegram_webhook_url
        self.webhook_url = f"{url}{WEBHOOK_PATH}" if url and not urlsplit(url).path else url
        # Never empty: without a setting it is made of the token, the same in every process.
        token = b"webhook " + settings.telegram_token.encode()
        self.secret = settings.telegram_webhook_secret or hashlib.sha256(token).hexdigest()
        self._begin = begin
        self._keep = keep
        self._offset: int | None = None

    def is_telegram(self, secret: str | None) -> bool:
        return hmac.compare_digest((secret or "").encode(), self.secret.encode())

    async def live(self) -> None:
        """Until cancelled. Trouble is said once, and once that it is over."""
        complaint, wait, ready = "", FIRST_WAIT, False
        while True:
            try:
                if not ready:
                    await self._set_up()
                    ready = True
                if self.webhook_url:
                    return
                await self._poll()
                if complaint:
                    log.info("Telegram works again")
                complaint, wait = "", FIRST_WAIT
            except Exception as error:
                said = complaint_of(error)
                if said != complaint:
                    unknown = not isinstance(error, TelegramError | StoreError)
                    log.warning("%s; trying again", said, exc_info=unknown)
                complaint = said
                wish = seconds(error.retry_after) if isinstance(error, RetryAfter) else 0.0
                await asyncio.sleep(max(wait, wish))
                wait = min(wait * 2, LONGEST_WAIT)

    async def _set_up(self) -> None:
        await self.api.initialize()
        await self._begin()
        commands = [BotCommand(name, words) for name, words in COMMANDS.items()]
        await self.api.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
        if self.webhook_url:
            await self.api.set_webhook(
                self.webhook_url, secret_token=self.secret, allowed_updates=ALLOWED_UPDATES
            )
            log.info("Telegram sends to %s as @%s", self.webhook_url, self.api.username)
        else:
            await self.api.delete_webhook()  # what waits there is kept, and polled
            log.info("Polling Telegram as @%s", self.api.username)

    async def _poll(self) -> None:
        """One round. The next one's offset confirms it: only then may Telegram forget the updates."""
        updates = await self._ask(POLL_SECONDS)
        for _ in range(MOST_SILENCES):
            if not holds_album(updates):
                break
            await asyncio.sleep(ALBUM_SILENCE)
            before, updates = (
                len(updates),
                await self._ask(0),
            )  # the same again, and what came since
            if len(updates) == before:
                break
        kept = await asyncio.gather(*(self._keep(unit) for unit in in_units(updates)))
        if not all(kept):
            raise StoreError("updates of Telegram could not be stored")
        if updates:
            self._offset = updates[-1].update_id + 1

    async def _ask(self, timeout: int) -> tuple[Update, ...]:
        return await self.api.get_updates(
            self._offset, timeout=timeout, allowed_updates=ALLOWED_UPDATES
        )


def complaint_of(error: Exception) -> str:
    """One line that says what to do; never the token, which the library's own words may hold."""
    match error:
        case InvalidToken():
            return "Telegram refuses TELEGRAM_TOKEN; copy it again from @BotFather"
        case Conflict():
            return (
                "another program polls this Telegram bot; stop it, or give this one its own token"
            )
        case RetryAfter():
            return "Telegram asks to wait (flood limit)"
        case NetworkError() if error.__cause__ is not None:
            cause = type(error.__cause__).__name__
            return f"Telegram cannot be reached ({cause}); check the network and TELEGRAM_API_URL"
        case TelegramError():
            return f"Telegram refuses: {type(error).__name__}: {error.message}"
        case StoreError():
            return str(error)
        case _:
            return f"the line to Telegram failed: {type(error).__name__}"
