"""A small town for the figures: eight tickets lived through at a real desk, counted by hand below.

now: Monday 2026-11-23 10:00.
  one    complaint  garbage      合作街    2 Nov 09:00  signed 10:00, contacted 11:00, replied 3 Nov 10:00, confirmed, rated 5,
                                                        asked 11 Nov: it held
  two    complaint  garbage      合作街    2 Nov 09:00  sign, contact and finish missed, replied 10 Nov 09:00, confirmed, rated 2
  three  help       heating      小河沿路  3 Nov 10:00  anonymous, extended, replied 12 Nov, closed by the head 20 Nov,
                                                        denied 21 Nov: reopened, a false closing
  four   complaint  garbage      合作街   20 Nov 09:00  returned twice, signed by the third unit
  five   complaint  parking      未说明   20 Nov 10:00  withdrawn before anybody signed
  six    complaint  garbage      合作街   20 Nov 11:00  the chat of `one` again; an enterprise; nobody signed yet
  seven  consultation            未说明    5 Nov 09:00  signed 9 Nov (late), replied 12 Nov 10:00 (late), closed by phone; excluded
  eight  complaint  fire-hazard  北海街    2 Nov 10:00  signed and contacted in time, then nothing
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from stores import _database

from bot.clockwork import Clockwork
from bot.deadlines import load_policies
from bot.departments import Role, load_directory
from bot.desk import Desk
from bot.drafts import Draft
from bot.figures import Figures
from bot.messages import Chat
from bot.notices import Notices
from bot.store import Store, open_store
from bot.tickets import Actor, EventKind, Kind, Ticket
from bot.wording import load_wording
from bot.workdays import ZONE

E = EventKind


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


NOW = moment("2026-11-23 10:00")
GOOD_REPLY = "11月3日已到现场查看，垃圾已经清运完成，有问题请在这里说。"
PHONE = "13812345678"
UNITS = (
    "urban-management", "heating-utility", "fire", "traffic-police", "business-environment", "housing",
    "subdistrict",
)  # fmt: skip


@dataclass
class Town:
    """A desk with people in every unit; `no` holds the numbers by name."""

    store: Store
    no: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directory = load_directory()
        self.policies, self.calendar = load_policies()
        notices = Notices(self.store, self.directory, load_wording(), self.calendar)
        self.desk = Desk(self.store, self.directory, self.policies, self.calendar, notices)
        self.figures = Figures(self.store, self.directory, self.policies, self.calendar)
        start = moment("2026-01-01 09:00")
        with self.store.atomic():
            for unit in UNITS:
                name = self.directory.unit_name(unit)
                self.store.staff.add(f"{name}经办", Role.AGENT, unit, "-", start)
                self.store.staff.add(f"{name}负责人", Role.HEAD, unit, "-", start)
            self.store.staff.add("督办员", Role.SUPERVISOR, None, "-", start)

    def file(
        self, name: str, at: str, kind: Kind, category: str | None, location: str | None,
        chat: str = "", **more: object,
    ) -> Ticket:  # fmt: skip
        draft = Draft(
            kind=kind, chat=Chat(channel="web", id=chat or f"chat-of-{name}"), subject=f"{name}的事",
            detail=f"请处理，电话{PHONE}", category=category, location=location, contact=PHONE,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip
        ticket = self.desk.file(draft, moment(at))
        self.no[name] = ticket.number
        return ticket

    def staff(
        self,
        name: str,
        at: str,
        event: EventKind,
        note: str = "",
        role: Role = Role.AGENT,
        **data: object,
    ) -> Ticket:
        ticket = self.desk.ticket(self.no[name])
        people = self.store.staff.all()
        member = next(
            m for m in people
            if m.role is role and (role is Role.SUPERVISOR or m.department == ticket.department)
        )  # fmt: skip
        actor = Actor(role=role, id=member.id, name=member.name, department=member.department)
        return self.desk.move(self.no[name], event, actor, moment(at), note, **data)

    def resident(
        self, name: str, at: str, event: EventKind, note: str = "", **data: object
    ) -> Ticket:
        ticket = self.desk.ticket(self.no[name])
        assert ticket.chat is not None
        return self.desk.by_resident(ticket.number, event, ticket.chat, moment(at), note, **data)

    def tick(self, at: str) -> None:
        Clockwork(self.desk).tick(moment(at))


def lively(store: Store) -> Town:
    """The eight tickets of the table above, in the order of time."""
    town = Town(store)
    town.file(
        "one", "2026-11-02 09:00", Kind.COMPLAINT, "garbage", "大东区合作街12号", chat="chat-one"
    )
    town.file("two", "2026-11-02 09:00", Kind.COMPLAINT, "garbage", "合作街40号对面")
    town.file("eight", "2026-11-02 10:00", Kind.COMPLAINT, "fire-hazard", "北海街5号楼道")
    town.staff("one", "2026-11-02 10:00", E.SIGNED)
    town.staff("one", "2026-11-02 11:00", E.CONTACTED)
    town.staff("eight", "2026-11-02 11:00", E.SIGNED)
    town.staff("eight", "2026-11-02 11:20", E.CONTACTED)
    town.staff("one", "2026-11-03 10:00", E.REPLIED, GOOD_REPLY)
    town.file("three", "2026-11-03 10:00", Kind.HELP, "heating", "小河沿路3号", anonymous=True)
    town.resident("one", "2026-11-03 10:10", E.CONFIRMED)
    town.resident("one", "2026-11-03 10:11", E.RATED, rating=5)
    town.staff("three", "2026-11-03 10:30", E.SIGNED)
    town.tick("2026-11-04 08:45")  # `two`: signature and contact are over the line
    town.staff("two", "2026-11-04 09:00", E.SIGNED)
    town.staff("two", "2026-11-04 09:30", E.CONTACTED)
    town.file("seven", "2026-11-05 09:00", Kind.CONSULTATION, None, None)
    town.staff("seven", "2026-11-09 09:00", E.SIGNED)
    town.staff("three", "2026-11-09 09:00", E.EXTENSION_ASKED, "等配件", days=5)
    town.staff("three", "2026-11-09 10:00", E.EXTENSION_GRANTED, role=Role.HEAD)
    town.tick("2026-11-10 08:45")  # `two` and `eight`: the answer is over the line
    town.staff("two", "2026-11-10 08:55", E.EXPLAINED, "桶点清运车坏了，等备用车调来")
    town.staff("two", "2026-11-10 09:00", E.REPLIED, GOOD_REPLY)
    town.resident("two", "2026-11-10 12:00", E.CONFIRMED)
    town.resident("two", "2026-11-10 12:01", E.RATED, rating=2)
    town.tick("2026-11-11 09:00")  # one week after `one` was closed
    town.resident("one", "2026-11-11 10:00", E.HELD_OR_NOT, held=True)
    town.staff("three", "2026-11-12 10:00", E.REPLIED, GOOD_REPLY)
    town.staff("seven", "2026-11-12 09:55", E.EXPLAINED, "政策换了版本，核对用了两天")
    town.staff("seven", "2026-11-12 10:00", E.REPLIED, "请带身份证到政务服务中心办理。")
    town.staff(
        "seven", "2026-11-12 11:00", E.CLOSED, "电话确认", role=Role.HEAD, confirmed_by_phone=True
    )
    town.staff(
        "seven",
        "2026-11-13 09:00",
        E.EXCLUSION_ASKED,
        "不属职责",
        role=Role.HEAD,
        reason="beyond-duty",
    )
    town.staff("seven", "2026-11-13 10:00", E.EXCLUSION_GRANTED, role=Role.SUPERVISOR)
    town.file("four", "2026-11-20 09:00", Kind.COMPLAINT, "garbage", "合作街与北海街交叉口")
    town.staff("four", "2026-11-20 09:30", E.RETURNED, "不归我们", department="housing")
    town.staff("four", "2026-11-20 10:00", E.RETURNED, "也不归我们", department="subdistrict")
    town.file("five", "2026-11-20 10:00", Kind.COMPLAINT, "parking", None)
    town.staff("three", "2026-11-20 10:00", E.CLOSED, "满七天没有回音", role=Role.HEAD)
    town.resident("five", "2026-11-20 10:30", E.WITHDRAWN)
    town.staff("four", "2026-11-20 11:00", E.SIGNED)
    town.file(
        "six", "2026-11-20 11:00", Kind.COMPLAINT, "garbage", "合作街12号", chat="chat-one",
        audience="enterprise",
    )  # fmt: skip
    town.resident("three", "2026-11-21 10:00", E.DISPUTED, "还是不热")
    town.resident("three", "2026-11-21 10:00", E.REOPENED, "还是不热")
    return town


@pytest.fixture(scope="module")
def shared_postgres_url(postgres_server: str) -> Iterator[str]:
    name = f"mashangban_figures_{os.getpid()}"
    with closing(psycopg.connect(postgres_server, autocommit=True)) as server:
        server.execute(f"create database {name}")
        try:
            yield _database(postgres_server, name)
        finally:
            server.execute(f"drop database if exists {name} with (force)")


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgres"])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """One for all tests that only look at it."""
    if request.param == "postgres":
        url = request.getfixturevalue("shared_postgres_url")
    else:
        folder: Path = tmp_path_factory.mktemp("town")
        url = {"memory": ":memory:", "sqlite": str(folder / "town.sqlite3")}[request.param]
    store = open_store(url)
    town = lively(store)
    assert town.figures.refresh()
    yield town
    store.close()
