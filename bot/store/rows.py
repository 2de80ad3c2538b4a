"""Our words as JSON and as rows, and back. Nothing here knows a database."""

import hashlib
import json
import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.departments import StaffMember
from bot.messages import Chat, Location
from bot.store.database import Row
from bot.tickets import PAUSED, Ticket

T = TypeVar("T")
PHONE_TAIL = 4  # digits of a contact that are indexed
NEVER = "9999-12-31T00:00:00.000000+00:00"  # sorts after every deadline


@lru_cache(1000)  # one turn writes the same moment many times
def instant(moment: datetime) -> str:
    """UTC text of a fixed width: its order is the order of time."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def clean(text: str) -> str:
    """Without what a database cannot keep: NUL signs and halves of surrogate pairs."""
    try:
        text.encode()
        if "\x00" not in text:
            return text
    except UnicodeEncodeError:
        pass
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def plain(value: object) -> Any:
    """As JSON knows it."""
    if type(value) is str:  # most are
        return clean(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"cannot be kept: {type(value).__name__}")


_write = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain
).encode


def canonical(value: object) -> str:
    """The one way to write a value: what hashes are taken of."""
    text = _write(value)
    # The encoder knows texts, numbers, lists and dicts as they are; only unclean texts need our hand.
    return text if "\\u0000" not in text and clean(text) is text else _write(plain(value))


def from_json(kind: type[T], text: str) -> T:
    """Fields that a newer program added get their default; those it dropped are passed over."""
    return cast(T, reader(cast(Hashable, kind))(json.loads(text)))


@cache
def reader(kind: Hashable) -> Callable[[Any], Any]:
    """How a value of this type is made of its plain form."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        read = reader(next(arg for arg in inner if arg is not type(None)))
        return lambda data: None if data is None else read(data)
    if origin is tuple and inner[-1:] == (Ellipsis,):
        read = reader(inner[0])
        return lambda data: tuple(map(read, data))
    if origin is tuple:
        reads = [reader(arg) for arg in inner]
        return lambda data: tuple(read(item) for read, item in zip(reads, data, strict=True))
    if kind is datetime or kind is date:
        return kind.fromisoformat
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and (issubclass(kind, Enum) or kind is bool):
        return kind
    return lambda data: data


def _reads(kind: Any) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {field.name: reader(hints[field.name]) for field in fields(kind)}


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    reads = _reads(kind)

    def read(data: dict[str, Any]) -> Any:
        return kind(**{name: reads[name](value) for name, value in data.items() if name in reads})

    return read


def _writer(kind: Any) -> Callable[[Any], object]:
    """How a value of this type is made a cell of a row; None is one already."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _writer(next(arg for arg in inner if arg is not type(None)))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return str
    writers = {str: clean, datetime: instant, date: date.isoformat, bool: int, int: _as_is}
    return cast(Callable[[Any], object], writers[kind])


def _as_is(value: object) -> object:
    """A number is a cell already."""
    return value


def _writes(
    kind: Any, reads: Mapping[str, object]
) -> tuple[tuple[str, Callable[[Any], object]], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _writer(hints[name])) for name in reads)


# -- rows -------------------------------------------------------------------------------------------

_TICKET_READS = {
    name: read for name, read in _reads(Ticket).items() if name not in ("chat", "spot", "co_units")
}
_TICKET_WRITES = tuple(each for each in _writes(Ticket, _TICKET_READS) if each[1] is not _as_is)
_ticket_values = attrgetter(*_TICKET_READS)
TICKET_COLUMNS = (*_TICKET_READS, "co_units", "channel", "chat_id", "latitude", "longitude",
                  "is_open", "due_order", "phone_tail")  # fmt: skip


def ticket_row(ticket: Ticket) -> Row:
    """Its columns, with those derived for the indexes."""
    row = dict(zip(_TICKET_READS, _ticket_values(ticket), strict=True))
    for name, write in _TICKET_WRITES:
        if (value := row[name]) is not None:
            row[name] = write(value)
    chat, spot = ticket.chat, ticket.spot
    row["co_units"] = canonical(ticket.co_units) if ticket.co_units else "[]"
    row["channel"], row["chat_id"] = (chat.channel, chat.id) if chat else (None, None)
    row["latitude"], row["longitude"] = (spot.latitude, spot.longitude) if spot else (None, None)
    row["is_open"] = int(ticket.is_open)
    # nothing gets late while its clock stands: it waits behind everything that runs
    row["due_order"] = NEVER if ticket.state in PAUSED else row["finish_by"] or NEVER
    row["phone_tail"] = phone_tail(ticket.contact)
    return row


_STANDING = (
    "number", "kind", "state", "subject", "detail", "filed_at", "clock", "category", "urgent",
    "location", "latitude", "longitude", "contact", "anonymous", "department", "co_units", "handler",
    "checker", "claimed_by", "level", "colour", "returns", "designated", "extensions", "reminders",
    "followers", "reopenings", "merged_into", "sign_by", "contact_by", "finish_by",
    "first_finish_by", "promised_by", "park_until", "replied_at", "closed_at", "solved", "rating",
    "excluded", "secret", "audience",
)  # fmt: skip
"""What only a move changes. Not a column that changes without one (its chat may get another id, an alarm
may be put off), nor one that later comes to be: hashes that were taken must come out again for ever."""
_standing_values = itemgetter(*_STANDING)
DERIVED = ("is_open", "due_order", "phone_tail")


def standing(row: Row) -> str:
    """The hash of a ticket's row, for the event that leaves it so."""
    return hashlib.sha256(canonical(_standing_values(row)).encode()).hexdigest()


def derived_right(row: Row) -> bool:
    """Whether the columns made for the indexes say the same as those they were made of."""
    made = ticket_row(ticket_of(row))
    return all(made[name] == row[name] for name in DERIVED)


def ticket_of(row: Row) -> Ticket:
    chat = Chat(channel=row["channel"], id=row["chat_id"]) if row["channel"] is not None else None
    spot = (
        Location(latitude=row["latitude"], longitude=row["longitude"])
        if row["latitude"] is not None
        else None
    )
    return Ticket(
        chat=chat,
        spot=spot,
        co_units=tuple(json.loads(row["co_units"])),
        **{name: read(row[name]) for name, read in _TICKET_READS.items()},
    )


_STAFF_READS = _reads(StaffMember)
_STAFF_WRITES = _writes(StaffMember, _STAFF_READS)


def staff_member_of(row: Row) -> StaffMember:
    return StaffMember(**{name: read(row[name]) for name, read in _STAFF_READS.items()})


def staff_row(member: StaffMember) -> Row:
    row = {name: getattr(member, name) for name in _STAFF_READS}
    return row | {name: write(row[name]) for name, write in _STAFF_WRITES if row[name] is not None}


def chat_row(chat: Chat) -> Row:
    return {"channel": clean(chat.channel), "chat_id": clean(chat.id)}


def phone_tail(contact: str | None) -> str | None:
    """The last digits of what was given as a contact."""
    return re.sub(r"\D", "", contact)[-PHONE_TAIL:] or None if contact else None
