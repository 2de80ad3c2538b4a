"""人员: accounts, roles, units, duty. For the operator only."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import actor_of
from bot.console.auth import hash_password
from bot.console.front import Front
from bot.console.pages import Console, submitted, visit
from bot.departments import STAFF_ROLES, Role, StaffMember
from bot.errors import BotError, IllegalMove, Incomplete, NotAllowed
from bot.store import whole
from bot.tickets import EventKind

NEEDS_UNIT = (Role.AGENT, Role.HEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account with its unit and the open tickets on it."""

    member: StaffMember
    unit: str
    load: int
    two_steps: bool


def add(console: Console) -> None:
    """The routes of the staff list."""
    front = console.front

    async def people(
        request: Request,
        sentence: str = "",
        wrong: str = "",
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        everybody = await front.run(_people, front)
        return console.page(
            request, "people.html", 422 if wrong else 200, people=everybody, sentence=sentence, wrong=wrong,
            typed=typed or {}, roles=STAFF_ROLES, units=front.directory.departments.values(),
        )  # fmt: skip

    @console.get("/people")
    async def show(request: Request) -> Response:
        return await people(request)

    @console.post("/people")
    async def engage(request: Request) -> Response:
        form, raw = await submitted(request), await request.form()
        try:
            role, unit = _role_and_unit(front, form)
            name = _name(form)
            hashed = await asyncio.to_thread(hash_password, str(raw.get("password", "")))
            await front.run(_add, front, name, role, unit, hashed)
        except BotError as refusal:
            return await people(request, wrong=str(refusal), typed=form)
        return await people(request, sentence=f"已添加{name}。")

    @console.post("/people/{id}")
    async def change(request: Request) -> Response:
        form = await submitted(request)
        try:
            name = await front.run(_change, front, visit(request).member, _id(request), form)
        except BotError as refusal:
            return await people(request, wrong=str(refusal))
        return await people(request, sentence=f"{name}的资料已改好。")

    @console.post("/people/{id}/password")
    async def reset(request: Request) -> Response:
        raw = await request.form()
        try:
            hashed = await asyncio.to_thread(hash_password, str(raw.get("password", "")))
            name = await front.run(_reset, front, _id(request), hashed)
        except BotError as refusal:
            return await people(request, wrong=str(refusal))
        return await people(request, sentence=f"{name}的密码已重设，两步验证已清除。")


def _people(front: Front) -> list[Person]:
    staff, tickets = front.store.staff, front.store.tickets
    members = staff.all()
    loads = {unit: tickets.open_load(unit) for unit in {m.department for m in members} if unit}
    everybody = [
        Person(
            member=m,
            unit=front.directory.unit_name(m.department) if m.department else "全区",
            load=loads.get(m.department or "", {}).get(m.id, 0),
            two_steps=bool(staff.totp_secret(m.id)),
        )
        for m in members
    ]
    return sorted(
        everybody,
        key=lambda p: (
            not p.member.active,
            p.member.department or "",
            p.member.role != Role.HEAD,
            p.member.id,
        ),
    )


def _id(request: Request) -> int:
    text: str = request.path_params["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotAllowed("没有这个人。")
    return int(text)


def _name(form: Mapping[str, str]) -> str:
    name = form.get("name", "")
    if not 1 <= len(name) <= 30:
        raise Incomplete("请写姓名，30个字以内。")
    return name


def _role_and_unit(front: Front, form: Mapping[str, str]) -> tuple[Role, str | None]:
    role = next((role for role in STAFF_ROLES if role.value == form.get("role")), None)
    if role is None:
        raise Incomplete("请选角色。")
    unit = form.get("department", "") or None
    if unit is not None and unit not in front.directory.departments:
        raise Incomplete("请从单位名录里选单位。")
    if unit is None and role in NEEDS_UNIT:
        raise Incomplete("经办人和单位负责人要有单位。")
    return role, unit


@whole
def _add(front: Front, name: str, role: Role, unit: str | None, hashed: str) -> None:
    with front.store.atomic():
        if front.store.staff.by_name(name) is not None:
            raise Incomplete(f"已经有叫{name}的账号，同名的人请加上单位或编号。")
        front.store.staff.add(name, role, unit, hashed, front.now())


def _found(front: Front, staff_id: int) -> StaffMember:
    member = front.store.staff.find(staff_id)
    if member is None:
        raise NotAllowed("没有这个人。")
    return member


@whole
def _change(front: Front, myself: StaffMember, staff_id: int, form: Mapping[str, str]) -> str:
    with front.store.atomic():
        member = _found(front, staff_id)
        role, unit = _role_and_unit(front, form)
        active = form.get("active") == "1"
        if member.id == myself.id and (role is not Role.ADMIN or not active):
            raise NotAllowed("不能取消自己的管理员身份，请另一位管理员来改。")
        telegram = form.get("telegram", "")
        if telegram and not (telegram.isascii() and telegram.isdigit() and len(telegram) <= 18):
            raise Incomplete("Telegram编号是一串数字，不是用户名。")
        other = front.store.staff.by_telegram(int(telegram)) if telegram else None
        if other is not None and other.id != member.id:
            raise Incomplete(f"这个Telegram编号已经是{other.name}的。")
        front.store.staff.change(
            replace(
                member,
                role=role,
                department=unit,
                on_duty=form.get("duty") == "1",
                active=active,
                telegram_id=int(telegram) if telegram else None,
            )
        )
        if not active or (role, unit) != (member.role, member.department):
            _hand_on(front, myself, member.id)
        return member.name


def _hand_on(front: Front, myself: StaffMember, staff_id: int) -> None:
    """Who leaves his place leaves no ticket without a person."""
    for number, only_checks in front.store.staff.tickets_of(staff_id):
        with suppress(IllegalMove):  # nobody else is there: the ticket keeps the name it has
            front.desk.move(
                number, EventKind.HANDED_ON, actor_of(myself), front.now(), checker_only=only_checks
            )


@whole
def _reset(front: Front, staff_id: int, hashed: str) -> str:
    """Whoever lost the password may have lost the phone with the codes too."""
    with front.store.atomic():
        member = _found(front, staff_id)
        front.store.staff.set_password(member.id, hashed)
        front.store.staff.set_totp_secret(member.id, None)
        front.store.staff.close_sessions(member.id)
        front.store.staff.forget_failures(member.name)
        return member.name
