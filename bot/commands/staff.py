"""staff add, staff link: people with an account."""

import secrets
import sys

import click

from bot.app import system_clock
from bot.console.auth import hash_password
from bot.departments import STAFF_ROLES, Role, load_directory
from bot.errors import BotError
from bot.settings import Settings
from bot.store import open_store

SHORTEST_PASSWORD = 8


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command()
@click.argument("name")
@click.option("--role", type=click.Choice([r.value for r in STAFF_ROLES]), required=True)
@click.option(
    "--department", help="An id of bot/data/departments.yaml; required for agent and head."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(name: str, role: str, department: str | None, password_stdin: bool) -> None:
    """Create an account NAME (the name residents will see)."""
    directory = load_directory()
    if department and department not in directory.departments:
        known = "、".join(f"{d.id}（{d.name}）" for d in directory.departments.values())
        raise BotError(f"there is no unit {department!r}; the units are: {known}")
    if role in (Role.AGENT, Role.HEAD) and not department:
        raise BotError(f"an account with the role {role} needs --department")
    password = (
        sys.stdin.readline().rstrip("\r\n")
        if password_stdin
        else click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    )
    if len(password) < SHORTEST_PASSWORD:
        raise BotError(f"the password must have at least {SHORTEST_PASSWORD} signs")
    store = open_store(Settings.load().db)
    if store.staff.by_name(name):
        raise BotError(f"there is an account named {name} already")
    member = store.staff.add(name, Role(role), department, hash_password(password), system_clock())
    click.echo(f"{member.name}（{role}）已添加，可以在 /staff/ 登录。")


@staff.command()
@click.argument("name")
def link(name: str) -> None:
    """A code with which NAME binds his Telegram account in the duty group (/bind CODE)."""
    store = open_store(Settings.load().db)
    member = store.staff.by_name(name)
    if member is None:
        raise BotError(f"there is no account named {name}; add it with `mashangban staff add`")
    code = secrets.token_hex(4)
    store.notes.remember(f"bind:{code}", str(member.id))
    click.echo(f"请 {name} 用自己的 Telegram 账号在值班群里发：/bind {code}")


COMMANDS = (staff,)
