"""Which of a resident's tickets his words name: “路灯那个”, “合作街的撤了吧”."""

import re
from collections.abc import Callable, Sequence

from bot.tickets import Ticket

_SAID_OF_ANY = re.compile(
    r"催|一下|撤[回销了]?|算了|不报|补充|进度|查|[那这哪]个|[那这]件|怎么样|咋样|还|没人?|解决|[办弄修]好|不|[了吧呢啊吗的我有在要给是]|[\W\d_]"
)


def named(text: str, tickets: Sequence[Ticket], matter: Callable[[Ticket], str]) -> Ticket | None:
    """The one ticket that shares most with the words; None if none does, or two do alike."""
    words = _pieces(text)
    scored = [
        (len(words & _pieces(f"{matter(t)} {t.subject} {t.location or ''}")), t) for t in tickets
    ]
    best = max((score for score, _ in scored), default=0)
    found = [ticket for score, ticket in scored if score == best]
    return found[0] if best and len(found) == 1 else None


def _pieces(text: str) -> set[str]:
    """Two signs at a time, of what is not said of every ticket."""
    return {part[at : at + 2] for part in _SAID_OF_ANY.split(text) for at in range(len(part) - 1)}
