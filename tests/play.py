"""Plays a transcript (conversations/*.yaml) at a door. The same lines must be heard at every door.

Voices: citizen (types), press (taps a button by its words), stale (taps a button that is no longer offered), staff, head and
supervisor (act at the desk), refused (a staff move that must not be let through), clock (time passes), neighbours (so many others
say something), neighbour_hears (what the last of them must have been told), bot (what must have been said since the last line:
fragments with … between them; {number} is the ticket's, whatever it is; {other} is the first one of somebody else).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

import yaml

from bot.app import Bot
from bot.clockwork import Clockwork
from bot.departments import Role
from bot.errors import TicketError
from bot.messages import Button, Chat, Message
from bot.tickets import Actor, EventKind, Ticket

FOLDER = Path(__file__).parent / "conversations"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = re.compile(r"DD\d{8}-\d{4,}")


class StoppedClock:
    """The only clock of a test: it moves when the play says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Heard:
    """What the resident has heard since his last word."""

    texts: list[str] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


class Door(Protocol):
    """A way in and out: each door of the program has one in test_conversations.py."""

    chat: Chat

    def say(self, text: str) -> None: ...
    def press(self, button: Button) -> None: ...
    def heard(self) -> Heard: ...


def moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=SHANGHAI)


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


class Play:
    """One transcript on its way."""

    def __init__(self, bot: Bot, clock: StoppedClock, door: Door) -> None:
        self.bot = bot
        self.clock = clock
        self.door = door
        self.number = ""
        self.buttons: dict[str, Button] = {}
        self.last_heard: list[str] = []
        self.neighbours = 0

    def run(self, transcript: dict[str, Any]) -> None:
        for line in transcript.get("given", ()):
            self._other(line["other"])
        for step in transcript["steps"]:
            ((voice, line),) = step.items()
            try:
                self.VOICES[voice](self, line)
            except AssertionError as error:
                raise AssertionError(
                    f"at {voice}: {line}\n{error}\nheard: {self.last_heard}"
                ) from None
        self._tickets(transcript.get("tickets"))
        if transcript.get("verify"):
            for number in self.bot.call(lambda: list(self.bot.store.tickets.numbers())):
                assert self.bot.call(self.bot.store.tickets.chain_break, number) is None

    # -- voices ---------------------------------------------------------------------------------

    def _citizen(self, line: str) -> None:
        self.door.say(self._filled(line))

    def _press(self, words: str) -> None:
        self._hear()
        found = self.buttons.get(words)
        assert found, f"no button {words!r} among {sorted(self.buttons)}"
        self.door.press(found)

    def _stale(self, words: str) -> None:
        self.door.press(Button(text=words, data="confirm"))

    def _bot(self, fragments: str) -> None:
        self._hear()
        said = "\n".join(self.last_heard)
        for fragment in str(fragments).split(" … "):
            if "{number}" in fragment and not self.number:
                found = NUMBER.search(said)
                assert found, "no ticket number was said"
                self.number = found.group()
            wanted = self._filled(fragment)
            assert said, "nothing was said"
            assert wanted in said, f"missing: {wanted!r}"
        self.last_heard = []

    def _hear(self) -> None:
        heard = self.door.heard()
        self.last_heard += heard.texts
        if heard.texts:
            self.buttons = {button.text: button for button in heard.buttons}

    def _staff(self, line: str) -> None:
        self._move(line, None)

    def _head(self, line: str) -> None:
        self._move(line, Role.HEAD)

    def _supervisor(self, line: str) -> None:
        self._move(line, Role.SUPERVISOR)

    def _refused(self, line: str) -> None:
        try:
            self._move(line, None)
        except TicketError:
            return
        raise AssertionError("the desk let it through")

    def _clock(self, line: object) -> None:
        self.clock.now = moment(line)
        self.bot.call(Clockwork(self.bot.desk).tick, self.clock.now)

    def _other(self, text: str) -> None:
        """Somebody else reported this, a while ago."""
        self._say_as(Chat(channel="web", id="somebody-else-0001"), text, "确认")

    def _neighbours(self, line: dict[str, Any]) -> None:
        for _ in range(line.get("count", 1)):
            self.neighbours += 1
            self._say_as(self._neighbour, *line["say"])

    @property
    def _neighbour(self) -> Chat:
        return Chat(channel="web", id=f"neighbour-{self.neighbours:04d}")

    def _say_as(self, chat: Chat, *texts: str) -> None:
        for text in texts:
            words = self._filled(text)
            key = f"{len(self.bot.call(self.bot.store.chats.transcript, chat))}"
            message = Message(chat=chat, id=key, text=words, sent_at=self.clock.now)
            self.bot.call(self.bot.receive, message)

    def _neighbour_hears(self, fragments: str) -> None:
        lines = self.bot.call(self.bot.store.chats.transcript, self._neighbour)
        last = [line for line in lines if line.voice != "resident"][-1]
        self.last_heard = [last.text]
        for fragment in fragments.split(" … "):
            assert self._filled(fragment) in last.text, f"missing: {fragment!r}"
        assert not (last.reply and last.reply.buttons), "a neighbour is offered what is not his"

    def _filled(self, text: str) -> str:
        if "{other}" in text:
            theirs = Chat(channel="web", id="somebody-else-0001")
            (ticket,) = self.bot.call(self.bot.store.tickets.of_chat, theirs)
            text = text.replace("{other}", ticket.number)
        return text.replace("{number}", self.number)

    VOICES: ClassVar[dict[str, Callable[[Play, Any], None]]] = {
        "citizen": _citizen,
        "press": _press,
        "stale": _stale,
        "bot": _bot,
        "staff": _staff,
        "head": _head,
        "supervisor": _supervisor,
        "neighbours": _neighbours,
        "neighbour_hears": _neighbour_hears,
        "refused": _refused,
        "clock": _clock,
    }

    # -- the desk ---------------------------------------------------------------------------------

    def _move(self, line: str, role: Role | None) -> None:
        verb, number, *rest = self._filled(line).split(" ", 2)
        self.bot.call(self._move_in_core, verb, number, rest[0] if rest else "", role)

    def _move_in_core(self, verb: str, number: str, rest: str, role: Role | None) -> None:
        ticket = self.bot.desk.ticket(number)
        actor = self._actor(ticket, role)
        kind, names = MOVES[verb]
        data: dict[str, object] = {}
        for name in names:
            value, _, rest = rest.partition(" ")
            data[name] = int(value) if name == "days" else value
        if kind is EventKind.REPLIED:
            self.bot.desk.reply(number, actor, self.clock.now, rest)
            return
        self.bot.desk.move(number, kind, actor, self.clock.now, note=rest, **data)

    def _actor(self, ticket: Ticket, role: Role | None) -> Actor:
        people = self.bot.store.staff.all()
        if role is not Role.SUPERVISOR:
            people = self.bot.store.staff.of_unit(ticket.department or "")
        member = next(m for m in people if (m.role is role if role else m.id == ticket.handler))
        return Actor(role=member.role, id=member.id, name=member.name, department=member.department)

    def _tickets(self, wanted: list[dict[str, Any]] | None) -> None:
        if wanted is None:
            return
        tickets = self.bot.call(self.bot.store.tickets.of_chat, self.door.chat)
        assert len(tickets) == len(wanted), f"{len(tickets)} tickets, expected {len(wanted)}"
        for ticket, fields in zip(tickets, wanted, strict=True):
            for name, value in fields.items():
                assert getattr(ticket, name) == value, (
                    f"{name}: {getattr(ticket, name)!r}, not {value!r}"
                )


MOVES: dict[str, tuple[EventKind, tuple[str, ...]]] = {
    "sign": (EventKind.SIGNED, ()),
    "explain": (EventKind.EXPLAINED, ()),
    "reply": (EventKind.REPLIED, ()),
    "return": (EventKind.RETURNED, ("department",)),
    "ask": (EventKind.ASKED, ()),
    "answer": (EventKind.ANSWERED, ()),
    "extend": (EventKind.EXTENSION_ASKED, ("days",)),
    "grant": (EventKind.EXTENSION_GRANTED, ()),
    "close": (EventKind.CLOSED, ()),
    "contact": (EventKind.CONTACTED, ()),
    "designate": (EventKind.DESIGNATED, ("department",)),
    "transfer": (EventKind.TRANSFERRED, ("department",)),
    "supervise": (EventKind.SUPERVISED, ("colour",)),
    "park": (EventKind.PARKED, ("date",)),
    "redirect": (EventKind.REDIRECTED, ("channel",)),
    "decline": (EventKind.DECLINED, ("channel",)),
    "split": (EventKind.SPLIT, ()),
    "merge": (EventKind.MERGED, ("into",)),
    "different": (EventKind.MERGE_REFUSED, ()),
}
