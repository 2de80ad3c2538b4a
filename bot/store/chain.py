"""The proof that a ticket's history is whole: each event carries the hash of the one before.

What is private stands apart under a salted seal. The chain hashes the seal, not the words, so that words
can be erased (PIPL 47) while the chain still holds; without the salt a seal says nothing of the words.
Under the seal of each event also lies how the ticket stood after it: who changes the ticket's row shows.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Row
from bot.store.rows import canonical, clean, instant, plain
from bot.tickets import EventKind, TicketEvent

PRIVATE = frozenset({"location", "spot", "contact", "owner_note"})
"""Keys of an event's data that may tell who somebody is or where he lives."""
STANDING = "standing"  # beside them: the hash of the ticket's row as the event left it


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as it stands in its row: `data` without what is private."""

    event: TicketEvent
    private: dict[str, object]
    salt: str
    seal: str
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a history had got at some moment."""

    number: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was written: of one ticket, at one event, where that can be said."""

    words: str
    number: str = ""
    seq: int = 0


def chained(
    events: Sequence[TicketEvent], seq: int = 0, previous: str = "", standing: str = ""
) -> list[Row]:
    """Their rows, cleaned, sealed and hashed, one after the other, behind the event of this seq and hash.

    `standing` is the hash of the ticket's row after the last of them.
    """
    rows, last = [], seq + len(events)
    for event in events:
        seq += 1
        data, note, told = plain(event.data), clean(event.note), clean(event.told)
        private = {key: value for key, value in data.items() if key in PRIVATE}
        if standing and seq == last:
            private[STANDING] = standing
        salt, open_data = secrets.token_hex(16), shown(data)
        seal = _seal(salt, [note, told, event.attachments, private])
        hash = _hash(event, seq, open_data, seal, previous)
        rows.append(
            {
                "number": event.number,
                "seq": seq,
                "kind": event.kind.value,
                "actor_role": event.actor.role.value,
                "actor_id": event.actor.id,
                "actor_name": clean(event.actor.name),
                "actor_department": event.actor.department,
                "at": instant(event.at),
                "data": canonical(open_data),
                "public": int(event.public),
                "once": once(event),
                "note": note,
                "told": told,
                "attachments": canonical(event.attachments) if event.attachments else "[]",
                "private": canonical(private) if private else "{}",
                "salt": salt,
                "seal": seal,
                "previous": previous,
                "hash": hash,
            }
        )
        previous = hash
    return rows


def once(event: TicketEvent) -> str | None:
    """The key under which this happens once in the ticket's life."""
    key = event.data.get("once")
    return None if key is None else str(key)


def seal_of(event: TicketEvent, private: dict[str, object], salt: str) -> str:
    return _seal(salt, [event.note, event.told, event.attachments, private])


def _seal(salt: str, words: list[object]) -> str:
    return hashlib.sha256((salt + canonical(words)).encode()).hexdigest()


def hash_of(event: TicketEvent, seal: str) -> str:
    """Of all that is never erased."""
    return _hash(event, event.seq, shown(event.data), seal, event.previous)


def _hash(event: TicketEvent, seq: int, data: dict[str, object], seal: str, previous: str) -> str:
    actor = event.actor
    return hashlib.sha256(
        canonical(
            {
                "number": event.number,
                "seq": seq,
                "kind": event.kind,
                "actor": [actor.role, actor.id, actor.name, actor.department],
                "at": instant(event.at),
                "data": data,
                "public": event.public,
                "seal": seal,
                "previous": previous,
            }
        ).encode()
    ).hexdigest()


def shown(data: dict[str, object]) -> dict[str, object]:
    """What of an event's data nobody needs to hide."""
    return {key: value for key, value in data.items() if key not in PRIVATE}


def first_break(links: Sequence[Link], last_seq: int, last_hash: str) -> int | None:
    """The first seq that is changed, missing, out of order or not ours; None where all is whole.

    `last_seq` and `last_hash` are what the ticket itself remembers: they show a lost end.
    """
    erasures = [each.event.seq for each in links if each.event.kind is EventKind.ANONYMISED]
    last_erasure = max(erasures, default=0)
    previous = ""
    for seq, each in enumerate(links, start=1):
        event = each.event
        if event.seq != seq or event.previous != previous:
            return seq
        if event.hash != hash_of(event, each.seal):
            return seq
        if each.erased:
            if seq >= last_erasure:
                return seq  # erased, and no event says by whose wish
        elif each.seal != seal_of(event, each.private, each.salt):
            return seq
        previous = event.hash
    if len(links) != last_seq:
        return min(len(links), last_seq) + 1
    return None if previous == last_hash else last_seq
