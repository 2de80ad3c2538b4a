"""The Telegram door: residents in private chats, staff in the duty group, replies from the outbox."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from telegram import CallbackQuery, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.channels import Front
from bot.channels.telegram_duty import DutyGroup
from bot.channels.telegram_line import Line, connect, who_am_i
from bot.channels.telegram_send import send_reply
from bot.channels.telegram_updates import Reader, chat_of, readable
from bot.errors import MaybeDelivered, Moved, StoreError
from bot.messages import Message, OutboxItem, Reply

__all__ = ["TelegramDoor", "who_am_i"]

log = logging.getLogger("mashangban.telegram")

ENOUGH_TRIES = 4  # to keep one update while the store works: then it is passed over


class TelegramDoor:
    """One bot account."""

    name = "telegram"

    def __init__(self, front: Front) -> None:
        self.front = front
        self.api = connect(front.settings)
        self.reader = Reader(self.api, front)
        self.duty = DutyGroup(self.api, front, self.reader)
        self.line = Line(self.api, front.settings, self.duty.find, self._keep)
        self.webhook_path = urlsplit(self.line.webhook_url).path
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._failed: Counter[int] = Counter()  # how often an update could not be kept
        self._unsure: set[int] = set()  # outbox items that may have arrived

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Beside a server, and stopped with it; whatever Telegram does, the server stays up."""
        task = asyncio.create_task(self.line.live())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.api.shutdown()

    # -- out ----------------------------------------------------------------------------------------

    async def send(self, item: OutboxItem) -> None:
        """Called by the worker; raises the DeliveryError that tells it what to do."""
        of_duty = self.duty.is_here(item.chat.id)

        async def on_part(number: int, message_id: int) -> None:
            await self.front.run(self._part_left, item, number, message_id)

        try:
            await send_reply(
                self.api,
                int(self.duty.chat_id or 0) if of_duty else item.chat.id,
                item.reply,
                item.parts_sent,
                on_part,
                self._photo,
                unsure=item.id in self._unsure,
            )
        except Moved as error:
            if not of_duty:
                raise
            await self.duty.move_to(int(error.new_id))
            await self.send(item)
        except MaybeDelivered:
            self._unsure.add(item.id)
            raise
        self._unsure.discard(item.id)

    async def _photo(self, name: str) -> bytes | None:
        return await self.front.run(self.front.files.read, name)

    def _part_left(self, item: OutboxItem, number: int, message_id: int) -> None:
        store, ticket = self.front.store, item.reply.ticket
        with store.atomic():
            store.outbox.part_sent(item.id, number)
            if ticket and self.duty.is_here(item.chat.id):
                store.notes.remember_card(ticket, str(self.duty.chat_id), message_id)

    # -- in -------------------------------------------------------------------------------------------

    async def receive_webhook(self, body: Any, secret: str | None) -> int:
        """An update at the webhook; the HTTP status. Telegram repeats what was not answered by 200."""
        if not self.line.webhook_url or not self.line.is_telegram(secret):
            return 403
        if not isinstance(body, dict) or not isinstance(body.get("update_id"), int):
            return 400
        update = Update.de_json(readable(body), self.api)
        return 200 if await self._keep([update]) else 503

    async def _keep(self, unit: Sequence[Update]) -> bool:
        """Whether Telegram may forget it. One that can never be kept must not hold up all others."""
        number = unit[0].update_id
        try:
            chat = unit[0].effective_chat
            turn = self._turns.setdefault(chat.id if chat else 0, asyncio.Lock())
            async with turn:  # in the order they came, within a chat
                await self._take(unit)
        except Exception as error:
            ours = isinstance(error, StoreError)
            log.error("Update %s could not be kept", number, exc_info=None if ours else error)
            # Only what fails while the store works counts: a full disk may last for days.
            self._failed[number] += await self._store_works()
            if self._failed[number] < ENOUGH_TRIES:
                return False
            log.error("Update %s is passed over", number)
        self._failed.pop(number, None)
        return True

    async def _store_works(self) -> bool:
        try:
            now = self.front.now().isoformat()
            await self.front.run(self.front.store.notes.remember, "telegram tried", now)
        except StoreError:
            return False
        return True

    async def _take(self, unit: Sequence[Update]) -> None:
        update = unit[0]
        if update.callback_query:
            await self._press(update.callback_query)
        elif update.my_chat_member:
            self._tell_group_id(update)
        elif edited := update.edited_message:
            if self.duty.is_here(edited.chat.id):
                await self.duty.hear_edited(edited)
            elif edited.chat.type == ChatType.PRIVATE and (newer := self.reader.edit(edited)):
                await self.front.run(self._receive, newer)
        elif update.message:
            parts = [part.message for part in unit if part.message]
            if self.duty.is_here(update.message.chat.id):
                await self.duty.hear(parts)
            elif update.message.chat.type == ChatType.PRIVATE:
                said = await self.reader.message(parts)
                if said:
                    await self.front.run(self._receive, said.message, said.refused)

    async def _press(self, query: CallbackQuery) -> None:
        chat = query.message.chat if query.message else None
        if chat and self.duty.is_here(chat.id):
            await self.duty.press(query)
            return
        try:
            if chat is None or chat.type == ChatType.PRIVATE:
                message = self.reader.press(query, chat_of(query.from_user.id))
                await self.front.run(self._receive, message)
        finally:
            with contextlib.suppress(TelegramError):  # too old to be answered
                await query.answer()

    def _receive(self, message: Message, refused: str = "") -> None:
        """In the core thread. Bot.receive apologises for what it could not keep: here that is a failure."""
        store = self.front.store
        if message.text or message.button or message.attachments or message.location:
            replies = self.front.receive(message)
            if replies and not store.chats.replies_to(message):
                raise StoreError("the turn was not kept")
        if refused:
            self._refuse_photo(message, refused)

    def _refuse_photo(self, message: Message, why: str) -> None:
        """A turn of its own, once."""
        store, chat, now = self.front.store, message.chat, self.front.now()
        marker = Message(chat=chat, id=f"photo-{message.id}", text="", sent_at=message.sent_at)
        with store.atomic():
            if store.chats.add(marker):
                reply = Reply(text=self.front.wording.say("bad_photo", why=why))
                store.outbox.put(chat, (reply,), now, marker.id)
        self.front.wake()

    def _tell_group_id(self, update: Update) -> None:
        """The operator needs the number of the duty group, and Telegram shows it nowhere."""
        change = update.my_chat_member
        if change is None or change.chat.type == ChatType.PRIVATE:
            return
        joined = change.new_chat_member.status in (
            ChatMemberStatus.MEMBER,
            ChatMemberStatus.ADMINISTRATOR,
        )
        if joined and not self.duty.is_here(change.chat.id):
            log.info("In a group; as the duty group it is TELEGRAM_STAFF_CHAT=%s", change.chat.id)
