"""What travels between the rooms: a Message comes in, a Reply goes out. Plain words, no craft."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


def aware(moment: datetime, name: str) -> datetime:
    """Refuse a time without a zone where it is built, not where it hurts."""
    if moment.tzinfo is None:
        raise ValueError(f"{name} has no time zone: {moment!r}")
    return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where we speak with one resident. For the web page `id` is the session: as secret as a password."""

    channel: str
    id: str


class AttachmentKind(StrEnum):
    """Photos are kept; the other kinds are only answered."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`file` names a stored file (photos, re-encoded); None where the kind is not kept."""

    kind: AttachmentKind
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a resident. `id` is the channel's own: with the chat it makes a repeat harmless.

    `button` is the data of a pressed button; `edit` counts the versions of an edited message.
    """

    chat: Chat
    id: str
    text: str
    sent_at: datetime
    button: str | None = None
    attachments: tuple[Attachment, ...] = ()
    location: Location | None = None
    edit: int = 0
    album: str | None = None

    def __post_init__(self) -> None:
        aware(self.sent_at, "sent_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`data` is at most 64 bytes (Telegram's limit) and comes back in `Message.button`."""

    text: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An answer laid out for pages; `Reply.text` says the same in plain words."""

    title: str
    lead: str
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a resident gets to read. `author` is None for the bot, else the staff member's public name.

    `photos` are names of stored files: what a member of staff shows with his words.
    `source`: which model and FAQ gave an answer, kept with it and shown to nobody.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    ticket: str | None = None
    card: Card | None = None
    author: str | None = None
    photos: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """A Reply on its way. `parts_sent` remembers how much has left already: photos first, then a long text in parts."""

    id: int
    chat: Chat
    reply: Reply
    attempts: int
    created_at: datetime
    parts_sent: int = 0
    voice: str = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line of a chat's transcript: `voice` is resident, bot or staff."""

    id: int
    voice: str
    text: str
    at: datetime
    reply: Reply | None = None
    attachments: tuple[Attachment, ...] = ()
    button: str | None = None  # the resident pressed it instead of typing
    location: Location | None = None
