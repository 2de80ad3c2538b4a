"""What the resident, the duty group and the supervisors are told when a ticket moves."""

from datetime import datetime

from bot.departments import Directory
from bot.guards import Attempt
from bot.messages import Button, Chat, Reply
from bot.moves import Move
from bot.redact import mask
from bot.store import Store
from bot.tickets import KIND_NAMES, STATE_NAMES, EventKind, State, Ticket
from bot.wording import Wording
from bot.workdays import WorkCalendar

COLOUR_NAMES = {"yellow": "黄", "orange": "橙", "red": "红"}
QUIET_AFTER_END = (EventKind.RATED, EventKind.ARCHIVED)
ASKS_THE_OWNER = (EventKind.ASKED, EventKind.ASKED_AGAIN, EventKind.FOLLOWED_UP)
"""Questions to the one who filed it: those who joined are not asked for his answer."""


class Notices:
    """Words for a move, and the outbox they leave by."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        wording: Wording,
        calendar: WorkCalendar,
        duty_chat: int | None = None,
    ) -> None:
        self.store = store
        self.directory = directory
        self.wording = wording
        self.calendar = calendar
        self.duty = Chat(channel="telegram", id=str(duty_chat)) if duty_chat else None

    # -- words ------------------------------------------------------------------------------------

    def state_name(self, state: State) -> str:
        return STATE_NAMES[state]

    def when(self, moment: datetime | None, now: datetime | None = None) -> str:
        """11月27日（周五）17:00, in the district's time; today and tomorrow by name."""
        if moment is None:
            return "（时间待定）"
        local = self.calendar.local(moment)
        day = f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）"
        if now is not None:
            apart = (local.date() - self.calendar.local(now).date()).days
            day = {0: "今天", 1: "明天"}.get(apart, day)
        return f"{day}{local:%H:%M}"

    def person(self, staff_id: int | None) -> str:
        member = self.store.staff.find(staff_id) if staff_id is not None else None
        return member.name if member else "值班人员"

    def unit(self, ticket: Ticket) -> str:
        return self.directory.unit_name(ticket.department)

    def receipt(self, ticket: Ticket, now: datetime) -> str:
        """Number, matter, unit, person, check and deadlines in one message."""
        key = "receipt_urgent" if ticket.urgent else f"receipt_{ticket.kind.value}"
        key = key if self.wording.has(key) else "receipt"
        return self.wording.say(key, **self.values(ticket, now))

    def values(self, ticket: Ticket, now: datetime) -> dict[str, object]:
        category = ticket.category
        return {
            "number": ticket.number,
            "subject": ticket.subject,
            "kind": KIND_NAMES[ticket.kind],
            "category": self.directory.category_name(category)
            if category
            else KIND_NAMES[ticket.kind],
            "unit": self.unit(ticket),
            "person": self.person(ticket.handler),
            "checker": self.person(ticket.checker),
            "state": self.state_name(ticket.state),
            "sign_by": self.when(ticket.sign_by, now),
            "contact_by": self.when(ticket.contact_by or ticket.sign_by, now),
            "finish_by": self.when(ticket.finish_by, now),
            "secret": ticket.secret,
            "level": ("经办人", "单位负责人", "督办员")[ticket.level],
        }

    def sentence(self, ticket: Ticket, move: Move, attempt: Attempt) -> str:
        if move.event is EventKind.BREACHED and attempt.data.get("clock_name") != "finish":
            return ""  # a late signature is the house's own trouble, not news for the resident
        if move.event is EventKind.DISPATCHED and not ticket.returns:
            return ""  # the receipt says it
        key = f"told_{move.says}"
        if move.event is EventKind.SIGNED and ticket.contact_by is None:
            key = "told_signed_no_contact"
        return self.wording.say(key, **self._values_of(ticket, attempt))

    def _values_of(self, ticket: Ticket, attempt: Attempt) -> dict[str, object]:
        values = self.values(ticket, attempt.now)
        return values | {
            "note": attempt.note.strip(),
            "channel": attempt.data.get("channel", ""),
            "date": attempt.data.get("date", ""),
            "into": attempt.data.get("into", ""),
            "colour": COLOUR_NAMES.get(str(attempt.data.get("colour")), ""),
            "reason": self._reason(attempt),
            "new_date": attempt.data.get("new_date", values["finish_by"]),
            "resume_by": attempt.data.get("resume_by", ""),
            "co_unit": self.directory.unit_name(str(attempt.data.get("department") or "")),
            "why": self._why_late(attempt),
        }

    def _reason(self, attempt: Attempt) -> str:
        """Why more time is needed: what the one who asked wrote."""
        asked = attempt.last(EventKind.EXTENSION_ASKED)
        return asked.note.strip() if asked else attempt.note.strip()

    def _why_late(self, attempt: Attempt) -> str:
        """What the handler wrote when he saw that it would take longer; nothing is made up for him."""
        asked = attempt.last(EventKind.EXTENSION_ASKED)
        return f"原因：{asked.note.strip('。 ')}。" if asked and asked.note.strip() else ""

    # -- ways -------------------------------------------------------------------------------------

    def after(self, ticket: Ticket, move: Move, attempt: Attempt, told: str) -> None:
        """Push the public words once to the resident and the followers; wake the duty group where needed."""
        now = attempt.now
        if told and move.event is not EventKind.FILED:
            author = attempt.actor.name if attempt.actor.id is not None else None
            reply = Reply(
                text=told,
                ticket=ticket.number,
                buttons=self.buttons(ticket, move.event),
                author=author,
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
        if move.event in WAKES_DUTY:
            self.to_duty(ticket, now, WAKES_DUTY[move.event])

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

    def buttons(self, ticket: Ticket, event: EventKind) -> tuple[Button, ...]:
        """One tap for what comes next."""
        number = ticket.number
        if event is EventKind.REPLIED:
            return (
                Button(text="解决了", data=f"solved:{number}"),
                Button(text="没办好", data=f"unsolved:{number}"),
            )
        if event in (EventKind.CONFIRMED, EventKind.CLOSED) and ticket.rating is None:
            return rating_buttons(number)
        if event is EventKind.FOLLOWED_UP:
            return (
                Button(text="没再犯", data=f"held:{number}"),
                Button(text="又不行了", data=f"unsolved:{number}"),
            )
        return ()

    def to_duty(self, ticket: Ticket, now: datetime, why: str = "新工单") -> None:
        """A card in the duty group: no phone, no name; identity stays in the console."""
        if self.duty is None:
            return
        mark = "🔴 " if ticket.urgent else ""
        text = self.wording.say(
            "duty_card",
            why=mark + why,
            detail=mask(ticket.detail),
            location=ticket.location or "未说明",
            **self.values(ticket, now),
        )
        self._put_duty(text, ticket, duty_buttons(ticket), now)

    def to_supervisors(self, ticket: Ticket, why: str, now: datetime) -> None:
        if self.duty is not None:
            text = self.wording.say("duty_supervise", why=why, **self.values(ticket, now))
            self._put_duty(text, ticket, (), now)

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
}


def rating_buttons(number: str) -> tuple[Button, ...]:
    names = ("很不满意", "不满意", "基本满意", "满意", "非常满意")
    return tuple(
        Button(text=name, data=f"rate:{number}:{score}")
        for score, name in reversed(list(enumerate(names, start=1)))
    )


def duty_buttons(ticket: Ticket) -> tuple[Button, ...]:
    """The duty group's taps; what they mean is decided by the move table."""
    number = ticket.number
    if ticket.state is State.DISPATCHED:
        return (
            Button(text="签收", data=f"sign:{number}"),
            Button(text="退单", data=f"return:{number}"),
        )
    if ticket.state in (State.SIGNED, State.IN_PROGRESS):
        return (
            Button(text="已联系", data=f"contact:{number}"),
            Button(text="认领", data=f"claim:{number}"),
        )
    if ticket.state is State.REPLIED:
        return (Button(text="看历史", data=f"history:{number}"),)
    return ()
