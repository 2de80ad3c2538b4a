"""A wall screen: a browser that shows the 作战图 for a month and opens nothing else.

Nobody sits before it, so it is no session of a person that would have to be kept alive: whoever hangs it
up is signed out there, and its cookie opens the map alone, which holds no word about a resident. It ends
with the month, with a new password, and with the account or the role of whoever hung it up.
"""

import hashlib

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import may_open
from bot.console.auth import token_hash
from bot.console.front import Front
from bot.departments import StaffMember

WALL_COOKIE = "staff_wall"
WALL_ROWS = frozenset({"GET /map", "GET /map/{name}-{theme}.svg"})
WALL_DAYS = 30
WALL_PATH = "/staff/map"


def wall_member(front: Front, cookie: str, row: str) -> StaffMember | None:
    """Core thread. Whose map this wall shows; None where it may not, or not any more."""
    try:
        id_, mark = _signer(front).loads(cookie, max_age=WALL_DAYS * 86400)
    except (BadSignature, ValueError, TypeError):
        return None
    member = front.store.staff.find(id_)
    if member is None or not member.active or mark != _mark(front, member):
        return None
    return member if row in WALL_ROWS and may_open(row, member.role) else None


async def hang_up(front: Front, request: Request) -> Response:
    """From a signed-in person's browser to a wall."""
    visit = request.state.visit
    cookie = await front.run(_cookie, front, visit.member)
    await front.run(front.store.staff.close_session, token_hash(visit.token))
    response = RedirectResponse(f"{WALL_PATH}?wall=1", 303)
    response.delete_cookie("staff", path="/staff")
    response.set_cookie(
        WALL_COOKIE, cookie, max_age=WALL_DAYS * 86400, path=WALL_PATH, httponly=True, samesite="strict",
        secure=front.settings.base_url.startswith("https://"),
    )  # fmt: skip
    return response


def _cookie(front: Front, member: StaffMember) -> str:
    return str(_signer(front).dumps([member.id, _mark(front, member)]))


def _mark(front: Front, member: StaffMember) -> str:
    """Changes with the password, without telling anything of it."""
    kept = front.store.staff.password_hash(member.id) or ""
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def _signer(front: Front) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(front.settings.secret, salt="staff-wall")
