"""The duty group: cards with buttons, and replies to a card that go to the resident.

Only the Telegram accounts of active staff are obeyed. Every move goes through the desk with a `once` key
of the message it came from, so that an update which Telegram repeats moves nothing twice.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from telegram import Bot, CallbackQuery, ReplyParameters
from telegram import Message as TelegramMessage
from telegram.error import TelegramError

from bot.channels import Front
from bot.channels import telegram_orders as orders
from bot.channels.telegram_send import keyboard, parts_of
from bot.channels.telegram_updates import Reader, chat_of
from bot.departments import StaffMember
from bot.errors import AlreadyHappened, BotError, IllegalMove, StoreError
from bot.messages import Attachment
from bot.moves import name_of
from bot.reading import ticket_number
from bot.redact import mask
from bot.store import whole
from bot.taps import duty_buttons
from bot.tickets import Actor, EventKind, Kind, State, Ticket

log = logging.getLogger("mashangban.telegram")

UNKNOWN = (
    "我还不认识您的账号：请管理员运行 mashangban staff link 您的姓名，再在群里发 /bind 和绑定码。"
)
ANONYMOUS = "看不出您是谁：请先关掉群里的“匿名管理员”，再发一次。"
BOUND = (
    "已绑定：{name}。现在可以点卡片上的按钮，也可以直接回复卡片。"
    "请再私下给我发一句“你好”：到期提醒会直接发给您本人，您没先说话我发不了。"
)
BAD_CODE = "绑定码不对，或者已经用过。请管理员重新运行 mashangban staff link 姓名。"
EDITED = "改过的话不会再发给诉求人；需要的话请再回复一次卡片。"
ANSWERED = "{name}{when}已经答复了，您这条没有发出。真要再补一条，请以“补充答复：”开头再回复一次。"
OLD_BUTTON = "这个按钮已经过时了，请直接回复卡片。"
HISTORY_LINES = 20
TOAST = 200  # signs of an answer to a button

DONE = {
    EventKind.SIGNED: "已签收",
    EventKind.CONTACTED: "已记下：联系了诉求人",
    EventKind.CLAIMED: "已认领",
    EventKind.REPLIED: "已发给诉求人",
    EventKind.ASKED: "已请诉求人补充，等他回复的时间不算进时限",
    EventKind.EXPLAINED: "原因已告诉诉求人",
    EventKind.NOTED: "已记为内部备注，诉求人看不到",
}
PRESSES = {
    "sign": EventKind.SIGNED,
    "contact": EventKind.CONTACTED,
    "claim": EventKind.CLAIMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the group hears. `ticket` is set where the card must be drawn anew."""

    text: str
    ticket: Ticket | None = None
    refused: bool = False
    aloud: bool = False  # a message of its own, too long for a button's answer


class DutyGroup:
    """What staff do from the group. `_…_in_core` runs in the core thread."""

    def __init__(self, api: Bot, front: Front, reader: Reader) -> None:
        self.api = api
        self.front = front
        self.store = front.store
        self.reader = reader
        self._home = front.settings.telegram_staff_chat
        self.chat_id = self._home  # where it is now

    # -- where it is ------------------------------------------------------------------------------

    def is_here(self, chat_id: int | str) -> bool:
        return self._home is not None and str(chat_id) in (str(self._home), str(self.chat_id))

    async def find(self) -> None:
        """The group may have become a supergroup, with another id, while the setting stayed."""
        moved = await self.front.run(self.front.store.notes.recall, self._key)
        self.chat_id = int(moved) if moved else self._home

    async def move_to(self, new_id: int) -> None:
        await self.front.run(self.front.store.notes.remember, self._key, str(new_id))
        self.chat_id = new_id
        log.warning("The duty group has a new id; set TELEGRAM_STAFF_CHAT=%s", new_id)

    @property
    def _key(self) -> str:
        return f"telegram duty group {self._home}"

    # -- what comes in ----------------------------------------------------------------------------

    async def press(self, query: CallbackQuery) -> None:
        card = query.message if isinstance(query.message, TelegramMessage) else None
        answer = await self.front.run(
            self._press_in_core, query.from_user.id, query.data or "", f"telegram press {query.id}"
        )
        with suppress(TelegramError):  # answered too late: the spinner has gone by itself
            toast = "" if answer.aloud else answer.text[:TOAST]
            await query.answer(toast, show_alert=answer.refused)
        if card and answer.aloud:
            await self._say(card, answer.text)
        await self._redraw(answer.ticket, card)

    async def hear(self, parts: Sequence[TelegramMessage]) -> None:
        """A message of the group: /bind, or a reply to a card; anything else is the group's own talk."""
        first = parts[0]
        if first.migrate_to_chat_id:
            await self.move_to(first.migrate_to_chat_id)
            return
        text = (first.text or "").strip()
        if text.startswith("/bind"):
            code = text.partition(" ")[2].strip()
            await self._say(first, await self.front.run(self._bind_in_core, first, code))
            return
        number = await self._number(first)
        if number is None:
            return
        photos, refused = await self.reader.photos(parts, chat_of(first.chat.id))
        if refused:
            await self._say(first, f"照片没收下：{refused}")
        words = "\n".join(filter(None, (part.text or part.caption for part in parts)))
        answer = await self.front.run(self._reply_in_core, first, number, words, photos)
        if answer.text:
            await self._say(first, answer.text)
        await self._redraw(answer.ticket, first.reply_to_message)

    async def hear_edited(self, edited: TelegramMessage) -> None:
        """The resident has read the first version already."""
        if await self._number(edited) is not None:
            await self._say(edited, EDITED)

    async def _number(self, message: TelegramMessage) -> str | None:
        """The ticket of the card that is replied to; our answers name theirs in words."""
        card = message.reply_to_message
        if card is None or card.from_user is None or not card.from_user.is_bot:
            return None
        cards = self.front.store.notes.number_of_card
        known = await self.front.run(cards, message.chat.id, card.message_id)
        return known or ticket_number(card.text or "")

    # -- what goes out ----------------------------------------------------------------------------

    async def _say(self, to: TelegramMessage, text: str) -> None:
        """An answer under the message; if Telegram does not take it now, it goes by the outbox."""
        under = ReplyParameters(to.message_id, allow_sending_without_reply=True)
        try:
            for part in parts_of(text):
                await self.api.send_message(to.chat.id, part, reply_parameters=under)
        except TelegramError:
            await self.front.run(self.front.notices.to_group, text, self.front.now())
            self.front.wake()

    async def _redraw(self, ticket: Ticket | None, card: TelegramMessage | None) -> None:
        """The card says how things stand now. Nothing hangs on it: the next card will be right."""
        if ticket is None or card is None or card.text is None or "｜" not in card.text:
            return
        why = card.text.partition("｜")[0]
        text = await self.front.run(self.front.notices.card, ticket, why, self.front.now())
        buttons = keyboard(duty_buttons(ticket))
        with suppress(TelegramError):
            if len(parts_of(text)) == 1:
                await card.edit_text(text, reply_markup=buttons)
            else:
                await card.edit_reply_markup(buttons)

    # -- who it is --------------------------------------------------------------------------------

    def _bind_in_core(self, message: TelegramMessage, code: str) -> str:
        notes, staff = self.front.store.notes, self.front.store.staff
        sender = message.from_user
        if sender is None or sender.is_bot:
            return ANONYMOUS
        with self.front.store.atomic():
            staff_id = notes.recall(f"bind:{code}") if code else None
            member = staff.find(int(staff_id)) if staff_id else None
            if member is None or not member.active or not notes.forget(f"bind:{code}"):
                return BAD_CODE
            staff.change(replace(member, telegram_id=sender.id))
        log.info("Staff member %s bound a Telegram account", member.id)
        return BOUND.format(name=member.name)

    def _member(self, telegram_id: int) -> StaffMember | None:
        member = self.front.store.staff.by_telegram(telegram_id)
        return member if member and member.active else None

    # -- what is done -----------------------------------------------------------------------------

    def _press_in_core(self, telegram_id: int, data: str, once: str) -> Answer:
        name, _, number = data.partition(":")
        member = self._member(telegram_id)
        if member is None:
            return Answer(text=UNKNOWN, refused=True)
        if name == "return":
            return Answer(text=orders.HOW_TO_RETURN, refused=True)
        if name == "history":
            return _tried(lambda: Answer(text=self._history(number), aloud=True))
        if name not in PRESSES:
            return Answer(text=OLD_BUTTON, refused=True)
        order = orders.Order(event=PRESSES[name])
        return _tried(lambda: self._obey(order, number, member, once))

    def _reply_in_core(
        self, message: TelegramMessage, number: str, words: str, photos: tuple[Attachment, ...]
    ) -> Answer:
        sender = message.from_user
        if sender is None or sender.is_bot:
            return Answer(text=ANONYMOUS)
        member = self._member(sender.id)
        if member is None:
            return Answer(text=UNKNOWN)
        once = f"telegram reply {message.chat.id} {message.message_id}"

        def obey() -> Answer:
            order = orders.read(words, self.front.directory)
            return self._obey(order, number, member, once, photos)

        return _tried(obey, f"{number}：")

    @whole
    def _obey(
        self,
        order: orders.Order,
        number: str,
        member: StaffMember,
        once: str,
        photos: tuple[Attachment, ...] = (),
    ) -> Answer:
        """One move; a ticket nobody has signed is signed first, and not at all if the reply is refused."""
        desk, now = self.front.desk, self.front.now()
        actor = Actor(
            role=member.role, id=member.id, name=member.name, department=member.department
        )
        with self.front.store.atomic():
            state = desk.ticket(number).state
            if state is State.REPLIED and order.event is EventKind.REPLIED and not order.again:
                self._not_after_a_colleague(number, member, once)
            if state is State.DISPATCHED and order.event in (EventKind.REPLIED, EventKind.ASKED):
                desk.move(number, EventKind.SIGNED, actor, now, once=f"{once} sign")
            data: dict[str, object] = {"department": order.department} if order.department else {}
            ticket = desk.move(
                number, order.event, actor, now, order.note, photos, once=once, **data
            )
        self.front.wake()
        return Answer(text=f"{number} {self._done(order, ticket)}。", ticket=ticket)

    def _not_after_a_colleague(self, number: str, member: StaffMember, once: str) -> None:
        """Two write at the same time, and neither sees the other: the resident must not get two answers."""
        replies = [e for e in self.store.tickets.events(number) if e.kind is EventKind.REPLIED]
        last = replies[-1]
        if last.actor.id != member.id and all(e.data.get("once") != once for e in replies):
            when = self.front.notices.when(last.at, self.front.now())
            raise IllegalMove(ANSWERED.format(name=last.actor.name, when=when))

    def _done(self, order: orders.Order, ticket: Ticket) -> str:
        if order.event is EventKind.RETURNED:
            if ticket.state is State.RECEIVED:
                return "已退单；这是第三次，等督办员指定单位"
            return f"已退单，转给{self.front.directory.unit_name(ticket.department)}"
        if ticket.chat is None and order.event in (EventKind.REPLIED, EventKind.ASKED):
            return "已记入工单；诉求人没有留下对话，请另想办法告诉他"
        return DONE[order.event]

    def _history(self, number: str) -> str:
        """Who did what and when; what was written, with phone and card numbers masked."""
        desk, now = self.front.desk, self.front.now()
        secret = (
            desk.ticket(number).kind is Kind.REPORT
        )  # TicketNotFound where there is no such number
        lines = [f"{number} 的办理经过"]
        for event in self.front.store.tickets.events(number)[-HISTORY_LINES:]:
            when = self.front.notices.when(event.at, now)
            note = f"：{mask(event.note)[:80]}" if event.note and not secret else ""
            lines.append(f"{when} {name_of(event.kind)}（{event.actor.name}）{note}")
        return "\n".join(lines)


def _tried(attempt: Callable[[], Answer], before: str = "") -> Answer:
    """The desk's refusal is the answer; a repeat is no news; a store that fails is the caller's business."""
    try:
        return attempt()
    except AlreadyHappened:
        return Answer(text="")
    except StoreError:
        raise
    except BotError as error:
        return Answer(text=f"{before}{error}", refused=True)
