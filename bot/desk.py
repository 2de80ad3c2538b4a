"""The counter: every change of a ticket is one move of the table, one guarded update and one event.

Dialogue, console, duty group and clock all come through `Desk.move`; nobody else changes a ticket.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import aftermath, effects, guards
from bot.alarms import with_deadlines
from bot.deadlines import Policies
from bot.departments import Directory
from bot.dispatch import people_for, unit_for, unit_named
from bot.drafts import Draft
from bot.errors import Conflict, IllegalMove, TicketNotFound
from bot.messages import Attachment, Chat
from bot.moves import MOVES, Move, find_move, why_not
from bot.notices import Notices
from bot.store import Store, whole
from bot.tickets import BOT, RESIDENT, Actor, EventKind, State, Ticket, TicketEvent
from bot.workdays import WorkCalendar


class Desk:
    """Files, moves and reads tickets; tells the resident and the staff through the outbox."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        policies: Policies,
        calendar: WorkCalendar,
        notices: Notices,
    ) -> None:
        self.store = store
        self.directory = directory
        self.policies = policies
        self.calendar = calendar
        self.notices = notices
        self.understood_by = ""  # which model and FAQ speak in this process: part of the proof

    # -- filing ---------------------------------------------------------------------------------

    @whole
    def file(self, draft: Draft, now: datetime, actor: Actor = BOT) -> Ticket:
        """Number, unit, person, checker and deadlines in one transaction; the caller words the receipt."""
        with self.store.atomic():
            local = self.calendar.local(now)
            ticket = Ticket(
                number=draft.number or self.store.tickets.next_number(local.date()),
                kind=draft.kind,
                state=State.RECEIVED,
                chat=draft.chat,
                subject=draft.subject,
                detail=draft.detail,
                filed_at=now,
                clock=self._clock_class(draft),
                category=draft.category,
                urgent=draft.urgent,
                location=draft.location,
                spot=draft.spot,
                contact=draft.contact,
                anonymous=draft.anonymous,
                audience=draft.audience,
                secret=self.store.tickets.new_secret(),
            )
            filed = TicketEvent(
                number=ticket.number,
                kind=EventKind.FILED,
                actor=actor,
                at=now,
                data={
                    "clock": ticket.clock,
                    "category": ticket.category,
                    "model": draft.model or self.understood_by,
                    "reach": draft.reach,
                    **({"parent": draft.parent} if draft.parent else {}),
                },
                public=True,
                attachments=draft.attachments,
            )
            attempt = self._attempt(
                ticket,
                [filed],
                EventKind.DISPATCHED,
                BOT,
                now,
                data={"department": unit_for(self.directory, ticket, draft.department)},
            )
            moved, dispatched = self._outcome(attempt)
            self.store.tickets.add(moved, (filed, dispatched))
            moved = self._consequences(moved, attempt, dispatched)
            self.notices.to_duty(moved, now)
            if moved.urgent:
                handler = self.notices.handler(moved)
                self.notices.to_people(moved, handler, "新急件，请马上接手", now)
            return moved

    def dispatch(self, number: str, now: datetime, department: str | None = None) -> Ticket:
        """派单 by the catalogue of units; the bot's own move."""
        unit = unit_for(self.directory, self.ticket(number), department)
        return self.move(number, EventKind.DISPATCHED, BOT, now, department=unit)

    def _clock_class(self, draft: Draft) -> str:
        urgent = self.directory.urgent.get(draft.urgent or "")
        return urgent.clock if urgent else draft.kind.value

    # -- moving ---------------------------------------------------------------------------------

    @whole
    def move(
        self,
        number: str,
        event: EventKind,
        actor: Actor,
        now: datetime,
        note: str = "",
        attachments: tuple[Attachment, ...] = (),
        **data: object,
    ) -> Ticket:
        """One row of the table, or IllegalMove / Incomplete with the sentence for the person who tried."""
        with self.store.atomic():
            ticket = self.ticket(number)
            events = self.store.tickets.events(number)
            attempt = self._attempt(ticket, events, event, actor, now, note, data)
            aftermath.prepare(self, attempt)
            moved, happened = self._outcome(attempt, attachments)
            if not self.store.tickets.record(ticket, moved, events, happened):
                raise Conflict("有人刚刚改了这张工单，请刷新后再试。")
            return self._consequences(moved, attempt, happened)

    def _attempt(
        self,
        ticket: Ticket,
        events: Sequence[TicketEvent],
        event: EventKind,
        actor: Actor,
        now: datetime,
        note: str = "",
        data: dict[str, object] | None = None,
    ) -> guards.Attempt:
        """The row of the table that fits, with all its conditions met."""
        move = find_move(event, actor.role, ticket.state)
        if move is None:
            raise IllegalMove(why_not(event, actor.role, ticket))
        data = data or {}
        if "department" in move.needs:
            data = {**data, **people_for(self.store, unit_named(self.directory, data))}
        attempt = guards.Attempt(
            move=move,
            ticket=ticket,
            events=events,
            actor=actor,
            now=now,
            note=note,
            data=data,
            policies=self.policies,
            calendar=self.calendar,
        )
        guards.check(attempt)
        return attempt

    def _outcome(
        self, attempt: guards.Attempt, attachments: tuple[Attachment, ...] = ()
    ) -> tuple[Ticket, TicketEvent]:
        """The ticket after the move, and what its history is to say of it."""
        move, moved = attempt.move, effects.apply(attempt)
        happened = TicketEvent(
            number=moved.number,
            kind=move.event,
            actor=attempt.actor,
            at=attempt.now,
            note=attempt.note,
            data=attempt.data,
            public=move.public,
            attachments=attachments,
        )
        moved = with_deadlines(moved, [*attempt.events, happened], self.policies, self.calendar)
        if move.says:  # only now: the resident is told the dates that this very move has made
            told = self.notices.sentence(moved, move, attempt)
            happened = replace(happened, told=told) if told else happened
        return moved, happened

    def _consequences(self, ticket: Ticket, attempt: guards.Attempt, event: TicketEvent) -> Ticket:
        self.notices.after(ticket, attempt, event)
        return aftermath.follow(self, ticket, attempt)

    def put_off(self, number: str, until: datetime) -> None:
        """Let the clock look at a ticket again later; nothing happened, so there is no event."""
        ticket = self.ticket(number)
        self.store.tickets.change(ticket, replace(ticket, next_alarm_at=until))

    @whole
    def anonymise(self, number: str, actor: Actor, now: datetime) -> tuple[str, ...]:
        """Remove the person from a ticket; the names of the photos that must go from the disk too."""
        with self.store.atomic():
            self.move(number, EventKind.ANONYMISED, actor, now)
            return self.store.tickets.erase_person(number)

    @whole
    def reply(
        self,
        number: str,
        actor: Actor,
        now: datetime,
        note: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> Ticket:
        """答复; who answers a ticket that nobody signed has signed it by that."""
        with self.store.atomic():
            if self.ticket(number).state is State.DISPATCHED:
                self.move(number, EventKind.SIGNED, actor, now)
            return self.move(number, EventKind.REPLIED, actor, now, note, attachments)

    # -- reading --------------------------------------------------------------------------------

    def ticket(self, number: str) -> Ticket:
        ticket = self.store.tickets.find(number)
        if ticket is None:
            raise TicketNotFound(f"没有找到工单{number}，请核对一下单号。")
        return ticket

    def owns(self, ticket: Ticket, chat: Chat) -> bool:
        return ticket.chat == chat

    def allowed(self, ticket: Ticket, actor: Actor, now: datetime) -> tuple[Move, ...]:
        """The moves this person may make now: what the console shows as buttons, and no other."""
        events = self.store.tickets.events(ticket.number)
        return tuple(
            move
            for move in MOVES
            if actor.role in move.who
            and ticket.state in move.origin
            and self._may(move, ticket, events, actor, now)
        )

    def _may(
        self, move: Move, ticket: Ticket, events: Sequence[TicketEvent], actor: Actor, now: datetime
    ) -> bool:
        attempt = guards.Attempt(
            move=move,
            ticket=ticket,
            events=events,
            actor=actor,
            now=now,
            note="",
            data={"owner": False, "days": 1, "confirmed_by_phone": True},
            policies=self.policies,
            calendar=self.calendar,
        )
        return guards.passes(attempt)

    # -- the resident's moves ---------------------------------------------------------------------

    def by_resident(
        self,
        number: str,
        event: EventKind,
        chat: Chat,
        now: datetime,
        note: str = "",
        attachments: tuple[Attachment, ...] = (),
        **data: object,
    ) -> Ticket:
        """A move of the one who filed it; anyone else is refused by the guard."""
        owner = self.owns(self.ticket(number), chat)
        return self.move(number, event, RESIDENT, now, note, attachments, owner=owner, **data)

    def add_words(
        self,
        number: str,
        chat: Chat,
        now: datetime,
        note: str,
        attachments: tuple[Attachment, ...] = (),
        **data: object,
    ) -> tuple[Ticket, bool]:
        """What the resident adds; to a handler who asked it is the answer (True), and his clock runs on."""
        awaited = self.ticket(number).state is State.AWAITING
        kind = EventKind.ANSWERED if awaited else EventKind.SUPPLEMENTED
        return self.by_resident(number, kind, chat, now, note, attachments, **data), awaited

    @whole
    def join(
        self,
        number: str,
        chat: Chat,
        now: datetime,
        remark: str = "",
        attachments: tuple[Attachment, ...] = (),
    ) -> Ticket:
        """同诉求加入: one more resident hears of this ticket; many raise its class and tell a supervisor."""
        with self.store.atomic():
            if not self.store.tickets.follow(number, chat, now, remark):
                return self.ticket(number)
            ticket = self.move(number, EventKind.JOINED, RESIDENT, now, remark, attachments)
            if ticket.followers == self.policies.many_followers:
                ticket = aftermath.raise_class(self, ticket, now)
            return ticket
