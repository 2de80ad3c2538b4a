"""The check at the login page: name, password, one-time code, and how fast one may guess.

Three counts of a quarter of an hour: a name from one place is locked after five failures; a name tried
from many places, and a place that tries many names, are slowed to one attempt in twenty seconds. Slowed
and not locked, so that nobody locks a colleague out; and a browser in which the person has signed in
before is counted by itself, so that a stranger's guesses do not even slow him down.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import pyotp
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.console.auth import open_session, password_fits
from bot.console.front import Front
from bot.departments import StaffMember
from bot.errors import NotAllowed

FAILURES = 5  # one name from one place: then it is locked
NAME_FAILURES = 15  # one name from everywhere: then it is slowed
PLACE_FAILURES = 30  # all names from one place, which may be a whole office: then it is slowed
WINDOW = timedelta(minutes=15)
PAUSE = timedelta(seconds=20)
DEVICE_DAYS = 180
MOST_KNOWN = 12  # people of one shared computer

WRONG = "姓名、密码或验证码不对。"
LOCKED = "输错的次数太多了，请15分钟后再试，或请管理员重设密码。"
SLOWED = "刚才有人连着试错密码，暂时放慢了登录。请过20秒再试；在平时登录的电脑和浏览器上不受影响。"
BUSY = "上一次登录还在处理，请稍等再试。"
NO_CODE = "这个账号开了两步验证，请把验证码也填上。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the browser is given: the session's token, and the mark of a known browser."""

    token: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser as its cookie tells: who has signed in there before."""

    id: str
    known: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """`place` is what the failures are counted by: the browser where the person is known, else the address."""

    member: StaffMember | None
    place: str
    refusal: str
    password_hash: str | None = None
    totp_secret: str | None = None


class SignIn:
    """Checks name, password and one-time code; counts what fails."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._devices = URLSafeTimedSerializer(front.settings.secret, salt="staff-device")
        self._busy: set[str] = set()
        self._places: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(
        self, name: str, password: str, code: str, address: str | None, device: str
    ) -> Entered:
        """`address` is None for the machine itself; NotAllowed has the sentence for the login page."""
        # one attempt at a time for a name and for a place: parallel guesses must not outrun the count
        if name in self._busy:
            raise NotAllowed(BUSY)
        self._busy.add(name)
        try:
            async with self._places.setdefault(address or name, asyncio.Lock()):
                return await self._check(name, password, code, address, self._read(device))
        finally:
            self._busy.discard(name)

    async def _check(
        self, name: str, password: str, code: str, address: str | None, device: Device
    ) -> Entered:
        run, now, staff = self.front.run, self.front.now(), self.front.store.staff
        attempt = await run(self._attempt, name, address, device, now)
        if attempt.refusal:
            raise NotAllowed(attempt.refusal)
        member = attempt.member
        fits = await asyncio.to_thread(password_fits, attempt.password_hash, password)
        if not fits or member is None or not member.active:
            await run(staff.failed, name, attempt.place, now)
            raise NotAllowed(WRONG)
        if attempt.totp_secret and not await run(
            self._code_fits, member.id, attempt.totp_secret, code, now
        ):
            await run(staff.failed, name, attempt.place, now)
            raise NotAllowed(WRONG if code else NO_CODE)
        await run(staff.forget_failures, name, attempt.place)
        token = await run(open_session, self.front, member.id, now)
        return Entered(token=token, device=self._written(device, member.id))

    def _attempt(self, name: str, address: str | None, device: Device, now: datetime) -> _Attempt:
        staff = self.front.store.staff
        member = staff.by_name(name)
        known = member is not None and member.id in device.known
        place = f"device {device.id}" if known else address or "here"
        return _Attempt(
            member=member,
            place=place,
            refusal=self._refusal(name, place, address, now, known=known),
            password_hash=staff.password_hash(member.id) if member else None,
            totp_secret=staff.totp_secret(member.id) if member else None,
        )

    def _refusal(
        self, name: str, place: str, address: str | None, now: datetime, *, known: bool
    ) -> str:
        """Why this attempt must wait; empty if it need not."""
        failures = self.front.store.staff.failures_since
        if failures(name, place, now - WINDOW) >= FAILURES:
            return LOCKED
        if known:
            return ""
        counts: list[tuple[str | None, str | None, int]] = [(name, None, NAME_FAILURES)]
        if address:
            counts.append((None, address, PLACE_FAILURES))
        slowed = any(
            failures(of_name, of_place, now - WINDOW) >= most
            and failures(of_name, of_place, now - PAUSE)
            for of_name, of_place, most in counts
        )
        return SLOWED if slowed else ""

    # -- the browser's own mark -----------------------------------------------------------------------

    def _read(self, cookie: str) -> Device:
        try:
            id_, *known = self._devices.loads(cookie, max_age=DEVICE_DAYS * 86400)
        except (BadSignature, ValueError, TypeError):
            return Device(id=secrets.token_urlsafe(12))
        return Device(id=id_, known=tuple(known))

    def _written(self, device: Device, staff_id: int) -> str:
        others = [known for known in device.known if known != staff_id]
        return str(self._devices.dumps([device.id, staff_id, *others[: MOST_KNOWN - 1]]))

    # -- the one-time code ----------------------------------------------------------------------------

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
