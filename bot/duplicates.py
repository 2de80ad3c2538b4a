"""Whether a matter is open already: the same category at the same place."""

import re
from collections.abc import Iterable

from bot.forms import Form
from bot.tickets import Kind, Ticket

OPEN_FOR_DAYS = 30  # older tickets are not looked at
LOOKED_AT = 200  # the newest open ones of a category
SAME_PLACE = 0.75  # share of common two-sign pieces; below it two addresses of one street are different spots
DISPUTES = (Kind.COMPLAINT, Kind.HELP, Kind.REPORT)


def same_matter(form: Form, tickets: Iterable[Ticket]) -> Ticket | None:
    """The likeliest open ticket about this, or None. House numbers must not differ.

    That somebody reported an illegal act (举报) is told to nobody.
    """
    if not form.location:
        return None
    scored = [
        (alike(form.location, ticket.location or ""), ticket)
        for ticket in tickets
        if ticket.kind is not Kind.REPORT
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= SAME_PLACE else None


def twin_of(ticket: Ticket, others: Iterable[Ticket]) -> Ticket | None:
    """The older ticket that staff may merge this one into: same category, same place, same duty.

    投诉 and 举报 of one place are never merged: who reports an illegal act is owed secrecy and another answer.
    """
    if not ticket.location or ticket.kind not in DISPUTES:
        return None
    scored = [
        (alike(ticket.location, other.location or ""), other)
        for other in others
        if other.number != ticket.number
        and other.filed_at <= ticket.filed_at
        and other.category == ticket.category
        and (other.kind is Kind.REPORT) == (ticket.kind is Kind.REPORT)
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= SAME_PLACE else None


def alike(one: str, other: str) -> float:
    """0 … 1 for two places as people write them."""
    one, other = _bare(one), _bare(other)
    if not one or not other:
        return 0.0
    if set(re.findall(r"\d+", one)) != set(re.findall(r"\d+", other)):
        return 0.0
    if one in other or other in one:
        return 1.0 if min(len(one), len(other)) >= 3 else 0.0
    pieces, others = _pieces(one), _pieces(other)
    return len(pieces & others) / len(pieces | others)


def _bare(place: str) -> str:
    place = re.sub(r"附近|门口|旁边|对面|楼下|里面|里头|那边|这边|沈阳市?|大东区", "", place)
    return re.sub(r"[\s，,。.、（）()#-]", "", place)


def _pieces(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(max(len(text) - 1, 1))}
