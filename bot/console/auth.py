"""Passwords, sessions and form tokens of the staff.

The browser holds a random token in an HttpOnly cookie; the store holds only its hash. A form token
is signed with the program's secret and that token, so it is worth nothing in another session.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeSerializer

from bot.console.access import actor_of
from bot.console.front import Front
from bot.departments import StaffMember
from bot.errors import NotAllowed
from bot.tickets import Actor

SESSION_HOURS = 12
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # argon2 takes any length; a megabyte of password is an attack

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex())  # an unknown name must cost as much time as a known one


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A signed-in request: the person, the same person as an actor, and the session's token."""

    member: StaffMember
    actor: Actor
    token: str


class SignedOut(Exception):
    """No session, or one that has ended: the door sends the browser to the login page."""


def hash_password(password: str) -> str:
    """An argon2 hash; NotAllowed says what is wrong with the password."""
    if len(password) < SHORTEST_PASSWORD:
        raise NotAllowed(f"密码至少{SHORTEST_PASSWORD}位，可以是几个不相干的词连起来。")
    if len(password) > LONGEST_PASSWORD:
        raise NotAllowed(f"密码最多{LONGEST_PASSWORD}位。")
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Takes tens of milliseconds on purpose: never call it in the core thread."""
    try:
        return _hasher.verify(stored or _NOBODY, password[:LONGEST_PASSWORD]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def visit_of(front: Front, token: str, now: datetime, used: bool) -> Visit | None:
    """Core thread. The store gives nobody for an account that was switched off, or a session left alone."""
    idle = timedelta(minutes=front.settings.staff_idle_minutes)
    member = front.store.staff.session(token_hash(token), now, idle, used=used)
    if member is None:
        return None
    return Visit(member=member, actor=actor_of(member), token=token)


def open_session(front: Front, staff_id: int, now: datetime) -> str:
    """Core thread."""
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=SESSION_HOURS)
    front.store.staff.open_session(staff_id, token_hash(token), now, expires_at)
    return token


# -- form tokens ------------------------------------------------------------------------------------


def form_token(secret: str, key: str) -> str:
    """`key` is the session's token, or the login page's own cookie."""
    return str(_signer(secret, key).dumps("form"))


def form_token_fits(secret: str, key: str, token: str) -> bool:
    try:
        _signer(secret, key).loads(token)
    except BadSignature:
        return False
    return bool(key)


def _signer(secret: str, key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret + key, salt="staff-form")
