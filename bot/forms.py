"""Taking down a matter: which detail is still missing, and nothing more than that."""

from dataclasses import dataclass
from enum import StrEnum

from bot.messages import Attachment, Location
from bot.tickets import Kind


class Field(StrEnum):
    """What may still be asked for. A contact is never asked for: the answer comes to this chat."""

    DETAIL = "detail"
    LOCATION = "location"
    ENTERPRISE = "enterprise"
    CONFIRM = "confirm"


ABOUT_ENTERPRISES = frozenset({"business-environment", "permit-delay"})
"""Matters of companies: the company's name helps more than a spot on the map."""

SHORTEST_DETAIL = 4  # signs: “路灯” alone is not yet a matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A draft of a ticket. `asked` holds the fields already asked for: nothing is asked twice."""

    kind: Kind
    category: str | None
    detail: str = ""
    location: str | None = None
    spot: Location | None = None
    time: str | None = None
    contact: str | None = None
    enterprise: str | None = None
    anonymous: bool = False
    urgent: str | None = None
    attachments: tuple[Attachment, ...] = ()
    asked: tuple[Field, ...] = ()
    second: str | None = None  # another matter of the same message, offered after this one
    wrong: bool = False  # the resident said that the draft is not right; what follows is put right
    apart: bool = False  # the resident wants his own ticket beside one that is open already

    @property
    def missing(self) -> Field:
        """The next thing to ask for; CONFIRM when the draft can be shown."""
        return next((field for field in self._wanted() if field not in self.asked), Field.CONFIRM)

    def _wanted(self) -> tuple[Field, ...]:
        wanted = []
        if len(self.detail) < SHORTEST_DETAIL:
            wanted.append(Field.DETAIL)
        if self.kind in (Kind.PRAISE, Kind.CONSULTATION, Kind.SUGGESTION):
            return tuple(wanted)
        if self.category in ABOUT_ENTERPRISES:
            if not (self.enterprise or self.location):
                wanted.append(Field.ENTERPRISE)
        elif not (self.location or self.spot):
            wanted.append(Field.LOCATION)
        return tuple(wanted)
