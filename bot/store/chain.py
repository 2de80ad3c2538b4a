"""The proof that a ticket's history is whole: each event carries the hash of the one before.

What is private stands apart under a salted seal. The chain hashes the seal, not the words, so that words
can be erased (PIPL 47) while the chain still holds; without the salt a seal says nothing of the words.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.rows import canonical, instant, plain
from bot.tickets import EventKind, TicketEvent

PRIVATE = frozenset({"location", "spot", "contact", "owner_note"})
"""Keys of an event's data that may tell who somebody is or where he lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as it stands in its row: `data` without what is private."""

    event: TicketEvent
    private: dict[str, object]
    salt: str
    seal: str
    erased: bool = False


def link(event: TicketEvent) -> Link:
    """Split, seal and hash an event whose seq and previous are known."""
    data = plain(event.data)
    private = {key: value for key, value in data.items() if key in PRIVATE}
    salt = secrets.token_hex(16)
    seal = seal_of(event, private, salt)
    return Link(event=event, private=private, salt=salt, seal=seal)


def seal_of(event: TicketEvent, private: dict[str, object], salt: str) -> str:
    words = canonical([event.note, event.told, event.attachments, private])
    return hashlib.sha256((salt + words).encode()).hexdigest()


def hash_of(event: TicketEvent, seal: str) -> str:
    """Of all that is never erased."""
    data = {key: value for key, value in plain(event.data).items() if key not in PRIVATE}
    actor = event.actor
    return hashlib.sha256(
        canonical(
            {
                "number": event.number,
                "seq": event.seq,
                "kind": event.kind,
                "actor": [actor.role, actor.id, actor.name, actor.department],
                "at": instant(event.at),
                "data": data,
                "public": event.public,
                "seal": seal,
                "previous": event.previous,
            }
        ).encode()
    ).hexdigest()


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
