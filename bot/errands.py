"""What a resident does with the tickets he has: look, push, add, take back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from hmac import compare_digest

from bot import opinions, reading
from bot.conversation import Waiting
from bot.desk import Desk
from bot.errors import TicketNotFound
from bot.messages import Button, Reply
from bot.moves import name_of
from bot.named import named
from bot.phrases import Phrases, button
from bot.supplements import Supplements
from bot.tickets import ENDED, PAUSED, EventKind, Kind, State, Ticket
from bot.turns import Heard, Turn, turn
from bot.verdicts import Verdicts

_ELSEWHERE = (EventKind.DECLINED, EventKind.REDIRECTED)
STILL_SPOKEN_OF = timedelta(hours=1)  # later “催一下” may mean any of one's tickets


class Errands:
    """Every errand takes the ticket's number; `of` finds out which ticket is meant."""

    def __init__(self, desk: Desk, phrases: Phrases) -> None:
        self.desk = desk
        self.phrases = phrases
        self.verdicts = Verdicts(desk, phrases)
        self.supplements = Supplements(desk, phrases)
        self._by_name: dict[str, Callable[[Heard, str], Turn]] = {
            "show": self.show,
            "urge": self.urge,
            "add": self.add,
            "withdraw": self.withdraw,
            "unsolved": self.verdicts.not_solved,
            "solved": self.verdicts.solved,
        }

    # -- which ticket ---------------------------------------------------------------------------------

    def mine(self, heard: Heard) -> list[Ticket]:
        return self.desk.store.tickets.of_chat(heard.conversation.chat)

    def own(self, heard: Heard) -> list[Ticket]:
        """Those filed here: who joined another's ticket hears of it and does not speak for it."""
        return [t for t in self.mine(heard) if self.desk.owns(t, heard.conversation.chat)]

    def of(self, heard: Heard, errand: str, fits: Callable[[Ticket], bool]) -> Turn:
        """Run an errand on the ticket that is meant: by number, the only fitting one, or by asking."""
        number = reading.ticket_number(heard.text)
        if number:
            return self.run(heard, errand, number)
        fitting = [ticket for ticket in self.own(heard) if fits(ticket)]
        if not fitting:
            return self._nothing(heard, errand)
        meant = fitting[0] if len(fitting) == 1 else self._meant(heard, fitting)
        if meant is not None:
            return self.run(heard, errand, meant.number)
        return self._which(heard, errand, fitting)

    def _meant(self, heard: Heard, tickets: Sequence[Ticket]) -> Ticket | None:
        """The one that the words name, or the one that was just spoken of."""
        if ticket := named(heard.text, tickets, self.phrases.matter):
            return ticket
        since = heard.conversation.updated_at
        if since is None or heard.now - since > STILL_SPOKEN_OF:
            return None
        return next((t for t in tickets if t.number == heard.conversation.ticket), None)

    def chosen(self, heard: Heard) -> Turn | None:
        """“路灯那个” or “第二个” to the question which ticket is meant."""
        conversation = heard.conversation
        offered = [b.data.partition(":")[2] for b in conversation.offered]
        number = reading.ticket_number(heard.text)
        place = reading.ordinal(heard.text)
        if number is None and place is not None and place < len(offered):
            number = offered[place]
        if number is None:
            tickets = [t for t in self.own(heard) if t.number in offered]
            ticket = named(heard.text, tickets, self.phrases.matter)
            number = ticket.number if ticket else None
        if number is None or conversation.errand is None:
            return None
        return self.run(heard, conversation.errand, number)

    def progress(self, heard: Heard) -> Turn | None:
        """“垃圾那个咋样了”: an own ticket is named, not a new matter."""
        if heard.meaning.slots.location or not reading.asks_progress(heard.text):
            return None
        running = [t for t in self.own(heard) if not t.is_ended]
        ticket = named(heard.text, running, self.phrases.matter)
        return self.show(heard, ticket.number) if ticket else None

    def run(self, heard: Heard, errand: str, number: str) -> Turn:
        """Everybody may look; all else is for the one who filed it."""
        ticket = self.desk.store.tickets.find(number)
        if ticket is None:
            return self.show(heard, number)
        if errand != "show" and not self.desk.owns(ticket, heard.conversation.chat):
            return turn(heard.conversation, self.phrases.say("not_own", number=number))
        return self._by_name[errand](heard, number)

    def _which(self, heard: Heard, errand: str, tickets: list[Ticket]) -> Turn:
        buttons = tuple(
            button(f"{t.number[-4:]} {self.phrases.matter(t)}"[:30], f"{errand}:{t.number}")
            for t in tickets[:5]
        )
        conversation = replace(heard.conversation, waiting=Waiting.TICKET, errand=errand)
        return turn(
            conversation, Reply(text=self.phrases.wording.say("which_ticket"), buttons=buttons)
        )

    def _nothing(self, heard: Heard, errand: str) -> Turn:
        """No ticket fits: what became of the last one is said, if there is one."""
        if errand == "solved":
            return turn(heard.conversation, self.phrases.say("satisfied_nothing"))
        if own := self.own(heard):
            return self._over(heard, own[0])
        if errand == "unsolved":
            return turn(heard.conversation, self.phrases.say("dissatisfied_none"))
        joined = next((t for t in self.mine(heard) if t.is_open), None)
        if joined is not None:
            return turn(heard.conversation, self.phrases.say("not_own", number=joined.number))
        return turn(heard.conversation, self.phrases.say("track_none"))

    def _over(self, heard: Heard, ticket: Ticket) -> Turn:
        """Nothing more happens on this ticket: why, and what can still be done."""
        events = self.desk.store.tickets.events(ticket.number)
        last = next((e for e in reversed(events) if e.kind in _ELSEWHERE), None)
        values = {"number": ticket.number, "state": self.desk.notices.state_name(ticket.state)}
        if ticket.state in (State.DECLINED, State.REDIRECTED) and last is not None:
            reply = self.phrases.with_buttons(
                "over_elsewhere",
                self.phrases.human_button,
                channel=last.data.get("channel", ""),
                **values,
            )
            return turn(heard.conversation, reply)
        if ticket.state is State.MERGED:
            into = ticket.merged_into or ""
            return turn(heard.conversation, self.phrases.say("over_merged", into=into, **values))
        if ticket.state in (State.REPLIED, State.CLOSED):
            return self.urge(heard, ticket.number)
        return turn(heard.conversation, self.phrases.say("over", **values))

    # -- looking ----------------------------------------------------------------------------------------

    def listed(self, heard: Heard) -> Turn:
        tickets = self.mine(heard)
        if not tickets:
            return turn(heard.conversation, self.phrases.say("track_none"))
        if len(tickets) == 1:
            return self.show(heard, tickets[0].number)
        say, notices = self.phrases.wording.say, self.desk.notices
        lines = [say("track_list")]
        lines += [
            say(
                "track_item",
                number=t.number,
                category=self.phrases.matter(t),
                state=notices.state_name(t.state),
                filed=notices.when(t.filed_at, heard.now),
            )
            for t in tickets[:10]
        ]
        buttons = tuple(button(t.number, f"show:{t.number}") for t in tickets[:6])
        asked = replace(heard.conversation, waiting=Waiting.TICKET, errand="show")
        return turn(asked, Reply(text="\n".join(lines), buttons=buttons))

    def show(self, heard: Heard, number: str) -> Turn:
        """The whole of an own ticket; of a stranger's only category, state and dates."""
        conversation = heard.conversation
        try:
            ticket = self.desk.ticket(number)
        except TicketNotFound:
            my = button(self.phrases.wording.say("button_my"), "my")
            return turn(conversation, self.phrases.with_buttons("track_missing", my, number=number))
        values = self.desk.notices.values(ticket, heard.now)
        values["filed"] = self.desk.notices.when(ticket.filed_at, heard.now)
        if not self.desk.owns(ticket, conversation.chat):
            values["state"] = self.desk.notices.state_name(ticket.state, own=False)
            values["answer"] = self.desk.notices.answer(ticket, heard.now, own=False)
        if number not in {t.number for t in self.mine(heard)}:
            return self._by_code(heard, ticket, values)
        last = next(e for e in reversed(self.desk.store.tickets.events(number)) if e.public)
        values["last"] = f"{name_of(last.kind)}（{self.desk.notices.when(last.at, heard.now)}）"
        values["deadline"] = self._deadline(ticket, values)
        text = self.phrases.wording.say("track_one", **values)
        if "查询码" in heard.text and self.desk.owns(ticket, conversation.chat):
            text += "\n" + self.phrases.wording.say("receipt_secret", secret=ticket.secret)
        reply = Reply(
            text=text,
            ticket=number,
            buttons=self._next_steps(ticket) if self.desk.owns(ticket, conversation.chat) else (),
        )
        return turn(replace(conversation, ticket=number, waiting=None), reply)

    def _by_code(self, heard: Heard, ticket: Ticket, values: dict[str, object]) -> Turn:
        """With the 查询码 as on the page: how it stands and what was answered. Without it only what anybody may see."""
        code = reading.code(heard.text)
        if code is None or not compare_digest(code, ticket.secret.upper()):
            key = "track_stranger" if code is None else "track_wrong_code"
            return turn(heard.conversation, self.phrases.say(key, **values))
        events = self.desk.store.tickets.events(ticket.number)
        last = next(e for e in reversed(events) if e.public)
        values = self.desk.notices.values(ticket, heard.now)
        values["last"] = f"{name_of(last.kind)}（{self.desk.notices.when(last.at, heard.now)}）"
        values["deadline"] = values["answer"]
        text = self.phrases.wording.say("track_one", **values)
        replied = next((e for e in reversed(events) if e.kind is EventKind.REPLIED), None)
        if replied is not None:
            text += "\n" + self.phrases.wording.say("track_answer", answer=replied.note)
        return turn(heard.conversation, Reply(text=text))

    def _deadline(self, ticket: Ticket, values: dict[str, object]) -> str:
        if ticket.state is State.REPLIED:
            return self.phrases.wording.say("track_replied")
        key = "track_ended" if ticket.is_ended else "track_deadline"
        return self.phrases.wording.say(key, **values)

    def _next_steps(self, ticket: Ticket) -> tuple[Button, ...]:
        say, number = self.phrases.wording.say, ticket.number
        if ticket.state is State.REPLIED:
            return (
                button(say("button_solved"), f"solved:{number}"),
                button(say("button_unsolved"), f"unsolved:{number}"),
            )
        if ticket.is_open:
            return (
                button(say("button_urge"), f"urge:{number}"),
                button(say("button_add"), f"add:{number}"),
                button(say("button_withdraw"), f"withdraw:{number}"),
            )
        if ticket.state is State.CLOSED:
            return (button(say("button_unsolved"), f"unsolved:{number}"),)
        return ()

    # -- pushing, adding, taking back ---------------------------------------------------------------------

    def urge(self, heard: Heard, number: str) -> Turn:
        ticket = self.desk.ticket(number)
        if ticket.is_ended and ticket.state is not State.CLOSED:
            return self._over(heard, ticket)
        if not ticket.is_open:
            state = self.desk.notices.state_name(ticket.state)
            reply = Reply(
                text=self.phrases.wording.say("urge_ended", number=number, state=state),
                buttons=self._next_steps(ticket),
            )
            return turn(replace(heard.conversation, ticket=number), reply)
        chat = heard.conversation.chat
        ticket = self.desk.by_resident(number, EventKind.REMINDED, chat, heard.now, note=heard.text)
        values = self.desk.notices.values(ticket, heard.now)
        timeless = ticket.state in PAUSED or ticket.kind is Kind.PRAISE
        key = "urged_paused" if timeless else "urged"
        reply = self.phrases.say(key, count=ticket.reminders, **values)
        return turn(replace(heard.conversation.settled(), ticket=number), reply)

    def add(self, heard: Heard, number: str) -> Turn:
        if self.desk.ticket(number).state in ENDED:
            return self.urge(heard, number)
        return self.supplements.open(heard, number)

    def alarm(self, heard: Heard) -> str | None:
        """The number of the danger last spoken of, while it is being seen to."""
        number = heard.conversation.ticket
        ticket = self.desk.ticket(number) if number else None
        return number if ticket and ticket.urgent and ticket.is_open else None

    def withdraw(self, heard: Heard, number: str) -> Turn:
        ticket = self.desk.ticket(number)
        say = self.phrases.wording.say
        conversation = replace(
            heard.conversation.settled(), waiting=Waiting.WITHDRAW, ticket=number
        )
        gone = opinions.says_solved(heard.text) or heard.means("satisfied")
        reply = self.phrases.with_buttons(
            "withdraw_gone" if gone else "withdraw_ask",
            button(say("button_withdraw"), "confirm"),
            button(say("button_keep"), "cancel"),
            number=number,
            subject=self.phrases.matter(ticket),
        )
        return turn(conversation, reply)

    def withdraw_now(self, heard: Heard) -> Turn:
        conversation = heard.conversation
        self.desk.by_resident(
            conversation.ticket or "",
            EventKind.WITHDRAWN,
            conversation.chat,
            heard.now,
            note=heard.text,
        )
        return turn(conversation.settled())
