"""What happened to a ticket, in the staff's words: every event, the internal ones marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console.forms import EXCLUSION_REASONS
from bot.console.front import Front
from bot.console.words import ROLE_NAMES
from bot.departments import Role
from bot.moves import MOVES
from bot.tickets import KIND_NAMES, EventKind, Kind, TicketEvent
from bot.told import COLOUR_NAMES

E = EventKind
# the first row of an event names it: 答复, not 补充答复
NAMES = {(role, move.event): move.name for move in reversed(MOVES) for role in move.who}
TONES = {
    E.BREACHED: "late",
    E.EXPLAINED: "soon",
    E.WARNED: "soon",
    E.REMINDED: "soon",
    E.DISPUTED: "late",
    E.REOPENED: "late",
    E.RETURNED: "soon",
    E.SUPERVISED: "soon",
    E.ESCALATED: "soon",
    E.RAISED: "soon",
    E.LAST_CALL: "soon",
    E.REPLIED: "good",
    E.CONFIRMED: "good",
    E.CLOSED: "good",
    E.UNDELIVERED: "late",
}


def name_of_move(event: str, role: Role) -> str:
    """For the line that says it was made; nothing for what is no move of this role."""
    kind = next((kind for kind in EventKind if kind.value == event), None)
    return NAMES.get((role, kind), "") if kind else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event laid out for the page."""

    seq: int
    at: datetime
    name: str
    who: str
    role: str
    by_clock: bool
    public: bool
    note: str
    told: str
    facts: tuple[tuple[str, str], ...]
    photos: tuple[str, ...]
    tone: str


def happenings(
    front: Front, events: Sequence[TicketEvent], shown: Callable[[str], str]
) -> tuple[Happening, ...]:
    """Newest first. `shown` masks a text, or leaves it where the identity is unmasked."""
    people = {member.id: member.name for member in front.store.staff.all()}
    return tuple(
        Happening(
            seq=event.seq,
            at=event.at,
            name=NAMES.get((event.actor.role, event.kind), event.kind.value),
            who=event.actor.name or ROLE_NAMES[event.actor.role],
            role="" if event.actor.id is None else ROLE_NAMES[event.actor.role],
            by_clock=event.actor.role is Role.CLOCK,
            public=event.public,
            note=shown(event.note),
            told=shown(event.told)
            if event.note.strip() not in event.told or not event.note
            else "",
            facts=_facts(front, event, people, shown),
            photos=photos_of(event),
            tone=TONES.get(event.kind, "plain"),
        )
        for event in reversed(events)
    )


def photos_of(event: TicketEvent) -> tuple[str, ...]:
    return tuple(attachment.file for attachment in event.attachments if attachment.file)


def _facts(
    front: Front, event: TicketEvent, people: dict[int, str], shown: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """What the event carried, for people; keys without a name here are the machine's own."""
    directory, data = front.directory, event.data
    facts: list[tuple[str, str]] = []
    if unit := data.get("department"):
        facts.append(("单位", directory.unit_name(str(unit))))
    for key, name in (("handler", "经办"), ("checker", "检查")):
        if isinstance(member := data.get(key), int):
            facts.append((name, people.get(member, "—")))
    if category := data.get("category"):
        facts.append(("类别", directory.category_name(str(category))))
    if event.kind is E.RELABELLED and (kind := data.get("kind")):
        facts.append(("类型", KIND_NAMES[Kind(str(kind))]))
    if days := data.get("days"):
        facts.append(("工作日", f"{days}个"))
    if clock := data.get("clock") if event.kind is E.RAISED else None:
        facts.append(("时限", front.policies.policy(str(clock)).label))
    plain = (
        ("part", "拆出"), ("parent", "拆自"), ("date", "承诺日期"), ("new_date", "新的时间"), ("channel", "渠道"), ("into", "主单"), ("rating", "评分"),
    )  # fmt: skip
    facts += [(name, str(data[key])) for key, name in plain if data.get(key)]
    if colour := data.get("colour"):
        facts.append(("颜色", COLOUR_NAMES.get(str(colour), str(colour))))
    if reason := data.get("reason"):
        facts.append(("理由", EXCLUSION_REASONS.get(str(reason), str(reason))))
    if place := data.get("location"):
        facts.append(("地点", shown(str(place))))
    if data.get("confirmed_by_phone"):
        facts.append(("电话确认", "是"))
    if event.kind is E.HELD_OR_NOT:
        facts.append(("诉求人说", "管住了" if data.get("held") is True else "又出现了"))
    if data.get("apart") is True:
        facts.append(("诉求人说", "不是一件事"))
    return tuple(facts)
