"""The words for what happens to a ticket: receipts, progress, dates and names as a resident reads them."""

from datetime import date, datetime

from bot.departments import Directory, Role, StaffMember
from bot.guards import Attempt
from bot.moves import Move
from bot.pending import extension_asked, reason_owed
from bot.store import Store
from bot.tickets import KIND_NAMES, PAUSED, STATE_NAMES, EventKind, Kind, State, Ticket
from bot.wording import Wording
from bot.workdays import WorkCalendar

NOBODY = "还没定"
COLOUR_NAMES = {"yellow": "黄", "orange": "橙", "red": "红"}


class Words:
    """Sentences of wording.yaml with the names and dates of a ticket filled in."""

    def __init__(
        self, store: Store, directory: Directory, wording: Wording, calendar: WorkCalendar
    ) -> None:
        self.store = store
        self.directory = directory
        self.wording = wording
        self.calendar = calendar

    def state_name(self, state: State, *, own: bool = True) -> str:
        """As the one who filed it reads it, or somebody else."""
        return STATE_NAMES[state] if own else STATE_NAMES[state].replace("您", "报的人")

    def answer(self, ticket: Ticket, now: datetime, *, own: bool = True) -> str:
        """When there will be an answer, as long as that can be said."""
        if ticket.kind is Kind.PRAISE and ticket.is_open:
            return "会转告本人和他的单位"  # nobody was promised an answer
        match ticket.state:
            case State.AWAITING:
                return "您补充了就接着办" if own else "正在等补充"
            case State.PARKED if ticket.park_until:
                return f"{self._day(ticket.park_until)}前恢复办理"
            case State.REPLIED:
                return "已经答复"
        if ticket.is_ended:
            return "已经结束"
        if ticket.answer_by and ticket.answer_by <= now:
            return "已经过了时间，正在催"
        return f"{self.when(ticket.answer_by, now)}前答复{'您' if own else ''}"

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
        return member.name if member else NOBODY

    def who(self, ticket: Ticket) -> str:
        """城乡建设局的张明; the unit alone as long as it has nobody."""
        return _who(self.unit(ticket), ticket, self.person(ticket.handler))

    def unit(self, ticket: Ticket) -> str:
        return self.directory.unit_name(ticket.department)

    def receipt(self, ticket: Ticket, now: datetime) -> str:
        """Number, matter, unit, person, check and deadlines in one message."""
        key = "receipt_urgent" if ticket.urgent else f"receipt_{ticket.kind.value}"
        key = key if self.wording.has(key) else "receipt"
        receipt = self.wording.say(key, **self.values(ticket, now))
        if ticket.handler is None and ticket.kind is not Kind.PRAISE:
            receipt += "\n" + self.wording.say("receipt_nobody")
        return receipt

    def receipt_of_part(self, part: Ticket, parent: Ticket, now: datetime) -> str:
        """Why there is a second number all at once, and its receipt."""
        told = [self.wording.say("receipt_part", parent=parent.number), self.receipt(part, now)]
        in_a_browser = part.chat is not None and part.chat.channel == "web"
        if (in_a_browser or part.anonymous) and part.secret not in told[-1]:
            told.append(self.wording.say("receipt_secret", secret=part.secret))
        return "\n".join(told)

    def values(self, ticket: Ticket, now: datetime) -> dict[str, object]:
        category, unit = ticket.category, self.unit(ticket)
        handler = self.person(ticket.handler)
        checker = self.person(ticket.checker) if ticket.checker is not None else "值班台"
        return {
            "number": ticket.number,
            "subject": ticket.subject,
            "kind": KIND_NAMES[ticket.kind],
            "category": self.directory.category_name(category)
            if category
            else KIND_NAMES[ticket.kind],
            "unit": unit,
            "person": handler,
            "who": _who(unit, ticket, handler),
            "people": _people(ticket, handler, checker),
            "checker": checker,
            "state": self.state_name(ticket.state),
            "sign_by": self.when(ticket.sign_by, now),
            "contact_by": self.when(ticket.contact_by or ticket.sign_by, now),
            "finish_by": self.when(ticket.answer_by, now),
            "answer": self.answer(ticket, now),
            "secret": ticket.secret,
            "level": ("经办人", "单位负责人", "督办员")[ticket.level],
        }

    def sentence(self, ticket: Ticket, move: Move, attempt: Attempt) -> str:
        key = f"told_{move.says}"
        match move.event:
            case EventKind.DISPATCHED if not ticket.returns:
                return ""  # the receipt says it
            case EventKind.BREACHED if attempt.data.get("clock_name") == "sign" and ticket.urgent:
                key = "told_unsigned"  # the receipt of a danger says by when somebody takes it
            case EventKind.BREACHED if "promised" not in attempt.data:
                return ""  # a late signature is the house's own trouble, not news for the resident
            case EventKind.HANDED_ON if attempt.ticket.handler == ticket.handler or ticket.is_ended:
                return ""  # only another checker
            case EventKind.RELABELLED if not _other_date(ticket, attempt):
                return ""
            case EventKind.BREACHED if attempt.data.get("clock_name") == "promise":
                key = "told_breached_again"
            case EventKind.LAST_CALL | EventKind.RELABELLED if ticket.kind is Kind.PRAISE:
                return ""
            case EventKind.SUPERVISED if attempt.ticket.colour == ticket.colour:
                return ""  # he knows
            case EventKind.SIGNED if ticket.kind is Kind.PRAISE:
                key = "told_signed_praise"
            case EventKind.SIGNED if ticket.contact_by is None or ticket.contact_by <= attempt.now:
                key = "told_signed_no_contact"
            case EventKind.RAISED if not _sooner(ticket, attempt):
                key = "told_raised_same"
        return self.wording.say(key, **self._values_of(ticket, attempt))

    def _values_of(self, ticket: Ticket, attempt: Attempt) -> dict[str, object]:
        values = self.values(ticket, attempt.now)
        return values | {
            "note": attempt.note.strip(),
            "bare": attempt.note.strip("。. "),
            "because": _ended(attempt.note),
            "before": self.when(attempt.ticket.answer_by, attempt.now),
            "called": "和".join(dict.fromkeys(map(str, (values["person"], values["checker"])))),
            "numbers": self._numbers(ticket),
            "channel": attempt.data.get("channel", ""),
            "date": self._day(attempt.data.get("date")),
            "into": attempt.data.get("into", ""),
            "main_answer": self._main_answer(attempt),
            "colour": COLOUR_NAMES.get(str(attempt.data.get("colour")), ""),
            "reason": self._reason(attempt),
            "total": ticket.followers + 1,
            "so_far": self._so_far(ticket),
            "reason_asked": self._reason_asked(attempt),
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
        asked = extension_asked(attempt.events)
        if asked and asked.note.strip():
            return f"原因：{asked.note.strip('。 ')}。"
        if reason_owed(attempt.events):
            return "上次为什么晚，也还没写明，一起在追。"
        return "为什么晚，已经要求经办人写清楚，写了马上告诉您。"

    def _reason_asked(self, attempt: Attempt) -> str:
        asked = extension_asked(attempt.events)
        return f"经办人说：{asked.note.strip('。 ')}。" if asked and asked.note.strip() else ""

    def _main_answer(self, attempt: Attempt) -> str:
        """When the ticket will be answered with which this one goes on."""
        main = self.store.tickets.find(str(attempt.data.get("into") or ""))
        return self.answer(main, attempt.now, own=False) if main else ""

    def _day(self, text: object) -> str:
        """A date of a form as people say it."""
        if not text:
            return ""
        day = date.fromisoformat(str(text))
        return f"{day.month}月{day.day}日"

    def _numbers(self, ticket: Ticket) -> str:
        urgent = self.directory.urgent.get(ticket.urgent or "")
        return "、".join(urgent.call) if urgent else ""

    def _so_far(self, ticket: Ticket) -> str:
        """What has been done, as a resident would say it."""
        match ticket.state:
            case State.SIGNED:
                return f"{self.who(ticket)}已经接手"
            case State.IN_PROGRESS:
                return f"{self.who(ticket)}正在办"
            case _:
                return f"单子在{self.unit(ticket)}，还没有人接手"

    def in_charge(self, ticket: Ticket) -> list[str]:
        """Handler, head of the unit and checker by name, each once."""
        heads = self.heads(ticket)
        named = [
            ("经办", self.person(ticket.handler)),
            *(("负责人", member.name) for member in heads),
            ("检查", self.person(ticket.checker)),
        ]
        people: dict[str, str] = {}
        for title, name in named:
            people.setdefault(name, title)
        return [f"{title}{name}" for name, title in people.items() if name != NOBODY]

    def handler(self, ticket: Ticket) -> list[StaffMember]:
        """The named person, if there is one."""
        return self._active(ticket.handler)

    def in_charge_people(self, ticket: Ticket) -> list[StaffMember]:
        """Whoever can still save the day: handler, head of the unit, checker."""
        return [*self.handler(ticket), *self.heads(ticket), *self._active(ticket.checker)]

    def officers(self) -> list[StaffMember]:
        """The supervisors on duty."""
        everybody = self.store.staff.all()
        return [m for m in everybody if m.role is Role.SUPERVISOR and m.active and m.on_duty]

    def _active(self, staff_id: int | None) -> list[StaffMember]:
        member = self.store.staff.find(staff_id) if staff_id is not None else None
        return [member] if member and member.active else []

    def heads(self, ticket: Ticket) -> list[StaffMember]:
        """Of the lead unit, those who still work there."""
        unit = self.store.staff.of_unit(ticket.department or "")
        return [member for member in unit if member.role is Role.HEAD and member.active]


def _who(unit: str, ticket: Ticket, handler: str) -> str:
    return unit if ticket.handler is None else f"{unit}的{handler}"


def _people(ticket: Ticket, handler: str, checker: str) -> str:
    """Who handles and who checks; a place without a person is not given a name twice."""
    if ticket.handler is None:
        return "还没定人"
    return f"经办人{handler}" + (f"；由{checker}检查" if ticket.checker is not None else "")


def _ended(note: str) -> str:
    """A sentence with its full stop."""
    note = note.strip()
    return (
        note
        if not note or note.endswith(("。", "！", "？", "!", "?"))
        else f"{note.rstrip('.；;，,')}。"
    )


def _other_date(ticket: Ticket, attempt: Attempt) -> bool:
    """Whether the resident has to hear of another date than he was told."""
    running = ticket.is_open and ticket.state not in PAUSED
    return running and attempt.ticket.answer_by != ticket.answer_by


def _sooner(ticket: Ticket, attempt: Attempt) -> bool:
    """Whether a raising has made an earlier date; while the clock stands still there is none to tell."""
    before, after = attempt.ticket.answer_by, ticket.answer_by
    return ticket.state not in PAUSED and None not in (before, after) and after < before  # type: ignore[operator]
