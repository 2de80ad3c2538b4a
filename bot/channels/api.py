"""/api/v1: the same chat as the page, for the page itself and for other programs."""

import asyncio
import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.exceptions import HTTPException

from bot.channels import Front
from bot.channels.limits import Doorman, Limiter
from bot.channels.security import address
from bot.channels.shapes import (
    NUMBER,
    PHOTO,
    SESSION,
    Answer,
    LineOut,
    Lines,
    MessageIn,
    PhotoOut,
    Problem,
    ReplyOut,
    TicketOut,
    Tickets,
)
from bot.channels.timeline import Reader, Timeline, read_timeline
from bot.files import BadFile, clean_photo
from bot.messages import Attachment, AttachmentKind, Chat, Location, Message, Reply, Spoken
from bot.tickets import Ticket

PAGE = 200
SLOW_DOWN = "发得太快了，请稍等几秒再发。"
TOO_MANY_GUESSES = "查询码试错太多次了，请过一小时再试。"
NO_TICKET = "没有找到这张工单，请核对一下单号。"
NO_PHOTO = "照片没有找到，请重新发一次。"

SessionQuery = Annotated[str, Query(pattern=SESSION, description="the session of the chat")]
SessionHeader = Annotated[
    str, Header(alias="x-session", pattern=SESSION, description="the session of the chat")
]
PROBLEMS: dict[int | str, dict[str, object]] = {
    413: {"model": Problem, "description": "Too large"},
    422: {"model": Problem, "description": "Not understood: a field is missing or malformed"},
    429: {"model": Problem, "description": "Too fast"},
}
NOT_FOUND: dict[int | str, dict[str, object]] = {
    404: {"model": Problem, "description": "Not found"}
}

PHOTO_BODY = {  # one part and no form: so the specification can say that the bytes must be a photo
    "requestBody": {
        "required": True,
        "content": {
            f"image/{form}": {"schema": {"type": "string", "format": "binary"}}
            for form in ("jpeg", "png", "webp")
        },
    }
}


def chat_of(session: str) -> Chat:
    return Chat(channel="web", id=session)


def router(front: Front, doorman: Doorman) -> APIRouter:
    """All of /api/v1."""
    api = APIRouter(prefix="/api/v1", tags=["residents"], responses=PROBLEMS)

    async def slow_reader(request: Request, session: SessionQuery) -> str:
        """Async, though it waits for nothing: a plain function would cost a thread."""
        _pace(front, request, session, doorman.reading, doorman.reading_place)
        return session

    Reading = Annotated[str, Depends(slow_reader)]

    @api.post("/messages", responses=NOT_FOUND)
    async def say(request: Request, words: MessageIn) -> Answer:
        """One message of a resident, answered at once."""
        _pace(front, request, words.session, doorman.speaking, doorman.speaking_place)
        return await front.run(_take, front, words)

    @api.get("/messages", response_model=Lines)
    async def heard(
        session: Reading, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
    ) -> Response:
        """What was said after line `after`, staff's replies and reminders too; without it the last lines."""
        page = await front.run(_heard, front, chat_of(session), after)
        # every open page asks every three seconds: FastAPI need not check what was just built
        return Response(page.model_dump_json(), media_type="application/json")

    @api.post(
        "/photos",
        responses={415: {"model": Problem, "description": "Not a photo"}},
        openapi_extra=PHOTO_BODY,
    )
    async def send_photo(request: Request, session: SessionHeader) -> PhotoOut:
        """Keep one photo for the next message. Position and camera data are removed."""
        _pace(front, request, session, doorman.speaking, doorman.speaking_place)
        data = await request.body()  # the guard before the site has counted it
        try:
            jpeg = await asyncio.to_thread(clean_photo, data)
        except BadFile as error:
            raise HTTPException(415, str(error)) from error
        kept = await front.run(front.files.keep, jpeg, chat_of(session), front.now())
        return PhotoOut(name=kept.file or "")

    @api.get(
        "/photos/{name}",
        response_class=Response,
        responses=NOT_FOUND | {200: {"content": {"image/jpeg": {}}, "description": "The photo"}},
    )
    async def photo(name: Annotated[str, Path(pattern=PHOTO)], session: Reading) -> Response:
        """A photo of this chat or of a staff reply on an own ticket."""
        data = await front.run(_photo, front, name, chat_of(session))
        if data is None:
            raise HTTPException(404, NO_PHOTO)
        headers = {"cache-control": "private, max-age=86400"}
        return Response(data, media_type="image/jpeg", headers=headers)

    @api.get("/tickets")
    async def my_tickets(session: Reading) -> Tickets:
        """The tickets of this chat, own and followed, newest first."""
        lines = await front.run(_own_tickets, front, chat_of(session))
        return Tickets(tickets=[TicketOut.of(line) for line in lines])

    @api.get("/tickets/{no}", responses=NOT_FOUND)
    async def ticket(
        no: Annotated[str, Path(pattern=NUMBER)],
        session: Reading,
        code: Annotated[str | None, Query(max_length=32, description="查询码")] = None,
    ) -> TicketOut:
        """Own (or with the right code): everything. A stranger's: category, state and dates."""
        if code and doorman.guesses.exhausted(no, front.now()):
            raise HTTPException(429, TOO_MANY_GUESSES)
        line = await front.run(one_ticket, front, no, chat_of(session), code)
        if line is None:
            raise HTTPException(404, NO_TICKET)
        if code and line.reader is Reader.STRANGER:
            doorman.guesses.allows(no, front.now())
        return TicketOut.of(line)

    return api


def _pace(
    front: Front, request: Request, session: str, by_session: Limiter, by_place: Limiter
) -> None:
    now, place = front.now(), address(request)
    if not by_session.allows(session, now) or (place and not by_place.allows(place, now)):
        raise HTTPException(429, SLOW_DOWN, headers={"retry-after": "5"})


# -- in the core thread ---------------------------------------------------------------------------


def _heard(front: Front, chat: Chat, after: int) -> Lines:
    """Line `after` is read along: where it is gone, an erasure has passed over the chat."""
    transcript = front.store.chats.transcript
    if after == 0:
        return Lines(messages=[LineOut.of(line) for line in transcript(chat, limit=PAGE)])
    lines = transcript(chat, after - 1, PAGE + 1)
    there = bool(lines) and lines[0].id == after
    fresh = [line for line in lines if line.id > after][:PAGE]
    return Lines(
        messages=[LineOut.of(line) for line in fresh], more=len(fresh) == PAGE, erased=not there
    )


def _take(front: Front, words: MessageIn) -> Answer:
    chat, now = chat_of(words.session), front.now()
    for name in words.photos:
        if not _is_of(front, name, chat):
            raise HTTPException(404, NO_PHOTO)
    if words.audience:
        conversation = front.store.chats.conversation(chat)
        if conversation.audience != words.audience:
            front.store.chats.save(replace(conversation, audience=words.audience), now)
    place = words.location
    message = Message(
        chat=chat,
        id=words.id or secrets.token_urlsafe(16),
        text=words.text,
        sent_at=now,
        button=words.button,
        attachments=tuple(
            Attachment(kind=AttachmentKind.PHOTO, file=name) for name in words.photos
        ),
        location=Location(latitude=place.latitude, longitude=place.longitude) if place else None,
    )
    before = front.store.chats.last_line(chat)
    replies = front.receive(message)
    said = (
        front.store.chats.transcript(chat, before) if before else front.store.chats.transcript(chat)
    )
    spoken: list[tuple[Reply, int | None]]
    spoken = [(line.reply, line.id) for line in said if line.voice != "resident" and line.reply]
    if not spoken:  # a repeat, or a disk that is full
        ids = _ids([line for line in said if line.voice != "resident"], len(replies))
        spoken = list(zip(replies, ids, strict=True))
    # what the turn pushed to this chat (a reopened ticket, say) belongs to the answer too
    answers = [ReplyOut.of(reply, line_id) for reply, line_id in spoken]
    numbers = [reply.ticket for reply, _ in spoken if reply.ticket]
    return Answer(replies=answers, ticket=numbers[-1] if numbers else None)


def _ids(said: list[Spoken], wanted: int) -> list[int | None]:
    """The turn's own replies are the last lines; a repeat has none."""
    if not wanted or len(said) < wanted:
        return [None] * wanted
    return [line.id for line in said[-wanted:]]


def _is_of(front: Front, name: str, chat: Chat) -> bool:
    kept = front.store.files.find(name)
    return kept is not None and kept.chat == chat


def _photo(front: Front, name: str, chat: Chat) -> bytes | None:
    if _is_of(front, name, chat) or _was_shown(front, name, chat):
        return front.files.read(name)
    return None


def _was_shown(front: Front, name: str, chat: Chat) -> bool:
    """Staff put it to a public step of a ticket of this chat."""
    return any(
        name == item.file and event.public and event.actor.id is not None
        for ticket in front.store.tickets.of_chat(chat)
        for event in front.store.tickets.events(ticket.number)
        for item in event.attachments
    )


def _own_tickets(front: Front, chat: Chat) -> list[Timeline]:
    now = front.now()
    return [
        read_timeline(front, ticket, reader_of(ticket, chat), now)
        for ticket in front.store.tickets.of_chat(chat)
    ]


def one_ticket(front: Front, number: str, chat: Chat | None, code: str | None) -> Timeline | None:
    ticket = front.store.tickets.find(number)
    if ticket is None:
        return None
    reader = Reader.STRANGER
    if (chat is not None and ticket.chat == chat) or _opens(code, ticket):
        reader = Reader.OWNER
    elif chat is not None and chat in front.store.tickets.followers(number):
        reader = Reader.FOLLOWER
    return read_timeline(front, ticket, reader, front.now())


def _opens(code: str | None, ticket: Ticket) -> bool:
    if not code or not ticket.secret:
        return False
    given, wanted = code.strip().upper(), ticket.secret.upper()
    return secrets.compare_digest(given.encode(), wanted.encode())


def reader_of(ticket: Ticket, chat: Chat) -> Reader:
    return Reader.OWNER if ticket.chat == chat else Reader.FOLLOWER
