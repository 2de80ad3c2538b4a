"""What the dialogue (or a staff member at the phone) hands over to be filed."""

from dataclasses import dataclass

from bot.messages import Attachment, Chat, Location
from bot.tickets import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the dialogue hands over to be filed."""

    kind: Kind
    chat: Chat | None
    subject: str
    detail: str
    category: str | None = None
    urgent: str | None = None
    location: str | None = None
    spot: Location | None = None
    contact: str | None = None
    anonymous: bool = False
    attachments: tuple[Attachment, ...] = ()
    department: str | None = None
    audience: str = "citizen"
    number: str = ""  # for a part of another ticket, which names it beforehand
    parent: str = ""
    model: str = ""  # which model and FAQ understood it: part of the proof

    @property
    def reach(self) -> str:
        """How the one who files it can be contacted: by phone, in the chat, or not at all."""
        return "phone" if self.contact else "chat" if self.chat else "none"
