"""A Reply on its way to Telegram: cut to size, with its buttons; what goes wrong in the worker's words."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import MaybeDelivered, Moved, TryLater, Undeliverable
from bot.messages import Button, Reply

log = logging.getLogger("mashangban.telegram")

LONGEST = 4096  # Telegram's limit of one message
MOST_DATA = 64  # bytes behind a button
SHORT_LABEL = 8  # signs: two such buttons fit side by side on a small phone
PERHAPS_TWICE = "（刚才网络不稳，这条您可能会收到两遍。）\n"
_SENTENCE_ENDS = re.compile(r"[。！？!?；;…\n]+[”’」』）)]*")
_NEVER_LEFT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "RuntimeError")
_PREVIEW = LinkPreviewOptions(is_disabled=True)

OnPart = Callable[[int, int], Awaitable[None]]
Photo = Callable[[str], Awaitable[bytes | None]]


async def send_reply(
    api: Bot,
    chat_id: int | str,
    reply: Reply,
    begin: int,
    on_part: OnPart,
    photo: Photo,
    *,
    unsure: bool = False,
) -> None:
    """Send the parts from number `begin`; `on_part` hears how many have left, and the message id.

    Photos go first: the buttons under the words stay the last thing on the screen.
    `unsure`: an earlier attempt may have arrived, so the resident is told why he reads it twice.
    """
    text = f"【{reply.author}】\n{reply.text}" if reply.author else reply.text
    parts = (*reply.photos, *parts_of(text))
    for number, part in enumerate(parts[begin:], start=begin + 1):
        if number <= len(reply.photos):
            with translated():
                message_id = await _send_photo(api, chat_id, await photo(part))
            await on_part(number, message_id)
            continue
        if unsure and number == begin + 1 and size(PERHAPS_TWICE + part) <= LONGEST:
            part = PERHAPS_TWICE + part
        buttons = reply.buttons if number == len(parts) else ()
        with translated():
            message_id = await _send_part(api, chat_id, part, buttons)
        await on_part(number, message_id)


async def _send_photo(api: Bot, chat_id: int | str, data: bytes | None) -> int:
    """0 for one that is gone or that Telegram does not take: the words must arrive all the same."""
    if data is None:
        return 0
    try:
        return (await api.send_photo(chat_id, data)).message_id
    except ChatMigrated:
        raise
    except BadRequest as error:
        log.error("Telegram refuses a photo, left out: %s", error.message)
        return 0


async def _send_part(api: Bot, chat_id: int | str, part: str, buttons: tuple[Button, ...]) -> int:
    try:
        sent = await api.send_message(
            chat_id, part, reply_markup=keyboard(buttons), link_preview_options=_PREVIEW
        )
    except BadRequest as error:
        if not buttons or "button" not in str(error).lower():
            raise
        log.error("Telegram refuses a button, sent without: %s", error)
        sent = await api.send_message(chat_id, part, link_preview_options=_PREVIEW)
    return sent.message_id


@contextmanager
def translated() -> Iterator[None]:
    """Telegram's errors as ours. BadRequest and TimedOut are NetworkErrors in the library: order matters."""
    try:
        yield
    except ChatMigrated as error:
        raise Moved(str(error.new_chat_id)) from error
    except RetryAfter as error:
        raise TryLater("Telegram's flood limit", seconds(error.retry_after)) from error
    except Forbidden as error:
        raise Undeliverable("对方停用了这个机器人，收不到消息") from error
    except BadRequest as error:
        # no such chat, no right to write; what is malformed stays so however often it is sent
        raise Undeliverable(f"Telegram不收这条消息（{error.message}）") from error
    except NetworkError as error:
        if _may_have_arrived(error):
            raise MaybeDelivered("Telegram did not answer") from error
        raise TryLater("Telegram cannot be reached") from error
    except TelegramError as error:  # a wrong token, a second program: mended by the operator
        raise TryLater(type(error).__name__) from error


def _may_have_arrived(error: NetworkError) -> bool:
    """The line broke after the request had left; an HTTP status is an answer and has no cause."""
    if type(error.__cause__).__name__ in _NEVER_LEFT:
        return False
    return isinstance(error, TimedOut) or error.__cause__ is not None


def seconds(wish: int | timedelta) -> float:
    """`retry_after` is an int today and a timedelta in the library's next major version."""
    return wish.total_seconds() if isinstance(wish, timedelta) else float(wish)


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Two short labels side by side, a long one in a row of its own."""
    rows: list[list[Button]] = []
    for button in buttons:
        if len(button.data.encode()) > MOST_DATA:
            log.error("Left out a button of more than %s bytes: %s", MOST_DATA, button.data)
            continue
        beside = rows[-1] if rows else []
        if len(beside) == 1 and all(len(b.text) <= SHORT_LABEL for b in (*beside, button)):
            beside.append(button)
        else:
            rows.append([button])
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in rows]
    )


def size(text: str) -> int:
    """As Telegram counts: in UTF-16 units, an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts_of(text: str) -> list[str]:
    """Pieces Telegram takes, cut at a sentence's end where there is one in the second half."""
    parts = []
    rest = text.strip()
    while size(rest) > LONGEST:
        head = _longest_head(rest)
        ends = [end.end() for end in _SENTENCE_ENDS.finditer(head) if end.end() > len(head) // 2]
        cut = ends[-1] if ends else len(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part]


def _longest_head(text: str) -> str:
    """As many signs as fit; halving is quick and cannot split a sign."""
    low, high = 1, min(len(text), LONGEST)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= LONGEST else (low, middle - 1)
    return text[:low]
