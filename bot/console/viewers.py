"""Who else has a ticket open just now (store.notes), so that two people do not answer one resident."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.console.front import Front
from bot.departments import StaffMember
from bot.store import Store, whole

PRESENT = timedelta(seconds=60)
AGAIN = timedelta(seconds=20)  # a page asks every 15 s; not every question is worth a write


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody with the page open."""

    id: int
    name: str
    at: datetime


@whole
def see(front: Front, number: str, member: StaffMember, now: datetime) -> tuple[str, ...]:
    """Note that this person looks at the ticket; the names of the others who do. Core thread."""
    store = front.store
    with store.atomic():
        present = [v for v in _read(store, number) if now - v.at < PRESENT]
        mine = next((v for v in present if v.id == member.id), None)
        others = [v for v in present if v.id != member.id]
        if mine is None or now - mine.at >= AGAIN:
            here = Viewer(id=member.id, name=member.name, at=now)
            rows = [[v.id, v.name, v.at.isoformat()] for v in (*others, here)]
            store.notes.remember(_key(number), json.dumps(rows, ensure_ascii=False))
    return tuple(v.name for v in others)


def _read(store: Store, number: str) -> list[Viewer]:
    rows = json.loads(store.notes.recall(_key(number)) or "[]")
    return [
        Viewer(id=id_, name=name, at=datetime.fromisoformat(moment)) for id_, name, moment in rows
    ]


def _key(number: str) -> str:
    return f"viewing:{number}"
