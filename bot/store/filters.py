"""What a page of the queue shows, and the where-clause of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.pending import ENDS_A_WISH
from bot.store.rows import PHONE_TAIL, instant
from bot.tickets import OPEN, Kind, State

Add = Callable[..., None]
OneOf = Callable[[str, tuple[str, ...]], None]
ENDS_A_WISH_SQL = ", ".join(f"'{kind.value}'" for kind in ENDS_A_WISH)
# looked up ticket by ticket among the open ones of a list, never in all events there are
_EXTENSION_ASKED = f"""
is_open = 1 and exists (
    select 1 from events asked where asked.number = tickets.number and asked.kind = 'extension_asked'
    and not exists (
        select 1 from events answer where answer.number = asked.number and answer.seq > asked.seq
        and answer.kind in ({ENDS_A_WISH_SQL})
    )
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Empty fields do not filter. Sorted by time left: open tickets first."""

    departments: tuple[str, ...] = ()
    co_unit: str = ""  # where this unit helps another one
    states: tuple[State, ...] = ()
    handler: int | None = None
    category: str | None = None
    categories: tuple[str, ...] = ()
    urgent_only: bool = False
    overdue_at: datetime | None = None  # open, and past its deadline at that moment
    extension_asked: bool = False  # open, and somebody waits for a yes or no to more time
    words: str = ""
    number: str = ""  # a whole number, its beginning, or a piece of it
    phone_tail: str = ""  # last digits of the contact; never finds confidential tickets
    place: str = ""
    kinds: tuple[Kind, ...] = ()
    colour: str | None = None
    filed_from: datetime | None = None
    filed_to: datetime | None = None  # before this moment
    newest_first: bool = False  # by filing, in place of time left
    limit: int = 50
    offset: int = 0
    reach: int = 20_000  # texts are looked for in open tickets and in so many of the newest others


def where(wanted: QueueFilter) -> tuple[str, dict[str, object]]:
    """The conditions and their parameters; always at least `1 = 1`."""
    parts, params = ["1 = 1"], dict[str, object]()

    def add(sql: str, **values: object) -> None:
        parts.append(sql)
        params.update(values)

    def one_of(column: str, values: tuple[str, ...]) -> None:
        names = {f"{column}_{i}": str(value) for i, value in enumerate(values)}
        if len(names) == 1:  # an equality keeps the index's order
            add(f"{column} = :{column}_0", **names)
        elif names:
            add(f"{column} in ({', '.join(f':{name}' for name in names)})", **names)

    _states(wanted, add, one_of)
    one_of("department", wanted.departments)
    if wanted.co_unit:
        # few tickets have any, and those have an index
        add("co_units <> '[]' and co_units like :co_unit", co_unit=f'%"{wanted.co_unit}"%')
    one_of("kind", wanted.kinds)
    if wanted.handler is not None:
        add("handler = :handler", handler=wanted.handler)
    one_of("category", (*wanted.categories, *filter(None, [wanted.category])))
    if wanted.colour is not None:
        add("colour = :colour", colour=wanted.colour)
    if wanted.urgent_only:
        add("urgent is not null")
    if wanted.filed_from is not None:
        add("filed_at >= :filed_from", filed_from=instant(wanted.filed_from))
    if wanted.filed_to is not None:
        add("filed_at < :filed_to", filed_to=instant(wanted.filed_to))
    if wanted.extension_asked:
        add(_EXTENSION_ASKED)
    if wanted.overdue_at is not None:
        add("due_order < :overdue_at", overdue_at=instant(wanted.overdue_at))
    _number(wanted.number.strip().upper(), add)
    _phone(re.sub(r"\D", "", wanted.phone_tail), add)
    return " and ".join(parts), params


def texts(wanted: QueueFilter) -> tuple[str, dict[str, object]]:
    """The conditions that no index helps with: pieces of texts and numbers. "" where there are none."""
    parts, params = list[str](), dict[str, object]()
    for i, word in enumerate(wanted.words.lower().split()):
        params[f"word_{i}"] = _holds(word)
        like = f"like :word_{i} escape '!'"
        parts.append(f"(lower(detail) {like} or lower(subject) {like} or lower(location) {like})")
    if place := wanted.place.strip().lower():
        params["place"] = _holds(place)
        parts.append("lower(location) like :place escape '!'")
    number = wanted.number.strip().upper()
    if number and not _begins(number):
        params["piece"] = _holds(number)
        parts.append("number like :piece escape '!'")
    return " and ".join(parts), params


def order(wanted: QueueFilter) -> str:
    """Each of these is the order of an index."""
    return (
        "filed_at desc, number desc" if wanted.newest_first else "is_open desc, due_order, number"
    )


def _states(wanted: QueueFilter, add: Add, one_of: OneOf) -> None:
    states = set(wanted.states)
    if wanted.overdue_at is not None and not states:
        states = set(OPEN)
    if states and states <= set(OPEN):
        add("is_open = 1")
    elif states and not states & set(OPEN):
        add("is_open = 0")
    if states and states != set(OPEN):
        one_of("state", tuple(sorted(states)))


def _begins(number: str) -> str:
    """A number, or the beginning of one; "" for a piece out of the middle or the end."""
    if re.match(r"20\d{6}", number):
        return f"DD{number}"
    return number if number.startswith("DD") else ""


def _number(number: str, add: Add) -> None:
    if begins := _begins(number):
        add(
            "number >= :number and number < :number_end",
            number=begins,
            number_end=begins + "\U0010ffff",
        )


def _phone(digits: str, add: Add) -> None:
    """Who reported something must not be found by his phone."""
    if not digits:
        return
    add("anonymous = 0 and kind <> 'report'")
    if len(digits) >= PHONE_TAIL:
        add("phone_tail = :phone_tail", phone_tail=digits[-PHONE_TAIL:])
    else:
        add("phone_tail like :phone_tail", phone_tail=f"%{digits}")
    if len(digits) > PHONE_TAIL:
        bare = "replace(replace(contact, ' ', ''), '-', '')"
        add(f"{bare} like :contact", contact=f"%{digits}%")


def _holds(text: str) -> str:
    return "%" + re.sub(r"([!%_])", r"!\1", text) + "%"
