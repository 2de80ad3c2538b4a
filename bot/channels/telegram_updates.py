"""From what Telegram sends to a Message of ours. Photos are fetched, cleaned and kept on the way."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Contact, PhotoSize, Update
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.channels import Front
from bot.channels.telegram_send import seconds
from bot.errors import StoreFull
from bot.files import BadFile, clean_photo
from bot.messages import Attachment, AttachmentKind, Chat, Location, Message

log = logging.getLogger("mashangban.telegram")

LARGEST = 20 * 1024 * 1024  # bytes a bot may fetch
AT_ONCE = 3  # photos in memory at a time: unpacked, one may take 180 MB
WAITS = (0.5, 2.0)  # before the second and the third try to fetch a photo
TOO_BIG = "照片超过20 MB了，Telegram不让我取。请换一张小一点的，或者截图再发。"
NOT_FETCHED = "没能从Telegram取下来，请重新发一次。"
IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message, and why a photo of it could not be taken."""

    message: Message
    refused: str = ""


def chat_of(chat_id: int) -> Chat:
    return Chat(channel="telegram", id=str(chat_id))


def readable(update: dict[str, Any]) -> dict[str, Any]:
    """The update as it came; only its number where the library cannot read it: nobody waits behind it.

    The library would fail with the whole poll, again and again, and log all that residents wrote in it.
    """
    try:
        Update.de_json(update, None)
    except Exception as error:
        number = update["update_id"]
        log.error("Update %s cannot be read (%s) and is passed over", number, type(error).__name__)
        return {"update_id": number}
    return update


def in_units(updates: Iterable[Update]) -> list[list[Update]]:
    """Updates one by one, but the parts of an album together: they are one message."""
    units: list[list[Update]] = []
    albums: dict[tuple[int, str], list[Update]] = {}
    for update in updates:
        message = update.message
        if message is None or message.media_group_id is None:
            units.append([update])
            continue
        key = (message.chat.id, message.media_group_id)
        if key in albums:
            albums[key].append(update)
        else:
            albums[key] = [update]
            units.append(albums[key])
    return units


def holds_album(updates: Iterable[Update]) -> bool:
    return any(update.message and update.message.media_group_id for update in updates)


class Reader:
    """Reads messages; shared by the residents' door and the duty group."""

    def __init__(self, api: Bot, front: Front) -> None:
        self.api = api
        self.front = front
        self._few = asyncio.Semaphore(AT_ONCE)

    def press(self, query: CallbackQuery, chat: Chat) -> Message:
        return Message(
            chat=chat,
            id=f"press-{query.id}",
            text="",
            button=query.data or "",
            sent_at=self.front.now(),
        )

    def edit(self, edited: TelegramMessage) -> Message | None:
        """A new version of the words; a live location that moves is an edit without any."""
        text = text_of(edited)
        if not text or edited.edit_date is None:
            return None
        return Message(
            chat=chat_of(edited.chat.id),
            id=str(edited.message_id),
            text=text,
            sent_at=edited.edit_date,
            edit=int(edited.edit_date.timestamp()),
        )

    async def message(self, parts: Sequence[TelegramMessage]) -> Said | None:
        """One message, or an album's parts as one; None for what says nothing (somebody joined, a pin)."""
        first = parts[0]
        chat = chat_of(first.chat.id)
        photos, refused = await self.photos(parts, chat)
        unread = [Attachment(kind=kind) for part in parts if (kind := unread_kind(part))]
        text = "\n".join(filter(None, map(text_of, parts)))
        place = first.venue.location if first.venue else first.location
        if not (text or photos or unread or place or refused) and first.api_kwargs:
            # newer than our library: whoever sent it waits for an answer
            unread = [Attachment(kind=AttachmentKind.DOCUMENT)]
        if not (text or photos or unread or place or refused):
            return None
        message = Message(
            chat=chat,
            # A late part makes it another message: better a photo twice than one lost.
            id=str(first.message_id) + (f"+{len(parts) - 1}" if len(parts) > 1 else ""),
            text=text,
            sent_at=first.date,
            attachments=(*photos, *unread),
            location=Location(latitude=place.latitude, longitude=place.longitude)
            if place
            else None,
            album=first.media_group_id,
        )
        return Said(message=message, refused=refused)

    # -- photos -----------------------------------------------------------------------------------

    async def photos(
        self, parts: Sequence[TelegramMessage], chat: Chat
    ) -> tuple[tuple[Attachment, ...], str]:
        """What could be kept, and one sentence on what could not."""
        kept, refused = [], []
        for part in parts:
            picture = picture_of(part)
            if picture is None:
                continue
            try:
                kept.append(await self._photo(*picture, chat))
            except (BadFile, StoreFull) as error:
                refused.append(str(error))
        return tuple(kept), "".join(dict.fromkeys(refused))

    async def _photo(self, file_id: str, bytes_: int | None, chat: Chat) -> Attachment:
        if bytes_ is not None and bytes_ > LARGEST:
            raise BadFile(TOO_BIG)
        async with self._few:
            data = await self._fetch(file_id)
            jpeg = await asyncio.to_thread(clean_photo, data)
        return await self.front.run(self.front.files.keep, jpeg, chat, self.front.now())

    async def _fetch(self, file_id: str) -> bytes:
        for wait in (*WAITS, None):
            try:
                file = await self.api.get_file(file_id)
                if file.file_size is not None and file.file_size > LARGEST:
                    raise BadFile(TOO_BIG)
                return bytes(await file.download_as_bytearray())
            except BadRequest as error:
                too_big = "too big" in str(error).lower()
                raise BadFile(TOO_BIG if too_big else NOT_FETCHED) from error
            except (Forbidden, InvalidToken) as error:  # 403 and 404: the file is gone
                raise BadFile(NOT_FETCHED) from error
            except (NetworkError, RetryAfter) as error:
                if wait is None:
                    raise BadFile(NOT_FETCHED) from error
                wish = seconds(error.retry_after) if isinstance(error, RetryAfter) else wait
                await asyncio.sleep(min(wish, 30.0))
        raise AssertionError("the last try returns or raises")


def picture_of(message: TelegramMessage) -> tuple[str, int | None] | None:
    """File id and size of the largest rendering; a picture sent “as a file” counts too."""
    if message.photo:
        largest: PhotoSize = max(message.photo, key=lambda photo: photo.width * photo.height)
        return largest.file_id, largest.file_size
    document = message.document
    if document and document.mime_type in IMAGES:
        return document.file_id, document.file_size
    return None


def unread_kind(message: TelegramMessage) -> AttachmentKind | None:
    """What we cannot look into. An animation comes as a document too: films before documents."""
    if picture_of(message):
        return None
    if message.voice or message.audio:
        return AttachmentKind.VOICE
    if message.sticker or message.dice:
        return AttachmentKind.STICKER
    if message.video or message.video_note or message.animation:
        return AttachmentKind.VIDEO
    if message.document or message.poll or message.checklist or message.story:
        return AttachmentKind.DOCUMENT
    if message.paid_media or message.game:
        return AttachmentKind.DOCUMENT
    return None


def text_of(message: TelegramMessage) -> str:
    """The words, those under a photo, or a contact or a place in words."""
    if message.contact:
        return _phone(message.contact)
    if message.venue:
        return "，".join(filter(None, (message.venue.title, message.venue.address)))
    text = message.text or message.caption or ""
    return _command(text) if text.startswith("/") else text


def _phone(contact: Contact) -> str:
    digits = contact.phone_number.lstrip("+").replace(" ", "")
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]  # a Chinese mobile as people write it
    return f"电话{digits}"


def _command(text: str) -> str:
    """/my@our_bot is /my; what a link carried behind /start is of no use to us."""
    word, _, rest = text.partition(" ")
    word = word.partition("@")[0]
    return word if word == "/start" or not rest.strip() else f"{word} {rest}"
