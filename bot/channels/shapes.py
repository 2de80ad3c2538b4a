"""What goes over the wire of /api/v1, as pydantic models: the specification is made from these."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.channels.timeline import Timeline
from bot.messages import Button, Card, Reply, Spoken

SESSION = r"^[A-Za-z0-9_-]{8,128}$"
NUMBER = r"^DD[0-9]{8}-[0-9]{4,9}$"
PHOTO = r"^[0-9a-f]{32}\.jpg$"
MOST_PHOTOS = 6
LONGEST = 6000  # signs of one message: a page and a half in print


def storable(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and half signs, which are not UTF-8; as long as before."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(storable)]
Session = Annotated[
    str,
    Field(
        pattern=SESSION,
        description="A random secret of the client, 8 to 128 signs of A–Z a–z 0–9 _ -: who knows it, reads the chat.",
        examples=["3q2-7wAbCdEfGhIjKlMnOpQr"],
    ),
]


class Problem(BaseModel):
    """Every refusal: one sentence for a person."""

    error: str = Field(examples=["发得太快了，请稍等几秒再发。"])


class Place(BaseModel):
    """WGS 84 degrees, as a phone gives them."""

    model_config = ConfigDict(extra="forbid")

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False, strict=True)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False, strict=True)


class MessageIn(BaseModel):
    """One message of a resident: words, a pressed button, photos, a position, or several of them."""

    model_config = ConfigDict(extra="forbid")

    session: Session
    text: Text = Field(default="", max_length=LONGEST)
    button: Annotated[str, AfterValidator(storable)] | None = Field(
        default=None, max_length=64, description="`data` of the pressed button"
    )
    id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="The client's own id of this message: sent twice it counts once.",
    )
    location: Place | None = None
    audience: str | None = Field(default=None, pattern=r"^(citizen|enterprise)$")
    photos: list[Annotated[str, Field(pattern=PHOTO)]] = Field(
        default=[], max_length=MOST_PHOTOS, description="names given by POST /api/v1/photos"
    )


class ButtonOut(BaseModel):
    """What may be tapped; send `data` back as `button`."""

    text: str
    data: str

    @classmethod
    def of(cls, button: Button) -> "ButtonOut":
        return cls(text=button.text, data=button.data)


class CardRow(BaseModel):
    """A heading of the card (带什么, 怎么办, 去哪办, 多久, 费用) and what stands under it."""

    name: str
    items: list[str]


class CardOut(BaseModel):
    """An answer laid out; `text` of the reply says the same in plain words."""

    title: str
    lead: str
    rows: list[CardRow]
    footnotes: list[str]

    @classmethod
    def of(cls, card: Card | None) -> "CardOut | None":
        if card is None:
            return None
        rows = [CardRow(name=name, items=list(items)) for name, items in card.rows]
        return cls(title=card.title, lead=card.lead, rows=rows, footnotes=list(card.footnotes))


class ReplyOut(BaseModel):
    """`id` is the same as in GET /api/v1/messages; null when the message was a repeat."""

    id: int | None = None
    text: str
    buttons: list[ButtonOut]
    card: CardOut | None = None
    author: str | None = Field(default=None, description="the staff member; null for the bot")
    ticket: str | None = None

    @classmethod
    def of(cls, reply: Reply, line_id: int | None = None) -> "ReplyOut":
        return cls(
            id=line_id,
            text=reply.text,
            buttons=[ButtonOut.of(button) for button in reply.buttons],
            card=CardOut.of(reply.card),
            author=reply.author,
            ticket=reply.ticket,
        )


class Answer(BaseModel):
    """`ticket` is the number the replies speak of, a new one above all."""

    replies: list[ReplyOut]
    ticket: str | None = None


class LineOut(BaseModel):
    """A line of the chat, whoever spoke: `voice` is resident, bot or staff."""

    id: int
    voice: str
    text: str
    at: datetime
    buttons: list[ButtonOut] = []
    card: CardOut | None = None
    author: str | None = None
    ticket: str | None = None
    photos: list[str] = []
    button: str | None = Field(default=None, description="the resident pressed this button")
    location: Place | None = None

    @classmethod
    def of(cls, line: Spoken) -> "LineOut":
        reply, place = line.reply, line.location
        return cls(
            id=line.id,
            voice=line.voice,
            text=reply.text if reply else line.text,
            at=line.at,
            buttons=[ButtonOut.of(button) for button in reply.buttons] if reply else [],
            card=CardOut.of(reply.card) if reply else None,
            author=reply.author if reply else None,
            ticket=reply.ticket if reply else None,
            photos=[item.file for item in line.attachments if item.file]
            + (list(reply.photos) if reply else []),
            button=line.button,
            location=Place(latitude=place.latitude, longitude=place.longitude) if place else None,
        )


class Lines(BaseModel):
    """In the order they were said; `more` when there is a next page after the last id."""

    messages: list[LineOut]
    more: bool = False
    erased: bool = Field(
        default=False,
        description="Line `after` was erased: forget what you hold, ask again from 0.",
    )


class PhotoOut(BaseModel):
    """The name by which a message brings the photo."""

    name: str


class StageOut(BaseModel):
    """One of 受理 派单 签收 办理 答复 评价; `progress` is done, now, todo or dropped."""

    name: str
    progress: str
    at: datetime | None
    due_at: datetime | None
    who: str


class EventOut(BaseModel):
    """A public step, in the resident's words."""

    at: datetime
    name: str
    who: str
    text: str
    photos: list[str]


class TicketOut(BaseModel):
    """A ticket. For a stranger everything after `overdue` is empty."""

    number: str
    reader: str = Field(description="owner, follower or stranger: how much is shown")
    kind: str
    category: str
    state: str
    state_name: str
    urgent: bool
    filed_at: datetime
    finish_by: datetime | None
    promised_by: datetime | None = Field(
        description="the new date the resident was told once the first has passed"
    )
    closed_at: datetime | None
    left: str
    overdue: bool
    subject: str
    detail: str
    location: str
    unit: str
    person: str
    checker: str
    sign_by: datetime | None
    contact_by: datetime | None
    rating: int | None
    code: str = Field(
        description="查询码: opens the ticket at /t/{number} without the chat; owner only"
    )
    stages: list[StageOut]
    events: list[EventOut]

    @classmethod
    def of(cls, line: Timeline) -> "TicketOut":
        return cls.model_validate(line, from_attributes=True)


class Tickets(BaseModel):
    """Own tickets and followed ones, newest first."""

    tickets: list[TicketOut]
