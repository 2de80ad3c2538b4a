"""严守时间红线: warnings, breaches and what follows from them, exact after a restart and in several processes.

Every alarm is an event with a key of its own, so a second process (or a second tick) finds it done.
"""

import logging
from datetime import datetime, timedelta

from bot.deadlines import Alarm, ClockName, alarms, next_about_answer, read_clocks
from bot.desk import Desk
from bot.errors import AlreadyHappened, BotError
from bot.store import QueueFilter, whole
from bot.tickets import CLOCK, OPEN, EventKind, State, Ticket, TicketEvent

log = logging.getLogger("mashangban")

CLOCK_WORDS = {ClockName.SIGN: "签收", ClockName.CONTACT: "首次联系", ClockName.FINISH: "办结答复"}
LONGEST_CHAIN = 20  # alarms of one ticket in one tick: after a long stop several may be due at once


class Clockwork:
    """The clock's moves on tickets. `tick` may run any number of times, anywhere."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store

    def tick(self, now: datetime, limit: int = 200) -> int:
        """Do what is due; the number of tickets touched. One bad ticket does not stop the others."""
        touched = 0
        for ticket in self.desk.store.tickets.due(now, limit):
            try:
                self._catch_up(ticket.number, now)
                touched += 1
            except AlreadyHappened:
                continue
            except BotError:
                log.exception("The clock could not move %s", ticket.number)
                self._put_off(ticket.number, now)
        return touched

    @whole
    def _catch_up(self, number: str, now: datetime) -> None:
        with self.desk.store.atomic():
            for _ in range(LONGEST_CHAIN):
                ticket = self.desk.ticket(number)
                if ticket.next_alarm_at is None or ticket.next_alarm_at > now:
                    return
                if not self._one_step(ticket, now):
                    self._put_off(number, now)
                    return

    def _one_step(self, ticket: Ticket, now: datetime) -> bool:
        events = self.desk.store.tickets.events(ticket.number)
        alarm = self._due_alarm(events, now)
        if alarm is not None:
            self._sound(ticket, alarm, now)
            return True
        if ticket.state is State.AWAITING and self._unanswered(ticket, events, now):
            return True
        return self._housekeeping(ticket, now)

    def _due_alarm(self, events: list[TicketEvent], now: datetime) -> Alarm | None:
        done = {event.data.get("once") for event in events}
        desk = self.desk
        readings = read_clocks(events, desk.policies, desk.calendar)
        pending = [
            alarm
            for alarm in alarms(readings, desk.policies, desk.calendar)
            if alarm.at <= now and alarm.key not in done
        ]
        return min(pending, key=lambda alarm: alarm.at, default=None)

    def _sound(self, ticket: Ticket, alarm: Alarm, now: datetime) -> None:
        """Half: the handler. Most: the head too. All: a breach, a level up, and the resident is told."""
        word = CLOCK_WORDS[alarm.clock]
        if alarm.percent < 100:
            self.desk.move(
                ticket.number,
                EventKind.WARNED,
                CLOCK,
                now,
                note=f"{word}时限已用{alarm.percent}%",
                clock_name=alarm.clock.value,
                percent=alarm.percent,
                once=alarm.key,
            )
            who = "经办人" if alarm.percent < 80 else "经办人、单位负责人"
            self.desk.notices.to_duty(ticket, now, f"{word}时限已用{alarm.percent}%，请{who}处理")
            return
        new_date = self.desk.calendar.add_days(now, self.desk.policies.after_breach_days)
        late = f"{word}超时限"
        self.desk.move(
            ticket.number, EventKind.ESCALATED, CLOCK, now, note=late, once=f"up:{alarm.key}"
        )
        self.desk.move(
            ticket.number,
            EventKind.BREACHED,
            CLOCK,
            now,
            note=late,
            clock_name=alarm.clock.value,
            percent=alarm.percent,
            once=alarm.key,
            new_date=self.desk.notices.when(new_date, now),
        )
        if alarm.clock is ClockName.FINISH:
            self.desk.notices.to_supervisors(self.desk.ticket(ticket.number), f"{word}超时限", now)

    def _unanswered(self, ticket: Ticket, events: list[TicketEvent], now: datetime) -> bool:
        """The resident is reminded once; then the clock runs on and the handler goes by what he has."""
        desk = self.desk
        for kind, at in next_about_answer(ticket.clock, events, desk.policies, desk.calendar):
            if at > now:
                continue
            if kind is EventKind.RESUMED:
                desk.move(ticket.number, kind, CLOCK, now, note="诉求人一直没有补充，时限接着走")
            else:
                asked = next(e for e in reversed(events) if e.kind is EventKind.ASKED)
                resume = desk.policies.answer_wait(ticket.clock).resume.due(now, desk.calendar)
                resume_by = desk.notices.when(resume, now)
                desk.move(ticket.number, kind, CLOCK, now, note=asked.note, resume_by=resume_by)
            return True
        return False

    def _housekeeping(self, ticket: Ticket, now: datetime) -> bool:
        """Parked till today, a claim nobody works on, one question a week later, into the archive."""
        number, policies = ticket.number, self.desk.policies
        today = self.desk.calendar.local(now).date()
        if ticket.state is State.PARKED and ticket.park_until and ticket.park_until <= today:
            self.desk.move(number, EventKind.RESUMED, CLOCK, now)
            return True
        if ticket.state is State.CLOSED and ticket.closed_at:
            if now >= ticket.closed_at + timedelta(days=policies.archive_days):
                self.desk.move(number, EventKind.ARCHIVED, CLOCK, now)
                return True
            if now >= ticket.closed_at + timedelta(days=policies.follow_up_days):
                once = f"held:{ticket.closed_at.isoformat()}"
                self.desk.move(number, EventKind.FOLLOWED_UP, CLOCK, now, once=once)
                return True
        if ticket.claimed_by is not None:
            self.desk.move(number, EventKind.RELEASED, CLOCK, now, note="认领到时，没有动作")
            return True
        return False

    def _put_off(self, number: str, now: datetime) -> None:
        """Look again in an hour: a ticket that cannot be moved must not be looked at every second."""
        self.desk.put_off(number, now + timedelta(hours=1))

    # -- 定期点检 ---------------------------------------------------------------------------------------

    def digest(self, now: datetime) -> bool:
        """The daily inspection, once, at the beginning of a working day. True when it was sent now."""
        if not self.desk.calendar.is_open(now):
            return False
        with self.desk.store.atomic():
            if not self.first_today("digest", now):
                return False
            self.desk.notices.to_group(self.digest_text(now), now)
        return True

    def first_today(self, task: str, now: datetime) -> bool:
        """Whether a daily task is still to be done; asked within its transaction, by one process once."""
        notes, today = self.desk.store.notes, self.desk.calendar.local(now).date().isoformat()
        if notes.recall(task) == today:
            return False
        notes.remember(task, today)
        return True

    def digest_text(self, now: datetime) -> str:
        """A line a unit: open, unsigned, due today, over the line."""
        tickets = self.desk.store.tickets
        end_of_today = self.desk.calendar.local(now).replace(hour=23, minute=59)
        lines = [f"定期点检 {self.desk.calendar.local(now):%Y-%m-%d}"]
        for unit in self.desk.directory.departments.values():
            of_unit = (unit.id,)
            open_ = tickets.count(QueueFilter(departments=of_unit, states=OPEN))
            if not open_:
                continue
            unsigned = tickets.count(QueueFilter(departments=of_unit, states=(State.DISPATCHED,)))
            due = tickets.count(
                QueueFilter(departments=of_unit, states=OPEN, overdue_at=end_of_today)
            )
            late = tickets.count(QueueFilter(departments=of_unit, states=OPEN, overdue_at=now))
            lines.append(
                f"{unit.name}：在办{open_}，待签收{unsigned}，今天到期{due - late}，超时限{late}"
            )
        if len(lines) == 1:
            lines.append("没有在办工单。")
        return "\n".join(lines)
