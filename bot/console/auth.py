"""Sign in, sessions and form tokens of the staff.

The browser holds a random token in an HttpOnly cookie; the store holds only its hash. A form token
is signed with the program's secret and that token, so it is worth nothing in another session.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeSerializer

from bot.console.access import actor_of
from bot.console.front import Front
from bot.departments import StaffMember
from bot.errors import NotAllowed
from bot.tickets import Actor

SESSION_HOURS = 12
FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # argon2 takes any length; a megabyte of password is an attack

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex())  # an unknown name must cost as much time as a known one

WRONG = "姓名、密码或验证码不对。"
LOCKED = "输错的次数太多了，请15分钟后再试，或请管理员重设密码。"


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


def visit_of(front: Front, token: str, now: datetime) -> Visit | None:
    """Core thread. The store gives nobody for an account that was switched off."""
    member = front.store.staff.session(token_hash(token), now)
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


# -- signing in -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    failures: int
    member: StaffMember | None
    password_hash: str | None
    totp_secret: str | None


class SignIn:
    """Checks name, password and one-time code; counts what fails."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._busy: set[tuple[str, str]] = set()

    async def __call__(self, name: str, password: str, code: str, address: str) -> str:
        """The new session's token; NotAllowed with the sentence for the login page."""
        # one attempt at a time for a name and address: parallel guesses must not outrun the count
        attempt = (name, address)
        if attempt in self._busy:
            raise NotAllowed("上一次登录还在处理，请稍等再试。")
        self._busy.add(attempt)
        try:
            return await self._check(name, password, code, address)
        finally:
            self._busy.discard(attempt)

    async def _check(self, name: str, password: str, code: str, address: str) -> str:
        run, now = self.front.run, self.front.now()
        account = await run(self._account, name, address, now)
        if account.failures >= FAILURES:
            raise NotAllowed(LOCKED)
        fits = await asyncio.to_thread(password_fits, account.password_hash, password)
        if not fits or account.member is None or not account.member.active:
            await run(self.front.store.staff.failed, name, address, now)
            raise NotAllowed(WRONG)
        if account.totp_secret and not await run(
            self._code_fits, account.member.id, account.totp_secret, code, now
        ):
            await run(self.front.store.staff.failed, name, address, now)
            raise NotAllowed(WRONG if code else "这个账号开了两步验证，请把验证码也填上。")
        await run(self.front.store.staff.forget_failures, name, address)
        return await run(open_session, self.front, account.member.id, now)

    def _account(self, name: str, address: str, now: datetime) -> _Account:
        staff = self.front.store.staff
        member = staff.by_name(name)
        return _Account(
            failures=staff.failures_since(name, address, now - FAILURE_WINDOW),
            member=member,
            password_hash=staff.password_hash(member.id) if member else None,
            totp_secret=staff.totp_secret(member.id) if member else None,
        )

    def _code_fits(self, staff_id: int, secret: str, code: str, now: datetime) -> bool:
        """A code is good once: the step it belongs to is remembered."""
        step = code_step(secret, code, now)
        notes, key = self.front.store.notes, f"totp:{staff_id}"
        with self.front.store.atomic():
            if step is None or step <= int(notes.recall(key) or 0):
                return False
            notes.remember(key, str(step))
        return True


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, one step early or late allowed; else None."""
    totp = pyotp.TOTP(secret)
    digits = code.replace(" ", "")
    here = totp.timecode(now)
    fitting = (
        step
        for step in (here, here - 1, here + 1)
        if pyotp.utils.strings_equal(digits, totp.generate_otp(step))
    )
    return next(fitting, None)
