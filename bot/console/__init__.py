"""The staff's pages: sign in, the list by time left, a ticket with its moves, the operator's pages."""

from fastapi import APIRouter

from bot.console import inspection, login, map, operation, people, queue, ticket
from bot.console.auth import hash_password
from bot.console.front import Front
from bot.console.pages import Console

__all__ = ["Console", "Front", "hash_password", "router"]


def router(front: Front) -> APIRouter:
    """All routes of the console, to be put under /staff. Each has a row in access.py."""
    console = Console(front)
    for part in (login, queue, ticket, inspection, people, operation, map):
        part.add(console)
    return console.routes
