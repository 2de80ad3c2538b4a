"""What a resident was told against what the ticket says: dates, names, words that look silly, dates that slip."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from play import StoppedClock

from bot.app import Bot
from bot.messages import Button, Chat
from bot.tickets import State
from bot.workdays import ZONE

STEP = timedelta(minutes=30)
DATE = re.compile(r"(今天|明天|(\d+)月(\d+)日（周.）)(\d\d):(\d\d)")
SILLY = re.compile(
    r"None|时间待定|\{|\}|。。|，，|：。|。，|、。|您您|的的|（）|，。|经办人值班人员"
)
PROMISES = re.compile(
    f"(?:新的答复时间：{DATE.pattern})|(?:{DATE.pattern}前(?:再|必须|，原来)?(?:答复|给您说法|告诉您|在这里回复|给您|说的))"
)


@dataclass
class Resident:
    """A chat with its own temper."""

    chat: Chat
    words: str
    place: str
    files_at: datetime
    keen: float
    heard: int = 0
    said: int = 0
    lines: list[tuple[datetime, str, str]] = field(default_factory=list)
    buttons: tuple[Button, ...] = ()


class Told:
    """Notes everything that does not fit."""

    def __init__(self, bot: Bot, clock: StoppedClock) -> None:
        self.store, self.notices, self.clock = bot.store, bot.notices, clock
        self.residents: list[Resident] = []
        self.wrong: list[tuple[str, str]] = []
        self.promised: dict[str, datetime] = {}  # the last date of an answer that was told
        self.slipped: set[tuple[str, datetime]] = set()

    def check(self, resident: Resident, text: str, number: str | None, before: list[str]) -> None:
        now = self.clock.now
        if found := SILLY.search(text):
            self.note("silly words", f"{found.group()!r} in {text}")
        if before == [text] and resident.lines[-2][1] == "马上办":
            self.note("said twice", text)
        if len(text) > 320:
            self.note("long", f"{len(text)}: {text}")
        ahead = [
            self._moment(found)
            for each in PROMISES.finditer(text)
            if (found := DATE.search(each.group()))
        ]
        for at in ahead:
            if at < now - STEP:
                self.note("a date that has passed", f"{now:%m-%d %H:%M} {text}")
        named = re.findall(r"DD\d{8}-\d+", text)
        if "合在一起办" in text:  # the date is the main ticket's
            number = named[1]
        ticket = self.store.tickets.find(number or (named[0] if len(set(named)) == 1 else ""))
        if ticket is None:
            return
        if ahead:
            self.promised[ticket.number] = ahead[-1]
            due = ticket.answer_by
            if (
                due
                and abs(ahead[-1] - due) > timedelta(minutes=1)
                and ticket.state not in (State.AWAITING, State.PARKED)
            ):
                self.note(
                    "another date than the ticket's",
                    f"{now:%m-%d %H:%M} ticket {due.astimezone(ZONE):%m-%d %H:%M} {ticket.state}: {text}",
                )
        if person := re.search(
            r"经办人([\u4e00-\u9fff]{2})[，\n；]|的([\u4e00-\u9fff]{2})已签收", text
        ):
            name = self.notices.person(ticket.handler)
            if (person.group(1) or person.group(2)) != name:
                self.note("another name than the ticket's", f"{name}: {text}")

    def _moment(self, found: re.Match[str]) -> datetime:
        local = self.clock.now.astimezone(ZONE)
        day = local.date()
        if found.group(1) == "明天":
            day += timedelta(days=1)
        elif found.group(2):
            day = day.replace(month=int(found.group(2)), day=int(found.group(3)))
        return datetime(
            day.year, day.month, day.day, int(found.group(4)), int(found.group(5)), tzinfo=ZONE
        )

    def look_for_slips(self, now: datetime) -> None:
        """A date that a resident was told goes by, the ticket is worked on, and nobody says a word."""
        for number, at in self.promised.items():
            ticket = self.store.tickets.find(number)
            if ticket is None or at > now - 2 * STEP or (number, at) in self.slipped:
                continue
            self.slipped.add((number, at))
            if ticket.state in (State.RECEIVED, State.DISPATCHED, State.SIGNED, State.IN_PROGRESS):
                last = [e.kind.value for e in self.store.tickets.events(number)][-6:]
                heard = [
                    text
                    for r in self.residents
                    if r.chat == ticket.chat
                    for _, _, text in r.lines[-3:]
                ]
                self.note(
                    "a promise slipped in silence",
                    f"{number} {at:%m-%d %H:%M}, now {now:%m-%d %H:%M}: {last} {heard}",
                )

    def note(self, kind: str, what: str) -> None:
        self.wrong.append((kind, what))
