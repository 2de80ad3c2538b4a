"""严守时间红线: warnings, breaches and what follows from them, exact after a restart and in several processes.

Every alarm is an event with a key of its own, so a second process (or a second tick) finds it done.
"""

import logging
from datetime import datetime, timedelta

from bot.alarms import Alarm, alarms, last_call, next_about_answer
from bot.deadlines import BREACH, ClockName, broken_promises, read_clocks
from bot.desk import Desk
from bot.errors import AlreadyHappened, BotError
from bot.pending import extension_asked, reason_owed
from bot.store import whole
from bot.tickets import CLOCK, EventKind, Kind, State, Ticket, TicketEvent

log = logging.getLogger("mashangban")

CLOCK_WORDS = {
    ClockName.SIGN: "签收时限",
    ClockName.CONTACT: "首次联系时限",
    ClockName.FINISH: "办结答复时限",
    ClockName.PROMISE: "超时后答应的新时间",
}
SUPERVISOR_LEVEL = 2  # of a ticket: the first breach goes to the head, the next one further up
LONGEST_CHAIN = 20  # alarms of one ticket in one tick: after a long stop several may be due at once


class Clockwork:
    """The clock's moves on tickets. `tick` may run any number of times, anywhere."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store = desk.store

    def tick(self, now: datetime, limit: int = 200) -> int:
        """Do what is due; the number of tickets touched. One bad ticket does not stop the others."""
        touched = self._name_somebody(now, limit)
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

    def _name_somebody(self, now: datetime, limit: int) -> int:
        """A ticket filed before anybody was there gets its person when somebody is."""
        named = 0
        for number in self.store.tickets.held_by_nobody(limit):
            try:
                self.desk.move(number, EventKind.HANDED_ON, CLOCK, now)
                named += 1
            except (
                BotError
            ):  # another process was faster, or nobody is left: the next tick looks again
                log.info("Nobody was named for %s", number)
        return named

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
        coming = alarms(readings, desk.policies, desk.calendar)
        call = last_call(readings, desk.policies, desk.calendar)
        if call and now < call.round:  # once the time is over the breach says what there is to say
            coming.append(call)
        pending = [alarm for alarm in coming if alarm.at <= now and alarm.key not in done]
        return min(pending, key=lambda alarm: alarm.at, default=None)

    def _sound(self, ticket: Ticket, alarm: Alarm, now: datetime) -> None:
        if alarm.last:
            self._call(ticket, alarm, now)
        elif alarm.percent < BREACH:
            self._warn(ticket, alarm, now)
        else:
            self._break(ticket, alarm, now)

    def _warn(self, ticket: Ticket, alarm: Alarm, now: datetime) -> None:
        """Half: the handler. Most, and every share of a second promise: the head too."""
        used = f"{CLOCK_WORDS[alarm.clock]}已用{alarm.percent}%"
        if reason_owed(self.store.tickets.events(ticket.number)):
            used += "，诉求人还没听到超时原因"
        self.desk.move(
            ticket.number,
            EventKind.WARNED,
            CLOCK,
            now,
            note=used,
            clock_name=alarm.clock.value,
            percent=alarm.percent,
            once=alarm.key,
        )
        both = alarm.percent >= 80 or alarm.clock is ClockName.PROMISE
        who = "经办人、单位负责人" if both else "经办人"
        notices = self.desk.notices
        notices.to_duty(ticket, now, f"{used}，请{who}处理")
        people = [*notices.handler(ticket), *(notices.heads(ticket) if both else ())]
        notices.to_people(ticket, people, used, now)

    def _call(self, ticket: Ticket, alarm: Alarm, now: datetime) -> None:
        """Nothing answered and nothing extended: whoever can still save the day is called, the resident told."""
        desk = self.desk
        call = f"{desk.notices.when(alarm.round, now)}到期，还没有答复"
        desk.move(ticket.number, EventKind.LAST_CALL, CLOCK, now, note=call, once=alarm.key)
        events = desk.store.tickets.events(ticket.number)
        do = (
            "延期申请在等批准，请今天批或不批"
            if extension_asked(events)
            else "请现在答复，或写明理由申请延期"
        )
        who = "、".join(desk.notices.in_charge(ticket))
        desk.notices.to_duty(ticket, now, f"最后提醒：{call}。{who}：{do}")
        people = desk.notices.in_charge_people(ticket)
        desk.notices.to_people(ticket, people, f"最后提醒：{call}，{do}", now)

    def _break(self, ticket: Ticket, alarm: Alarm, now: datetime) -> None:
        """A breach, a level up; the resident is told a new date, which is watched from now on."""
        desk, late = self.desk, f"{CLOCK_WORDS[alarm.clock]}已过"
        desk.move(ticket.number, EventKind.ESCALATED, CLOCK, now, note=late, once=f"up:{alarm.key}")
        promise: dict[str, object] = {}
        if alarm.clock in (ClockName.FINISH, ClockName.PROMISE) and ticket.kind is not Kind.PRAISE:
            broken = broken_promises(desk.store.tickets.events(ticket.number))
            span = desk.policies.after_breach(ticket.clock, broken)
            promised = span.due(now, desk.calendar)
            promise = {"promised": promised.isoformat(), "new_date": desk.notices.when(promised)}
        ticket = desk.move(
            ticket.number,
            EventKind.BREACHED,
            CLOCK,
            now,
            late,
            (),
            clock_name=alarm.clock.value,
            percent=alarm.percent,
            once=alarm.key,
            **promise,
        )
        notices, why = desk.notices, late
        if promise:
            why = f"{late}，请{notices.person(ticket.handler)}写明原因，诉求人在等"
            notices.to_supervisors_group(ticket, why, now)
        higher = notices.officers() if ticket.level >= SUPERVISOR_LEVEL else ()
        people = [*notices.handler(ticket), *notices.heads(ticket), *higher]
        notices.to_people(ticket, people, why, now)

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

    def first_today(self, task: str, now: datetime) -> bool:
        """Whether a daily task is still to be done; asked within its transaction, by one process once."""
        notes, today = self.store.notes, self.desk.calendar.local(now).date().isoformat()
        self.store.database.lock(task)  # two processes must not both find it undone
        if notes.recall(task) == today:
            return False
        notes.remember(task, today)
        return True
