"""Signing in and out, and one's own account: password and two-step code."""

import asyncio
import re
import secrets

import pyotp
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.auth import (
    SESSION_HOURS,
    form_token,
    hash_password,
    open_session,
    password_fits,
    token_hash,
)
from bot.console.front import Front
from bot.console.pages import (
    COOKIE,
    DEVICE_COOKIE,
    DOOR_COOKIE,
    ROOT,
    Console,
    address,
    submitted,
    visit,
)
from bot.console.sign_in import DEVICE_DAYS, SignIn, code_step
from bot.console.wall import WALL_COOKIE, WALL_PATH
from bot.departments import StaffMember
from bot.errors import NotAllowed
from bot.store import whole

_OWN_PAGE = re.compile(r"^/staff/[A-Za-z0-9/_-]*$")
BEGIN = f"{ROOT}/"


def add(console: Console) -> None:
    """The routes before and around a session."""
    front, sign_in = console.front, SignIn(console.front)
    secure = front.settings.base_url.startswith("https://")

    def keep(response: Response, name: str, value: str, hours: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=hours * 3600,
            path=ROOT,
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    async def door(request: Request, sentence: str, back: str, name: str, status: int) -> Response:
        key = request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(24)
        nobody = not await front.run(front.store.staff.all)
        page = console.page(
            request, "login.html", status, sentence=sentence, back=back, name=name, nobody=nobody,
            ended=not sentence and COOKIE in request.cookies,
            idle=front.settings.staff_idle_minutes, hours=SESSION_HOURS,
            door_token=form_token(front.settings.secret, key),
        )  # fmt: skip
        keep(page, DOOR_COOKIE, key, SESSION_HOURS)
        return page

    @console.get("/login")
    async def login(request: Request) -> Response:
        back = _own_page(request.query_params.get("next", ""))
        if request.state.visit is not None:
            return RedirectResponse(back, 303)
        return await door(request, "", back, "", 200)

    @console.post("/login")
    async def enter(request: Request) -> Response:
        form = await submitted(request)
        back, name = _own_page(form.get("next", "")), form.get("name", "")[:60]
        raw = await request.form()
        try:
            entered = await sign_in(
                name,
                str(raw.get("password", "")),
                form.get("code", ""),
                address(request),
                request.cookies.get(DEVICE_COOKIE, ""),
            )
        except NotAllowed as refusal:
            return await door(request, str(refusal), back, name, 403)
        response = RedirectResponse(back, 303)
        keep(response, COOKIE, entered.token, SESSION_HOURS)
        keep(response, DEVICE_COOKIE, entered.device, DEVICE_DAYS * 24)
        response.delete_cookie(DOOR_COOKIE, path=ROOT)
        return response

    @console.get("/hello")
    async def hello(request: Request) -> Response:
        """204 with a session, 200 without: a link from another site comes without the strict cookie, so
        the login page asks again from here, and goes on where there is one."""
        return Response(status_code=204 if request.state.visit else 200)

    @console.post("/logout")
    async def leave(request: Request) -> Response:
        await front.run(front.store.staff.close_session, token_hash(visit(request).token))
        response = RedirectResponse(f"{ROOT}/login", 303)
        response.delete_cookie(COOKIE, path=ROOT)
        response.delete_cookie(WALL_COOKIE, path=WALL_PATH)
        return response

    # -- one's own account ------------------------------------------------------------------------------

    async def own(
        request: Request, sentence: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        member = visit(request).member
        has_code = bool(await front.run(front.store.staff.totp_secret, member.id))
        fresh = "" if has_code else pyotp.random_base32()
        uri = (
            pyotp.TOTP(fresh).provisioning_uri(name=member.name, issuer_name="马上办")
            if fresh
            else ""
        )
        return console.page(
            request, "account.html", status, has_code=has_code, fresh=fresh, uri=uri, sentence=sentence,
            wrong=wrong, groups=[fresh[i : i + 4] for i in range(0, len(fresh), 4)],
            picture=qr_picture(uri) if uri else "",
        )  # fmt: skip

    @console.get("/account")
    async def account(request: Request) -> Response:
        done = request.query_params.get("done") == "password"
        return await own(request, sentence="密码已经改好，别处的登录都已退出。" if done else "")

    @console.post("/account/password")
    async def new_password(request: Request) -> Response:
        raw, member = await request.form(), visit(request).member
        stored = await front.run(front.store.staff.password_hash, member.id)
        if not await asyncio.to_thread(password_fits, stored, str(raw.get("old", ""))):
            return await own(request, wrong="现在的密码不对。", status=422)
        if raw.get("new") != raw.get("again"):
            return await own(request, wrong="两次写的新密码不一样。", status=422)
        try:
            hashed = await asyncio.to_thread(hash_password, str(raw.get("new", "")))
        except NotAllowed as refusal:
            return await own(request, wrong=str(refusal), status=422)
        token = await front.run(_new_password, front, member.id, hashed)
        response = RedirectResponse(f"{ROOT}/account?done=password", 303)
        keep(response, COOKIE, token, SESSION_HOURS)
        return response

    @console.post("/account/code")
    async def two_steps(request: Request) -> Response:
        form, member = await submitted(request), visit(request).member
        secret = await front.run(front.store.staff.totp_secret, member.id)
        offered = secret or form.get("fresh", "")
        if code_of_now(front, offered, form.get("code", "")):
            await front.run(_set_code, front, member, None if secret else offered)
            return await own(request, sentence="两步验证已关闭。" if secret else "两步验证已开启。")
        return await own(request, wrong="验证码不对，请看手机上现在的6位数字。", status=422)


def qr_picture(uri: str) -> Markup:
    """An SVG without styles or scripts, to stand in the page itself; it must not become a file of its own."""
    code = segno.make(uri, error="m", micro=False)
    drawn = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff")
    return Markup(drawn)


def code_of_now(front: Front, secret: str, code: str) -> bool:
    """False for a broken secret too: it came back from a form."""
    try:
        return code_step(secret, code, front.now()) is not None
    except ValueError:
        return False


@whole
def _new_password(front: Front, staff_id: int, hashed: str) -> str:
    """Whoever knew the old password is signed out everywhere; the token of a fresh session."""
    with front.store.atomic():
        front.store.staff.set_password(staff_id, hashed)
        front.store.staff.close_sessions(staff_id)
        return open_session(front, staff_id, front.now())


def _set_code(front: Front, member: StaffMember, secret: str | None) -> None:
    front.store.staff.set_totp_secret(member.id, secret)


def _own_page(path: str) -> str:
    """Only a page of the console: the login must not send anybody elsewhere."""
    return path if _OWN_PAGE.match(path) and "//" not in path else BEGIN
