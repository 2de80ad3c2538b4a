"""A desk with people on a database in memory, and a ticket brought to any state: for tests of the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conftest import populate
from play import moment

from bot.deadlines import load_policies
from bot.departments import Role, load_directory
from bot.desk import Desk
from bot.drafts import Draft
from bot.messages import Chat
from bot.notices import Notices
from bot.store import Store, open_store
from bot.tickets import CLOCK, RESIDENT, Actor, EventKind, Kind, State, Ticket
from bot.wording import load_wording

START = moment("2026-11-24 10:00")
CHAT = Chat(channel="web", id="resident-0001")
GOOD_REPLY = "11月24日已到现场查看，问题属实，已经修好恢复正常，有事请在这里说。"
UNIT = "urban-construction"


FILLED: dict[str, object] = {
    "department": UNIT,
    "category": "street-light",
    "days": 2,
    "date": "2026-12-20",
    "colour": "yellow",
    "into": "DD20261124-0001",
    "channel": "法院",
    "reason": "policy",
    "rating": 5,
    "held": True,
}
"""Something valid for every field a move may need."""


@dataclass
class Counter:
    """The desk and whoever stands at it."""

    desk: Desk
    now: datetime = START
    ticket: Ticket | None = None

    def person(self, role: Role, department: str | None = UNIT) -> Actor:
        for member in self.desk.store.staff.all():
            if member.role is role and (
                member.department == department or role not in (Role.AGENT, Role.HEAD)
            ):
                return Actor(
                    role=role, id=member.id, name=member.name, department=member.department
                )
        raise LookupError(role)

    def actor(self, role: Role) -> Actor:
        """Anybody the table knows, voices included."""
        if role is Role.RESIDENT:
            return RESIDENT
        if role in (Role.CLOCK, Role.BOT):
            return Actor(role=role, name=CLOCK.name)
        return self.person(role)

    def file(self, **more: object) -> Ticket:
        fields: dict[str, object] = {
            "kind": Kind.COMPLAINT,
            "chat": CHAT,
            "subject": "路灯不亮",
            "detail": "路灯灭了三天",
            "category": "street-light",
            "location": "津桥路",
        }
        return self.desk.file(Draft(**{**fields, **more}), self.now)  # type: ignore[arg-type]

    def move(
        self, ticket: Ticket, event: EventKind, role: Role, note: str = "", **data: object
    ) -> Ticket:
        if role is Role.RESIDENT:
            data["owner"] = True
        return self.desk.move(ticket.number, event, self.actor(role), self.now, note, **data)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def at(self, state: State) -> Ticket:
        """A fresh ticket brought to a state by moves of the table."""
        ticket = self.file()
        for event, role, note, data in WAYS[state]:
            if event is EventKind.MERGED:
                data = {"into": self.file().number}
            ticket = self.move(ticket, event, role, note, **data)
        return ticket


E, R = EventKind, Role
_SIGN = (E.SIGNED, R.AGENT, "", {})
_REPLY = (E.REPLIED, R.AGENT, GOOD_REPLY, {})
_CLOSE = (E.CONFIRMED, R.RESIDENT, "", {})
WAYS: dict[State, tuple[tuple[EventKind, Role, str, dict[str, object]], ...]] = {
    State.DISPATCHED: (),
    State.SIGNED: (_SIGN,),
    State.IN_PROGRESS: (_SIGN, (E.CONTACTED, R.AGENT, "", {})),
    State.AWAITING: (_SIGN, (E.ASKED, R.AGENT, "几号楼？", {})),
    State.PARKED: (_SIGN, (E.PARKED, R.SUPERVISOR, "等审批", {"date": "2026-12-20"})),
    State.REPLIED: (_SIGN, _REPLY),
    State.CLOSED: (_SIGN, _REPLY, _CLOSE),
    State.ARCHIVED: (_SIGN, _REPLY, _CLOSE, (E.ARCHIVED, R.SUPERVISOR, "", {})),
    State.WITHDRAWN: ((E.WITHDRAWN, R.RESIDENT, "", {}),),
    State.MERGED: ((E.MERGED, R.HEAD, "", {}),),
    State.REDIRECTED: ((E.REDIRECTED, R.HEAD, "已进入诉讼", {"channel": "法院"}),),
    State.DECLINED: ((E.DECLINED, R.HEAD, "不属本区", {"channel": "12345"}),),
}


def counter() -> Counter:
    store = open_store(":memory:")
    populate(store, START)
    return Counter(desk_on(store))


def desk_on(store: Store) -> Desk:
    directory, wording = load_directory(), load_wording()
    policies, calendar = load_policies()
    notices = Notices(store, directory, wording, calendar, duty_chat=-1001)
    return Desk(store, directory, policies, calendar, notices)
