"""What the resident, the duty group and the supervisors are told when a ticket moves."""

from collections.abc import Iterable
from datetime import datetime

from bot.departments import Directory, StaffMember
from bot.guards import Attempt
from bot.messages import Button, Chat, Reply
from bot.moves import Move
from bot.redact import mask
from bot.store import Store
from bot.taps import buttons_after, duty_buttons
from bot.tickets import EventKind, Kind, Ticket, TicketEvent
from bot.told import Words
from bot.wording import Wording
from bot.workdays import WorkCalendar

ONLY_IN_CONSOLE = "举报，请到工作台看"
LONGEST_SAID = 300  # signs of what was said, on a card
ASKS_THE_OWNER = (EventKind.ASKED, EventKind.ASKED_AGAIN, EventKind.FOLLOWED_UP)
"""Questions to the one who filed it: those who joined are not asked for his answer."""


class Notices(Words):
    """Words for a move, and the outbox they leave by."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        wording: Wording,
        calendar: WorkCalendar,
        duty_chat: int | None = None,
    ) -> None:
        super().__init__(store, directory, wording, calendar)
        self.duty = Chat(channel="telegram", id=str(duty_chat)) if duty_chat else None

    # -- ways -------------------------------------------------------------------------------------

    def after(self, ticket: Ticket, attempt: Attempt, happened: TicketEvent) -> None:
        """Push the public words once to the resident and the followers; wake the duty group where needed."""
        now, move, told = attempt.now, attempt.move, happened.told
        if told and move.event is not EventKind.FILED:
            author = attempt.actor.name if attempt.actor.id is not None else None
            shown = happened.attachments if author and move.public else ()
            reply = Reply(
                text=told,
                ticket=ticket.number,
                buttons=buttons_after(ticket, move.event),
                author=author,
                photos=tuple(item.file for item in shown if item.file),
            )
            voice = "staff" if author else "bot"
            own, others = self._listeners(ticket, attempt)
            if own is not None:
                self.store.outbox.put(own, (reply,), now, voice=voice)
            if others and move.event not in ASKS_THE_OWNER:
                heard = self._heard_by_others(ticket, move, attempt, told)
                shared = Reply(text=heard, ticket=ticket.number, author=author)
                for chat in others:
                    self.store.outbox.put(chat, (shared,), now, voice=voice)
        if move.event in WAKES_DUTY and self.duty is not None:
            self.to_duty(ticket, now, WAKES_DUTY[move.event] + _said(ticket, happened))
        if not ticket.is_open:
            self.store.calls.settled(ticket.number)
        elif move.event in CALLS_HANDLER:
            known = (
                attempt.actor.id,
                attempt.ticket.handler if move.event is EventKind.HANDED_ON else None,
            )
            people = [m for m in self.handler(ticket) if m.id not in known]
            self.to_people(ticket, people, CALLS_HANDLER[move.event], now)

    def tell(self, ticket: Ticket, text: str, now: datetime) -> None:
        """A word to the ticket's own resident outside any move."""
        if ticket.chat is not None:
            self.store.outbox.put(ticket.chat, (Reply(text=text, ticket=ticket.number),), now)

    def _listeners(self, ticket: Ticket, attempt: Attempt) -> tuple[Chat | None, list[Chat]]:
        """The one who filed it, and those who joined."""
        own = ticket.chat or attempt.ticket.chat
        followers = self.store.tickets.followers(ticket.number)
        return own, [chat for chat in followers if chat != own]

    def _heard_by_others(self, ticket: Ticket, move: Move, attempt: Attempt, told: str) -> str:
        """Whoever joined does not judge for the one who filed it: he hears how it went, and what he can do."""
        key = f"heard_{move.says}"
        if not self.wording.has(key):
            return told
        return self.wording.say(key, **self._values_of(ticket, attempt))

    def to_duty(self, ticket: Ticket, now: datetime, why: str = "新工单") -> None:
        """A card in the duty group: no phone, no name; identity stays in the console."""
        if self.duty is None:
            return
        mark = "🔴 " if ticket.urgent else ""
        self._put_duty(self.card(ticket, mark + why, now), ticket, duty_buttons(ticket), now)

    def card(self, ticket: Ticket, why: str, now: datetime) -> str:
        """What all units read: of a 举报 only that it is there. The accused may sit in the group."""
        secret = ticket.kind is Kind.REPORT
        return self.wording.say(
            "duty_card",
            why=why,
            detail=ONLY_IN_CONSOLE if secret else mask(ticket.detail),
            location=ONLY_IN_CONSOLE if secret else ticket.location or "未说明",
            **self.values(ticket, now),
        )

    def to_supervisors(self, ticket: Ticket, why: str, now: datetime) -> None:
        """The group's line for them, and each of them by himself."""
        self.to_supervisors_group(ticket, why, now)
        self.to_people(ticket, self.officers(), why, now)

    def to_supervisors_group(self, ticket: Ticket, why: str, now: datetime) -> None:
        if self.duty is not None:
            text = self.wording.say("duty_supervise", why=why, **self.values(ticket, now))
            self._put_duty(text, ticket, (), now)

    def to_people(
        self, ticket: Ticket, people: Iterable[StaffMember], why: str, now: datetime
    ) -> None:
        """The named persons hear it themselves: on their page of the console, and in private where they have
        bound a Telegram account. Nothing in it points at the resident."""
        members = {member.id: member for member in people}
        self.store.calls.put(members, ticket.number, why, now)
        if self.duty is None:  # accounts are bound in the duty group
            return
        words = self.wording.say("staff_call", why=why, **self.values(ticket, now))
        for member in members.values():
            if member.telegram_id is not None:
                own = Chat(channel="telegram", id=str(member.telegram_id))
                # without the ticket: what cannot be delivered here is not the resident's
                self.store.outbox.put(own, (Reply(text=words),), now, voice="duty")

    def not_reached(self, chat: Chat, now: datetime) -> None:
        """A call to a person that Telegram would not take: the group tells him how it will."""
        member = self.store.staff.by_telegram(int(chat.id)) if chat != self.duty else None
        if member is not None:
            self.to_group(self.wording.say("staff_not_reached", person=member.name), now)

    def to_group(self, text: str, now: datetime) -> None:
        """A word to the duty group that belongs to no single ticket."""
        if self.duty is not None:
            self.store.outbox.put(self.duty, (Reply(text=text),), now, voice="duty")

    def _put_duty(
        self, text: str, ticket: Ticket, buttons: tuple[Button, ...], now: datetime
    ) -> None:
        assert self.duty is not None
        reply = Reply(text=text, ticket=ticket.number, buttons=buttons)
        self.store.outbox.put(self.duty, (reply,), now, voice="duty")


WAKES_DUTY = {
    EventKind.RETURNED: "退单",
    EventKind.TRANSFERRED: "转办",
    EventKind.DESIGNATED: "指定办理",
    EventKind.REMINDED: "诉求人催办",
    EventKind.ANSWERED: "诉求人已补充",
    EventKind.RESUMED: "恢复办理，时限接着走",
    EventKind.SUPPLEMENTED: "诉求人补充了材料",
    EventKind.REOPENED: "重办：诉求人说没办好",
    EventKind.WITHDRAWN: "诉求人撤回",
    EventKind.BREACHED: "超时限",
    EventKind.SUPERVISED: "督办",
    EventKind.UNDELIVERED: "消息没送到诉求人，请另想办法告诉他",
}
CALLS_HANDLER = {
    event: WAKES_DUTY[event]
    for event in (
        EventKind.TRANSFERRED,
        EventKind.DESIGNATED,
        EventKind.REMINDED,
        EventKind.ANSWERED,
        EventKind.RESUMED,
        EventKind.REOPENED,
        EventKind.SUPERVISED,
    )
} | {EventKind.HANDED_ON: "换由您经办"}
"""What the named handler hears himself. The clock calls by its own ladder."""


def _said(ticket: Ticket, happened: TicketEvent) -> str:
    """What was said, for a card's first line: whoever reads the card has no other page open."""
    if ticket.kind is Kind.REPORT:
        return ""
    words = mask(" ".join(happened.note.split())).replace("｜", "|")
    photos = sum(item.file is not None for item in happened.attachments)
    said = [words if len(words) <= LONGEST_SAID else f"{words[:LONGEST_SAID]}……"]
    said += [f"照片{photos}张，在控制台看"] if photos else []
    said += ["发来了位置"] if "spot" in happened.data else []
    told = "；".join(filter(None, said))
    return f"：{told}" if told else ""
