"""Time left in words and colour: 还剩3小时, 超2小时, counted as the ticket's own clock counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.policies import Policies, Span
from bot.tickets import PAUSED, State, Ticket
from bot.workdays import WorkCalendar

SOON = 20  # per cent left: below it amber


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """`tone`: late, soon, fine, still (the clock stands) or done. `used` is per cent, 100 at the red line."""

    words: str
    tone: str
    used: int = 0
    due_at: datetime | None = None

    @property
    def late(self) -> bool:
        return self.tone == "late"


def time_left(ticket: Ticket, now: datetime, policies: Policies, calendar: WorkCalendar) -> Left:
    """To the promised answer. Reads the ticket only, so a list of them costs no look-ups."""
    due = ticket.finish_by
    if ticket.state is State.REPLIED:
        return Left(words="已答复，等确认", tone="done", due_at=due)
    if not ticket.is_open or due is None:
        return Left(words="—" if due is None else "已结束", tone="done", due_at=due)
    if ticket.state in PAUSED:
        words = "等补充，暂停计时" if ticket.state is State.AWAITING else "挂账，暂停计时"
        return Left(words=words, tone="still", due_at=due)
    return _left(policies.policy(ticket.clock).finish, due, now, calendar)


def step_left(
    ticket: Ticket, now: datetime, policies: Policies, calendar: WorkCalendar
) -> tuple[str, Left] | None:
    """The step before that: signing, then the first contact; None when both are behind."""
    policy = policies.policy(ticket.clock)
    if ticket.state is State.DISPATCHED and ticket.sign_by:
        return "签收", _left(policy.sign, ticket.sign_by, now, calendar)
    if ticket.state is State.SIGNED and ticket.contact_by and policy.contact:
        return "联系", _left(policy.contact, ticket.contact_by, now, calendar)
    return None


def _left(span: Span, due: datetime, now: datetime, calendar: WorkCalendar) -> Left:
    day = workday_length(calendar)
    whole = day * span.days if span.days else timedelta(minutes=span.minutes or 1)
    unit = day if span.days else timedelta(days=1)
    name = "个工作日" if span.days else "天"
    if now >= due:
        over = span.elapsed(due, now, calendar)
        return Left(words=f"超{_words(over, unit, name)}", tone="late", used=100, due_at=due)
    left = span.elapsed(now, due, calendar)
    share = min(left / whole, 1.0) * 100
    return Left(
        words=f"还剩{_words(left, unit, name)}",
        tone="soon" if share < SOON else "fine",
        used=100 - round(share),
        due_at=due,
    )


def workday_length(calendar: WorkCalendar) -> timedelta:
    return sum(
        (
            timedelta(hours=end.hour - start.hour, minutes=end.minute - start.minute)
            for start, end in calendar.frames
        ),
        timedelta(),
    )


def _words(amount: timedelta, day: timedelta, day_name: str) -> str:
    days, rest = divmod(amount, day)
    minutes = round(rest.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days}{day_name}" + (f"{hours}小时" if hours and days < 3 else "")
    if hours:
        return f"{hours}小时" + (f"{minutes}分" if minutes and hours < 3 else "")
    return f"{minutes}分钟" if minutes else "不到1分钟"
