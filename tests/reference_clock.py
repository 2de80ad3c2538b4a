"""The clocks of 2026 once more, slow and plain: one minute after the other, off hand-copied days.

Shares no code and no table with bot.workdays and bot.deadlines. Moments are minutes since
2026-01-01 00:00 in Shanghai; index m stands for the minute that begins then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from bot.tickets import EventKind, TicketEvent

NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
MINUTE = timedelta(minutes=1)
# 国务院办公厅关于2026年部分节假日安排的通知
OFF = (
    ((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5)),
    ((6, 19), (6, 21)), ((9, 25), (9, 27)), ((10, 1), (10, 7)),
)  # fmt: skip
MAKE_UP = ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))


@lru_cache(maxsize=400)
def day_is_worked(day: int) -> bool:
    on = date(2026, 1, 1) + timedelta(days=day)
    if (on.month, on.day) in MAKE_UP:
        return True
    if any(first <= (on.month, on.day) <= last for first, last in OFF):
        return False
    return on.isoweekday() <= 5


@lru_cache(maxsize=600_000)
def is_open(minute: int) -> bool:
    of_day = minute % 1440
    at_work = 510 <= of_day < 690 or 780 <= of_day < 1020  # 8:30 to 11:30, 13:00 to 17:00
    return at_work and day_is_worked(minute // 1440)


def minute_of(moment: datetime) -> int:
    return (moment - NEW_YEAR) // MINUTE


def moment_of(minute: int) -> datetime:
    return (NEW_YEAR + minute * MINUTE).astimezone(UTC)


def worked(start: int, end: int) -> int:
    return sum(is_open(minute) for minute in range(start, end))


def after_days(start: int, days: int) -> int:
    """17:00 of the n-th working day, found by walking over the midnights."""
    day = start // 1440
    for _ in range(days):
        day += 1
        while not day_is_worked(day):
            day += 1
    return day * 1440 + 1020


def after_work(start: int, amount: int) -> int:
    while amount > 0:
        amount -= is_open(start)
        start += 1
    return start


def next_open(minute: int) -> int:
    while not is_open(minute):
        minute += 1
    return minute


@dataclass
class Clock:
    """One clock as a person with a stop-watch would keep it."""

    by_days: bool
    started: int
    due: int
    met: int | None = None
    paused_since: int | None = None
    stood: int = 0  # minutes that did not count
    changed: int | None = None  # when somebody last promised something else
    began: int | None = (
        None  # the start of the clock, where a raised class is counted from later on
    )

    def counts(self, minute: int) -> bool:
        return is_open(minute) if self.by_days else True

    def share_used_at(self, percent: int) -> int:
        """The first minute by which the share is used; what stood still counts as used last of all."""
        if percent == 100:
            return self.due
        whole = sum(self.counts(minute) for minute in range(self.started, self.due))
        left_from = whole - (whole - self.stood) * (100 - percent) / 100
        seen, minute = 0, self.started
        while seen < left_from:
            seen += self.counts(minute)
            minute += 1
        return minute


Spans = dict[str, dict[str, tuple[str, int] | None]]  # class → clock → ("days" | "minutes", n)


def clocks(events: Sequence[TicketEvent], spans: Spans) -> dict[str, Clock]:
    """Lay the events on the minutes and walk over them, once for each clock and each raising."""
    found = {}
    for name in ("sign", "contact", "finish"):
        if clock := _walk(name, events, spans):
            found[name] = clock
            for at, event in enumerate(events):
                if event.kind is EventKind.RAISED and event.data.get("clock"):
                    sooner = _walk(name, events, spans, at)
                    if sooner and sooner.due < found[name].due:
                        found[name] = sooner
    if promise := _promise(events, spans):
        found["promise"] = promise
    return found


def _promise(events: Sequence[TicketEvent], spans: Spans) -> Clock | None:
    """The last date that was told after a breach, until somebody answers or more time is granted."""
    clock: Clock | None = None
    waiting_for: tuple[EventKind, ...] = ()
    label, told = "", 0
    for event in events:
        now = minute_of(event.at)
        if event.kind.value in START["finish"].split():
            told = 0
        if event.kind in (EventKind.FILED, EventKind.RELABELLED) and event.data.get("clock"):
            label = str(event.data["clock"])
        if event.kind is EventKind.BREACHED and event.data.get("promised"):
            due = minute_of(datetime.fromisoformat(str(event.data["promised"])))
            finish = spans[label]["finish"]
            assert finish
            clock, waiting_for = Clock(finish[0] == "days" or told >= 2, now, due), ()
            told += 1
            continue
        if clock is None or clock.met is not None:
            continue
        ends = event.kind.value in (STOP["finish"] + " extension_granted").split()
        if waiting_for and (event.kind in waiting_for or ends):
            _stand_still(clock, clock.paused_since or 0, now)
            clock.paused_since, waiting_for = None, ()
        elif not waiting_for and event.kind in PAUSE:
            clock.paused_since, waiting_for = now, PAUSE[event.kind]
        if ends:
            clock.met, clock.paused_since = now, None
    return clock


PAUSE = {
    EventKind.ASKED: (EventKind.ANSWERED, EventKind.RESUMED),
    EventKind.PARKED: (EventKind.RESUMED,),
}


def _stand_still(clock: Clock, since: int, until: int) -> None:
    """A minute that counts went by, so the due moves by one; nothing moves once the time is over."""
    in_time = since < clock.due
    for minute in range(since, until):
        if in_time and clock.counts(minute):
            clock.stood += 1
            clock.due = after_work(clock.due, 1) if clock.by_days else clock.due + 1


def passed(events: Sequence[TicketEvent], spans: Spans, end: int) -> set[tuple[str, int]]:
    """Every due that went by with nobody having met it, looked for between each event and the next."""
    found = set()
    for known in range(1, len(events) + 1):
        until = minute_of(events[known].at) if known < len(events) else end
        for name, clock in clocks(events[:known], spans).items():
            if clock.met is None and clock.paused_since is None and clock.due < until:
                found.add((name, clock.due))
    return found


START = {
    "sign": "dispatched transferred designated",
    "contact": "filed",
    "finish": "filed reopened",
}
OVER = "withdrawn merged redirected declined closed confirmed"
STOP = {
    "sign": "signed contacted asked replied returned parked " + OVER,
    "contact": "contacted asked replied " + OVER,
    "finish": "replied " + OVER,
}


def _walk(
    name: str, events: Sequence[TicketEvent], spans: Spans, raised: int | None = None
) -> Clock | None:
    """`raised`: the event from which another class is counted, or the start of the clock if that is later."""
    label = label_when_met = ""
    heard: list[TicketEvent] = []  # of the present round
    since: int | None = None  # where in the round the raised class begins
    asked, met = 1, False
    grants: dict[int, int] = {}
    changed: int | None = None
    for place, event in enumerate(events):
        kind, before = event.kind.value, label
        if kind in ("filed", "relabelled") and event.data.get("clock"):
            label = str(event.data["clock"])
        if kind == "extension_asked":
            asked = int(str(event.data["days"]))
        if kind in START[name].split():
            heard, met, grants, changed = [event], False, {}, None
            since = 0 if raised is not None and place >= raised else None
        elif heard and not met:
            heard.append(event)
            if raised == place:
                since, changed = len(heard) - 1, minute_of(event.at)
                grants = {}
            if raised is None and label != before:
                changed = minute_of(event.at)
            if kind == "extension_granted" and name == "finish":
                changed = minute_of(event.at)
                grants[len(heard) - 1] = int(str(event.data.get("days", asked)))
            met = kind in STOP[name].split()
        if raised is not None and place < raised and met:
            since = None
        if not met:
            label_when_met = label
    if not heard or (raised is not None and since is None):
        return None
    own = spans[label_when_met][name]
    if own is None or (name == "contact" and not _reachable(heard[0], label_when_met)):
        return None
    span = own if raised is None else spans[str(events[raised].data["clock"])][name]
    if span is None:
        return None
    by_days, start = span[0] == "days", minute_of(heard[since or 0].at)
    clock = Clock(by_days, start, after_days(start, span[1]) if by_days else start + span[1])
    waiting_for: tuple[EventKind, ...] = ()
    for at, event in enumerate(heard if name != "sign" else []):
        ends = met and at == len(heard) - 1
        if at in grants:
            clock.due = after_days(clock.due, grants[at])
        if waiting_for and (event.kind in waiting_for or ends):
            assert clock.paused_since is not None
            _stand_still(clock, max(clock.paused_since, start), minute_of(event.at))
            clock.paused_since, waiting_for = None, ()
        elif not waiting_for and event.kind in PAUSE and not ends:
            clock.paused_since, waiting_for = minute_of(event.at), PAUSE[event.kind]
    if met:
        clock.met = minute_of(heard[-1].at)
    clock.changed = changed
    clock.began = minute_of(heard[0].at)
    return clock


def _reachable(filed: TicketEvent, label: str) -> bool:
    if filed.data.get("reach") == "none":
        return False
    return not (filed.data.get("reach") == "chat" and label == "report")
